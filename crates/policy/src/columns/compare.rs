//! Comparisons and record sets as acts: edges become whole numbers, quotients products.

use super::compile::{Compiler, Form, Limits};
use super::instr::{Against, Edge, FigureId, Instr, LIMIT, NO_LO, Order, RatioTest, TruthId};
use crate::answer::{Range, Val, Worked};
use crate::eval::step as meaning;
use crate::exact::Exact;
use crate::ir::StepId;
use crate::tree::{Compare, Gather};

impl Compiler<'_, '_> {
    pub(super) fn test(&mut self, compare: Compare, a: StepId, b: StepId) -> Option<Form> {
        let to = match (self.forms[a], self.fixed(b), self.fixed(a), self.forms[b]) {
            (Form::Figure { at, per }, Some(edge), ..) => self.against(at, per, compare, edge)?,
            (_, _, Some(edge), Form::Figure { at, per }) => self.against(at, per, mirrored(compare), edge)?,
            (Form::Doubted { at, per, doubt }, Some(edge), ..) => {
                let plain = self.against(at, per, compare, edge)?;
                return Some(self.in_doubt(plain, doubt));
            }
            (Form::Ratio(x, y), Some(edge), ..) => self.ratio(x, y, compare, edge)?,
            (_, _, Some(edge), Form::Ratio(x, y)) => self.ratio(x, y, mirrored(compare), edge)?,
            (Form::Figure { .. }, _, _, Form::Figure { .. }) => {
                let per = self.common([a, b])?;
                let (a, b) = (self.quick_figure(a, per)?, self.quick_figure(b, per)?);
                let (order, turned) = order(compare);
                let to = self.new_truth();
                self.push(Instr::Test { a, b, order, turned, to });
                to
            }
            _ => return None,
        };
        Some(Form::Truth { at: to, soft: false })
    }

    fn against(&mut self, a: FigureId, per: i64, compare: Compare, edge: Exact) -> Option<TruthId> {
        let (order, turned) = order(compare);
        let edge = edge_of(edge, per, order)?;
        let to = self.new_truth();
        self.push(Instr::Against { a, against: Against { edge, turned }, to });
        Some(to)
    }

    fn ratio(&mut self, x: StepId, y: StepId, compare: Compare, edge: Exact) -> Option<TruthId> {
        let (px, py) = (self.common([x])?, self.common([y])?);
        let (num, den) = edge.parts();
        // (x / px) / (y / py) against num / den.
        let (left, right) = (i128::from(py).checked_mul(den)?, i128::from(px).checked_mul(num)?);
        let (right, left) = Exact::ratio(right, left)?.parts();
        let (left, right) = (i64::try_from(left).ok()?, i64::try_from(right).ok()?);
        let (order, turned) = order(compare);
        let figure = |range: Range| Worked { val: Val::Figure(range), ..Worked::truth(true) };
        let not_below = figure(Range { lo: Some(Exact::ZERO), hi: None });
        let from_zero = meaning::test(compare, &not_below, &figure(Range::exactly(edge))).tri();
        let to = self.new_truth();
        let test = RatioTest { left, right, order, turned, compare, edge, from_zero, to };
        let known = self.ratios.get(&(x, y)).and_then(|at| self.program.instrs.get_mut(*at));
        if let Some(Instr::Ratio { tests, .. }) = known {
            tests.push(test);
            return Some(to);
        }
        let (fx, fy) = (self.quick_figure(x, px)?, self.quick_figure(y, py)?);
        self.ratios.insert((x, y), self.program.instrs.len());
        self.push(Instr::Ratio { x: fx, y: fy, tests: vec![test] });
        Some(to)
    }

    pub(super) fn gather(
        &mut self,
        gather: Gather,
        kind: kernel::SubjectKind,
        filter: Option<StepId>,
        value: Option<StepId>,
    ) -> Option<Form> {
        let filter = match filter {
            Some(filter) if self.spaces[filter] == Some(kind) => {
                Some(self.quick_truth(filter).filter(|(_, soft)| !soft)?.0)
            }
            Some(_) => return None,
            None => None,
        };
        match (gather, value) {
            (Gather::Exists, _) => {
                let to = self.new_truth();
                self.push(Instr::Exists { kind, filter, to });
                Some(Form::Truth { at: to, soft: false })
            }
            (Gather::Count, _) => {
                let to = self.figure(Limits::ANY);
                self.push(Instr::Count { kind, filter, to });
                Some(Form::Figure { at: to, per: 1 })
            }
            (Gather::Sum, Some(value)) => {
                let Form::Figure { at, per } = self.forms[value] else { return None };
                if self.spaces[value] != Some(kind) {
                    return None;
                }
                let unknown = self.ready.unknown_gather(Gather::Sum, 0, Some(value)).range();
                let to = self.figure(Limits::ANY);
                let lo = if unknown.lo.is_some() { 0 } else { NO_LO };
                self.push(Instr::Sum { kind, filter, value: at, lo, to });
                Some(Form::Figure { at: to, per })
            }
            (Gather::Sum, None) => None,
        }
    }
}

fn mirrored(compare: Compare) -> Compare {
    match compare {
        Compare::AtLeast => Compare::AtMost,
        Compare::AtMost => Compare::AtLeast,
        Compare::Above => Compare::Below,
        Compare::Below => Compare::Above,
        same => same,
    }
}

/// Every comparison as one of three, perhaps turned round.
pub(super) fn order(compare: Compare) -> (Order, bool) {
    match compare {
        Compare::AtLeast => (Order::AtLeast, false),
        Compare::Below => (Order::AtLeast, true),
        Compare::Above => (Order::Above, false),
        Compare::AtMost => (Order::Above, true),
        Compare::Equal => (Order::Equal, false),
        Compare::Unequal => (Order::Equal, true),
    }
}

/// The whole numbers at which a comparison with a fixed figure changes.
pub(super) fn edge_of(edge: Exact, per: i64, order: Order) -> Option<Edge> {
    let scaled = edge.mul(Exact::int(per))?;
    let floor = scaled.floor().whole()?;
    let ceil = if scaled.whole().is_some() { floor } else { floor + 1 };
    // No figure lies beyond the limit, so an edge beyond it may stand at the limit.
    let near = |edge: i128| edge.clamp(-i128::from(LIMIT) * 2 + 1, i128::from(LIMIT) * 2 - 1) as i64;
    Some(match order {
        Order::AtLeast => Edge::From(near(ceil)),
        Order::Above => Edge::From(near(floor + 1)),
        Order::Equal => Edge::At { ceil: near(ceil), floor: near(floor) },
    })
}
