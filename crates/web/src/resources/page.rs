//! `/resources`: the directory of the six kinds of resource (载体、企业、平台、人才、机构、专项), and for a
//! matter or a visit what of it may answer the need.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use loops::matching::{Sort, Why};
use store::cases::CaseView;

use super::find::{self, Found};
use crate::cases::{page as case_page, words};
use crate::frame::path;
use crate::ui::figure;
use crate::{App, Page, WebError};

/// Rows of one kind, alone and beside the others.
const ROWS: u64 = 50;
const FEW: u64 = 6;

/// One kind of the directory.
struct Shelf {
    title: &'static str,
    total: String,
    rows: Vec<Found>,
    all: Option<String>,
    next: Option<String>,
}

/// One answer to a need.
pub(super) struct Answer {
    pub(super) sort: &'static str,
    pub(super) found: Found,
    pub(super) points: u32,
    pub(super) reasons: String,
}

/// The case whose need is to be answered.
struct Asking {
    number: String,
    title: String,
    address: String,
    answers: Vec<Answer>,
}

#[derive(Template)]
#[template(path = "resources/resources.html")]
struct ResourcesPage<'a> {
    page: &'a Page,
    words: String,
    chosen: String,
    kinds: Vec<(&'static str, &'static str)>,
    asking: Option<Asking>,
    shelves: Vec<Shelf>,
    export: String,
}

/// What the address asks for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) words: String,
    pub(super) sort: Option<Sort>,
    pub(super) case: Option<(String, String)>,
    after: Option<String>,
}

impl Asked {
    /// Reads an address.
    pub(super) fn read(page: &Page) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(page.query.as_bytes()) {
            match &*name {
                "q" => asked.words = value.trim().chars().take(100).collect(),
                "kind" => asked.sort = Sort::from_key(&value),
                "after" if !value.is_empty() => asked.after = Some(value.into_owned()),
                "case" => asked.case = value.split_once('/').map(|(kind, number)| (kind.to_owned(), number.to_owned())),
                _ => {}
            }
        }
        asked
    }

    fn address(&self, base: &str, sort: Option<Sort>, after: Option<&str>) -> String {
        let case = self.case.as_ref().map(|(kind, number)| format!("{kind}/{number}"));
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        if !self.words.is_empty() {
            pairs.push(("q", &self.words));
        }
        pairs.extend(sort.map(|sort| ("kind", sort.key())));
        pairs.extend(case.as_deref().map(|case| ("case", case)));
        pairs.extend(after.map(|after| ("after", after)));
        path::with_query(base, pairs)
    }
}

/// The case of an address within the viewer's rows.
///
/// # Errors
/// There is none.
pub(super) async fn case_of(app: &App, page: &Page, asked: &Asked) -> Result<Option<CaseView>, WebError> {
    match &asked.case {
        Some((kind, number)) => case_page::find(app, page, kind, number).await.map(Some),
        None => Ok(None),
    }
}

/// What may answer the need of a case.
///
/// # Errors
/// What the store reports.
pub(super) async fn answers(app: &App, page: &Page, case: &CaseView) -> Result<Vec<Answer>, WebError> {
    let need = find::need(app, page, case).await?;
    let own = case.row.subject.map(|subject| subject.to_string());
    let found = find::answers(app, page, &need, own).await?;
    let answer = |(found, one): (Found, loops::matching::Match)| Answer {
        sort: found.sort.label(page.lang),
        points: one.points,
        reasons: one.reasons.iter().map(|why: &Why| why.say(page.lang)).collect::<Vec<_>>().join(page.t("；", "; ")),
        found,
    };
    Ok(found.into_iter().map(answer).collect())
}

/// Shows the directory.
///
/// # Errors
/// There is nothing of the kind for an enterprise; no such case; what the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    page.viewer_within()?;
    let asked = Asked::read(&page);
    let asking = match case_of(&app, &page, &asked).await? {
        Some(case) => Some(Asking {
            number: case.row.number.clone(),
            title: case_page::title(&page, &case.row),
            address: words::address(case.row.kind.key, &case.row.number),
            answers: answers(&app, &page, &case).await?,
        }),
        None => None,
    };
    let mut shelves = Vec::new();
    // Beside the answers to a need the whole directory is one click away.
    let sorts: &[Sort] = if asking.is_some() { &[] } else { &Sort::ALL };
    for sort in sorts.iter().copied().filter(|sort| asked.sort.is_none_or(|one| one == *sort)) {
        let limit = if asked.sort.is_some() { ROWS } else { FEW };
        let (mut rows, total, next) = find::listed(&app, &page, sort, &asked.words, limit, asked.after.clone()).await?;
        if asked.sort.is_none() {
            rows.truncate(FEW as usize);
        }
        shelves.push(Shelf {
            title: sort.label(page.lang),
            total: figure::grouped(i64::try_from(total).unwrap_or(i64::MAX)),
            all: asked.sort.is_none().then(|| asked.address("/resources", Some(sort), None)),
            next: asked.sort.and(next).map(|next| asked.address("/resources", Some(sort), Some(&next))),
            rows,
        });
    }
    let kinds = Sort::ALL.iter().map(|sort| (sort.key(), sort.label(page.lang)));
    page.show(ResourcesPage {
        kinds: kinds.collect(),
        chosen: asked.sort.map(Sort::key).unwrap_or_default().to_owned(),
        export: asked.address("/resources/export", asked.sort, None),
        words: asked.words,
        asking,
        shelves,
        page: &page,
    })
}
