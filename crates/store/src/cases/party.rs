//! In which parts an account stands in a case: the one place where this is decided.

use std::collections::BTreeMap;

use kernel::SubjectId;
use loops::Party;

use super::row::CaseRow;
use crate::access::{Action, Role, Scope, UnitId, Viewer};

/// Who heads a unit and who stands above it in cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    /// The account of the head (主要负责人), who signs.
    pub head: Option<String>,
    /// The account that cases of the unit are raised to.
    pub superior: Option<String>,
}

/// The posts of every unit that has one.
pub type Posts = BTreeMap<UnitId, Post>;

/// What an account is, as far as cases are concerned.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The account's name.
    pub account: String,
    /// The unit it belongs to.
    pub own_unit: UnitId,
    /// The enterprise it is bound to.
    pub enterprise: Option<SubjectId>,
    /// That enterprise and those that are shown as one with it.
    pub(crate) family: Vec<SubjectId>,
    /// The rows it may read.
    pub scope: Scope,
    reach: Vec<(Role, Scope)>,
    posts: Posts,
}

impl Standing {
    /// The standing of a viewer.
    pub fn of(viewer: &Viewer, posts: Posts) -> Self {
        let reach = viewer.roles.iter().map(|role| (*role, viewer.scope_as(*role))).collect();
        Self {
            account: viewer.name.clone(),
            own_unit: viewer.unit,
            enterprise: viewer.enterprise,
            family: viewer.enterprise.into_iter().collect(),
            scope: viewer.scope_for(Action::ReadCases),
            reach,
            posts,
        }
    }

    /// The standing of an account whose enterprise is shown as one with these.
    pub(crate) fn with_family(self, family: Vec<SubjectId>) -> Self {
        Self { family, ..self }
    }

    /// Whether the account holds a role.
    pub(crate) fn is(&self, role: Role) -> bool {
        self.reach.iter().any(|(held, _)| *held == role)
    }

    /// The rows of a role.
    pub(crate) fn reach(&self, role: Role) -> &Scope {
        self.reach.iter().find(|(held, _)| *held == role).map_or(&Scope::Nothing, |(_, scope)| scope)
    }

    /// The units whose work is this account's: those of its roles as clerk and officer. A role over the
    /// whole zone does the work of the account's own unit only.
    pub(crate) fn works_for(&self) -> Vec<UnitId> {
        let mut units = Vec::new();
        for role in [Role::Clerk, Role::Officer] {
            match self.reach(role) {
                Scope::Units(more) => units.extend(more.iter().copied()),
                Scope::Zone => units.push(self.own_unit),
                Scope::Subject(_) | Scope::Nothing => {}
            }
        }
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The units this account heads by name, and those it stands above.
    pub(crate) fn named(&self, post: impl Fn(&Post) -> &Option<String>) -> Vec<UnitId> {
        let mine = self.posts.iter().filter(|(_, named)| post(named).as_deref() == Some(self.account.as_str()));
        mine.map(|(unit, _)| *unit).collect()
    }

    /// The units for which somebody is named.
    pub(crate) fn filled(&self, post: impl Fn(&Post) -> &Option<String>) -> Vec<UnitId> {
        self.posts.iter().filter(|(_, named)| post(named).is_some()).map(|(unit, _)| *unit).collect()
    }

    fn covers(&self, role: Role, unit: Option<UnitId>) -> bool {
        match self.reach(role) {
            Scope::Zone => true,
            Scope::Units(units) => unit.is_some_and(|unit| units.contains(&unit)),
            Scope::Subject(_) | Scope::Nothing => false,
        }
    }

    /// Whether somebody named for the unit is this account; without a name, whether it leads.
    fn holds(&self, unit: Option<UnitId>, post: impl Fn(&Post) -> &Option<String>) -> bool {
        match unit.and_then(|unit| self.posts.get(&unit)).and_then(|named| post(named).as_deref()) {
            Some(named) => named == self.account,
            None => self.is(Role::Leader),
        }
    }
}

/// Whether the enterprise a case is about is the one that asks: it asked itself, or somebody asked on its
/// behalf. What is inspected is asked to put things right, whoever opened the inspection.
pub(crate) fn enterprise_asks(kind: &str, opened_as: Party) -> bool {
    match kind {
        "inspection" => true,
        "matter" | "approval" => matches!(opened_as, Party::Asker | Party::Officer | Party::Desk),
        _ => false,
    }
}

/// The parts in which an account stands in a case, none of which a page may add to. An account that may
/// not see the case stands in none; the caller has asked [`Standing`]'s scope before.
pub fn parties(standing: &Standing, case: &CaseRow, assisting: &[UnitId]) -> Vec<Party> {
    if standing.scope == Scope::Nothing {
        return Vec::new();
    }
    let mut parties = Vec::new();
    let mut add = |party: Party, holds: bool| {
        if holds {
            parties.push(party);
        }
    };
    add(Party::Asker, asks(standing, case));
    if standing.enterprise.is_some() {
        return parties;
    }
    add(Party::Officer, is_officer(standing, case));
    add(Party::Park, is_park(standing, case));
    let units = [case.subject_unit, case.unit, case.opener_unit];
    add(Party::Desk, units.iter().any(|unit| standing.covers(Role::Analyst, *unit)));
    let works_for = standing.works_for();
    add(Party::Lead, case.unit.is_some_and(|unit| works_for.contains(&unit)));
    add(Party::Assisting, assisting.iter().any(|unit| works_for.contains(unit)));
    add(Party::Superior, standing.holds(case.unit, |post| &post.superior));
    add(Party::Head, standing.holds(case.unit, |post| &post.head));
    add(Party::Supervisor, standing.is(Role::Leader) || standing.is(Role::Analyst));
    add(Party::Second, case.worker.as_deref() != Some(standing.account.as_str()));
    parties
}

fn asks(standing: &Standing, case: &CaseRow) -> bool {
    if standing.enterprise.is_some() {
        return case.asker.is_some_and(|asker| standing.family.contains(&asker));
    }
    if case.kind.key == "inspection" {
        return false;
    }
    // A park that called speaks with one voice: a colleague may confirm what another asked for.
    let colleague = case.opener_party == Party::Park
        && case
            .opener_unit
            .is_some_and(|unit| matches!(standing.reach(Role::Officer), Scope::Units(own) if own.contains(&unit)));
    case.opener == standing.account || colleague
}

fn is_officer(standing: &Standing, case: &CaseRow) -> bool {
    match &case.officer {
        Some(officer) => *officer == standing.account && standing.is(Role::Officer),
        // Nobody is assigned: whoever serves the place stands in, so that no case is without an owner.
        None => [case.subject_unit, case.unit, case.opener_unit]
            .iter()
            .any(|unit| unit.is_some() && standing.covers(Role::Officer, *unit)),
    }
}

fn is_park(standing: &Standing, case: &CaseRow) -> bool {
    let place = if case.subject.is_some() { case.subject_unit } else { case.opener_unit };
    place.is_some() && standing.covers(Role::Officer, place)
}

/// The parts in which an account may open a case about something in this unit.
pub(crate) fn opening_parties(standing: &Standing, subject_unit: Option<UnitId>, officer: Option<&str>) -> Vec<Party> {
    if standing.scope == Scope::Nothing {
        return Vec::new();
    }
    if standing.enterprise.is_some() {
        return vec![Party::Asker];
    }
    let mut parties = Vec::new();
    let serves = standing.is(Role::Officer);
    if serves && officer.is_none_or(|officer| officer == standing.account) {
        parties.push(Party::Officer);
    }
    if serves && subject_unit.is_none_or(|unit| standing.covers(Role::Officer, Some(unit))) {
        parties.push(Party::Park);
    }
    if standing.is(Role::Analyst) {
        parties.push(Party::Desk);
    }
    if serves || standing.is(Role::Clerk) {
        parties.push(Party::Lead);
    }
    if standing.is(Role::Leader) || standing.is(Role::Analyst) {
        parties.push(Party::Supervisor);
    }
    parties
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::Lang;
    use loops::by_key;
    use uuid::Uuid;

    use super::*;
    use crate::access::Person;
    use crate::cases::CaseId;

    const EAST: UnitId = UnitId(Uuid::from_u128(1));
    const WEST: UnitId = UnitId(Uuid::from_u128(2));
    const POWER: UnitId = UnitId(Uuid::from_u128(3));
    const ROADS: UnitId = UnitId(Uuid::from_u128(4));
    const FIRM: SubjectId = SubjectId(Uuid::from_u128(9));

    /// A matter of a firm in the east that its officer `li` opened, in charge of the power office.
    fn matter() -> CaseRow {
        let kind = by_key("matter").unwrap();
        CaseRow {
            id: CaseId(Uuid::nil()),
            kind,
            number: "SQ-2026-00001".into(),
            title: "停电".into(),
            topic: String::new(),
            place: String::new(),
            subject: Some(FIRM),
            subject_name: "甲公司".into(),
            subject_unit: Some(EAST),
            parent: None,
            opener: "li".into(),
            opener_party: Party::Officer,
            opener_unit: Some(EAST),
            asker: Some(FIRM),
            unit: Some(POWER),
            officer: Some("li".into()),
            worker: Some("wang".into()),
            state: kind.first(),
            private: false,
            shared: true,
            seq: 1,
            opened_at: Timestamp::UNIX_EPOCH,
            changed_at: Timestamp::UNIX_EPOCH,
            due_at: None,
            ended_at: None,
            late: false,
            uncounted: false,
            colour: String::new(),
            computed: String::new(),
            rating: None,
            reopened: 0,
            returned: 0,
        }
    }

    fn standing(
        name: &str,
        unit: UnitId,
        enterprise: Option<SubjectId>,
        held: &[(Role, Scope)],
        posts: Posts,
    ) -> Standing {
        let person = Person {
            account: Uuid::nil(),
            name: name.into(),
            display_name: name.into(),
            unit,
            enterprise,
            lang: Lang::Zh,
            must_change_password: false,
        };
        Standing::of(&Viewer::new(person, held.to_vec()), posts)
    }

    fn of_unit(name: &str, role: Role, unit: UnitId) -> Standing {
        standing(name, unit, None, &[(role, Scope::Units(vec![unit]))], Posts::new())
    }

    fn of_zone(name: &str, role: Role) -> Standing {
        standing(name, ROADS, None, &[(role, Scope::Zone)], Posts::new())
    }

    fn firm(id: SubjectId) -> Standing {
        standing("firm", EAST, Some(id), &[(Role::Enterprise, Scope::Subject(id))], Posts::new())
    }

    #[test]
    fn who_has_no_part_gets_none_whatever_a_page_asks() {
        let none: Vec<Party> = Vec::new();
        for administrator in [Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor] {
            let standing = standing("a", POWER, None, &[(administrator, Scope::Nothing)], Posts::new());
            assert_eq!(parties(&standing, &matter(), &[POWER]), none, "{administrator:?}");
        }
        assert_eq!(parties(&firm(SubjectId(Uuid::from_u128(8))), &matter(), &[]), none, "another firm");
        assert_eq!(parties(&standing("nobody", POWER, None, &[], Posts::new()), &matter(), &[]), none);
        // Other units' people are at most a second pair of eyes, and those who did the work not even that.
        assert_eq!(parties(&of_unit("zhao", Role::Clerk, ROADS), &matter(), &[]), [Party::Second]);
        assert_eq!(parties(&of_unit("zhao", Role::Officer, WEST), &matter(), &[]), [Party::Second]);
        assert_eq!(parties(&of_unit("wang", Role::Clerk, ROADS), &matter(), &[]), none);
    }

    #[test]
    fn each_role_has_its_own_parts() {
        let everybody: [(&str, Standing, &[Party]); 8] = [
            ("the firm asks", firm(FIRM), &[Party::Asker]),
            (
                "its officer opened it, serves it, and is of its park",
                of_unit("li", Role::Officer, EAST),
                &[Party::Asker, Party::Officer, Party::Park, Party::Second],
            ),
            ("a colleague of the park", of_unit("sun", Role::Officer, EAST), &[Party::Park, Party::Second]),
            ("the unit in charge, whose work it is", of_unit("wang", Role::Clerk, POWER), &[Party::Lead]),
            ("an assisting unit", of_unit("zhao", Role::Clerk, ROADS), &[Party::Assisting, Party::Second]),
            ("an analyst", of_zone("fan", Role::Analyst), &[Party::Desk, Party::Supervisor, Party::Second]),
            (
                "a leader, where nobody is named",
                of_zone("zhang", Role::Leader),
                &[Party::Superior, Party::Head, Party::Supervisor, Party::Second],
            ),
            (
                "a clerk of the whole zone does the work of the own unit only",
                of_zone("zhao", Role::Clerk),
                &[Party::Assisting, Party::Second],
            ),
        ];
        for (who, standing, expected) in everybody {
            assert_eq!(parties(&standing, &matter(), &[ROADS]), expected, "{who}");
        }
    }

    #[test]
    fn a_named_head_or_superior_stands_in_the_leaders_place() {
        let post = Post { head: Some("wang".into()), superior: Some("chen".into()) };
        let posts = Posts::from([(POWER, post)]);
        let with = |name: &str, role: Role, scope: Scope| {
            parties(&standing(name, POWER, None, &[(role, scope)], posts.clone()), &matter(), &[])
        };
        let own = || Scope::Units(vec![POWER]);
        assert_eq!(with("zhang", Role::Leader, Scope::Zone), [Party::Supervisor, Party::Second]);
        assert_eq!(with("wang", Role::Clerk, own()), [Party::Lead, Party::Head]);
        assert_eq!(with("chen", Role::Clerk, own()), [Party::Lead, Party::Superior, Party::Second]);
    }

    #[test]
    fn what_is_inspected_is_asked_and_the_inspector_is_not() {
        let inspection = CaseRow { kind: by_key("inspection").unwrap(), opener_party: Party::Lead, ..matter() };
        assert!(!parties(&of_unit("li", Role::Officer, EAST), &inspection, &[]).contains(&Party::Asker));
        assert_eq!(parties(&firm(FIRM), &inspection, &[]), [Party::Asker]);
        assert!(enterprise_asks("inspection", Party::Supervisor));
        assert!(!enterprise_asks("matter", Party::Park), "a whistle is the park's own");
        assert!(!enterprise_asks("task", Party::Supervisor));
    }

    #[test]
    fn without_an_officer_whoever_serves_the_place_stands_in() {
        let unserved = CaseRow { officer: None, opener: "sun".into(), ..matter() };
        assert!(parties(&of_unit("li", Role::Officer, EAST), &unserved, &[]).contains(&Party::Officer));
        assert!(!parties(&of_unit("zhao", Role::Officer, WEST), &unserved, &[]).contains(&Party::Officer));
        assert!(!parties(&of_unit("li", Role::Clerk, EAST), &unserved, &[]).contains(&Party::Officer));
        // A clerk with the officer's name is no officer.
        assert!(!parties(&of_unit("li", Role::Clerk, EAST), &matter(), &[]).contains(&Party::Officer));
    }
}
