//! What the acts of persons on the register have in common.

use std::collections::BTreeMap;

use kernel::{FactKey, Place, SourceId, SourceKind, SubjectId, SubjectKind, Value};
use uuid::Uuid;

use super::derive::{Identity, State};
use super::keep::identities;
use super::ledger::{Counts, NewSource, Sealed, Unsaid};
use crate::write::Chain;
use crate::{StoreError, Tx};

/// The reason a person gives, without outer spaces.
///
/// # Errors
/// A refusal when there is none.
pub(crate) fn reason(given: &str) -> Result<&str, StoreError> {
    let reason = given.trim();
    if reason.is_empty() {
        return Err(StoreError::refused(
            "请写明理由：为什么这样改、依据是什么。",
            "Give a reason: why, and on what grounds.",
        ));
    }
    if reason.chars().count() > 1_000 {
        return Err(StoreError::refused("理由最多 1000 字。", "A reason has at most 1,000 characters."));
    }
    Ok(reason)
}

impl Tx {
    /// Takes the register for writing: acts on the same facts come one after the other. Subjects that go to another
    /// unit take their cases with them, so the cases are taken too, and in this order by whoever takes both
    /// (see [`Chain`]).
    pub(crate) async fn lock_register(&self) -> Result<(), StoreError> {
        self.head(Chain::Statement).await?;
        self.head(Chain::Case).await.map(drop)
    }

    /// The subject an act is done to, which must not be merged.
    pub(crate) async fn unmerged(&self, id: SubjectId) -> Result<Identity, StoreError> {
        let found = identities(self.connection(), self.zone_id(), &[id.0]).await?.remove(&id.0);
        let (identity, _) = found.ok_or(StoreError::NotFound)?;
        if identity.state == State::Merged {
            return Err(StoreError::refused(
                "该主体已并入另一主体，请在合并后的主体上操作。",
                "This subject was merged into another; act on that one.",
            ));
        }
        Ok(identity)
    }

    /// Appends one statement with a source of its own, as a person's single act does.
    pub(crate) async fn state(&self, act: SingleAct<'_>) -> Result<i64, StoreError> {
        let source = NewSource {
            id: SourceId(Uuid::now_v7()),
            kind: act.kind,
            origin: act.origin.to_owned(),
            title: act.title.to_owned(),
            file_hash: None,
            subject_kinds: vec![act.subject.kind],
            column_map: None,
            by: act.by.to_owned(),
            counts: Counts { rows: 1, accepted: 1, ..Counts::default() },
        };
        self.add_source(&source).await?;
        let unsaid = Unsaid {
            subject: act.subject.id,
            source: source.id,
            place: Place::Whole,
            by: act.by.to_owned(),
            reason: Some(act.reason.to_owned()),
            sealed: Sealed::of(self.store().catalogue(), &act.values),
            values: act.values,
        };
        let said = self.append_statements(vec![unsaid]).await?;
        self.refold(&[act.subject.id]).await?;
        said.first().map(|said| said.seq).ok_or(StoreError::NotFound)
    }
}

/// One statement of one person.
pub(crate) struct SingleAct<'a> {
    pub(crate) subject: &'a Identity,
    pub(crate) kind: SourceKind,
    pub(crate) origin: &'a str,
    /// What people call the act, where it has a name of its own: the number of a visit.
    pub(crate) title: &'a str,
    pub(crate) by: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) values: BTreeMap<FactKey, Option<Value>>,
}

/// The fields of a kind of subject, for refusing what it does not have.
pub(crate) fn label(catalogue: &kernel::Catalogue, kind: SubjectKind, key: &FactKey) -> (String, String) {
    let period = key.period.map(|period| format!(" {period}")).unwrap_or_default();
    match catalogue.field(&key.field) {
        Some(field) => (
            format!("{}{period}", field.label(kind, kernel::Lang::Zh)),
            format!("{}{period}", field.label(kind, kernel::Lang::En)),
        ),
        None => (key.to_string(), key.to_string()),
    }
}
