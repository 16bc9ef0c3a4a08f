//! The exact texts that verdicts used, kept by their hash for as long as the verdicts are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::register::bulk::{Batch, OnKey, insert};
use crate::{Store, StoreError};

/// The whole text of one version, with the figures that were set for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptText {
    /// The name of the version.
    pub version: String,
    /// The hash of all that follows, worked out by the caller.
    pub hash: String,
    /// The text, what it overrides included.
    pub source: String,
    /// How many bytes of it are its own.
    pub own: usize,
    /// The figures of its settings, as JSON.
    pub settings: String,
}

#[derive(FromQueryResult)]
struct Row {
    version: String,
    hash: String,
    source: String,
    own: i64,
    settings: String,
}

impl Store {
    /// Notes that from a moment on verdicts use these texts. What is in use already is not noted again.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn use_policy_texts(&self, texts: &[KeptText], since: Timestamp) -> Result<(), StoreError> {
        let query = Query::select()
            .columns(["version", "hash"])
            .from("policy_used")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .order_by("since", Order::Asc)
            .to_owned();
        let mut last: BTreeMap<String, String> = BTreeMap::new();
        for row in self.reader().query_all(&query).await? {
            last.insert(row.try_get_by("version")?, row.try_get_by("hash")?);
        }
        let new: Vec<&KeptText> = texts.iter().filter(|text| last.get(&text.version) != Some(&text.hash)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let new = &new;
        self.write(|tx| async move {
            let zone = tx.zone_id();
            let values = new.iter().flat_map(|text| {
                let own = i64::try_from(text.own).unwrap_or(i64::MAX);
                let (hash, source, settings) = (text.hash.as_str(), text.source.as_str(), text.settings.as_str());
                [zone.into(), hash.into(), source.into(), own.into(), settings.into()]
            });
            let columns = &["zone", "hash", "source", "own", "settings"];
            let batch = Batch { table: "policy_text", columns, values: values.collect(), on_key: OnKey::Keep };
            insert(tx.connection(), batch).await?;
            let values = new.iter().flat_map(|text| {
                let at = since.as_microsecond();
                [zone.into(), text.version.as_str().into(), at.into(), text.hash.as_str().into()]
            });
            let columns = &["zone", "version", "since", "hash"];
            let batch = Batch { table: "policy_used", columns, values: values.collect(), on_key: OnKey::Replace(3) };
            insert(tx.connection(), batch).await
        })
        .await
    }

    /// The text that a verdict on a version used which was found at a moment.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn policy_text_used(&self, version: &str, at: Timestamp) -> Result<Option<KeptText>, StoreError> {
        let both = |column: &'static str| Expr::col(("policy_used", column)).equals(("policy_text", column));
        let query = Query::select()
            .column(("policy_used", "version"))
            .columns(["hash", "source", "own", "settings"].map(|column| ("policy_text", column)))
            .from("policy_used")
            .inner_join("policy_text", both("zone").and(both("hash")))
            .and_where(Expr::col(("policy_used", "zone")).eq(self.zone_id()))
            .and_where(Expr::col(("policy_used", "version")).eq(version))
            .and_where(Expr::col(("policy_used", "since")).lte(at.as_microsecond()))
            .order_by(("policy_used", "since"), Order::Desc)
            .limit(1)
            .to_owned();
        let Some(row) = self.reader().query_one(&query).await? else { return Ok(None) };
        let Row { version, hash, source, own, settings } = Row::from_query_result(&row, "")?;
        let own = usize::try_from(own).unwrap_or(source.len());
        Ok(Some(KeptText { version, hash, source, own, settings }))
    }
}
