//! The menu at the side: what this person can reach, in the order of a day's work.

use store::access::{Action, Viewer};

use crate::router::Need;

/// One entry of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The address; the entry is current for every page below it.
    pub path: &'static str,
    /// The icon's name.
    pub icon: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// What the page needs, the same as in the router's list.
    pub need: Need,
    /// Whether it is for those who work for the zone: an enterprise would always find it empty.
    pub within: bool,
}

/// A group of entries under one heading.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// In Chinese; empty for the first group.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// Its entries.
    pub entries: &'static [Entry],
}

/// An entry for a page that needs this action.
pub const fn entry(
    path: &'static str,
    icon: &'static str,
    zh: &'static str,
    en: &'static str,
    action: Action,
) -> Entry {
    Entry { path, icon, zh, en, need: Need::May(action), within: false }
}

/// An entry for those who work for the zone, which an enterprise would always find empty.
const fn within(path: &'static str, icon: &'static str, zh: &'static str, en: &'static str, action: Action) -> Entry {
    Entry { within: true, ..entry(path, icon, zh, en, action) }
}

/// Every section, in order.
pub const SECTIONS: &[Section] = &[
    Section {
        zh: "",
        en: "",
        entries: &[
            entry("/today", "home", "今日", "Today", Action::ReadCases),
            entry("/register/enterprise", "building-factory-2", "企业", "Enterprises", Action::ReadRegister),
            entry("/register/institution", "school", "机构", "Institutions", Action::ReadRegister),
            entry("/register/platform", "building-community", "平台", "Platforms", Action::ReadRegister),
            entry("/register/achievement", "bulb", "成果", "Achievements", Action::ReadRegister),
            entry("/register/equipment", "microscope", "设备", "Equipment", Action::ReadRegister),
            entry("/register/person", "users", "人才", "Talent", Action::ReadRegister),
        ],
    },
    Section {
        zh: "闭环",
        en: "Loops",
        entries: &[
            entry("/cases/matter", "message-report", "诉求", "Matters", Action::ReadCases),
            entry("/cases/visit", "map-pin", "走访", "Visits", Action::ReadCases),
            entry("/officers", "user-check", "首席服务员", "Service officers", Action::AssignOfficers),
            within("/cases/duty_report", "report", "日报", "Duty reports", Action::ReadCases),
            entry("/duties", "settings", "报送安排", "Who reports what", Action::ManageLoops),
            within("/cases/task", "checklist", "任务", "Tasks", Action::ReadCases),
            entry("/cases/approval", "rubber-stamp", "办件", "Approvals", Action::ReadCases),
            within("/cases/document", "file-description", "公文", "Documents", Action::ReadCases),
            entry("/cases/inspection", "shield-search", "执法检查", "Inspections", Action::ReadCases),
            within("/cases/assistance", "heart-handshake", "救助", "Assistance", Action::ReadCases),
        ],
    },
    Section {
        zh: "政策",
        en: "Policy",
        entries: &[
            entry("/cultivation", "certificate", "梯次培育", "The ladder", Action::ReadRegister),
            entry("/policies", "clipboard-list", "政策工作台", "Policy desk", Action::ReadPolicies),
        ],
    },
    Section {
        zh: "数据",
        en: "Data",
        entries: &[
            entry("/imports", "file-import", "导入", "Import", Action::Import),
            entry("/loads", "history", "导入批次", "Loads", Action::ReadRegister),
            entry("/conflicts", "arrows-diff", "来源不一", "Conflicts", Action::ReadRegister),
            entry("/duplicates", "git-merge", "重复与候选", "Duplicates", Action::Merge),
        ],
    },
    Section {
        zh: "管理",
        en: "Administration",
        entries: &[
            entry("/administration/accounts", "users", "账号与授权", "Accounts", Action::ReadAccounts),
            entry("/administration/posts", "user-check", "负责人和上级", "Heads and superiors", Action::Grant),
            entry("/administration/units", "sitemap", "单位", "Units", Action::ManageUnits),
            entry("/administration/jobs", "activity", "任务与备份", "Jobs and backups", Action::ManageJobs),
            entry("/administration/settings", "settings", "设置", "Settings", Action::ManageSettings),
            entry("/administration/webhooks", "bell", "提醒推送", "Where notices go", Action::ManageSettings),
            entry("/log", "list-search", "审计日志", "Audit log", Action::ReadLog),
        ],
    },
    Section {
        zh: "程序",
        en: "Programs",
        entries: &[Entry { path: "/api", icon: "code", zh: "接口", en: "API", need: Need::Account, within: false }],
    },
];

/// The sections this person has something in.
pub fn of(viewer: &Viewer) -> Vec<(&'static Section, Vec<&'static Entry>)> {
    SECTIONS
        .iter()
        .map(|section| (section, section.entries.iter().filter(|entry| shown(viewer, entry)).collect::<Vec<_>>()))
        .filter(|(_, entries)| !entries.is_empty())
        .collect()
}

/// The page a person starts at: the first of the menu that their roles open, which is Today for all who
/// work with cases, or their own account.
pub fn first_page(viewer: &Viewer) -> String {
    let mut entries = of(viewer).into_iter().flat_map(|(_, entries)| entries);
    entries.find(|entry| entry.need != Need::Account).map_or("/account", |entry| entry.path).to_owned()
}

fn shown(viewer: &Viewer, entry: &Entry) -> bool {
    may(viewer, entry.need) && !(entry.within && viewer.enterprise.is_some())
}

/// Whether a person has what is needed.
pub fn may(viewer: &Viewer, need: Need) -> bool {
    match need {
        Need::Nothing | Need::Account => true,
        Need::May(action) => viewer.can(action),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a route's address, with its named parts, fits a page's.
    fn answers(route: &str, page: &str) -> bool {
        let (route, page): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), page.split('/').collect());
        route.len() == page.len() && route.iter().zip(&page).all(|(part, here)| part == here || part.starts_with('{'))
    }

    #[test]
    fn every_entry_leads_to_a_page_that_needs_the_same() {
        let routes = crate::router::routes();
        for entry in SECTIONS.iter().flat_map(|section| section.entries) {
            let route = routes
                .iter()
                .find(|route| answers(route.path, entry.path) && route.method == axum::http::Method::GET)
                .unwrap_or_else(|| panic!("the menu leads to {}, which no route answers", entry.path));
            assert_eq!(route.need, entry.need, "{}", entry.path);
        }
    }
}
