//! The columns of a page beside those of the table: facts that were asked for, and titles held.

use std::collections::HashMap;

use kernel::SubjectId;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use uuid::Uuid;

use super::hot::read_day;
use super::list::{Column, ListQuery};
use super::row::{SubjectRow, TitleHeld};
use super::shown::StoredView;
use crate::{Store, StoreError};

#[derive(FromQueryResult)]
struct ViewRow {
    subject: Uuid,
    facts: String,
}

#[derive(FromQueryResult)]
struct HeldRow {
    subject: Uuid,
    title: String,
    record: Uuid,
    valid_from: String,
    valid_to: String,
}

impl Store {
    /// Fills the cells and titles of a page. Personal data are in no list.
    pub(super) async fn fill(&self, query: &ListQuery, rows: &mut [SubjectRow]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
        let mut titles = self.titles_of(&ids).await?;
        for row in rows.iter_mut() {
            row.titles = titles.remove(&row.id.0).unwrap_or_default();
        }
        if query.columns.is_empty() {
            return Ok(());
        }
        let views = self.views_of(&ids).await?;
        let catalogue = self.catalogue();
        for row in rows {
            let view = views.get(&row.id.0).map(|text| StoredView::read(text));
            row.cells = query
                .columns
                .iter()
                .map(|column| match (column, &view) {
                    (_, None) => None,
                    (Column::Fact(key), Some(view)) => view.cell(catalogue, key),
                    (Column::Latest(field), Some(view)) => view.latest(catalogue, field),
                })
                .collect();
        }
        Ok(())
    }

    async fn titles_of(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<TitleHeld>>, StoreError> {
        let query = Query::select()
            .columns(["subject", "title", "record", "valid_from", "valid_to"])
            .from("held_title")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("subject").is_in(ids.iter().copied()))
            .order_by("title", Order::Asc)
            .order_by("valid_to", Order::Desc)
            .to_owned();
        let mut found: HashMap<Uuid, Vec<TitleHeld>> = HashMap::new();
        for row in self.reader().query_all(&query).await? {
            let row = HeldRow::from_query_result(&row, "")?;
            found.entry(row.subject).or_default().push(TitleHeld {
                title: row.title,
                record: SubjectId(row.record),
                valid_from: read_day(&row.valid_from),
                valid_to: read_day(&row.valid_to).filter(|day| day.year() < 9999),
            });
        }
        Ok(found)
    }

    async fn views_of(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, StoreError> {
        let query = Query::select()
            .columns(["subject", "facts"])
            .from("subject_view")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("subject").is_in(ids.iter().copied()))
            .to_owned();
        let mut found = HashMap::new();
        for row in self.reader().query_all(&query).await? {
            let row = ViewRow::from_query_result(&row, "")?;
            found.insert(row.subject, row.facts);
        }
        Ok(found)
    }
}
