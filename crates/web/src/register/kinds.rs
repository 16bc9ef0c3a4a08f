//! The kinds of subject that have a list of their own, and what their lists show first.

use kernel::{Lang, SubjectKind};

/// How one kind of subject is listed.
#[derive(Debug)]
pub struct Listed {
    /// The kind.
    pub kind: SubjectKind,
    /// Its icon.
    pub icon: &'static str,
    /// Where its list is.
    pub path: &'static str,
    /// The columns shown until a reader chooses others, the most telling first: a phone shows
    /// the first few as a card.
    pub columns: &'static [&'static str],
    /// The column that stands for its level, and that for its category, where lists filter by them.
    pub level: Option<&'static str>,
    /// See `level`.
    pub category: Option<&'static str>,
    /// Whether it holds titles, has an industry and reports figures.
    pub reports: bool,
}

/// Every listed kind, in the order of the menu.
pub const LISTED: &[Listed] = &[
    Listed {
        kind: SubjectKind::Enterprise,
        icon: "building-factory-2",
        path: "/register/enterprise",
        columns: &[
            "uscc",
            "@titles",
            "operating_revenue",
            "rd_expense",
            "year_end_employees",
            "industry_code",
            "@unit",
            "registration_date",
            "@conflicts",
        ],
        level: Some("size_class"),
        category: Some("legal_form"),
        reports: true,
    },
    Listed {
        kind: SubjectKind::Institution,
        icon: "school",
        path: "/register/institution",
        columns: &["uscc", "institution_type", "education_level", "authority", "city", "@unit", "@conflicts"],
        level: Some("education_level"),
        category: Some("institution_type"),
        reports: false,
    },
    Listed {
        kind: SubjectKind::Platform,
        icon: "building-community",
        path: "/register/platform",
        columns: &[
            "platform_type",
            "platform_level",
            "owner_name",
            "valid_to",
            "platform_field",
            "@unit",
            "@conflicts",
        ],
        level: Some("platform_level"),
        category: Some("platform_type"),
        reports: false,
    },
    Listed {
        kind: SubjectKind::Achievement,
        icon: "bulb",
        path: "/register/achievement",
        columns: &[
            "platform_field",
            "achievement_maturity",
            "owner_name",
            "achievement_price",
            "achievement_date",
            "@unit",
        ],
        level: Some("achievement_maturity"),
        category: Some("platform_field"),
        reports: false,
    },
    Listed {
        kind: SubjectKind::Equipment,
        icon: "microscope",
        path: "/register/equipment",
        columns: &["equipment_model", "owner_name", "equipment_value", "equipment_shared", "equipment_price", "@unit"],
        level: None,
        category: Some("platform_field"),
        reports: false,
    },
    Listed {
        kind: SubjectKind::Person,
        icon: "users",
        path: "/register/person",
        columns: &["person_level", "person_title", "owner_name", "platform_field", "person_programme", "@unit"],
        level: Some("person_level"),
        category: Some("platform_field"),
        reports: false,
    },
];

/// The listed kind of this name in addresses.
pub fn listed(key: &str) -> Option<&'static Listed> {
    LISTED.iter().find(|listed| listed.kind.key() == key)
}

/// How a kind is listed.
pub fn of(kind: SubjectKind) -> Option<&'static Listed> {
    LISTED.iter().find(|listed| listed.kind == kind)
}

impl Listed {
    /// The kind's name.
    pub fn name(&self, lang: Lang) -> &'static str {
        lang.pick(self.kind.zh(), self.kind.en())
    }

    /// The title of its list.
    pub fn title(&self, lang: Lang) -> &'static str {
        match (self.kind, lang) {
            (kind, Lang::Zh) => kind.zh(),
            (SubjectKind::Enterprise, _) => "Enterprises",
            (SubjectKind::Institution, _) => "Institutions",
            (SubjectKind::Platform, _) => "Platforms",
            (SubjectKind::Achievement, _) => "Achievements",
            (SubjectKind::Person, _) => "Talent",
            (kind, _) => kind.en(),
        }
    }

    /// The word with which the kind is counted: 家 for enterprises, 个 for platforms.
    pub fn counter(&self) -> &'static str {
        match self.kind {
            SubjectKind::Enterprise | SubjectKind::Institution => "家",
            SubjectKind::Person => "人",
            SubjectKind::Achievement => "项",
            SubjectKind::Equipment => "台（套）",
            _ => "个",
        }
    }
}

/// The kinds of record an enterprise page shows, with the fields of each table.
pub const RECORDS: &[(SubjectKind, &[&str])] = &[
    (SubjectKind::Title, &["qualification_code", "cert_no", "valid_from", "valid_to", "issuer", "title_level"]),
    (SubjectKind::IntellectualProperty, &["ip_name", "ip_type", "ip_class", "ip_id", "ip_grant_date", "ip_status"]),
    (
        SubjectKind::Financing,
        &["financing_round", "equity_financing_paid_in", "round_date", "post_money_valuation", "investors"],
    ),
    (
        SubjectKind::Contract,
        &[
            "contract_name",
            "tech_contract_type",
            "contract_amount",
            "technical_amount",
            "registered_no",
            "registered_date",
        ],
    ),
    (SubjectKind::Award, &["award_name", "award_level", "award_grade", "award_year", "award_org_rank"]),
    (
        SubjectKind::Penalty,
        &["penalty_history", "penalty_authority", "penalty_date", "penalty_amount", "correction_date"],
    ),
    (SubjectKind::Incident, &["incident_type", "incident_level", "incident_date", "incident_description"]),
    (SubjectKind::Platform, &["name", "platform_type", "platform_level", "valid_to"]),
    (SubjectKind::Achievement, &["name", "platform_field", "achievement_maturity", "achievement_date"]),
    (SubjectKind::Equipment, &["name", "equipment_model", "equipment_value", "equipment_shared"]),
    (SubjectKind::Project, &["name", "project_type", "project_status", "project_start"]),
    (SubjectKind::Person, &["name", "person_level", "person_title"]),
];

/// The title of a table of records.
pub fn records_title(kind: SubjectKind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (SubjectKind::Title, _) => lang.pick("资质与称号", "Titles"),
        (SubjectKind::Financing, _) => lang.pick("股权融资", "Financing"),
        (SubjectKind::Contract, _) => lang.pick("技术合同", "Technology contracts"),
        (SubjectKind::Award, _) => lang.pick("科技奖励", "Awards"),
        (SubjectKind::Penalty, _) => lang.pick("行政处罚", "Penalties"),
        (SubjectKind::Incident, _) => lang.pick("事故与失信", "Incidents"),
        (SubjectKind::Platform, _) => lang.pick("研发平台与载体", "Platforms"),
        (SubjectKind::Achievement, _) => lang.pick("科技成果", "Achievements"),
        (SubjectKind::Equipment, _) => lang.pick("仪器设备", "Equipment"),
        (SubjectKind::Project, _) => lang.pick("项目", "Projects"),
        (SubjectKind::Person, _) => lang.pick("人才", "Talent"),
        (kind, lang) => lang.pick(kind.zh(), kind.en()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Catalogue;

    #[test]
    fn every_column_is_a_field_of_its_kind() {
        let catalogue = Catalogue::builtin();
        let listed = LISTED.iter().flat_map(|listed| {
            listed.columns.iter().chain(&listed.level).chain(&listed.category).map(|key| (listed.kind, *key))
        });
        let records = RECORDS.iter().flat_map(|(kind, keys)| keys.iter().map(|key| (*kind, *key)));
        for (kind, key) in listed.chain(records).filter(|(_, key)| !key.starts_with('@')) {
            let field = catalogue.field(key).unwrap_or_else(|| panic!("{key} is no field"));
            assert!(field.subjects.contains(&kind), "{key} is no field of {kind:?}");
        }
    }
}
