//! What can be known: yes, no or open; a figure, or the bounds it must lie in; and what keeps it open.

use crate::exact::Exact;

/// A yes or no that may still be open (Kleene's third value).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tri {
    /// Certainly not, whatever is still unknown.
    No,
    /// Certainly, whatever is still unknown.
    Yes,
    /// It depends on what is unknown.
    Open,
}

impl Tri {
    /// A known yes or no.
    pub fn known(yes: bool) -> Self {
        if yes { Tri::Yes } else { Tri::No }
    }

    /// The opposite; open stays open.
    #[allow(clippy::should_implement_trait, reason = "a word of logic, not an operator")]
    pub fn not(self) -> Self {
        match self {
            Tri::No => Tri::Yes,
            Tri::Yes => Tri::No,
            Tri::Open => Tri::Open,
        }
    }
}

/// The bounds of a figure, both included. `None` is no bound on that side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least it can be.
    pub lo: Option<Exact>,
    /// The most it can be.
    pub hi: Option<Exact>,
}

impl Range {
    /// Nothing is known of the figure.
    pub const ANY: Range = Range { lo: None, hi: None };

    /// A known figure.
    pub fn exactly(figure: Exact) -> Self {
        Range { lo: Some(figure), hi: Some(figure) }
    }

    /// The figure, where it is known.
    pub fn known(self) -> Option<Exact> {
        match (self.lo, self.hi) {
            (Some(lo), Some(hi)) if lo == hi => Some(lo),
            _ => None,
        }
    }

    /// The least range that holds both.
    pub fn hull(self, other: Range) -> Range {
        Range { lo: self.lo.zip(other.lo).map(|(a, b)| a.min(b)), hi: self.hi.zip(other.hi).map(|(a, b)| a.max(b)) }
    }

    /// Whether the figure may be nought.
    pub fn may_be_zero(self) -> bool {
        self.lo.is_none_or(|lo| lo <= Exact::ZERO) && self.hi.is_none_or(|hi| hi >= Exact::ZERO)
    }
}

/// A value of the language while it is worked out. Days are figures too, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Val {
    /// Yes, no or open.
    Truth(Tri),
    /// A figure or its bounds.
    Figure(Range),
}

/// The most facts, record sets and settings one policy may use.
pub const MOST_INPUTS: usize = 256;

/// A set of a policy's inputs, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Inputs([u64; MOST_INPUTS / 64]);

impl Inputs {
    /// No input.
    pub const NONE: Inputs = Inputs([0; MOST_INPUTS / 64]);

    /// The set of one input.
    pub fn one(input: usize) -> Self {
        let mut set = Inputs::NONE;
        if let Some(word) = set.0.get_mut(input / 64) {
            *word |= 1 << (input % 64);
        }
        set
    }

    /// Adds the inputs of another set.
    pub fn add(&mut self, other: Inputs) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    /// Whether the set holds this input.
    pub fn has(self, input: usize) -> bool {
        self.0.get(input / 64).is_some_and(|word| word >> (input % 64) & 1 == 1)
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    /// How many inputs it holds.
    pub fn len(self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether both sets share an input.
    pub fn meets(self, other: Inputs) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }

    /// The set in words of 64 bits.
    pub(crate) fn words(self) -> [u64; MOST_INPUTS / 64] {
        self.0
    }

    /// The inputs in order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(place, word)| {
            let rest = |word: &u64| Some(word & (word - 1)).filter(|word| *word != 0);
            let words = std::iter::successors(Some(word).filter(|word| *word != 0), rest);
            words.map(move |word| place * 64 + word.trailing_zeros() as usize)
        })
    }
}

/// Why a value stands as it does, apart from the facts it used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Marks(u8);

impl Marks {
    /// Nothing to remark.
    pub const NONE: Marks = Marks(0);
    /// Experts' judgement keeps it open.
    pub const EXPERT: Marks = Marks(1);
    /// It rests on a rule marked 待核.
    pub const UNVERIFIED: Marks = Marks(2);
    /// A denominator is nought.
    pub const ZERO_DIVISOR: Marks = Marks(4);
    /// A figure is too large to be worked with exactly.
    pub const TOO_LARGE: Marks = Marks(8);

    /// The marks as bits.
    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    /// Whether this mark is set.
    pub fn has(self, mark: Marks) -> bool {
        self.0 & mark.0 != 0
    }

    /// The marks of both.
    pub fn with(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    /// Only what outlives a decision: once a value is certain, only 待核 still matters.
    pub fn settled(self) -> Marks {
        Marks(self.0 & Marks::UNVERIFIED.0)
    }
}

/// The value of one step, what keeps it open, and its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worked {
    /// The value.
    pub val: Val,
    /// The inputs whose lack keeps it open; empty when it is certain.
    pub open: Inputs,
    /// Its marks.
    pub marks: Marks,
}

impl Worked {
    /// A certain figure.
    pub fn figure(figure: Exact) -> Self {
        Worked { val: Val::Figure(Range::exactly(figure)), open: Inputs::NONE, marks: Marks::NONE }
    }

    /// A certain yes or no.
    pub fn truth(yes: bool) -> Self {
        Worked { val: Val::Truth(Tri::known(yes)), open: Inputs::NONE, marks: Marks::NONE }
    }

    /// Its bounds; nothing known where it is not a figure.
    pub fn range(&self) -> Range {
        match self.val {
            Val::Figure(range) => range,
            Val::Truth(_) => Range::ANY,
        }
    }

    /// Its yes or no; open where it is a figure.
    pub fn tri(&self) -> Tri {
        match self.val {
            Val::Truth(tri) => tri,
            Val::Figure(_) => Tri::Open,
        }
    }

    /// A value from its parts: one that is certain forgets what kept its parts open.
    pub fn settle(val: Val, open: Inputs, marks: Marks) -> Self {
        let certain = match val {
            Val::Truth(tri) => tri != Tri::Open,
            Val::Figure(range) => range.known().is_some(),
        };
        if certain { Worked { val, open: Inputs::NONE, marks: marks.settled() } } else { Worked { val, open, marks } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_inputs_holds_what_was_put_in() {
        let mut set = Inputs::one(3);
        set.add(Inputs::one(200));
        assert_eq!(set.iter().collect::<Vec<_>>(), [3, 200]);
        assert_eq!(set.len(), 2);
        assert!(set.meets(Inputs::one(200)) && !set.meets(Inputs::one(64)));
        assert!(Inputs::one(MOST_INPUTS).is_empty());
    }

    #[test]
    fn a_certain_value_forgets_what_kept_its_parts_open() {
        let marks = Marks::EXPERT.with(Marks::UNVERIFIED);
        let worked = Worked::settle(Val::Truth(Tri::No), Inputs::one(1), marks);
        assert_eq!((worked.open, worked.marks), (Inputs::NONE, Marks::UNVERIFIED));
    }
}
