//! `/visits`: what each officer owes by the cadence, which visits are due, and whom to see next.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use kernel::SubjectKind;
use loops::cadence::{Every, Owed};
use store::access::{Action, Role, UnitId};
use store::cases::{OfficerLoad, ToSee, VisitKnown};

use super::rhythm::Rhythm;
use super::round::{self, Suggested};
use super::settings::Written;
use crate::cases::line::{Line, Names};
use crate::cases::tabs::Tabs;
use crate::cases::topics;
use crate::cases::words::LOOKS;
use crate::frame::path;
use crate::register::subject;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// What an officer owes by one norm.
struct Debt {
    norm: String,
    every: &'static str,
    made: String,
    left: Option<Badge>,
    by: String,
}

/// An officer's line of the overview.
struct Officer {
    name: String,
    unit: String,
    address: String,
    debts: Vec<(String, bool)>,
}

/// A stop of the suggested round.
struct Stop {
    name: String,
    firm: String,
    unit: String,
    reasons: Vec<String>,
    points: u32,
    begin: String,
}

/// An officer's own part.
struct Chosen {
    name: String,
    debts: Vec<Debt>,
    uncounted: Option<String>,
    lines: Vec<Line>,
    more: Option<String>,
    stops: Vec<Stop>,
    places: Vec<(String, String, bool)>,
    account: String,
}

#[derive(Template)]
#[template(path = "visits/round.html")]
struct RoundPage<'a> {
    page: &'a Page,
    tabs: Tabs<'a>,
    cadence: &'static str,
    named: String,
    norms: Vec<String>,
    officers: Vec<Officer>,
    chosen: Option<Chosen>,
    may_set: bool,
    written: Written,
    everies: Vec<(&'static str, &'static str)>,
    topics: Vec<(&'static str, &'static str)>,
    leaves: Vec<(String, Date, Date)>,
    people: Vec<(String, String)>,
    refused: Option<String>,
}

/// Shows what is owed and whom to see.
///
/// # Errors
/// There is nothing of the kind for an enterprise; what the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let drawn = draw(&app, &page, None, None).await?;
    page.show(drawn)
}

/// The page with a form that was refused.
pub(super) async fn refuse(
    app: &App,
    page: &Page,
    written: Option<Written>,
    refused: String,
) -> Result<Response, WebError> {
    let drawn = draw(app, page, written, Some(refused)).await?;
    page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
}

fn asked(page: &Page, wanted: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(page.query.as_bytes());
    pairs.find(|(name, value)| name == wanted && !value.is_empty()).map(|(_, value)| value.into_owned())
}

async fn draw<'a>(
    app: &App,
    page: &'a Page,
    written: Option<Written>,
    refused: Option<String>,
) -> Result<RoundPage<'a>, WebError> {
    let viewer = page.viewer_within()?;
    let (today, rhythm) = (page.today, Rhythm::of(app).await?);
    let known = app.store().visits_known(rhythm.since(today)).await?;
    let names = Names::of(app, &[]).await?;
    let leads = page.can(Action::AssignOfficers);
    let is_officer = viewer.roles.contains(&Role::Officer);
    let loads = round::officers(app, page).await?;
    let own = is_officer.then(|| viewer.name.clone());
    let account = asked(page, "officer").filter(|account| loads.iter().any(|load| load.account == *account)).or(own);
    let chosen = match loads.iter().find(|load| Some(&load.account) == account.as_ref()) {
        Some(load) => Some(chosen(app, page, &rhythm, load, &known, &names).await?),
        None => None,
    };
    let line = |load: &OfficerLoad| overview(app, page, &rhythm, load, &known, &names);
    let people = loads.iter().map(|load| (load.account.clone(), name(load))).collect();
    Ok(RoundPage {
        tabs: Tabs::of(page, &LOOKS[1], "round"),
        cadence: if rhythm.version == 0 {
            page.t("通用：123工作法", "the usual 1-2-3 way")
        } else {
            page.t("本区设定", "as the zone set it")
        },
        named: page.t(&rhythm.cadence.zh, &rhythm.cadence.en).to_owned(),
        norms: rhythm.cadence.norms.iter().map(|norm| page.t(&norm.zh, &norm.en).to_owned()).collect(),
        officers: if leads { loads.iter().map(line).collect() } else { Vec::new() },
        chosen,
        may_set: page.can(Action::ManageLoops),
        written: written.unwrap_or_else(|| Written::of(&rhythm)),
        everies: Every::ALL.iter().map(|every| (every.key(), every.label(page.lang))).collect(),
        topics: topics::VISITS.iter().map(|topic| (topic.key, topic.label(page.lang))).collect(),
        leaves: rhythm.leaves.iter().map(|leave| (leave.officer.clone(), leave.from, leave.to)).collect(),
        people,
        refused,
        page,
    })
}

fn name(load: &OfficerLoad) -> String {
    if load.display_name.is_empty() { load.account.clone() } else { load.display_name.clone() }
}

fn overview(
    app: &App,
    page: &Page,
    rhythm: &Rhythm,
    load: &OfficerLoad,
    known: &[VisitKnown],
    names: &Names,
) -> Officer {
    let owed = rhythm.owed(app, &load.account, page.today, known).unwrap_or_default();
    let debt = |one: &Owed<'_>| (format!("{}/{}", one.done, one.wanted + one.carried), one.missing() > 0);
    Officer {
        name: name(load),
        unit: names.unit(load.unit),
        address: path::with_query("/visits", [("officer", load.account.as_str())]),
        debts: owed.iter().map(debt).collect(),
    }
}

async fn chosen(
    app: &App,
    page: &Page,
    rhythm: &Rhythm,
    load: &OfficerLoad,
    known: &[VisitKnown],
    names: &Names,
) -> Result<Chosen, WebError> {
    let (debts, uncounted) = match rhythm.owed(app, &load.account, page.today, known) {
        Ok(owed) => (owed.iter().map(|one| debt(page, one)).collect(), None),
        Err(error) => (Vec::new(), Some(error.say(page.lang))),
    };
    let asked_place = asked(page, "place");
    let Suggested { due, firms, stops } = round::suggested(app, page, &load.account, asked_place.as_deref()).await?;
    let mut units: Vec<UnitId> = firms.iter().filter_map(|firm| firm.unit).collect();
    units.sort_unstable();
    units.dedup();
    let choice = |unit: UnitId| {
        let id = unit.to_string();
        (id.clone(), names.unit(unit), asked_place.as_ref() == Some(&id))
    };
    let mut with_officers = Names { units: names.units.clone(), people: names.people.clone() };
    with_officers.add(app, &due.rows).await?;
    Ok(Chosen {
        name: name(load),
        debts,
        uncounted,
        lines: due.rows.iter().map(|row| Line::of(page, &with_officers, row)).collect(),
        more: due.next.is_some().then(|| "/cases/visit".to_owned()),
        stops: stops.iter().map(|(firm, stop)| shown(page, firm, stop, names)).collect(),
        places: units.into_iter().map(choice).collect(),
        account: load.account.clone(),
    })
}

fn debt(page: &Page, owed: &Owed<'_>) -> Debt {
    let said = |zh: String, en: String| if page.lang == kernel::Lang::Zh { zh } else { en };
    let missing = owed.missing();
    Debt {
        norm: page.t(&owed.norm.zh, &owed.norm.en).to_owned(),
        every: owed.norm.every.label(page.lang),
        made: format!("{}/{}", owed.done, owed.wanted + owed.carried),
        left: Some(match missing {
            0 => Badge::ok(page.t("已完成", "done")),
            left if owed.carried > 0 => Badge::late(said(
                format!("还差 {left}，其中上期结转 {}", owed.carried),
                format!("{left} to make, {} from before", owed.carried),
            )),
            left => Badge::early(said(format!("还差 {left}"), format!("{left} to make"))),
        }),
        by: match owed.by {
            Some(day) => day.to_string(),
            None => page.t("本期没有工作日了", "no working day left").to_owned(),
        },
    }
}

fn shown(page: &Page, firm: &ToSee, stop: &loops::cadence::Stop, names: &Names) -> Stop {
    let title = format!("走访{}", firm.name);
    let id = firm.subject.to_string();
    Stop {
        name: firm.name.clone(),
        firm: subject::address(SubjectKind::Enterprise, firm.subject),
        unit: firm.unit.map(|unit| names.unit(unit)).unwrap_or_default(),
        reasons: stop.reasons.iter().map(|reason| round::said(page, reason)).collect(),
        points: stop.points,
        begin: path::with_query(
            "/cases/visit/new",
            [("subject", id.as_str()), ("title", title.as_str()), ("topic", topics::FIRM_VISIT)],
        ),
    }
}
