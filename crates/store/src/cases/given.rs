//! What comes with a step, held against what there is: units, files, subjects, lengths.

use loops::Given;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::row::{CaseId, day_of};
use crate::access::{UnitId, Viewer};
use crate::{StoreError, Tx};

/// Characters of a title or place.
pub const LONGEST_TITLE: usize = 200;
/// Characters of a text.
pub const LONGEST_TEXT: usize = 20_000;
/// Fields of a form.
pub const MOST_FIELDS: usize = 200;
/// Files with one step.
pub const MOST_PROOFS: usize = 50;
/// Months of a plan.
pub const MOST_MONTHS: usize = 120;

/// What is given with the first event: it needs a title too.
pub(crate) async fn checked(tx: &Tx, given: Given, viewer: Option<&Viewer>) -> Result<Given, StoreError> {
    if given.title.as_deref().is_none_or(|title| title.trim().is_empty()) {
        return Err(StoreError::refused("请填写标题，一句话说明是什么事。", "Give a title: what it is, in one line."));
    }
    if let Some(until) = given.until.filter(|until| *until < day_of(tx.now())) {
        return Err(StoreError::refused(
            format!("期限 {until} 已经过去，请填写今天或以后的日期。"),
            format!("The day {until} has passed; give today or a day to come."),
        ));
    }
    if let Some(parent) = given.parent.as_deref() {
        let parent: CaseId = parent.parse().map_err(|_| StoreError::NotFound)?;
        sees(tx, parent, viewer).await?;
    }
    known(tx, given).await
}

/// What is given with a later event. Who a case is about is said once, at its opening.
pub(crate) async fn known(tx: &Tx, mut given: Given) -> Result<Given, StoreError> {
    let too_long =
        |text: &Option<String>, longest: usize| text.as_ref().is_some_and(|text| text.chars().count() > longest);
    let form_too_long = given.form.len() > MOST_FIELDS
        || given.form.iter().any(|(key, value)| key.len() > 200 || value.chars().count() > LONGEST_TEXT);
    if too_long(&given.title, LONGEST_TITLE)
        || too_long(&given.place, LONGEST_TITLE)
        || too_long(&given.topic, LONGEST_TITLE)
        || too_long(&given.occasion, LONGEST_TITLE)
        || too_long(&given.person, LONGEST_TITLE)
        || too_long(&given.text, LONGEST_TEXT)
        || given.plan.as_ref().is_some_and(|plan| plan.months.len() > MOST_MONTHS || plan.measure.chars().count() > 20)
        || given.proofs.len() > MOST_PROOFS
        || form_too_long
    {
        return Err(StoreError::refused(
            format!(
                "内容过长：标题、地点不超过 {LONGEST_TITLE} 字，正文不超过 {LONGEST_TEXT} 字，附件不超过 {MOST_PROOFS} 个，计划不超过 {MOST_MONTHS} 个月。请精简后再提交。"
            ),
            format!(
                "It is too long: {LONGEST_TITLE} characters for title and place, {LONGEST_TEXT} for the text, {MOST_PROOFS} files, {MOST_MONTHS} months of a plan. Shorten it."
            ),
        ));
    }
    let units: Vec<&str> = given.unit.iter().chain(&given.assisting).map(String::as_str).collect();
    open_units(tx, &units).await?;
    let lead = given.unit.clone();
    given.assisting.retain(|unit| Some(unit) != lead.as_ref());
    given.assisting.sort_unstable();
    given.assisting.dedup();
    kept_files(tx, &given.proofs).await?;
    Ok(given)
}

pub(super) async fn open_units(tx: &Tx, units: &[&str]) -> Result<(), StoreError> {
    if units.is_empty() {
        return Ok(());
    }
    let tree = crate::access::tree(tx.connection(), tx.zone_id()).await?;
    for unit in units {
        let known = Uuid::parse_str(unit).ok().and_then(|id| tree.get(UnitId(id)));
        // An id has one spelling in an event, by which it is compared.
        if !known.is_some_and(|known| known.closed_at.is_none() && known.id.to_string() == *unit) {
            return Err(StoreError::refused(
                "所选单位不存在或已停用，请重新选择。",
                "The unit does not exist or is retired; choose another.",
            ));
        }
    }
    Ok(())
}

async fn kept_files(tx: &Tx, proofs: &[String]) -> Result<(), StoreError> {
    for proof in proofs {
        let query = Query::select()
            .expr(Expr::val(1))
            .from("file")
            .and_where(Expr::col("zone").eq(tx.zone_id()))
            .and_where(Expr::col("hash").eq(proof.as_str()))
            .to_owned();
        if tx.connection().query_one(&query).await?.is_none() {
            return Err(StoreError::refused(
                "所附的证明材料没有找到，请重新上传。",
                "A file that was attached is not there; upload it again.",
            ));
        }
    }
    Ok(())
}

/// The parent must exist, for a viewer in sight.
async fn sees(tx: &Tx, parent: CaseId, viewer: Option<&Viewer>) -> Result<(), StoreError> {
    let mut query = Query::select();
    query.expr(Expr::val(1)).from("case_head").and_where(Expr::col(("case_head", "zone")).eq(tx.zone_id()));
    query.and_where(Expr::col(("case_head", "id")).eq(parent.0));
    if let Some(viewer) = viewer {
        let standing = super::posts::standing(tx.connection(), tx.zone_id(), viewer).await?;
        query.cond_where(standing.sees(tx.zone_id()));
    }
    tx.connection().query_one(&query).await?.map(|_| ()).ok_or(StoreError::NotFound)
}
