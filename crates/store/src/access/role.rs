//! The roles an account can hold, and which of them exclude each other.

use kernel::Lang;
use serde::{Deserialize, Serialize};

/// What an account is in the zone. A role is granted together with a unit: the rows it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 领导: reads the whole register.
    Leader,
    /// 分析员: keeps the register.
    Analyst,
    /// 服务专员: looks after the enterprises of its units.
    Officer,
    /// 经办人: brings in the sheets of its units.
    Clerk,
    /// 企业: its own subject and nothing else.
    Enterprise,
    /// 系统管理员: units, settings, jobs, backups, accounts without powers.
    SystemAdmin,
    /// 安全管理员: grants, locks and unlocks.
    SecurityAdmin,
    /// 审计员: reads the log.
    Auditor,
}

impl Role {
    /// Every role, in the order of the menus.
    pub const ALL: &'static [Role] = &[
        Role::Leader,
        Role::Analyst,
        Role::Officer,
        Role::Clerk,
        Role::Enterprise,
        Role::SystemAdmin,
        Role::SecurityAdmin,
        Role::Auditor,
    ];

    /// The name in tables, addresses and the command line.
    pub fn key(self) -> &'static str {
        match self {
            Role::Leader => "leader",
            Role::Analyst => "analyst",
            Role::Officer => "officer",
            Role::Clerk => "clerk",
            Role::Enterprise => "enterprise",
            Role::SystemAdmin => "system_admin",
            Role::SecurityAdmin => "security_admin",
            Role::Auditor => "auditor",
        }
    }

    /// The role with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.key() == key)
    }

    /// The name in the interface.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Role::Leader => lang.pick("领导", "Leader"),
            Role::Analyst => lang.pick("分析员", "Analyst"),
            Role::Officer => lang.pick("服务专员", "Service officer"),
            Role::Clerk => lang.pick("经办人", "Clerk"),
            Role::Enterprise => lang.pick("企业", "Enterprise"),
            Role::SystemAdmin => lang.pick("系统管理员", "System administrator"),
            Role::SecurityAdmin => lang.pick("安全管理员", "Security administrator"),
            Role::Auditor => lang.pick("审计员", "Auditor"),
        }
    }

    /// Whether this is one of the three administrators (三员), who see no register data.
    pub fn is_administrator(self) -> bool {
        matches!(self, Role::SystemAdmin | Role::SecurityAdmin | Role::Auditor)
    }

    /// Whether an account that holds this role can hold no other: the three administrators
    /// check one another, and an enterprise's account is bound to its enterprise.
    pub fn stands_alone(self) -> bool {
        self.is_administrator() || self == Role::Enterprise
    }

    /// Whether one account may hold both roles.
    pub fn goes_with(self, other: Role) -> bool {
        self == other || !(self.stands_alone() || other.stands_alone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_can_hold_no_other_role() {
        for &administrator in &[Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor] {
            for &other in Role::ALL {
                assert_eq!(administrator.goes_with(other), administrator == other, "{administrator:?} {other:?}");
                assert_eq!(other.goes_with(administrator), administrator == other, "{other:?} {administrator:?}");
            }
        }
    }

    #[test]
    fn an_enterprise_is_nothing_else() {
        assert!(!Role::Enterprise.goes_with(Role::Officer));
        assert!(Role::Officer.goes_with(Role::Analyst));
    }

    #[test]
    fn every_role_is_found_by_its_own_name() {
        for &role in Role::ALL {
            assert_eq!(Role::from_key(role.key()), Some(role));
        }
        assert_eq!(Role::from_key("root"), None);
    }
}
