//! Events: every act of a person or of the system, appended and chained.

use kernel::SubjectId;
use kernel::chain::{row_hash, values_hash};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::Query;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::write::{Chain, Head};
use crate::{StoreError, Tx};

/// One act, to be appended to the log. Its moment is the moment of the transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What was done: `load.stored`, `subject.merged`, `session.opened` …
    pub kind: &'static str,
    /// The subject it was done to, if one.
    pub subject: Option<SubjectId>,
    /// What else it was done to, as `word:id` (`source:…`, `account:…`), if anything.
    pub reference: Option<String>,
    /// The account that did it; `system` for what no person did.
    pub by: String,
    /// The particulars. No personal data: what is here cannot be erased.
    pub data: Json,
}

impl Event {
    /// An act without particulars.
    pub fn new(kind: &'static str, by: impl Into<String>) -> Self {
        Self { kind, subject: None, reference: None, by: by.into(), data: Json::Object(serde_json::Map::new()) }
    }

    /// The same, done to a subject.
    pub fn on(mut self, subject: SubjectId) -> Self {
        self.subject = Some(subject);
        self
    }

    /// The same, done to something that is no subject.
    pub fn about(mut self, word: &str, id: impl std::fmt::Display) -> Self {
        self.reference = Some(format!("{word}:{id}"));
        self
    }

    /// The same with particulars.
    pub fn with(mut self, data: Json) -> Self {
        self.data = data;
        self
    }
}

/// The columns an event's hash covers, in their order.
pub(crate) fn hashed_columns(
    kind: &str,
    subject: Option<Uuid>,
    reference: Option<&str>,
    at_micros: i64,
    by: &str,
) -> [Vec<u8>; 5] {
    [
        kind.as_bytes().to_vec(),
        subject.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
        reference.unwrap_or_default().as_bytes().to_vec(),
        at_micros.to_be_bytes().to_vec(),
        by.as_bytes().to_vec(),
    ]
}

impl Tx {
    /// Appends an event to the log and returns its number.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn append_event(&self, event: Event) -> Result<i64, StoreError> {
        let head = self.head(Chain::Event).await?;
        let seq = head.seq + 1;
        let at = self.now().as_microsecond();
        let subject = event.subject.map(|id| id.0);
        let salt = Uuid::new_v4().into_bytes();
        let data = event.data.to_string();
        let values = values_hash(&salt, data.as_bytes());
        let columns = hashed_columns(event.kind, subject, event.reference.as_deref(), at, &event.by);
        let columns: Vec<&[u8]> = columns.iter().map(Vec::as_slice).collect();
        let hash = row_hash(&head.hash, seq, &columns, &values);
        let insert = Query::insert()
            .into_table("event")
            .columns(["zone", "seq", "kind", "subject", "reference", "at", "by", "salt", "data", "values_hash", "hash"])
            .values_panic([
                self.zone_id().into(),
                seq.into(),
                event.kind.into(),
                subject.into(),
                event.reference.into(),
                at.into(),
                event.by.into(),
                salt.to_vec().into(),
                data.into(),
                values.to_vec().into(),
                hash.to_vec().into(),
            ])
            .to_owned();
        self.connection().execute(&insert).await?;
        self.set_head(Chain::Event, Head { seq, hash }).await;
        Ok(seq)
    }
}
