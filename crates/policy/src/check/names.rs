//! What a name stands for: a definition, a setting, a score, a field of the catalogue.

use kernel::{Field, FieldType, Lang, PeriodKind, SubjectKind};

use super::figures::unit;
use super::lower::Lower;
use crate::answer::{Inputs, Marks, Range, Val, Worked};
use crate::exact::Exact;
use crate::ir::{Conferred, Dim, Input, Op, Reading, Source, StepId, Year};
use crate::parse::parse_formula;
use crate::problem::{Both, Span, nearest};
use crate::tree::{Which, Years};

/// What a field's values count and how they are read.
fn reading(field: &Field) -> (Reading, Dim) {
    match &field.kind {
        FieldType::Money => (Reading::Money, Dim::money()),
        FieldType::Percent => (Reading::Percent, Dim::ratio()),
        FieldType::Bool => (Reading::Truth, Dim::Truth),
        FieldType::Date => (Reading::Day, Dim::Day),
        // A whole figure in 年 is a calendar year (获奖年份); a measured one is a length of time.
        FieldType::Integer if field.unit == "年" => (Reading::Figure, Dim::CalendarYear),
        FieldType::Integer | FieldType::Decimal => (Reading::Figure, Dim::of(unit(&field.unit).0)),
        FieldType::Text | FieldType::CreditCode | FieldType::Code { .. } | FieldType::Choice { .. } => {
            (Reading::Code, Dim::Truth)
        }
    }
}

impl<'a> Lower<'a> {
    /// A name as a figure, day or yes-or-no.
    pub fn name(&mut self, name: &str, years: Option<&Years>, span: Span) -> Option<StepId> {
        if let Some(step) = self.special(name, years, span) {
            return Some(step);
        }
        if let Some(found) = self.record_field(name, span) {
            return found;
        }
        if self.formula.is_none()
            && let Some(found) = self.local_name(name, years, span)
        {
            return found;
        }
        let Some(field) = self.field(name) else {
            self.unknown_name(name, span);
            return None;
        };
        let year = match (field.period, years) {
            (PeriodKind::None, None) => Year::None,
            (PeriodKind::None, Some(years)) => {
                let (zh, en) = (format!("“{name}”不分年度，不能写年份"), format!("{name:?} has no years"));
                self.error("no-years", years.span, zh, en).hint =
                    Some(Both::new("去掉方括号", "leave out the brackets"));
                return None;
            }
            (_, Some(years)) => self.year_of(years)?,
            (_, None) if self.year != Year::None => self.year,
            (_, None) => {
                let (zh, en) =
                    (format!("“{name}”按年度记录，要写明哪一年"), format!("{name:?} is yearly: say which year"));
                self.error("needs-year", span, zh, en).hint =
                    Some(Both::new(format!("写作 {name}[上年]"), format!("write {name}[上年]")));
                return None;
            }
        };
        self.fact(field, year, span)
    }

    /// 申请日, 上年, 本年.
    fn special(&mut self, name: &str, years: Option<&Years>, span: Span) -> Option<StepId> {
        if years.is_some() {
            return None;
        }
        let back = match name {
            "申请日" | "application_date" => return Some(self.push(Op::Today, Dim::Day, span)),
            // A question only experts can answer, such as a place on an industrial chain.
            "专家认定" | "expert_opinion" => {
                let open =
                    Worked { val: Val::Truth(crate::answer::Tri::Open), open: Inputs::NONE, marks: Marks::EXPERT };
                return Some(self.push(Op::Fixed(open), Dim::Truth, span));
            }
            "本年" | "this_year" => 0,
            "上年" | "last_year" => 1,
            _ => return None,
        };
        let year = match (self.formula.is_some(), self.year) {
            (true, Year::Before(own)) => Year::Before(own + back),
            (true, Year::Fixed(own)) => Year::Fixed(own - back),
            _ => Year::Before(back),
        };
        Some(self.calendar_year(year, span))
    }

    /// A year as a figure.
    fn calendar_year(&mut self, year: Year, span: Span) -> StepId {
        let fixed = |figure: i16| Worked::figure(Exact::int(figure.into()));
        let back = match year {
            Year::Fixed(year) => return self.push(Op::Fixed(fixed(year)), Dim::CalendarYear, span),
            Year::Before(back) => back,
            Year::None => 0,
        };
        let today = self.push(Op::Today, Dim::Day, span);
        let this_year = self.push(Op::YearOf(today), Dim::CalendarYear, span);
        let back = self.push(Op::Fixed(fixed(back)), Dim::of("年"), span);
        self.push(Op::Subtract(this_year, back), Dim::CalendarYear, span)
    }

    /// Whether the enterprise existed in a year: it was founded in it or before.
    pub fn existed(&mut self, year: Year, span: Span) -> Option<StepId> {
        let Some(field) = self.catalogue.field("registration_date") else {
            self.error("unknown-name", span, "目录中没有“成立日期”", "the catalogue has no 成立日期");
            return None;
        };
        let founded = self.fact(field, Year::None, span)?;
        let founded = self.push(Op::YearOf(founded), Dim::CalendarYear, span);
        let year = self.calendar_year(year, span);
        Some(self.push(Op::Test(crate::tree::Compare::AtMost, founded, year), Dim::Truth, span))
    }

    fn local_name(&mut self, name: &str, years: Option<&Years>, span: Span) -> Option<Option<StepId>> {
        let tree = self.tree;
        let definition = tree.definitions.iter().find(|definition| definition.name.text == name);
        let setting = tree.settings.iter().find(|setting| setting.name.text == name);
        let score = tree.scores.iter().find(|score| score.name.text == name || score.id.text == name);
        if definition.is_none() && setting.is_none() && score.is_none() {
            return None;
        }
        self.used.insert(name.to_owned());
        if let Some(years) = years {
            let (zh, en) =
                (format!("“{name}”是定义的名称，不分年度"), format!("{name:?} is defined here and has no years"));
            self.error("no-years", years.span, zh, en);
            return Some(None);
        }
        Some(match (definition, setting, score) {
            (Some(_), ..) if self.cycle(name, span) => None,
            (Some(definition), ..) => self.defined(definition),
            (_, Some(setting), _) => self.setting(setting, span),
            (.., Some(score)) => {
                if self.cycle(&score.name.text, span) {
                    return Some(None);
                }
                self.score(score)
            }
            _ => None,
        })
    }

    /// A title that is conferred: a choice of the field 资质名称, or words in quotation marks.
    pub fn conferred(&mut self, title: &'a crate::tree::Conferred) -> Option<Conferred> {
        let (written, cite) = (&title.name.text, title.cite.clone());
        if title.quoted {
            return Some(Conferred { key: None, name: written.clone(), name_en: title.name_en.clone(), cite });
        }
        let choices = match self.catalogue.field("qualification_code").map(|field| &field.kind) {
            Some(FieldType::Choice { choices }) => choices.as_slice(),
            _ => &[],
        };
        if let Some(choice) = choices.iter().find(|choice| choice.is_written(written)) {
            let (name, name_en) = (choice.zh.clone(), Some(choice.en.clone()));
            return Some(Conferred { key: Some(choice.key.clone()), name, name_en, cite });
        }
        let (zh, en) = (format!("台账没有“{written}”这种资质"), format!("the register has no title {written:?}"));
        let known = nearest(written, choices.iter().map(|choice| choice.zh.as_str()));
        let problem = self.error("unknown-title", title.name.span, zh, en);
        *problem = problem.clone().nearest(&known);
        if problem.hint.is_none() {
            problem.hint = Some(Both::new(
                format!("台账没有的资质写在引号里：授予 \"{written}\""),
                format!("a title that the register does not know is written in quotation marks: 授予 \"{written}\""),
            ));
        }
        None
    }

    fn setting(&mut self, setting: &'a crate::tree::Setting, span: Span) -> Option<StepId> {
        let name = &setting.name.text;
        if let Some(written) = self.set.get(name) {
            let read = parse_formula(written).ok().and_then(|expr| match expr.kind {
                crate::tree::ExprKind::Figure(figure, written) => {
                    let (base, times) = unit(&written);
                    Some((
                        Exact::from_decimal(figure).mul(times)?,
                        if written.is_empty() { Dim::Loose } else { Dim::of(base) },
                    ))
                }
                _ => None,
            });
            let Some((figure, dim)) = read else {
                let (zh, en) = (
                    format!("参数“{name}”的设定值“{written}”不是带单位的数"),
                    format!("setting {name:?} is set to {written:?}, which is not a figure"),
                );
                self.error("bad-setting", setting.name.span, zh, en);
                return None;
            };
            // As of a figure in the text: the same place, so that the same figure is no difference.
            let place = setting.value.as_ref().map_or(span, |value| value.span);
            let step = self.push(Op::Fixed(Worked::figure(figure)), dim, place);
            return Some(self.cited(step, &setting.cite, span));
        }
        if let Some(value) = &setting.value {
            let step = self.expr(value)?;
            if self.is_fixed(step).is_none() {
                self.error("not-fixed", value.span, "参数应为固定的数", "a setting is a fixed figure");
                return None;
            }
            // The figure's own step keeps its place in the text; the name's place is what explanations show.
            return Some(self.cited(step, &setting.cite, span));
        }
        let dim = setting.unit.as_ref().map_or(Dim::Loose, |written| Dim::of(unit(&written.text).0));
        let input = Input {
            source: Source::Setting(name.clone()),
            zh: format!("参数“{name}”"),
            en: format!("setting {:?}", setting.name_en.as_ref().unwrap_or(name)),
            reading: Reading::Figure,
            dim: dim.clone(),
            not_negative: true,
            whole: false,
            movable: false,
        };
        let input = self.input(input, span)?;
        Some(self.push(Op::Input(input), dim, span))
    }

    /// The field of the subject that a name means.
    fn field(&self, name: &str) -> Option<&'a Field> {
        let catalogue = self.catalogue;
        catalogue.field_by_heading(self.subject, name)
    }

    fn unknown_name(&mut self, name: &str, span: Span) {
        let mut known: Vec<&str> = Vec::new();
        for kind in self.record.into_iter().chain([self.subject]) {
            known.extend(self.catalogue.fields_of(kind).flat_map(|field| field.headings(kind)));
        }
        let tree = self.tree;
        known.extend(tree.definitions.iter().map(|d| d.name.text.as_str()));
        known.extend(tree.settings.iter().map(|s| s.name.text.as_str()));
        known.extend(tree.scores.iter().map(|s| s.name.text.as_str()));
        known.extend(crate::parse::expr::FUNCTIONS.iter().map(|(zh, ..)| *zh));
        let names = nearest(name, known);
        let (zh, en) = (format!("没有“{name}”这个名称"), format!("there is no name {name:?}"));
        let problem = self.error("unknown-name", span, zh, en);
        *problem = problem.clone().nearest(&names);
        if problem.hint.is_none() {
            problem.hint = Some(Both::new(
                "名称来自字段目录，或先用“设”定义",
                "names are fields of the catalogue, or defined with 设",
            ));
        }
    }

    /// The year that brackets mean.
    pub fn year_of(&mut self, years: &Years) -> Option<Year> {
        match (years.which, self.formula.is_some(), self.year) {
            (Which::Before(back), true, Year::Before(own)) => Some(Year::Before(own + back)),
            (Which::Before(back), true, Year::Fixed(own)) => Some(Year::Fixed(own - back)),
            (Which::Before(back), ..) => Some(Year::Before(back)),
            (Which::Year(year), ..) => Some(Year::Fixed(year)),
            (Which::Last { .. }, ..) => {
                self.error(
                    "needs-fold",
                    years.span,
                    "“近N年”是几个数，要写在合计、平均、最大、最小里，或用“每年”",
                    "近N年 is several figures: put it in 合计, 平均, 最大 or 最小, or use 每年",
                );
                None
            }
        }
    }

    /// A yearly field of one year, by name.
    pub fn yearly(&mut self, name: &str, year: Year, span: Span) -> Option<StepId> {
        let Some(field) = self.field(name) else {
            self.unknown_name(name, span);
            return None;
        };
        if field.period == PeriodKind::None {
            let (zh, en) = (format!("“{name}”不分年度，不能写年份"), format!("{name:?} has no years"));
            self.error("no-years", span, zh, en);
            return None;
        }
        self.fact(field, year, span)
    }

    /// The input of a field.
    pub fn field_input(&mut self, field: &Field, kind: SubjectKind, source: Source, span: Span) -> Option<usize> {
        let (reading, dim) = reading(field);
        let figure = matches!(reading, Reading::Money | Reading::Figure | Reading::Percent);
        let input = Input {
            source,
            zh: field.label(kind, Lang::Zh).to_owned(),
            en: field.label(kind, Lang::En).to_owned(),
            reading,
            dim,
            not_negative: figure && !field.negative,
            whole: matches!(field.kind, FieldType::Integer) || reading == Reading::Day,
            movable: field.movable,
        };
        self.input(input, span)
    }

    fn fact(&mut self, field: &'a Field, year: Year, span: Span) -> Option<StepId> {
        if reading(field).0 == Reading::Code {
            self.code_alone(field, span);
            return None;
        }
        let source = Source::Fact { field: field.key.clone(), year };
        let input = self.field_input(field, self.subject, source, span)?;
        let dim = self.inputs[input].dim.clone();
        let Some(formula) = &field.derived else { return Some(self.push(Op::Input(input), dim, span)) };
        if let Some(&known) = self.derived.get(&input) {
            return Some(known);
        }
        let worked = self.derive(field, formula, year, span)?;
        if self.dim(worked).common(&dim).is_none() {
            let (zh, en) = (
                format!("目录中“{}”的公式单位不合", field.zh),
                format!("the formula of {:?} in the catalogue has another unit", field.en),
            );
            self.error("mixed-units", span, zh, en);
            return None;
        }
        let step = self.push(Op::Derived(input, worked), dim, span);
        self.derived.insert(input, step);
        Some(step)
    }

    /// The formula of a derived field, for one year.
    fn derive(&mut self, field: &Field, formula: &str, year: Year, span: Span) -> Option<StepId> {
        let own = format!("字段 {}", field.zh);
        if self.cycle(&own, span) {
            return None;
        }
        let formulas = self.formulas;
        let expr = match formulas.get(&field.key) {
            Some(Ok(expr)) => expr,
            found => {
                let what = match found {
                    Some(Err(problems)) => problems.first().map(|problem| problem.message.clone()),
                    _ => None,
                };
                let what = what.unwrap_or(Both::new("", ""));
                let zh = format!("目录中“{}”的公式“{formula}”读不懂：{}", field.zh, what.zh);
                let en =
                    format!("the formula of {:?} in the catalogue, {formula:?}, cannot be read: {}", field.en, what.en);
                self.error("bad-formula", span, zh, en);
                return None;
            }
        };
        // The formula is read with its own names and years, and its problems are told at the name that uses it.
        let mut inner = Vec::new();
        let before = self.problems.len();
        let saved =
            (self.record.take(), std::mem::replace(&mut self.year, year), self.formula.replace(field.zh.clone()));
        self.open.push(own);
        let found = self.expr(expr);
        self.open.pop();
        (self.record, self.year, self.formula) = saved;
        inner.extend(self.problems.drain(before..));
        for mut problem in inner {
            problem.span = span;
            problem.message.zh = format!("目录中“{}”的公式：{}", field.zh, problem.message.zh);
            problem.message.en = format!("the formula of {:?} in the catalogue: {}", field.en, problem.message.en);
            self.problems.push(problem);
        }
        found
    }

    /// The figures a step can take when nothing is known.
    pub fn possible_range(&self, step: StepId) -> Range {
        let mut worked: Vec<Worked> = Vec::with_capacity(step + 1);
        for at in self.steps.iter().take(step + 1) {
            let value = match &at.op {
                Op::Input(input) | Op::Derived(input, _) => self.inputs[*input].unknown(Inputs::one(*input)),
                Op::Today => Worked { val: Val::Figure(Range::ANY), open: Inputs::NONE, marks: Marks::NONE },
                Op::IsCode { .. } => {
                    Worked { val: Val::Truth(crate::answer::Tri::Open), open: Inputs::NONE, marks: Marks::NONE }
                }
                Op::Gather { gather: crate::tree::Gather::Count, .. } => {
                    let range = Range { lo: Some(Exact::ZERO), hi: None };
                    Worked { val: Val::Figure(range), open: Inputs::NONE, marks: Marks::NONE }
                }
                Op::Gather { gather: crate::tree::Gather::Exists, .. } => {
                    Worked { val: Val::Truth(crate::answer::Tri::Open), open: Inputs::NONE, marks: Marks::NONE }
                }
                // A quotient exists only where its divisor is not nought.
                Op::Divide(a, b) if [*a, *b].iter().all(|&part| never_negative(&worked[part])) => {
                    let range = Range { lo: Some(Exact::ZERO), hi: None };
                    Worked { val: Val::Figure(range), open: Inputs::NONE, marks: Marks::NONE }
                }
                Op::Gather { .. } => Worked { val: Val::Figure(Range::ANY), open: Inputs::NONE, marks: Marks::NONE },
                _ => crate::eval::work::work(at, &self.steps, &worked),
            };
            worked.push(value);
        }
        worked.last().map_or(Range::ANY, Worked::range)
    }
}

fn never_negative(worked: &Worked) -> bool {
    worked.range().lo.is_some_and(|lo| !lo.is_negative())
}

impl Input {
    /// Its value where it is not known: open, with the bounds the field itself sets.
    pub fn unknown(&self, open: Inputs) -> Worked {
        let val = match self.reading {
            Reading::Truth | Reading::Code => Val::Truth(crate::answer::Tri::Open),
            _ => Val::Figure(Range { lo: self.not_negative.then_some(Exact::ZERO), hi: None }),
        };
        Worked { val, open, marks: Marks::NONE }
    }
}
