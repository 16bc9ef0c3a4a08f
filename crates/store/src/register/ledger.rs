//! Appending statements and sources.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::chain::{Hash, row_hash, values_hash};
use kernel::{FactKey, Place, SourceId, SourceKind, Statement, SubjectId, SubjectKind, Value};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::Query;
use uuid::Uuid;

use super::bulk::{self, OnKey};
use super::shown::statement_texts;
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
}

/// A source before it is stored.
pub(crate) struct NewSource {
    pub(crate) id: SourceId,
    pub(crate) kind: SourceKind,
    pub(crate) origin: String,
    pub(crate) title: String,
    pub(crate) file_hash: Option<String>,
    pub(crate) subject_kind: Option<SubjectKind>,
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
        if unsaid.is_empty() {
            return Ok(Vec::new());
        }
        let mut head = self.head(Chain::Statement).await?;
        let mut said = Vec::with_capacity(unsaid.len());
        let mut rows: Vec<sea_orm::Value> = Vec::with_capacity(unsaid.len() * COLUMNS.len());
        for statement in unsaid {
            head = self.push_row(&mut rows, head, &statement);
            said.push(into_statement(statement, head.seq, self.now()));
        }
        bulk::insert(self.connection(), "statement", &COLUMNS, rows, OnKey::Fail).await?;
        self.set_head(Chain::Statement, head).await;
        Ok(said)
    }

    fn push_row(&self, rows: &mut Vec<sea_orm::Value>, head: Head, statement: &Unsaid) -> Head {
        let texts = statement_texts(self.store().catalogue(), &statement.values);
        let (place, said_at, seq) = (statement.place.to_string(), self.now().as_microsecond(), head.seq + 1);
        let salt = Uuid::new_v4().into_bytes();
        let values = values_hash(&salt, texts.open.as_bytes());
        let personal = texts.personal.map(|text| {
            let salt = Uuid::new_v4().into_bytes();
            let hash = values_hash(&salt, text.as_bytes());
            (salt.to_vec(), text, hash.to_vec())
        });
        let hashed = HashedStatement {
            subject: statement.subject,
            source: statement.source.0,
            place: &place,
            said_at,
            said_by: &statement.by,
            reason: statement.reason.as_deref(),
            personal_hash: personal.as_ref().map(|(_, _, hash)| hash.as_slice()),
        };
        let hash = hashed.hash(&head.hash, seq, &values);
        let (personal_salt, personal, personal_hash) = match personal {
            Some((salt, text, hash)) => (Some(salt), Some(text), Some(hash)),
            None => (None, None, None),
        };
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
            texts.open.into(),
            values.to_vec().into(),
            personal_salt.into(),
            personal.into(),
            personal_hash.into(),
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
                source.subject_kind.map(SubjectKind::key).into(),
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
