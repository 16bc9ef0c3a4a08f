//! Who may do what: the one table. What it does not name is refused.

use crate::access::Role::{self, Analyst, Auditor, Clerk, Enterprise, Leader, Officer, SecurityAdmin, SystemAdmin};

/// Something a person can do. Which rows it may be done to is the scope of the grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See subjects, their facts, their history and their sources.
    ReadRegister,
    /// See fields and subjects marked as personal data; each look is recorded.
    ReadPersonal,
    /// Take a list away as a workbook.
    Export,
    /// Bring in a sheet.
    Import,
    /// Undo a whole load.
    UndoLoad,
    /// Settle what sources disagree on.
    Settle,
    /// Join duplicate subjects, and part them again.
    Merge,
    /// Put one value right by hand, with a reason.
    Correct,
    /// Declare figures about oneself, where the catalogue lets an enterprise do so.
    Declare,
    /// Show a saved view to everybody.
    ShareView,
    /// See the policies, their cases and what they do to the register.
    ReadPolicies,
    /// See drafts of policies.
    ReadPolicyDrafts,
    /// Draft a policy text.
    DraftPolicy,
    /// Put a draft of somebody else in force; choose the zone's place and settings.
    PublishPolicy,
    /// See the cases of one's rows: matters, visits, tasks and the others.
    ReadCases,
    /// Open a case.
    OpenCases,
    /// Take a step in a case; which steps, the case says.
    ActOnCases,
    /// Assign service officers.
    AssignOfficers,
    /// Move the cases of a unit that was split or merged.
    MoveCases,
    /// Set what the zone decides about its loops, such as routes and cadences, and a colour against the rule.
    ManageLoops,
    /// Create, rename, move and retire units.
    ManageUnits,
    /// Create accounts, which begin without powers, and retire them.
    ManageAccounts,
    /// Change the settings of the zone.
    ManageSettings,
    /// See every job and stop one.
    ManageJobs,
    /// Make a backup.
    Backup,
    /// Grant and take back roles.
    Grant,
    /// Lock and unlock accounts, reset passwords, end others' sessions.
    LockAccounts,
    /// See the list of accounts and units.
    ReadAccounts,
    /// Read the audit log.
    ReadLog,
    /// Verify the chains.
    Verify,
}

impl Action {
    /// Every action, in the order of the table.
    pub const ALL: &'static [Action] = &[
        Action::ReadRegister,
        Action::ReadPersonal,
        Action::Export,
        Action::Import,
        Action::UndoLoad,
        Action::Settle,
        Action::Merge,
        Action::Correct,
        Action::Declare,
        Action::ShareView,
        Action::ReadPolicies,
        Action::ReadPolicyDrafts,
        Action::DraftPolicy,
        Action::PublishPolicy,
        Action::ReadCases,
        Action::OpenCases,
        Action::ActOnCases,
        Action::AssignOfficers,
        Action::MoveCases,
        Action::ManageLoops,
        Action::ManageUnits,
        Action::ManageAccounts,
        Action::ManageSettings,
        Action::ManageJobs,
        Action::Backup,
        Action::Grant,
        Action::LockAccounts,
        Action::ReadAccounts,
        Action::ReadLog,
        Action::Verify,
    ];

    /// The roles that may do it.
    #[rustfmt::skip]
    pub fn roles(self) -> &'static [Role] {
        match self {
            // The register: never the three administrators.
            Action::ReadRegister   => &[Leader, Analyst, Officer, Clerk, Enterprise],
            Action::ReadPersonal   => &[        Analyst, Officer,        Enterprise],
            Action::Export         => &[Leader, Analyst, Officer, Clerk, Enterprise],
            Action::Import         => &[        Analyst, Officer, Clerk            ],
            Action::UndoLoad       => &[        Analyst                            ],
            Action::Settle         => &[        Analyst                            ],
            Action::Merge          => &[        Analyst                            ],
            Action::Correct        => &[        Analyst, Officer, Clerk            ],
            Action::Declare        => &[                                 Enterprise],
            Action::ShareView      => &[        Analyst                            ],
            Action::ReadPolicies   => &[Leader, Analyst, Officer, Clerk            ],
            Action::ReadPolicyDrafts => &[Leader, Analyst                          ],
            Action::DraftPolicy    => &[        Analyst                            ],
            Action::PublishPolicy  => &[Leader                                     ],
            // Cases: never the three administrators either.
            Action::ReadCases      => &[Leader, Analyst, Officer, Clerk, Enterprise],
            Action::OpenCases      => &[Leader, Analyst, Officer, Clerk, Enterprise],
            Action::ActOnCases     => &[Leader, Analyst, Officer, Clerk, Enterprise],
            Action::AssignOfficers => &[Leader, Analyst                            ],
            Action::MoveCases      => &[Leader, Analyst                            ],
            Action::ManageLoops    => &[Leader, Analyst                            ],
            // The house: one administrator each, nobody else.
            Action::ManageUnits    => &[SystemAdmin                                ],
            Action::ManageAccounts => &[SystemAdmin                                ],
            Action::ManageSettings => &[SystemAdmin                                ],
            Action::ManageJobs     => &[SystemAdmin                                ],
            Action::Backup         => &[SystemAdmin                                ],
            Action::Grant          => &[             SecurityAdmin                 ],
            Action::LockAccounts   => &[             SecurityAdmin                 ],
            Action::ReadAccounts   => &[SystemAdmin, SecurityAdmin                 ],
            Action::ReadLog        => &[                            Auditor        ],
            Action::Verify         => &[                            Auditor        ],
        }
    }

    /// Whether somebody with these roles may do it.
    pub fn allowed(self, roles: &[Role]) -> bool {
        self.roles().iter().any(|role| roles.contains(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_without_a_role_may_do_nothing() {
        for &action in Action::ALL {
            assert!(!action.allowed(&[]), "{action:?}");
        }
    }

    #[test]
    fn the_three_administrators_see_no_register_data_and_share_no_work() {
        let register = &Action::ALL[..20];
        assert_eq!(register.last(), Some(&Action::ManageLoops));
        for administrator in [SystemAdmin, SecurityAdmin, Auditor] {
            for action in register {
                assert!(!action.allowed(&[administrator]), "{administrator:?} {action:?}");
            }
        }
        for action in &Action::ALL[20..] {
            let holders =
                [SystemAdmin, SecurityAdmin, Auditor].into_iter().filter(|&role| action.allowed(&[role])).count();
            let expected = if *action == Action::ReadAccounts { 2 } else { 1 };
            assert_eq!(holders, expected, "{action:?}");
            assert!(!action.allowed(&[Leader, Analyst, Officer, Clerk, Enterprise]), "{action:?}");
        }
    }

    #[test]
    fn each_role_does_its_own_work_and_no_more() {
        let cases: &[(Role, &[Action])] = &[
            (
                Leader,
                &[
                    Action::ReadRegister,
                    Action::Export,
                    Action::ReadPolicies,
                    Action::ReadPolicyDrafts,
                    Action::PublishPolicy,
                    Action::ReadCases,
                    Action::OpenCases,
                    Action::ActOnCases,
                    Action::AssignOfficers,
                    Action::MoveCases,
                    Action::ManageLoops,
                ],
            ),
            (
                Clerk,
                &[
                    Action::ReadRegister,
                    Action::Export,
                    Action::Import,
                    Action::Correct,
                    Action::ReadPolicies,
                    Action::ReadCases,
                    Action::OpenCases,
                    Action::ActOnCases,
                ],
            ),
            (
                Enterprise,
                &[
                    Action::ReadRegister,
                    Action::ReadPersonal,
                    Action::Export,
                    Action::Declare,
                    Action::ReadCases,
                    Action::OpenCases,
                    Action::ActOnCases,
                ],
            ),
            (Auditor, &[Action::ReadLog, Action::Verify]),
            (SecurityAdmin, &[Action::Grant, Action::LockAccounts, Action::ReadAccounts]),
        ];
        for (role, expected) in cases {
            let allowed: Vec<Action> = Action::ALL.iter().copied().filter(|action| action.allowed(&[*role])).collect();
            assert_eq!(&allowed, expected, "{role:?}");
        }
    }

    #[test]
    fn the_list_of_actions_is_complete() {
        let mut seen = std::collections::HashSet::new();
        assert!(Action::ALL.iter().all(|action| seen.insert(*action)));
        assert!(Action::ALL.iter().all(|action| !action.roles().is_empty()));
    }
}
