//! Saved views of the register's lists: filters, order and columns.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use store::saved_view::ListOf;

use super::ask::Ask;
use crate::register::kinds::{self, Listed};
use crate::saved_views::{self, Asked, Sent};
use crate::{App, Page, WebError};

/// A list with what it is asked for, as this release writes it: nothing but filters, order and columns.
pub(super) fn asked(listed: &Listed, ask: &Ask) -> Asked {
    let query = ask.with(|_| ()).address("", None);
    Asked {
        of: ListOf::Subjects(listed.kind),
        path: listed.path.to_owned(),
        query: query.trim_start_matches('?').to_owned(),
    }
}

fn read(app: &App, sent: &Sent) -> Result<Asked, WebError> {
    let listed = kinds::listed(&sent.kind).ok_or_else(WebError::not_found)?;
    Ok(asked(listed, &Ask::read(&sent.query, listed, app.catalogue())?))
}

/// `POST /register/views`: keeps the present filters, order and columns under a name.
///
/// # Errors
/// An unknown kind; an unfit name; sharing without the right.
pub async fn keep(State(app): State<App>, page: Page, Form(sent): Form<Sent>) -> Result<Response, WebError> {
    saved_views::keep(&app, &page, &read(&app, &sent)?, &sent).await
}

/// `POST /register/views/{id}`: renames, replaces, shares or deletes one of one's own views.
///
/// # Errors
/// No such view of this person; an unfit name.
pub async fn change(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    saved_views::change(&app, &page, &id, &read(&app, &sent)?, &sent).await
}
