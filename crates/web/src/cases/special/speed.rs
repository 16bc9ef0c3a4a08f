//! How fast approvals were decided and how far promises were kept, for the page of figures: shares by class of
//! speed, each with its base and the way to its cases.

use askama::Template;
use jiff::SignedDuration;
use kernel::Lang;
use kernel::calendar::{Calendar, CalendarError};
use loops::closure::{Share, Speeds, Window, speeds};
use loops::{Case, Speed};

use crate::cases::figures::percent;
use crate::ui::{Safe, figure};
use crate::{Page, WebError};

/// What is decided within this time was decided while the applicant waited.
const INSTANT: SignedDuration = SignedDuration::from_hours(1);
/// What stands before the key of a class in addresses: all that was decided under it, and what of it in time.
const ALL: &str = "speed-all-";
const KEPT: &str = "speed-kept-";

/// A figure of the time that decisions took, by the name it has in addresses: Chinese, English, how many.
type Taken = (&'static str, &'static str, &'static str, fn(&Speeds) -> u32);

const TAKEN: [Taken; 5] = [
    ("speed-instant", "1小时内（即办）", "within an hour", |of| of.instant),
    ("speed-same-day", "当日办结", "on the same day", |of| of.same_day),
    ("speed-24-hours", "24小时内", "within 24 hours", |of| of.within_24_hours),
    ("speed-longer", "24小时以上", "longer", |of| of.longer),
    ("speed-holiday", "其中非工作日办结（值守）", "of these, decided on a day off", |of| {
        of.on_holiday.part
    }),
];

/// A number with the way to its cases.
struct Number {
    text: String,
    address: String,
}

/// One class of speed, or one span of time.
struct Row {
    name: &'static str,
    base: Option<Number>,
    part: Number,
    percent: String,
}

#[derive(Template)]
#[template(path = "cases/speeds.html")]
struct SpeedsPanel<'a> {
    page: &'a Page,
    base: u32,
    taken: Vec<Row>,
    kept: Vec<Row>,
}

fn counted<'c>(
    cases: impl IntoIterator<Item = &'c Case>,
    window: Window,
    calendar: &Calendar,
) -> Result<Speeds, CalendarError> {
    speeds(cases, window, INSTANT, calendar)
}

/// The panel for approvals decided in some days; `link` leads to the cases behind a figure.
///
/// # Errors
/// A template that does not render. Days that cannot be counted are told where the other figures are.
pub fn panel<'c>(
    page: &Page,
    cases: impl IntoIterator<Item = &'c Case>,
    window: Window,
    calendar: &Calendar,
    link: impl Fn(&str) -> String,
) -> Result<Option<Safe>, WebError> {
    let Ok(found) = counted(cases, window, calendar) else { return Ok(None) };
    let number = |count: u32, key: &str| Number { text: figure::grouped(i64::from(count)), address: link(key) };
    let taken = TAKEN.iter().map(|(key, zh, en, of)| Row {
        name: page.t(zh, en),
        base: None,
        part: number(of(&found), key),
        percent: percent(Share { part: of(&found), base: found.base }),
    });
    let kept = Speed::ALL.into_iter().map(|speed| (speed, found.kept_of(speed))).filter(|(_, share)| share.base > 0);
    let kept = kept.map(|(speed, share)| Row {
        name: speed.label(page.lang),
        base: Some(number(share.base, &format!("{ALL}{}", speed.key()))),
        part: number(share.part, &format!("{KEPT}{}", speed.key())),
        percent: percent(share),
    });
    let panel = SpeedsPanel { page, base: found.base, taken: taken.collect(), kept: kept.collect() };
    Ok(Some(Safe(panel.render().map_err(WebError::broken)?)))
}

/// Whether a case is one of those behind a figure of this panel; `None` where the figure is another's.
pub fn counts(figure: &str, case: &Case, window: Window, calendar: &Calendar) -> Option<bool> {
    let share = |of: fn(Share) -> u32, key: &str| {
        let speed = Speed::from_key(key)?;
        Some(counted([case], window, calendar).is_ok_and(|found| of(found.kept_of(speed)) > 0))
    };
    match (figure.strip_prefix(ALL), figure.strip_prefix(KEPT)) {
        (Some(key), _) => share(|share| share.base, key),
        (_, Some(key)) => share(|share| share.part, key),
        _ => {
            let (_, _, _, of) = TAKEN.iter().find(|(key, ..)| *key == figure)?;
            Some(counted([case], window, calendar).is_ok_and(|found| of(&found) > 0))
        }
    }
}

/// What a figure of this panel is called over the list of its cases; `None` where it is another's.
pub fn title(figure: &str, lang: Lang) -> Option<String> {
    let speed = |key: &str| Speed::from_key(key).map(|speed| speed.label(lang));
    if let Some(class) = figure.strip_prefix(ALL) {
        return speed(class).map(|class| format!("{}{class}", lang.pick("已决定：", "Decided: ")));
    }
    if let Some(class) = figure.strip_prefix(KEPT) {
        return speed(class).map(|class| format!("{}{class}", lang.pick("按承诺办结：", "Within the promise: ")));
    }
    TAKEN.iter().find(|(key, ..)| *key == figure).map(|(_, zh, en, _)| lang.pick(zh, en).to_owned())
}
