//! The cases of the sample zone are cases that could have happened.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{DateTime, date};
use jiff::tz::{Offset, TimeZone};
use kernel::Lang;
use kernel::chain::GENESIS;
use loops::plan::{Month, Plan};
use loops::{Actor, Case, Event, Given, Party, by_key};
use sample::{SampleCase, cases};

fn now() -> DateTime {
    date(2026, 11, 20).at(10, 0, 0, 0)
}

/// The case that the steps make.
fn folded(sample: &SampleCase) -> Case {
    let mut case: Option<Case> = None;
    for (seq, step) in (1..).zip(&sample.steps) {
        let given = Given {
            text: step.text.clone(),
            unit: step.unit.map(str::to_owned),
            assisting: step.assisting.iter().map(|unit| (*unit).to_owned()).collect(),
            rating: step.rating,
            until: step.until,
            signed: step.signed,
            proofs: step.proof.then(|| "ab".repeat(32)).into_iter().collect(),
            amount: step.amount.map(Into::into),
            plan: step.plan.as_ref().map(|(months, measure)| Plan {
                months: months
                    .iter()
                    .map(|(month, amount)| Month { month: *month, amount: (*amount).into() })
                    .collect(),
                measure: (*measure).to_owned(),
                ..Plan::default()
            }),
            ..Given::default()
        };
        let at = step.at.to_zoned(TimeZone::fixed(Offset::constant(8))).unwrap().timestamp();
        let by = Actor { person: step.by.clone(), party: Party::from_key(step.party).expect(step.party) };
        let event = Event { seq, at, by, step: step.step.into(), given };
        let sealed = event.seal(&case.as_ref().map_or(GENESIS, |case| case.hash), [0; 16]);
        let told = |refusal: loops::Refusal| format!("{} {}: {}", sample.title, step.step, refusal.say(Lang::Zh));
        match &mut case {
            Some(case) => case.apply(&sealed).unwrap_or_else(|refusal| panic!("{}", told(refusal))),
            None => {
                case = Some(
                    Case::open(by_key(sample.kind).unwrap(), &sealed)
                        .unwrap_or_else(|refusal| panic!("{}", told(refusal))),
                )
            }
        }
    }
    case.unwrap()
}

#[test]
fn every_case_could_have_happened_and_nothing_lies_ahead() {
    let all = cases(now()).cases;
    for sample in &all {
        assert!(sample.steps.iter().all(|step| step.at <= now()), "{}", sample.title);
        folded(sample);
    }
    let events: usize = all.iter().map(|case| case.steps.len()).sum();
    assert!((300..600).contains(&all.len()) && (1200..3500).contains(&events), "{} cases, {events} events", all.len());
    assert_eq!(cases(now()), cases(now()), "a fixed seed gives the same cases");
}

#[test]
fn cases_of_every_kind_stand_in_many_states() {
    let mut states: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let (mut reopened, mut returned, mut silent, mut nothing, mut empty) = (0, 0, 0, 0, 0);
    for case in cases(now()).cases.iter().map(folded) {
        states.entry(case.kind.key).or_default().insert(case.state().key);
        reopened += u32::from(case.reopened > 0);
        returned += u32::from(case.returned > 0);
        silent += u32::from(case.state().key == "lapsed");
        empty += u32::from(case.without_effect);
        nothing += u32::from(case.nothing && case.state().key == "signed");
    }
    assert_eq!(states.len(), loops::ALL.len());
    assert!(states["matter"].len() >= 6, "{:?}", states["matter"]);
    assert!(states["duty_report"].contains("missing") && states["duty_report"].contains("signed"));
    for (what, count) in
        [("reopened", reopened), ("returned", returned), ("silent", silent), ("nothing", nothing), ("empty", empty)]
    {
        assert!(count >= 2, "{what}: {count}");
    }
}

#[test]
fn most_technology_firms_have_an_officer_and_a_few_have_none() {
    let sample = cases(now());
    let services = sample.services;
    let zone = sample::zone();
    let all = zone.accounts.iter().chain(&sample.colleagues);
    let known: BTreeSet<&str> = all.map(|account| account.name).collect();
    let units: BTreeSet<&str> = zone.units.iter().map(|unit| unit.id).collect();
    assert!(sample.colleagues.iter().all(|account| account.unit.is_some_and(|unit| units.contains(unit))));
    assert!(services.len() > 150, "{}", services.len());
    assert!(services.iter().all(|service| known.contains(service.officer)));
    let firms: BTreeSet<&str> = services.iter().map(|service| service.enterprise.as_str()).collect();
    assert_eq!(firms.len(), services.len(), "one officer a firm");
    let occasions: Vec<String> = sample.cases.into_iter().filter_map(|case| case.occasion).collect();
    assert_eq!(occasions.iter().collect::<BTreeSet<_>>().len(), occasions.len());
}

/// The value of a form with a step of a case; the opening is the first step.
fn said<'a>(case: &'a SampleCase, step: &str, key: &str) -> Option<&'a str> {
    let form = case.steps.iter().filter(|one| one.step == step).flat_map(|one| &one.form);
    form.filter(|(field, _)| field == key).map(|(_, value)| value.as_str()).next()
}

#[test]
fn approvals_are_for_items_of_the_catalogue_and_sessions_lie_ahead() {
    let sample = cases(now());
    let (mut items, mut missing, mut ahead, mut seen) = (BTreeSet::new(), 0, 0, 0);
    for case in sample.cases.iter().filter(|case| case.kind == "approval") {
        let key = said(case, "open", "item").unwrap();
        let item = sample.items.iter().find(|item| item.key == key).expect(key);
        items.insert(key);
        let papers = said(case, "open", "papers").unwrap();
        assert!(papers.lines().all(|paper| item.papers.contains(&paper)), "{}", case.title);
        let lacking = said(case, "ask_for_papers", "missing").unwrap_or_default();
        assert!(lacking.lines().all(|paper| item.papers.contains(&paper) && !papers.contains(paper)), "{}", case.title);
        missing += u32::from(!lacking.is_empty());
        ahead += u32::from(said(case, "book", "session_at").is_some_and(|at| *at > *now().date().to_string()));
        seen += u32::from(case.steps.iter().any(|step| step.step == "inspect" && step.spot.is_some()));
    }
    assert_eq!(items.len(), sample.items.len(), "every item was applied for");
    assert!(missing >= 5 && ahead >= 1 && seen >= 5, "{missing} notices, {ahead} to come, {seen} made");
}

#[test]
fn goals_are_split_to_tasks_of_which_some_are_met_and_some_are_late() {
    let sample = cases(now());
    let occasions: BTreeMap<&str, &SampleCase> =
        sample.cases.iter().filter_map(|case| Some((case.occasion.as_deref()?, case))).collect();
    let (mut closed, mut late, mut made_up) = (0, 0, 0);
    for goal in &sample.goals {
        for at in 1..=goal.parts.len() {
            let case = folded(occasions[format!("goal:{}:{at}", goal.key).as_str()]);
            let progress = case.plan.as_ref().unwrap().progress(now().date());
            closed += u32::from(case.state().key == "closed");
            late += u32::from(progress.months_missed >= 2);
            made_up += u32::from(progress.caught_up);
        }
    }
    assert!(closed >= 2 && late >= 2 && made_up >= 1, "{closed} closed, {late} late, {made_up} made up for");
    for meeting in &sample.meetings {
        for (at, minute) in (1..).zip(&meeting.minutes) {
            let case = occasions[format!("meeting:{}:{at}", meeting.key).as_str()];
            assert_eq!(case.title, minute.decision);
            let about = |about: &String| occasions.contains_key(about.as_str());
            assert!(minute.about.as_ref().is_none_or(about) && minute.until >= meeting.at.date());
        }
    }
    assert_eq!(sample.meetings.len(), 2);
}

#[test]
fn rounds_have_checkpoints_findings_and_a_first_violation_that_is_not_punished() {
    let mut rounds: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut found = 0;
    for case in cases(now()).cases.iter().filter(|case| case.kind == "inspection") {
        let Some(name) = said(case, "open", "round") else { continue };
        assert_eq!(case.occasion.as_deref(), Some(&*format!("round:{name}:{}", case.subject.as_ref().unwrap())));
        let points = said(case, "open", "checkpoints").unwrap();
        let looked_at = case.steps.iter().filter(|step| step.step == "check");
        assert!(looked_at.into_iter().all(|step| points.lines().any(|point| step.text.as_deref() == Some(point))));
        found += u32::from(said(case, "order", "finding.1.until").is_some());
        rounds.entry(name.to_owned()).or_default().insert(folded(case).state().key);
    }
    let states: BTreeSet<&str> = rounds.values().flatten().copied().collect();
    assert_eq!(rounds.len(), 3);
    assert!(
        ["planned", "sound", "correcting", "advised", "spared", "passed_on"].iter().all(|key| states.contains(key))
    );
    assert!(found >= 5, "{found}");
}
