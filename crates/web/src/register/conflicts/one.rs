//! `/conflicts/{subject}?fact=…`: one conflict, and its settlement.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::cell::{ColumnUnit, RawCell, expected, read_cell};
use kernel::{FactKey, Field, Standing, SubjectId};
use serde::Deserialize;
use store::access::{Action, Viewer};
use store::{Decision, StoreError, SubjectView};

use super::{Word, words_of};
use crate::frame::notice::Notice;
use crate::register::subject::address;
use crate::register::words;
use crate::{App, Page, WebError};

#[derive(Template)]
#[template(path = "register/conflict.html")]
struct ConflictPage<'a> {
    page: &'a Page,
    name: String,
    subject: String,
    action: String,
    fact: String,
    label: String,
    expected: String,
    settled: bool,
    words: Vec<Word>,
    seen: String,
    chosen: String,
    other: String,
    reason: String,
    fault: String,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
pub struct Sent {
    fact: String,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    choice: String,
    #[serde(default)]
    other: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn find(app: &App, viewer: &Viewer, id: &str) -> Result<SubjectView, WebError> {
    let id = SubjectId(id.parse().map_err(|_| WebError::not_found())?);
    let scope = viewer.scope_for(Action::Settle);
    app.store().subject(id, &scope, viewer.personal, None).await?.ok_or_else(WebError::not_found)
}

pub(crate) fn read_fact<'a>(app: &'a App, text: &str) -> Result<(FactKey, &'a Field), WebError> {
    let fact: FactKey = text.parse().map_err(|_| WebError::not_found())?;
    let field = app.catalogue().field(&fact.field).ok_or_else(WebError::not_found)?;
    Ok((fact, field))
}

/// Shows what each origin says.
///
/// # Errors
/// No such subject in the rows the person may settle; no such fact; a past day.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let viewer = page.viewer()?;
    let found = find(&app, viewer, &id).await?;
    let asked = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "fact").map(|(_, fact)| fact);
    let (fact, field) = read_fact(&app, &asked.unwrap_or_default())?;
    let sent = Sent { fact: fact.to_string(), ..Sent::default() };
    page.show(make(&app, &page, &found, &fact, field, &sent, String::new())?)
}

fn make<'a>(
    app: &App,
    page: &'a Page,
    found: &SubjectView,
    fact: &FactKey,
    field: &Field,
    sent: &Sent,
    fault: String,
) -> Result<ConflictPage<'a>, WebError> {
    let lang = page.lang;
    let shown = found.view.facts.get(fact).filter(|shown| shown.said.len() > 1).ok_or_else(WebError::not_found)?;
    Ok(ConflictPage {
        name: found.record.name.clone(),
        subject: address(found.record.kind, found.record.id),
        action: format!("/conflicts/{}", found.record.id),
        fact: fact.to_string(),
        label: words::fact(app.catalogue(), found.record.kind, fact, lang),
        expected: expected(field, ColumnUnit::Own).say(lang).to_owned(),
        settled: matches!(shown.standing, Standing::Settled(_)),
        words: words_of(&shown.said, &shown.value, field, &fact.to_string(), lang),
        seen: seen(shown),
        chosen: sent.choice.clone(),
        other: sent.other.clone(),
        reason: sent.reason.clone(),
        fault,
        page,
    })
}

/// The statements a person saw disagree, and the settlement they saw, where there was one.
pub(super) fn seen(shown: &kernel::Shown) -> String {
    let settled = match shown.standing {
        Standing::Settled(seq) => Some(seq),
        _ => None,
    };
    let seqs: Vec<String> = shown.said.iter().map(|said| said.seq).chain(settled).map(|seq| seq.to_string()).collect();
    seqs.join(",")
}

/// Settles the conflict, or shows it again with what is wrong.
///
/// # Errors
/// No such subject in the rows the person may settle.
pub async fn settle(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let viewer = page.viewer()?;
    let found = find(&app, viewer, &id).await?;
    let (fact, field) = read_fact(&app, &sent.fact)?;
    let again = |status, found: &SubjectView, fault: String| {
        page.show_with(status, make(&app, &page, found, &fact, field, &sent, fault)?)
    };
    let refused = |fault: String| again(StatusCode::UNPROCESSABLE_ENTITY, &found, fault);
    let decision = match sent.choice.as_str() {
        "" => {
            return refused(
                page.t("请选择以哪一个来源为准，或填写另外的值。", "Choose a source, or enter another value.")
                    .to_owned(),
            );
        }
        "other" => match read_cell(&RawCell::Text(sent.other.clone()), field, ColumnUnit::Own) {
            Ok(Some(value)) => Decision::Value(value),
            Ok(None) => return refused(page.t("请填写核定的值。", "Enter the value that counts.").to_owned()),
            Err(fault) => return refused(fault.say(page.lang)),
        },
        seq => Decision::Statement(seq.parse().map_err(|_| WebError::not_found())?),
    };
    let seen: Vec<i64> = sent.seen.split(',').filter_map(|seq| seq.parse().ok()).collect();
    match app.store().settle(found.record.id, &fact, &decision, &seen, &sent.reason, &viewer.name).await {
        Ok(_) => {
            let label = words::fact(app.catalogue(), found.record.kind, &fact, page.lang);
            let said = format!("{}{} · {label}", page.t("已核定：", "Settled: "), found.record.name);
            Ok(page.go_saying(&address(found.record.kind, found.record.id), Notice::said(said)))
        }
        Err(StoreError::Stale) => {
            let now = find(&app, viewer, &id).await?;
            let said = page.t(
                "您查看期间，来源的说法有了变化，没有保存您的核定。下面是现在的说法，请重新选择。",
                "The words of the sources changed while you were looking; your settlement was not stored. Below is what they say now: choose again.",
            );
            again(StatusCode::CONFLICT, &now, said.to_owned())
        }
        Err(StoreError::Refused(refusal)) => refused(page.t(&refusal.zh, &refusal.en).to_owned()),
        Err(error) => Err(error.into()),
    }
}
