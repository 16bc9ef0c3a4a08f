//! The titles an enterprise holds, as a ladder: what it has, what runs out, what it had.

use jiff::civil::Date;
use kernel::{Catalogue, Lang};

use crate::ui::Tone;

/// One title with its days of validity, as the register knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The choice of the field `qualification_code`.
    pub title: String,
    /// The first day, where known.
    pub from: Option<Date>,
    /// The last day, where the title ends.
    pub to: Option<Date>,
}

/// One step of the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The title's name.
    pub name: String,
    /// What its colour means.
    pub tone: Tone,
    /// How it stands, in one word.
    pub state: &'static str,
    /// The days, and how long is left.
    pub detail: String,
}

/// The steps every enterprise is measured by, from the first to the highest; the others are
/// shown when held.
const STEPS: &[&str] = &["tech_sme", "innovative_sme", "hnte", "srdi", "little_giant"];

/// A title that ends within this many days is about to be lost: a renewal takes a season.
pub const WARNING_DAYS: i64 = 90;

/// The ladder as it stands on a day.
pub fn ladder(held: &[Held], catalogue: &Catalogue, on: Date, lang: Lang) -> Vec<Step> {
    let Some(field) = catalogue.field("qualification_code") else { return Vec::new() };
    let name = |key: &str| field.choice(key).map_or_else(|| key.to_owned(), |choice| choice.label(lang).to_owned());
    let mut steps: Vec<Step> = STEPS.iter().map(|key| step(name(key), best(held, key, on), on, lang)).collect();
    let mut others: Vec<&str> =
        held.iter().map(|title| title.title.as_str()).filter(|key| !STEPS.contains(key)).collect();
    others.sort_unstable();
    others.dedup();
    steps.extend(others.into_iter().map(|key| step(name(key), best(held, key, on), on, lang)));
    steps
}

/// Of several records of one title, the one that lasts longest.
fn best<'a>(held: &'a [Held], key: &str, on: Date) -> Option<&'a Held> {
    let lasts = |title: &&Held| (title.from.is_none_or(|from| from <= on), title.to.unwrap_or(Date::MAX));
    held.iter().filter(|title| title.title == key).max_by_key(lasts)
}

fn step(name: String, held: Option<&Held>, on: Date, lang: Lang) -> Step {
    let Some(held) = held else {
        return Step { name, tone: Tone::Shut, state: lang.pick("未持有", "Not held"), detail: String::new() };
    };
    let (tone, state) = state(held, on, lang);
    Step { name, tone, state, detail: detail(held, on, lang) }
}

/// How a title stands on a day: in words and colour.
pub fn state(held: &Held, on: Date, lang: Lang) -> (Tone, &'static str) {
    let left = held.to.map(|to| days_between(on, to));
    match left {
        _ if held.from.is_some_and(|from| from > on) => (Tone::Early, lang.pick("尚未生效", "Not yet in force")),
        Some(left) if left < 0 => (Tone::Late, lang.pick("已过期", "Expired")),
        Some(left) if left <= WARNING_DAYS => (Tone::Warn, lang.pick("将到期", "Expiring")),
        _ => (Tone::Ok, lang.pick("有效", "Valid")),
    }
}

fn detail(held: &Held, on: Date, lang: Lang) -> String {
    match (held.from, held.to) {
        (_, Some(to)) if to < on => match lang {
            Lang::Zh => format!("{to} 到期，已过 {} 天", days_between(to, on)),
            Lang::En => format!("ended {to}, {} days ago", days_between(to, on)),
        },
        (_, Some(to)) if days_between(on, to) <= WARNING_DAYS => match lang {
            Lang::Zh => format!("{to} 到期，还有 {} 天", days_between(on, to)),
            Lang::En => format!("ends {to}, {} days left", days_between(on, to)),
        },
        (Some(from), Some(to)) => format!("{from} — {to}"),
        (None, Some(to)) => format!("{} {to}", lang.pick("至", "until")),
        (Some(from), None) => format!("{} {from}", lang.pick("自", "since")),
        (None, None) => lang.pick("有效期未登记", "validity not recorded").to_owned(),
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn held(title: &str, from: Option<Date>, to: Option<Date>) -> Held {
        Held { title: title.into(), from, to }
    }

    #[test]
    fn a_title_is_valid_expiring_or_expired_by_the_day_it_is_looked_at() {
        let title = held("hnte", Some(date(2023, 12, 1)), Some(date(2026, 12, 1)));
        for (on, expected) in [
            (date(2023, 11, 30), "尚未生效"),
            (date(2026, 9, 1), "有效"),
            (date(2026, 9, 2), "将到期"),
            (date(2026, 12, 1), "将到期"),
            (date(2026, 12, 2), "已过期"),
        ] {
            assert_eq!(state(&title, on, Lang::Zh).1, expected, "{on}");
        }
    }

    #[test]
    fn the_ladder_shows_every_step_and_the_longest_lasting_of_several_records() {
        let today = date(2026, 11, 22);
        let titles = [
            held("hnte", Some(date(2020, 12, 1)), Some(date(2023, 12, 1))),
            held("hnte", Some(date(2023, 12, 1)), Some(date(2026, 12, 1))),
            held("gazelle", None, None),
        ];
        let steps = ladder(&titles, Catalogue::builtin(), today, Lang::Zh);
        let said: Vec<(&str, &str)> = steps.iter().map(|step| (step.name.as_str(), step.state)).collect();
        assert_eq!(
            said,
            [
                ("科技型中小企业", "未持有"),
                ("创新型中小企业", "未持有"),
                ("高新技术企业", "将到期"),
                ("专精特新中小企业", "未持有"),
                ("专精特新“小巨人”企业", "未持有"),
                ("瞪羚企业", "有效"),
            ]
        );
        assert_eq!(steps[2].detail, "2026-12-01 到期，还有 9 天");
    }
}
