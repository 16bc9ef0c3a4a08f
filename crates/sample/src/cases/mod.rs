//! Cases of every kind with what happened in them over the last months: closed, late, returned, opened
//! again, rated and met with silence; and who serves which technology firm.
//!
//! They are counted back from a moment that the caller names, since a sample whose last event lies a year
//! back shows nothing that is due.

mod approvals;
mod goals;
mod inspections;
mod matters;
mod reports;
mod rest;
mod visits;
mod walk;

use std::borrow::Cow;

use jiff::civil::{Date, DateTime};

use crate::enterprise::{self, Enterprise};
use crate::organs::{self, SampleAccount};
use crate::{ENTERPRISES, SEED};

pub use approvals::{SampleItem, SamplePromise, SampleQuestion};
pub use goals::{SampleGoal, SampleMeeting, SampleMinute, SamplePart};
pub use reports::{FIGURES as REPORT_FIGURES, FORM as REPORT_FORM, TITLE as REPORT_TITLE};

/// One thing that happened in a case. Units stand by the short ids of [`crate::SampleUnit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleStep {
    /// When, by the clock of China.
    pub at: DateTime,
    /// The account, or how somebody without one is called.
    pub by: String,
    /// As whom: the key of a part, such as `lead`.
    pub party: &'static str,
    /// The step's key; `open` for the first.
    pub step: &'static str,
    /// Words.
    pub text: Option<String>,
    /// The unit in charge from now on, or the one that is meant.
    pub unit: Option<&'static str>,
    /// Units that assist.
    pub assisting: Vec<&'static str>,
    /// A rating or grade.
    pub rating: Option<u8>,
    /// A day.
    pub until: Option<Date>,
    /// Whether it is signed.
    pub signed: bool,
    /// Whether a file comes with it.
    pub proof: bool,
    /// The figures of a form, by field.
    pub form: Vec<(Cow<'static, str>, String)>,
    /// How much of a plan is done since the report before.
    pub amount: Option<i64>,
    /// The person of the unit who answers for it, with the opening.
    pub person: Option<&'static str>,
    /// What is to be done in which month, with what it is counted in, with the opening.
    pub plan: Option<(Vec<(Date, i64)>, &'static str)>,
    /// Where it was recorded: latitude and longitude in millionths of a degree.
    pub spot: Option<(i32, i32)>,
    /// What the zone promises for what is applied for, with the opening.
    pub promise: Option<SamplePromise>,
}

/// A case with what happened in it, in order; the first step opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleCase {
    /// The kind's key, such as `matter`.
    pub kind: &'static str,
    /// What it is called.
    pub title: String,
    /// What it is about, by the key of a topic.
    pub topic: Option<&'static str>,
    /// Where.
    pub place: Option<String>,
    /// The enterprise, by credit code.
    pub subject: Option<String>,
    /// What it was opened for once; units and enterprises in it stand as everywhere here.
    pub occasion: Option<String>,
    /// The service officer's account.
    pub officer: Option<&'static str>,
    /// The unit of who opened it.
    pub opener_unit: Option<&'static str>,
    /// What happened.
    pub steps: Vec<SampleStep>,
}

/// A technology firm and its chief service officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleService {
    /// The firm's credit code.
    pub enterprise: String,
    /// The officer's account.
    pub officer: &'static str,
}

/// The cases of the sample zone and its service officers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleCases {
    /// Those who work beside the zone's accounts: an officer for every other park and a clerk for every
    /// bureau that has cases.
    pub colleagues: Vec<SampleAccount>,
    /// Who serves which technology firm; one in twelve has nobody.
    pub services: Vec<SampleService>,
    /// The cases, by kind.
    pub cases: Vec<SampleCase>,
    /// What can be applied for in one go.
    pub items: Vec<SampleItem>,
    /// The goals on the wall, the first set first.
    pub goals: Vec<SampleGoal>,
    /// The regular meetings, the first held first.
    pub meetings: Vec<SampleMeeting>,
}

/// The cases of the sample zone as of a moment, by the clock of China: nothing lies behind it.
pub fn cases(now: DateTime) -> SampleCases {
    let enterprises = enterprise::enterprises(SEED, ENTERPRISES);
    let mut cases = matters::cases(SEED, &enterprises, now);
    cases.extend(visits::cases(SEED, &enterprises, now));
    cases.extend(reports::cases(SEED, now));
    cases.extend(rest::cases(SEED, now));
    cases.extend(approvals::cases(SEED, &enterprises, now));
    cases.extend(inspections::cases(SEED, &enterprises, now));
    let goals = goals::goals(now);
    let meetings = goals::meetings(&goals, now);
    cases.extend(goals::cases(SEED, &goals, &meetings, now));
    SampleCases {
        colleagues: organs::colleagues(),
        services: services(&enterprises),
        cases,
        items: approvals::ITEMS.to_vec(),
        goals,
        meetings,
    }
}

/// The technology firms: those with the title of a high-tech enterprise.
fn technology(enterprises: &[Enterprise]) -> impl Iterator<Item = &Enterprise> {
    enterprises.iter().filter(|one| one.hitech_since.is_some())
}

fn services(enterprises: &[Enterprise]) -> Vec<SampleService> {
    let served = technology(enterprises).filter(|one| one.number % 12 != 7);
    served.map(|one| SampleService { enterprise: one.code.clone(), officer: OFFICERS[one.park] }).collect()
}

/// The officer of each park, in the order of the parks.
pub(crate) const OFFICERS: [&str; 7] = [
    "officer",
    "officer-nylon",
    "officer-port",
    "officer-electric",
    "officer-software",
    "officer-bio",
    "officer-start",
];
