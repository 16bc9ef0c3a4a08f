//! What a zone knows something about.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Identifies a subject. Ids are time-ordered (UUIDv7) and made by `store`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectId(pub Uuid);

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! subject_kinds {
    ($($(#[$doc:meta])* $variant:ident, $key:literal, $zh:literal, $en:literal;)*) => {
        /// The kind of a subject.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum SubjectKind { $($(#[$doc])* $variant,)* }

        impl SubjectKind {
            /// Every kind, in the order of the menus.
            pub const ALL: &'static [SubjectKind] = &[$(SubjectKind::$variant,)*];
            /// The name in tables, addresses and the command line.
            pub fn key(self) -> &'static str { match self { $(SubjectKind::$variant => $key,)* } }
            /// The name in the interface, in Chinese.
            pub fn zh(self) -> &'static str { match self { $(SubjectKind::$variant => $zh,)* } }
            /// The name in the interface, in English.
            pub fn en(self) -> &'static str { match self { $(SubjectKind::$variant => $en,)* } }
            /// The kind with this key.
            pub fn from_key(key: &str) -> Option<Self> { match key { $($key => Some(SubjectKind::$variant),)* _ => None } }
        }
    };
}

subject_kinds! {
    /// 企业, known by its unified social credit code.
    Enterprise, "enterprise", "企业", "Enterprise";
    /// 高校院所与服务机构.
    Institution, "institution", "机构", "Institution";
    /// 研发平台、孵化载体.
    Platform, "platform", "平台", "Platform";
    /// 科技成果.
    Achievement, "achievement", "成果", "Achievement";
    /// 仪器设备.
    Equipment, "equipment", "设备", "Equipment";
    /// 人才、专家; personal data, shown to few.
    Person, "person", "人才", "Talent";
    /// 项目.
    Project, "project", "项目", "Project";
    /// 产业链环节.
    ChainNode, "chain_node", "产业链环节", "Chain node";
    /// 部门、园区.
    Unit, "unit", "单位", "Unit";
    /// 高新区.
    Zone, "zone", "园区", "Zone";
    /// 资质、称号 held by an enterprise: a record that points at it.
    Title, "title", "资质", "Title";
    /// 知识产权.
    IntellectualProperty, "intellectual_property", "知识产权", "Intellectual property";
    /// 股权融资.
    Financing, "financing", "股权融资", "Financing";
    /// 技术合同.
    Contract, "contract", "技术合同", "Technology contract";
    /// 科技奖励.
    Award, "award", "奖励", "Award";
    /// 行政处罚.
    Penalty, "penalty", "处罚", "Penalty";
    /// 安全、质量、环境事故与科研失信.
    Incident, "incident", "事故", "Incident";
}

impl SubjectKind {
    /// Whether subjects of this kind are records of an enterprise (记录) and always point at one.
    pub fn is_record(self) -> bool {
        matches!(
            self,
            SubjectKind::Title
                | SubjectKind::IntellectualProperty
                | SubjectKind::Financing
                | SubjectKind::Contract
                | SubjectKind::Award
                | SubjectKind::Penalty
                | SubjectKind::Incident
        )
    }
}
