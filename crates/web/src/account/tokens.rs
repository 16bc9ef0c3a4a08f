//! Personal tokens: how a person's own programs use the API.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::StoreError;
use store::access::Reach;
use uuid::Uuid;

use super::overview::{LONGEST_DAYS, Said, draw};
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// What the new token is to be.
#[derive(Deserialize)]
pub struct Wanted {
    name: String,
    reach: String,
    days: u16,
}

/// Makes a token and shows its text, this once.
///
/// # Errors
/// What the store reports.
pub async fn create(State(app): State<App>, page: Page, Form(wanted): Form<Wanted>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let Some(reach) = Reach::from_key(&wanted.reach) else {
        return Err(WebError::bad_request("令牌的范围应为只读或读写。", "A token reads, or reads and writes."));
    };
    if !(1..=LONGEST_DAYS).contains(&wanted.days) {
        let zh = format!("有效期应为 1 至 {LONGEST_DAYS} 天。");
        let en = format!("A token lasts 1 to {LONGEST_DAYS} days.");
        let said = Said { token: Some(page.t(&zh, &en).to_owned()), ..Said::default() };
        return draw(&app, &page, StatusCode::UNPROCESSABLE_ENTITY, said).await;
    }
    match app.store().create_token(viewer, &wanted.name, reach, wanted.days).await {
        Ok((_, text)) => {
            draw(&app, &page, StatusCode::CREATED, Said { new_token: Some(text), ..Said::default() }).await
        }
        Err(StoreError::Refused(refusal)) => {
            let said = Said { token: Some(page.t(&refusal.zh, &refusal.en).to_owned()), ..Said::default() };
            draw(&app, &page, StatusCode::UNPROCESSABLE_ENTITY, said).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends a token of one's own.
///
/// # Errors
/// The person has no such token; what the store reports.
pub async fn revoke(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    app.store().revoke_token(page.viewer()?, id).await?;
    Ok(page.go_saying("/account", Notice::done(page.lang, "令牌已收回。", "The token was revoked.")))
}
