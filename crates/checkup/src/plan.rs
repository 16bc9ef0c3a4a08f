//! The plan: moves that together make the policy hold, tried on the policy itself before they are shown.

use jiff::civil::Date;
use kernel::lang::Said;
use kernel::{FactKey, Lang, Period};
use policy::eval::gap::{Gap as FoundGap, Move as Found, Plan as FoundPlan};
use policy::exact::Exact;
use policy::ir::{Dim, Reading};
use policy::{Answer, Facts, Ready};

use crate::figure::Figure;
use crate::gap::name;
use crate::window::Window;

/// One fact to move.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The fact.
    pub fact: FactKey,
    /// What a person calls it.
    pub name: Said,
    /// The figure now.
    pub now: Figure,
    /// The nearest figure that is enough.
    pub needed: Figure,
    /// By how much it rises, below nought where it falls.
    pub change: Figure,
    /// What the change costs, where it is spending: the money itself, in fen.
    pub cost: Option<Figure>,
    /// The last day on which it still counts for the window; `None` where there is no end to it.
    pub last_day: Option<Date>,
    /// Whether its year had ended on the day of the check-up: it then changes only by putting the
    /// books right, or counts a year later.
    pub year_over: bool,
}

impl Move {
    /// Whether it changes the figure by at most half of what it is.
    pub fn is_small(&self) -> bool {
        let known = |figure: &Figure| figure.range.known();
        let share = known(&self.change).zip(known(&self.now)).and_then(|(change, now)| change.div(now));
        let half = Exact::ratio(1, 2).unwrap_or(Exact::ONE);
        share.is_some_and(|share| share <= half && share.neg().is_some_and(|share| share <= half))
    }
}

/// Moves that together make every failed condition hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The moves; none where waiting is enough.
    pub moves: Vec<Move>,
    /// The day of application the plan was tried for: later than the day of the check-up where a
    /// condition of time asks for it.
    pub on: Date,
    /// The answer once the moves are made, as the policy itself gave it: not 不满足.
    pub answer: Answer,
    /// The sum of the costs, where every move has one.
    pub cost: Option<Figure>,
}

impl Plan {
    /// The plan in one line: each move with the last day on which it counts, what they cost together, and
    /// the day to wait for.
    pub fn say(&self, on: Date, lang: Lang) -> String {
        let moves = self.moves.iter().map(|step| {
            let (mut now, mut needed) = (step.now.say(lang), step.needed.say(lang));
            if now == needed {
                (now, needed) = (step.now.say_to(lang, 10), step.needed.say_to(lang, 10));
            }
            let by = step.last_day.filter(|_| !step.year_over).map(|day| match lang {
                Lang::Zh => format!("（{day} 前）"),
                Lang::En => format!(" (by {day})"),
            });
            format!("{} {now} → {needed}{}", step.name.say(lang), by.unwrap_or_default())
        });
        let cost = self.cost.as_ref().map(|cost| match lang {
            Lang::Zh => format!("花费 {}", cost.say(lang)),
            Lang::En => format!("costs {}", cost.say(lang)),
        });
        let wait = (self.on > on).then(|| match lang {
            Lang::Zh => format!("等到 {} 再申报", self.on),
            Lang::En => format!("wait until {}", self.on),
        });
        moves.chain(cost).chain(wait).collect::<Vec<_>>().join(lang.pick("；", "; "))
    }
}

/// The plan of an outcome that fails; `None` where moving facts and waiting within the year is not enough.
pub(crate) fn plan<F: Facts + ?Sized>(
    ready: &Ready<'_>,
    gaps: &[FoundGap],
    window: Option<Window>,
    facts: &F,
) -> Option<Plan> {
    let (found, on) = match rising(ready, facts) {
        Some(found) => (found, ready.on),
        None => {
            // Where a condition only waits for its day, the others are planned for that day.
            let day = gaps.iter().filter_map(|gap| gap.first_day).max()?;
            (rising(&ready.policy.on(day), facts)?, day)
        }
    };
    let moves: Vec<Move> = found.moves.iter().map(|found| of_move(ready, found, window)).collect();
    let costs: Option<Vec<Exact>> =
        moves.iter().map(|found| found.cost.as_ref().and_then(|cost| cost.range.known())).collect();
    let total = costs.filter(|costs| !costs.is_empty());
    let total = total.and_then(|costs| costs.into_iter().try_fold(Exact::ZERO, Exact::add));
    let cost = total.map(|total| Figure::exactly(total, Dim::money()));
    Some(Plan { moves, on, answer: found.answer, cost })
}

/// A plan in which nothing falls. What an enterprise can move is what it wants more of: to earn less,
/// or to let go of its researchers, is no advice. A fact that the least plan lowers is held where it
/// stands, and the plan is sought again.
fn rising<F: Facts + ?Sized>(ready: &Ready<'_>, facts: &F) -> Option<FoundPlan> {
    let mut found = ready.plan(facts)?;
    if found.moves.iter().all(rises) {
        return Some(found);
    }
    let mut held = ready.policy.clone();
    loop {
        for fallen in found.moves.iter().filter(|step| !rises(step)) {
            held.inputs[fallen.input].movable = false;
        }
        found = held.on(ready.on).plan(facts)?;
        if found.moves.iter().all(rises) {
            return Some(found);
        }
    }
}

/// Whether a move asks for more.
pub(crate) fn rises(step: &Found) -> bool {
    step.needed >= step.now
}

fn of_move(ready: &Ready<'_>, found: &Found, window: Option<Window>) -> Move {
    let change = found.needed.sub(found.now).unwrap_or(found.needed);
    // The distance of two days is counted in days.
    let dim = if found.dim == Dim::Day { Dim::of("日") } else { found.dim.clone() };
    let year_end = match found.key.period {
        Some(Period::Year(_)) => found.key.period.map(Period::last_day),
        _ => None,
    };
    let spending = ready.policy.inputs[found.input].reading == Reading::Money && is_spending(&found.key.field);
    let cost = (spending && !change.is_negative()).then(|| Figure::exactly(change, Dim::money()));
    Move {
        fact: found.key.clone(),
        name: name(ready, found.input),
        now: Figure::exactly(found.now, found.dim.clone()),
        needed: Figure::exactly(found.needed, found.dim.clone()),
        change: Figure::exactly(change, dim),
        cost,
        last_day: year_end.into_iter().chain(window.map(|window| window.to)).min(),
        year_over: year_end.is_some_and(|end| end < ready.on),
    }
}

/// Whether more of a field is money spent: 研发费用 in each of its counts, and what is bought for research.
fn is_spending(field: &str) -> bool {
    field.starts_with("rd_")
}
