//! Which cases an account may see, and which wait for it: conditions on the table `case_head`.

use kernel::SubjectId;
use loops::Party;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::head::is_private;
use super::party::Standing;
use crate::access::{Role, Scope, UnitId};

fn head(name: &'static str) -> Expr {
    Expr::col(("case_head", name))
}

fn nothing() -> Condition {
    Cond::all().add(Expr::val(1).eq(0))
}

fn ids(units: &[UnitId]) -> Vec<Uuid> {
    units.iter().map(|unit| unit.0).collect()
}

/// The index in which the cases of one turn lie by their day.
pub(crate) const BY_TURN: &str = "case_by_turn_and_due";

/// Cases that wait for somebody in one part, and the index along which SQLite finds them: its planner has
/// no figures to choose by.
pub(crate) type Awaited = (Condition, &'static str);

impl Standing {
    /// The cases this account may see, as a condition on `case_head`. Every list, count, board,
    /// calendar, export and page uses this one function; [`Scope::condition`] says the same of subjects.
    pub(crate) fn sees(&self, zone: &str) -> Condition {
        let open_kinds = |seen: Condition| Cond::all().add(head("private").eq(false)).add(seen);
        match &self.scope {
            Scope::Nothing => nothing(),
            Scope::Subject(own) => open_kinds(enterprise_sees(*own)),
            Scope::Zone => Cond::any().add(head("private").eq(false)).add(self.sees_privately(zone)),
            Scope::Units(units) if units.is_empty() => nothing(),
            Scope::Units(units) => {
                let mut seen = Cond::any().add(open_kinds(units_see(zone, units))).add(self.sees_privately(zone));
                // Whoever heads a unit or stands above it sees what it is in charge of, wherever it lies.
                let named = [self.named(|post| &post.head), self.named(|post| &post.superior)].concat();
                if !named.is_empty() {
                    seen = seen.add(open_kinds(Cond::all().add(head("unit").is_in(ids(&named)))));
                }
                seen
            }
        }
    }

    /// The same for cases of these kinds: whether a case is private is its kind's to say, so whoever sees
    /// the whole zone is asked nothing more about kinds that are not.
    pub(crate) fn sees_kinds(&self, zone: &str, kinds: &[String]) -> Condition {
        let open = |key: &String| loops::by_key(key).is_some_and(|kind| !is_private(kind));
        if self.scope == Scope::Zone && !kinds.is_empty() && kinds.iter().all(open) {
            return Cond::all();
        }
        self.sees(zone)
    }

    /// Private cases: whoever opened it, its service officer, the units it was ever passed to, and
    /// whoever it was raised to.
    fn sees_privately(&self, zone: &str) -> Condition {
        let mut units = match &self.scope {
            Scope::Units(units) => units.clone(),
            _ => vec![self.own_unit],
        };
        units.extend(self.named(|post| &post.head));
        let concerned = Cond::any()
            .add(head("opener").eq(self.account.as_str()))
            .add(head("officer").eq(self.account.as_str()))
            .add(takes_part(zone, &units))
            .add(Cond::all().add(head("turn").eq(Party::Superior.key())).add(self.held(|post| &post.superior)));
        Cond::all().add(head("private").eq(true)).add(concerned)
    }

    /// Cases of the units for which this account is named, or of those for which nobody is where it leads.
    fn held(&self, post: impl Fn(&super::party::Post) -> &Option<String> + Copy) -> Condition {
        let mut held = Cond::any().add(head("unit").is_in(ids(&self.named(post))));
        if self.is(Role::Leader) {
            held = held.add(head("unit").is_null());
            held = held.add(head("unit").is_not_in(ids(&self.filled(post))));
        }
        held
    }

    /// The cases that wait for this account, one condition for each part it may stand in, so that each is
    /// found along an index of its own. No case meets two of them. What the account may not see is not left out here: add
    /// [`Standing::sees`].
    pub(crate) fn awaited(&self, zone: &str) -> Vec<Awaited> {
        let turn = |party: Party| Cond::all().add(head("turn").eq(party.key()));
        let mut parts = Vec::new();
        if let Some(enterprise) = self.enterprise {
            let own = head("subject").eq(enterprise.0).and(head("asker").eq(enterprise.0));
            parts.push((turn(Party::Asker).add(own), "case_by_subject"));
            return parts;
        }
        if self.scope == Scope::Nothing {
            return parts;
        }
        let me = self.account.as_str();
        let not_inspected = head("kind").ne("inspection");
        parts.push((turn(Party::Asker).add(head("opener").eq(me)).add(not_inspected), "case_by_opener"));
        self.awaited_by_officer(zone, &mut parts);
        let works_for = ids(&self.works_for());
        if !works_for.is_empty() {
            parts.push((turn(Party::Lead).add(head("unit").is_in(works_for)), "case_by_turn"));
        }
        if self.is(Role::Analyst) {
            parts.push((turn(Party::Desk), BY_TURN));
        }
        parts.push((turn(Party::Superior).add(self.held(|post| &post.superior)), BY_TURN));
        parts.push((turn(Party::Head).add(self.held(|post| &post.head)), BY_TURN));
        if self.is(Role::Leader) || self.is(Role::Analyst) {
            parts.push((turn(Party::Supervisor), BY_TURN));
        }
        let other = Cond::any().add(head("worker").is_null()).add(head("worker").ne(me));
        parts.push((turn(Party::Second).add(other), BY_TURN));
        parts
    }

    fn awaited_by_officer(&self, zone: &str, parts: &mut Vec<Awaited>) {
        if !self.is(Role::Officer) {
            return;
        }
        let turn = |party: Party| Cond::all().add(head("turn").eq(party.key()));
        parts.push((turn(Party::Officer).add(head("officer").eq(self.account.as_str())), "case_by_officer"));
        let Scope::Units(units) = self.reach(Role::Officer) else {
            parts.push((turn(Party::Officer).add(head("officer").is_null()), BY_TURN));
            parts.push((turn(Party::Park), BY_TURN));
            return;
        };
        let own = ids(units);
        let of_units = Cond::any()
            .add(head("unit").is_in(own.clone()))
            .add(head("opener_unit").is_in(own.clone()))
            .add(subject_in(zone, units));
        parts.push((turn(Party::Officer).add(head("officer").is_null()).add(of_units), BY_TURN));
        let place = Cond::any()
            .add(subject_in(zone, units))
            .add(Cond::all().add(head("subject").is_null()).add(head("opener_unit").is_in(own.clone())));
        parts.push((turn(Party::Park).add(place), BY_TURN));
        let called = Cond::all().add(head("opener_party").eq(Party::Park.key())).add(head("opener_unit").is_in(own));
        // What one opened oneself is a part of its own.
        let called = called.add(head("opener").ne(self.account.as_str()));
        parts.push((turn(Party::Asker).add(head("kind").ne("inspection")).add(called), BY_TURN));
    }
}

/// What an enterprise sees: cases about itself that are of a kind it may see, and those it asked for.
fn enterprise_sees(own: SubjectId) -> Condition {
    let shown = Cond::all().add(head("subject").eq(own.0)).add(head("shared").eq(true));
    Cond::any().add(shown).add(head("asker").eq(own.0))
}

/// What the people of units see: cases in their charge, those they assist in or opened, and those about
/// their subjects.
fn units_see(zone: &str, units: &[UnitId]) -> Condition {
    let own = ids(units);
    Cond::any()
        .add(head("unit").is_in(own.clone()))
        .add(head("opener_unit").is_in(own))
        .add(takes_part(zone, units))
        .add(subject_in(zone, units))
}

/// Cases in which one of these units takes part, or once did.
fn takes_part(zone: &str, units: &[UnitId]) -> Expr {
    let mut part = Query::select();
    part.column("case_id").from("case_unit").and_where(Expr::col("zone").eq(zone));
    part.and_where(Expr::col("unit").is_in(ids(units)));
    head("id").in_subquery(part)
}

fn subject_in(zone: &str, units: &[UnitId]) -> Expr {
    let mut subject = Query::select();
    subject.column("id").from("subject").and_where(Expr::col("zone").eq(zone));
    subject.and_where(Expr::col("unit_id").is_in(ids(units)));
    head("subject").in_subquery(subject)
}
