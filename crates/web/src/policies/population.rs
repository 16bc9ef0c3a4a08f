//! The enterprises a text is tried on: those of the reader's rows, kept in memory while the register stays
//! as it is.

use std::sync::Arc;

use kernel::{SubjectId, SubjectKind};
use policy::FactSheet;
use rounds::sheet;
use store::access::Scope;
use store::{ListQuery, StoreError};
use tokio::sync::Mutex;

use crate::App;

/// Enterprises read at a time.
const CHUNK: u64 = 500;

/// An enterprise as a text is tried on it.
#[derive(Debug)]
pub(crate) struct Person {
    /// Which subject.
    pub(crate) id: SubjectId,
    /// Its credit code.
    pub(crate) code: String,
    /// Its name, else its code.
    pub(crate) name: String,
    /// All that policies may ask of it.
    pub(crate) sheet: FactSheet,
}

/// The enterprises of some rows.
#[derive(Debug, Clone)]
pub(crate) enum Population {
    /// All of them.
    Few(Arc<Vec<Person>>),
    /// So many that they are tried as a job.
    Many(u64),
}

type Kept = (i64, Scope, Arc<Vec<Person>>);

/// The enterprises read last.
#[derive(Debug, Default)]
pub(crate) struct Populations(Mutex<Option<Kept>>);

/// The enterprises within a scope.
///
/// # Errors
/// What the store reports.
pub(crate) async fn of(app: &App, scope: &Scope) -> Result<Population, StoreError> {
    let count = app.store().count(&ListQuery::all(SubjectKind::Enterprise), scope).await?;
    if count > app.settings().tried_at_once {
        return Ok(Population::Many(count));
    }
    let revision = app.store().revision().await?;
    let mut kept = app.populations().0.lock().await;
    let same = kept.as_ref().filter(|(of, within, _)| *of == revision && within == scope);
    if let Some((_, _, people)) = same {
        return Ok(Population::Few(people.clone()));
    }
    let mut people = Vec::new();
    each(app, scope, |some| people.extend(some)).await?;
    let people = Arc::new(people);
    *kept = Some((revision, scope.clone(), people.clone()));
    Ok(Population::Few(people))
}

/// Hands over the enterprises within a scope, some at a time.
///
/// # Errors
/// What the store reports.
pub(crate) async fn each(app: &App, scope: &Scope, mut take: impl FnMut(Vec<Person>)) -> Result<(), StoreError> {
    let listed = app.store().kinds_listed(None).await?;
    let mut after = None;
    loop {
        let some = app.store().enterprises_within(scope, after, CHUNK).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = Some(last.id);
        take(
            some.into_iter()
                .map(|known| Person {
                    id: known.id,
                    name: if known.name.is_empty() { known.code.clone() } else { known.name },
                    code: known.code,
                    sheet: sheet(&listed, known.facts, known.records),
                })
                .collect(),
        );
    }
}
