//! Whom to see next: a round of one place, those who need it most first.

use jiff::civil::Date;
use kernel::Lang;

/// A subject that could be seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidate {
    /// Its id.
    pub subject: String,
    /// The park or street it is in.
    pub place: Option<String>,
    /// Latitude and longitude in millionths of a degree.
    pub spot: Option<(i32, i32)>,
    /// When it was last seen.
    pub last: Option<Date>,
    /// Its open matters.
    pub open_matters: u32,
    /// Needs it has told that nobody has taken up.
    pub needs: u32,
    /// A title that is about to end or to be won, and when.
    pub title: Option<(String, Date)>,
}

/// What a reason weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// It was never seen.
    pub never: u32,
    /// Each month since it was last seen, two years at the most.
    pub month: u32,
    /// Each open matter, three at the most.
    pub matter: u32,
    /// Each need, three at the most.
    pub need: u32,
    /// A title that changes within the days ahead.
    pub title: u32,
    /// How many days ahead a title counts.
    pub days_ahead: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { never: 40, month: 2, matter: 15, need: 10, title: 30, days_ahead: 90 }
    }
}

/// Why a stop is suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It was never seen.
    Never,
    /// It was last seen so many months ago.
    Months(u32),
    /// It has open matters.
    Matters(u32),
    /// It has told needs.
    Needs(u32),
    /// A title changes on a day.
    Title(String, Date),
}

impl Reason {
    /// In words.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Reason::Never, Lang::Zh) => "从未走访".into(),
            (Reason::Never, Lang::En) => "never visited".into(),
            (Reason::Months(months), Lang::Zh) => format!("{months} 个月未走访"),
            (Reason::Months(months), Lang::En) => format!("not visited for {months} months"),
            (Reason::Matters(count), Lang::Zh) => format!("有 {count} 件诉求在办"),
            (Reason::Matters(count), Lang::En) => format!("{count} open matters"),
            (Reason::Needs(count), Lang::Zh) => format!("有 {count} 项需求"),
            (Reason::Needs(count), Lang::En) => format!("{count} needs"),
            (Reason::Title(title, day), Lang::Zh) => format!("“{title}”{day} 变动"),
            (Reason::Title(title, day), Lang::En) => format!("“{title}” changes on {day}"),
        }
    }
}

/// One stop of a suggested round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The subject.
    pub subject: String,
    /// What speaks for it, added up.
    pub points: u32,
    /// What speaks for it.
    pub reasons: Vec<Reason>,
}

/// A round of so many stops: the subject that needs it most, and with it those of the same place by
/// need, in the order of the shortest way where their spots are known.
pub fn round(candidates: &[Candidate], on: Date, stops: usize, weights: &Weights) -> Vec<Stop> {
    let mut ranked: Vec<(&Candidate, Stop)> = candidates.iter().map(|one| (one, weighed(one, on, weights))).collect();
    ranked.sort_by(|(_, a), (_, b)| b.points.cmp(&a.points).then(a.subject.cmp(&b.subject)));
    let place = ranked.first().and_then(|(first, _)| first.place.clone());
    let same = |one: &Candidate| one.place == place;
    let mut chosen: Vec<(&Candidate, Stop)> = ranked.into_iter().filter(|(one, _)| same(one)).take(stops).collect();
    let mut way = Vec::new();
    let mut here = chosen.first().and_then(|(first, _)| first.spot);
    while !chosen.is_empty() {
        let nearest = chosen.iter().enumerate().min_by_key(|(at, (one, _))| (distance(here, one.spot), *at));
        let (next, stop) = chosen.remove(nearest.map_or(0, |(at, _)| at));
        here = next.spot.or(here);
        way.push(stop);
    }
    way
}

fn weighed(candidate: &Candidate, on: Date, weights: &Weights) -> Stop {
    let mut reasons = Vec::new();
    let mut points = 0;
    match candidate.last {
        None => {
            points += weights.never;
            reasons.push(Reason::Never);
        }
        Some(last) => {
            let months = months_between(last, on);
            points += weights.month * months.min(24);
            if months > 0 {
                reasons.push(Reason::Months(months));
            }
        }
    }
    for (count, weight, reason) in [
        (candidate.open_matters, weights.matter, Reason::Matters(candidate.open_matters)),
        (candidate.needs, weights.need, Reason::Needs(candidate.needs)),
    ] {
        points += weight * count.min(3);
        if count > 0 {
            reasons.push(reason);
        }
    }
    if let Some((title, day)) = &candidate.title {
        let ahead = on.until(*day).map_or(i64::MAX, |span| i64::from(span.get_days()));
        if (0..=weights.days_ahead).contains(&ahead) {
            points += weights.title;
            reasons.push(Reason::Title(title.clone(), *day));
        }
    }
    Stop { subject: candidate.subject.clone(), points, reasons }
}

/// Whole months from one day to another; none where it lies ahead.
fn months_between(from: Date, to: Date) -> u32 {
    let months = i32::from(to.year() - from.year()) * 12 + i32::from(to.month() - from.month());
    let whole = months - i32::from(to.day() < from.day());
    u32::try_from(whole).unwrap_or(0)
}

/// The square of a distance, good enough to order what lies in one park; unknown spots come last.
fn distance(from: Option<(i32, i32)>, to: Option<(i32, i32)>) -> i64 {
    let (Some(from), Some(to)) = (from, to) else { return i64::MAX };
    let (north, east) = (i64::from(to.0) - i64::from(from.0), i64::from(to.1) - i64::from(from.1));
    // A degree of longitude is about four fifths of one of latitude where China's zones lie.
    north * north + east * east * 16 / 25
}
