//! A subject with those that are shown under it: cases stay with the subject they were opened about, and
//! are found under the one that it was merged into, as long as it is.

use std::collections::BTreeSet;

use kernel::SubjectId;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use uuid::Uuid;

use crate::StoreError;

/// The subject under which this one is shown, and every subject that is shown there.
pub(crate) async fn of(
    connection: &impl ConnectionTrait,
    zone: &str,
    subject: SubjectId,
) -> Result<Vec<SubjectId>, StoreError> {
    let targets = crate::register::merge_targets(connection, zone, &[subject.0]).await?;
    let top = targets.get(&subject.0).copied().unwrap_or(subject.0);
    let mut family = BTreeSet::from([top]);
    let mut last = vec![top];
    while !last.is_empty() {
        let query = Query::select()
            .column("id")
            .from("subject")
            .and_where(Expr::col("zone").eq(zone))
            .and_where(Expr::col("merged_into").is_in(last.iter().copied()))
            .to_owned();
        last.clear();
        for row in connection.query_all(&query).await? {
            let id: Uuid = row.try_get_by("id")?;
            if family.insert(id) {
                last.push(id);
            }
        }
    }
    Ok(family.into_iter().map(SubjectId).collect())
}
