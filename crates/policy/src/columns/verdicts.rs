//! What comes out for many rows.

use std::collections::BTreeMap;

use super::bits::Bits;
use super::compile::Form;
use crate::answer::Range;
use crate::eval::outcome::Answer;
use crate::exact::Exact;

/// The bounds of the first score, row by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Scores {
    /// The policy has no score.
    #[default]
    None,
    /// Whole numbers of the parts `1 / per`; the first and last whole numbers of 64 bits stand for no bound.
    Whole { per: i64, lo: Vec<i64>, hi: Vec<i64> },
    /// As the explaining evaluator has them.
    Exact(Vec<Range>),
}

/// The answers of one policy for every row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdicts {
    pub(super) answers: Vec<Answer>,
    pub(super) unverified: Bits,
    /// The failed conditions of each row, `stride` words a row.
    pub(super) failed: Vec<u64>,
    pub(super) stride: usize,
    pub(super) scores: Scores,
    /// Scores of rows that left the tight form.
    pub(super) beside: BTreeMap<usize, Range>,
    /// How many rows were left to the explaining evaluator.
    pub(super) explained: usize,
}

impl Verdicts {
    /// Makes room for so many rows, in the room there is where that is enough.
    pub(super) fn reset(&mut self, rows: usize, conditions: usize, score: Option<Form>) {
        self.answers.clear();
        self.answers.resize(rows, Answer::Undetermined);
        self.unverified.reset(rows);
        self.stride = conditions.div_ceil(64).max(1);
        self.failed.clear();
        self.failed.resize(rows * self.stride, 0);
        self.beside.clear();
        self.explained = 0;
        let before = std::mem::take(&mut self.scores);
        self.scores = match (score, before) {
            (None, _) => Scores::None,
            (Some(Form::Figure { per, .. }), Scores::Whole { mut lo, mut hi, .. }) => {
                lo.clear();
                hi.clear();
                Scores::Whole { per, lo, hi }
            }
            (Some(Form::Figure { per, .. }), _) => {
                Scores::Whole { per, lo: Vec::with_capacity(rows), hi: Vec::with_capacity(rows) }
            }
            (Some(_), _) => Scores::Exact(Vec::with_capacity(rows)),
        };
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// The answer of every row.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Whether the answer of a row rests on a rule marked 待核 and must be shown so.
    pub fn is_unverified(&self, row: usize) -> bool {
        self.unverified.get(row)
    }

    /// Whether a top condition, by its place among them, certainly fails.
    pub fn has_failed(&self, row: usize, condition: usize) -> bool {
        let word = self.failed.get(row * self.stride + condition / 64);
        condition / 64 < self.stride && word.is_some_and(|word| word >> (condition % 64) & 1 == 1)
    }

    /// The top conditions that certainly fail, by their place among them.
    pub fn failed(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.stride * 64).filter(move |condition| self.has_failed(row, *condition))
    }

    /// The least and the most the first score can be; `None` where the policy has none, or where a
    /// side has no bound.
    pub fn score(&self, row: usize) -> Option<(Exact, Exact)> {
        let range = self.score_range(row)?;
        Some((range.lo?, range.hi?))
    }

    /// The bounds of the first score.
    pub fn score_range(&self, row: usize) -> Option<Range> {
        if let Some(range) = self.beside.get(&row) {
            return Some(*range);
        }
        match &self.scores {
            Scores::None => None,
            Scores::Exact(ranges) => ranges.get(row).copied(),
            Scores::Whole { per, lo, hi } => {
                let part = |found: i64, none: i64| {
                    if found == none { None } else { Exact::ratio(found.into(), (*per).into()) }
                };
                Some(Range {
                    lo: part(*lo.get(row)?, super::instr::NO_LO),
                    hi: part(*hi.get(row)?, super::instr::NO_HI),
                })
            }
        }
    }

    /// How many rows have this answer.
    pub fn count(&self, answer: Answer) -> usize {
        self.answers.iter().filter(|found| **found == answer).count()
    }

    /// How many rows had figures too large or too odd for columns and were worked one by one.
    pub fn worked_singly(&self) -> usize {
        self.explained
    }
}
