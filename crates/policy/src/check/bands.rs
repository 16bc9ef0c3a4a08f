//! Whether the rows of 分档 overlap, leave a hole, or can never be reached.

use super::lower::Lower;
use crate::answer::Range;
use crate::exact::Exact;
use crate::ir::StepId;
use crate::problem::{Both, Span};
use crate::tree::Compare;

/// What a row's condition looks like.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Comparisons with fixed edges.
    Edges(Vec<(Compare, Exact)>),
    /// Comparisons with an edge that facts decide.
    Unfixed,
    /// 若
    If,
    /// 其余
    Otherwise,
}

/// A stretch of the line of figures on which every row is the same throughout.
#[derive(Clone, Copy, Debug)]
enum Stretch {
    Below(Exact),
    Point(Exact),
    Between(Exact, Exact),
    Above(Exact),
}

impl Stretch {
    /// Whether the whole stretch lies on one side of an edge.
    fn holds(self, compare: Compare, edge: Exact) -> bool {
        let (at_least, above, equal) = match self {
            Stretch::Below(_) => (false, false, false),
            Stretch::Point(point) => (point >= edge, point > edge, point == edge),
            Stretch::Between(low, _) => (low >= edge, low >= edge, false),
            Stretch::Above(low) => (low >= edge, low >= edge, false),
        };
        match compare {
            Compare::AtLeast => at_least,
            Compare::Above => above,
            Compare::AtMost => !above,
            Compare::Below => !at_least,
            Compare::Equal => equal,
            Compare::Unequal => !equal,
        }
    }

    /// Whether a figure of the subject can lie on it.
    fn is_possible(self, range: Range, whole: bool) -> bool {
        let gap_has_whole = |low: Exact, high: Exact| low.floor().add(Exact::ONE).is_none_or(|next| next < high);
        match self {
            Stretch::Below(high) => range.lo.is_none_or(|lo| lo < high),
            Stretch::Point(point) => {
                range.lo.is_none_or(|lo| lo <= point)
                    && range.hi.is_none_or(|hi| hi >= point)
                    && (!whole || point.whole().is_some())
            }
            Stretch::Between(low, high) => {
                range.lo.is_none_or(|lo| lo < high)
                    && range.hi.is_none_or(|hi| hi > low)
                    && (!whole || gap_has_whole(low, high))
            }
            Stretch::Above(low) => range.hi.is_none_or(|hi| hi > low),
        }
    }

    fn say(self) -> Both {
        let show = |figure: Exact| figure.shown(6);
        match self {
            Stretch::Below(high) => Both::new(format!("小于 {}", show(high)), format!("below {}", show(high))),
            Stretch::Point(point) => Both::new(format!("恰为 {}", show(point)), format!("exactly {}", show(point))),
            Stretch::Between(low, high) => Both::new(
                format!("{} 与 {} 之间", show(low), show(high)),
                format!("between {} and {}", show(low), show(high)),
            ),
            Stretch::Above(low) => Both::new(format!("大于 {}", show(low)), format!("above {}", show(low))),
        }
    }
}

/// Reports rows that overlap, a hole between them, rows that can never apply.
pub(super) fn examine(lower: &mut Lower, subject: Option<StepId>, rows: &[(Shape, Span)], span: Span) {
    let closed = rows.iter().position(|(shape, _)| matches!(shape, Shape::Otherwise));
    if let Some(after) = closed.and_then(|at| rows.get(at + 1)) {
        lower.error("unreachable-row", after.1, "“其余”之后的行永远用不到", "a row after 其余 is never reached");
    }
    let plain: Option<Vec<&Vec<(Compare, Exact)>>> = rows
        .iter()
        .filter(|(shape, _)| !matches!(shape, Shape::Otherwise))
        .map(|(shape, _)| if let Shape::Edges(edges) = shape { Some(edges) } else { None })
        .collect();
    let (Some(plain), Some(subject)) = (plain, subject) else {
        if closed.is_none() {
            lower
                .error(
                    "bands-hole",
                    span,
                    "分档没有“其余”，可能无档可落",
                    "the bands have no 其余: a case may fall through",
                )
                .hint = Some(Both::new("补一行“其余 : …”", "add a row 其余 : …"));
        }
        return;
    };
    let possible = lower.possible_range(subject);
    let whole = lower.steps[subject].whole;
    let mut edges: Vec<Exact> = plain.iter().flat_map(|row| row.iter().map(|(_, edge)| *edge)).collect();
    edges.sort();
    edges.dedup();
    let mut open: Vec<(Stretch, Option<usize>)> = stretches(&edges)
        .into_iter()
        .filter(|stretch| stretch.is_possible(possible, whole))
        .map(|stretch| (stretch, None))
        .collect();
    for (at, row) in plain.iter().enumerate() {
        let mut reached = false;
        let mut clash = None;
        for (stretch, taken) in &mut open {
            if !row.iter().all(|(compare, edge)| stretch.holds(*compare, *edge)) {
                continue;
            }
            match taken {
                None => {
                    *taken = Some(at);
                    reached = true;
                }
                Some(before) if !may_shadow(plain[*before], row) => clash = Some((*before, *stretch)),
                Some(_) => {}
            }
        }
        let here = rows[at].1;
        if !reached {
            lower.error(
                "unreachable-row",
                here,
                "这一行永远用不到，前面的行已全部覆盖",
                "this row is never reached: the rows above cover it",
            );
        } else if let Some((before, stretch)) = clash {
            let place = stretch.say();
            let (zh, en) = (
                format!("与第 {} 行重叠（{}）", before + 1, place.zh),
                format!("overlaps row {} ({})", before + 1, place.en),
            );
            lower.error("bands-overlap", here, zh, en).hint =
                Some(Both::new("分开两行的边界", "separate the edges of the two rows"));
        }
    }
    let hole = open.iter().find(|(_, taken)| taken.is_none()).map(|(stretch, _)| stretch.say());
    match (hole, closed) {
        (Some(place), None) => {
            let (zh, en) = (format!("分档有空档：{}", place.zh), format!("the bands leave a hole: {}", place.en));
            lower.error("bands-hole", span, zh, en).hint =
                Some(Both::new("补上这一档，或加“其余”", "add the band, or 其余"));
        }
        (None, Some(at)) => {
            lower.error(
                "unreachable-row",
                rows[at].1,
                "“其余”永远用不到，前面的行已全部覆盖",
                "其余 is never reached: the rows above cover everything",
            );
        }
        _ => {}
    }
}

fn stretches(edges: &[Exact]) -> Vec<Stretch> {
    let (Some(first), Some(last)) = (edges.first(), edges.last()) else { return Vec::new() };
    let mut found = vec![Stretch::Below(*first)];
    for (at, edge) in edges.iter().enumerate() {
        found.push(Stretch::Point(*edge));
        if let Some(next) = edges.get(at + 1) {
            found.push(Stretch::Between(*edge, *next));
        }
    }
    found.push(Stretch::Above(*last));
    found
}

/// Whether a later row may lie over an earlier one: both open to the same side (≥ 30, then ≥ 25),
/// or the earlier is a single point taken out.
fn may_shadow(before: &[(Compare, Exact)], row: &[(Compare, Exact)]) -> bool {
    let rises = |compare: Compare| matches!(compare, Compare::AtLeast | Compare::Above);
    let falls = |compare: Compare| matches!(compare, Compare::AtMost | Compare::Below);
    match (before, row) {
        ([(Compare::Equal, _)], _) => true,
        ([(a, _)], [(b, _)]) => rises(*a) && rises(*b) || falls(*a) && falls(*b),
        _ => false,
    }
}
