//! The field catalogue: every field the register knows, its type, unit and who may change it.

mod builtin;

use std::collections::{BTreeMap, HashMap};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::lang::Lang;
use crate::subject::SubjectKind;
use crate::text;

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
    /// Other ways in which sheets write it.
    #[serde(default)]
    pub aliases: Vec<String>,
}

impl Choice {
    /// The label in this language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// Whether a cell that says `written` means this choice: its key, a label or another way of
    /// writing it, apart from width, case, spaces and punctuation.
    pub fn is_written(&self, written: &str) -> bool {
        let written = text::label_key(written);
        self.names().any(|name| text::label_key(name) == written)
    }

    /// The key, the labels and the other ways of writing it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [&self.key, &self.zh, &self.en].into_iter().chain(&self.aliases).map(String::as_str)
    }
}

/// The labels and headings of a field for one kind of subject, in place of the general ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Chinese label.
    pub zh: String,
    /// English label.
    pub en: String,
    /// Other headings under which sheets of that kind carry it.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A group of fields, under whose heading pages show them together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The name in [`Field::group`].
    pub key: String,
    /// Chinese heading.
    pub zh: String,
    /// English heading.
    pub en: String,
}

impl Group {
    /// The heading in this language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
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
    /// Labels that differ for some kinds of subject: 企业名称, but 平台名称 of a platform.
    #[serde(default)]
    pub labels: BTreeMap<SubjectKind, Label>,
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
    /// The key of the [`Group`] under which pages show it.
    #[serde(default)]
    pub group: String,
    /// The formula of a derived field, in the policy language.
    #[serde(default)]
    pub derived: Option<String>,
    /// Where its definition stands: document number and article.
    #[serde(default)]
    pub source: Option<String>,
}

impl Field {
    /// The label for one kind of subject, in one language.
    pub fn label(&self, kind: SubjectKind, lang: Lang) -> &str {
        match self.labels.get(&kind) {
            Some(label) => lang.pick(&label.zh, &label.en),
            None => lang.pick(&self.zh, &self.en),
        }
    }

    /// Whether sheets and forms may carry it. A derived field is computed and never imported.
    pub fn is_importable(&self) -> bool {
        self.derived.is_none()
    }

    /// The choice with this key, where the field is a choice.
    pub fn choice(&self, key: &str) -> Option<&Choice> {
        match &self.kind {
            FieldType::Choice { choices } => choices.iter().find(|choice| choice.key == key),
            _ => None,
        }
    }

    /// Every text under which a heading may name the field of a subject of this kind:
    /// key, labels and aliases. Labels of that kind take the place of the general ones.
    pub fn headings(&self, kind: SubjectKind) -> impl Iterator<Item = &str> {
        let (zh, en, aliases) = match self.labels.get(&kind) {
            Some(label) => (&label.zh, &label.en, &label.aliases),
            None => (&self.zh, &self.en, &self.aliases),
        };
        [self.key.as_str(), zh.as_str(), en.as_str()].into_iter().chain(aliases.iter().map(String::as_str))
    }
}

/// Every field, found by key or by the heading of a column.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    fields: Vec<Field>,
    groups: Vec<Group>,
    /// Asked for every value that is stored: keys come with the program, so nobody can choose them to collide.
    by_key: FxHashMap<String, usize>,
    by_heading: HashMap<SubjectKind, HashMap<String, usize>>,
}

impl Catalogue {
    /// A catalogue of these fields, in this order, without groups.
    pub fn new(fields: Vec<Field>) -> Self {
        Self::with_groups(fields, Vec::new())
    }

    /// A catalogue of these fields and groups, in this order.
    pub fn with_groups(fields: Vec<Field>, groups: Vec<Group>) -> Self {
        let by_key = fields.iter().enumerate().map(|(at, field)| (field.key.clone(), at)).collect();
        let mut by_heading: HashMap<SubjectKind, HashMap<String, usize>> = HashMap::new();
        for (at, field) in fields.iter().enumerate() {
            for &kind in &field.subjects {
                let headings = by_heading.entry(kind).or_default();
                for heading in field.headings(kind) {
                    headings.entry(text::label_key(heading)).or_insert(at);
                }
            }
        }
        Self { fields, groups, by_key, by_heading }
    }

    /// The catalogue that comes with the program, read once from `catalogue/fields`.
    pub fn builtin() -> &'static Self {
        builtin::catalogue()
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

    /// The groups, in the order of the catalogue's files.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The group with this key.
    pub fn group(&self, key: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.key == key)
    }

    /// The groups that have fields of one kind of subject, each with those fields.
    pub fn groups_of(&self, kind: SubjectKind) -> impl Iterator<Item = (&Group, Vec<&Field>)> {
        self.groups.iter().filter_map(move |group| {
            let fields: Vec<&Field> = self.fields_of(kind).filter(|field| field.group == group.key).collect();
            (!fields.is_empty()).then_some((group, fields))
        })
    }

    /// The field of `kind` that a heading names by key, label or alias, apart from width, case,
    /// spaces and punctuation. Nothing that merely resembles a name is taken.
    pub fn field_by_heading(&self, kind: SubjectKind, heading: &str) -> Option<&Field> {
        let at = self.by_heading.get(&kind)?.get(&text::label_key(heading))?;
        Some(&self.fields[*at])
    }

    /// The folded headings of a kind with their fields, for finding the nearest one.
    pub(crate) fn headings_of(&self, kind: SubjectKind) -> impl Iterator<Item = (&str, &Field)> {
        self.by_heading.get(&kind).into_iter().flatten().map(|(heading, &at)| (heading.as_str(), &self.fields[at]))
    }
}

#[cfg(test)]
mod tests;
