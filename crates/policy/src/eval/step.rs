//! The meaning of each step: arithmetic on bounds, Kleene logic, bands.

use std::cmp::Ordering;

use jiff::civil::Date;

use crate::answer::{Inputs, Marks, Range, Tri, Val, Worked};
use crate::exact::Exact;
use crate::ir::Band;
use crate::tree::Compare;

/// An open figure of which nothing is known.
fn nothing(open: Inputs, marks: Marks) -> Worked {
    Worked { val: Val::Figure(Range::ANY), open, marks }
}

fn joined(a: &Worked, b: &Worked) -> (Inputs, Marks) {
    let mut open = a.open;
    open.add(b.open);
    (open, a.marks.with(b.marks))
}

/// A figure from its bounds; `inputs` are named where a bound is too large to be exact.
fn figure(range: Range, open: Inputs, marks: Marks) -> Worked {
    Worked::settle(Val::Figure(range), open, marks)
}

/// The bound that `how` makes of two bounds. The outer `None` says that it is too large.
fn bound(a: Option<Exact>, b: Option<Exact>, how: fn(Exact, Exact) -> Option<Exact>) -> Option<Option<Exact>> {
    match (a, b) {
        (Some(a), Some(b)) => how(a, b).map(Some),
        _ => Some(None),
    }
}

fn from_bounds(lo: Option<Option<Exact>>, hi: Option<Option<Exact>>, a: &Worked, b: &Worked, inputs: Inputs) -> Worked {
    let (open, marks) = joined(a, b);
    match (lo, hi) {
        (Some(lo), Some(hi)) => figure(Range { lo, hi }, open, marks),
        _ => nothing(inputs, marks.with(Marks::TOO_LARGE)),
    }
}

/// a + b
pub fn add(a: &Worked, b: &Worked, inputs: Inputs) -> Worked {
    let (x, y) = (a.range(), b.range());
    from_bounds(bound(x.lo, y.lo, Exact::add), bound(x.hi, y.hi, Exact::add), a, b, inputs)
}

/// a - b
pub fn subtract(a: &Worked, b: &Worked, inputs: Inputs) -> Worked {
    let (x, y) = (a.range(), b.range());
    from_bounds(bound(x.lo, y.hi, Exact::sub), bound(x.hi, y.lo, Exact::sub), a, b, inputs)
}

/// a × b
pub fn multiply(a: &Worked, b: &Worked, inputs: Inputs) -> Worked {
    products(a, b, b.range(), inputs, Exact::mul)
}

/// a / b: a divisor that is or may be nought leaves the quotient open.
pub fn divide(a: &Worked, b: &Worked, inputs: Inputs, divisor_inputs: Inputs) -> Worked {
    let y = b.range();
    if y.may_be_zero() {
        let (mut open, mut marks) = joined(a, b);
        if y.known().is_some() {
            open.add(divisor_inputs);
            marks = marks.with(Marks::ZERO_DIVISOR);
        }
        return nothing(open, marks);
    }
    products(a, b, y, inputs, Exact::div)
}

/// The bounds of a product or quotient are among the four of their ends.
fn products(a: &Worked, b: &Worked, y: Range, inputs: Inputs, how: fn(Exact, Exact) -> Option<Exact>) -> Worked {
    let (open, marks) = joined(a, b);
    let x = a.range();
    if let (Some(x), Some(y)) = (x.known(), y.known()) {
        return match how(x, y) {
            Some(z) => figure(Range::exactly(z), open, marks),
            None => nothing(inputs, marks.with(Marks::TOO_LARGE)),
        };
    }
    let (Some(xl), Some(xh), Some(yl), Some(yh)) = (x.lo, x.hi, y.lo, y.hi) else {
        let not_negative = |range: Range| range.lo.is_some_and(|lo| !lo.is_negative());
        if not_negative(x) && not_negative(y) {
            return figure(Range { lo: Some(Exact::ZERO), hi: None }, open, marks);
        }
        return nothing(open, marks);
    };
    let mut ends = [how(xl, yl), how(xl, yh), how(xh, yl), how(xh, yh)].into_iter();
    let Some(first) = ends.next().flatten() else { return nothing(inputs, marks.with(Marks::TOO_LARGE)) };
    let mut range = Range::exactly(first);
    for end in ends {
        let Some(end) = end else { return nothing(inputs, marks.with(Marks::TOO_LARGE)) };
        range = range.hull(Range::exactly(end));
    }
    figure(range, open, marks)
}

/// a multiplied by itself `times` times.
pub fn power(a: &Worked, times: u32, inputs: Inputs) -> Worked {
    let mut product = Worked::figure(Exact::ONE);
    for _ in 0..times {
        product = multiply(&product, a, inputs);
    }
    // Multiplying bounds of both signs widens an even power below nought; that is sound, only loose.
    product
}

/// Applies a rising function to both bounds.
pub fn rising(a: &Worked, how: impl Fn(Exact) -> Option<Exact>) -> Worked {
    let range = a.range();
    let lo = range.lo.map(&how);
    let hi = range.hi.map(&how);
    if lo == Some(None) || hi == Some(None) {
        return nothing(a.open, a.marks.with(Marks::TOO_LARGE));
    }
    figure(Range { lo: lo.flatten(), hi: hi.flatten() }, a.open, a.marks)
}

/// The largest or smallest of several.
pub fn extreme<'a>(parts: impl Iterator<Item = &'a Worked>, largest: bool) -> Worked {
    let mut parts = parts;
    let Some(first) = parts.next() else { return Worked::figure(Exact::ZERO) };
    let mut found = *first;
    for part in parts {
        let (a, b) = (found.range(), part.range());
        let (open, marks) = joined(&found, part);
        // The tight side needs both bounds; the other side is bounded where either part is.
        let both =
            |a: Option<Exact>, b: Option<Exact>, how: fn(Exact, Exact) -> Exact| a.zip(b).map(|(a, b)| how(a, b));
        let either = |a: Option<Exact>, b: Option<Exact>, how: fn(Exact, Exact) -> Exact| match (a, b) {
            (Some(a), Some(b)) => Some(how(a, b)),
            (found, None) | (None, found) => found,
        };
        let range = if largest {
            Range { lo: either(a.lo, b.lo, Exact::max), hi: both(a.hi, b.hi, Exact::max) }
        } else {
            Range { lo: both(a.lo, b.lo, Exact::min), hi: either(a.hi, b.hi, Exact::min) }
        };
        found = figure(range, open, marks);
    }
    found
}

/// A score from nought up to `most`.
pub fn up_to(a: &Worked, most: Exact) -> Worked {
    let range = a.range();
    let within = |bound: Exact| bound.max(Exact::ZERO).min(most);
    let range = Range { lo: Some(range.lo.map_or(Exact::ZERO, within)), hi: Some(range.hi.map_or(most, within)) };
    figure(range, a.open, a.marks)
}

/// A score that experts settle between two bounds.
pub fn judged(a: &Worked, b: &Worked) -> Worked {
    let (open, marks) = joined(a, b);
    figure(Range { lo: a.range().lo, hi: b.range().hi }, open, marks.with(Marks::EXPERT))
}

/// A comparison: certain where every figure within the bounds compares alike.
pub fn test(compare: Compare, a: &Worked, b: &Worked) -> Worked {
    let (x, y) = (a.range(), b.range());
    if let (Some(x), Some(y)) = (x.known(), y.known()) {
        let order = x.cmp(&y);
        let holds = match compare {
            Compare::AtLeast => order.is_ge(),
            Compare::Above => order.is_gt(),
            Compare::AtMost => order.is_le(),
            Compare::Below => order.is_lt(),
            Compare::Equal => order.is_eq(),
            Compare::Unequal => order.is_ne(),
        };
        return Worked::settle(Val::Truth(Tri::known(holds)), Inputs::NONE, a.marks.with(b.marks));
    }
    let order = |p: Option<Exact>, q: Option<Exact>| p.zip(q).map(|(p, q)| p.cmp(&q));
    // The least that a can be against the most that b can be, and the other way round.
    let (low, high) = (order(x.lo, y.hi), order(x.hi, y.lo));
    let at_least = match (low, high) {
        (Some(Ordering::Greater | Ordering::Equal), _) => Tri::Yes,
        (_, Some(Ordering::Less)) => Tri::No,
        _ => Tri::Open,
    };
    let above = match (low, high) {
        (Some(Ordering::Greater), _) => Tri::Yes,
        (_, Some(Ordering::Less | Ordering::Equal)) => Tri::No,
        _ => Tri::Open,
    };
    let apart = low == Some(Ordering::Greater) || high == Some(Ordering::Less);
    let equal = if apart { Tri::No } else { Tri::Open };
    let tri = match compare {
        Compare::AtLeast => at_least,
        Compare::Below => at_least.not(),
        Compare::Above => above,
        Compare::AtMost => above.not(),
        Compare::Equal => equal,
        Compare::Unequal => equal.not(),
    };
    let (open, marks) = joined(a, b);
    Worked::settle(Val::Truth(tri), open, marks)
}

/// Every part must hold (`all`), or one must. A deciding part is never hidden by an open one.
pub fn connect<'a>(parts: impl Iterator<Item = &'a Worked>, all: bool) -> Worked {
    let decider = if all { Tri::No } else { Tri::Yes };
    let mut decided = false;
    let mut decided_verified = false;
    let (mut open, mut open_marks, mut known_marks) = (Inputs::NONE, Marks::NONE, Marks::NONE);
    let mut is_open = false;
    for part in parts {
        match part.tri() {
            tri if tri == decider => {
                decided = true;
                decided_verified |= !part.marks.has(Marks::UNVERIFIED);
            }
            Tri::Open => {
                is_open = true;
                open.add(part.open);
                open_marks = open_marks.with(part.marks);
            }
            _ => known_marks = known_marks.with(part.marks),
        }
    }
    if decided {
        let marks = if decided_verified { Marks::NONE } else { Marks::UNVERIFIED };
        return Worked::settle(Val::Truth(decider), Inputs::NONE, marks);
    }
    if is_open {
        return Worked { val: Val::Truth(Tri::Open), open, marks: open_marks.with(known_marks.settled()) };
    }
    Worked::settle(Val::Truth(decider.not()), Inputs::NONE, known_marks)
}

/// The opposite.
pub fn not(a: &Worked) -> Worked {
    Worked { val: Val::Truth(a.tri().not()), ..*a }
}

/// The first row that applies. Where that is open, the hull of every row that still may.
pub fn bands(rows: &[Band], worked: &[Worked]) -> Worked {
    let mut found: Option<Worked> = None;
    let (mut open, mut marks) = (Inputs::NONE, Marks::NONE);
    for &(when, then, unverified) in rows {
        let when = when.map_or(Worked::truth(true), |step| worked[step]);
        if when.tri() == Tri::No {
            continue;
        }
        let mut value = worked[then];
        if unverified {
            value.marks = value.marks.with(Marks::UNVERIFIED);
        }
        value.marks = value.marks.with(when.marks.settled());
        found = Some(match found {
            None => value,
            Some(before) => hull(&before, &value),
        });
        if when.tri() == Tri::Yes {
            break;
        }
        open.add(when.open);
        marks = marks.with(when.marks);
    }
    let Some(found) = found else { return nothing(open, marks) };
    open.add(found.open);
    Worked::settle(found.val, open, marks.with(found.marks))
}

fn hull(a: &Worked, b: &Worked) -> Worked {
    let (open, marks) = joined(a, b);
    let val = match (a.val, b.val) {
        (Val::Truth(x), Val::Truth(y)) => Val::Truth(if x == y { x } else { Tri::Open }),
        _ => Val::Figure(a.range().hull(b.range())),
    };
    Worked { val, open, marks }
}

/// A day as a figure.
pub fn day_number(day: Date) -> Exact {
    let epoch = jiff::civil::date(1970, 1, 1);
    Exact::int(epoch.until(day).map_or(0, |span| i64::from(span.get_days())))
}

/// The day a figure stands for.
pub fn day_of(number: Exact) -> Option<Date> {
    let days = i32::try_from(number.floor().whole()?).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// A day moved by years, months and days; the 29th of February becomes the 28th where needed.
pub fn shifted(day: Exact, years: i32, months: i32, days: i32) -> Option<Exact> {
    let span = jiff::Span::new().try_years(years).ok()?.try_months(months).ok()?.try_days(days).ok()?;
    Some(day_number(day_of(day)?.checked_add(span).ok()?))
}

/// Whole months from one day to another, below nought where the second is earlier.
pub fn whole_months(from: Exact, to: Exact) -> Option<i64> {
    if to < from {
        return whole_months(to, from).map(|months| -months);
    }
    let (from, to) = (day_of(from)?, day_of(to)?);
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month());
    // A month is full on the day of the same number, or on the last day of a shorter month.
    let full = to.day() >= from.day() || to.day() == to.days_in_month();
    Some(if full { months } else { months - 1 })
}
