//! Figures that an officer noted on a visit: facts of the firm, with the visit as their source.

use std::collections::BTreeMap;

use kernel::{FactKey, SourceKind, SubjectId, Value};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use serde_json::json;

use super::act::SingleAct;
use super::correct::{Change, ChangedBy, check};
use crate::access::{Action, Viewer};
use crate::{Event, StoreError, Tx};

/// The origin of all visits: a later visit takes the place of what an earlier one noted, whoever went.
const ORIGIN: &str = "visit:";

impl Tx {
    /// States the figures of a visit, whose number is the title of their source.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a firm outside the rows the person may correct; a refusal for a figure that
    /// is not the zone's to change or does not fit its field.
    pub(crate) async fn state_visited(
        &self,
        viewer: &Viewer,
        firm: SubjectId,
        figures: &BTreeMap<FactKey, Value>,
        number: &str,
    ) -> Result<i64, StoreError> {
        let seen = Query::select()
            .expr(Expr::val(1))
            .from("subject")
            .and_where(Expr::col(("subject", "zone")).eq(self.zone_id()))
            .and_where(Expr::col(("subject", "id")).eq(firm.0))
            .cond_where(viewer.scope_for(Action::Correct).condition("subject"))
            .to_owned();
        self.connection().query_one(&seen).await?.ok_or(StoreError::NotFound)?;
        self.lock_register().await?;
        let subject = self.unmerged(firm).await?;
        let mut values = BTreeMap::new();
        for (key, value) in figures {
            let change = Change { key: key.clone(), value: Some(value.clone()), seen: None };
            check(self, &subject, &change, ChangedBy::Zone)?;
            values.insert(key.clone(), Some(value.clone()));
        }
        let facts: Vec<String> = values.keys().map(ToString::to_string).collect();
        let by = viewer.name.as_str();
        let reason = format!("走访 {number}");
        let (kind, origin, title, reason) = (SourceKind::Visit, ORIGIN, number, reason.as_str());
        let act = SingleAct { subject: &subject, kind, origin, title, by, reason, values };
        let seq = self.state(act).await?;
        let data = json!({"facts": facts, "statement": seq, "visit": number});
        self.append_event(Event::new("subject.visited", by).on(firm).with(data)).await?;
        Ok(seq)
    }
}
