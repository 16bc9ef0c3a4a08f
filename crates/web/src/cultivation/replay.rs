//! A verdict given again: from the facts as they were known at its moment, by the version it used.

use checkup::Brief;
use store::access::Scope;
use store::verdict::Verdict;

use crate::checkup::found::enterprise;
use crate::{App, WebError};

/// The stored form that the verdict has when it is worked out again; `None` where the library no
/// longer holds its version, or the register no longer shows the enterprise as of then.
///
/// # Errors
/// What the store reports.
pub async fn replay(app: &App, verdict: &Verdict) -> Result<Option<String>, WebError> {
    let Some(policy) = app.library().policies().iter().find(|policy| policy.version() == verdict.version) else {
        return Ok(None);
    };
    let moment = Some(verdict.known_at);
    let Some(subject) = app.store().subject(verdict.subject, &Scope::Zone, false, moment).await? else {
        return Ok(None);
    };
    let known = enterprise(&subject, &app.store().kinds_listed(moment).await?);
    Ok(Some(Brief::of(&policy.on(verdict.on), &known).to_json()))
}
