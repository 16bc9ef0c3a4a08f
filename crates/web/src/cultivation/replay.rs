//! A verdict given again: from the facts as they were known at its moment, by the version it used.

use checkup::Brief;
use policy::library::read_again;
use store::access::Scope;
use store::verdict::Verdict;

use crate::checkup::found::enterprise;
use crate::{App, WebError};

/// A verdict that was given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The stored form it has when it is worked out again.
    pub record: String,
    /// The hash of the text it was worked out by; none where the text was not kept yet when it was found, and
    /// the library's own of the same version was taken.
    pub text: Option<String>,
}

/// Works a verdict out again; `None` where nobody has its version any more, or the register no longer
/// shows the enterprise as of then.
///
/// # Errors
/// What the store reports.
pub async fn replay(app: &App, verdict: &Verdict) -> Result<Option<Replayed>, WebError> {
    let kept = app.store().policy_text_used(&verdict.version, verdict.known_at).await?;
    let text = kept.as_ref().map(|kept| kept.hash.clone());
    let library = app.library();
    let again = kept.and_then(|kept| {
        let settings = serde_json::from_str(&kept.settings).unwrap_or_default();
        read_again(&kept.source, kept.own, app.catalogue(), &settings).policy
    });
    let Some(policy) = again.as_ref().or_else(|| library.version(&verdict.version)) else { return Ok(None) };
    let moment = Some(verdict.known_at);
    let Some(subject) = app.store().subject(verdict.subject, &Scope::Zone, false, moment).await? else {
        return Ok(None);
    };
    let known = enterprise(&subject, &app.store().kinds_listed(moment).await?);
    Ok(Some(Replayed { record: Brief::of(&policy.on(verdict.on), &known).to_json(), text }))
}
