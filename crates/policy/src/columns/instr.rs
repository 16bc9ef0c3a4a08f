//! What the column evaluator does to a block of rows, one simple act at a time.

use kernel::SubjectKind;

use super::doubt::Doubt;
use super::table::Kind;
use crate::answer::{Tri, Worked};
use crate::exact::Exact;
use crate::tree::Compare;

/// The number of a register of figures.
pub(super) type FigureId = usize;
/// The number of a register of truths.
pub(super) type TruthId = usize;

/// Whether a register has one place a row, or one a record of a kind.
pub(super) type Space = Option<SubjectKind>;

/// A comparison with a whole number, ready for a tight loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// Holds from this number on.
    From(i64),
    /// Holds at one number: the first that is not below the figure compared with, and the last that is not above.
    At { ceil: i64, floor: i64 },
}

/// What a figure is compared with, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Against {
    pub edge: Edge,
    /// Whether the answer is turned round.
    pub turned: bool,
}

/// How two products compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    AtLeast,
    Above,
    Equal,
}

/// The comparison of a quotient with a fixed figure: `x × left` against `y × right`.
#[derive(Clone, Debug)]
pub(super) struct RatioTest {
    pub left: i64,
    pub right: i64,
    pub order: Order,
    pub turned: bool,
    /// The comparison as written, quotient first, for rows that need the definition itself.
    pub compare: Compare,
    pub edge: Exact,
    /// What comes out where the quotient is only known not to lie below nought.
    pub from_zero: Tri,
    pub to: TruthId,
}

/// A figure that is a register or a fixed number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operand {
    Register(FigureId),
    Fixed(i64),
}

/// A function of one figure, applied to both of its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rising {
    Floor { per: i64 },
    Shift(i32, i32, i32),
    YearOf,
    YearStart,
    YearEnd,
}

/// What the rungs of a ladder are measured on.
#[derive(Clone, Debug)]
pub(super) enum Rungs {
    /// A rung is reached from its edge on.
    Figure { a: FigureId, edges: Vec<i64> },
    /// A rung is reached where `x × left` is at least, or above where `strict`, `y × edge`.
    Quotient { x: FigureId, y: FigureId, left: i64, edges: Vec<i64>, strict: bool },
}

/// Bands by how many edges are reached.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    pub rungs: Rungs,
    pub values: Vec<i64>,
}

/// One act.
#[derive(Clone, Debug)]
pub(super) enum Instr {
    /// The figures of an input; what is not known lies from `lo` up.
    Load { space: Space, input: usize, lo: i64, kind: Kind, to: FigureId },
    /// The truths of an input.
    LoadTruth { space: Space, input: usize, to: TruthId },
    /// Whether the code of an input is one of those marked, by the number of the word.
    IsCode { space: Space, input: usize, marked: Vec<bool>, to: TruthId },
    /// The same truth everywhere.
    Always { space: Space, worked: Worked, to: TruthId },
    /// The same figure everywhere.
    Fill { space: Space, figure: i64, to: FigureId },
    /// a + b, or a - b; `small` where the result stays within the limit whatever the facts.
    Add { space: Space, a: FigureId, b: FigureId, minus: bool, small: bool, to: FigureId },
    /// a + figure
    Offset { space: Space, a: FigureId, by: i64, to: FigureId },
    /// The same figure in finer parts: bounds stay bounds.
    Refine { space: Space, a: FigureId, by: i64, to: FigureId },
    /// a × figure as the definition has it: a figure without both bounds keeps at most its sign.
    Times { space: Space, a: FigureId, by: i64, to: FigureId },
    /// Figures with the opposite sign.
    Negate { space: Space, a: FigureId, to: FigureId },
    /// The stated figure where the input is known, else the other.
    Stated { input: usize, stated: FigureId, otherwise: FigureId, to: FigureId },
    /// The largest or smallest of several.
    Extreme { parts: Vec<Operand>, largest: bool, to: FigureId },
    /// From nought up to a most.
    Clamp { a: FigureId, most: i64, to: FigureId },
    /// A rising function.
    Map { space: Space, a: FigureId, how: Rising, to: FigureId },
    /// Whole months between two days, by `per`.
    Months { from: Operand, until: Operand, per: i64, to: FigureId },
    /// A comparison with a fixed figure.
    Against { a: FigureId, against: Against, to: TruthId },
    /// A comparison of two figures in the same parts.
    Test { a: FigureId, b: FigureId, order: Order, turned: bool, to: TruthId },
    /// Comparisons of one quotient with fixed figures.
    Ratio { x: FigureId, y: FigureId, tests: Vec<RatioTest> },
    /// Every part, or one.
    Connect { space: Space, all: bool, parts: Vec<TruthId>, soft: bool, to: TruthId },
    /// The opposite.
    Not { a: TruthId, to: TruthId },
    /// The same, marked 待核.
    Mark { space: Space, a: TruthId, to: TruthId },
    /// The same, marked 待核 in the rows in doubt.
    InDoubt { a: TruthId, doubt: TruthId, to: TruthId },
    /// The rows in which some band that applies, or still may, is in doubt.
    Doubts { rows: Vec<(Option<TruthId>, Doubt)>, to: TruthId },
    /// The first row that applies.
    Bands { rows: Vec<(Option<TruthId>, Operand)>, to: FigureId },
    /// Bands of one figure or quotient against fixed edges.
    Ladder { ladder: Ladder, to: FigureId },
    /// A figure of a record set.
    Count { kind: SubjectKind, filter: Option<TruthId>, to: FigureId },
    /// Whether a record counts.
    Exists { kind: SubjectKind, filter: Option<TruthId>, to: TruthId },
    /// The sum of a field of the records that count.
    Sum { kind: SubjectKind, filter: Option<TruthId>, value: FigureId, lo: i64, to: FigureId },
}

/// No lower bound.
pub(super) const NO_LO: i64 = i64::MIN;
/// No upper bound.
pub(super) const NO_HI: i64 = i64::MAX;
/// Beyond this a figure is left to the explaining evaluator.
pub(super) const LIMIT: i64 = 1 << 61;
