//! The language and the theme, chosen with the switches at the top.

use axum::Form;
use axum::extract::State;
use axum::http::header;
use axum::response::Response;
use serde::Deserialize;

use crate::frame::cookie::{self, Keep};
use crate::frame::language;
use crate::frame::page::Theme;
use crate::{App, Page, WebError};

/// What was chosen, and the page to come back to.
#[derive(Deserialize)]
pub struct Chosen {
    lang: Option<String>,
    theme: Option<String>,
    #[serde(default)]
    next: String,
}

/// Keeps the choice in this browser, and the language with the account as well.
///
/// # Errors
/// What the store reports.
pub async fn change(State(app): State<App>, page: Page, Form(chosen): Form<Chosen>) -> Result<Response, WebError> {
    let mut response = page.go(&chosen.next);
    let set = response.headers_mut();
    if let Some(lang) = chosen.lang.as_deref().and_then(language::from_key) {
        set.append(header::SET_COOKIE, cookie::line(&app, cookie::LANGUAGE, language::key(lang), Keep::Year));
        if let Some(viewer) = &page.viewer {
            app.store().choose_lang(viewer.account, lang).await?;
        }
    }
    if let Some(theme) = chosen.theme.as_deref().map(Theme::from_key) {
        set.append(header::SET_COOKIE, cookie::line(&app, cookie::THEME, theme.key(), Keep::Year));
    }
    Ok(response)
}
