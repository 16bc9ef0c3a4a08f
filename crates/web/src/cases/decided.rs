//! What a zone decides for its loops: items, rules, duties, goals, the cadence; each kept as JSON under a key.

use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Store;

use crate::{App, Page, WebError};

/// What was decided last under a key, and which version of it; `None` before the first time.
///
/// # Errors
/// What the store reports; a text that this release cannot read.
pub async fn known<T: DeserializeOwned>(store: &Store, key: &str) -> Result<Option<(T, i64)>, WebError> {
    let Some(setting) = store.loop_setting(key).await? else { return Ok(None) };
    Ok(Some((serde_json::from_str(&setting.text).map_err(WebError::broken)?, setting.version)))
}

/// Everything that was decided under keys that begin so, the latest first, so many at most.
///
/// # Errors
/// As [`known`].
pub async fn known_under<T: DeserializeOwned>(store: &Store, prefix: &str, most: u64) -> Result<Vec<T>, WebError> {
    let settings = store.loop_settings_under(prefix, most).await?;
    settings.iter().map(|setting| serde_json::from_str(&setting.text).map_err(WebError::broken)).collect()
}

/// Decides it from now on, where nobody else did since it was seen.
///
/// # Errors
/// Somebody decided in between; what the store reports.
pub async fn decide<T: Serialize + ?Sized>(
    app: &App,
    page: &Page,
    key: &str,
    decided: &T,
    seen: i64,
) -> Result<(), WebError> {
    let text = serde_json::to_string(decided).map_err(WebError::broken)?;
    app.store().decide_loop_setting(page.viewer()?, key, &text, seen).await?;
    Ok(())
}
