//! Scores: items, groups, totals, and the edges they must pass.

use super::lower::Lower;
use crate::answer::Worked;
use crate::exact::Exact;
use crate::ir::{Condition, Dim, Op, Part, Score, StepId};
use crate::problem::{Both, Span};
use crate::tree::{self, Expr, Item, Named};

impl<'a> Lower<'a> {
    /// The total of a score, lowered once.
    pub fn score(&mut self, score: &'a tree::Score) -> Option<StepId> {
        let name = &score.name.text;
        if let Some(known) = self.named.get(name) {
            return *known;
        }
        self.open.push(name.clone());
        let most = self.most(score.most.as_ref());
        let mut parts = Vec::new();
        let total = self.items(&score.items, None, &mut parts, score.name.span);
        self.open.pop();
        let found = total.map(|total| {
            let total = match most {
                Some(most) => self.push(Op::UpTo(total, most), Dim::of("分"), score.name.span),
                None => total,
            };
            self.cited(total, &score.cite, score.name.span)
        });
        self.named.insert(name.clone(), found);
        let step = found?;
        self.check_total(score, most, &parts);
        let (id, name) = (score.id.text.clone(), name.clone());
        let (name_en, cite) = (score.name_en.clone(), score.cite.clone());
        self.scores.push(Score { id, name, name_en, cite, step, most, parts });
        Some(step)
    }

    fn most(&mut self, most: Option<&'a Expr>) -> Option<Exact> {
        let expr = most?;
        let step = self.of_unit(expr, &Dim::of("分"))?;
        let most = self.is_fixed(step);
        if most.is_none() {
            self.error("not-fixed", expr.span, "满分应为固定的分数", "the most is a fixed number of points");
        }
        most
    }

    fn items(&mut self, items: &'a [Item], within: Option<usize>, parts: &mut Vec<Part>, span: Span) -> Option<StepId> {
        let mut total: Option<StepId> = None;
        let mut failed = false;
        for item in items {
            let Some(step) = self.item(item, within, parts) else {
                failed = true;
                continue;
            };
            total = Some(match total {
                None => step,
                Some(before) => self.push(Op::Add(before, step), Dim::of("分"), span),
            });
        }
        total.filter(|_| !failed)
    }

    fn item(&mut self, item: &'a Item, within: Option<usize>, parts: &mut Vec<Part>) -> Option<StepId> {
        let span = item.name.span;
        let most = self.most(item.most.as_ref());
        let at = parts.len();
        let (id, name) = (item.id.text.clone(), item.name.text.clone());
        let (name_en, cite) = (item.name_en.clone(), item.cite.clone());
        parts.push(Part { id, name, name_en, cite, step: 0, most, within, is_group: item.is_group });
        let inner = match (&item.body, item.is_group) {
            (_, true) => self.items(&item.items, Some(at), parts, span)?,
            (Some(body), _) => self.of_unit(body, &Dim::of("分"))?,
            (None, _) => {
                let Some(most) = most else {
                    self.error("no-most", span, "专家评定的项要写满分", "an item experts settle needs its 满分");
                    return None;
                };
                let nought = self.push(Op::Fixed(Worked::figure(Exact::ZERO)), Dim::of("分"), span);
                let most = self.push(Op::Fixed(Worked::figure(most)), Dim::of("分"), span);
                self.push(Op::Judged(nought, most), Dim::of("分"), span)
            }
        };
        let step = match most {
            Some(most) => self.push(Op::UpTo(inner, most), Dim::of("分"), span),
            None => inner,
        };
        let step = self.cited(step, &item.cite, span);
        parts[at].step = step;
        Some(step)
    }

    /// Warns where the items do not add up to the most of the score.
    fn check_total(&mut self, score: &'a tree::Score, most: Option<Exact>, parts: &[Part]) {
        let outer = parts.iter().filter(|part| part.within.is_none());
        let sum = outer.map(|part| part.most).try_fold(Exact::ZERO, |sum, most| sum.add(most?));
        if let (Some(most), Some(sum)) = (most, sum)
            && most != sum
        {
            let (zh, en) = (
                format!("各项满分之和是 {}，评分满分是 {}", sum.shown(2), most.shown(2)),
                format!("the items add up to {}, the score's most is {}", sum.shown(2), most.shown(2)),
            );
            self.problems.push(crate::problem::Problem::warning("score-total", score.name.span, zh, en));
        }
    }

    /// `评分.项`
    pub fn score_part(&mut self, score: &Named, part: &Named) -> Option<StepId> {
        let tree = self.tree;
        let Some(found) = tree.scores.iter().find(|known| known.name.text == score.text || known.id.text == score.text)
        else {
            let names = crate::problem::nearest(&score.text, tree.scores.iter().map(|score| score.name.text.as_str()));
            let (zh, en) = (format!("没有评分“{}”", score.text), format!("there is no score {:?}", score.text));
            let problem = self.error("unknown-name", score.span, zh, en);
            *problem = problem.clone().nearest(&names);
            return None;
        };
        if self.cycle(&found.name.text, score.span) {
            return None;
        }
        self.used.insert(found.name.text.clone());
        self.score(found)?;
        let lowered = self.scores.iter().find(|known| known.id == found.id.text)?;
        if let Some(step) =
            lowered.parts.iter().find(|known| known.name == part.text || known.id == part.text).map(|part| part.step)
        {
            return Some(step);
        }
        let known: Vec<String> = lowered.parts.iter().map(|part| part.name.clone()).collect();
        let names = crate::problem::nearest(&part.text, known.iter().map(String::as_str));
        let (zh, en) = (
            format!("评分“{}”没有“{}”这一项", score.text, part.text),
            format!("score {:?} has no item {:?}", score.text, part.text),
        );
        let problem = self.error("unknown-name", part.span, zh, en);
        *problem = problem.clone().nearest(&names);
        if problem.hint.is_none() {
            problem.hint =
                Some(Both::new(format!("各项有 {}", known.join("、")), format!("items are {}", known.join(", "))));
        }
        None
    }

    /// 须: a score with an edge is a condition.
    pub fn required_scores(&mut self) {
        let tree = self.tree;
        for score in &tree.scores {
            let Some((compare, edge)) = &score.must else { continue };
            let Some(total) = self.named.get(&score.name.text).copied().flatten() else { continue };
            self.used.insert(score.name.text.clone());
            let Some(edge_step) = self.of_unit(edge, &Dim::of("分")) else { continue };
            let step = self.push(Op::Test(*compare, total, edge_step), Dim::Truth, score.name.span.to(edge.span));
            let step = self.cited(step, &score.cite, score.name.span);
            let of = self.scores.iter().position(|known| known.id == score.id.text);
            self.conditions.push(Condition {
                id: score.id.text.clone(),
                name: score.name.text.clone(),
                name_en: score.name_en.clone(),
                cite: score.cite.clone(),
                step,
                within: None,
                span: score.name.span,
                score: of,
            });
        }
    }
}
