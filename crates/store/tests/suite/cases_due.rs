//! Cases that open for something once: found again by it, with a moment of their own and a plan by months.

use jiff::civil::date;
use loops::plan::{Month, Plan};
use loops::{Given, by_key};
use store::StoreError;
use store::testing::on_both;

use crate::cases::World;
use crate::cases_told::told;
use crate::zone::catalogue;

#[test]
fn a_report_is_late_from_its_hour_on_and_the_clock_reminds_before() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let kind = by_key("duty_report").unwrap();
        let report = |day: &str, due: &str| Given {
            title: Some(format!("日报 {day}")),
            unit: Some(world.power.to_string()),
            due_at: Some(due.parse().unwrap()),
            occasion: Some(format!("duty:daily:{}:{day}", world.power)),
            ..Given::default()
        };
        let monday = report("2026-03-02", "2026-03-02T18:00:00+08:00");
        let opened = world.store.open_case_when_due(kind, monday.clone()).await.unwrap().unwrap();
        assert_eq!(opened.due_at, monday.due_at);
        world.pass(8);
        world.store.tick().await.unwrap();
        let leader = world.viewer("leader").await;
        let found = world.store.case(&leader, opened.id).await.unwrap().unwrap();
        assert_eq!((found.row.state.key, found.row.colour.as_str()), ("due", "yellow"), "an hour before its end");
        let told = told(&world, "power").await;
        assert_eq!(told.len(), 2, "at the opening and before the hour: {told:?}");
        world.pass(2);
        world.store.tick().await.unwrap();
        let found = world.store.case(&leader, opened.id).await.unwrap().unwrap();
        assert_eq!(found.row.state.key, "missing");

        // One that should have opened while nobody minded is missing at once.
        let sunday = report("2026-03-01", "2026-03-01T18:00:00+08:00");
        let late = world.store.open_case_when_due(kind, sunday).await.unwrap().unwrap();
        world.store.tick().await.unwrap();
        assert_eq!(world.store.case(&leader, late.id).await.unwrap().unwrap().row.state.key, "missing");
    });
}

#[test]
fn cases_are_found_by_what_they_opened_for_within_what_a_person_sees() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let kind = by_key("duty_report").unwrap();
        let occasion = |unit, day: &str| format!("duty:daily:{unit}:{day}");
        for (unit, day) in [(world.power, "2026-02-28"), (world.power, "2026-03-01"), (world.roads, "2026-03-01")] {
            let given = Given {
                title: Some("日报".into()),
                unit: Some(unit.to_string()),
                occasion: Some(occasion(unit, day)),
                ..Given::default()
            };
            world.store.open_case_when_due(kind, given).await.unwrap().unwrap();
        }
        let all = [
            occasion(world.power, "2026-02-28"),
            occasion(world.power, "2026-03-01"),
            occasion(world.roads, "2026-03-01"),
            occasion(world.roads, "2026-03-02"),
        ];
        assert_eq!(world.store.occasions_met(kind, &all).await.unwrap().len(), 3);
        for (who, expected) in [("leader", 3), ("power", 2), ("roads", 1), ("alpha", 0)] {
            let viewer = world.viewer(who).await;
            assert_eq!(world.store.cases_for(&viewer, kind, &all).await.unwrap().len(), expected, "{who}");
        }
        let auditor = world.viewer("auditor").await;
        assert!(matches!(world.store.cases_for(&auditor, kind, &all).await, Err(StoreError::Forbidden)));

        let own = format!("duty:daily:{}:", world.power);
        let last = async |who: &str, state: &str, before: &str| {
            let viewer = world.viewer(who).await;
            let found = world.store.last_case_between(&viewer, kind, state, (&own, before)).await.unwrap();
            found.and_then(|found| found.case.about.occasion)
        };
        let today = occasion(world.power, "2026-03-02");
        assert_eq!(last("leader", "due", &today).await, Some(all[1].clone()));
        assert_eq!(last("leader", "due", &all[1]).await, Some(all[0].clone()), "the one itself is left out");
        assert_eq!(last("leader", "signed", &today).await, None);
        assert_eq!(last("roads", "due", &today).await, None, "another unit's report is not shown");
    });
}

#[test]
fn a_task_is_coloured_by_its_plan_and_what_is_reported_moves_it() {
    on_both(catalogue(), |store| async move {
        let painter = loops::colour::by_id("colour-default").unwrap().ready();
        let timing =
            store::cases::Timing::new(kernel::calendar::Calendar::builtin().clone(), move |case, at, calendar| {
                store::cases::Painted::by(&painter, case, at, calendar)
            });
        let world = World::new(store.with_timing(timing)).await;
        let month = |month, amount: i64| Month { month: date(2026, month, 1), amount: amount.into() };
        let plan = Plan { months: vec![month(1, 50), month(4, 50)], measure: "家".into(), ..Plan::default() };
        let given = Given {
            unit: Some(world.power.to_string()),
            until: Some(date(2026, 4, 30)),
            plan: Some(plan),
            person: Some("王某".into()),
            ..Given::default()
        };
        let task = world.open("leader", "task", given).await.unwrap();
        assert_eq!(task.colour, "red", "fifty points behind at the end of February");
        world.act("power", task.id, "take_up", Given::default()).await.unwrap();
        let report =
            |amount: i64| Given { text: Some("已认定".into()), amount: Some(amount.into()), ..Given::default() };
        let after = world.act("power", task.id, "report", report(38)).await.unwrap();
        assert_eq!(after.colour, "yellow", "twelve points behind");
        let view = world.store.case(&world.viewer("leader").await, task.id).await.unwrap().unwrap();
        assert_eq!(view.case.plan.as_ref().map(|plan| plan.done_by(date(2026, 3, 2))), Some(38.into()));
        assert_eq!(view.case.about.person.as_deref(), Some("王某"));
        // Who does not do the work moves nothing, and a plan of a thousand months is none.
        let chase = Given { amount: Some(50.into()), ..report(0) };
        world.act("leader", task.id, "chase", chase).await.unwrap();
        let view = world.store.case(&world.viewer("leader").await, task.id).await.unwrap().unwrap();
        assert_eq!(view.case.plan.map(|plan| plan.done.len()), Some(1));
        let months = vec![month(1, 1); 200];
        let given = Given {
            unit: Some(world.power.to_string()),
            plan: Some(Plan { months, ..Plan::default() }),
            ..Given::default()
        };
        assert!(matches!(world.open("leader", "task", given).await, Err(StoreError::Refused(_))));
        let report = world.store.verify().await.unwrap();
        assert!(report.is_ok(), "{report:?}");
    });
}

#[test]
fn settings_are_listed_by_how_their_key_begins_each_in_its_latest_version() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let leader = world.viewer("leader").await;
        for (key, text, seen) in [("goal:1", "a", 0), ("goal:2", "b", 0), ("goal:1", "c", 1), ("goals", "d", 0)] {
            world.store.decide_loop_setting(&leader, key, text, seen).await.unwrap();
        }
        let listed = async |limit| -> Vec<(String, String)> {
            let found = world.store.loop_settings_under("goal:", limit).await.unwrap();
            found.into_iter().map(|setting| (setting.key, setting.text)).collect()
        };
        let pair = |key: &str, text: &str| (key.to_owned(), text.to_owned());
        assert_eq!(listed(10).await, [pair("goal:2", "b"), pair("goal:1", "c")]);
        assert_eq!(listed(1).await, [pair("goal:2", "b")]);
    });
}
