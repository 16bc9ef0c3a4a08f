//! Cases that ran elsewhere before, taken over with what happened in them.

use jiff::Timestamp;
use kernel::Lang;
use loops::{Actor, Given, Party, by_key};
use store::StoreError;
use store::access::Hand;
use store::cases::{CaseFilter, CaseQuery, PastCase, PastStep};
use store::testing::on_both;

use crate::cases::World;
use crate::zone::catalogue;

fn step(at: &str, person: &str, party: Party, step: &str, given: Given) -> PastStep {
    let at: Timestamp = at.parse().unwrap();
    PastStep { at, by: Actor { person: person.into(), party }, step: step.into(), given }
}

/// A matter of last week, dispatched and taken up two days later.
fn matter(world: &World, day: u8) -> PastCase {
    let opened =
        Given { title: Some(format!("停电{day}")), subject: Some(world.alpha.to_string()), ..Given::default() };
    let to = Given { unit: Some(world.power.to_string()), ..Given::default() };
    PastCase {
        kind: by_key("matter").unwrap(),
        officer: None,
        opener_unit: Some(world.east),
        steps: vec![
            step(&format!("2026-02-{day:02}T09:00:00+08:00"), "east", Party::Officer, "open", opened),
            step(&format!("2026-02-{day:02}T10:00:00+08:00"), "analyst", Party::Desk, "dispatch", to),
            step("2026-02-27T10:00:00+08:00", "power", Party::Lead, "arrive", Given::default()),
        ],
    }
}

#[test]
fn what_happened_before_is_taken_over_once_and_holds() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let cases = vec![matter(&world, 26), matter(&world, 24)];
        assert!(!world.store.has_cases().await.unwrap());
        assert_eq!(world.store.take_over_cases(Hand::Console, cases.clone()).await.unwrap(), 2);
        let analyst = world.viewer("analyst").await;
        let mut rows = world.store.cases(&analyst, &CaseQuery::default()).await.unwrap().rows;
        rows.sort_by(|a, b| a.number.cmp(&b.number));
        let told: Vec<(&str, &str, &str)> =
            rows.iter().map(|row| (row.number.as_str(), row.title.as_str(), row.state.key)).collect();
        assert_eq!(told, [("SQ-2026-00001", "停电24", "underway"), ("SQ-2026-00002", "停电26", "underway")]);
        assert_eq!(world.store.verify().await.unwrap().first, None);
        // Life goes on: a step of today, and the next number.
        world.act("power", rows[0].id, "pause", Given { text: Some("等料".into()), ..Given::default() }).await.unwrap();
        let next = world.open("east", "matter", Given { subject: Some(world.alpha.to_string()), ..Given::default() });
        assert_eq!(next.await.unwrap().number, "SQ-2026-00003");
        assert_eq!(world.store.verify().await.unwrap().first, None);
        let again = world.store.take_over_cases(Hand::Console, cases).await.unwrap_err();
        assert!(again.say(Lang::Zh).contains("已有事项"), "{}", again.say(Lang::Zh));
    });
}

#[test]
fn nobody_but_the_console_takes_over_and_nothing_that_could_not_have_happened() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let leader = world.viewer("leader").await;
        let denied = world.store.take_over_cases(Hand::Viewer(&leader), vec![matter(&world, 26)]).await;
        assert!(matches!(denied, Err(StoreError::Forbidden)), "{denied:?}");
        let mut early = matter(&world, 26);
        early.steps[2].step = "confirm".into();
        let mut ahead = matter(&world, 26);
        ahead.steps[2].at = "2026-03-03T09:00:00+08:00".parse().unwrap();
        let mut nowhere = matter(&world, 26);
        nowhere.steps[1].given.unit = Some("00000000-0000-7000-8000-000000000000".into());
        for (wrong, words) in [(early, "不能“确认解决”"), (ahead, "尚未到来"), (nowhere, "单位不存在")]
        {
            let refused =
                world.store.take_over_cases(Hand::Console, vec![matter(&world, 24), wrong]).await.unwrap_err();
            assert!(refused.say(Lang::Zh).contains(words), "{}", refused.say(Lang::Zh));
        }
        let analyst = world.viewer("analyst").await;
        assert_eq!(world.store.count_cases(&analyst, &CaseFilter::default()).await.unwrap(), 0, "all or nothing");
    });
}
