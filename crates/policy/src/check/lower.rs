//! The walk from tree to steps: definitions, conditions, rewards, in the order of the text.

use std::collections::HashMap;

use jiff::civil::date;
use kernel::{Catalogue, SubjectKind};

use super::{Settings, settings_of};
use crate::answer::{Inputs, MOST_INPUTS, Marks, Worked};
use crate::eval::step as meaning;
use crate::eval::work::work;
use crate::ir::{Condition, Defined, Dim, Input, Op, Origin, Policy, Reward, Score, Step, StepId, Year};
use crate::parse::parse_formula;
use crate::problem::{Problem, Span};
use crate::tree::{self, Expr, Tree};

/// Lowers a whole tree. What is wrong is reported and left out.
pub(super) fn lower(
    tree: &Tree,
    source: &str,
    catalogue: &Catalogue,
    set: &Settings,
    subject: SubjectKind,
    problems: &mut Vec<Problem>,
) -> Policy {
    let formulas = catalogue
        .fields()
        .iter()
        .filter_map(|field| Some((field.key.clone(), parse_formula(field.derived.as_ref()?))))
        .collect();
    let mut lower = Lower::new(tree, catalogue, &formulas, set, subject, problems);
    lower.unique_names();
    for definition in &tree.definitions {
        lower.defined(definition);
    }
    for score in &tree.scores {
        lower.score(score);
    }
    for condition in &tree.conditions {
        lower.condition(condition, None);
    }
    lower.required_scores();
    let rewards: Vec<Reward> = tree.rewards.iter().filter_map(|reward| lower.reward(reward)).collect();
    let confers = tree.confers.iter().filter_map(|title| lower.conferred(title)).collect();
    let parts: Vec<StepId> = lower
        .conditions
        .iter()
        .filter(|condition| condition.within.is_none())
        .map(|condition| condition.step)
        .collect();
    let verdict = lower.push(Op::All(parts), Dim::Truth, tree.id.span);
    let force = tree.force.unwrap_or((date(1900, 1, 1), None, Span::default()));
    Policy {
        source: source.to_owned(),
        own: source.len(),
        id: tree.id.text.clone(),
        title: tree.title.text.clone(),
        title_en: tree.title_en.clone(),
        documents: tree.documents.clone(),
        level: tree.level.text.clone(),
        subject,
        from: force.0,
        until: force.1,
        validity: tree.validity.clone(),
        window: tree.window,
        replaces: tree.replaces.clone(),
        notes: tree.notes.clone(),
        confers,
        grants: tree.grants.clone(),
        settings: settings_of(tree, source, set),
        inputs: lower.inputs,
        steps: lower.steps,
        conditions: lower.conditions,
        scores: lower.scores,
        definitions: lower.definitions,
        rewards,
        verdict,
        cases: Vec::new(),
    }
}

/// The formulas of derived fields, by key.
pub(super) type Formulas = HashMap<String, Result<Expr, Vec<Problem>>>;

/// What is being lowered, and what has been.
pub(super) struct Lower<'a> {
    pub tree: &'a Tree,
    pub catalogue: &'a Catalogue,
    pub formulas: &'a Formulas,
    pub set: &'a Settings,
    pub subject: SubjectKind,
    pub problems: &'a mut Vec<Problem>,
    pub steps: Vec<Step>,
    /// The values of fixed steps, by number.
    fixed: Vec<Worked>,
    pub inputs: Vec<Input>,
    pub conditions: Vec<Condition>,
    pub scores: Vec<Score>,
    pub definitions: Vec<Defined>,
    /// Names that are lowered: their step, or that they failed.
    pub named: HashMap<String, Option<StepId>>,
    /// Names being lowered, to find cycles.
    pub open: Vec<String>,
    /// Names that something refers to.
    pub used: std::collections::HashSet<String>,
    /// The kind of record whose fields names mean first.
    pub record: Option<SubjectKind>,
    /// The year that a yearly field without one is taken of.
    pub year: Year,
    /// The label of the derived field whose formula is lowered.
    pub formula: Option<String>,
    /// Derived fields by input.
    pub derived: HashMap<usize, StepId>,
}

impl<'a> Lower<'a> {
    fn new(
        tree: &'a Tree,
        catalogue: &'a Catalogue,
        formulas: &'a Formulas,
        set: &'a Settings,
        subject: SubjectKind,
        problems: &'a mut Vec<Problem>,
    ) -> Self {
        Lower {
            tree,
            catalogue,
            formulas,
            set,
            subject,
            problems,
            steps: Vec::new(),
            fixed: Vec::new(),
            inputs: Vec::new(),
            conditions: Vec::new(),
            scores: Vec::new(),
            definitions: Vec::new(),
            named: HashMap::new(),
            open: Vec::new(),
            used: std::collections::HashSet::new(),
            record: None,
            year: Year::None,
            formula: None,
            derived: HashMap::new(),
        }
    }

    /// Reports an error.
    pub fn error(
        &mut self,
        code: &'static str,
        span: Span,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> &mut Problem {
        let at = self.problems.len();
        self.problems.push(Problem::error(code, span, zh, en));
        &mut self.problems[at]
    }

    /// Adds a step. One whose parts are all fixed is worked out at once.
    pub fn push(&mut self, op: Op, dim: Dim, span: Span) -> StepId {
        let parts = op.parts();
        let mut inputs = Inputs::NONE;
        for &part in &parts {
            inputs.add(self.steps[part].inputs);
        }
        let mut per_record = parts.iter().any(|&part| self.steps[part].per_record);
        let mut whole = !parts.is_empty() && parts.iter().all(|&part| self.steps[part].whole);
        match &op {
            Op::Input(input) | Op::Derived(input, _) | Op::IsCode { input, .. } => {
                inputs.add(Inputs::one(*input));
                per_record |= matches!(self.inputs[*input].source, crate::ir::Source::RecordFact { .. });
                whole = self.inputs[*input].whole;
            }
            Op::Gather { records, gather, .. } => {
                inputs.add(Inputs::one(*records));
                whole = *gather == tree::Gather::Count;
                per_record = false;
            }
            Op::Fixed(worked) => whole = worked.range().known().is_some_and(|figure| figure.whole().is_some()),
            Op::Divide(..) => whole = false,
            Op::Floor(_) | Op::WholeYears(..) | Op::WholeMonths(..) | Op::Today => whole = true,
            _ => {}
        }
        let foldable = !parts.is_empty() && !matches!(op, Op::Gather { .. } | Op::All(_) | Op::Any(_));
        let origin = self.formula.clone().map_or(Origin::Policy(span), Origin::Field);
        let mut step = Step { op, dim, inputs, origin, per_record, whole };
        if foldable && parts.iter().all(|&part| matches!(self.steps[part].op, Op::Fixed(_))) {
            let worked = work(&step, &self.steps, &self.fixed);
            if matches!(step.op, Op::Divide(..)) && worked.marks.has(Marks::ZERO_DIVISOR) {
                self.error("zero-divisor", span, "除数固定为 0", "the divisor is always nought");
            }
            step.op = Op::Fixed(worked);
        }
        self.fixed.push(step.fixed().unwrap_or(Worked::truth(false)));
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// The number of an input, added where it is new.
    pub fn input(&mut self, input: Input, span: Span) -> Option<usize> {
        if let Some(at) = self.inputs.iter().position(|known| known.source == input.source) {
            return Some(at);
        }
        if self.inputs.len() >= MOST_INPUTS {
            let (zh, en) =
                (format!("一个政策最多用 {MOST_INPUTS} 项数据"), format!("a policy uses at most {MOST_INPUTS} facts"));
            self.error("too-long", span, zh, en);
            return None;
        }
        self.inputs.push(input);
        Some(self.inputs.len() - 1)
    }

    /// Marks a step 待核 where its article is.
    pub fn cited(&mut self, step: StepId, cite: &tree::Cite, span: Span) -> StepId {
        if !cite.unverified {
            return step;
        }
        let dim = self.steps[step].dim.clone();
        self.push(Op::Unverified(step), dim, span)
    }

    fn unique_names(&mut self) {
        let tree = self.tree;
        let items = tree.scores.iter().map(|score| &score.name);
        let names = tree.definitions.iter().map(|d| &d.name).chain(tree.settings.iter().map(|s| &s.name)).chain(items);
        self.unique(names, "名称");
        self.unique(tree.conditions.iter().map(|c| &c.id).chain(tree.scores.iter().map(|s| &s.id)), "条件编号");
        self.unique(tree.cases.iter().map(|c| &c.name), "例名");
        self.unique(tree.rewards.iter().map(|r| &r.id), "奖励编号");
        for score in &tree.scores {
            self.unique(score.items.iter().flat_map(|item| item.items.iter().chain([item])).map(|item| &item.id), "项");
        }
    }

    fn unique(&mut self, names: impl Iterator<Item = &'a tree::Named>, what: &str) {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for name in names {
            if seen.insert(&name.text, name.span).is_some() {
                let (zh, en) = (format!("{what}“{}”重复", name.text), format!("{:?} is used twice", name.text));
                self.error("duplicate", name.span, zh, en).hint =
                    Some(crate::problem::Both::new("换一个名称", "choose another name"));
            }
        }
    }

    /// The step of a definition, lowered once. A cycle is reported where it closes.
    pub fn defined(&mut self, definition: &'a tree::Definition) -> Option<StepId> {
        let name = &definition.name;
        if let Some(known) = self.named.get(&name.text) {
            return *known;
        }
        if self.cycle(&name.text, name.span) {
            return None;
        }
        let (record, year) = (self.record.take(), std::mem::replace(&mut self.year, Year::None));
        self.open.push(name.text.clone());
        let found = self.expr(&definition.body);
        self.open.pop();
        (self.record, self.year) = (record, year);
        let found = found.map(|step| self.cited(step, &definition.cite, definition.body.span));
        self.named.insert(name.text.clone(), found);
        if let Some(step) = found {
            let (name, name_en) = (name.text.clone(), definition.name_en.clone());
            self.definitions.push(Defined { name, name_en, cite: definition.cite.clone(), step });
        }
        found
    }

    /// Reports a cycle where `name` is already being lowered.
    pub fn cycle(&mut self, name: &str, span: Span) -> bool {
        let Some(start) = self.open.iter().position(|open| open == name) else { return false };
        let mut round: Vec<&str> = self.open[start..].iter().map(String::as_str).collect();
        round.push(name);
        let round = round.join(" → ");
        let (zh, en) = (format!("循环定义：{round}"), format!("a cycle of definitions: {round}"));
        self.error("cycle", span, zh, en).hint =
            Some(crate::problem::Both::new("去掉其中一处引用", "remove one of the references"));
        true
    }

    /// A condition and its parts.
    pub fn condition(&mut self, condition: &'a tree::Condition, within: Option<usize>) -> Option<StepId> {
        let at = self.conditions.len();
        self.conditions.push(Condition {
            id: condition.id.text.clone(),
            name: condition.name.text.clone(),
            name_en: condition.name_en.clone(),
            cite: condition.cite.clone(),
            step: 0,
            within,
            span: condition.name.span,
            score: None,
        });
        let found = self.truth_within(&condition.body, Some(at));
        match found {
            Some(step) => {
                let step = self.cited(step, &condition.cite, condition.name.span);
                self.conditions[at].step = step;
                Some(step)
            }
            None => {
                self.conditions[at].step = self.push(Op::Fixed(Worked::truth(false)), Dim::Truth, condition.name.span);
                None
            }
        }
    }

    /// A yes-or-no expression in which named parts may stand.
    fn truth_within(&mut self, expr: &'a Expr, within: Option<usize>) -> Option<StepId> {
        match &expr.kind {
            tree::ExprKind::Sub(condition) => self.condition(condition, within),
            tree::ExprKind::All(parts) | tree::ExprKind::Any(parts) => {
                let found: Vec<Option<StepId>> = parts.iter().map(|part| self.truth_within(part, within)).collect();
                let found: Vec<StepId> = found.into_iter().collect::<Option<_>>()?;
                let all = matches!(expr.kind, tree::ExprKind::All(_));
                Some(self.push(if all { Op::All(found) } else { Op::Any(found) }, Dim::Truth, expr.span))
            }
            _ => self.truth(expr),
        }
    }

    fn reward(&mut self, reward: &'a tree::Reward) -> Option<Reward> {
        let amount = self.of_unit(&reward.amount, &Dim::money());
        let cap = reward.cap.as_ref().map(|cap| self.of_unit(cap, &Dim::money()));
        let mut shares = Vec::new();
        for (payer, rate) in &reward.shares {
            let step = self.of_unit(rate, &Dim::ratio())?;
            match self.steps[step].fixed().and_then(|worked| worked.range().known()) {
                Some(rate) => shares.push((payer.clone(), rate)),
                None => {
                    self.error("not-fixed", rate.span, "分担比例应为固定的百分比", "a share is a fixed percentage");
                }
            }
        }
        let total = shares.iter().try_fold(crate::exact::Exact::ZERO, |sum, (_, rate)| sum.add(*rate));
        if !shares.is_empty() && total != Some(crate::exact::Exact::ONE) {
            let (zh, en) = ("各方分担比例之和应为 100%", "the shares do not add up to 100 %");
            self.error("shares", reward.name.span, zh, en);
        }
        let mut step = amount?;
        if let Some(cap) = cap {
            step = self.push(Op::Smallest(vec![step, cap?]), Dim::money(), reward.amount.span);
        }
        let step = self.cited(step, &reward.cite, reward.name.span);
        let of = |name: &tree::Named| name.text == reward.id.text || name.text == reward.name.text;
        let highest_of = self.tree.highest.iter().position(|(names, _)| names.iter().any(of));
        let (id, name) = (reward.id.text.clone(), reward.name.text.clone());
        let name_en = reward.name_en.clone();
        Some(Reward { id, name, name_en, cite: reward.cite.clone(), step, shares, highest_of })
    }
}

impl Step {
    /// The value of a fixed step.
    pub fn fixed(&self) -> Option<Worked> {
        match self.op {
            Op::Fixed(worked) => Some(worked),
            _ => None,
        }
    }
}

/// The step's day as a figure, for literals.
pub(super) fn day_literal(day: jiff::civil::Date) -> Worked {
    Worked::figure(meaning::day_number(day))
}
