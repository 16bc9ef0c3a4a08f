//! The person who looks: what their grants let them do, and to which rows.

use kernel::{Lang, SubjectId};
use uuid::Uuid;

use crate::StoreError;
use crate::access::{Action, Role, Scope, UnitId};

/// A person signed in, with the powers of this moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    /// The account's id.
    pub account: Uuid,
    /// The account's name, as events record it.
    pub name: String,
    /// The person's name.
    pub display_name: String,
    /// The unit the person belongs to.
    pub unit: UnitId,
    /// The enterprise the account is bound to.
    pub enterprise: Option<SubjectId>,
    /// The roles held, each once.
    pub roles: Vec<Role>,
    /// The rows of the register this person can see.
    pub scope: Scope,
    /// Whether the roles include one that needs personal data.
    pub personal: bool,
    /// The language of the interface.
    pub lang: Lang,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    held: Vec<(Role, Scope)>,
    /// The last event of the log when this was read; units and powers change with an event only. None where that
    /// was not asked.
    pub(super) event: Option<i64>,
}

/// What an account is, before its powers are worked out.
pub(crate) struct Person {
    pub account: Uuid,
    pub name: String,
    pub display_name: String,
    pub unit: UnitId,
    pub enterprise: Option<SubjectId>,
    pub lang: Lang,
    pub must_change_password: bool,
}

impl Viewer {
    /// A person with these roles, each reaching these rows.
    pub(crate) fn new(person: Person, held: Vec<(Role, Scope)>) -> Self {
        let mut roles: Vec<Role> = held.iter().map(|(role, _)| *role).collect();
        roles.sort();
        roles.dedup();
        let scope = reach(&held, Action::ReadRegister);
        let personal = Action::ReadPersonal.allowed(&roles);
        Self {
            account: person.account,
            name: person.name,
            display_name: person.display_name,
            unit: person.unit,
            enterprise: person.enterprise,
            roles,
            scope,
            personal,
            lang: person.lang,
            must_change_password: person.must_change_password,
            held,
            event: None,
        }
    }

    /// Whether the person may do it at all; [`Viewer::scope_for`] says to which rows.
    pub fn can(&self, action: Action) -> bool {
        action.allowed(&self.roles)
    }

    /// The rows the person may do it to: an officer of one park who is analyst of another
    /// settles only in the second.
    pub fn scope_for(&self, action: Action) -> Scope {
        reach(&self.held, action)
    }

    /// The rows the person holds a role over.
    pub fn scope_as(&self, role: Role) -> Scope {
        let held = self.held.iter().filter(|(held, _)| *held == role);
        held.fold(Scope::Nothing, |all, (_, scope)| union(all, scope.clone()))
    }

    /// Refuses what the person may not do.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`].
    pub fn require(&self, action: Action) -> Result<(), StoreError> {
        if self.can(action) { Ok(()) } else { Err(StoreError::Forbidden) }
    }
}

/// The union of the rows of every grant that allows the action.
fn reach(held: &[(Role, Scope)], action: Action) -> Scope {
    held.iter()
        .filter(|(role, _)| action.allowed(&[*role]))
        .fold(Scope::Nothing, |all, (_, scope)| union(all, scope.clone()))
}

/// The rows of either. A subject and units never meet: the enterprise role stands alone.
fn union(one: Scope, other: Scope) -> Scope {
    match (one, other) {
        (Scope::Zone, _) | (_, Scope::Zone) => Scope::Zone,
        (Scope::Nothing, scope) | (scope, Scope::Nothing) => scope,
        (Scope::Units(mut units), Scope::Units(more)) => {
            units.extend(more);
            units.sort();
            units.dedup();
            Scope::Units(units)
        }
        (scope, _) => scope,
    }
}

/// Who changes units, accounts and powers.
#[derive(Debug, Clone, Copy)]
pub enum Hand<'a> {
    /// A person signed in, held to the table of [`Action`].
    Viewer(&'a Viewer),
    /// Whoever commands the machine itself: the command line, which makes the first accounts.
    Console,
}

impl Hand<'_> {
    /// The name under which events record it. No account can be called so: it has brackets.
    pub fn name(&self) -> &str {
        match self {
            Hand::Viewer(viewer) => &viewer.name,
            Hand::Console => "(console)",
        }
    }

    /// The account, where there is one.
    pub(crate) fn account(&self) -> Option<Uuid> {
        match self {
            Hand::Viewer(viewer) => Some(viewer.account),
            Hand::Console => None,
        }
    }

    pub(crate) fn require(&self, action: Action) -> Result<(), StoreError> {
        match self {
            Hand::Viewer(viewer) => viewer.require(action),
            Hand::Console => Ok(()),
        }
    }
}
