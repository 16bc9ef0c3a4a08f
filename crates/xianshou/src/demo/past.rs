//! What happened in the sample zone: its cases, and who serves which firm.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use kernel::{SubjectId, SubjectKind};
use loops::duty::{Asked, Book, Duty, Form, Rhythm};
use loops::plan::{Month, Plan};
use loops::{Actor, Given, Party, Spot};
use sample::{SampleCase, SampleCases, SampleStep};
use store::access::{Hand, UnitId};
use store::cases::{PastCase, PastStep};
use store::files::Media;
use store::{Key, Resolution, Store};

use super::planned;
use crate::failure::Failure;

/// The one file that stands for every proof of the sample.
const PROOF: (&str, &str) = ("样例证明材料.csv", "说明\n演示用，不代表任何真实事项。\n");

fn china() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// A time by the clock of China.
pub(super) fn moment(at: DateTime) -> Option<Timestamp> {
    Some(at.to_zoned(china()).ok()?.timestamp())
}

/// The moment up to which things happened in the sample zone, by the clock of China: an hour ago, so that
/// what is done by hand next comes after it.
pub fn now() -> DateTime {
    let hour_ago =
        Timestamp::now().checked_sub(jiff::SignedDuration::from_hours(1)).unwrap_or_else(|_| Timestamp::now());
    hour_ago.to_zoned(china()).datetime()
}

/// Keeps the officers and the cases; a register that has cases is left as it is.
pub async fn keep(
    store: &Store,
    sample: &SampleCases,
    units: &HashMap<&'static str, UnitId>,
    folder: &Path,
) -> Result<(), Failure> {
    if store.has_cases().await? {
        return Ok(());
    }
    let subjects = subjects(store, sample).await?;
    services(store, sample, &subjects).await?;
    let proof = proof(store, folder).await?;
    let known = Known { units, subjects: &subjects, proof: &proof };
    let past: Vec<PastCase> = sample.cases.iter().filter_map(|case| known.case(case)).collect();
    store.take_over_cases(Hand::Console, past.clone()).await?;
    duties(store, units).await?;
    planned::keep(store, sample, units, &past).await
}

/// Who reports from today on: every park, every day, so that there is a report whatever the day.
async fn duties(store: &Store, units: &HashMap<&'static str, UnitId>) -> Result<(), Failure> {
    let Some(leader) = store.account_by_name("leader").await? else { return Ok(()) };
    let Some(viewer) = store.viewer(leader.id).await? else { return Ok(()) };
    let asked = |(field, percent): (&str, u32)| Asked { field: field.to_owned(), percent, least: 0 };
    let form = Form {
        key: sample::REPORT_FORM.to_owned(),
        title: sample::REPORT_TITLE.to_owned(),
        fields: sample::REPORT_FIGURES.map(asked).into(),
    };
    let duty = |unit: &UnitId| Duty {
        form: form.key.clone(),
        unit: unit.to_string(),
        rhythm: Rhythm::Daily,
        by_hour: 24,
        from: now().date(),
        until: None,
        ahead: 0,
    };
    let duties = sample::parks().filter_map(|park| units.get(park)).map(duty).collect();
    let text = serde_json::to_string(&Book { forms: vec![form.clone()], duties }).unwrap_or_default();
    store.decide_loop_setting(&viewer, "duties", &text, 0).await?;
    Ok(())
}

/// The subjects that the sample names, by credit code.
async fn subjects(store: &Store, sample: &SampleCases) -> Result<HashMap<String, SubjectId>, Failure> {
    let named = sample.cases.iter().filter_map(|case| case.subject.as_ref());
    let mut codes: Vec<&String> = named.chain(sample.services.iter().map(|service| &service.enterprise)).collect();
    codes.sort_unstable();
    codes.dedup();
    let keys: Vec<Key> = codes.iter().map(|code| Key { code: Some((*code).clone()), name: None }).collect();
    let found = store.resolve(SubjectKind::Enterprise, &keys).await?;
    let known = codes.into_iter().zip(found).filter_map(|(code, found)| match found {
        Resolution::Existing(id) => Some((code.clone(), id)),
        _ => None,
    });
    Ok(known.collect())
}

/// Assigns the officers as the leader of the sample zone would.
async fn services(store: &Store, sample: &SampleCases, subjects: &HashMap<String, SubjectId>) -> Result<(), Failure> {
    let Some(leader) = store.account_by_name("leader").await? else { return Ok(()) };
    let Some(viewer) = store.viewer(leader.id).await? else { return Ok(()) };
    let mut served: BTreeMap<&str, Vec<SubjectId>> = BTreeMap::new();
    for service in &sample.services {
        served.entry(service.officer).or_default().extend(subjects.get(&service.enterprise).copied());
    }
    for (officer, firms) in served {
        store.assign_officer(&viewer, &firms, Some(officer)).await?;
    }
    Ok(())
}

/// Keeps the file that stands for every proof; its hash.
async fn proof(store: &Store, folder: &Path) -> Result<String, Failure> {
    let path = folder.join(PROOF.0);
    std::fs::write(&path, PROOF.1).map_err(|error| Failure::file(&path, &error))?;
    let kept = store.keep_file(&path, Media::Csv, PROOF.0, 1 << 20, "(sample)").await?;
    Ok(kept.hash)
}

struct Known<'a> {
    units: &'a HashMap<&'static str, UnitId>,
    subjects: &'a HashMap<String, SubjectId>,
    proof: &'a str,
}

impl Known<'_> {
    fn unit(&self, unit: &str) -> Option<String> {
        self.units.get(unit).map(ToString::to_string)
    }

    /// An occasion in which units and enterprises stand by their ids, as the program writes it.
    fn occasion(&self, occasion: &str) -> String {
        let subject = |part: &str| self.subjects.get(part).map(ToString::to_string);
        let parts = occasion
            .split(':')
            .map(|part| self.unit(part).or_else(|| subject(part)).unwrap_or_else(|| part.to_owned()));
        parts.collect::<Vec<_>>().join(":")
    }

    /// A case as the store takes it over; `None` for a kind or part that the program does not know.
    fn case(&self, case: &SampleCase) -> Option<PastCase> {
        let mut steps = case.steps.iter().map(|step| self.step(step)).collect::<Option<Vec<_>>>()?;
        let opening = &mut steps.first_mut()?.given;
        opening.title = Some(case.title.clone());
        opening.topic = case.topic.map(str::to_owned);
        opening.place.clone_from(&case.place);
        opening.occasion = case.occasion.as_deref().map(|occasion| self.occasion(occasion));
        opening.subject = case.subject.as_ref().and_then(|code| self.subjects.get(code)).map(ToString::to_string);
        Some(PastCase {
            kind: loops::by_key(case.kind)?,
            officer: case.officer.map(str::to_owned),
            opener_unit: case.opener_unit.and_then(|unit| self.units.get(unit)).copied(),
            steps,
        })
    }

    fn step(&self, step: &SampleStep) -> Option<PastStep> {
        let at = moment(step.at)?;
        let given = Given {
            text: step.text.clone(),
            unit: step.unit.and_then(|unit| self.unit(unit)),
            assisting: step.assisting.iter().filter_map(|unit| self.unit(unit)).collect(),
            rating: step.rating,
            until: step.until,
            signed: step.signed,
            proofs: step.proof.then(|| self.proof.to_owned()).into_iter().collect(),
            form: step.form.iter().map(|(field, figure)| (field.to_string(), figure.clone())).collect(),
            amount: step.amount.map(Into::into),
            person: step.person.map(str::to_owned),
            plan: step.plan.as_ref().map(|(months, measure)| Plan {
                months: months
                    .iter()
                    .map(|(month, amount)| Month { month: *month, amount: (*amount).into() })
                    .collect(),
                measure: (*measure).to_owned(),
                done: Vec::new(),
            }),
            promise: step.promise.and_then(planned::promised),
            spot: step.spot.map(|(latitude, longitude)| Spot { latitude, longitude, at: Some(at) }),
            ..Given::default()
        };
        let by = Actor { person: step.by.clone(), party: Party::from_key(step.party)? };
        Some(PastStep { at, by, step: step.step.to_owned(), given })
    }
}
