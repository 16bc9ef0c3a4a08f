//! `/register/{kind}`: the list of one kind of subject.

use std::sync::atomic::Ordering;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::Response;
use jiff::civil::Date;
use store::access::{Action, Scope, UnitTree, Viewer};
use store::{ListPage as Found, SubjectRow};

use super::ask::Ask;
use super::cells::{ListCell, Sheet};
use super::forms::{self, RangeInput, Select};
use super::written::Choices;
use super::{past, query, views};
use crate::frame::cookie::{self, Keep};
use crate::register::kinds::{self, Listed};
use crate::register::subject;
use crate::saved_views::Views;
use crate::ui::{Badge, Chip, Chips, Empty, Head, Pager, escaped, figure};
use crate::{App, Page, WebError};

struct ListRow {
    address: String,
    name: String,
    badges: Vec<Badge>,
    cells: Vec<ListCell>,
}

#[derive(Template)]
#[template(path = "register/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    listed: &'static Listed,
    ask: Ask,
    title: &'static str,
    counted: String,
    scope_note: String,
    views: Views<'a>,
    can_export: bool,
    can_import: bool,
    column_choice: Choices,
    default_columns: String,
    kept_for_columns: Vec<(&'static str, String)>,
    kept_for_search: Vec<(&'static str, String)>,
    kept_for_filters: Vec<(&'static str, String)>,
    exports: Vec<(&'static str, String)>,
    selects: Vec<Select>,
    ranges: Vec<RangeInput>,
    without_filters: String,
    chips: Chips<'a>,
    heads: Vec<Head>,
    /// The heads of the columns after the name, escaped once: on phones every cell bears its own.
    labels: Vec<String>,
    rows: Vec<ListRow>,
    empty: Empty<'a>,
    pager: Pager<'a>,
}

/// Shows a page of a list within the viewer's rows.
///
/// # Errors
/// An unknown kind; a filter that cannot be read; what the store reports.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    headers: axum::http::HeaderMap,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?.clone();
    let listed = kinds::listed(&kind).ok_or_else(WebError::not_found)?;
    let mut ask = Ask::read(&page.query, listed, app.catalogue())?;
    let chosen_now = ask.columns.is_some();
    if ask.columns.is_none()
        && let Some(kept) = cookie::read(&headers, &cookie_name(listed))
    {
        let kept = Ask::read(&format!("cols={kept}"), listed, app.catalogue()).ok();
        ask.columns = kept.and_then(|kept| kept.columns);
    }
    let units = app.store().units_known_to(page.viewer()?).await?;
    let columns = ask.shown_columns(listed);
    let wanted = query::query(&ask, listed, &columns, &units, page.today);
    let reading = match past::reading_soon(&app, &page, listed, &wanted).await? {
        Ok(reading) => reading,
        Err(waiting) => return Ok(waiting),
    };
    let wanted = query::query(&ask, listed, &columns, &units, reading.on);
    let found = reading.store().list(&wanted, &viewer.scope).await?;
    page.lists_past.store(reading.is_past(), Ordering::Relaxed);
    let views = Views::read(&app, &page, &views::asked(listed, &ask)).await?;
    let remember = chosen_now.then(|| columns.join(","));
    let template = make(&app, &page, &viewer, listed, ask, &columns, &units, found, views);
    let mut response = page.show(template)?;
    if let Some(columns) = remember {
        response
            .headers_mut()
            .append(header::SET_COOKIE, cookie::line(&app, &cookie_name(listed), &columns, Keep::Year));
    }
    Ok(response)
}

/// The cookie that remembers a reader's columns.
fn cookie_name(listed: &Listed) -> String {
    format!("xs_cols_{}", listed.kind.key())
}

#[allow(clippy::too_many_arguments, reason = "everything a list shows comes from these, read once by the handler")]
fn make<'a>(
    app: &App,
    page: &'a Page,
    viewer: &Viewer,
    listed: &'static Listed,
    ask: Ask,
    columns: &[String],
    units: &UnitTree,
    found: Found,
    views: Views<'a>,
) -> ListPage<'a> {
    let (catalogue, lang) = (app.catalogue(), page.lang);
    let written = (&**catalogue, app.written());
    let day = page.as_of.filter(|_| page.reads_the_past());
    let sheet = Sheet { listed, catalogue, units, columns, today: day.unwrap_or(page.today), lang };
    let scales = sheet.scales(&found.rows);
    let link = |ask: &Ask| ask.address(listed.path, page.as_of);
    let heads = sheet.heads(&ask, &scales, link);
    let rows: Vec<ListRow> = found.rows.iter().map(|row| list_row(page, &sheet, row, &scales)).collect();
    let chips = query::chips(&ask, listed, catalogue, &app.library(), units, lang);
    let without_all = Ask { order: ask.order, columns: ask.columns.clone(), ..Ask::default() };
    let kept = |mut parameters: Vec<(&'static str, String)>| {
        parameters.extend(page.as_of.map(|day| ("asof", day.to_string())));
        parameters
    };
    let total = i64::try_from(found.total).unwrap_or(i64::MAX);
    ListPage {
        title: listed.title(lang),
        counted: match lang {
            kernel::Lang::Zh => format!("{} {}", figure::grouped(total), listed.counter()),
            kernel::Lang::En => figure::grouped(total),
        },
        scope_note: scope_note(page, viewer, units),
        views,
        can_export: page.can(Action::Export),
        can_import: page.can(Action::Import),
        column_choice: forms::columns(columns, listed, written, lang),
        default_columns: {
            let usual: Vec<String> = listed.columns.iter().map(|column| (*column).to_owned()).collect();
            link(&ask.with(|ask| ask.columns = Some(usual)))
        },
        kept_for_columns: kept(without(&ask, &["cols"])),
        kept_for_search: kept(without(&ask, &["q"])),
        kept_for_filters: kept(
            ask.parameters(false).into_iter().filter(|(name, _)| matches!(*name, "q" | "sort" | "cols")).collect(),
        ),
        exports: exports(&ask, listed, day, lang),
        selects: forms::selects(&ask, listed, written, units, viewer, lang),
        ranges: forms::ranges(&ask, listed, lang),
        without_filters: link(&without_all),
        chips: Chips {
            page,
            chips: chips.into_iter().map(|(text, without)| Chip { text, without: link(&without) }).collect(),
            without_all: link(&without_all),
        },
        labels: heads.iter().skip(1).map(|head| escaped(&head.text).to_string()).collect(),
        heads,
        rows,
        empty: empty(page, listed, &ask, &link(&without_all)),
        pager: Pager::keyed(page, &link(&ask.with(|_| ())), "after", found.next).of(found.rows.len(), Some(total)),
        listed,
        ask,
        page,
    }
}

fn list_row(
    page: &Page,
    sheet: &Sheet<'_>,
    row: &SubjectRow,
    scales: &[Option<crate::register::amount::Scale>],
) -> ListRow {
    let unnamed = page.t("（未命名）", "(unnamed)");
    let mut badges = Vec::new();
    if row.state == store::State::Candidate {
        badges.push(Badge::warn(page.t("候选", "candidate")));
    }
    ListRow {
        address: page.link(&subject::address(row.kind, row.id)),
        name: if row.name.is_empty() { unnamed.to_owned() } else { row.name.clone() },
        badges,
        cells: sheet.cells(row, scales),
    }
}

fn without(ask: &Ask, names: &[&str]) -> Vec<(&'static str, String)> {
    ask.parameters(false).into_iter().filter(|(name, _)| !names.contains(name)).collect()
}

fn exports(ask: &Ask, listed: &Listed, as_of: Option<Date>, lang: kernel::Lang) -> Vec<(&'static str, String)> {
    let path = |form: &str| ask.with(|_| ()).address(&format!("{}/export/{form}", listed.path), as_of);
    vec![
        (lang.pick("Excel 工作簿 (xlsx)", "Excel workbook (xlsx)"), path("xlsx")),
        (lang.pick("CSV（UTF-8）", "CSV (UTF-8)"), path("csv")),
        (lang.pick("CSV（GB18030，旧版 Excel）", "CSV (GB18030, older Excel)"), path("csv-gb18030")),
    ]
}

fn scope_note(page: &Page, viewer: &Viewer, units: &UnitTree) -> String {
    match &viewer.scope {
        Scope::Zone => page.t("全区范围", "The whole zone").to_owned(),
        Scope::Units(own) => {
            let names: Vec<&str> = own.iter().filter_map(|id| units.get(*id)).map(|unit| unit.name.as_str()).collect();
            format!("{}{}", page.t("您的范围：", "Your rows: "), names.join(page.t("、", ", ")))
        }
        Scope::Subject(_) => page.t("本企业", "Your own enterprise").to_owned(),
        Scope::Nothing => page.t("您的角色不看台账数据", "Your role sees no register data").to_owned(),
    }
}

fn empty<'a>(page: &'a Page, listed: &Listed, ask: &Ask, without_all: &str) -> Empty<'a> {
    let icon = page.icon(listed.icon);
    if ask.is_filtered() {
        return Empty {
            icon,
            title: page.t("没有符合条件的结果", "Nothing matches"),
            what: page.t(
                "在您的数据范围内，没有同时满足这些条件的记录。可以逐个去掉上面的条件。",
                "Nothing within your rows meets all of these filters. Take them off one by one.",
            ),
            action: Some((without_all.to_owned(), page.t("清除全部条件", "Clear all filters"))),
        };
    }
    let action = page.can(Action::Import).then(|| ("/imports".to_owned(), page.t("导入一张表", "Import a sheet")));
    Empty {
        icon,
        title: page.t("台账里还没有内容", "Nothing here yet"),
        what: page.t(
            "导入一张表后，每个主体会在这里占一行，每个数字都能点回它的单元格。",
            "Once a sheet is imported, each subject has a row here and every figure leads back to its cell.",
        ),
        action,
    }
}
