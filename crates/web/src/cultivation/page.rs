//! `/cultivation`: the ladder of the zone, or of the units a reader sees.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use kernel::Lang;
use policy::Policy;
use store::ladder::{Hold, Standing};

use super::duties::{Who, calendar};
use super::known::Known;
use crate::frame::{day, path};
use crate::register::ladder::WARNING_DAYS;
use crate::register::list::ONE;
use crate::ui::{Empty, Icon, figure};
use crate::{App, Page, WebError};

/// The most single conditions told of a step.
const MOST_LACKS: usize = 5;
/// The most years told of moves.
const MOST_YEARS: usize = 6;

/// A number that leads to the enterprises it counts.
struct Counted {
    number: String,
    is_none: bool,
    address: String,
}

/// One condition that alone keeps enterprises from a step.
struct Lack {
    name: String,
    counted: Counted,
    /// Of a hundred of the longest bar.
    share: u64,
}

struct StepRow {
    title: String,
    policy: String,
    held: Counted,
    ending: Counted,
    losing: Counted,
    climbing: Counted,
    near: Counted,
    experts: Counted,
    unknown: Counted,
    entered: u64,
    left: u64,
    lacks: Vec<Lack>,
    /// Holders, those who entered this year among them, and those about to leave, of a hundred of
    /// the largest step.
    bar: Bar,
}

impl StepRow {
    /// The numbers behind those who moved, each under its head.
    fn numbers<'a>(&'a self, page: &'a Page) -> [(&'a str, &'a Counted); 6] {
        [
            (page.t("90 天内到期", "Ends in 90 days"), &self.ending),
            (page.t("持有但现不达标", "Held, fails now"), &self.losing),
            (page.t("达标未持有", "Meets, not held"), &self.climbing),
            (page.t("只差一项", "Lacks one"), &self.near),
            (page.t("待评审", "For experts"), &self.experts),
            (page.t("缺数据", "Data missing"), &self.unknown),
        ]
    }
}

struct Bar {
    standing: u64,
    entered: u64,
    ending: u64,
}

struct YearRow {
    year: i16,
    /// Entered and left, by step.
    moves: Vec<(u64, u64)>,
}

/// One line of the filing calendar.
struct DutyRow {
    due: String,
    left: i32,
    is_soon: bool,
    title: String,
    what: &'static str,
    who: Counted,
    cite: &'static str,
    unverified: bool,
}

#[derive(Template)]
#[template(path = "cultivation/ladder.html")]
struct LadderPage<'a> {
    page: &'a Page,
    checked: String,
    steps: Vec<StepRow>,
    duties: Vec<DutyRow>,
    years: Vec<YearRow>,
    empty: Empty<'a>,
}

/// Shows who stands on which step, who is about to climb and who is about to lose a title.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    if let Some(own) = viewer.enterprise {
        return Ok(page.go(&format!("/enterprises/{own}/checkup")));
    }
    let round = app.store().last_round().await?;
    let known_at = round.as_ref().map(|round| round.known_at);
    let known = app.ladders().within(app.store(), &viewer.scope, known_at, page.today).await?;
    let library = app.library();
    let found: Vec<Found<'_>> =
        known.iter().map(|known| Found { known, policy: library.policy(known.step.policy, page.today) }).collect();
    let largest = found.iter().map(|found| found.known.holders.held).max().unwrap_or(0).max(1);
    let years = years(&found);
    let template = LadderPage {
        checked: match &round {
            Some(round) => checked(round, page.lang),
            None => String::new(),
        },
        steps: found.iter().map(|found| found.row(&app, &page, largest)).collect(),
        duties: duties(&found, &app, &page),
        years,
        empty: Empty {
            icon: Icon("certificate"),
            title: page.t("还没有体检结论", "Nothing has been checked yet"),
            what: page.t(
                "导入企业后，系统会自动按现行政策逐家体检，结论显示在这里。",
                "Once enterprises are imported, each is held against the policies in force, and what comes out is shown here.",
            ),
            action: None,
        },
        page: &page,
    };
    page.show(template)
}

fn checked(round: &store::verdict::Round, lang: Lang) -> String {
    let (at, on) = (day::minute(round.known_at), round.on);
    match lang {
        Lang::Zh => format!("按 {on} 施行的政策体检，数据截至 {at}。点任一数字看名单。"),
        Lang::En => {
            format!("By the policies in force on {on}, from what was known at {at}. Each number opens its list.")
        }
    }
}

/// One step with the text in force.
struct Found<'p> {
    known: &'p Known,
    policy: Option<&'p Policy>,
}

impl Found<'_> {
    fn count(&self, which: impl Fn(&Standing) -> bool) -> u64 {
        self.known.standing.iter().filter(|standing| which(standing)).map(|standing| standing.enterprises).sum()
    }

    fn list(&self, page: &Page, parameters: &[(&str, &str)]) -> String {
        let own = [("policy", self.known.step.policy), ("title", self.known.step.title)];
        let wanted = |name: &str| parameters.iter().any(|(given, _)| *given == name);
        let base: Vec<(&str, &str)> = own
            .into_iter()
            .filter(|(name, _)| match *name {
                "policy" => wanted("verdict"),
                _ => wanted("title_state"),
            })
            .collect();
        page.link(&path::with_query("/register/enterprise", base.into_iter().chain(parameters.iter().copied())))
    }

    fn counted(&self, page: &Page, count: u64, parameters: &[(&str, &str)]) -> Counted {
        Counted { number: shown(count), is_none: count == 0, address: self.list(page, parameters) }
    }

    fn row(&self, app: &App, page: &Page, largest: u64) -> StepRow {
        let year = page.today.year();
        let this_year = self.known.moves.iter().find(|moved| moved.year == year);
        let (entered, left) = this_year.map_or((0, 0), |moved| (moved.entered, moved.left));
        let answered = |answer: &'static str| {
            let outside = self.count(|standing| standing.answer == answer && standing.hold == Hold::None);
            self.counted(page, outside, &[("verdict", answer), ("title_state", "none")])
        };
        let lacks = self.lacks(page);
        let near: u64 = self.single_lacks().values().sum();
        let losing = self.count(|standing| standing.answer == "fails" && standing.hold != Hold::None);
        let share = |count: u64| count * 100 / largest;
        let (held, ending) = (self.known.holders.held, self.known.holders.ending);
        StepRow {
            title: self.title(app, page),
            policy: self.policy.map(Policy::version).unwrap_or_default(),
            held: self.counted(page, held, &[("title_state", "valid")]),
            ending: self.counted(page, ending, &[("title_state", "expiring")]),
            losing: self.counted(page, losing, &[("verdict", "fails"), ("title_state", "valid")]),
            climbing: answered("meets"),
            near: self.counted(page, near, &[("verdict", "fails"), ("lacks", ONE), ("title_state", "none")]),
            experts: answered("expert"),
            unknown: answered("undetermined"),
            entered,
            left,
            lacks,
            bar: Bar {
                standing: share(held.saturating_sub(entered.min(held)).saturating_sub(ending)),
                entered: share(entered.min(held)),
                ending: share(ending),
            },
        }
    }

    fn title(&self, app: &App, page: &Page) -> String {
        let key = self.known.step.title;
        let title = app.catalogue().field("qualification_code").and_then(|field| field.choice(key));
        title.map_or(key, |choice| choice.label(page.lang)).to_owned()
    }

    /// Who does not hold the title and fails exactly one condition, by condition.
    fn single_lacks(&self) -> BTreeMap<&str, u64> {
        let mut lacks: BTreeMap<&str, u64> = BTreeMap::new();
        let one = |standing: &&Standing| {
            standing.answer == "fails" && standing.hold == Hold::None && !standing.failed.contains(' ')
        };
        for standing in self.known.standing.iter().filter(one).filter(|standing| !standing.failed.is_empty()) {
            *lacks.entry(standing.failed.as_str()).or_default() += standing.enterprises;
        }
        lacks
    }

    fn lacks(&self, page: &Page) -> Vec<Lack> {
        let mut lacks: Vec<(&str, u64)> = self.single_lacks().into_iter().collect();
        lacks.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let most = lacks.first().map_or(1, |(_, count)| *count).max(1);
        let name = |id: &str| {
            let known = self.policy.and_then(|policy| policy.conditions.iter().find(|known| known.id == id));
            known.map_or(id, |known| known.name_in(page.lang)).to_owned()
        };
        lacks
            .into_iter()
            .take(MOST_LACKS)
            .map(|(id, count)| Lack {
                name: name(id),
                counted: self.counted(page, count, &[("verdict", "fails"), ("lacks", id), ("title_state", "none")]),
                share: count * 100 / most,
            })
            .collect()
    }
}

fn shown(count: u64) -> String {
    figure::grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What holders have to hand in next, the nearest first.
fn duties(found: &[Found<'_>], app: &App, page: &Page) -> Vec<DutyRow> {
    let row = |(due, duty): (jiff::civil::Date, &'static super::duties::Duty)| {
        let found = found.iter().find(|found| found.known.step.title == duty.title)?;
        let [this_year, next_year] = found.known.ending_in;
        let (count, state) = match duty.who {
            Who::Holders => (found.known.holders.held, "valid"),
            Who::EndingThisYear if due.year() == page.today.year() => (this_year, "this_year"),
            Who::EndingThisYear => (next_year, "next_year"),
        };
        let left = page.today.until(due).map_or(0, |span| span.get_days());
        Some(DutyRow {
            due: due.to_string(),
            left,
            is_soon: count > 0 && i64::from(left) <= WARNING_DAYS,
            title: found.title(app, page),
            what: page.t(duty.zh, duty.en),
            who: found.counted(page, count, &[("title_state", state)]),
            cite: duty.cite,
            unverified: duty.unverified,
        })
    };
    calendar(page.today).into_iter().filter_map(row).collect()
}

/// The last years in which anybody moved, the latest first.
fn years(found: &[Found<'_>]) -> Vec<YearRow> {
    let mut years: Vec<i16> = found.iter().flat_map(|found| found.known.moves.iter().map(|moved| moved.year)).collect();
    years.sort_unstable_by_key(|year| std::cmp::Reverse(*year));
    years.dedup();
    let row = |year: i16| YearRow {
        year,
        moves: found
            .iter()
            .map(|found| {
                let moved = found.known.moves.iter().find(|moved| moved.year == year);
                moved.map_or((0, 0), |moved| (moved.entered, moved.left))
            })
            .collect(),
    };
    years.into_iter().take(MOST_YEARS).map(row).collect()
}
