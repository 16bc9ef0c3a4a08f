//! The tree of a policy text, as written: names are not yet looked up, units not yet checked.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::problem::Span;

/// A text and where it stands.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Named {
    /// The text, with full-width letters folded.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A policy as written.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Tree {
    /// The id: letters, digits and hyphens.
    pub id: Named,
    /// The title.
    pub title: Named,
    /// 英文名: the title in English.
    pub title_en: Option<String>,
    /// Document numbers.
    pub documents: Vec<String>,
    /// 层级: 国家, or the place whose rule it is.
    pub level: Named,
    /// 适用: the kind of subject, in Chinese.
    pub subject: Named,
    /// 施行: the first and, where it is known, the last day of application.
    pub force: Option<(Date, Option<Date>, Span)>,
    /// 有效期 of what is granted, in words.
    pub validity: Option<String>,
    /// 申报窗口: month and day of the first and last day, every year.
    pub window: Option<Window>,
    /// 取代: ids of what it replaces, in words.
    pub replaces: Option<String>,
    /// 覆盖: the id of the policy whose parts of the same name this one overrides.
    pub overrides: Option<Named>,
    /// 说明 and policy-wide 待核 notes: `(unverified, text)`.
    pub notes: Vec<(bool, String)>,
    /// 授予: the titles it confers.
    pub confers: Vec<Conferred>,
    /// 给予: benefits in words.
    pub grants: Vec<Benefit>,
    /// 就高: groups of rewards of which only the highest is paid.
    pub highest: Vec<(Vec<Named>, Span)>,
    /// Definitions.
    pub definitions: Vec<Definition>,
    /// Settings a place can set.
    pub settings: Vec<Setting>,
    /// Conditions, in order.
    pub conditions: Vec<Condition>,
    /// Scores.
    pub scores: Vec<Score>,
    /// Rewards.
    pub rewards: Vec<Reward>,
    /// Worked cases.
    pub cases: Vec<Case>,
    /// Whether parts of a place's override are in it; the cases of the overridden text then only lend their facts.
    pub merged: bool,
}

/// The days of the year between which applications are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Month and day of the first day.
    pub from: (i8, i8),
    /// Month and day of the last day.
    pub to: (i8, i8),
}

/// 授予 资质
#[derive(Clone, Debug, PartialEq)]
pub struct Conferred {
    /// The title.
    pub name: Named,
    /// Whether it is written in quotation marks: a title that the register knows no choice for.
    pub quoted: bool,
    /// 英文名: the title in English, of one in quotation marks.
    pub name_en: Option<String>,
    /// Its article.
    pub cite: Cite,
}

/// A benefit in words: 企业所得税率 15%.
#[derive(Clone, Debug, PartialEq)]
pub struct Benefit {
    /// The words.
    pub text: String,
    /// 英文名: the words in English.
    pub text_en: Option<String>,
    /// Its article.
    pub cite: Cite,
}

impl Benefit {
    /// The words in a language; the Chinese ones where there are no others.
    pub fn text_in(&self, lang: kernel::Lang) -> &str {
        lang.pick(&self.text, self.text_en.as_deref().unwrap_or(&self.text))
    }
}

/// Where a rule stands, and whether a person has compared it with the regulation.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Cite {
    /// 《…》
    pub article: Option<String>,
    /// 待核
    pub unverified: bool,
}

/// 设 名 = …
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: Named,
    /// 英文名: the name in English.
    pub name_en: Option<String>,
    /// What it stands for.
    pub body: Expr,
    /// Its article.
    pub cite: Cite,
}

/// 参数 名 = …
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its name.
    pub name: Named,
    /// 英文名: the name in English.
    pub name_en: Option<String>,
    /// Its unit, where the figure does not carry one.
    pub unit: Option<Named>,
    /// Its figure; `None` for 未定.
    pub value: Option<Expr>,
    /// 由: who sets it.
    pub owner: Option<String>,
    /// 自: since when.
    pub since: Option<Date>,
    /// Its article.
    pub cite: Cite,
}

/// 条件
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Its id: the given one, or its name.
    pub id: Named,
    /// Its name.
    pub name: Named,
    /// 英文名: the name in English.
    pub name_en: Option<String>,
    /// Its article.
    pub cite: Cite,
    /// What must hold.
    pub body: Expr,
}

/// 评分
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Its id: the given one, or its name.
    pub id: Named,
    /// Its name.
    pub name: Named,
    /// 英文名: the name in English.
    pub name_en: Option<String>,
    /// 满分
    pub most: Option<Expr>,
    /// 须: comparison and edge; a score without one only counts where a condition names it.
    pub must: Option<(Compare, Expr)>,
    /// Its article.
    pub cite: Cite,
    /// Its items, or groups of items.
    pub items: Vec<Item>,
}

/// 项 or 组
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its id: the given one, or its name.
    pub id: Named,
    /// Its name.
    pub name: Named,
    /// 英文名: the name in English.
    pub name_en: Option<String>,
    /// 满分
    pub most: Option<Expr>,
    /// 专家评定: any score up to the most.
    pub expert: bool,
    /// Its article.
    pub cite: Cite,
    /// The figure of an item.
    pub body: Option<Expr>,
    /// The items of a group.
    pub items: Vec<Item>,
    /// Whether it is written 组.
    pub is_group: bool,
}

/// 奖励
#[derive(Clone, Debug, PartialEq)]
pub struct Reward {
    /// Its id: the given one, or its name.
    pub id: Named,
    /// Its name.
    pub name: Named,
    /// 英文名: the name in English.
    pub name_en: Option<String>,
    /// Its article.
    pub cite: Cite,
    /// The amount.
    pub amount: Expr,
    /// 上限
    pub cap: Option<Expr>,
    /// 分担: who pays which share.
    pub shares: Vec<(String, Expr)>,
}

/// 例
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its name.
    pub name: Named,
    /// 同: the case whose facts it begins with.
    pub like: Option<Named>,
    /// Its facts.
    pub facts: Vec<Given>,
    /// What must come out.
    pub expects: Vec<Expect>,
    /// The whole case.
    pub span: Span,
}

/// One line of facts of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// `名[年] = 值`; no value takes the fact away.
    Fact {
        /// The field.
        name: Named,
        /// Its year.
        year: Option<Years>,
        /// Its value.
        value: Option<Expr>,
    },
    /// `知识产权 { 类别 = Ⅰ类 } × 3`, or `知识产权 无`.
    Records {
        /// The kind of record.
        kind: Named,
        /// The fields of each; `None` for 无.
        fields: Option<Vec<(Named, Expr)>>,
        /// How many alike.
        times: u32,
    },
}

/// One expectation of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// 期望 满足 / 不满足 条件… / 缺数据 字段… / 取决于评审
    Answer {
        /// The answer as written.
        answer: Named,
        /// The failed conditions, or the missing facts.
        names: Vec<Named>,
    },
    /// 期望 名 = 值, 期望 名 = 值 至 值, 期望 名 ≈ 值.
    Figure {
        /// The definition, score, item or reward.
        name: Named,
        /// The item of a score.
        part: Option<Named>,
        /// The figure, or its bounds.
        value: Expr,
        /// Whether only the written digits count.
        rounded: bool,
    },
}

/// Which years a figure is taken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Years {
    /// Which.
    pub which: Which,
    /// Where it stands.
    pub span: Span,
}

/// Which years, as written in square brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// 上年 is 1, 上年-1 is 2, 本年 is 0.
    Before(i16),
    /// A calendar year.
    Year(i16),
    /// 近N年: the N years before the year of application.
    Last {
        /// How many.
        count: i16,
        /// 实际年度: only the years since the enterprise was founded.
        actual: bool,
    },
}

/// Comparison signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// ≥
    AtLeast,
    /// >
    Above,
    /// ≤
    AtMost,
    /// <
    Below,
    /// =
    Equal,
    /// ≠
    Unequal,
}

impl Compare {
    /// The sign.
    pub fn sign(self) -> &'static str {
        match self {
            Compare::AtLeast => "≥",
            Compare::Above => ">",
            Compare::AtMost => "≤",
            Compare::Below => "<",
            Compare::Equal => "=",
            Compare::Unequal => "≠",
        }
    }

    /// The same comparison with its sides exchanged.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Compare::AtLeast => Compare::AtMost,
            Compare::Above => Compare::Below,
            Compare::AtMost => Compare::AtLeast,
            Compare::Below => Compare::Above,
            same => same,
        }
    }

    /// Reads a sign.
    pub fn from_sign(sign: &str) -> Option<Self> {
        use Compare::*;
        [AtLeast, Above, AtMost, Below, Equal, Unequal].into_iter().find(|compare| compare.sign() == sign)
    }
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// +
    Add,
    /// -
    Subtract,
    /// ×
    Multiply,
    /// /
    Divide,
}

/// Functions of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// 合计
    Sum,
    /// 平均
    Mean,
    /// 最大
    Largest,
    /// 最小
    Smallest,
    /// 取整
    Floor,
    /// 满年数(从, 到)
    WholeYears,
    /// 满月数(从, 到)
    WholeMonths,
    /// 年份(日)
    YearOf,
    /// 年初(年)
    YearStart,
    /// 年末(年)
    YearEnd,
}

/// Functions of record sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gather {
    /// 数量
    Count,
    /// 存在
    Exists,
    /// 合计(记录.字段 其中 …)
    Sum,
}

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// One row of 分档.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// When it applies.
    pub when: When,
    /// Its figure.
    pub value: Expr,
    /// Its article.
    pub cite: Cite,
    /// The row.
    pub span: Span,
}

/// When a row applies.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// Comparisons of the subject; all must hold.
    Edges(Vec<(Compare, Expr)>),
    /// 若 …
    If(Expr),
    /// 其余
    Otherwise,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A figure and its unit.
    Figure(Decimal, String),
    /// A day.
    Day(Date),
    /// Words.
    Text(String),
    /// 是, 否
    Truth(bool),
    /// A name, with the years it is taken of.
    Name(String, Option<Years>),
    /// `综合评价.科技人员`
    Part(Named, Named),
    /// The negative of a figure.
    Negative(Box<Expr>),
    /// 非
    Not(Box<Expr>),
    /// Arithmetic.
    Compute(Arithmetic, Box<Expr>, Box<Expr>),
    /// A figure multiplied by itself.
    Power(Box<Expr>, u32),
    /// A comparison.
    Test(Compare, Box<Expr>, Box<Expr>),
    /// 属于, 不属于
    Among(Box<Expr>, Vec<Expr>, bool),
    /// 7 至 8
    Between(Box<Expr>, Box<Expr>),
    /// 且, or lines of which all must hold.
    All(Vec<Expr>),
    /// 或, 任一
    Any(Vec<Expr>),
    /// 最高: the highest of several.
    Best(Vec<Expr>),
    /// A function of figures.
    Call(Function, Vec<Expr>),
    /// A function of a record set.
    Gather {
        /// Which.
        gather: Gather,
        /// The kind of record.
        kind: Named,
        /// The field summed.
        field: Option<Named>,
        /// 其中
        filter: Option<Box<Expr>>,
    },
    /// 每年[近2年](…), 任一年[近2年](…)
    EachYear {
        /// Whether every year must hold.
        every: bool,
        /// The years.
        years: Years,
        /// What must hold.
        body: Box<Expr>,
    },
    /// 分档
    Bands(Option<Box<Expr>>, Vec<Row>),
    /// A named part of a condition.
    Sub(Box<Condition>),
}
