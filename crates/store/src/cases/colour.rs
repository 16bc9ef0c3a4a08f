//! Colours that persons set against the rule: with a reason, for a time, and always marked.

use std::collections::HashMap;

use jiff::civil::Date;
use loops::Case;
use loops::colour::{Colour, Override};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult, Value};
use serde_json::json;
use uuid::Uuid;

use super::head::timed;
use super::row::{self, CaseId, CaseRow};
use crate::access::{Action, Viewer};
use crate::clock::moment;
use crate::write::Chain;
use crate::{Event, Store, StoreError, Tx};

#[derive(FromQueryResult)]
struct Row {
    case_id: Uuid,
    since: i64,
    colour: String,
    reason: String,
    by: String,
    until: String,
}

fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["case_id", "since", "colour", "reason", "by", "until"])
        .from("case_override")
        .and_where(Expr::col("zone").eq(zone))
        .to_owned()
}

fn read(row: &QueryResult) -> Result<(Uuid, Override), StoreError> {
    let row = Row::from_query_result(row, "")?;
    let unreadable = || StoreError::Corrupt(format!("a colour set for case {} cannot be read", row.case_id));
    let colour = Colour::from_key(&row.colour).ok_or_else(unreadable)?;
    let until: Date = row.until.parse().map_err(|_| unreadable())?;
    Ok((
        row.case_id,
        Override { colour, reason: row.reason.clone(), by: row.by.clone(), from: moment(row.since), until },
    ))
}

impl Store {
    /// Shows a case in another colour than the rule gives, until the end of a day. The rule's own colour
    /// stays beside it in [`CaseRow::computed`].
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; [`StoreError::NotFound`]; a refusal without a reason, for a day gone by
    /// or too far ahead, for grey, and for a case at its end.
    pub async fn set_case_colour(
        &self,
        viewer: &Viewer,
        id: CaseId,
        colour: Colour,
        reason: &str,
        until: Date,
    ) -> Result<CaseRow, StoreError> {
        viewer.require(Action::ManageLoops)?;
        let standing = &self.standing_of(viewer).await?;
        self.write(|tx| async move {
            tx.head(Chain::Case).await?;
            let (row, case) = tx.visible_case(id, standing).await?.ok_or(StoreError::NotFound)?;
            if row.is_ended() {
                return Err(StoreError::refused("事项已办结，不再亮灯。", "The case is at its end and has no colour."));
            }
            let (by, from) = (viewer.name.clone(), tx.now());
            let set = Override { colour, reason: reason.trim().to_owned(), by, from, until };
            set.check()
                .map_err(|refusal| StoreError::refused(refusal.say(kernel::Lang::Zh), refusal.say(kernel::Lang::En)))?;
            let insert = Query::insert()
                .into_table("case_override")
                .columns(["zone", "case_id", "since", "colour", "reason", "by", "until"])
                .values_panic([
                    tx.zone_id().into(),
                    id.0.into(),
                    from.as_microsecond().into(),
                    colour.key().into(),
                    set.reason.as_str().into(),
                    set.by.as_str().into(),
                    until.to_string().into(),
                ])
                .to_owned();
            tx.connection().execute(&insert).await?;
            tx.put_timed(&row, &case, tx.timed(id, &case).await?).await?;
            let data = json!({"number": row.number, "colour": colour.key(), "rule": row.computed, "until": until});
            tx.append_event(Event::new("case.colour_set", viewer.name.as_str()).about("case", id).with(data)).await?;
            let found = row::found(tx.connection(), tx.zone_id(), id).await?;
            found.map(|(row, _)| row).ok_or(StoreError::NotFound)
        })
        .await
    }

    /// The colours that were ever set for a case, the latest first; none for a case the person may not see.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn colours_set(&self, viewer: &Viewer, id: CaseId) -> Result<Vec<Override>, StoreError> {
        viewer.require(Action::ReadCases)?;
        if viewer.enterprise.is_some() || !self.is_visible(id, &self.standing_of(viewer).await?).await? {
            return Ok(Vec::new());
        }
        let query =
            select(self.zone_id()).and_where(Expr::col("case_id").eq(id.0)).order_by("since", Order::Desc).to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(read(row)?.1)).collect()
    }

    /// The colour that holds now for each case for which one was set.
    pub(crate) async fn colours_set_now(&self) -> Result<HashMap<Uuid, Override>, StoreError> {
        let now = self.clock().now();
        let query = select(self.zone_id())
            .and_where(Expr::col("until").gte(super::row::day_of(now).to_string()))
            .order_by("since", Order::Asc)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        // Of several the last set is kept.
        rows.iter().map(read).filter(|set| set.as_ref().map_or(true, |(_, set)| set.holds(now))).collect()
    }
}

impl Tx {
    /// The colour that was set last for each of some cases for which one was, and may hold now.
    pub(crate) async fn colours_set_for(&self, cases: &[CaseId]) -> Result<HashMap<Uuid, Override>, StoreError> {
        let query = select(self.zone_id())
            .and_where(Expr::col("case_id").is_in(cases.iter().map(|case| case.0)))
            .and_where(Expr::col("until").gte(super::row::day_of(self.now()).to_string()))
            .order_by("since", Order::Asc)
            .to_owned();
        // Of several the last is kept.
        self.connection().query_all(&query).await?.iter().map(read).collect()
    }

    /// The columns that time makes of a case, with the colour that a person set where one holds.
    pub(crate) async fn timed(&self, id: CaseId, case: &Case) -> Result<Vec<(&'static str, Value)>, StoreError> {
        let query = select(self.zone_id())
            .and_where(Expr::col("case_id").eq(id.0))
            .and_where(Expr::col("until").gte(super::row::day_of(self.now()).to_string()))
            .order_by("since", Order::Desc)
            .limit(1)
            .to_owned();
        let set = self.connection().query_one(&query).await?.map(|row| read(&row)).transpose()?;
        Ok(timed(case, self.now(), self.store().timing(), set.as_ref().map(|(_, set)| set)))
    }
}
