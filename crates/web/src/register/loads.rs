//! `/loads`: every import that was stored; undoing one whole, and doing it again.

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use kernel::heading::{ColumnMap, ColumnPeriod, MappedColumn};
use kernel::{Lang, SourceId, SubjectKind};
use serde::Deserialize;
use store::access::{Action, Scope, Viewer};
use store::{SourceInfo, StoreError};
use uuid::Uuid;

use crate::frame::day;
use crate::frame::notice::Notice;
use crate::register::source::may_read_files;
use crate::register::words;
use crate::ui::{Badge, Confirm, Empty, Icon, Pager, Tone, figure};
use crate::{App, Page, WebError};

/// Loads on a page.
const PAGE: usize = 50;

struct Row {
    address: String,
    title: String,
    origin: String,
    kind: &'static str,
    subjects: String,
    when: String,
    by: String,
    accepted: String,
    unchanged: String,
    new_subjects: String,
    state: Badge,
}

#[derive(Template)]
#[template(path = "register/loads.html")]
struct LoadsPage<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    empty: Empty<'a>,
    pager: Pager<'a>,
}

#[derive(Template)]
#[template(path = "register/load.html")]
struct LoadPage<'a> {
    page: &'a Page,
    row: Row,
    rows_given: String,
    file_hash: String,
    download: Option<String>,
    undone: Option<String>,
    sheets: Vec<Sheet>,
    act: Option<Confirm<'a>>,
}

/// Whether a person may see a load: it speaks of many subjects, so only those who see them all,
/// and whoever brought it.
pub fn may_see(viewer: &Viewer, source: &SourceInfo) -> bool {
    viewer.scope == Scope::Zone || source.by == viewer.name
}

fn row(source: &SourceInfo, lang: Lang) -> Row {
    let count = |count: u64| figure::grouped(i64::try_from(count).unwrap_or(i64::MAX));
    Row {
        address: format!("/loads/{}", source.id),
        title: if source.title.is_empty() {
            words::source_kind(source.kind, lang).to_owned()
        } else {
            source.title.clone()
        },
        origin: words::origin(&source.origin, lang),
        kind: words::source_kind(source.kind, lang),
        subjects: words::kinds(&source.subject_kinds, lang),
        when: day::minute(source.at),
        by: words::person(&source.by, lang),
        accepted: count(source.accepted),
        unchanged: count(source.unchanged),
        new_subjects: count(source.new_subjects),
        state: match source.undone_at {
            Some(_) => Badge::shut(lang.pick("已撤销", "Undone")).with_icon("arrow-back-up"),
            None => Badge::ok(lang.pick("有效", "In force")),
        },
    }
}

/// Shows the loads, the latest first.
///
/// # Errors
/// What the store reports.
pub async fn list(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let before = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "before");
    let before = before.and_then(|(_, id)| id.parse::<Uuid>().ok()).map(SourceId);
    let (found, next) = seen(&app, viewer, before, PAGE).await?;
    let rows: Vec<Row> = found.iter().map(|source| row(source, page.lang)).collect();
    let action = page.can(Action::Import).then(|| ("/imports".to_owned(), page.t("导入一张表", "Import a sheet")));
    page.show(LoadsPage {
        pager: Pager::keyed(&page, "/loads", "before", next.map(|last| last.to_string())).of(rows.len(), None),
        empty: Empty {
            icon: page.icon("file-import"),
            title: page.t("还没有导入过数据", "No loads yet"),
            what: page.t(
                "每次导入的文件、行数和结果都会列在这里，可以整批撤销和恢复。",
                "Every import is listed here with its file and rows; a whole load can be undone and restored.",
            ),
            action,
        },
        rows,
        page: &page,
    })
}

/// A page of the loads a person may see, and where the next begins.
pub(crate) async fn seen(
    app: &App,
    viewer: &Viewer,
    before: Option<SourceId>,
    wanted: usize,
) -> Result<(Vec<SourceInfo>, Option<SourceId>), StoreError> {
    let (mut found, mut before) = (Vec::new(), before);
    loop {
        let some = app.store().loads(before, 200).await?;
        let more = some.len() == 200;
        before = some.last().map(|source| source.id);
        found.extend(some.into_iter().filter(|source| may_see(viewer, source)));
        if found.len() > wanted || !more {
            break;
        }
    }
    let next = (found.len() > wanted).then(|| found[wanted - 1].id);
    found.truncate(wanted);
    Ok((found, next))
}

async fn find(app: &App, page: &Page, id: &str) -> Result<SourceInfo, WebError> {
    let viewer = page.viewer()?;
    let id = SourceId(id.parse().map_err(|_| WebError::not_found())?);
    let source = app.store().source(id).await?.filter(|source| may_see(viewer, source));
    source.ok_or_else(WebError::not_found)
}

/// Shows one load: its file, columns and what undoing it would do.
///
/// # Errors
/// No such load among those the person may see.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let source = find(&app, &page, &id).await?;
    let may = page.as_of.is_none() && viewer.can(Action::UndoLoad) && viewer.scope_for(Action::UndoLoad) == Scope::Zone;
    let act = if may { Some(confirm(&page, &source, app.store().load_reach(source.id).await?)) } else { None };
    page.show(LoadPage {
        row: row(&source, page.lang),
        rows_given: figure::grouped(i64::try_from(source.rows).unwrap_or(i64::MAX)),
        file_hash: source.file_hash.clone().unwrap_or_default(),
        download: (source.file_hash.is_some() && may_read_files(viewer)).then(|| format!("/loads/{}/file", source.id)),
        undone: source.undone_at.map(|at| {
            format!("{} · {}", day::minute(at), page.person(source.undone_by.as_deref().unwrap_or_default()))
        }),
        sheets: sheets(&app, &source, page.lang),
        act,
        page: &page,
    })
}

/// What the columns of one sheet were taken for.
struct Sheet {
    /// Its name; empty where the load has one sheet only.
    name: String,
    /// What its rows speak of.
    kind: &'static str,
    /// Letter, heading, field.
    columns: Vec<(String, String, String)>,
}

/// What each column of every sheet was taken for.
fn sheets(app: &App, source: &SourceInfo, lang: Lang) -> Vec<Sheet> {
    let map = source.column_map_json.as_deref().and_then(|json| serde_json::from_str::<ColumnMap>(json).ok());
    let Some(map) = map else { return Vec::new() };
    let of_load = source.subject_kinds.first().copied().unwrap_or(SubjectKind::Enterprise);
    let several = !map.others.is_empty();
    let sheet = |(name, map): (&str, &ColumnMap)| {
        let kind = map.kind.unwrap_or(of_load);
        let unnamed = lang.pick("第一张工作表", "The first sheet");
        Sheet {
            name: if several && name.is_empty() { unnamed } else { name }.to_owned(),
            kind: lang.pick(kind.zh(), kind.en()),
            columns: map.columns.iter().map(|column| taken_for(app, kind, column, lang)).collect(),
        }
    };
    map.sheets().map(sheet).collect()
}

/// A column's letter, heading and field.
fn taken_for(app: &App, kind: SubjectKind, column: &MappedColumn, lang: Lang) -> (String, String, String) {
    let letter = reports::sheet::column_letters(u32::try_from(column.index).unwrap_or_default() + 1);
    let label = app.catalogue().field(&column.field).map_or(column.field.as_str(), |field| field.label(kind, lang));
    let period = match column.period {
        ColumnPeriod::Fixed(period) => format!(" {period}"),
        ColumnPeriod::OfRow => lang.pick("（按行的年度）", " (year of the row)").to_owned(),
        ColumnPeriod::None => String::new(),
    };
    (letter, column.heading.clone(), format!("{label}{period}"))
}

fn confirm<'a>(page: &'a Page, source: &SourceInfo, reach: store::LoadReach) -> Confirm<'a> {
    let (subjects, facts) = (figure::grouped(reach.subjects), figure::grouped(reach.facts));
    let undo = source.undone_at.is_none();
    let new = source.new_subjects;
    let consequence = match (page.lang, undo) {
        (Lang::Zh, true) => format!(
            "将影响 {subjects} 个主体的 {facts} 项数据：它们恢复为其他来源的说法，没有其他来源的不再显示{}。陈述仍然保留，随时可以恢复。",
            if new > 0 {
                format!("；其中由本批次新增的 {new} 个主体若没有其他来源，将变为空白")
            } else {
                String::new()
            }
        ),
        (Lang::En, true) => format!(
            "{facts} facts of {subjects} subjects are affected: they fall back to what other sources say, and show nothing where there is no other{}. The statements stay and can be restored at any time.",
            if new > 0 {
                format!("; {new} subjects came with this load and stand empty unless others speak of them")
            } else {
                String::new()
            }
        ),
        (Lang::Zh, false) => format!(
            "将重新采用 {subjects} 个主体的 {facts} 项数据，与撤销前完全一样；与其他来源不同的会重新列入“来源不一”。"
        ),
        (Lang::En, false) => format!(
            "{facts} facts of {subjects} subjects count again, exactly as before; where they differ from other sources they join the conflicts again."
        ),
    };
    Confirm {
        page,
        id: "load-act".to_owned(),
        button: if undo { page.t("撤销整批", "Undo the load") } else { page.t("恢复整批", "Restore the load") },
        icon: Icon(if undo { "arrow-back-up" } else { "refresh" }),
        title: if undo {
            page.t("撤销这个导入批次？", "Undo this load?")
        } else {
            page.t("恢复这个导入批次？", "Restore this load?")
        }
        .to_owned(),
        consequence,
        action: format!("/loads/{}/{}", source.id, if undo { "undo" } else { "redo" }),
        fields: Vec::new(),
        reason: page.t("理由", "Reason"),
        tone: if undo { Tone::Late } else { Tone::Ok },
        small: false,
    }
}

/// The reason the form sends.
#[derive(Debug, Deserialize)]
pub struct Sent {
    #[serde(default)]
    reason: String,
}

/// `POST /loads/{source}/undo`.
///
/// # Errors
/// No such load; no reason; undone already.
pub async fn undo(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    act(&app, &page, &id, &sent.reason, true).await
}

/// `POST /loads/{source}/redo`.
///
/// # Errors
/// No such load; no reason; in force already.
pub async fn redo(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    act(&app, &page, &id, &sent.reason, false).await
}

/// Undoes a load or does it again, for whoever may; returns how many subjects changed.
pub(crate) async fn stand(
    app: &App,
    page: &Page,
    id: &str,
    reason: &str,
    undo: bool,
) -> Result<(SourceId, u64), WebError> {
    page.must_be_today()?;
    let viewer = page.viewer()?;
    let source = find(app, page, id).await?;
    // A load speaks of every unit: undoing it is for those whose right reaches the whole zone.
    if viewer.scope_for(Action::UndoLoad) != Scope::Zone {
        return Err(WebError::not_allowed());
    }
    let done = if undo {
        app.store().undo_load(source.id, reason, &viewer.name).await
    } else {
        app.store().redo_load(source.id, reason, &viewer.name).await
    };
    match done {
        Ok(subjects) => Ok((source.id, subjects)),
        Err(StoreError::Stale) => Err(WebError::conflict(
            "这个批次的状态已被他人改变，没有再做任何改动。请重新打开查看。",
            "Somebody else changed the state of this load; nothing more was done. Open it again.",
        )
        .way_out(format!("/loads/{}", source.id), "重新打开", "Open it again")),
        Err(error) => Err(error.into()),
    }
}

async fn act(app: &App, page: &Page, id: &str, reason: &str, undo: bool) -> Result<Response, WebError> {
    let (source, subjects) = stand(app, page, id, reason, undo).await?;
    let said = match (page.lang, undo) {
        (Lang::Zh, true) => format!("已撤销，{subjects} 个主体的数据随之改变。"),
        (Lang::En, true) => format!("Undone; {subjects} subjects changed."),
        (Lang::Zh, false) => format!("已恢复，{subjects} 个主体的数据随之改变。"),
        (Lang::En, false) => format!("Restored; {subjects} subjects changed."),
    };
    Ok(page.go_saying(&format!("/loads/{source}"), Notice::said(said)))
}

/// `GET /loads/{source}/file`: the file as it was uploaded, for those who may see every row and
/// personal data; taking it is recorded.
///
/// # Errors
/// No such load or file; a person who may not have whole files.
pub async fn file(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let source = find(&app, &page, &id).await?;
    if !may_read_files(viewer) {
        return Err(WebError::not_allowed());
    }
    let hash = source.file_hash.as_deref().ok_or_else(WebError::not_found)?;
    let kept = app.store().file(hash).await?.ok_or_else(WebError::not_found)?;
    app.store().record_file_taken(&viewer.name, source.id).await?;
    let bytes = app.store().file_bytes(hash).await?;
    let mut response = Body::from(bytes).into_response();
    let encoded: String = form_urlencoded::byte_serialize(kept.name.as_bytes()).collect();
    let disposition = format!("attachment; filename=\"load\"; filename*=UTF-8''{}", encoded.replace('+', "%20"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kept.media.content_type()));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}
