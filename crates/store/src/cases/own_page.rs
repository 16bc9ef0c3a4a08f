//! What a person is told on their own page.

use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Order, Query, SelectStatement};
use uuid::Uuid;

use super::delivery::{Notice, NoticeState, read, select};
use super::setting::PAGE;
use crate::access::Viewer;
use crate::{Store, StoreError};

impl Store {
    /// What stands on a person's own page, the latest first: unread ones only, or all.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn notices_of(
        &self,
        viewer: &Viewer,
        unread_only: bool,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Notice>, StoreError> {
        let mut query = self.on_page(viewer);
        if unread_only {
            query.and_where(Expr::col("state").eq(NoticeState::Unread.key()));
        }
        if let Some(before) = before {
            query.and_where(Expr::col("id").lt(before));
        }
        query.order_by("id", Order::Desc).limit(limit);
        self.reader().query_all(&query).await?.iter().map(read).collect()
    }

    /// How many notices on a person's page are unread.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn unread_notices(&self, viewer: &Viewer) -> Result<u64, StoreError> {
        let mut query = self.on_page(viewer);
        query.clear_selects().expr_as(Expr::col(Asterisk).count(), "found");
        query.and_where(Expr::col("state").eq(NoticeState::Unread.key()));
        let row = self.reader().query_one(&query).await?;
        Ok(row.map_or(Ok(0_i64), |row| row.try_get_by("found"))?.unsigned_abs())
    }

    /// Marks notices on one's own page as read: those named, or all.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn read_notices(&self, viewer: &Viewer, ids: Option<&[Uuid]>) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let mut update = Query::update();
            update
                .table("notice")
                .value("state", NoticeState::Read.key())
                .value("ended_at", tx.now().as_microsecond())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("whom").eq(viewer.name.as_str()))
                .and_where(Expr::col("channel").eq(PAGE))
                .and_where(Expr::col("state").eq(NoticeState::Unread.key()));
            if let Some(ids) = ids {
                update.and_where(Expr::col("id").is_in(ids.iter().copied()));
            }
            tx.connection().execute(&update).await?;
            Ok(())
        })
        .await
    }

    fn on_page(&self, viewer: &Viewer) -> SelectStatement {
        select(self.zone_id())
            .and_where(Expr::col("whom").eq(viewer.name.as_str()))
            .and_where(Expr::col("channel").eq(PAGE))
            .to_owned()
    }
}
