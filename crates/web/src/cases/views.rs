//! Saved views of the lists of cases: filters and order.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use loops::Kind;
use store::saved_view::ListOf;

use super::ask::Ask;
use super::words::{self, EVERY, Look};
use crate::saved_views::{self, Asked, Sent};
use crate::{App, Page, WebError};

/// A list with what it is asked for, as this release writes it: nothing but filters and order.
pub(super) fn asked(look: &Look, kind: Option<&'static Kind>, ask: &Ask) -> Asked {
    let query = ask.address("");
    Asked { of: ListOf::Cases(kind), path: look.path(), query: query.trim_start_matches('?').to_owned() }
}

/// No kind is the list of every kind.
fn read(sent: &Sent) -> Result<Asked, WebError> {
    let (kind, look) = match sent.kind.as_str() {
        "" => (None, &EVERY),
        key => words::of(key).map(|(kind, look)| (Some(kind), look)).ok_or_else(WebError::not_found)?,
    };
    Ok(asked(look, kind, &Ask::read(&sent.query, kind)?))
}

/// `POST /cases/views`: keeps the present filters and order under a name.
///
/// # Errors
/// An unknown kind; an unfit name; sharing without the right.
pub async fn keep(State(app): State<App>, page: Page, Form(sent): Form<Sent>) -> Result<Response, WebError> {
    saved_views::keep(&app, &page, &read(&sent)?, &sent).await
}

/// `POST /cases/views/{id}`: renames, replaces, shares or deletes one of one's own views.
///
/// # Errors
/// No such view of this person; an unfit name.
pub async fn change(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    saved_views::change(&app, &page, &id, &read(&sent)?, &sent).await
}
