//! `/imports`: what is being prepared, what was imported lately, and empty sheets to fill in.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use kernel::SubjectKind;
use store::SourceInfo;
use store::draft::{Draft, DraftState};

use crate::frame::notice::Notice;
use crate::importing::{KINDS, draft};
use crate::register::words;
use crate::ui::{Badge, Confirm, Empty, Tone, figure};
use crate::{App, Page, WebError};

/// Loads shown.
const LOADS: usize = 10;

#[derive(Template)]
#[template(path = "importing/overview.html")]
struct Overview<'a> {
    page: &'a Page,
    drafts: Vec<Draft>,
    loads: Vec<SourceInfo>,
}

impl Overview<'_> {
    fn kind(&self, key: &str) -> String {
        let kinds: Vec<SubjectKind> = key.split(',').filter_map(SubjectKind::from_key).collect();
        words::kinds(&kinds, self.page.lang)
    }

    fn subjects(&self, load: &SourceInfo) -> String {
        words::kinds(&load.subject_kinds, self.page.lang)
    }

    fn state(&self, draft: &Draft) -> Badge {
        match draft.state {
            DraftState::Loading => Badge::early(draft.state.name(self.page.lang)),
            _ => Badge::shut(draft.state.name(self.page.lang)).with_icon("pencil"),
        }
    }

    fn load_state(&self, load: &SourceInfo) -> Badge {
        match load.undone_at {
            Some(_) => Badge::shut(self.page.t("已撤销", "Undone")).with_icon("arrow-back-up"),
            None => Badge::ok(self.page.t("有效", "In force")),
        }
    }

    fn count(&self, count: &u64) -> String {
        figure::grouped(i64::try_from(*count).unwrap_or(i64::MAX))
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        KINDS.iter().map(|kind| (kind.key(), self.page.lang.pick(kind.zh(), kind.en()))).collect()
    }

    fn nothing(&self) -> Empty<'_> {
        Empty {
            icon: self.page.icon("file-spreadsheet"),
            title: self.page.t("还没有导入过表格", "No sheet was imported yet"),
            what: self.page.t(
                "选一份 Excel 或 csv 表格，系统会认出各列、逐格检查，确认无误后一次存入；随时可以整批撤销。",
                "Choose an Excel or csv sheet. Its columns are recognised, every cell is checked, and all of it is stored at once; a whole import can be undone at any time.",
            ),
            action: Some(("/imports/new".to_owned(), self.page.t("导入表格", "Import a sheet"))),
        }
    }

    fn drop_button(&self, draft: &Draft) -> Confirm<'_> {
        Confirm {
            page: self.page,
            id: format!("drop-{}", draft.id),
            button: self.page.t("放弃", "Throw away"),
            icon: self.page.icon("trash"),
            title: match self.page.lang {
                kernel::Lang::Zh => format!("放弃“{}”的导入？", draft.file_name),
                kernel::Lang::En => format!("Throw away the import of “{}”?", draft.file_name),
            },
            consequence: self
                .page
                .t(
                    "列的设置和修改过的单元格不再保留。台账不受影响，文件可以重新上传。",
                    "What was set and mended in it is dropped. The register is not touched, and the file can be uploaded again.",
                )
                .to_owned(),
            action: format!("/imports/{}/drop", draft.id),
            fields: Vec::new(),
            reason: "",
            tone: Tone::Late,
            small: true,
        }
    }
}

/// Shows the person's own imports.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let name = &page.viewer()?.name;
    let drafts = app.store().open_drafts(name).await?;
    let mut loads = app.store().loads(None, 200).await?;
    loads.retain(|load| load.by == *name);
    loads.truncate(LOADS);
    page.show(Overview { page: &page, drafts, loads })
}

/// Sends the reader to the page where the draft stands.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn resume(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let import = draft::own(&app, &page, &id).await?;
    let step = match import.draft.state {
        DraftState::Preparing if import.draft.version <= 2 => "columns",
        DraftState::Preparing => "check",
        _ => "load",
    };
    Ok(page.go(&import.address(step)))
}

/// Throws a draft away.
///
/// # Errors
/// There is no such draft of this person, or it is being loaded; what the store reports.
pub async fn throw_away(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let mut import = match draft::open(&app, &page, &id).await? {
        Ok(import) => import,
        Err(elsewhere) => return Ok(page.go(&elsewhere)),
    };
    import.draft.state = DraftState::Abandoned;
    app.store().save_draft(&import.draft).await?;
    app.checks().forget(import.draft.id);
    Ok(page.go_saying(
        "/imports",
        Notice::done(page.lang, "已放弃，台账没有变化。", "Thrown away; the register is as it was."),
    ))
}
