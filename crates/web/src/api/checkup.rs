//! `GET /api/v1/subjects/{kind}/{id}/checkup`: one enterprise held against every policy, or chosen ones.

use axum::Json;
use axum::extract::{Path, State};
use checkup::Desk;
use kernel::{Lang, SubjectKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{self, Asked};
use crate::checkup::found;
use crate::{App, Page, WebError};

/// Which policies, on which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Question {
    /// The day of application, such as `2026-06-01`; else the day of `asof`, else today. It picks the
    /// versions of the policies and the years of the figures.
    #[allow(dead_code, reason = "read to refuse what is unknown; the pages read the day from the address")]
    on: Option<String>,
    /// The ids of policies, parted by commas, such as `tech-sme,high-tech-enterprise`; every policy in force where nothing is said.
    policy: Option<String>,
    /// The day as of which the register is read, such as `2026-11-20`; today where nothing is said.
    #[allow(dead_code, reason = "read to refuse what is unknown; the frame reads the day from the address")]
    asof: Option<String>,
}

/// The check-up of one enterprise.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    /// The enterprise; another id than the one asked for where that one was merged into it.
    id: Uuid,
    /// The day of application.
    on: String,
    /// Kinds of record of which no list ever came in, so that they count as missing data.
    not_listed: Vec<&'static str>,
    /// One object a policy, in the form of the command line's JSON lines: `enterprise`, `policy`, `version`,
    /// `verdict` (`meets`, `fails`, `undetermined`, `expert`), `score` (`min`, `max`), `failed` (ids of
    /// conditions), `missing` (keys of fields, the most decisive first), `gap` (`condition`, `field`, `now`,
    /// `needed`, `unit`), and more. Money is in 万元.
    #[schema(value_type = Vec<Object>)]
    results: Vec<Value>,
}

/// What an enterprise gets, what it lacks and the way there, policy by policy. Kind must be `enterprise`.
#[utoipa::path(get, path = "/api/v1/subjects/{kind}/{id}/checkup", operation_id = "checkup", tag = "Policies",
    params(("kind" = String, Path, description = "`enterprise`"), ("id" = String, Path, description = "The enterprise's id"), Question),
    responses((status = 200, description = "The check-up", body = Answer)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
    Asked(asked): Asked<Question>,
) -> Result<Json<Answer>, WebError> {
    if asked::kind(&kind)? != SubjectKind::Enterprise {
        return Err(WebError::not_found());
    }
    let found = found::find(&app, &page, page.viewer()?, &id).await?;
    let ids: Vec<&str> = asked.policy.as_deref().unwrap_or_default().split(',').map(str::trim).collect();
    let ids: Vec<&str> = ids.into_iter().filter(|id| !id.is_empty()).collect();
    let library = app.library();
    let desk = match ids.is_empty() {
        true => found.desk(&library),
        false => Desk::of(&library, found.on, &ids).map_err(|refused| {
            WebError::invalid(refused.say(Lang::Zh), refused.say(Lang::En)).found(
                refused.id.clone(),
                "在施行的政策的编号",
                "ids of policies in force",
            )
        })?,
    };
    Ok(Json(Answer {
        id: found.subject.record.id.0,
        on: found.on.to_string(),
        not_listed: found.not_listed.iter().map(|kind| kind.key()).collect(),
        results: desk.check_up(&found.enterprise).iter().map(checkup::CheckUp::to_json).collect(),
    }))
}
