//! Which cases a list shows.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use kernel::SubjectId;
use sea_orm::DbBackend;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _, Func};

use super::row::{CaseId, NEVER, start_of};
use crate::access::UnitId;
use crate::register::name_key;

/// Which cases a list shows. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Of these kinds, by key; every kind where none.
    pub kinds: Vec<String>,
    /// In these states, by key.
    pub states: Vec<String>,
    /// Of these colours, by key.
    pub colours: Vec<String>,
    /// In charge of one of these units.
    pub units: Vec<UnitId>,
    /// About this subject, or one that is shown under it.
    pub subject: Option<SubjectId>,
    /// On this topic, by key.
    pub topic: Option<String>,
    /// Came out of this case.
    pub parent: Option<CaseId>,
    /// With this service officer, by account.
    pub officer: Option<String>,
    /// Open cases about a subject that no officer serves.
    pub without_officer: bool,
    /// Opened by this account.
    pub opener: Option<String>,
    /// Waiting for the person who looks.
    pub mine: bool,
    /// Open ones or ended ones only.
    pub open: Option<bool>,
    /// Past their day.
    pub overdue: bool,
    /// Due on this day or before.
    pub due_by: Option<Date>,
    /// Due on this day or after.
    pub due_from: Option<Date>,
    /// Opened on this day or after.
    pub opened_from: Option<Date>,
    /// Opened on this day or before.
    pub opened_by: Option<Date>,
    /// Ended on this day or after.
    pub ended_from: Option<Date>,
    /// Ended on this day or before.
    pub ended_by: Option<Date>,
    /// With an event at this moment or later.
    pub changed_from: Option<Timestamp>,
    /// A part of the number or the title.
    pub text: String,
}

fn head(name: &'static str) -> Expr {
    Expr::col(("case_head", name))
}

impl CaseFilter {
    /// The filter as a condition on `case_head`. The subject, which others may be shown under, what waits
    /// for the person, and what the person may see are left out.
    pub(crate) fn condition(&self, now: Timestamp, backend: DbBackend) -> Condition {
        let mut all = Cond::all();
        let words = |name: &'static str, keys: &[String]| head(name).is_in(keys.iter().map(String::as_str));
        for (name, keys) in [("kind", &self.kinds), ("state", &self.states), ("colour", &self.colours)] {
            if !keys.is_empty() {
                all = all.add(words(name, keys));
            }
        }
        if !self.units.is_empty() {
            all = all.add(head("unit").is_in(self.units.iter().map(|unit| unit.0)));
        }
        if let Some(parent) = self.parent {
            all = all.add(head("parent").eq(parent.0));
        }
        for (name, word) in [("topic", &self.topic), ("officer", &self.officer), ("opener", &self.opener)] {
            if let Some(word) = word {
                all = all.add(head(name).eq(word.as_str()));
            }
        }
        if self.without_officer {
            all = all.add(head("officer").is_null()).add(head("subject").is_not_null()).add(head("open").eq(true));
        }
        if let Some(open) = self.open {
            all = all.add(head("open").eq(open));
        }
        if self.overdue {
            all = all.add(head("open").eq(true)).add(head("due_at").lt(now.as_microsecond()));
        }
        if let Some(from) = self.changed_from {
            all = all.add(head("changed_at").gte(from.as_microsecond()));
        }
        all = self.days(all);
        let text = name_key(&self.text);
        if !text.is_empty() {
            let find = if backend == DbBackend::Postgres { "strpos" } else { "instr" };
            all = all.add(Expr::expr(Func::cust(find).arg(head("search_text")).arg(text)).gt(0));
        }
        all
    }

    fn days(&self, mut all: Condition) -> Condition {
        let from = |day: Date| start_of(day).as_microsecond();
        let behind = |day: Date| start_of(day.saturating_add(1.day())).as_microsecond();
        let bounds = [
            ("due_at", self.due_from, self.due_by),
            ("opened_at", self.opened_from, self.opened_by),
            ("ended_at", self.ended_from, self.ended_by),
        ];
        for (name, first, last) in bounds {
            if let Some(first) = first {
                all = all.add(head(name).gte(from(first)));
            }
            if let Some(last) = last {
                all = all.add(head(name).lt(behind(last)));
            }
            if name == "due_at" && (first.is_some() || last.is_some()) {
                all = all.add(head(name).lt(NEVER));
            }
        }
        all
    }

    /// Whether it asks for open cases of some colours, and besides for nothing but what [`Self::is_plain`] allows.
    pub(crate) fn is_by_colour(&self) -> bool {
        !self.colours.is_empty() && self.open == Some(true) && Self { colours: Vec::new(), ..self.clone() }.is_plain()
    }

    /// Whether it asks for nothing but since when something happened.
    pub(crate) fn is_of_change(&self) -> bool {
        *self == Self { changed_from: self.changed_from, ..Self::default() }
    }

    /// Whether it asks for nothing but days, kinds, states, and whether cases are open: what the indexes by
    /// day bear.
    pub(crate) fn is_plain(&self) -> bool {
        let days = Self {
            open: self.open,
            overdue: self.overdue,
            due_by: self.due_by,
            due_from: self.due_from,
            kinds: self.kinds.clone(),
            states: self.states.clone(),
            ..Self::default()
        };
        *self == days
    }
}
