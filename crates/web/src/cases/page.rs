//! `/cases/{kind}/{number}`: one case.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Lang;
use loops::{Party, Sealed, Step};
use store::access::Action;
use store::cases::{CaseRow, CaseView};

use super::files::{self, FileLink};
use super::happened::Happened;
use super::line::{self, Names};
use super::step_form::{Forms, Refused, StepForm, UnitChoice, unit_choices};
use super::typed::Typed;
use super::words::{self, Look};
use super::{clock, colour};
use super::{special, topics};
use crate::frame::day;
use crate::register::subject;
use crate::ui::{Badge, Safe};
use crate::{App, Page, WebError};

/// A line of what the case is about.
struct About {
    label: &'static str,
    text: String,
    address: Option<String>,
}

/// The case it came out of, or one that came out of it.
struct Related {
    relation: &'static str,
    address: String,
    title: String,
    state: Badge,
}

/// What happened while a person was writing, and what that person wrote.
struct Meanwhile<'a> {
    happened: Vec<Happened<'a>>,
    typed: String,
}

#[derive(Template)]
#[template(path = "cases/case.html")]
struct CasePage<'a> {
    page: &'a Page,
    look: &'static Look,
    number: String,
    title: String,
    state: Badge,
    colour: Option<Badge>,
    marks: Vec<Badge>,
    /// Why a step was refused that has no form on the page any more.
    refused: Option<String>,
    meanwhile: Option<Meanwhile<'a>>,
    about: Vec<About>,
    words: String,
    files: Vec<FileLink>,
    panels: Vec<Safe>,
    forms: Vec<StepForm<'a>>,
    /// Said where there is no step at all: a page of its own may take the place of one.
    no_step: Option<String>,
    owner: String,
    left: Option<Badge>,
    due: String,
    clock_note: &'static str,
    colour_reason: String,
    colour_way: Option<Safe>,
    family: Vec<Related>,
    history: Vec<Happened<'a>>,
    chain: Badge,
}

/// The case with this kind and number within the person's rows. One outside is answered like one that
/// does not exist.
///
/// # Errors
/// There is none; what the store reports.
pub async fn find(app: &App, page: &Page, kind: &str, number: &str) -> Result<CaseView, WebError> {
    let (kind, _) = words::of(kind).ok_or_else(WebError::not_found)?;
    app.store().case_numbered(page.viewer()?, kind, number).await?.ok_or_else(WebError::not_found)
}

/// A step with a page of its own, in words: what the case is called there, and what is done with it.
pub(super) struct OwnPage {
    pub(super) step: &'static str,
    /// Such as 这份报告, report.
    pub(super) case: (&'static str, &'static str),
    /// Such as 填报, fill it in.
    pub(super) deed: (&'static str, &'static str),
}

/// The case, if this person may take the step now.
///
/// # Errors
/// As [`find`]; the case stands where the step cannot be taken, or others take it.
pub(super) async fn find_to(
    app: &App,
    page: &Page,
    kind: &str,
    number: &str,
    own: &OwnPage,
) -> Result<CaseView, WebError> {
    let found = find(app, page, kind, number).await?;
    if found.may.iter().any(|(step, _)| step.key == own.step) {
        return Ok(found);
    }
    let (state, (zh, en), (deed_zh, deed_en)) = (found.row.state, own.case, own.deed);
    Err(WebError::conflict(
        format!("{zh}现为“{}”，您不能{deed_zh}。", state.zh),
        format!("The {en} is “{}”; you cannot {deed_en}.", state.en),
    )
    .way_out(words::address(kind, number), "打开它的页面", "Open its page"))
}

/// Shows a case.
///
/// # Errors
/// There is none within the person's rows; what the store reports.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((kind, number)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let found = find(&app, &page, &kind, &number).await?;
    let answer = answer(&app, &page, &found, None, None).await?;
    Ok(answer)
}

/// The page of a case: as it is, with a form that was refused, or with what happened since a person
/// opened it.
pub(super) async fn answer(
    app: &App,
    page: &Page,
    found: &CaseView,
    refused: Option<Refused>,
    seen: Option<u32>,
) -> Result<Response, WebError> {
    let row = &found.row;
    let kind = row.kind;
    let (_, look) = words::of(kind.key).ok_or_else(WebError::not_found)?;
    let address = words::address(kind.key, &row.number);
    let names = names(app, found).await?;
    let units = unit_choices(&names.units);
    let steps = steps(found);
    let called = assisting(found, &units);
    let proposed = special::routes::proposed(app, page, found).await?.map(|route| {
        let unit = route.lead.clone().unwrap_or_default();
        ("dispatch", Typed { unit, assisting: route.assisting.iter().cloned().collect(), ..Typed::default() })
    });
    let mut proposed: Vec<(&'static str, Typed)> = proposed.into_iter().collect();
    proposed.extend(special::approval::proposed(app, found).await?);
    proposed.extend(special::inspection::proposed(found));
    let measure = found.case.plan.as_ref().map(|plan| plan.measure.clone());
    let forms = Forms {
        page,
        kind,
        address: &address,
        seen: row.seq,
        lacks_papers: !special::approval::papers_lacking(found).is_empty(),
        units: &units,
        assisting: &called,
        measure,
        proposed,
    };
    let meanwhile = match (seen, &refused) {
        (Some(seen), Some(refused)) => {
            let since: Vec<Sealed> = found.events.iter().filter(|sealed| sealed.event.seq > seen).cloned().collect();
            let happened = Happened::all(app, page, kind, &address, &since, &names).await?;
            Some(Meanwhile { happened, typed: refused.typed.text.clone() })
        }
        _ => None,
    };
    let (lamp, _) = line::colour(&row.colour, page.lang);
    let due = line::due(row).filter(|_| !row.is_ended());
    let first = found.events.first().map(|sealed| &sealed.event.given);
    let status = match (&refused, seen) {
        (Some(_), Some(_)) => StatusCode::CONFLICT,
        (Some(_), None) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let template = CasePage {
        number: row.number.clone(),
        title: title(page, row),
        state: state_badge(row, page.lang),
        colour: lamp,
        marks: marks(page, row),
        refused: refused
            .as_ref()
            .filter(|refused| seen.is_none() && steps.iter().all(|step| step.key != refused.step))
            .map(|refused| refused.said.clone()),
        about: about(app, page, found, &names),
        words: first.and_then(|given| given.text.clone()).unwrap_or_default(),
        files: files::links(app, &address, first.map_or(&[][..], |given| &given.proofs)).await?,
        panels: special::panels(app, page, found, &names).await?,
        forms: forms.of(
            &steps,
            refused.as_ref().filter(|_| {
                meanwhile.is_none()
                    || steps.iter().any(|step| Some(step.key) == refused.as_ref().map(|refused| refused.step.as_str()))
            }),
        ),
        no_step: found.may.is_empty().then(|| no_step(page, row, &names)),
        owner: owner(page, row, &names),
        left: due.map(|due| clock::badge(due, page.now, app.store().timing().calendar(), page.lang)),
        due: due.map(clock::end).unwrap_or_default(),
        clock_note: clock_note(page, row),
        colour_reason: app.colours().why(&found.case, page.now, app.store().timing().calendar(), page.lang),
        colour_way: colour::way(page, row),
        family: family(app, page, found).await?,
        history: Happened::all(app, page, kind, &address, &found.events, &names).await?,
        chain: chain(page, found),
        meanwhile,
        look,
        page,
    };
    page.show_with(status, template)
}

/// The steps that the person may take now, in any part, each once and in the order of the kind. A page
/// of its own takes the place of some.
fn steps(found: &CaseView) -> Vec<&'static Step> {
    let mine: BTreeSet<&str> = found.may.iter().map(|(step, _)| step.key).collect();
    let kind = found.row.kind;
    let on_this_page = |step: &&Step| mine.contains(step.key) && !special::has_own_page(kind.key, step.key);
    kind.steps.iter().filter(on_this_page).collect()
}

/// The assisting units, of which a step may have to name one.
fn assisting(found: &CaseView, units: &[UnitChoice]) -> Vec<UnitChoice> {
    units.iter().filter(|unit| found.case.assisting.contains(&unit.id)).cloned().collect()
}

pub(crate) fn title(page: &Page, row: &CaseRow) -> String {
    if row.title.is_empty() {
        page.t("（内容已依法删除）", "(erased by law)").to_owned()
    } else {
        row.title.clone()
    }
}

async fn names(app: &App, found: &CaseView) -> Result<Names, WebError> {
    let mut names = Names::of(app, std::slice::from_ref(&found.row)).await?;
    names.people.extend(found.names.clone());
    Ok(names)
}

/// The state as a badge; an end in grey.
pub(super) fn state_badge(row: &CaseRow, lang: Lang) -> Badge {
    let label = row.state.label(lang);
    if row.is_ended() {
        Badge::shut(label).with_icon("circle-check")
    } else {
        Badge::early(label).with_icon("circle-dot")
    }
}

/// What a reader should know at once: reopened, returned, ended late, private.
fn marks(page: &Page, row: &CaseRow) -> Vec<Badge> {
    let mut marks: Vec<Badge> = colour::mark(page, row).into_iter().collect();
    if row.late {
        marks.push(Badge::late(page.t("逾期办结", "ended late")));
    }
    if row.reopened > 0 {
        marks.push(Badge::late(format!("{} {}", page.t("重新打开", "reopened"), row.reopened)).with_icon("refresh"));
    }
    if row.returned > 0 {
        marks.push(Badge::warn(format!("{} {}", page.t("退回", "returned"), row.returned)).with_icon("arrow-back-up"));
    }
    if let Some(rating) = row.rating {
        let said = words::rating(rating, page.lang);
        marks.push(if rating >= 3 { Badge::ok(said) } else { Badge::late(said) }.with_icon("star"));
    }
    if row.private {
        marks.push(Badge::warn(page.t("保密，查看有记录", "private, looks are recorded")).with_icon("lock"));
    }
    marks
}

fn about(app: &App, page: &Page, found: &CaseView, names: &Names) -> Vec<About> {
    let (row, lang) = (&found.row, page.lang);
    let mut about = Vec::new();
    let mut add = |label: &'static str, text: String, address: Option<String>| {
        if !text.is_empty() {
            about.push(About { label, text, address });
        }
    };
    let address = row.subject.filter(|_| page.can(Action::ReadRegister));
    let address = address.map(|id| subject::address(kernel::SubjectKind::Enterprise, id));
    add(page.t("企业", "Enterprise"), row.subject_name.clone(), address);
    add(page.t("类别", "Topic"), topics::label(&row.topic, lang), None);
    add(page.t("地点", "Place"), row.place.clone(), None);
    add(page.t("主办单位", "Lead unit"), row.unit.map(|unit| names.unit(unit)).unwrap_or_default(), None);
    add(page.t("责任人", "Person"), found.case.about.person.clone().unwrap_or_default(), None);
    add(page.t("承诺时限", "Promised within"), special::approval::promised(app, page, found), None);
    let assisting: Vec<String> = found.case.assisting.iter().map(|unit| names.unit_text(unit)).collect();
    add(page.t("协办单位", "Assisting"), assisting.join(page.t("、", ", ")), None);
    add(
        page.t("服务员", "Service officer"),
        row.officer.as_deref().map(|name| names.person(name, lang)).unwrap_or_default(),
        None,
    );
    let opener = match row.opener_party {
        Party::Clock => row.opener_party.label(lang).to_owned(),
        party => format!("{} · {}", names.person(&row.opener, lang), party.label(lang)),
    };
    add(page.t("提出", "Opened"), format!("{} {opener}", day::minute(row.opened_at)), None);
    about
}

fn owner(page: &Page, row: &CaseRow, names: &Names) -> String {
    if row.is_ended() {
        return page.t("已结束，不再轮到谁", "at its end; nobody’s").to_owned();
    }
    line::turn(row.state, row.unit, row.officer.as_deref(), names, page.lang)
}

fn no_step(page: &Page, row: &CaseRow, names: &Names) -> String {
    let owner = owner(page, row, names);
    match (row.is_ended(), page.lang) {
        (true, _) => page
            .t("这件事已经结束，您没有可办理的步骤。", "The case is at its end; there is no step for you.")
            .to_owned(),
        (false, Lang::Zh) => format!("现在轮到“{owner}”办理，您没有可办理的步骤。"),
        (false, Lang::En) => format!("It is the turn of “{owner}”; there is no step for you now."),
    }
}

fn clock_note(page: &Page, row: &CaseRow) -> &'static str {
    if row.uncounted {
        page.t(
            "到期年份的工作日安排尚未录入，时限待日历更新后计算。",
            "The working days of that year are not loaded yet; the day is counted once they are.",
        )
    } else if matches!(row.state.turn, loops::Turn::Paused(_)) {
        page.t("暂停计时", "time stands still")
    } else {
        ""
    }
}

/// Whether the history is what was stored.
fn chain(page: &Page, found: &CaseView) -> Badge {
    match &found.flaw {
        None => Badge::ok(page.t("记录链完整", "chain intact")).with_icon("shield-check"),
        Some(refusal) => Badge::late(refusal.say(page.lang)),
    }
}

async fn family(app: &App, page: &Page, found: &CaseView) -> Result<Vec<Related>, WebError> {
    let viewer = page.viewer()?;
    let related = |relation: &'static str, row: &CaseRow| Related {
        relation,
        address: words::address(row.kind.key, &row.number),
        title: format!("{} {}", row.kind.label(page.lang), title(page, row)),
        state: state_badge(row, page.lang),
    };
    let mut family = Vec::new();
    if let Some(parent) = found.row.parent
        && let Some(parent) = app.store().case(viewer, parent).await?
    {
        family.push(related(page.t("源自", "From"), &parent.row));
    }
    family.extend(found.children.iter().map(|child| related(page.t("引出", "Led to"), child)));
    Ok(family)
}
