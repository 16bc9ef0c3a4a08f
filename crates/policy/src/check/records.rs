//! Record sets and codes: 数量(知识产权 其中 类别 = Ⅰ类), 行业 属于 ("C39").

use kernel::{Field, FieldType, SubjectKind, code_table};

use super::lower::Lower;
use crate::ir::{Dim, Input, Op, Reading, Source, StepId, Year};
use crate::problem::{Both, Span, nearest};
use crate::tree::{Compare, Expr, ExprKind, Gather, Named};

impl<'a> Lower<'a> {
    /// A function of a record set.
    pub fn gather(
        &mut self,
        gather: Gather,
        kind: &Named,
        field: Option<&Named>,
        filter: Option<&'a Expr>,
        span: Span,
    ) -> Option<StepId> {
        if self.record.is_some() {
            self.error("nested-records", span, "“其中”里不能再取记录集", "record sets cannot be nested");
            return None;
        }
        let Some(found) = SubjectKind::ALL
            .iter()
            .copied()
            .find(|known| known.is_record() && (known.zh() == kind.text || known.key() == kind.text))
        else {
            let known = SubjectKind::ALL.iter().filter(|kind| kind.is_record()).map(|kind| kind.zh());
            let names = nearest(&kind.text, known.clone());
            let all: Vec<&str> = known.collect();
            let (zh, en) = (format!("没有“{}”这种记录", kind.text), format!("there are no records {:?}", kind.text));
            let problem = self.error("unknown-records", kind.span, zh, en);
            *problem = problem.clone().nearest(&names);
            if problem.hint.is_none() {
                problem.hint =
                    Some(Both::new(format!("记录有 {}", all.join("、")), format!("records are {}", all.join(", "))));
            }
            return None;
        };
        let input = Input {
            source: Source::Records(found),
            zh: format!("{}记录", found.zh()),
            en: format!("{} records", found.en()),
            reading: Reading::Figure,
            dim: Dim::of("项"),
            not_negative: true,
            whole: true,
            movable: false,
        };
        let records = self.input(input, kind.span)?;
        let from = self.steps.len();
        self.record = Some(found);
        let filter = filter.map(|filter| self.truth(filter));
        let value = field.map(|field| match self.record_field(&field.text, field.span) {
            Some(step) => step,
            None => {
                self.unknown_record_field(found, &field.text, field.span);
                None
            }
        });
        self.record = None;
        let (filter, value) = (transposed(filter)?, transposed(value)?);
        let dim = match (gather, value) {
            (Gather::Count, _) => Dim::of("项"),
            (Gather::Exists, _) => Dim::Truth,
            (Gather::Sum, Some(value)) => self.dim(value).clone(),
            (Gather::Sum, None) => {
                self.error(
                    "unexpected",
                    span,
                    "合计记录时要写明字段，如 合计(股权融资.新增股权融资)",
                    "say which field is summed: 合计(records.field)",
                );
                return None;
            }
        };
        if gather == Gather::Sum && !matches!(dim, Dim::Of(_)) {
            self.error("mixed-units", span, "只能合计数值字段", "only figures can be summed");
            return None;
        }
        Some(self.push(Op::Gather { gather, records, kind: found, from, filter, value }, dim, span))
    }

    fn unknown_record_field(&mut self, kind: SubjectKind, name: &str, span: Span) {
        let names = nearest(name, self.catalogue.fields_of(kind).flat_map(|field| field.headings(kind)));
        let (zh, en) = (format!("{}没有“{name}”这个字段", kind.zh()), format!("{} has no field {name:?}", kind.en()));
        let problem = self.error("unknown-name", span, zh, en);
        *problem = problem.clone().nearest(&names);
    }

    /// A name as a field of the records at hand. The outer `None`: it is not one.
    pub fn record_field(&mut self, name: &str, span: Span) -> Option<Option<StepId>> {
        let (_, field) = self.record_input(name)?;
        if self.is_code(field) {
            self.code_alone(field, span);
            return Some(None);
        }
        let input = self.record_input_of(field, span);
        Some(input.map(|input| {
            let dim = self.inputs[input].dim.clone();
            self.push(Op::Input(input), dim, span)
        }))
    }

    fn record_input(&self, name: &str) -> Option<(SubjectKind, &'a Field)> {
        let kind = self.record?;
        let catalogue = self.catalogue;
        catalogue.field_by_heading(kind, name).map(|field| (kind, field))
    }

    fn record_input_of(&mut self, field: &Field, span: Span) -> Option<usize> {
        let kind = self.record?;
        self.field_input(field, kind, Source::RecordFact { kind, field: field.key.clone() }, span)
    }

    fn is_code(&self, field: &Field) -> bool {
        matches!(
            field.kind,
            FieldType::Text | FieldType::CreditCode | FieldType::Code { .. } | FieldType::Choice { .. }
        )
    }

    /// Reports a field of codes used as a figure.
    pub fn code_alone(&mut self, field: &Field, span: Span) {
        let (zh, en) = (
            format!("“{}”是编码或文字，只能用 =、≠、属于、不属于 比较", field.zh),
            format!("{:?} holds codes or words: compare it with =, ≠, 属于 or 不属于", field.en),
        );
        self.error("code-as-figure", span, zh, en);
    }

    /// A comparison of a field of codes. The outer `None`: `item` is not one.
    pub fn code_test(
        &mut self,
        item: &'a Expr,
        values: &'a [Expr],
        compare: Option<Compare>,
        turned: bool,
        span: Span,
    ) -> Option<Option<StepId>> {
        let ExprKind::Name(name, years) = &item.kind else { return None };
        let local = self.tree.definitions.iter().any(|definition| definition.name.text == *name);
        let (field, of_record) = match self.record_input(name) {
            Some((_, field)) => (field, true),
            None if local => return None,
            None => (self.catalogue.field_by_heading(self.subject, name)?, false),
        };
        if !self.is_code(field) {
            return None;
        }
        Some(self.code_test_of(field, of_record, years.as_ref(), item.span, values, compare, turned, span))
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one comparison, used in one place")]
    fn code_test_of(
        &mut self,
        field: &'a Field,
        of_record: bool,
        years: Option<&crate::tree::Years>,
        at: Span,
        values: &'a [Expr],
        compare: Option<Compare>,
        turned: bool,
        span: Span,
    ) -> Option<StepId> {
        let not = match compare {
            None => turned,
            Some(Compare::Equal) => false,
            Some(Compare::Unequal) => true,
            Some(_) => {
                self.code_alone(field, span);
                return None;
            }
        };
        let codes: Vec<Option<Vec<String>>> = values.iter().map(|value| self.code(field, value)).collect();
        let codes: Vec<String> = codes.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        let input = if of_record {
            self.record_input_of(field, at)?
        } else {
            let year = match years {
                Some(years) => self.year_of(years)?,
                None if field.period == kernel::PeriodKind::None => Year::None,
                None => self.year,
            };
            if field.period != kernel::PeriodKind::None && year == Year::None {
                let (zh, en) = (
                    format!("“{}”按年度记录，要写明哪一年", field.zh),
                    format!("{:?} is yearly: say which year", field.en),
                );
                self.error("needs-year", at, zh, en);
                return None;
            }
            self.field_input(field, self.subject, Source::Fact { field: field.key.clone(), year }, at)?
        };
        // A table with levels: “C39” stands for every code below it.
        let prefix = matches!(field.kind, FieldType::Code { .. });
        Some(self.push(Op::IsCode { input, codes, prefix, not }, Dim::Truth, span))
    }

    /// One value a field of codes is compared with, in its stored form. A section of a table
    /// (制造业) stands for the codes below it.
    pub fn code(&mut self, field: &Field, value: &Expr) -> Option<Vec<String>> {
        let written = match &value.kind {
            ExprKind::Name(name, None) => name.clone(),
            ExprKind::Text(text) => text.clone(),
            ExprKind::Figure(figure, unit) => format!("{figure}{unit}"),
            ExprKind::Truth(yes) => if *yes { "是" } else { "否" }.to_owned(),
            _ => {
                self.error("unexpected", value.span, "这里应为一个选项或编码", "expected a choice or a code");
                return None;
            }
        };
        if let FieldType::Code { table } = &field.kind {
            return self.table_code(table, &written, value.span);
        }
        let FieldType::Choice { choices } = &field.kind else { return Some(vec![written]) };
        if let Some(choice) = choices.iter().find(|choice| choice.is_written(&written)) {
            return Some(vec![choice.key.clone()]);
        }
        let labels: Vec<&str> = choices.iter().map(|choice| choice.zh.as_str()).collect();
        let (zh, en) =
            (format!("“{}”没有“{written}”这个选项", field.zh), format!("{:?} has no choice {written:?}", field.en));
        let problem = self.error("unknown-choice", value.span, zh, en);
        *problem = problem.clone().nearest(&nearest(&written, labels.iter().copied()));
        if problem.hint.is_none() {
            problem.hint =
                Some(Both::new(format!("选项有 {}", labels.join("、")), format!("choices are {}", labels.join(", "))));
        }
        None
    }

    /// A code of a table, by code or name.
    fn table_code(&mut self, table: &str, written: &str, span: Span) -> Option<Vec<String>> {
        let Some(known) = code_table::table(table) else { return Some(vec![written.to_owned()]) };
        let named = known.named(written).iter().copied().min_by_key(|code| code.len());
        let Some(code) = known.lookup(written).map(|entry| entry.code).or(named) else {
            let (zh, en) = (
                format!("“{}”里没有“{written}”", known.titles().0),
                format!("{} has no {written:?}", known.titles().1),
            );
            let names = nearest(written, known.children(None).map(|entry| entry.name));
            let problem = self.error("unknown-code", span, zh, en);
            *problem = problem.clone().nearest(&names);
            return None;
        };
        if table == "divisions" {
            // 370000 stands for every division below it: all of them begin with 37.
            let mut stem = code;
            while let Some(shorter) = stem.strip_suffix("00").filter(|shorter| shorter.len() >= 2) {
                stem = shorter;
            }
            return Some(vec![stem.to_owned()]);
        }
        let below: Vec<String> = known.children(Some(code)).map(|entry| entry.code.to_owned()).collect();
        let is_section = !below.is_empty() && below.iter().all(|inner| !inner.starts_with(code));
        Some(if is_section { below } else { vec![code.to_owned()] })
    }
}

/// `None` where something was there and failed.
fn transposed(found: Option<Option<StepId>>) -> Option<Option<StepId>> {
    match found {
        None => Some(None),
        Some(None) => None,
        Some(Some(step)) => Some(Some(step)),
    }
}
