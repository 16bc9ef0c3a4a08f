//! The zone's bureaus, parks and the people who sign in.

use crate::enterprise::Enterprise;

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// The zone itself, above all others.
    Zone,
    /// A bureau (局, 办, 分局).
    Bureau,
    /// A park (园).
    Park,
}

/// One unit of the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleUnit {
    /// Its short id.
    pub id: &'static str,
    /// Its name in Chinese and English.
    pub name: (&'static str, &'static str),
    /// What it is.
    pub kind: UnitKind,
    /// The unit above it; none above the zone.
    pub parent: Option<&'static str>,
}

/// An account that `demo` makes, with its password: for show, on the machine's own address only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleAccount {
    /// The name one signs in with.
    pub name: &'static str,
    /// The password.
    pub password: &'static str,
    /// The role's key: `leader`, `analyst`, `officer`, `clerk`, `enterprise`, `system_admin`,
    /// `security_admin`, `auditor`.
    pub role: &'static str,
    /// The person's invented name, Chinese and English.
    pub person: (&'static str, &'static str),
    /// The unit whose rows the account sees.
    pub unit: Option<&'static str>,
    /// The credit code of the enterprise the account is bound to.
    pub enterprise: Option<String>,
}

/// The id and name of every park, with the divisions of industry that settle there.
pub(crate) const PARKS: [(&str, &str, &str); 7] = [
    ("equipment-park", "装备园", "Equipment Park"),
    ("nylon-park", "尼龙园", "Nylon Park"),
    ("port-park", "临港园", "Port Park"),
    ("electric-park", "电气装备产业园区", "Electrical Equipment Park"),
    ("software-park", "信创园", "Software Park"),
    ("bio-park", "生物医药园", "Biomedical Park"),
    ("start-park", "创业园", "Start-up Park"),
];

/// The parks by the short ids of their units.
pub fn parks() -> impl Iterator<Item = &'static str> {
    PARKS.iter().map(|park| park.0)
}

/// The password of every sample account: for show, on the machine's own address only.
const PASSWORD: &str = "xianshou-demo-2026";

const BUREAUS: [(&str, &str, &str); 9] = [
    ("science", "科技局", "Science Bureau"),
    ("economy", "经发局", "Economic Development Bureau"),
    ("statistics", "统计办", "Statistics Office"),
    ("people", "人社局", "Human Resources Bureau"),
    ("construction", "建设局", "Construction Bureau"),
    ("finance", "财政局", "Finance Bureau"),
    ("tax", "税务局", "Tax Bureau"),
    ("market", "市场监管局", "Market Regulation Bureau"),
    ("service", "企业服务中心", "Enterprise Service Centre"),
];

/// Every unit, the zone first.
pub(crate) fn units() -> Vec<SampleUnit> {
    let zone = SampleUnit {
        id: "zone",
        name: ("样例高新区管委会", "Administration of the Sample Zone"),
        kind: UnitKind::Zone,
        parent: None,
    };
    let under = |kind: UnitKind| {
        move |&(id, zh, en): &(&'static str, &'static str, &'static str)| SampleUnit {
            id,
            name: (zh, en),
            kind,
            parent: Some("zone"),
        }
    };
    std::iter::once(zone)
        .chain(BUREAUS.iter().map(under(UnitKind::Bureau)))
        .chain(PARKS.iter().map(under(UnitKind::Park)))
        .collect()
}

/// One account for each role, as the sample zone has them. The officer belongs to 装备园 and the enterprise account to the
/// largest enterprise there, so that the two see the same page from two sides.
pub(crate) fn accounts(enterprises: &[Enterprise]) -> Vec<SampleAccount> {
    let own = enterprises
        .iter()
        .filter(|one| one.park == 0)
        .max_by_key(|one| one.figures.last().map_or(0, |year| year.staff))
        .map(|one| one.code.clone());
    let account =
        |name, role, person, unit| SampleAccount { name, password: PASSWORD, role, person, unit, enterprise: None };
    vec![
        account("leader", "leader", ("样例领导", "Sample leader"), Some("zone")),
        account("analyst", "analyst", ("样例分析员", "Sample analyst"), Some("statistics")),
        account("officer", "officer", ("样例服务专员", "Sample officer"), Some("equipment-park")),
        account("clerk", "clerk", ("样例经办人", "Sample clerk"), Some("nylon-park")),
        SampleAccount {
            enterprise: own,
            ..account("enterprise", "enterprise", ("样例企业用户", "Sample enterprise user"), None)
        },
        account("system", "system_admin", ("样例系统管理员", "Sample system administrator"), None),
        account("security", "security_admin", ("样例安全管理员", "Sample security administrator"), None),
        account("auditor", "auditor", ("样例审计员", "Sample auditor"), None),
    ]
}

/// The officers of the parks that the account `officer` does not serve, and a clerk of every bureau that
/// handles cases, each named after the bureau.
pub(crate) fn colleagues() -> Vec<SampleAccount> {
    let officer = |(account, park): (&'static str, &(&'static str, &'static str, &'static str))| SampleAccount {
        name: account,
        password: PASSWORD,
        role: "officer",
        person: ("样例服务专员", "Sample officer"),
        unit: Some(park.0),
        enterprise: None,
    };
    const CLERKS: [&str; 8] = ["science", "economy", "people", "construction", "finance", "tax", "market", "service"];
    let clerk = |unit: &'static str| SampleAccount {
        name: unit,
        password: PASSWORD,
        role: "clerk",
        person: ("样例经办人", "Sample clerk"),
        unit: Some(unit),
        enterprise: None,
    };
    let officers = crate::cases::OFFICERS.into_iter().zip(&PARKS).skip(1).map(officer);
    officers.chain(CLERKS.into_iter().map(clerk)).collect()
}
