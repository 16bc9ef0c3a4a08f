//! `/imports/{id}/effect`: a rehearsal. Everything is done as the load would do it and taken back,
//! so that a person sees what will change before it does.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use intake::{Incoming, IntakeError, Manner, Outcome, take_in_sheets};
use store::access::Action;

use crate::frame::page::Wants;
use crate::importing::draft::{self, Import};
use crate::ui::figure;
use crate::{App, Page, WebError};

#[derive(Template)]
#[template(path = "importing/effect_part.html")]
struct Effect<'a> {
    page: &'a Page,
    outcome: Outcome,
}

impl askama::filters::HtmlSafe for Effect<'_> {}

#[derive(Template)]
#[template(path = "importing/effect.html")]
struct EffectPage<'a> {
    page: &'a Page,
    back: String,
    part: Effect<'a>,
}

impl Effect<'_> {
    fn count(&self, count: &u64) -> String {
        figure::grouped(i64::try_from(*count).unwrap_or(i64::MAX))
    }
}

/// Shows what the load would change.
///
/// # Errors
/// There is no such draft of this person; what the rehearsal meets.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let import = draft::own(&app, &page, &id).await?;
    let scope = page.viewer()?.scope_for(Action::Import);
    let bytes = app.store().file_bytes(&import.draft.file).await?.into();
    let back = import.address("check");
    let Import { draft, prepared } = import;
    let incoming = Incoming {
        bytes,
        source: kernel::SourceKind::Sheet,
        title: draft.file_name,
        origin: prepared.origin,
        by: draft.owner,
    };
    let runtime = tokio::runtime::Handle::current();
    let rehearsal = move || {
        let manner = Manner { skip_faulty: true, rehearsal: true };
        let (store, catalogue) = (app.store(), app.catalogue());
        runtime.block_on(take_in_sheets(store, &incoming, &prepared.plans, catalogue, &scope, manner, |_| {}))
    };
    let outcome = super::checks::blocking(rehearsal).await.map_err(|error| match error {
        IntakeError::Store(error) => WebError::from(error),
        error => super::check::refused(&error),
    })?;
    let part = Effect { page: &page, outcome };
    match page.wants {
        Wants::Fragment => page.show(part),
        _ => page.show(EffectPage { page: &page, back, part }),
    }
}
