//! `/api/v1/conflicts`: what sources disagree on, and its settlement.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{ConflictFilter, ConflictView, Decision};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{self, Asked, Sent};
use super::catalogue::unknown_kind;
use super::correct::Stated;
use super::value::{self, FactValue, Word};
use crate::register::conflicts;
use crate::{App, Page, WebError};

/// Which conflicts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only of this field.
    field: Option<String>,
    /// Only of this subject, by id.
    subject: Option<String>,
    /// Only of subjects of this kind.
    kind: Option<String>,
    /// Where the page begins: `next` of the page before.
    after: Option<String>,
    /// Rows of a page, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// A fact whose sources disagree.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conflict {
    /// Whose fact.
    subject: Uuid,
    /// Its kind.
    kind: String,
    /// Its name.
    name: String,
    /// Its code.
    code: String,
    /// Which fact.
    fact: String,
    /// What is shown meanwhile.
    value: FactValue,
    /// Since when sources disagree (RFC 3339, UTC).
    since: String,
    /// What each source says, the most trusted first.
    said: Vec<Word>,
}

/// A page of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictList {
    /// The conflicts, the oldest first. Those on personal data are left out for whoever may not see them.
    rows: Vec<Conflict>,
    /// How many there are on all pages.
    total: u64,
    /// `after` of the next page; null on the last.
    next: Option<String>,
}

/// The open conflicts within one's rows.
#[utoipa::path(get, path = "/api/v1/conflicts", operation_id = "conflicts", tag = "Conflicts", params(Wanted),
    responses((status = 200, description = "A page of the queue", body = ConflictList)))]
pub async fn list(
    State(app): State<App>,
    page: Page,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<ConflictList>, WebError> {
    let viewer = page.viewer()?;
    let limit = asked::limit(wanted.limit)?;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let kind = given(wanted.kind).map(|kind| asked::kind(&kind).map_err(|_| unknown_kind(&kind))).transpose()?;
    let subject = given(wanted.subject).map(|id| asked::subject(&id)).transpose()?;
    let after = match given(wanted.after) {
        Some(text) => Some(conflicts::read_cursor(&text).ok_or_else(|| no_such_page(&text))?),
        None => None,
    };
    let filter = ConflictFilter { field: given(wanted.field), subject, kind, without_personal: !viewer.personal };
    let found = app.store().conflicts(&viewer.scope, &filter, after.as_ref(), limit).await?;
    let rows = found.rows.iter().map(write).collect();
    Ok(Json(ConflictList { rows, total: found.total, next: found.next.as_ref().map(conflicts::write_cursor) }))
}

fn no_such_page(found: &str) -> WebError {
    WebError::bad_request("页码无法识别，请从第一页重新查看。", "This is no page of the queue; begin at the first.")
        .found(found.chars().take(80).collect::<String>(), "上一页返回的 next", "`next` of the page before")
}

fn write(row: &ConflictView) -> Conflict {
    Conflict {
        subject: row.subject.0,
        kind: row.kind.key().to_owned(),
        name: row.name.clone(),
        code: row.code.clone(),
        fact: row.key.to_string(),
        value: value::write(&row.shown),
        since: row.since.to_string(),
        said: value::words(&row.said),
    }
}

/// A person's decision. Exactly one of `statement` and `value` is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// Whose fact.
    subject: Uuid,
    /// Which fact.
    #[schema(example = "operating_revenue@2025")]
    fact: String,
    /// The statements that were seen to disagree. Where the sources say something else by now,
    /// nothing is settled (409).
    seen: Vec<i64>,
    /// The statement whose word counts.
    statement: Option<i64>,
    /// Another value that counts.
    value: Option<FactValue>,
    /// Why.
    reason: String,
}

/// Settles one conflict with a reason: one source's word counts, or another value does.
#[utoipa::path(post, path = "/api/v1/conflicts/settle", operation_id = "settle", tag = "Conflicts",
    request_body = Settlement, responses((status = 200, description = "It was settled", body = Stated)))]
pub async fn settle(
    State(app): State<App>,
    page: Page,
    Sent(sent): Sent<Settlement>,
) -> Result<Json<Stated>, WebError> {
    let viewer = page.viewer()?;
    let found = conflicts::find(&app, viewer, &sent.subject.to_string()).await?;
    let (fact, field) = conflicts::read_fact(&app, &sent.fact)?;
    if field.personal && !viewer.personal {
        return Err(WebError::not_found());
    }
    let decision = match (sent.statement, &sent.value) {
        (Some(seq), None) => Decision::Statement(seq),
        (None, Some(given)) => Decision::Value(value::read(field, given)?),
        _ => {
            return Err(WebError::invalid(
                "statement 和 value 应恰好给出一个。",
                "Give exactly one of statement and value.",
            )
            .found("", "statement 或 value 之一", "one of statement and value"));
        }
    };
    let done = app.store().settle(found.record.id, &fact, &decision, &sent.seen, &sent.reason, &viewer.name).await?;
    Ok(Json(Stated { statement: done }))
}
