//! The field catalogue: every field the register knows, its type, unit and who may change it.

use serde::{Deserialize, Serialize};

use crate::subject::SubjectKind;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum FieldType {
    /// An amount of money; written in 万元 unless its heading says otherwise.
    Money,
    /// A count: people, items.
    Integer,
    /// A measured figure in the field's unit.
    Decimal,
    /// A percentage: 5 % is the figure 5.
    Percent,
    /// Yes or no.
    Bool,
    /// A day.
    Date,
    /// Words.
    Text,
    /// A unified social credit code (GB 32100-2015).
    CreditCode,
    /// A code of a code table kept under `catalogue/tables`.
    Code {
        /// The table's name.
        table: String,
    },
    /// One of a few named choices.
    Choice {
        /// The choices in order.
        choices: Vec<Choice>,
    },
}

/// One choice of a [`FieldType::Choice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The stored form.
    pub key: String,
    /// Chinese label.
    pub zh: String,
    /// English label.
    pub en: String,
}

/// The period a field's facts speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// No period: it simply is so (成立日期).
    None,
    /// A year.
    Year,
    /// A quarter.
    Quarter,
    /// A month.
    Month,
    /// A day.
    Day,
}

/// Who may change a field by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changer {
    /// The enterprise itself may declare it.
    Enterprise,
    /// An officer of the zone.
    Zone,
    /// Only the authority that issues it, by import.
    Authority,
}

/// One field of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name in statements, addresses and the policy language.
    pub key: String,
    /// Chinese label, as in the regulations.
    pub zh: String,
    /// English label.
    pub en: String,
    /// Other headings under which sheets carry it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FieldType,
    /// The unit as written in a heading (万元, 人, 项, %, ㎡); empty where there is none.
    #[serde(default)]
    pub unit: String,
    /// The period its facts speak of.
    pub period: PeriodKind,
    /// The kinds of subject that have it.
    pub subjects: Vec<SubjectKind>,
    /// Who may change it by hand.
    pub changer: Changer,
    /// Whether an enterprise can move it by its own effort: a lever of a plan.
    #[serde(default)]
    pub movable: bool,
    /// Whether it is personal data, shown only to roles that need it.
    #[serde(default)]
    pub personal: bool,
    /// Whether a figure below zero is possible (净利润).
    #[serde(default)]
    pub negative: bool,
    /// The largest figure that is believed, in the field's unit.
    #[serde(default)]
    pub most: Option<i64>,
    /// The heading under which pages group it.
    pub group: String,
    /// The formula of a derived field, in the policy language.
    #[serde(default)]
    pub derived: Option<String>,
    /// Where its definition stands: document number and article.
    #[serde(default)]
    pub source: Option<String>,
}

/// Every field, found by key.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    fields: Vec<Field>,
    by_key: std::collections::HashMap<String, usize>,
}

impl Catalogue {
    /// A catalogue of these fields, in this order.
    pub fn new(fields: Vec<Field>) -> Self {
        let by_key = fields.iter().enumerate().map(|(at, field)| (field.key.clone(), at)).collect();
        Self { fields, by_key }
    }

    /// The field with this key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.by_key.get(key).map(|&at| &self.fields[at])
    }

    /// Every field, in the order of the catalogue's files.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields of one kind of subject.
    pub fn fields_of(&self, kind: SubjectKind) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.subjects.contains(&kind))
    }
}
