//! Granting roles and taking them back: the security administrator's work, never on oneself.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::access::{Hand, Role, UnitId};
use uuid::Uuid;

use super::account::after;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// A role over the rows of a unit.
#[derive(Deserialize)]
pub struct Entered {
    role: String,
    unit: Uuid,
}

impl Entered {
    fn role(&self) -> Result<Role, WebError> {
        Role::from_key(&self.role).ok_or_else(|| {
            WebError::bad_request(
                format!("没有“{}”这个角色。请从列表中选择。", self.role),
                format!("There is no role “{}”. Choose one from the list.", self.role),
            )
        })
    }
}

/// Grants a role.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn grant(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(entered): Form<Entered>,
) -> Result<Response, WebError> {
    let hand = Hand::Viewer(page.viewer()?);
    let done = app.store().grant(hand, id, entered.role()?, UnitId(entered.unit)).await;
    after(
        &app,
        &page,
        id,
        done.map(|()| {
            Notice::done(
                page.lang,
                "已授权，从本人下一次点击起生效。",
                "Granted; it counts from the person's next click.",
            )
        }),
    )
    .await
}

/// Takes a role back.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn revoke(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(entered): Form<Entered>,
) -> Result<Response, WebError> {
    let hand = Hand::Viewer(page.viewer()?);
    let done = app.store().revoke(hand, id, entered.role()?, UnitId(entered.unit)).await;
    after(&app, &page, id, done.map(|()| Notice::done(page.lang, "角色已收回。", "The role was taken back."))).await
}
