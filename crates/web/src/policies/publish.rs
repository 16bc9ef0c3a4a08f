//! Publishing a draft of somebody else, and withdrawing it before its first day.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use kernel::Lang;
use policy::Policy;
use serde::Deserialize;
use store::policies::{NewPublication, PolicyDraft};
use uuid::Uuid;

use super::draft::{self, Read, Seen};
use super::words;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// Why a version is withdrawn.
#[derive(Deserialize)]
pub struct Withdrawing {
    reason: String,
}

/// Puts a draft in force whose text was read, for the page and the API. None where something hinders it: its
/// text has errors, its cases fail, or no case would notice a slip in one of its thresholds.
///
/// # Errors
/// It was changed since it was seen; the person wrote in it; what the store reports.
pub(crate) async fn put_in_force<'r>(
    app: &App,
    draft: &PolicyDraft,
    read: &'r Read,
    by: &str,
) -> Result<Option<&'r Policy>, WebError> {
    let policy = match &read.examined.policy {
        Some(policy) if read.hindrances.is_empty() => policy,
        _ => return Ok(None),
    };
    let version = policy.version();
    let new = NewPublication { policy: &policy.id, version: &version, from: policy.from, source: &draft.source };
    app.store().publish_policy(draft, &new, by).await?;
    app.refresh_library().await?;
    Ok(Some(policy))
}

/// Publishes a draft, or shows every reason why it may not be.
///
/// # Errors
/// There is no such draft; it was changed since it was seen; the person wrote in it; what the store reports.
pub async fn publish(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(seen): Form<Seen>,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let draft = PolicyDraft { version: seen.seen, ..draft::open(&app, id).await? };
    let read = draft::read(app.library(), &draft.source, page.today).await?;
    let Some(policy) = put_in_force(&app, &draft, &read, &viewer.name).await? else {
        return draft::refused(&page, &app.library(), &draft, &read);
    };
    let version = policy.version();
    let notice = Notice::said(match page.lang {
        Lang::Zh => format!("已发布 {version}，自 {} 起施行。", policy.from),
        Lang::En => format!("{version} is published and in force from {}.", policy.from),
    });
    // A rule of another place is kept, and shown once the zone lies there.
    let is_here = app.library().version(&version).is_some();
    let to = if is_here { words::address_of(&policy.id, &version) } else { "/policies".to_owned() };
    Ok(page.go_saying(&to, notice))
}

/// Withdraws a version before its first day, for the page and the API.
///
/// # Errors
/// No reason is given; it is in force already; what the store reports.
pub(crate) async fn take_back(app: &App, page: &Page, id: Uuid, reason: &str) -> Result<(), WebError> {
    let reason: String = reason.trim().chars().filter(|sign| !sign.is_control()).take(500).collect();
    if reason.is_empty() {
        return Err(WebError::invalid("请写明撤回的理由。", "Give a reason for withdrawing it."));
    }
    app.store().withdraw_policy(id, page.today, &reason, &page.viewer()?.name).await?;
    app.refresh_library().await?;
    Ok(())
}

/// Withdraws a version.
///
/// # Errors
/// No reason is given; it is in force already; what the store reports.
pub async fn withdraw(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(form): Form<Withdrawing>,
) -> Result<Response, WebError> {
    take_back(&app, &page, id, &form.reason).await?;
    Ok(page.go_saying("/policies", Notice::done(page.lang, "已撤回。", "It was withdrawn.")))
}
