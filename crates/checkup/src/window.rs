//! When one can apply: the window of this year, or the next one.

use jiff::civil::Date;
use kernel::Lang;
use policy::Policy;

/// The days on which applications are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Whether it belongs to a later year than the day of the check-up: this year's is over.
    pub next_year: bool,
}

impl Window {
    /// The window of a policy that is open on a day or opens next; `None` where applications are
    /// taken at any time or the policy ends before.
    pub fn of(policy: &Policy, on: Date) -> Option<Self> {
        let window = policy.window?;
        let year = |year: i16| {
            let from = Date::new(year, window.from.0, window.from.1).ok()?.max(policy.from);
            let to = Date::new(year, window.to.0, window.to.1).ok()?;
            let to = policy.until.map_or(to, |until| to.min(until));
            (from <= to && on <= to).then_some(Window { from, to, next_year: year > on.year() })
        };
        year(on.year()).or_else(|| year(on.year() + 1))
    }

    /// Whether it is open on a day.
    pub fn is_open(&self, on: Date) -> bool {
        self.from <= on && on <= self.to
    }

    /// When one can apply, against the day of application, in words.
    pub fn say(self, on: Date, lang: Lang) -> String {
        let Window { from, to, next_year } = self;
        let left = on.until(to).map_or(0, |span| span.get_days());
        match (self.is_open(on), next_year, lang) {
            (true, _, Lang::Zh) => format!("申报窗口 {from} 至 {to}，还有 {left} 天"),
            (true, _, Lang::En) => format!("Applications from {from} to {to}, {left} days left"),
            (false, true, Lang::Zh) => format!("今年的申报窗口已过，下次 {from} 至 {to}"),
            (false, true, Lang::En) => format!("This year's window is over; the next is from {from} to {to}"),
            (false, false, Lang::Zh) => format!("申报窗口 {from} 至 {to}，还没有开始"),
            (false, false, Lang::En) => format!("Applications from {from} to {to}, not open yet"),
        }
    }
}
