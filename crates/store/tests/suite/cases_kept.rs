//! What is kept of cases: heads are the fold of their events, and whatever is altered is found.

use kernel::Lang;
use loops::colour::Colour;
use loops::{ALL, Case, Given};
use store::access::{Hand, Role};
use store::cases::{CaseFilter, CaseId, CaseQuery};
use store::testing::{databases, on_both};
use store::verify::{Ledger, Wrong};
use store::{Store, StoreError};

use crate::cases::World;
use crate::common::{blob, intruder, sql};
use crate::zone::catalogue;

fn to(unit: store::access::UnitId) -> Given {
    Given { unit: Some(unit.to_string()), text: Some("请办理".into()), ..Given::default() }
}

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

#[test]
fn after_any_walk_by_anybody_the_head_is_the_fold_of_the_events() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let proof = world.proof().await;
        let people = ["leader", "analyst", "east", "power", "power2", "alpha"];
        let mut dice = Dice(0x5eed);
        let mut cases: Vec<CaseId> = Vec::new();
        for _ in 0..150 {
            let who = people[dice.roll(people.len())];
            let given = Given {
                text: Some("办理".into()),
                proofs: vec![proof.clone()],
                unit: Some(world.power.to_string()),
                assisting: vec![world.roads.to_string()],
                rating: Some(1 + dice.roll(5) as u8),
                until: Some("2026-08-01".parse().unwrap()),
                signed: true,
                ..Given::default()
            };
            world.pass(dice.roll(30) as i64);
            if cases.len() < 12 || dice.roll(6) == 0 {
                let about = Given { subject: Some(world.alpha.to_string()), ..given };
                cases.extend(world.open(who, ALL[dice.roll(ALL.len())].key, about).await.ok().map(|row| row.id));
                continue;
            }
            let id = cases[dice.roll(cases.len())];
            let Some(view) = world.store.case(&world.viewer(who).await, id).await.unwrap() else { continue };
            if let Some((step, _)) = view.may.get(dice.roll(view.may.len().max(1))) {
                let _ = world.store.act_on_case(&world.viewer(who).await, id, view.row.seq, step.key, given).await;
            }
            if dice.roll(10) == 0 {
                world.store.tick().await.unwrap();
            }
        }
        let everything = CaseQuery { limit: 500, ..CaseQuery::default() };
        let rows = world.store.cases(&world.viewer("analyst").await, &everything).await.unwrap().rows;
        assert!(rows.len() > 10 && rows.iter().any(|row| row.seq > 3), "{}", rows.len());
        for row in rows {
            let view = world.store.case(&world.viewer("analyst").await, row.id).await.unwrap().unwrap();
            assert_eq!(Case::replay(row.kind, &view.events).unwrap(), view.case, "{}", row.number);
            assert_eq!((view.case.state(), view.case.seq), (row.state, row.seq));
            assert_eq!(view.case.owner().is_none(), row.state.is_end());
        }
        let report = world.store.verify().await.unwrap();
        assert_eq!(report.first, None);
        assert!(report.cases > 10 && report.case_events > report.cases, "{report:?}");
    });
}

const KEPT: &[&str] = &["case_event", "case_head", "chain"];

#[test]
fn an_altered_removed_or_added_event_and_an_altered_head_are_named() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = world.open("alpha", "matter", Given::default()).await.unwrap();
        world.act("analyst", row.id, "dispatch", to(world.power)).await.unwrap();
        world.open("beta", "matter", Given::default()).await.unwrap();
        world.act("power", row.id, "arrive", Given::default()).await.unwrap();
        let raw = intruder(world.store.location()).await;
        for table in KEPT {
            sql(&raw, &format!("CREATE TABLE copy_of_{table} AS SELECT * FROM {table}")).await;
        }
        let found = async |change: &str| {
            assert!(sql(&raw, change).await > 0, "{change} changed nothing");
            let report = world.store.verify().await.unwrap();
            for table in KEPT {
                sql(&raw, &format!("DELETE FROM {table}")).await;
                sql(&raw, &format!("INSERT INTO {table} SELECT * FROM copy_of_{table}")).await;
            }
            if let Some(flaw) = &report.first {
                assert!(flaw.say(Lang::Zh).contains(&flaw.row) && flaw.say(Lang::En).contains(&flaw.row));
            }
            report.first.map(|flaw| (flaw.ledger, flaw.row, flaw.wrong))
        };
        let event = |no: i64, wrong: Wrong| Some((Ledger::Case, no.to_string(), wrong));
        let bytes = blob(&raw, &"ab".repeat(32));
        for (column, value, wrong) in [
            ("case_id", "(SELECT id FROM case_head WHERE number = 'SQ-2026-00002')".to_owned(), Wrong::Columns),
            ("seq", "9".to_owned(), Wrong::Columns),
            ("at", "at - 1".to_owned(), Wrong::Columns),
            ("\"by\"", "'roads'".to_owned(), Wrong::Columns),
            ("party", "'lead'".to_owned(), Wrong::Columns),
            ("step", "'decline'".to_owned(), Wrong::Columns),
            ("terms", "'{}'".to_owned(), Wrong::Columns),
            ("words", "'{}'".to_owned(), Wrong::Values),
            ("words", "NULL".to_owned(), Wrong::Erasure),
            ("salt", "NULL".to_owned(), Wrong::Erasure),
            ("words_hash", bytes.clone(), Wrong::Values),
            ("case_hash", bytes.clone(), Wrong::Columns),
            ("hash", bytes, Wrong::Hash),
            ("erased_at", "1".to_owned(), Wrong::Erasure),
        ] {
            let change = format!("UPDATE case_event SET {column} = {value} WHERE no = 2");
            assert_eq!(found(&change).await, event(2, wrong), "{change}");
        }
        assert_eq!(found("DELETE FROM case_event WHERE no = 2").await, event(2, Wrong::Missing { found: 3 }));
        assert_eq!(found("DELETE FROM case_event WHERE no > 2").await, event(2, Wrong::CutOff { end: 4 }));
        assert_eq!(
            found("DELETE FROM case_head WHERE number = 'SQ-2026-00002'").await,
            event(3, Wrong::Extra { table: "case_head" })
        );
        let head = |id: CaseId, column| Some((Ledger::CaseHead, id.to_string(), Wrong::Derived { column }));
        for (column, value) in [
            ("title", "'改'"),
            ("search_text", "'x'"),
            ("state", "'closed'"),
            ("turn", "''"),
            ("unit", "NULL"),
            ("asker", "NULL"),
            ("opener", "'somebody'"),
            ("private", "(1 = 1)"),
            ("shared", "(1 = 0)"),
            ("rating", "5"),
            ("reopened", "1"),
            ("ended_at", "1"),
            ("number", "'SQ-2026-00009'"),
            ("kept", "replace(kept, '\"returned\":0', '\"returned\":7')"),
        ] {
            let change = format!("UPDATE case_head SET {column} = {value} WHERE number = 'SQ-2026-00001'");
            assert_eq!(found(&change).await, head(row.id, column), "{change}");
        }
        for (column, value) in [("seq", "2"), ("seq", "4"), ("kind", "'visit'")] {
            let change = format!("UPDATE case_head SET {column} = {value} WHERE number = 'SQ-2026-00001'");
            let found = found(&change).await;
            assert_eq!(found, head(row.id, column), "{change}");
        }
        assert!(world.store.verify().await.unwrap().is_ok());
        // A fold as another release kept it is made anew from the events, and is no alteration.
        sql(&raw, "UPDATE case_head SET kept = '{}'").await;
        assert_eq!(world.store.verify().await.unwrap().first, None);
        world.act("power", row.id, "pause", Given { text: Some("等设备".into()), ..Given::default() }).await.unwrap();
        assert_eq!(world.store.verify().await.unwrap().first, None);
    });
}

#[test]
fn erased_words_leave_stubs_and_everything_still_verifies() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row =
            world.open("alpha", "matter", Given { place: Some("三号楼".into()), ..Given::default() }).await.unwrap();
        world.act("analyst", row.id, "dispatch", to(world.power)).await.unwrap();
        let refused = world.store.erase_case_words(row.id, " ", "analyst").await.unwrap_err();
        assert!(matches!(refused, StoreError::Refused(_)));
        world.store.erase_case_words(row.id, "个人信息保护法第四十七条", "analyst").await.unwrap();
        let view = world.store.case(&world.viewer("analyst").await, row.id).await.unwrap().unwrap();
        assert_eq!((view.row.title.as_str(), view.row.place.as_str(), view.row.unit), ("", "", Some(world.power)));
        assert!(view.events.iter().all(|sealed| sealed.erased.is_some() && sealed.event.given.text.is_none()));
        assert_eq!(world.store.verify().await.unwrap().first, None);
        let told = world.store.notices_of(&world.viewer("power").await, false, None, 10).await.unwrap();
        assert!(told.iter().all(|notice| notice.data.get("title").is_none()), "{told:?}");
        world.act("power", row.id, "arrive", Given::default()).await.unwrap();
        assert_eq!(world.store.verify().await.unwrap().first, None, "the case goes on behind its stubs");
    });
}

#[test]
fn a_backup_holds_the_cases_and_verifies_before_it_is_shown() {
    store::testing::run(async {
        let directory = tempfile::tempdir().unwrap();
        for (n, database) in databases().await.into_iter().enumerate() {
            let store = Store::migrate(&database.location, catalogue().into()).await.unwrap();
            let world = World::new(store).await;
            let row = world.open("alpha", "matter", Given::default()).await.unwrap();
            world.act("analyst", row.id, "dispatch", to(world.power)).await.unwrap();
            let path = directory.path().join(format!("{n}.xsb"));
            let manifest = world.store.backup(&path).await.unwrap();
            assert_eq!((manifest.seal.rows["case_event"], manifest.heading.chains["case"].seq), (2, 2));
            for target in databases().await {
                let fresh = Store::migrate(&target.location, catalogue().into()).await.unwrap();
                fresh.restore(&path).await.unwrap();
                let (row, events) = fresh.case_at_console(row.kind, &row.number).await.unwrap().unwrap();
                assert_eq!((row.seq, events.len()), (2, 2), "{} to {}", database.backend, target.backend);
                assert_eq!(fresh.verify().await.unwrap().first, None);
                fresh.close().await.unwrap();
            }
            world.store.close().await.unwrap();
        }
    });
}

#[test]
fn cases_go_over_when_units_are_merged_and_are_listed_when_an_officer_leaves() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let store = &world.store;
        let matter = world.open("alpha", "matter", Given::default()).await.unwrap();
        world.act("analyst", matter.id, "dispatch", to(world.power)).await.unwrap();
        let task = Given { assisting: vec![world.power.to_string()], ..to(world.roads) };
        let task = world.open("leader", "task", task).await.unwrap();
        let retire = store.retire_unit(Hand::Console, world.power).await.unwrap_err();
        assert!(matches!(retire, StoreError::Refused(_)), "it still has open cases: {retire:?}");
        let power = world.viewer("power").await;
        assert!(matches!(store.move_cases(&power, world.power, world.roads, "合并").await, Err(StoreError::Forbidden)));
        let analyst = world.viewer("analyst").await;
        assert!(store.move_cases(&analyst, world.power, world.roads, "").await.is_err(), "a reason is asked for");
        assert_eq!(store.move_cases(&analyst, world.power, world.roads, "机构合并").await.unwrap(), 2);
        let moved = store.case(&analyst, matter.id).await.unwrap().unwrap();
        assert_eq!((moved.row.unit, moved.row.state.key, moved.row.seq), (Some(world.roads), "dispatched", 3));
        assert_eq!(moved.row.due_at, store.case(&analyst, matter.id).await.unwrap().unwrap().row.due_at);
        let task = store.case(&analyst, task.id).await.unwrap().unwrap();
        assert_eq!((task.row.unit, task.assisting), (Some(world.roads), vec![]), "a unit does not assist itself");
        let log = store::audit::LogFilter { kind: Some("cases.moved".into()), ..Default::default() };
        assert_eq!(store.log(&log, None, 9).await.unwrap()[0].data["cases"], 2);

        let firms = [world.alpha];
        assert!(matches!(store.assign_officer(&power, &firms, Some("east")).await, Err(StoreError::Forbidden)));
        let refused = store.assign_officer(&analyst, &firms, Some("power")).await.unwrap_err();
        assert!(refused.say(Lang::Zh).contains("没有服务专员角色"), "{refused}");
        assert_eq!(store.assign_officer(&analyst, &firms, Some("east")).await.unwrap(), 1);
        assert_eq!(store.assign_officer(&analyst, &firms, Some("east")).await.unwrap(), 0);
        let about = Given { subject: Some(world.alpha.to_string()), ..Given::default() };
        let visit = world.open("east", "visit", about).await.unwrap();
        assert_eq!(visit.officer.as_deref(), Some("east"));
        let load = store.officer_loads().await.unwrap().into_iter().find(|load| load.account == "east").unwrap();
        assert_eq!((load.firms, load.open, load.serves), (1, 2, true));
        let east = store.account_by_name("east").await.unwrap().unwrap();
        store.revoke(Hand::Console, east.id, Role::Officer, world.east).await.unwrap();
        let (firms, total) = store.firms_without_officer(&analyst, 0, 10).await.unwrap();
        assert_eq!(total, 2);
        let alpha = firms.iter().find(|firm| firm.subject == world.alpha).unwrap();
        assert_eq!(alpha.left.as_deref(), Some("east"), "the firm says who has left it");
        let open = CaseFilter { without_officer: true, ..CaseFilter::default() };
        assert_eq!(store.count_cases(&analyst, &open).await.unwrap(), 2);
        let load = store.officer_loads().await.unwrap().into_iter().find(|load| load.account == "east").unwrap();
        assert_eq!((load.firms, load.open, load.serves), (1, 0, false));
        assert_eq!(store.verify().await.unwrap().first, None);
    });
}

#[test]
fn a_colour_set_by_hand_needs_a_reason_ends_and_stays_marked() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = world.open("alpha", "matter", Given::default()).await.unwrap();
        let set = async |who: &str, reason: &str, until: &str| {
            let viewer = world.viewer(who).await;
            world.store.set_case_colour(&viewer, row.id, Colour::Red, reason, until.parse().unwrap()).await
        };
        for wrong in ["alpha", "power", "east", "auditor"] {
            assert!(matches!(set(wrong, "领导关注", "2026-03-05").await, Err(StoreError::Forbidden)), "{wrong}");
        }
        for (reason, until) in [(" ", "2026-03-05"), ("领导关注", "2026-03-01"), ("领导关注", "2026-09-01")] {
            assert!(matches!(set("leader", reason, until).await, Err(StoreError::Refused(_))), "{reason} {until}");
        }
        let row = set("leader", "领导关注", "2026-03-02").await.unwrap();
        assert_eq!((row.colour.as_str(), row.computed.as_str()), ("red", "green"));
        assert_eq!(world.store.recount_cases().await.unwrap(), (1, 0));
        assert_eq!(world.store.colours_set(&world.viewer("analyst").await, row.id).await.unwrap()[0].by, "leader");
        assert!(world.store.colours_set(&world.viewer("alpha").await, row.id).await.unwrap().is_empty());
        world.pass(16);
        world.store.tick().await.unwrap();
        let row = world.store.case(&world.viewer("leader").await, row.id).await.unwrap().unwrap().row;
        assert_eq!(row.colour, row.computed, "it ended with its day");
        assert_eq!(world.store.verify().await.unwrap().first, None);
    });
}

#[test]
fn what_a_zone_decides_about_its_loops_keeps_every_version() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let (analyst, clerk) = (world.viewer("analyst").await, world.viewer("power").await);
        let store = &world.store;
        assert_eq!(store.loop_setting("routes").await.unwrap(), None);
        assert!(matches!(store.decide_loop_setting(&clerk, "routes", "[]", 0).await, Err(StoreError::Forbidden)));
        let (one, other) = tokio::join!(
            store.decide_loop_setting(&analyst, "routes", "[1]", 0),
            store.decide_loop_setting(&analyst, "routes", "[2]", 0)
        );
        let stale = [one, other].into_iter().filter(|done| matches!(done, Err(StoreError::Stale))).count();
        assert_eq!(stale, 1, "of two who decide at once one is told");
        store.decide_loop_setting(&analyst, "routes", "[3]", 1).await.unwrap();
        let versions = store.loop_setting_versions("routes").await.unwrap();
        assert_eq!(versions.iter().map(|one| one.version).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(store.loop_setting("routes").await.unwrap().unwrap().text, "[3]");
    });
}
