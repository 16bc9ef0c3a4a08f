//! Appending statements and sources.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::chain::{Hash, row_hash, values_hash};
use kernel::{Catalogue, FactKey, Place, SourceId, SourceKind, Statement, SubjectId, SubjectKind, Value};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::Query;
use uuid::Uuid;

use super::bulk::{self, Batch, OnKey};
use super::shown::{StatementTexts, statement_texts};
use super::source::kinds_text;
use crate::write::{Chain, Head};
use crate::{StoreError, Tx};

/// A statement before it has a number.
pub(crate) struct Unsaid {
    pub(crate) subject: Uuid,
    pub(crate) source: SourceId,
    pub(crate) place: Place,
    pub(crate) by: String,
    pub(crate) reason: Option<String>,
    pub(crate) values: BTreeMap<FactKey, Option<Value>>,
    pub(crate) sealed: Sealed,
}

/// The stored form of a statement's values with the hashes that the chain holds.
pub(crate) struct Sealed {
    pub(crate) texts: StatementTexts,
    salt: [u8; 16],
    hash: Hash,
    personal: Option<([u8; 16], Hash)>,
}

impl Sealed {
    /// Writes and hashes values, each text with a salt of its own.
    pub(crate) fn of(catalogue: &Catalogue, values: &BTreeMap<FactKey, Option<Value>>) -> Self {
        let texts = statement_texts(catalogue, values);
        let seal = |text: &str| {
            let salt = Uuid::new_v4().into_bytes();
            (salt, values_hash(&salt, text.as_bytes()))
        };
        let (salt, hash) = seal(&texts.texts.open);
        let personal = texts.texts.personal.as_deref().map(seal);
        Self { texts, salt, hash, personal }
    }
}

/// A source before it is stored.
pub(crate) struct NewSource {
    pub(crate) id: SourceId,
    pub(crate) kind: SourceKind,
    pub(crate) origin: String,
    pub(crate) title: String,
    pub(crate) file_hash: Option<String>,
    pub(crate) subject_kinds: Vec<SubjectKind>,
    pub(crate) column_map: Option<String>,
    pub(crate) by: String,
    pub(crate) counts: Counts,
}

/// What a load did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) rows: i64,
    pub(crate) accepted: i64,
    pub(crate) unchanged: i64,
    pub(crate) new_subjects: i64,
    pub(crate) conflicts: i64,
}

/// The columns a statement's hash covers, in their order. Personal values are a part of their
/// own: the row's hash covers their hash, so that they can be erased and the chain still verifies.
pub(crate) struct HashedStatement<'a> {
    pub(crate) subject: Uuid,
    pub(crate) source: Uuid,
    pub(crate) place: &'a str,
    pub(crate) said_at: i64,
    pub(crate) said_by: &'a str,
    pub(crate) reason: Option<&'a str>,
    pub(crate) personal_hash: Option<&'a [u8]>,
}

impl HashedStatement<'_> {
    /// The row's hash.
    pub(crate) fn hash(&self, previous: &Hash, seq: i64, values: &Hash) -> Hash {
        let said_at = self.said_at.to_be_bytes();
        let columns: [&[u8]; 7] = [
            self.subject.as_bytes(),
            self.source.as_bytes(),
            self.place.as_bytes(),
            &said_at,
            self.said_by.as_bytes(),
            self.reason.unwrap_or_default().as_bytes(),
            self.personal_hash.unwrap_or_default(),
        ];
        row_hash(previous, seq, &columns, values)
    }
}

const COLUMNS: [&str; 15] = [
    "zone",
    "seq",
    "subject",
    "source",
    "place",
    "said_at",
    "said_by",
    "reason",
    "salt",
    "facts",
    "values_hash",
    "personal_salt",
    "personal",
    "personal_hash",
    "hash",
];

impl Tx {
    /// Appends statements to the chain, in this order, and returns them with their numbers.
    pub(crate) async fn append_statements(&self, unsaid: Vec<Unsaid>) -> Result<Vec<Statement>, StoreError> {
        let (said, rows) = self.chain_statements(unsaid).await?;
        bulk::insert(self.connection(), rows).await?;
        Ok(said)
    }

    /// Gives statements their numbers and hashes; the rows must be inserted within this transaction.
    pub(crate) async fn chain_statements(&self, unsaid: Vec<Unsaid>) -> Result<(Vec<Statement>, Batch), StoreError> {
        let mut head = self.head(Chain::Statement).await?;
        let mut said = Vec::with_capacity(unsaid.len());
        let mut rows: Vec<sea_orm::Value> = Vec::with_capacity(unsaid.len() * COLUMNS.len());
        for mut statement in unsaid {
            head = self.push_row(&mut rows, head, &mut statement);
            said.push(into_statement(statement, head.seq, self.now()));
        }
        self.set_head(Chain::Statement, head).await;
        Ok((said, Batch { table: "statement", columns: &COLUMNS, values: rows, on_key: OnKey::Fail }))
    }

    fn push_row(&self, rows: &mut Vec<sea_orm::Value>, head: Head, statement: &mut Unsaid) -> Head {
        let (place, said_at, seq) = (statement.place.to_string(), self.now().as_microsecond(), head.seq + 1);
        let Sealed { texts, salt, hash: values, personal } = &mut statement.sealed;
        let hashed = HashedStatement {
            subject: statement.subject,
            source: statement.source.0,
            place: &place,
            said_at,
            said_by: &statement.by,
            reason: statement.reason.as_deref(),
            personal_hash: personal.as_ref().map(|(_, hash)| hash.as_slice()),
        };
        let hash = hashed.hash(&head.hash, seq, values);
        rows.extend([
            self.zone_id().into(),
            seq.into(),
            statement.subject.into(),
            statement.source.0.into(),
            place.into(),
            said_at.into(),
            statement.by.as_str().into(),
            statement.reason.clone().into(),
            salt.to_vec().into(),
            std::mem::take(&mut texts.texts.open).into(),
            values.to_vec().into(),
            personal.map(|(salt, _)| salt.to_vec()).into(),
            texts.texts.personal.take().into(),
            personal.map(|(_, hash)| hash.to_vec()).into(),
            hash.to_vec().into(),
        ]);
        Head { seq, hash }
    }

    /// Stores a source.
    pub(crate) async fn add_source(&self, source: &NewSource) -> Result<(), StoreError> {
        let insert = Query::insert()
            .into_table("source")
            .columns([
                "zone",
                "id",
                "kind",
                "origin",
                "title",
                "file_hash",
                "subject_kind",
                "column_map",
                "at",
                "by",
                "rows",
                "accepted",
                "unchanged",
                "new_subjects",
            ])
            .values_panic([
                self.zone_id().into(),
                source.id.0.into(),
                source.kind.key().into(),
                source.origin.as_str().into(),
                source.title.as_str().into(),
                source.file_hash.clone().into(),
                kinds_text(&source.subject_kinds).into(),
                source.column_map.clone().into(),
                self.now().as_microsecond().into(),
                source.by.as_str().into(),
                source.counts.rows.into(),
                source.counts.accepted.into(),
                source.counts.unchanged.into(),
                source.counts.new_subjects.into(),
            ])
            .to_owned();
        self.connection().execute(&insert).await?;
        Ok(())
    }
}

fn into_statement(unsaid: Unsaid, seq: i64, said_at: Timestamp) -> Statement {
    Statement {
        seq,
        subject: SubjectId(unsaid.subject),
        source: unsaid.source,
        place: unsaid.place,
        said_at,
        said_by: unsaid.by,
        reason: unsaid.reason,
        values: unsaid.values,
    }
}
