//! `/enterprises/{id}/verdicts`: the verdicts that are kept of an enterprise, and any of them given again as of
//! its day, to the byte.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::Timestamp;
use kernel::{SubjectId, SubjectKind};
use policy::Answer;
use serde_json::Value as Json;
use store::verdict::Verdict;

use super::words;
use crate::api::asked;
use crate::cultivation::replay::{Replayed, replay};
use crate::frame::day;
use crate::register::subject::address;
use crate::ui::{Badge, Empty, Icon};
use crate::{App, Page, WebError};

/// A verdict that is kept.
struct Row {
    title: String,
    version: String,
    verdict: Option<Badge>,
    on: String,
    known_at: String,
    stands: bool,
    address: String,
}

/// One part of a verdict, as it was kept and as it comes out again.
struct Field {
    name: String,
    kept: String,
    again: String,
    differs: bool,
}

#[derive(Template)]
#[template(path = "checkup/verdicts.html")]
struct VerdictsPage<'a> {
    page: &'a Page,
    name: String,
    subject: String,
    overview: String,
    rows: Vec<Row>,
    empty: Empty<'a>,
}

#[derive(Template)]
#[template(path = "checkup/replayed.html")]
struct ReplayedPage<'a> {
    page: &'a Page,
    name: String,
    subject: String,
    list: String,
    title: String,
    verdict: Verdict,
    badge: Option<Badge>,
    known_at: String,
    /// Whether the same bytes came out; none where nobody has its version any more.
    same: Option<bool>,
    text: Option<String>,
    fields: Vec<Field>,
    bytes: usize,
}

/// The enterprise, if it is among the reader's rows.
async fn enterprise(app: &App, page: &Page, id: &str) -> Result<(SubjectId, String), WebError> {
    let viewer = page.viewer()?;
    let found = app.store().subject(asked::subject(id)?, &viewer.scope, false, None).await?;
    let found = found.filter(|found| found.record.kind == SubjectKind::Enterprise).ok_or_else(WebError::not_found)?;
    Ok((found.record.id, found.record.name.clone()))
}

fn badge(answer: &str, page: &Page) -> Option<Badge> {
    let all = [Answer::Meets, Answer::Fails, Answer::Undetermined, Answer::Expert];
    all.into_iter().find(|known| known.key() == answer).map(|known| words::verdict(known, page.lang))
}

fn title(app: &App, page: &Page, verdict: &Verdict) -> String {
    let library = app.library();
    let of_id = || library.policies().iter().rev().find(|policy| policy.id == verdict.policy);
    let policy = library.version(&verdict.version).or_else(of_id);
    policy.map_or_else(|| verdict.policy.clone(), |policy| policy.title_in(page.lang).to_owned())
}

/// Shows what is kept of an enterprise.
///
/// # Errors
/// No such enterprise within the viewer's rows; what the store reports.
pub async fn list(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let (subject, name) = enterprise(&app, &page, &id).await?;
    let scope = &page.viewer()?.scope;
    let standing = app.store().verdicts_of(subject, scope).await?;
    let ended = app.store().verdicts_before(subject, scope).await?;
    let row = |(verdict, stands): (Verdict, bool)| Row {
        title: title(&app, &page, &verdict),
        version: verdict.version.clone(),
        verdict: badge(&verdict.answer, &page),
        on: verdict.on.to_string(),
        known_at: day::minute(verdict.known_at),
        stands,
        address: format!(
            "/enterprises/{subject}/verdicts/{}/{}",
            crate::policies::words::part(&verdict.policy),
            verdict.known_at.as_microsecond()
        ),
    };
    let standing = standing.into_iter().map(|verdict| (verdict, true));
    let rows = standing.chain(ended.into_iter().map(|verdict| (verdict, false))).map(row).collect();
    let template = VerdictsPage {
        name,
        subject: address(SubjectKind::Enterprise, subject),
        overview: format!("/enterprises/{subject}/checkup"),
        rows,
        empty: Empty {
            icon: Icon("history"),
            title: page.t("还没有存下结论", "No verdict is kept yet"),
            what: page.t(
                "系统在数据变动后自动体检，结论存在这里，以后可以按当时的数据和文本重算核对。",
                "Enterprises are checked up on after every change; what comes out is kept here and can be worked out again.",
            ),
            action: None,
        },
        page: &page,
    };
    page.show(template)
}

/// Works a kept verdict out again and says whether the same bytes came out.
///
/// # Errors
/// No such enterprise within the viewer's rows, no such verdict; what the store reports.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((id, policy, moment)): Path<(String, String, i64)>,
) -> Result<Response, WebError> {
    let (subject, name) = enterprise(&app, &page, &id).await?;
    let scope = &page.viewer()?.scope;
    let at = Timestamp::from_microsecond(moment).map_err(|_| WebError::not_found())?;
    let mut kept = app.store().verdicts_of(subject, scope).await?;
    kept.extend(app.store().verdicts_before(subject, scope).await?);
    let wanted = |verdict: &Verdict| verdict.policy == policy && verdict.known_at == at;
    let verdict = kept.into_iter().find(wanted).ok_or_else(WebError::not_found)?;
    let again = replay(&app, &verdict).await?;
    let template = ReplayedPage {
        name,
        subject: address(SubjectKind::Enterprise, subject),
        list: format!("/enterprises/{subject}/verdicts"),
        title: title(&app, &page, &verdict),
        badge: badge(&verdict.answer, &page),
        known_at: day::minute(verdict.known_at),
        same: again.as_ref().map(|again| again.record == verdict.record),
        text: again.as_ref().and_then(|again| again.text.clone()),
        fields: fields(&verdict, again.as_ref()),
        bytes: verdict.record.len(),
        verdict,
        page: &page,
    };
    page.show(template)
}

/// Both forms side by side, part by part.
fn fields(verdict: &Verdict, again: Option<&Replayed>) -> Vec<Field> {
    let read = |text: &str| serde_json::from_str::<serde_json::Map<String, Json>>(text).unwrap_or_default();
    let kept = read(&verdict.record);
    let found = again.map(|again| read(&again.record)).unwrap_or_default();
    let say = |value: Option<&Json>| value.map(Json::to_string).unwrap_or_default();
    let more = found.keys().filter(|name| !kept.contains_key(*name));
    let names = kept.keys().chain(more);
    names
        .map(|name| {
            let (was, is) = (say(kept.get(name)), say(found.get(name)));
            Field { name: name.clone(), differs: again.is_some() && was != is, kept: was, again: is }
        })
        .collect()
}
