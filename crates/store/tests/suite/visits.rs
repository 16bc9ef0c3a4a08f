//! Visits: opened once for their officer, written up all at once or not at all; posts that fall vacant.

use std::collections::BTreeMap;

use kernel::{FactKey, SourceKind, Value};
use loops::{Given, Party, Refusal};
use store::access::{AccountState, Hand, Scope, UnitKind};
use store::cases::{CLOCK, CaseRow, Post, WrittenUp};
use store::testing::on_both;
use store::{Location, NewCard, StoreError};

use crate::cases::{BETA, World};
use crate::common::{intruder, texts};
use crate::zone::{catalogue, enterprises, facts};

fn words(text: &str) -> Given {
    Given { text: Some(text.into()), ..Given::default() }
}

fn visit(world: &World) -> Given {
    Given {
        title: Some("走访甲公司".into()),
        topic: Some("firm_visit".into()),
        subject: Some(world.alpha.to_string()),
        unit: Some(world.east.to_string()),
        occasion: Some("123:firm_visit:2026-03-02:east:1".into()),
        ..Given::default()
    }
}

async fn opened(world: &World) -> CaseRow {
    world.store.open_visit_when_due(visit(world), "east").await.unwrap().unwrap()
}

fn figures(given: &[(&str, &str)]) -> BTreeMap<FactKey, Value> {
    facts(given).into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

#[test]
fn a_visit_that_is_due_opens_once_and_is_its_officers() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let (one, other) = tokio::join!(
            world.store.open_visit_when_due(visit(&world), "east"),
            world.store.open_visit_when_due(visit(&world), "east")
        );
        let found: Vec<CaseRow> = [one.unwrap(), other.unwrap()].into_iter().flatten().collect();
        assert_eq!(found.len(), 1);
        let row = &found[0];
        assert_eq!(
            (row.opener.as_str(), row.officer.as_deref(), row.turn()),
            (CLOCK, Some("east"), Some(Party::Officer))
        );
        assert_eq!(world.store.today(&world.viewer("east").await, 5).await.unwrap().total, 1);
        assert_eq!(world.store.today(&world.viewer("west").await, 5).await.unwrap().total, 0);
        let known = world.store.visits_known("2026-03-01".parse().unwrap()).await.unwrap();
        assert_eq!(
            (known.len(), known[0].open, known[0].made, known[0].topic.as_str()),
            (1, true, false, "firm_visit")
        );
    });
}

#[test]
fn a_visit_is_written_up_with_its_figures_matters_and_card_or_not_at_all() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = opened(&world).await;
        let card = NewCard {
            enterprise: world.alpha,
            recipient: "财务部".into(),
            on: "2026-03-02".parse().unwrap(),
            hash: "ab".repeat(32),
            versions: vec!["tech-sme@2022-01-01".into()],
        };
        let written = WrittenUp {
            given: words("订单增加"),
            figures: figures(&[("operating_revenue@2025", "120000000")]),
            problems: vec![Given {
                title: Some("用电不够".into()), topic: Some("power".into()), ..Given::default()
            }],
            card: Some(card),
        };
        for stranger in ["west", "power", "beta"] {
            let refused = world.store.record_visit(&world.viewer(stranger).await, row.id, 1, written.clone()).await;
            let gone = matches!(refused, Err(StoreError::NotFound | StoreError::Forbidden));
            assert!(gone, "{stranger}: {refused:?}");
        }
        let east = world.viewer("east").await;
        // A figure that only an authority may change keeps everything out.
        let wrong = WrittenUp { figures: figures(&[("uscc", "91410100MA44A1KQ8M")]), ..written.clone() };
        let refusal = world.store.record_visit(&east, row.id, 1, wrong).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Refused(_)), "{refusal:?}");
        assert_eq!(
            world.sees("east").await,
            std::slice::from_ref(&row.number),
            "neither the record nor the matter was stored"
        );

        let (visit, matters) = world.store.record_visit(&east, row.id, 1, written.clone()).await.unwrap();
        assert_eq!((visit.state.key, matters.len()), ("recorded", 1));
        assert_eq!((matters[0].parent, matters[0].subject), (Some(visit.id), Some(world.alpha)));
        let again = world.store.record_visit(&east, row.id, 1, written).await.unwrap_err();
        assert!(matches!(again, StoreError::Case(Refusal::Moved { .. })), "{again:?}");

        let firm = world.store.subject(world.alpha, &Scope::Zone, false, None).await.unwrap().unwrap();
        let shown = &firm.view.facts[&"operating_revenue@2025".parse::<FactKey>().unwrap()];
        let source = &firm.sources[&firm.statements[&shown.seq].source];
        assert_eq!(
            (source.kind, source.title.as_str(), source.by.as_str()),
            (SourceKind::Visit, visit.number.as_str(), "east")
        );
        assert_eq!(world.store.cards_given(world.alpha, 5).await.unwrap()[0].recipient, "财务部");
        assert!(world.store.loads(None, 9).await.unwrap().iter().all(|load| load.kind != SourceKind::Visit));
        assert_eq!(world.store.verify().await.unwrap().first, None);
    });
}

#[test]
fn visits_with_figures_loads_that_move_firms_and_new_units_never_wait_for_each_other_in_a_ring() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        // The firm that moves has a case, which moves with it.
        world.open("beta", "matter", Given::default()).await.unwrap();
        let east = world.viewer("east").await;
        let loads = async {
            for at in 0..24 {
                let park = ["西区", "东区"][at % 2];
                enterprises(&world.store, "统计办", &[&[("uscc", BETA), ("name", "乙公司"), ("park", park)]]).await;
            }
        };
        let visits = async {
            for at in 0..24 {
                let occasion = Some(format!("123:firm_visit:2026-03-02:east:{at}"));
                let opened = world.store.open_visit_when_due(Given { occasion, ..visit(&world) }, "east").await;
                let figures = figures(&[("operating_revenue@2025", &format!("{}", 1_000_000 + at))]);
                let written = WrittenUp { given: words("订单增加"), figures, ..WrittenUp::default() };
                world.store.record_visit(&east, opened.unwrap().unwrap().id, 1, written).await.unwrap();
            }
        };
        let officers = async {
            let leader = world.viewer("leader").await;
            for at in 0..24 {
                // A service begins at a moment of its own.
                world.pass(1);
                let officer = ["east", "west"][at % 2];
                world.store.assign_officer(&leader, &[world.beta], Some(officer)).await.unwrap();
                let top = world.store.units().await.unwrap().top().unwrap().id;
                let name = format!("第{at}科");
                world.store.create_unit(Hand::Console, Some(top), UnitKind::Bureau, &name).await.unwrap();
            }
        };
        tokio::join!(loads, visits, officers);
        if matches!(world.store.location(), Location::Postgres(_)) {
            // PostgreSQL tells what it counted a second later.
            tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
            let counted = "SELECT CAST(deadlocks AS text) FROM pg_stat_database WHERE datname = current_database()";
            assert_eq!(texts(&intruder(world.store.location()).await, counted).await, ["0"]);
        }
        assert_eq!(world.store.verify().await.unwrap().first, None);
    });
}

#[test]
fn a_firm_to_see_bears_what_speaks_for_it() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let leader = world.viewer("leader").await;
        world.store.assign_officer(&leader, &[world.alpha], Some("east")).await.unwrap();
        let (today, soon) = ("2026-03-02".parse().unwrap(), "2026-05-31".parse().unwrap());
        let seen = async || world.store.firms_to_see("east", today, soon).await.unwrap().remove(0);
        let first = seen().await;
        assert_eq!(
            (first.subject, first.last, first.planned, first.matters, first.wishes),
            (world.alpha, None, false, 0, 0)
        );
        assert!(world.store.firms_to_see("west", today, soon).await.unwrap().is_empty());
        let row = opened(&world).await;
        world.open("alpha", "matter", Given::default()).await.unwrap();
        let planned = seen().await;
        assert_eq!((planned.planned, planned.matters), (true, 1));
        let mut given = words("订单增加");
        given.form.insert("wishes".into(), "想对接高校".into());
        let written = WrittenUp { given, ..WrittenUp::default() };
        world.store.record_visit(&world.viewer("east").await, row.id, 1, written).await.unwrap();
        let after = seen().await;
        assert!(after.last.is_some() && !after.planned);
        assert_eq!(after.wishes, 1, "nobody took the wish up");
        let parent = Some(row.id.to_string());
        let about = Given { parent, subject: Some(world.alpha.to_string()), ..Given::default() };
        world.open("east", "matter", about).await.unwrap();
        assert_eq!(seen().await.wishes, 0, "a matter came out of it");
    });
}

#[test]
fn a_late_case_climbs_to_the_named_superior_and_to_the_leaders_once_his_account_is_gone() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let post = Post { head: Some("power2".into()), superior: Some("roads".into()) };
        world.store.name_post(Hand::Viewer(&world.viewer("security").await), world.power, &post).await.unwrap();
        let to = Given { unit: Some(world.power.to_string()), ..Given::default() };
        let row = world.open("alpha", "matter", Given::default()).await.unwrap();
        world.act("analyst", row.id, "dispatch", to.clone()).await.unwrap();
        let told = async |who: &str| {
            let notices = world.store.notices_of(&world.viewer(who).await, false, None, 50).await.unwrap();
            notices.iter().filter_map(|notice| notice.data["percent"].as_u64()).collect::<Vec<_>>()
        };
        world.pass(48);
        world.store.tick().await.unwrap();
        world.pass(24);
        world.store.tick().await.unwrap();
        let row = world.store.case(&world.viewer("analyst").await, row.id).await.unwrap().unwrap().row;
        assert_eq!((row.state.key, row.turn()), ("escalated", Some(Party::Superior)));
        assert!(told("power2").await.contains(&100), "the head is told on the day");
        assert_eq!(told("leader").await, Vec::<u64>::new(), "somebody is named in the leaders' place");
        let waits = async |who: &str| world.store.today(&world.viewer(who).await, 9).await.unwrap().total;
        assert_eq!((waits("roads").await, waits("leader").await), (1, 0), "it waits for him by name");
        let decided = Given { text: Some("由供电所办".into()), ..to.clone() };
        let wrong = world.act("leader", row.id, "decide", decided.clone()).await.unwrap_err();
        assert!(matches!(wrong, StoreError::Case(Refusal::NotYours { .. })), "{wrong:?}");

        let gone = world.store.account_by_name("roads").await.unwrap().unwrap();
        world.store.set_account_state(Hand::Console, gone.id, AccountState::Retired).await.unwrap();
        let posts = world.store.posts().await.unwrap();
        assert_eq!(posts[&world.power], Post { head: Some("power2".into()), superior: None });
        assert_eq!(waits("leader").await, 1, "a vacant post is the leaders'");
        assert_eq!(world.act("leader", row.id, "decide", decided).await.unwrap().state.key, "underway");
        let log = store::audit::LogFilter { kind: Some("unit.post_vacant".into()), ..Default::default() };
        assert_eq!(world.store.log(&log, None, 9).await.unwrap()[0].data["left"], "roads");
    });
}
