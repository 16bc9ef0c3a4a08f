//! `/search?q=`: every kind at once, by name, code and former name, within the viewer's rows.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use store::access::Viewer;
use store::{ListPage, ListQuery, StoreError, SubjectRow};

use crate::register::kinds::{LISTED, Listed};
use crate::register::subject::address;
use crate::ui::{Empty, figure};
use crate::{App, Page, WebError};

/// Hits shown of each kind; the others are one click away.
const SHOWN: u64 = 8;

struct Hit {
    address: String,
    name: String,
    code: String,
    more: String,
}

struct Hits {
    listed: &'static Listed,
    title: &'static str,
    total: String,
    all: String,
    rows: Vec<Hit>,
}

#[derive(Template)]
#[template(path = "register/search.html")]
struct SearchPage<'a> {
    page: &'a Page,
    words: String,
    groups: Vec<Hits>,
    empty: Empty<'a>,
}

/// Shows what was found; a single subject with exactly this name or code is opened at once.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let asked = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "q");
    let words: String = asked.map(|(_, words)| words.trim().chars().take(100).collect()).unwrap_or_default();
    let units = app.store().units_known_to(page.viewer()?).await?;
    let mut groups = Vec::new();
    let mut exact: Vec<SubjectRow> = Vec::new();
    if words.chars().count() > 1 {
        for listed in LISTED {
            let found = hits(&app, viewer, listed, &words).await?;
            exact.extend(found.rows.iter().filter(|row| is_exact(row, &words)).cloned());
            let all = crate::frame::path::with_query(listed.path, [("q", words.as_str())]);
            let hit = |row: &SubjectRow| Hit {
                address: page.link(&address(row.kind, row.id)),
                name: row.name.clone(),
                code: row.code.clone(),
                more: row.unit.and_then(|unit| units.get(unit)).map(|unit| unit.name.clone()).unwrap_or_default(),
            };
            if found.total > 0 {
                let total = figure::grouped(i64::try_from(found.total).unwrap_or(i64::MAX));
                let rows = found.rows.iter().map(hit).collect();
                groups.push(Hits { listed, title: listed.title(page.lang), total, all, rows });
            }
        }
    }
    if let [only] = exact.as_slice() {
        return Ok(page.go(&page.link(&address(only.kind, only.id))));
    }
    let what = if words.chars().count() < 2 {
        page.t(
            "请输入至少两个字：名称、统一社会信用代码、曾用名或简称的一部分。",
            "Enter at least two characters of a name, code, former or short name.",
        )
    } else {
        page.t(
            "在您的数据范围内没有找到。可以只输入名称中最特别的两三个字，或核对信用代码。",
            "Nothing within your rows. Try only the most telling part of the name, or check the code.",
        )
    };
    let title = if words.is_empty() {
        page.t("搜什么", "What to search for")
    } else {
        page.t("没有找到", "Nothing found")
    };
    let empty = Empty { icon: page.icon("list-search"), title, what, action: None };
    page.show(SearchPage { page: &page, words, groups, empty })
}

fn is_exact(row: &SubjectRow, words: &str) -> bool {
    (!row.code.is_empty() && store::code_key(&row.code) == store::code_key(words))
        || store::name_key(&row.name) == store::name_key(words)
}

/// The first hits of one kind within the viewer's rows, and how many there are.
///
/// # Errors
/// What the store reports.
pub(crate) async fn hits(app: &App, viewer: &Viewer, listed: &Listed, words: &str) -> Result<ListPage, StoreError> {
    let query = ListQuery { text: words.to_owned(), limit: SHOWN, ..ListQuery::all(listed.kind) };
    app.store().list(&query, &viewer.scope).await
}
