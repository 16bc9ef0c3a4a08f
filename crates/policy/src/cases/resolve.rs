//! The facts of cases, read by the catalogue.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{Catalogue, FactKey, Field, FieldType, Money, Period, PeriodKind, SubjectKind, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Case, Expectation};
use crate::check::unit;
use crate::eval::facts::FactSheet;
use crate::eval::outcome::Answer;
use crate::exact::Exact;
use crate::ir::{Input, Policy, Source, StepId};
use crate::parse::ANSWERS;
use crate::problem::{Both, Problem, Span, nearest};
use crate::tree::{self, Expect, Expr, ExprKind, Given, Named, Tree, Which};

/// Reads every case of a tree. What is wrong is reported and left out.
pub(crate) fn resolve(tree: &Tree, policy: &Policy, catalogue: &Catalogue, problems: &mut Vec<Problem>) -> Vec<Case> {
    let mut reader = Reader { policy, catalogue, problems };
    let mut cases: Vec<Case> = tree.cases.iter().filter_map(|case| reader.case(case, tree)).collect();
    cases.retain(|case| !case.expects.is_empty());
    cases
}

struct Reader<'a> {
    policy: &'a Policy,
    catalogue: &'a Catalogue,
    problems: &'a mut Vec<Problem>,
}

impl Input {
    /// The key of the field it is, where it is one.
    pub fn field(&self) -> Option<&str> {
        match &self.source {
            Source::Fact { field, .. } | Source::RecordFact { field, .. } => Some(field),
            Source::Records(_) | Source::Setting(_) => None,
        }
    }
}

impl<'a> Reader<'a> {
    fn error(&mut self, code: &'static str, span: Span, zh: String, en: String) -> Option<()> {
        self.problems.push(Problem::error(code, span, zh, en));
        None
    }

    fn case(&mut self, case: &tree::Case, tree: &Tree) -> Option<Case> {
        // The case it begins with, and the one that begins with, outermost first.
        let mut chain = vec![case];
        while let Some(like) = chain.last().and_then(|last| last.like.as_ref()) {
            let Some(found) = tree.cases.iter().find(|known| known.name.text == like.text) else {
                self.error(
                    "unknown-case",
                    like.span,
                    format!("没有名为“{}”的例", like.text),
                    format!("there is no case {:?}", like.text),
                )?;
                return None;
            };
            if chain.iter().any(|known| std::ptr::eq(*known, found)) || chain.len() > 8 {
                self.error("cycle", like.span, "例互相引用".to_owned(), "the cases refer to each other".to_owned())?;
                return None;
            }
            chain.push(found);
        }
        let lines: Vec<&Given> = chain.iter().rev().flat_map(|case| &case.facts).collect();
        let on = lines.iter().rev().find_map(|given| applied_on(given));
        let Some(on) = on else {
            self.error(
                "no-date",
                case.name.span,
                "例缺“申请日 = 日期”".to_owned(),
                "the case has no 申请日".to_owned(),
            )?;
            return None;
        };
        let mut facts = FactSheet::default();
        for cases in chain.iter().rev() {
            // Records named again replace those of the case it begins with.
            let mut begun: Vec<SubjectKind> = Vec::new();
            for given in &cases.facts {
                self.given(given, on, &mut facts, &mut begun);
            }
        }
        let expects: Vec<Expectation> = case.expects.iter().filter_map(|expect| self.expect(expect)).collect();
        if case.expects.is_empty() && !tree.merged {
            self.problems.push(
                Problem::error("no-expectation", case.name.span, "例没有“期望”", "the case expects nothing")
                    .hint("加一行：期望 满足", "add a line: 期望 满足"),
            );
        }
        Some(Case { name: case.name.text.clone(), span: case.span, on, facts, expects })
    }

    fn given(&mut self, given: &Given, on: Date, sheet: &mut FactSheet, begun: &mut Vec<SubjectKind>) {
        match given {
            Given::Fact { .. } if applied_on(given).is_some() => {}
            Given::Fact { name, year, value } => {
                let Some(field) = self.field(self.policy.subject, name) else { return };
                for period in self.periods(field, name, year.as_ref(), on) {
                    let key = FactKey { field: field.key.as_str().into(), period };
                    match value.as_ref().map(|value| self.value(field, value)) {
                        None => {
                            sheet.facts.remove(&key);
                        }
                        Some(Some(value)) => {
                            sheet.facts.insert(key, value);
                        }
                        Some(None) => {}
                    }
                }
            }
            Given::Records { kind, fields, times } => self.records(kind, fields.as_deref(), *times, sheet, begun),
        }
    }

    fn records(
        &mut self,
        kind: &Named,
        fields: Option<&[(Named, Expr)]>,
        times: u32,
        sheet: &mut FactSheet,
        begun: &mut Vec<SubjectKind>,
    ) {
        let found = SubjectKind::ALL
            .iter()
            .copied()
            .find(|known| known.is_record() && (known.zh() == kind.text || known.key() == kind.text));
        let Some(found) = found else {
            let names =
                nearest(&kind.text, SubjectKind::ALL.iter().filter(|kind| kind.is_record()).map(|kind| kind.zh()));
            let (zh, en) = (format!("没有“{}”这种记录", kind.text), format!("there are no records {:?}", kind.text));
            self.problems.push(Problem::error("unknown-records", kind.span, zh, en).nearest(&names));
            return;
        };
        if !begun.contains(&found) {
            begun.push(found);
            sheet.records.insert(found, Vec::new());
        }
        let mut record = BTreeMap::new();
        for (name, value) in fields.unwrap_or_default() {
            let Some(field) = self.field(found, name) else { continue };
            if let Some(value) = self.value(field, value) {
                record.insert(FactKey::timeless(&field.key), value);
            }
        }
        if fields.is_some() {
            sheet.records.entry(found).or_default().extend(std::iter::repeat_n(record, times as usize));
        }
    }

    fn field(&mut self, kind: SubjectKind, name: &Named) -> Option<&'a Field> {
        let catalogue = self.catalogue;
        if let Some(field) = catalogue.field_by_heading(kind, &name.text) {
            return Some(field);
        }
        let names = nearest(&name.text, catalogue.fields_of(kind).flat_map(|field| field.headings(kind)));
        let (zh, en) = (format!("没有“{}”这个字段", name.text), format!("there is no field {:?}", name.text));
        self.problems.push(Problem::error("unknown-name", name.span, zh, en).nearest(&names));
        None
    }

    /// The periods a line of a case speaks of.
    fn periods(&mut self, field: &Field, name: &Named, year: Option<&tree::Years>, on: Date) -> Vec<Option<Period>> {
        match (field.period, year) {
            (PeriodKind::None, None) => vec![None],
            (PeriodKind::None, Some(year)) => {
                self.error(
                    "no-years",
                    year.span,
                    format!("“{}”不分年度", name.text),
                    format!("{:?} has no years", name.text),
                );
                Vec::new()
            }
            (_, None) => {
                let (zh, en) = (
                    format!("“{}”按年度记录，要写明哪一年", name.text),
                    format!("{:?} is yearly: say which year", name.text),
                );
                self.problems.push(
                    Problem::error("needs-year", name.span, zh, en)
                        .hint(format!("写作 {}[上年]", name.text), format!("write {}[上年]", name.text)),
                );
                Vec::new()
            }
            (_, Some(year)) => match year.which {
                Which::Before(back) => vec![Some(Period::Year(on.year() - back))],
                Which::Year(year) => vec![Some(Period::Year(year))],
                Which::Last { count, .. } => (1..=count).map(|back| Some(Period::Year(on.year() - back))).collect(),
            },
        }
    }

    /// A value as the field stores it.
    fn value(&mut self, field: &Field, expr: &Expr) -> Option<Value> {
        let span = expr.span;
        let value = match (&field.kind, &expr.kind) {
            (FieldType::Bool, ExprKind::Truth(yes)) => Some(Value::Bool(*yes)),
            (FieldType::Date, ExprKind::Day(day)) => Some(Value::Date(*day)),
            (FieldType::Text, ExprKind::Text(text) | ExprKind::Name(text, None)) => Some(Value::Text(text.clone())),
            (FieldType::Choice { choices }, ExprKind::Name(written, None) | ExprKind::Text(written)) => {
                let Some(choice) = choices.iter().find(|choice| choice.is_written(written)) else {
                    let names = nearest(written, choices.iter().map(|choice| choice.zh.as_str()));
                    let (zh, en) = (
                        format!("“{}”没有“{written}”这个选项", field.zh),
                        format!("{:?} has no choice {written:?}", field.en),
                    );
                    self.problems.push(Problem::error("unknown-choice", span, zh, en).nearest(&names));
                    return None;
                };
                Some(Value::Code(choice.key.clone()))
            }
            (FieldType::CreditCode | FieldType::Code { .. }, ExprKind::Text(code) | ExprKind::Name(code, None)) => {
                Some(Value::Code(code.clone()))
            }
            (FieldType::CreditCode | FieldType::Code { .. }, ExprKind::Figure(code, unit)) => {
                Some(Value::Code(format!("{code}{unit}")))
            }
            (kind, ExprKind::Figure(figure, unit)) => figure_value(kind, &field.unit, *figure, unit),
            (kind, ExprKind::Negative(inner)) => match &inner.kind {
                ExprKind::Figure(figure, unit) => figure_value(kind, &field.unit, -*figure, unit),
                _ => None,
            },
            _ => None,
        };
        if value.is_none() {
            let wanted = match &field.kind {
                FieldType::Money => Both::new("金额，如 5000万元", "money, as 5000万元"),
                FieldType::Percent => Both::new("百分比，如 5%", "a percentage, as 5%"),
                FieldType::Bool => Both::new("是 或 否", "是 or 否"),
                FieldType::Date => Both::new("日期，如 2026-06-01", "a day, as 2026-06-01"),
                FieldType::Integer => {
                    Both::new(format!("整数（{}）", field.unit), format!("a whole number ({})", field.unit))
                }
                FieldType::Decimal => Both::new(format!("数（{}）", field.unit), format!("a figure ({})", field.unit)),
                _ => Both::new("文字或编码", "words or a code"),
            };
            let (zh, en) = (format!("“{}”应为{}", field.zh, wanted.zh), format!("{:?} is {}", field.en, wanted.en));
            self.error("mixed-units", span, zh, en);
        }
        value
    }

    fn expect(&mut self, expect: &Expect) -> Option<Expectation> {
        match expect {
            Expect::Answer { answer, names } => {
                let answers = [Answer::Meets, Answer::Fails, Answer::Undetermined, Answer::Expert];
                let at = ANSWERS.iter().position(|(zh, en)| *zh == answer.text || *en == answer.text)?;
                let (mut failed, mut missing) = (Vec::new(), Vec::new());
                for name in names {
                    if answers[at] == Answer::Fails {
                        failed.extend(self.condition(name));
                    } else {
                        missing.extend(self.missing(name));
                    }
                }
                Some(Expectation::Answer { answer: answers[at], failed, missing })
            }
            Expect::Figure { name, part, value, rounded } => {
                let step = self.step(name, part.as_ref())?;
                let (low, high) = match &value.kind {
                    ExprKind::Between(low, high) => (fixed(low)?, fixed(high)?),
                    _ => (fixed(value)?, fixed(value)?),
                };
                let digits = match &value.kind {
                    ExprKind::Figure(figure, written) => Some((figure.scale(), unit(written).1)),
                    _ => None,
                };
                let name = part.as_ref().map_or(name.text.clone(), |part| format!("{}.{}", name.text, part.text));
                Some(Expectation::Figure { name, step, bounds: (low, high), rounded: digits.filter(|_| *rounded) })
            }
        }
    }

    fn condition(&mut self, name: &Named) -> Option<usize> {
        let conditions = &self.policy.conditions;
        let found = conditions.iter().position(|known| known.id == name.text || known.name == name.text);
        if found.is_none() {
            let names =
                nearest(&name.text, conditions.iter().flat_map(|known| [known.name.as_str(), known.id.as_str()]));
            let (zh, en) = (format!("没有条件“{}”", name.text), format!("there is no condition {:?}", name.text));
            self.problems.push(Problem::error("unknown-expectation", name.span, zh, en).nearest(&names));
        }
        found
    }

    /// The key of a field that is missing: of the subject, or of its records.
    fn missing(&mut self, name: &Named) -> Option<String> {
        let kinds = SubjectKind::ALL.iter().copied().filter(|kind| *kind == self.policy.subject || kind.is_record());
        let mut fields = kinds.filter_map(|kind| self.catalogue.field_by_heading(kind, &name.text));
        let known = fields.find(|field| self.policy.inputs.iter().any(|input| input.field() == Some(&field.key)));
        if let Some(field) = known {
            return Some(field.key.clone());
        }
        let names = nearest(&name.text, self.policy.inputs.iter().map(|input| input.zh.as_str()));
        let (zh, en) = (format!("这个政策不用“{}”", name.text), format!("this policy does not use {:?}", name.text));
        self.problems.push(Problem::error("unknown-name", name.span, zh, en).nearest(&names));
        None
    }

    /// The step of a definition, score, item or reward.
    fn step(&mut self, name: &Named, part: Option<&Named>) -> Option<StepId> {
        let policy = self.policy;
        let is = |id: &str, label: &str, wanted: &Named| id == wanted.text || label == wanted.text;
        let score = policy.scores.iter().find(|score| is(&score.id, &score.name, name));
        let found = match part {
            Some(part) => score.and_then(|score| {
                score.parts.iter().find(|known| is(&known.id, &known.name, part)).map(|part| part.step)
            }),
            None => score
                .map(|score| score.step)
                .or_else(|| policy.definitions.iter().find(|known| known.name == name.text).map(|known| known.step))
                .or_else(|| {
                    policy.rewards.iter().find(|known| is(&known.id, &known.name, name)).map(|known| known.step)
                }),
        };
        if found.is_none() {
            let known = policy
                .scores
                .iter()
                .flat_map(|score| score.parts.iter().map(|part| part.name.as_str()).chain([score.name.as_str()]));
            let known = known.chain(policy.definitions.iter().map(|known| known.name.as_str()));
            let names = nearest(&part.unwrap_or(name).text, known);
            let (zh, en) = (
                format!("没有名为“{}”的定义、评分或奖励", name.text),
                format!("no definition, score or reward is named {:?}", name.text),
            );
            self.problems.push(Problem::error("unknown-name", name.span, zh, en).nearest(&names));
        }
        found
    }
}

/// The day of application a line of a case states.
fn applied_on(given: &Given) -> Option<Date> {
    match given {
        Given::Fact { name, value: Some(Expr { kind: ExprKind::Day(day), .. }), .. }
            if matches!(name.text.as_str(), "申请日" | "application_date") =>
        {
            Some(*day)
        }
        _ => None,
    }
}

/// A literal as an exact figure.
fn fixed(expr: &Expr) -> Option<Exact> {
    match &expr.kind {
        ExprKind::Figure(figure, written) => Exact::from_decimal(*figure).mul(unit(written).1),
        ExprKind::Negative(inner) => fixed(inner)?.neg(),
        ExprKind::Day(day) => Some(crate::eval::step::day_number(*day)),
        _ => None,
    }
}

/// A figure with its unit as a field of this type stores it; `None` where the unit does not fit.
fn figure_value(kind: &FieldType, field_unit: &str, figure: Decimal, written: &str) -> Option<Value> {
    let (base, times) = unit(written);
    let bare = written.is_empty();
    match kind {
        FieldType::Money if base == "元" => {
            let fen = Exact::from_decimal(figure).mul(times)?.whole()?;
            Some(Value::Money(Money::from_fen(i64::try_from(fen).ok()?)))
        }
        FieldType::Percent if written == "%" => Some(Value::Decimal(figure)),
        FieldType::Integer if bare || unit(field_unit).0 == base => {
            figure.normalize().to_i64().filter(|whole| Decimal::from(*whole) == figure).map(Value::Integer)
        }
        FieldType::Decimal if bare || unit(field_unit).0 == base => Some(Value::Decimal(figure)),
        _ => None,
    }
}
