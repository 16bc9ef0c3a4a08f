//! Bands as acts: a ladder where one figure is measured against fixed edges, else row by row of the table.

use super::compare::{edge_of, order};
use super::compile::{Compiler, Form, Limits, least_multiple, whole};
use super::instr::{Edge, Instr, Ladder, Operand, Order, Rungs};
use crate::exact::Exact;
use crate::ir::{Band, Op, StepId};
use crate::tree::Compare;

impl Compiler<'_, '_> {
    pub(super) fn bands(&mut self, rows: &[Band]) -> Option<Form> {
        if self.has_doubts(rows) {
            return self.doubted_bands(rows);
        }
        let per = self.common(rows.iter().map(|(_, then, _)| *then))?;
        // The last rows may be a ladder, below others that are not.
        let above = (0..rows.len().saturating_sub(1)).find_map(|from| Some((from, self.ladder(&rows[from..], per)?)));
        if let Some((0, ladder)) = above {
            return self.push_ladder(ladder, per);
        }
        let (plain, ladder) = match above {
            Some((from, ladder)) => (&rows[..from], Some(ladder)),
            None => (rows, None),
        };
        let mut made = Vec::with_capacity(rows.len());
        for (when, then, _) in plain {
            let when = match when {
                Some(when) => Some(self.quick_truth(*when).filter(|(_, soft)| !soft)?.0),
                None => None,
            };
            made.push((when, self.operand(*then, per)?));
        }
        if let Some(ladder) = ladder {
            let Form::Figure { at, .. } = self.push_ladder(ladder, per)? else { return None };
            made.push((None, Operand::Register(at)));
        }
        let within = made.iter().map(|(_, then)| self.limits_of(*then).within);
        let within: Option<Vec<(i64, i64)>> = within.collect();
        let hull = within.map(|all| {
            // A row that is left over stands at nought for the time being.
            all.iter().fold((0, 0), |hull: (i64, i64), (lo, hi)| (hull.0.min(*lo), hull.1.max(*hi)))
        });
        let to = self.figure(hull.map_or(Limits::ANY, |(lo, hi)| Limits::within(lo, hi)));
        self.push(Instr::Bands { rows: made, to });
        Some(Form::Figure { at: to, per })
    }

    fn push_ladder(&mut self, ladder: Ladder, per: i64) -> Option<Form> {
        let (lo, hi) = (*ladder.values.iter().min()?, *ladder.values.iter().max()?);
        let to = self.figure(Limits::within(lo, hi));
        self.push(Instr::Ladder { ladder, to });
        Some(Form::Figure { at: to, per })
    }

    /// Rows that measure one figure against edges in order, with fixed values, and a last row for the rest.
    fn ladder(&mut self, rows: &[Band], per: i64) -> Option<Ladder> {
        let ((last, rest), rows) = rows.split_last().map(|((when, then, _), rows)| ((*when, *then), rows))?;
        if last.is_some() || rows.len() < 2 {
            return None;
        }
        let mut subject: Option<(StepId, Compare)> = None;
        let (mut edges, mut values) = (Vec::new(), Vec::new());
        for (when, then, _) in rows {
            let Op::Test(compare, a, b) = self.ready.policy.steps[(*when)?].op else { return None };
            let own = (self.same[a], compare);
            if *subject.get_or_insert(own) != own {
                return None;
            }
            edges.push(self.fixed(b)?);
            values.push(whole(self.fixed(*then)?, per)?);
        }
        values.push(whole(self.fixed(rest)?, per)?);
        let (subject, compare) = subject?;
        let (order, turned) = order(compare);
        let in_order = edges.windows(2).all(|pair| if turned { pair[0] <= pair[1] } else { pair[0] >= pair[1] });
        if order == Order::Equal || !in_order {
            return None;
        }
        if !turned {
            // The highest edge comes first, but rungs are counted from below.
            values.reverse();
        }
        Some(Ladder { rungs: self.rungs(subject, &edges, order)?, values })
    }

    fn rungs(&mut self, subject: StepId, edges: &[Exact], order: Order) -> Option<Rungs> {
        match self.forms[subject] {
            Form::Figure { at, per } => {
                let edge = |edge: &Exact| match edge_of(*edge, per, order)? {
                    Edge::From(edge) => Some(edge),
                    Edge::At { .. } => None,
                };
                Some(Rungs::Figure { a: at, edges: edges.iter().map(edge).collect::<Option<_>>()? })
            }
            Form::Ratio(x, y) => {
                let (px, py) = (self.common([x])?, self.common([y])?);
                // (x / px) / (y / py) against an edge: x × py against y × px × edge, all in whole numbers.
                let scale = Exact::ratio(px.into(), py.into())?;
                let edges = edges.iter().map(|edge| edge.mul(scale)).collect::<Option<Vec<Exact>>>()?;
                let mut left = 1_i64;
                for edge in &edges {
                    left = least_multiple(left, i64::try_from(edge.parts().1).ok()?)?;
                }
                let edges = edges.iter().map(|edge| whole(*edge, left)).collect::<Option<Vec<i64>>>()?;
                let (x, y) = (self.quick_figure(x, px)?, self.quick_figure(y, py)?);
                Some(Rungs::Quotient { x, y, left, edges, strict: order == Order::Above })
            }
            _ => None,
        }
    }
}
