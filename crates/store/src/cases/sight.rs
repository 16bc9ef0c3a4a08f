//! Which cases an account may see, and which wait for it: conditions on the table `case_head`.

use kernel::SubjectId;
use loops::Party;
use sea_orm::sea_query::{CaseStatement, Cond, Condition, Expr, ExprTrait as _, IntoCondition, Query};
use uuid::Uuid;

use super::head::is_private;
use super::parts::Part;
use super::party::Standing;
use super::tally::{Sums, What, ZONE};
use crate::access::{Role, Scope, UnitId};

fn head(name: &'static str) -> Expr {
    Expr::col(("case_head", name))
}

/// A condition by which no index is looked for: the cases are found already, and PostgreSQL would weigh every
/// index against every side of it, which takes longer than the search.
pub(crate) fn opaque(condition: impl IntoCondition) -> Expr {
    CaseStatement::new().case(condition, Expr::val(true)).finally(false).into()
}

fn nothing() -> Condition {
    Cond::all().add(Expr::val(1).eq(0))
}

fn ids(units: &[UnitId]) -> Vec<Uuid> {
    units.iter().map(|unit| unit.0).collect()
}

/// Cases that wait for somebody in one part. No case is in two parts of one account.
#[derive(Debug, Clone)]
pub(crate) struct Awaited {
    /// Which cases, as a condition on `case_head`.
    pub(crate) which: Condition,
    /// The index along which SQLite finds them: its planner has no figures to choose by.
    pub(crate) index: &'static str,
    /// Whether the condition itself lies within what [`Standing::sees`] of cases that are not private.
    pub(crate) seen: bool,
    /// Whose turn it is in all of them.
    pub(crate) turn: Party,
    /// What of the kept tally counts those of them that are not private, where something does.
    pub(crate) sums: Option<Sums>,
}

impl Awaited {
    fn summed(self, sums: Sums) -> Self {
        Self { sums: Some(sums), ..self }
    }
}

/// The indexes by which the cases of a scope are found, those that are open by their day.
pub(crate) mod seen {
    pub(crate) const BY_DAY: &str = "case_by_day";
    pub(crate) const BY_UNIT: &str = "case_by_unit";
    pub(crate) const BY_OPENERS_UNIT: &str = "case_by_openers_unit";
    pub(crate) const BY_SUBJECT: &str = "case_by_subject";
    pub(crate) const BY_PLACE: &str = "case_by_subjects_unit";
    /// The key itself, as SQLite calls it.
    pub(crate) const BY_KEY: &str = "sqlite_autoindex_case_head_1";
}

/// The indexes of open cases by whose turn it is. Behind the first columns each bears what the conditions
/// of its parts ask for, so that they are counted along it alone.
pub(crate) mod waiting {
    pub(crate) const BY_DAY: &str = "case_waiting";
    pub(crate) const BY_UNIT: &str = "case_waiting_by_unit";
    pub(crate) const BY_SUBJECT: &str = "case_waiting_by_subject";
    pub(crate) const BY_OPENER: &str = "case_waiting_by_opener";
    pub(crate) const BY_OPENERS_UNIT: &str = "case_waiting_by_openers_unit";
    pub(crate) const BY_OFFICER: &str = "case_waiting_by_officer";
    pub(crate) const BY_PLACE: &str = "case_waiting_by_subjects_unit";
}

impl Standing {
    /// The cases this account may see, as a condition on `case_head`. Every list, count, board,
    /// calendar, export and page uses this one function; [`Scope::condition`] says the same of subjects.
    pub(crate) fn sees(&self, zone: &str) -> Condition {
        any_of(self.seen_in_parts(zone))
    }

    /// The same in parts that share no case, each with the index along which its open cases lie by day.
    pub(crate) fn seen_in_parts(&self, zone: &str) -> Vec<Part> {
        self.sees_openly(zone).into_iter().chain(self.sees_privately(zone)).collect()
    }

    /// What of the kept tally counts the cases it sees of those that are not private: that of the zone, or
    /// of the one unit whose people see what this account sees. `None` where several are seen together, each
    /// of which counts what they share.
    pub(crate) fn sums(&self) -> Option<Sums> {
        let unit = match &self.scope {
            Scope::Zone => ZONE,
            Scope::Units(units) => {
                let named = [self.named(|post| &post.head), self.named(|post| &post.superior)].concat();
                let [unit] = units.as_slice() else { return None };
                if named.iter().any(|named| named != unit) {
                    return None;
                }
                unit.0
            }
            Scope::Subject(_) | Scope::Nothing => return None,
        };
        Some(Sums { what: What::Seen, units: vec![unit], turn: None })
    }

    /// The same for all cases that are not private.
    pub(crate) fn sees_others(&self, zone: &str) -> Condition {
        any_of(self.sees_openly(zone))
    }

    pub(crate) fn sees_openly(&self, zone: &str) -> Vec<Part> {
        let open = |which: Condition, index: &'static str| Part {
            which: Cond::all().add(head("private").eq(false)).add(which),
            index: Some(index),
        };
        match &self.scope {
            Scope::Nothing => Vec::new(),
            Scope::Subject(_) => vec![open(enterprise_sees(&self.family), seen::BY_SUBJECT)],
            Scope::Zone => vec![open(everything(), seen::BY_DAY)],
            Scope::Units(units) if units.is_empty() => Vec::new(),
            Scope::Units(units) => {
                // Whoever heads a unit or stands above it sees what it is in charge of, wherever it lies.
                let named = [self.named(|post| &post.head), self.named(|post| &post.superior)].concat();
                let in_charge = [units.clone(), named].concat();
                units_see(zone, units, &in_charge).map(|(which, index)| open(which, index)).into()
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
    pub(crate) fn sees_privately(&self, zone: &str) -> Option<Part> {
        let mut units = match &self.scope {
            Scope::Units(units) if !units.is_empty() => units.clone(),
            Scope::Zone => vec![self.own_unit],
            _ => return None,
        };
        units.extend(self.named(|post| &post.head));
        let concerned = Cond::any()
            .add(head("opener").eq(self.account.as_str()))
            .add(head("officer").eq(self.account.as_str()))
            .add(takes_part(zone, &units))
            .add(Cond::all().add(head("turn").eq(Party::Superior.key())).add(self.held(|post| &post.superior)));
        Some(Part {
            which: Cond::all().add(head("private").eq(true)).add(opaque(concerned)),
            index: Some(seen::BY_DAY),
        })
    }

    /// Cases of the units for which this account is named, or of those for which nobody is where it leads.
    fn held(&self, post: impl Fn(&super::party::Post) -> &Option<String> + Copy) -> Condition {
        let mut held = Cond::any().add(head("unit").is_in(ids(&self.named(post))));
        if self.is(Role::Leader) {
            held = held.add(head("unit").is_null());
            held = held.add(head("unit").is_not_in(ids(&self.filled(post))));
        }
        Cond::all().add(opaque(held))
    }

    /// The cases that wait for this account, one condition for each part it may stand in, so that each is
    /// found along an index of its own. What the account may not see is not left out here: where a part is
    /// not [`Awaited::seen`], and of private cases always, add [`Standing::sees`].
    pub(crate) fn awaited(&self) -> Vec<Awaited> {
        let mut parts = Vec::new();
        if self.enterprise.is_some() {
            let own = || self.family.iter().map(|subject| subject.0);
            let asks = head("subject").is_in(own()).and(head("asker").is_in(own()));
            parts.push(within(Party::Asker, asks, waiting::BY_SUBJECT));
            return parts;
        }
        if self.scope == Scope::Nothing {
            return parts;
        }
        let me = self.account.as_str();
        let not_inspected = head("kind").ne("inspection");
        parts.push(among(Party::Asker, head("opener").eq(me).and(not_inspected), waiting::BY_OPENER));
        self.awaited_by_officer(&mut parts);
        let works_for = ids(&self.works_for());
        if !works_for.is_empty() {
            let own = Sums { what: What::Charge, units: works_for.clone(), turn: Some(Party::Lead) };
            parts.push(within(Party::Lead, head("unit").is_in(works_for), waiting::BY_UNIT).summed(own));
        }
        if self.is(Role::Analyst) {
            parts.push(among(Party::Desk, everything(), waiting::BY_DAY).summed(Sums::of_zone(Party::Desk)));
        }
        if self.is(Role::Leader) || !self.named(|post| &post.superior).is_empty() {
            parts.push(among(Party::Superior, self.held(|post| &post.superior), waiting::BY_DAY));
        }
        if self.is(Role::Leader) || !self.named(|post| &post.head).is_empty() {
            parts.push(among(Party::Head, self.held(|post| &post.head), waiting::BY_DAY));
        }
        if self.is(Role::Leader) || self.is(Role::Analyst) {
            let all = Sums::of_zone(Party::Supervisor);
            parts.push(among(Party::Supervisor, everything(), waiting::BY_DAY).summed(all));
        }
        let other = Cond::any().add(head("worker").is_null()).add(head("worker").ne(me));
        parts.push(among(Party::Second, opaque(other), waiting::BY_DAY));
        parts
    }

    fn awaited_by_officer(&self, parts: &mut Vec<Awaited>) {
        if !self.is(Role::Officer) {
            return;
        }
        let me = self.account.as_str();
        parts.push(among(Party::Officer, head("officer").eq(me), waiting::BY_OFFICER));
        let without = || head("officer").is_null();
        let Scope::Units(units) = self.reach(Role::Officer) else {
            parts.push(among(Party::Officer, without(), waiting::BY_OFFICER));
            parts.push(among(Party::Park, everything(), waiting::BY_DAY).summed(Sums::of_zone(Party::Park)));
            return;
        };
        let own = ids(units);
        let inside = |name: &'static str| head(name).is_in(own.clone());
        let outside = |name: &'static str| opaque(head(name).is_null().or(head(name).is_not_in(own.clone())));
        // Nobody is assigned: the unit in charge, that of the opener, or the subject's is the officer's own.
        parts.push(within(Party::Officer, without().and(inside("unit")), waiting::BY_UNIT));
        let opened = without().and(inside("opener_unit")).and(outside("unit"));
        parts.push(within(Party::Officer, opened, waiting::BY_OPENERS_UNIT));
        let about = without().and(inside("subject_unit")).and(outside("unit")).and(outside("opener_unit"));
        parts.push(within(Party::Officer, about, waiting::BY_PLACE));
        let place = Sums { what: What::Place, units: own.clone(), turn: Some(Party::Park) };
        parts.push(within(Party::Park, inside("subject_unit"), waiting::BY_PLACE).summed(place));
        let about_nobody = head("subject").is_null().and(inside("opener_unit"));
        parts.push(within(Party::Park, about_nobody, waiting::BY_OPENERS_UNIT));
        // What one opened oneself is a part of its own.
        let called = inside("opener_unit").and(head("opener_party").eq(Party::Park.key()));
        let called = called.and(head("opener").ne(me)).and(head("kind").ne("inspection"));
        parts.push(within(Party::Asker, called, waiting::BY_OPENERS_UNIT));
    }
}

fn everything() -> Condition {
    Cond::all()
}

fn any_of(parts: Vec<Part>) -> Condition {
    if parts.is_empty() { nothing() } else { parts.into_iter().fold(Cond::any(), |any, part| any.add(part.which)) }
}

/// Cases of a turn that the account may see or not.
fn among(party: Party, which: impl Into<Condition>, index: &'static str) -> Awaited {
    let turn = Cond::all().add(head("open")).add(head("turn").eq(party.key()));
    Awaited { which: turn.add(which.into()), index, seen: false, turn: party, sums: None }
}

/// Cases of a turn of which the account sees every one that is not private.
fn within(party: Party, which: impl Into<Condition>, index: &'static str) -> Awaited {
    Awaited { seen: true, ..among(party, which, index) }
}

/// What an enterprise sees: cases about itself that are of a kind it may see, and those it asked for. Who
/// asks is always the one that the case is about, which is how its cases are found.
fn enterprise_sees(family: &[SubjectId]) -> Condition {
    let own = || family.iter().map(|subject| subject.0);
    let shown = Cond::any().add(head("shared").eq(true)).add(head("asker").is_in(own()));
    Cond::all().add(head("subject").is_in(own())).add(shown)
}

/// What the people of units see: cases in their charge, those they opened, those about their subjects, and
/// those they assist in.
fn units_see(zone: &str, units: &[UnitId], in_charge: &[UnitId]) -> [(Condition, &'static str); 4] {
    let own = ids(units);
    let not_in = |name: &'static str, units: Vec<Uuid>| opaque(head(name).is_null().or(head(name).is_not_in(units)));
    let outside = |name: &'static str| not_in(name, own.clone());
    let charged = || head("unit").is_in(ids(in_charge));
    let uncharged = || not_in("unit", ids(in_charge));
    let others = || Cond::all().add(uncharged()).add(outside("opener_unit"));
    [
        (Cond::all().add(charged()), seen::BY_UNIT),
        (Cond::all().add(head("opener_unit").is_in(own.clone())).add(uncharged()), seen::BY_OPENERS_UNIT),
        (others().add(head("subject_unit").is_in(own.clone())), seen::BY_PLACE),
        (others().add(takes_part(zone, units)).add(outside("subject_unit")), seen::BY_KEY),
    ]
}

/// Cases in which one of these units takes part, or once did.
fn takes_part(zone: &str, units: &[UnitId]) -> Expr {
    let mut part = Query::select();
    part.column("case_id").from("case_unit").and_where(Expr::col("zone").eq(zone));
    part.and_where(Expr::col("unit").is_in(ids(units)));
    head("id").in_subquery(part)
}
