//! `/imports/{id}/sheets`: which sheets of a workbook are taken in, and what each speaks of.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use intake::{IntakeError, Plan, Wanted, choose_sheets};
use kernel::{Catalogue, Lang, SubjectKind};

use crate::frame::path::with_query;
use crate::importing::checked::{Book, Checked};
use crate::importing::columns::{self, Entry};
use crate::importing::draft::{self, Import, Left};
use crate::importing::{check, checks, kind};
use crate::ui::{Badge, figure};
use crate::{App, Page, WebError};

/// A sheet as the page shows it.
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The key of the kind it is taken for; empty where it is left out.
    pub kind: &'static str,
    /// How far it is understood; none where it is left out.
    pub state: Option<Badge>,
    /// Its rows, or why it is left out.
    pub words: String,
    /// Where its columns are.
    pub link: Option<String>,
    /// Whether its columns are shown.
    pub current: bool,
}

/// The sheets of a workbook and what each is taken for.
///
/// # Errors
/// The file cannot be read.
pub fn choose(bytes: Arc<[u8]>, wanted: &Wanted, catalogue: &Catalogue) -> Result<(Vec<Plan>, Vec<Left>), IntakeError> {
    let pattern = Plan::of(wanted.kind.unwrap_or(SubjectKind::Enterprise));
    let (plans, passed_over) = choose_sheets(bytes, wanted, &pattern, catalogue)?;
    let left = passed_over.into_iter().map(|one| Left { sheet: one.sheet, why: one.why, kind: one.kind });
    Ok((plans, left.collect()))
}

/// Every worksheet of the file, in its order.
pub fn shown(page: &Page, import: &Import, book: &Book, current: &Checked) -> Vec<Sheet> {
    let worksheets = current.sheets.iter().filter(|sheet| sheet.worksheet);
    let sheet = |info: &reports::sheet::SheetInfo| match book.sheets.iter().find(|sheet| sheet.sheet == info.name) {
        Some(checked) => taken(page, import, checked, checked.sheet == current.sheet),
        None => left_out(page, import, &info.name),
    };
    worksheets.map(sheet).collect()
}

fn taken(page: &Page, import: &Import, checked: &Checked, current: bool) -> Sheet {
    let rows = figure::grouped(i64::try_from(checked.found).unwrap_or(i64::MAX));
    let open = checked.head.len();
    Sheet {
        name: checked.sheet.clone(),
        kind: checked.kind.key(),
        state: Some(match open {
            0 => Badge::ok(page.t("各列已认出", "Recognised")),
            _ => Badge::late(page.t("有列要核对", "Columns to mend")),
        }),
        words: match page.lang {
            Lang::Zh => format!("{rows} 行"),
            Lang::En => format!("{rows} rows"),
        },
        link: Some(with_query(&import.address("columns"), [("s", checked.sheet.as_str())])),
        current,
    }
}

fn left_out(page: &Page, import: &Import, name: &str) -> Sheet {
    let left = import.prepared.left.iter().find(|left| left.sheet == name);
    let words = left.map(|left| left.why.say(page.lang).to_owned()).unwrap_or_default();
    Sheet { name: name.to_owned(), kind: "", state: None, words, link: None, current: false }
}

/// Takes what was said of the sheets. A sheet whose kind stays keeps what was decided about it.
///
/// # Errors
/// There is no such draft of this person; the page is out of date; what the store reports.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let import = match draft::open(&app, &page, &id).await? {
        Ok(import) => import,
        Err(elsewhere) => return Ok(page.go(&elsewhere)),
    };
    let said = read(&fields);
    if said.values().all(Option::is_none) {
        let why = page.t("至少选一张工作表。什么都没有改。", "Choose at least one sheet. Nothing was changed.");
        return columns::answer(&app, &page, &import, "", Entry::Sheets(why)).await;
    }
    let bytes: Arc<[u8]> = app.store().file_bytes(&import.draft.file).await?.into();
    let catalogue = app.catalogue().clone();
    let choosing = move || choose(bytes, &Wanted { sheets: said, ..Wanted::default() }, &catalogue);
    let (plans, left) = match checks::blocking(choosing).await {
        Ok(chosen) => chosen,
        Err(IntakeError::NoSuchSheet { .. }) => return Err(gone()),
        Err(error) => return Err(check::refused(&error)),
    };
    let import = draft::change(&app, &page, &id, |prepared| {
        let before = |new: &Plan| prepared.plans.iter().find(|old| old.sheet == new.sheet && old.kind == new.kind);
        let plans = plans.iter().map(|new| before(new).unwrap_or(new).clone()).collect();
        (prepared.plans, prepared.left) = (plans, left.clone());
    })
    .await?;
    Ok(page.go(&import.address("columns")))
}

/// What the form says of each sheet.
fn read(fields: &[(String, String)]) -> BTreeMap<String, Option<SubjectKind>> {
    let value = |name: String| fields.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str());
    let mut said = BTreeMap::new();
    for (name, sheet) in fields {
        if let Some(nth) = name.strip_prefix("sheet-") {
            said.insert(sheet.clone(), value(format!("kind-{nth}")).and_then(kind));
        }
    }
    said
}

/// The page names a sheet that is not taken in any more.
pub fn gone() -> WebError {
    WebError::conflict(
        "所选的工作表已有变化，没有做任何改动。请刷新后再操作。",
        "The choice of sheets changed meanwhile. Nothing was changed; reload the page and try again.",
    )
}
