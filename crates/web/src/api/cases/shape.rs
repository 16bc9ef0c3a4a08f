//! A case as the programming interface gives it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loops::plan::Plan;
use loops::{Clock, Party, Promise, Sealed};
use rust_decimal::Decimal;
use serde::Serialize;
use store::cases::{CaseRow, CaseView};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::cases::month::Month;

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseLine {
    /// Its id.
    id: Uuid,
    /// Its kind, by key.
    kind: String,
    /// Its number for people, unique in the zone.
    number: String,
    /// Its name; empty where the words were erased by law.
    title: String,
    /// Its topic, by key; empty where none was given.
    topic: String,
    /// Where it is.
    place: String,
    /// The subject it is about.
    subject: Option<Uuid>,
    /// The subject's name.
    subject_name: String,
    /// The unit in charge.
    unit: Option<Uuid>,
    /// The service officer's account.
    officer: Option<String>,
    /// Its state, by key.
    state: String,
    /// Whose turn it is, by key; null at the end.
    turn: Option<String>,
    /// Its colour, by key; empty where it has none.
    colour: String,
    /// The number of its last event: what `seen` of a step must say.
    seq: u32,
    /// When it was opened (RFC 3339, UTC).
    opened_at: String,
    /// When somebody last acted.
    changed_at: String,
    /// The last moment that is in time; null where time stands still and at the end.
    due_at: Option<String>,
    /// When it ended.
    ended_at: Option<String>,
    /// Whether it ended late.
    late: bool,
    /// The last rating, 1 to 5; null where nobody rated.
    rating: Option<u8>,
    /// How often it was opened again.
    reopened: u32,
    /// How often it came back as a wrong door.
    returned: u32,
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseList {
    /// How many there are in all.
    pub(super) total: u64,
    /// The cases.
    pub(super) rows: Vec<CaseLine>,
    /// `after` of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// Something that happened in a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct Happened {
    /// Its number in the case, from 1.
    seq: u32,
    /// When (RFC 3339, UTC).
    at: String,
    /// By which account.
    by: String,
    /// In which part, by key.
    party: String,
    /// The step, by key; `open` for the first.
    step: String,
    /// What was written; null where nothing was, or where it was erased by law.
    text: Option<String>,
    /// Whether what was written was erased by law.
    erased: bool,
    /// The files that came with it, by SHA-256.
    files: Vec<String>,
    /// The unit in charge from then on.
    unit: Option<String>,
    /// The rating, 1 to 5.
    rating: Option<u8>,
    /// The day that was agreed.
    until: Option<String>,
    /// The values of its form, by field.
    form: BTreeMap<String, String>,
    /// The hash of this event and all before it in the case.
    hash: String,
}

/// A step that the token's owner may take now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Possible {
    /// The step, by key.
    step: String,
    /// The state it leads to, by key; null where the state stays.
    to: Option<String>,
    /// What it needs: `text`, `reason`, `proof`, `unit`, `rating`, `until`, `signature`, `another_person`, `called`,
    /// `parts`, `addition` (a file or an answer).
    needs: Vec<String>,
}

/// How far the plan of a task is today.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanSoFar {
    /// What it is counted in.
    measure: String,
    /// How much is to be done in which month, as `2026-11` and a figure.
    months: BTreeMap<String, String>,
    /// How much was reported as done.
    done: String,
    /// What should be done by the end of the last month that ended, in per cent of the whole.
    planned_share: String,
    /// What is done, in per cent of the whole.
    done_share: String,
    /// How many months in a row were short at their end.
    months_missed: u32,
}

/// What was promised for the item of an approval.
#[derive(Debug, Serialize, ToSchema)]
pub struct Promised {
    /// The class of speed: `ordinary`, `instant`, `same_day`, `twenty_four_hours` or `holiday_duty`.
    speed: String,
    /// Within how many; 0 natural days mean the same day.
    within: u32,
    /// Of what: `working_days`, `natural_days` or `hours`.
    counted: String,
}

/// One case with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseFull {
    /// The case as lists show it.
    #[serde(flatten)]
    case: CaseLine,
    /// The units that assist.
    assisting: Vec<Uuid>,
    /// The person of the unit who answers for it.
    person: Option<String>,
    /// What was promised beside the legal time; null where nothing was.
    promise: Option<Promised>,
    /// The plan by months; null for a case without one.
    plan: Option<PlanSoFar>,
    /// What the rule says of its colour; where it differs a person set another for a time.
    rule_colour: String,
    /// What happened, the first first.
    history: Vec<Happened>,
    /// What the token's owner may do now.
    steps: Vec<Possible>,
    /// Cases that came out of this one.
    children: Vec<CaseLine>,
}

/// A case as lists give it.
pub(in crate::api) fn line(row: &CaseRow) -> CaseLine {
    CaseLine {
        id: row.id.0,
        kind: row.kind.key.to_owned(),
        number: row.number.clone(),
        title: row.title.clone(),
        topic: row.topic.clone(),
        place: row.place.clone(),
        subject: row.subject.map(|id| id.0),
        subject_name: row.subject_name.clone(),
        unit: row.unit.map(|id| id.0),
        officer: row.officer.clone(),
        state: row.state.key.to_owned(),
        turn: row.turn().map(Party::key).map(str::to_owned),
        colour: row.colour.clone(),
        seq: row.seq,
        opened_at: row.opened_at.to_string(),
        changed_at: row.changed_at.to_string(),
        due_at: row.due_at.map(|at| at.to_string()),
        ended_at: row.ended_at.map(|at| at.to_string()),
        late: row.late,
        rating: row.rating,
        reopened: row.reopened,
        returned: row.returned,
    }
}

fn happened(sealed: &Sealed) -> Happened {
    let (event, given) = (&sealed.event, &sealed.event.given);
    Happened {
        seq: event.seq,
        at: event.at.to_string(),
        by: event.by.person.clone(),
        party: event.by.party.key().to_owned(),
        step: event.step.clone(),
        text: given.text.clone(),
        erased: sealed.erased.is_some(),
        files: given.proofs.clone(),
        unit: given.unit.clone(),
        rating: given.rating,
        until: given.until.map(|day| day.to_string()),
        form: given.form.clone(),
        hash: hex::encode(sealed.hash),
    }
}

/// How far a plan is.
fn so_far(plan: &Plan, today: Date) -> PlanSoFar {
    let progress = plan.progress(today);
    let mut months: BTreeMap<String, Decimal> = BTreeMap::new();
    for month in &plan.months {
        *months.entry(Month::of(month.month).key()).or_default() += month.amount;
    }
    PlanSoFar {
        measure: plan.measure.clone(),
        months: months.into_iter().map(|(month, amount)| (month, amount.normalize().to_string())).collect(),
        done: plan.done_by(today).normalize().to_string(),
        planned_share: progress.planned.round_dp(2).normalize().to_string(),
        done_share: progress.done.round_dp(2).normalize().to_string(),
        months_missed: progress.months_missed,
    }
}

fn promised(promise: Promise) -> Promised {
    let (within, counted) = match promise.within {
        Clock::WorkingDays(count) => (count, "working_days"),
        Clock::NaturalDays(count) => (count, "natural_days"),
        Clock::Hours(count) => (count, "hours"),
    };
    Promised { speed: promise.speed.key().to_owned(), within, counted: counted.to_owned() }
}

/// A case with its history.
pub(super) fn full(found: &CaseView, today: Date) -> CaseFull {
    let possible = |step: &&loops::Step| Possible {
        step: step.key.to_owned(),
        to: step.to.map(str::to_owned),
        needs: step
            .needs
            .iter()
            .filter_map(|need| serde_json::to_value(need).ok()?.as_str().map(str::to_owned))
            .collect(),
    };
    CaseFull {
        case: line(&found.row),
        assisting: found.assisting.iter().map(|unit| unit.0).collect(),
        person: found.case.about.person.clone(),
        promise: found.case.promise.map(promised),
        plan: found.case.plan.as_ref().map(|plan| so_far(plan, today)),
        rule_colour: found.row.computed.clone(),
        history: found.events.iter().map(happened).collect(),
        steps: found.may.iter().map(|(step, _)| step).map(possible).collect(),
        children: found.children.iter().map(line).collect(),
    }
}
