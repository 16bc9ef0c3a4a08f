//! One subject's row, for a link to it, and what was taken away from the register.

use kernel::{SourceId, SubjectId, SubjectKind};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _, Query};
use serde_json::json;

use super::row::{self, SubjectRow};
use super::view::{self, VIEW};
use crate::access::Scope;
use crate::{Event, Store, StoreError};

/// How much a load said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadReach {
    /// Subjects it spoke of.
    pub subjects: i64,
    /// Facts it stated, personal data not among them.
    pub facts: i64,
}

impl Store {
    /// How many subjects and facts a load speaks of, for saying what undoing it would do.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn load_reach(&self, source: SourceId) -> Result<LoadReach, StoreError> {
        let query = Query::select()
            .expr_as(Expr::cust("COUNT(DISTINCT \"subject\")"), "subjects")
            // A statement's facts are one object: each fact is a quoted key followed by a colon.
            .expr_as(
                Expr::cust(
                    "CAST(COALESCE(SUM((LENGTH(\"facts\") - LENGTH(REPLACE(\"facts\", '\":', ''))) / 2), 0) AS BIGINT)",
                ),
                "facts",
            )
            .from("statement")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("source").eq(source.0))
            .to_owned();
        let row = self.reader().query_one(&query).await?.ok_or(StoreError::NotFound)?;
        Ok(LoadReach { subjects: row.try_get_by("subjects")?, facts: row.try_get_by("facts")? })
    }

    /// Records that a person took away the file of a load.
    ///
    /// # Errors
    /// What the database reports; the file must then not be handed out.
    pub async fn record_file_taken(&self, by: &str, source: SourceId) -> Result<(), StoreError> {
        self.write(
            |tx| async move { tx.append_event(Event::new("file.taken", by).about("source", source)).await.map(drop) },
        )
        .await
    }

    /// The row of one subject, without its facts; `None` for what does not exist or lies outside
    /// `scope`. A merged duplicate is answered as itself.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn subject_row(&self, id: SubjectId, scope: &Scope) -> Result<Option<SubjectRow>, StoreError> {
        row::visible(self.reader(), self.zone_id(), id, scope).await
    }

    /// Records that a person took a list away: what kind, how many rows, and by which
    /// filters. Personal data are in no list.
    ///
    /// # Errors
    /// What the database reports; the file must then not be handed out.
    pub async fn record_export(&self, by: &str, kind: SubjectKind, rows: u64, query: &str) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let data = json!({"kind": kind.key(), "rows": rows, "query": query});
            tx.append_event(Event::new("list.exported", by).with(data)).await.map(drop)
        })
        .await
    }
}

/// Whether a subject's view holds no fact of a field. Keys stand in quotes in the stored view and
/// hold no sign to which `LIKE` gives a meaning but the underscore, which finds itself too.
pub(crate) fn missing(zone: &str, field: &str) -> Condition {
    let holds = |text: Expr, ending: &str| text.like(format!("%\"{field}{ending}%"));
    let any = Cond::any()
        .add(holds(view::open(), "\":"))
        .add(holds(view::open(), "@"))
        .add(holds(view::personal(), "\":"))
        .add(holds(view::personal(), "@"));
    let mut holding = Query::select();
    holding
        .expr(Expr::val(1))
        .from(VIEW)
        .and_where(Expr::col((VIEW, "zone")).eq(zone))
        .and_where(Expr::col((VIEW, "subject")).equals(("subject", "id")))
        .cond_where(any);
    view::join_statement(&mut holding, zone);
    Cond::all().add(Expr::exists(holding).not())
}
