//! What the rules of access refuse, said in the words of the person who is refused.

use kernel::Lang;

use crate::StoreError;
use crate::access::Role;

/// Why an act on units, accounts, grants, sessions or tokens was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    /// There is no such thing, or it lies outside the person's rows.
    NotFound(Thing, String),
    /// The name is taken already.
    Taken(Thing, String),
    /// A name that cannot be used.
    BadName(Thing, String),
    /// A unit that still has units or accounts below it cannot be retired.
    UnitInUse(String),
    /// A unit cannot be moved below itself.
    UnitBelowItself(String),
    /// The unit at the top can be neither moved nor retired.
    TopUnit,
    /// Both roles cannot be held by one account.
    Apart(Role, Role),
    /// Nobody changes the powers of their own account.
    OwnPowers,
    /// The zone would have no security administrator left.
    LastSecurityAdmin,
    /// An account bound to an enterprise can hold only the enterprise role, and no other can.
    Bound(Role),
    /// The account is retired.
    Retired(String),
}

/// What a [`Rule`] speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    /// A unit of the zone.
    Unit,
    /// A person's account.
    Account,
    /// A role granted to an account.
    Grant,
    /// A session.
    Session,
    /// A personal token.
    Token,
    /// A kept file.
    File,
    /// A saved view.
    SavedView,
}

impl Thing {
    /// The word in the interface.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Thing::Unit => lang.pick("单位", "unit"),
            Thing::Account => lang.pick("账号", "account"),
            Thing::Grant => lang.pick("授权", "grant"),
            Thing::Session => lang.pick("登录会话", "session"),
            Thing::Token => lang.pick("个人令牌", "personal token"),
            Thing::File => lang.pick("文件", "file"),
            Thing::SavedView => lang.pick("已存视图", "saved view"),
        }
    }
}

impl From<Rule> for StoreError {
    fn from(rule: Rule) -> Self {
        StoreError::refused(rule.zh(), rule.en())
    }
}

/// The name without outer spaces, where it can be used for such a thing.
pub(crate) fn named(thing: Thing, name: &str) -> Result<String, StoreError> {
    let trimmed = name.trim();
    let long = trimmed.chars().count();
    let bad = |c: char| c.is_control() || (thing == Thing::Account && (c.is_whitespace() || "/\\()".contains(c)));
    if long == 0 || long > 64 || trimmed.contains(bad) {
        return Err(Rule::BadName(thing, name.chars().filter(|c| !c.is_control()).take(80).collect()).into());
    }
    Ok(trimmed.to_owned())
}

impl Rule {
    fn zh(&self) -> String {
        match self {
            Rule::NotFound(thing, name) => format!("没有找到{}“{name}”。请返回列表重新选择。", thing.name(Lang::Zh)),
            Rule::Taken(thing, name) => format!("{}“{name}”已经存在，请换一个名称。", thing.name(Lang::Zh)),
            Rule::BadName(thing, name) => format!(
                "“{name}”不能作为{}名称：应为 1 至 64 个字符，不含控制字符；账号名还须不含空格和斜杠。",
                thing.name(Lang::Zh)
            ),
            Rule::UnitInUse(name) => {
                format!("单位“{name}”下还有单位、账号、台账记录或在办事项，不能停用。请先把它们移到别的单位。")
            }
            Rule::UnitBelowItself(name) => format!("单位“{name}”不能移到它自己或它的下级之下。请选择别的上级。"),
            Rule::TopUnit => "最上级单位不能移动，也不能停用。".to_owned(),
            Rule::Apart(held, wanted) => format!(
                "“{}”与“{}”不能由同一账号担任。请另建账号，或先收回原有角色。",
                held.name(Lang::Zh),
                wanted.name(Lang::Zh)
            ),
            Rule::OwnPowers => "不能改变自己账号的权限。请由另一位安全管理员办理。".to_owned(),
            Rule::LastSecurityAdmin => {
                "这是最后一位可用的安全管理员，不能收回、锁定或停用。请先授权另一位安全管理员。".to_owned()
            }
            Rule::Bound(Role::Enterprise) => {
                "企业角色只能授予绑定了企业的账号。请由系统管理员新建绑定企业的账号。".to_owned()
            }
            Rule::Bound(role) => {
                format!("绑定了企业的账号只能担任“企业”，不能担任“{}”。", role.name(Lang::Zh))
            }
            Rule::Retired(name) => format!("账号“{name}”已停用。请另建账号。"),
        }
    }

    fn en(&self) -> String {
        match self {
            Rule::NotFound(thing, name) => {
                format!("There is no {} “{name}”. Go back to the list and choose again.", thing.name(Lang::En))
            }
            Rule::Taken(thing, name) => {
                format!("The {} “{name}” exists already; choose another name.", thing.name(Lang::En))
            }
            Rule::BadName(thing, name) => format!(
                "“{name}” cannot name a {}: it takes 1 to 64 characters without control characters, and in an account name no space or slash.",
                thing.name(Lang::En)
            ),
            Rule::UnitInUse(name) => format!(
                "The unit “{name}” still has units, accounts, register rows or open cases and cannot be retired. Move them to another unit first."
            ),
            Rule::UnitBelowItself(name) => {
                format!("The unit “{name}” cannot be moved below itself. Choose another parent.")
            }
            Rule::TopUnit => "The unit at the top can be neither moved nor retired.".to_owned(),
            Rule::Apart(held, wanted) => format!(
                "One account cannot be both “{}” and “{}”. Use another account, or take the first role back.",
                held.name(Lang::En),
                wanted.name(Lang::En)
            ),
            Rule::OwnPowers => {
                "Nobody changes the powers of their own account. Ask another security administrator.".to_owned()
            }
            Rule::LastSecurityAdmin => {
                "This is the last usable security administrator and cannot be removed, locked or retired. Grant the role to another account first.".to_owned()
            }
            Rule::Bound(Role::Enterprise) => {
                "The enterprise role goes only to an account bound to an enterprise. Ask a system administrator to create one.".to_owned()
            }
            Rule::Bound(role) => {
                format!("An account bound to an enterprise can only be “Enterprise”, not “{}”.", role.name(Lang::En))
            }
            Rule::Retired(name) => format!("The account “{name}” is retired. Create another."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_names_what_it_refuses() {
        let cases = [
            (Rule::Taken(Thing::Unit, "东区".to_owned()), "东区", "东区"),
            (Rule::Apart(Role::Auditor, Role::Analyst), "审计员", "Auditor"),
            (Rule::Bound(Role::Officer), "服务专员", "Service officer"),
            (Rule::LastSecurityAdmin, "最后一位", "last usable"),
        ];
        for (rule, zh, en) in cases {
            assert!(rule.zh().contains(zh), "{rule:?}");
            assert!(rule.en().contains(en), "{rule:?}");
        }
    }
}
