//! A checked policy: names resolved, dimensions known, steps in an order in which each uses only earlier ones.

use jiff::civil::Date;
use kernel::SubjectKind;

use crate::answer::{Inputs, Worked};
use crate::exact::Exact;
use crate::problem::Span;
use crate::tree::{Benefit, Cite, Compare, Gather, Window};

/// The number of a step.
pub type StepId = usize;

/// What a figure counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dim {
    /// A figure in a unit: 元 (held in fen), 人, 项, 分, 年, 月, 日, ㎡; the empty unit is a ratio.
    Of(String),
    /// A figure written without a unit; it takes the unit it is compared with, where that is safe.
    Loose,
    /// A day.
    Day,
    /// A calendar year.
    CalendarYear,
    /// Yes or no.
    Truth,
}

impl Dim {
    /// A figure in this unit.
    pub fn of(unit: &str) -> Self {
        Dim::Of(unit.to_owned())
    }

    /// A ratio.
    pub fn ratio() -> Self {
        Dim::of("")
    }

    /// Money.
    pub fn money() -> Self {
        Dim::of("元")
    }
}

/// The year an input is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Year {
    /// It has no year.
    None,
    /// So many years before the year of application.
    Before(i16),
    /// A calendar year.
    Fixed(i16),
}

/// How a stored value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Money, in fen.
    Money,
    /// A count or measure.
    Figure,
    /// A percentage: 5 is 5 %.
    Percent,
    /// Yes or no.
    Truth,
    /// A day.
    Day,
    /// A code, choice or words.
    Code,
}

/// What an input is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A fact of the subject.
    Fact {
        /// The field's key.
        field: String,
        /// Its year.
        year: Year,
    },
    /// Whether records of a kind are known at all.
    Records(SubjectKind),
    /// A field of every record of a kind.
    RecordFact {
        /// The kind of record.
        kind: SubjectKind,
        /// The field's key.
        field: String,
    },
    /// A setting no place has set yet.
    Setting(String),
}

/// Something the policy needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it is.
    pub source: Source,
    /// Its Chinese label.
    pub zh: String,
    /// Its English label.
    pub en: String,
    /// How it is read.
    pub reading: Reading,
    /// What it counts.
    pub dim: Dim,
    /// Whether it cannot lie below nought.
    pub not_negative: bool,
    /// Whether it is always a whole number.
    pub whole: bool,
    /// Whether an enterprise can move it.
    pub movable: bool,
}

/// One row of a 分档 step: when, then, and whether the row is 待核.
pub type Band = (Option<StepId>, StepId, bool);

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// A fixed value.
    Fixed(Worked),
    /// An input.
    Input(usize),
    /// A derived field: the stated fact where there is one, else its formula.
    Derived(usize, StepId),
    /// The day of application.
    Today,
    /// a + b
    Add(StepId, StepId),
    /// a - b
    Subtract(StepId, StepId),
    /// a × b
    Multiply(StepId, StepId),
    /// a / b
    Divide(StepId, StepId),
    /// a ^ n
    Power(StepId, u32),
    /// The largest whole number not above a.
    Floor(StepId),
    /// The largest of several.
    Largest(Vec<StepId>),
    /// The smallest of several.
    Smallest(Vec<StepId>),
    /// A day moved by years, months and days.
    Shift(StepId, i32, i32, i32),
    /// Whole years from one day to another.
    WholeYears(StepId, StepId),
    /// Whole months from one day to another.
    WholeMonths(StepId, StepId),
    /// The year of a day.
    YearOf(StepId),
    /// 1 January of a year.
    YearStart(StepId),
    /// 31 December of a year.
    YearEnd(StepId),
    /// A score experts settle between two bounds.
    Judged(StepId, StepId),
    /// A score from nought up to a most, no more.
    UpTo(StepId, Exact),
    /// A comparison.
    Test(Compare, StepId, StepId),
    /// Whether a code is one of these (or not).
    IsCode {
        /// The input.
        input: usize,
        /// The codes.
        codes: Vec<String>,
        /// Whether a code that begins with one of these counts (tables with levels).
        prefix: bool,
        /// Whether it must be none of these.
        not: bool,
    },
    /// Every one must hold.
    All(Vec<StepId>),
    /// One must hold.
    Any(Vec<StepId>),
    /// The opposite.
    Not(StepId),
    /// The first row that applies.
    Bands(Vec<Band>),
    /// A figure of a record set. The steps `from..=filter` are worked for each record.
    Gather {
        /// Which.
        gather: Gather,
        /// The input that says whether the records are known.
        records: usize,
        /// The kind of record.
        kind: SubjectKind,
        /// The first step worked for each record.
        from: StepId,
        /// The step that says whether a record counts.
        filter: Option<StepId>,
        /// The step that is summed.
        value: Option<StepId>,
    },
    /// The same value, marked 待核.
    Unverified(StepId),
}

/// Where a step's text stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the policy.
    Policy(Span),
    /// In the formula of a derived field, whose Chinese label this is.
    Field(String),
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it does.
    pub op: Op,
    /// What its value counts.
    pub dim: Dim,
    /// Every input it can depend on.
    pub inputs: Inputs,
    /// Where its text stands.
    pub origin: Origin,
    /// Whether it is worked for each record of a set.
    pub per_record: bool,
    /// Whether its value is always a whole number.
    pub whole: bool,
}

/// A condition with its step.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in English, where the text says it.
    pub name_en: Option<String>,
    /// Its article and whether it is 待核.
    pub cite: Cite,
    /// Its step.
    pub step: StepId,
    /// The condition it is a part of.
    pub within: Option<usize>,
    /// Where its name stands.
    pub span: Span,
    /// The score it is about, where it is the 须 of one.
    pub score: Option<usize>,
}

/// A score with its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in English, where the text says it.
    pub name_en: Option<String>,
    /// Its article.
    pub cite: Cite,
    /// The total.
    pub step: StepId,
    /// 满分
    pub most: Option<Exact>,
    /// Its groups and items in order.
    pub parts: Vec<Part>,
}

/// An item or group of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in English, where the text says it.
    pub name_en: Option<String>,
    /// Its article.
    pub cite: Cite,
    /// Its step.
    pub step: StepId,
    /// 满分
    pub most: Option<Exact>,
    /// The group it belongs to.
    pub within: Option<usize>,
    /// Whether it is a group.
    pub is_group: bool,
}

/// A reward with its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Reward {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in English, where the text says it.
    pub name_en: Option<String>,
    /// Its article.
    pub cite: Cite,
    /// The amount, its cap applied.
    pub step: StepId,
    /// Who pays which share.
    pub shares: Vec<(String, Exact)>,
    /// The number of the 就高 group it belongs to.
    pub highest_of: Option<usize>,
}

impl Condition {
    /// The name in a language; the Chinese one where there is no other.
    pub fn name_in(&self, lang: kernel::Lang) -> &str {
        lang.pick(&self.name, self.name_en.as_deref().unwrap_or(&self.name))
    }
}

impl Reward {
    /// The name in a language; the Chinese one where there is no other.
    pub fn name_in(&self, lang: kernel::Lang) -> &str {
        lang.pick(&self.name, self.name_en.as_deref().unwrap_or(&self.name))
    }
}

impl Defined {
    /// The name in a language; the Chinese one where there is no other.
    pub fn name_in(&self, lang: kernel::Lang) -> &str {
        lang.pick(&self.name, self.name_en.as_deref().unwrap_or(&self.name))
    }
}

/// A definition with its step.
#[derive(Clone, Debug, PartialEq)]
pub struct Defined {
    /// Its name.
    pub name: String,
    /// Its name in English, where the text says it.
    pub name_en: Option<String>,
    /// Its article.
    pub cite: Cite,
    /// Its step.
    pub step: StepId,
}

impl Setting {
    /// The name in a language; the Chinese one where there is no other.
    pub fn name_in(&self, lang: kernel::Lang) -> &str {
        lang.pick(&self.name, self.name_en.as_deref().unwrap_or(&self.name))
    }
}

/// A title that the policy confers on whoever meets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Conferred {
    /// The choice of the field 资质名称 that it is; `None` for a title of its own name.
    pub key: Option<String>,
    /// The title.
    pub name: String,
    /// The title in English, where it is known.
    pub name_en: Option<String>,
    /// Its article.
    pub cite: Cite,
}

impl Conferred {
    /// The title in a language; the Chinese one where there is no other.
    pub fn name_in(&self, lang: kernel::Lang) -> &str {
        lang.pick(&self.name, self.name_en.as_deref().unwrap_or(&self.name))
    }

    /// Whether it is the same title: the same choice of the register, or the same name of its own.
    pub fn is(&self, other: &Conferred) -> bool {
        match (&self.key, &other.key) {
            (Some(own), Some(other)) => own == other,
            (None, None) => self.name == other.name,
            _ => false,
        }
    }
}

/// A setting as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its name in English, where the text says it.
    pub name_en: Option<String>,
    /// Its figure as written; `None` for 未定.
    pub value: Option<String>,
    /// Who sets it.
    pub owner: Option<String>,
    /// Since when.
    pub since: Option<Date>,
    /// Its article.
    pub cite: Cite,
}

/// A checked policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The text it was read from.
    pub source: String,
    /// How many bytes of it are the version's own. Behind a place's override and a line break stands the
    /// text that it overrides.
    pub own: usize,
    /// The id.
    pub id: String,
    /// The title.
    pub title: String,
    /// The title in English, where the text says it.
    pub title_en: Option<String>,
    /// Document numbers.
    pub documents: Vec<String>,
    /// 国家, or the place whose rule it is.
    pub level: String,
    /// The kind of subject it is about.
    pub subject: SubjectKind,
    /// The first day of application.
    pub from: Date,
    /// The last day of application.
    pub until: Option<Date>,
    /// 有效期, in words.
    pub validity: Option<String>,
    /// 申报窗口
    pub window: Option<Window>,
    /// 取代, in words.
    pub replaces: Option<String>,
    /// 说明 and policy-wide 待核 notes.
    pub notes: Vec<(bool, String)>,
    /// The titles it confers.
    pub confers: Vec<Conferred>,
    /// Benefits in words.
    pub grants: Vec<Benefit>,
    /// Settings.
    pub settings: Vec<Setting>,
    /// What it needs to know.
    pub inputs: Vec<Input>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Its conditions; those with `within` are parts of others.
    pub conditions: Vec<Condition>,
    /// Its scores.
    pub scores: Vec<Score>,
    /// Its definitions.
    pub definitions: Vec<Defined>,
    /// Its rewards.
    pub rewards: Vec<Reward>,
    /// The step of the verdict: every condition holds.
    pub verdict: StepId,
    /// Its cases, ready to be tried.
    pub cases: Vec<crate::cases::Case>,
}

impl Policy {
    /// The version: the id and the first day of application.
    pub fn version(&self) -> String {
        match self.level.as_str() {
            "" | "国家" => format!("{}@{}", self.id, self.from),
            level => format!("{}@{}@{level}", self.id, self.from),
        }
    }

    /// The title in a language; the Chinese one where there is no other.
    pub fn title_in(&self, lang: kernel::Lang) -> &str {
        lang.pick(&self.title, self.title_en.as_deref().unwrap_or(&self.title))
    }

    /// Whether the policy applies on a day.
    pub fn in_force(&self, on: Date) -> bool {
        self.from <= on && self.until.is_none_or(|until| on <= until)
    }

    /// The text of a step, as written.
    pub fn text(&self, step: StepId) -> &str {
        match self.steps.get(step).map(|step| &step.origin) {
            Some(Origin::Policy(span)) => span.of(&self.source),
            Some(Origin::Field(label)) => label,
            None => "",
        }
    }

    /// The titles that this policy and another confer alike.
    pub fn confers_too<'p>(&'p self, other: &'p Policy) -> impl Iterator<Item = &'p Conferred> {
        self.confers.iter().filter(|own| other.confers.iter().any(|title| title.is(own)))
    }

    /// The conditions that make the verdict.
    pub fn top_conditions(&self) -> impl Iterator<Item = (usize, &Condition)> {
        self.conditions.iter().enumerate().filter(|(_, condition)| condition.within.is_none())
    }

    /// The steps a step uses directly.
    pub fn parts_of(&self, step: StepId) -> Vec<StepId> {
        self.steps.get(step).map(|step| step.op.parts()).unwrap_or_default()
    }
}

impl Op {
    /// The steps it uses directly.
    pub fn parts(&self) -> Vec<StepId> {
        match self {
            Op::Fixed(_) | Op::Input(_) | Op::Today | Op::IsCode { .. } => Vec::new(),
            Op::Derived(_, a)
            | Op::Power(a, _)
            | Op::Floor(a)
            | Op::Shift(a, ..)
            | Op::YearOf(a)
            | Op::YearStart(a) => vec![*a],
            Op::YearEnd(a) | Op::UpTo(a, _) | Op::Not(a) | Op::Unverified(a) => vec![*a],
            Op::Add(a, b) | Op::Subtract(a, b) | Op::Multiply(a, b) | Op::Divide(a, b) | Op::WholeYears(a, b) => {
                vec![*a, *b]
            }
            Op::WholeMonths(a, b) | Op::Judged(a, b) | Op::Test(_, a, b) => vec![*a, *b],
            Op::Largest(parts) | Op::Smallest(parts) | Op::All(parts) | Op::Any(parts) => parts.clone(),
            Op::Bands(rows) => rows.iter().flat_map(|(when, then, _)| when.iter().copied().chain([*then])).collect(),
            Op::Gather { filter, value, .. } => filter.iter().chain(value).copied().collect(),
        }
    }
}
