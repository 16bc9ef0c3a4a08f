//! Changing a value by hand, and an enterprise's own declaration.

use std::collections::BTreeMap;

use kernel::catalogue::{Changer, Field, PeriodKind};
use kernel::view::View;
use kernel::{FactKey, Period, SourceKind, SubjectId, SubjectKind, Value};
use serde_json::json;

use super::act::{SingleAct, label, reason};
use super::derive::Identity;
use super::history::histories;
use crate::{Event, Store, StoreError, Tx};

/// One value changed by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which fact.
    pub key: FactKey,
    /// What it should be; `None` withdraws what the same person's office said before.
    pub value: Option<Value>,
    /// The number of the statement the person saw it shown from; `None` where nothing was shown.
    /// Where another is shown by now, the act is refused as stale.
    pub seen: Option<i64>,
}

/// Who changes a value by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedBy {
    /// An officer or analyst of the zone: a correction.
    Zone,
    /// The enterprise itself: a declaration.
    Enterprise,
}

impl ChangedBy {
    /// The origin under which a change of a subject by an account is kept: the account's own for the zone's
    /// people, the enterprise's whoever of its accounts declares.
    pub fn origin(self, subject: SubjectId, account: &str) -> String {
        match self {
            ChangedBy::Zone => format!("account:{account}"),
            ChangedBy::Enterprise => format!("subject:{}", subject.0),
        }
    }
}

impl Store {
    /// Changes facts of a subject by hand and returns the statement's number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Stale`] where a fact is shown from another statement
    /// than the person saw; a refusal where no reason is given, a field is derived, is not one of
    /// the kind, has no such period, takes no such value, or is not this person's to change, or where a word
    /// is taken back that was never said.
    pub async fn correct(
        &self,
        subject: SubjectId,
        changes: &[Change],
        reason_given: &str,
        changed_by: ChangedBy,
        by: &str,
    ) -> Result<i64, StoreError> {
        let reason = reason(reason_given)?;
        if changes.is_empty() {
            return Err(StoreError::refused("没有要更正的内容。", "There is nothing to change."));
        }
        self.write(|tx| async move {
            tx.lock_register().await?;
            let subject = tx.unmerged(subject).await?;
            for change in changes {
                check(&tx, &subject, change, changed_by)?;
            }
            let view = tx.view_of(&subject).await?;
            let kind = match changed_by {
                ChangedBy::Zone => SourceKind::Correction,
                ChangedBy::Enterprise => SourceKind::Declaration,
            };
            let origin = changed_by.origin(SubjectId(subject.id), by);
            let values = wanted(changes, &view, &origin)?;
            let facts: Vec<String> = values.keys().map(ToString::to_string).collect();
            let act = SingleAct { subject: &subject, kind, origin: &origin, title: "", by, reason, values };
            let seq = tx.state(act).await?;
            let event = match changed_by {
                ChangedBy::Zone => "subject.corrected",
                ChangedBy::Enterprise => "subject.declared",
            };
            let data = json!({"facts": facts, "statement": seq});
            tx.append_event(Event::new(event, by).on(SubjectId(subject.id)).with(data)).await?;
            Ok(seq)
        })
        .await
    }
}

impl Tx {
    /// A subject's view as this transaction sees it.
    pub(crate) async fn view_of(&self, subject: &Identity) -> Result<View, StoreError> {
        let catalogue = self.store().catalogue();
        let histories = histories(self.connection(), self.zone_id(), catalogue, &[subject.id], None).await?;
        Ok(kernel::view::fold(histories.with_sources(subject.id), None))
    }
}

/// The changes as facts, once each is still shown as the person saw it and a word that is taken back was said.
fn wanted(changes: &[Change], view: &View, origin: &str) -> Result<BTreeMap<FactKey, Option<Value>>, StoreError> {
    let mut values = BTreeMap::new();
    for change in changes {
        let shown = view.facts.get(&change.key);
        if shown.map(|shown| shown.seq) != change.seen {
            return Err(StoreError::Stale);
        }
        let said = || shown.is_some_and(|shown| shown.said.iter().any(|said| said.origin == origin));
        if change.value.is_none() && !said() {
            return Err(StoreError::refused(
                "您这一方对这个数据没有说过什么，没有可撤回的说法。",
                "Your side said nothing about this fact; there is nothing to withdraw.",
            ));
        }
        values.insert(change.key.clone(), change.value.clone());
    }
    Ok(values)
}

pub(super) fn check(tx: &Tx, subject: &Identity, change: &Change, changed_by: ChangedBy) -> Result<(), StoreError> {
    let catalogue = tx.store().catalogue();
    let (zh, en) = label(catalogue, subject.kind, &change.key);
    let Some(field) = catalogue.field(&change.key.field).filter(|field| field.subjects.contains(&subject.kind)) else {
        return Err(StoreError::refused(
            format!("“{zh}”不是{}的字段。", subject.kind.zh()),
            format!("“{en}” is no field of a subject of kind {}.", subject.kind.en()),
        ));
    };
    if field.derived.is_some() {
        return Err(StoreError::refused(
            format!("“{zh}”由其他字段计算得出，请更正它所依据的字段。"),
            format!("“{en}” is computed from other fields; correct those."),
        ));
    }
    let theirs = match changed_by {
        ChangedBy::Enterprise => field.changer == Changer::Enterprise,
        ChangedBy::Zone => field.changer != Changer::Authority,
    };
    if !theirs {
        return Err(refused_changer(field, &zh, &en));
    }
    if !period_fits(field.period, change.key.period) {
        return Err(StoreError::refused(
            format!("“{zh}”的期间不对：该字段按{}填报。", period_zh(field.period)),
            format!("“{en}” has the wrong period: the field is reported by {}.", period_en(field.period)),
        ));
    }
    match &change.value {
        Some(value) if Value::from_json(&field.kind, &value.to_json()).as_ref() != Some(value) => Err(
            StoreError::refused(format!("“{zh}”的值类型不符。"), format!("The value does not fit the type of “{en}”.")),
        ),
        Some(value) if !field.negative && below_zero(value) => {
            Err(StoreError::refused(format!("“{zh}”不能为负数。"), format!("“{en}” cannot be below zero.")))
        }
        Some(Value::Text(text) | Value::Code(text)) if text.trim().is_empty() => Err(StoreError::refused(
            format!("“{zh}”不能为空；要撤回已填的值，请选择撤回。"),
            format!("“{en}” cannot be empty; to take back what was said, withdraw it."),
        )),
        _ => Ok(()),
    }
}

fn refused_changer(field: &Field, zh: &str, en: &str) -> StoreError {
    match field.changer {
        Changer::Authority => StoreError::refused(
            format!("“{zh}”只能由主管部门的数据导入更新，不能手工更改。"),
            format!("“{en}” changes only by importing what its authority issues, not by hand."),
        ),
        Changer::Zone | Changer::Enterprise => StoreError::refused(
            format!("“{zh}”由高新区维护，企业不能自行填报。"),
            format!("“{en}” is kept by the zone; an enterprise cannot declare it."),
        ),
    }
}

fn below_zero(value: &Value) -> bool {
    match value {
        Value::Money(amount) => amount.fen() < 0,
        Value::Integer(count) => *count < 0,
        Value::Decimal(figure) => figure.is_sign_negative() && !figure.is_zero(),
        _ => false,
    }
}

fn period_fits(kind: PeriodKind, period: Option<Period>) -> bool {
    matches!(
        (kind, period),
        (PeriodKind::None, None)
            | (PeriodKind::Year, Some(Period::Year(_)))
            | (PeriodKind::Quarter, Some(Period::Quarter(..)))
            | (PeriodKind::Month, Some(Period::Month(..)))
            | (PeriodKind::Day, Some(Period::Day(_) | Period::AsOf(_)))
    )
}

fn period_zh(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::None => "现状（不分期间）",
        PeriodKind::Year => "年",
        PeriodKind::Quarter => "季",
        PeriodKind::Month => "月",
        PeriodKind::Day => "日",
    }
}

fn period_en(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::None => "how things stand, without a period",
        PeriodKind::Year => "year",
        PeriodKind::Quarter => "quarter",
        PeriodKind::Month => "month",
        PeriodKind::Day => "day",
    }
}

/// The kinds whose subjects an enterprise may declare facts of are the enterprise's own records.
impl ChangedBy {
    /// Whether this person may change subjects of the kind at all.
    pub fn may_change(self, kind: SubjectKind) -> bool {
        match self {
            ChangedBy::Zone => true,
            ChangedBy::Enterprise => kind == SubjectKind::Enterprise || kind.is_record(),
        }
    }
}
