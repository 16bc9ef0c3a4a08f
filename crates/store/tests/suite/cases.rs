//! Cases: who sees and does what, two at once, and what is refused, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use kernel::{Lang, SubjectId, SubjectKind};
use loops::{Given, Party, Refusal, by_key};
use store::access::{Hand, NewAccount, Role, UnitId, UnitKind, Viewer};
use store::cases::{CaseFilter, CaseId, CaseQuery, CaseRow, Post};
use store::files::Media;
use store::testing::on_both;
use store::{Clock, Store, StoreError};

use crate::zone::{catalogue, enterprises, find};

pub const ALPHA: &str = "91410100MA3X4T1N6R";
pub const BETA: &str = "91410100MA44A1KQ8M";

/// A zone with two parks and two bureaux, two firms, and the people who work there.
pub struct World {
    pub store: Store,
    hands: Arc<AtomicI64>,
    pub east: UnitId,
    pub west: UnitId,
    pub power: UnitId,
    pub roads: UnitId,
    pub alpha: SubjectId,
    pub beta: SubjectId,
}

/// Monday 2 March 2026, 9:00 in China.
pub const MONDAY: &str = "2026-03-02T09:00:00+08:00";

impl World {
    pub async fn new(store: Store) -> Self {
        let hands = Arc::new(AtomicI64::new(MONDAY.parse::<Timestamp>().unwrap().as_microsecond()));
        let read = hands.clone();
        let clock = Clock::from_fn(move || Timestamp::from_microsecond(read.load(Ordering::Relaxed)).unwrap());
        let store = store.with_clock(clock);
        let top = store.create_unit(Hand::Console, None, UnitKind::Zone, "高新区").await.unwrap().id;
        let mut units = Vec::new();
        for (kind, name) in [
            (UnitKind::Park, "东区"),
            (UnitKind::Park, "西区"),
            (UnitKind::Bureau, "供电所"),
            (UnitKind::Bureau, "道路处"),
        ] {
            units.push(store.create_unit(Hand::Console, Some(top), kind, name).await.unwrap().id);
        }
        let rows: [&[(&str, &str)]; 2] = [
            &[("uscc", ALPHA), ("name", "甲公司"), ("park", "东区")],
            &[("uscc", BETA), ("name", "乙公司"), ("park", "西区")],
        ];
        enterprises(&store, "统计办", &rows).await;
        let alpha = find(&store, SubjectKind::Enterprise, ALPHA).await;
        let beta = find(&store, SubjectKind::Enterprise, BETA).await;
        let world =
            Self { store, hands, east: units[0], west: units[1], power: units[2], roads: units[3], alpha, beta };
        for (name, role, unit) in [
            ("leader", Role::Leader, top),
            ("analyst", Role::Analyst, top),
            ("east", Role::Officer, world.east),
            ("west", Role::Officer, world.west),
            ("power", Role::Clerk, world.power),
            ("power2", Role::Clerk, world.power),
            ("roads", Role::Clerk, world.roads),
            ("system", Role::SystemAdmin, top),
            ("security", Role::SecurityAdmin, top),
            ("auditor", Role::Auditor, top),
        ] {
            world.account(name, role, unit, None).await;
        }
        world.account("alpha", Role::Enterprise, world.east, Some(alpha)).await;
        world.account("beta", Role::Enterprise, world.west, Some(beta)).await;
        world
    }

    pub async fn account(&self, name: &str, role: Role, unit: UnitId, enterprise: Option<SubjectId>) {
        let new = NewAccount {
            name,
            display_name: name,
            unit,
            enterprise,
            lang: Lang::Zh,
            password_hash: None,
            must_change_password: false,
        };
        let account = self.store.create_account(Hand::Console, new).await.unwrap();
        self.store.grant(Hand::Console, account.id, role, unit).await.unwrap();
    }

    pub async fn viewer(&self, name: &str) -> Viewer {
        let account = self.store.account_by_name(name).await.unwrap().unwrap();
        self.store.viewer(account.id).await.unwrap().unwrap()
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.hands.load(Ordering::Relaxed)).unwrap()
    }

    /// Moves the clock on.
    pub fn pass(&self, hours: i64) {
        self.hands.fetch_add(hours * 3_600_000_000, Ordering::Relaxed);
    }

    pub async fn open(&self, who: &str, kind: &str, given: Given) -> Result<CaseRow, StoreError> {
        let given = Given { title: given.title.or(Some("停电".into())), ..given };
        self.store.open_case(&self.viewer(who).await, by_key(kind).unwrap(), given).await
    }

    /// A step on the case as it now is.
    pub async fn act(&self, who: &str, id: CaseId, step: &str, given: Given) -> Result<CaseRow, StoreError> {
        let leader = self.viewer("analyst").await;
        let seen = match self.store.case(&leader, id).await.unwrap() {
            Some(view) => view.row.seq,
            None => self.store.case(&self.viewer(who).await, id).await.unwrap().map_or(1, |view| view.row.seq),
        };
        self.store.act_on_case(&self.viewer(who).await, id, seen, step, given).await
    }

    pub async fn proof(&self) -> String {
        self.store.keep_bytes(b"a picture", Media::Pdf, "proof.pdf", "power").await.unwrap().hash
    }

    pub async fn sees(&self, who: &str) -> Vec<String> {
        let viewer = self.viewer(who).await;
        match self.store.cases(&viewer, &CaseQuery::default()).await {
            Ok(page) => {
                let total = self.store.count_cases(&viewer, &CaseFilter::default()).await.unwrap();
                assert_eq!(total, page.rows.len() as u64, "{who}: the count says what the list says");
                let mut seen: Vec<String> = page.rows.into_iter().map(|row| row.number).collect();
                seen.sort();
                seen
            }
            Err(StoreError::Forbidden) => vec!["forbidden".to_owned()],
            Err(error) => panic!("{error}"),
        }
    }
}

fn words(text: &str) -> Given {
    Given { text: Some(text.into()), ..Given::default() }
}

fn to(unit: UnitId) -> Given {
    Given { unit: Some(unit.to_string()), ..Given::default() }
}

/// What was refused, in Chinese.
#[track_caller]
fn refused(outcome: Result<CaseRow, StoreError>) -> String {
    outcome.err().unwrap_or_else(|| panic!("it was not refused")).say(Lang::Zh)
}

#[test]
fn a_matter_goes_from_asking_to_confirmation_and_each_step_is_the_right_persons() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = world.open("alpha", "matter", Given::default()).await.unwrap();
        assert_eq!((row.number.as_str(), row.state.key, row.seq), ("SQ-2026-00001", "raised", 1));
        assert_eq!((row.subject, row.asker, row.turn()), (Some(world.alpha), Some(world.alpha), Some(Party::Desk)));
        assert_eq!(row.due_on(), Some("2026-03-03".parse().unwrap()));
        assert_eq!(row.colour, "green");
        let id = row.id;
        // The wrong ones first: by role, then by unit.
        for wrong in ["alpha", "power"] {
            let refusal = world.act(wrong, id, "dispatch", to(world.power)).await.unwrap_err();
            assert!(
                matches!(refusal, StoreError::Case(Refusal::NotYours { .. }) | StoreError::NotFound),
                "{wrong}: {refusal:?}"
            );
        }
        for wrong in ["system", "security", "auditor"] {
            let refusal = world.act(wrong, id, "dispatch", to(world.power)).await.unwrap_err();
            assert!(matches!(refusal, StoreError::Forbidden), "{wrong}: {refusal:?}");
        }
        for wrong in ["beta", "west", "roads"] {
            let refusal = world.act(wrong, id, "withdraw", words("不需要了")).await.unwrap_err();
            assert!(matches!(refusal, StoreError::NotFound), "{wrong} does not learn that it exists: {refusal:?}");
        }
        assert!(refused(world.act("analyst", id, "dispatch", Given::default()).await).contains("需要主办单位"));
        let nowhere = Given { unit: Some("经发局".into()), ..Given::default() };
        assert!(refused(world.act("analyst", id, "dispatch", nowhere).await).contains("单位不存在"));
        world.act("analyst", id, "dispatch", to(world.power)).await.unwrap();
        let other = world.act("roads", id, "arrive", Given::default()).await.unwrap_err();
        assert!(matches!(other, StoreError::NotFound), "another unit's clerk: {other:?}");
        world.act("power", id, "arrive", words("已派人到场")).await.unwrap();

        let without = world.act("power", id, "answer", words("已接通")).await;
        assert!(refused(without).contains("需要证明材料"), "closing without proof");
        let invented = Given { proofs: vec!["ab".repeat(32)], ..words("已接通") };
        assert!(refused(world.act("power", id, "answer", invented).await).contains("没有找到"));
        let proof = world.proof().await;
        world.act("power", id, "answer", Given { proofs: vec![proof], ..words("已接通") }).await.unwrap();

        let rating = Given { rating: Some(5), ..Given::default() };
        assert!(matches!(
            world.act("power", id, "confirm", rating.clone()).await,
            Err(StoreError::Case(Refusal::NotYours { .. }))
        ));
        let row = world.act("alpha", id, "confirm", rating).await.unwrap();
        assert_eq!((row.state.key, row.rating, row.late, row.turn()), ("closed", Some(5), false, None));
        let view = world.store.case(&world.viewer("alpha").await, id).await.unwrap().unwrap();
        let said: Vec<Option<&str>> = view.events.iter().map(|sealed| sealed.event.given.text.as_deref()).collect();
        assert_eq!(said, [None, None, None, Some("已接通"), None], "what the units say among themselves stays inside");
        let steps: Vec<&str> = view.events.iter().map(|sealed| sealed.event.step.as_str()).collect();
        assert_eq!(steps, ["open", "dispatch", "arrive", "answer", "confirm"]);
        assert_eq!(view.names["power"], "power");
        let inside = world.store.case(&world.viewer("power").await, id).await.unwrap().unwrap();
        assert_eq!(inside.events[2].event.given.text.as_deref(), Some("已派人到场"));
        assert_eq!(loops::Case::replay(inside.row.kind, &inside.events).unwrap(), inside.case);
        assert_eq!(view.may.iter().map(|(step, _)| step.key).collect::<Vec<_>>(), ["reopen"]);
    });
}

#[test]
fn the_second_of_two_people_is_told_and_nothing_of_hers_is_stored() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = world.open("alpha", "matter", Given::default()).await.unwrap();
        world.act("analyst", row.id, "dispatch", to(world.power)).await.unwrap();
        let (one, other) = (world.viewer("power").await, world.viewer("power2").await);
        let step = |viewer: Viewer, key: &'static str| {
            let store = world.store.clone();
            let given = words("不归我们管");
            async move { store.act_on_case(&viewer, row.id, 2, key, given).await }
        };
        let (first, second) = tokio::join!(step(one, "arrive"), step(other, "return"));
        let (done, told): (Vec<_>, Vec<_>) = [first, second].into_iter().partition(Result::is_ok);
        assert_eq!((done.len(), told.len()), (1, 1));
        let told = told.into_iter().next().unwrap().unwrap_err();
        assert!(matches!(told, StoreError::Case(Refusal::Moved { expected: 3, next: 4 })), "{told:?}");
        assert!(told.say(Lang::Zh).contains("已有人办理"), "{}", told.say(Lang::Zh));
        let view = world.store.case(&world.viewer("analyst").await, row.id).await.unwrap().unwrap();
        assert_eq!(view.events.len(), 3);
    });
}

#[test]
fn everybody_sees_the_rows_of_their_scope_and_no_more() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let about = |subject: SubjectId| Given { subject: Some(subject.to_string()), ..Given::default() };
        world.open("alpha", "matter", Given::default()).await.unwrap();
        world.open("beta", "matter", Given::default()).await.unwrap();
        let task = Given { assisting: vec![world.roads.to_string()], ..to(world.power) };
        world.open("leader", "task", task).await.unwrap();
        world.open("east", "visit", about(world.alpha)).await.unwrap();
        let inspection = Given { subject: Some(world.beta.to_string()), ..to(world.power) };
        world.open("analyst", "inspection", inspection).await.unwrap();
        for who in ["leader", "analyst"] {
            assert_eq!(world.sees(who).await.len(), 5, "{who}");
        }
        for (who, seen) in [
            ("east", &["SQ-2026-00001", "ZF-2026-00001"][..]),
            ("west", &["JC-2026-00001", "SQ-2026-00002"]),
            ("power", &["JC-2026-00001", "RW-2026-00001"]),
            ("roads", &["RW-2026-00001"]),
            ("alpha", &["SQ-2026-00001"]),
            ("beta", &["JC-2026-00001", "SQ-2026-00002"]),
            ("system", &["forbidden"]),
            ("security", &["forbidden"]),
            ("auditor", &["forbidden"]),
        ] {
            assert_eq!(world.sees(who).await, seen, "{who}");
        }
        // A firm's officer of another park may not open a case about it, nor may another firm.
        let stranger = world.open("west", "visit", about(world.alpha)).await.unwrap_err();
        assert!(matches!(stranger, StoreError::NotFound), "{stranger:?}");
        let own = world.open("beta", "matter", about(world.alpha)).await.unwrap();
        assert_eq!(own.subject, Some(world.beta), "an enterprise asks about itself only");
        let refusal = world.open("alpha", "task", to(world.power)).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Case(Refusal::NotOpenedBy { party: Party::Asker, .. })), "{refusal:?}");
        assert!(refused(world.open("leader", "task", Given::default()).await).contains("主办单位"));
        let past = Given { until: Some("2026-03-01".parse().unwrap()), ..to(world.power) };
        assert!(refused(world.open("leader", "task", past).await).contains("已经过去"));
    });
}

#[test]
fn assistance_is_seen_by_those_it_was_passed_to_and_every_look_is_logged() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = world.open("east", "assistance", Given::default()).await.unwrap();
        assert!(row.private);
        let number = vec![row.number.clone()];
        for who in ["leader", "analyst", "west", "power", "alpha"] {
            assert_eq!(world.sees(who).await, Vec::<String>::new(), "{who}");
            assert!(world.store.case(&world.viewer(who).await, row.id).await.unwrap().is_none(), "{who}");
        }
        assert_eq!(world.sees("east").await, number);
        let passed = Given { text: Some("属实".into()), ..to(world.power) };
        world.act("east", row.id, "look_into", passed).await.unwrap();
        assert_eq!(world.sees("power").await, number, "the unit it was passed to");
        assert_eq!(world.sees("leader").await, Vec::<String>::new());
        world.act("power", row.id, "raise", words("超出能力")).await.unwrap();
        assert_eq!(world.sees("leader").await, number, "whoever it was raised to");
        let filter = store::audit::LogFilter { kind: Some("case.looked_at".into()), ..Default::default() };
        let before = world.store.log_count(&filter).await.unwrap();
        world.store.case(&world.viewer("power").await, row.id).await.unwrap().unwrap();
        let log = world.store.log(&filter, None, 1).await.unwrap();
        assert_eq!(world.store.log_count(&filter).await.unwrap(), before + 1);
        assert_eq!((log[0].by.as_str(), log[0].reference.clone()), ("power", Some(format!("case:{}", row.id))));
    });
}

#[test]
fn heads_and_superiors_are_the_named_ones_and_else_the_leaders() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = world.open("leader", "duty_report", to(world.power)).await.unwrap();
        world.act("power", row.id, "nothing", Given::default()).await.unwrap();
        let sign = Given { signed: true, ..Given::default() };
        let wrong = world.act("power2", row.id, "sign", sign.clone()).await.unwrap_err();
        assert!(matches!(wrong, StoreError::Case(Refusal::NotYours { .. })), "{wrong:?}");
        let post = Post { head: Some("power2".into()), superior: None };
        let refusal = world.store.name_post(Hand::Viewer(&world.viewer("system").await), world.power, &post).await;
        assert!(matches!(refusal, Err(StoreError::Forbidden)));
        world.store.name_post(Hand::Viewer(&world.viewer("security").await), world.power, &post).await.unwrap();
        let leader = world.act("leader", row.id, "sign", sign.clone()).await.unwrap_err();
        assert!(matches!(leader, StoreError::Case(Refusal::NotYours { .. })), "somebody is named: {leader:?}");
        let row = world.act("power2", row.id, "sign", sign).await.unwrap();
        assert_eq!(row.state.key, "signed");
    });
}

#[test]
fn today_shows_what_waits_for_each_person() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = world.open("alpha", "matter", Given::default()).await.unwrap();
        world.open("leader", "task", to(world.power)).await.unwrap();
        let waits = async |who: &str| {
            let today = world.store.today(&world.viewer(who).await, 10).await.unwrap();
            assert_eq!(today.total, today.rows.len() as u64);
            let mine = CaseFilter { mine: true, ..CaseFilter::default() };
            assert_eq!(world.store.count_cases(&world.viewer(who).await, &mine).await.unwrap(), today.total, "{who}");
            today.rows.into_iter().map(|row| row.number).collect::<Vec<_>>()
        };
        assert_eq!(waits("analyst").await, ["SQ-2026-00001"]);
        assert_eq!(waits("power").await, ["RW-2026-00001"]);
        assert_eq!(waits("alpha").await, Vec::<String>::new());
        world.act("analyst", row.id, "dispatch", to(world.power)).await.unwrap();
        assert_eq!(waits("power").await, ["SQ-2026-00001", "RW-2026-00001"], "the one due first at the top");
        assert_eq!(waits("roads").await, Vec::<String>::new());
        world.pass(24 * 7);
        let today = world.store.today(&world.viewer("power").await, 1).await.unwrap();
        assert_eq!((today.rows.len(), today.total, today.overdue), (1, 2, 2));
    });
}

#[test]
fn a_park_speaks_with_one_voice_and_its_whistle_is_not_anothers() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let about = Given { subject: Some(world.alpha.to_string()), ..Given::default() };
        world.store.assign_officer(&world.viewer("analyst").await, &[world.alpha], Some("east")).await.unwrap();
        world.account("east2", Role::Officer, world.east, None).await;
        let row = world.open("east2", "matter", about).await.unwrap();
        assert_eq!((row.opener_party, row.asker, row.officer.as_deref()), (Party::Park, None, Some("east")));
        world.act("analyst", row.id, "dispatch", to(world.power)).await.unwrap();
        world.act("power", row.id, "arrive", Given::default()).await.unwrap();
        let proof = world.proof().await;
        world.act("power", row.id, "answer", Given { proofs: vec![proof], ..words("已接通") }).await.unwrap();
        let today = world.store.today(&world.viewer("east2").await, 9).await.unwrap();
        assert_eq!((today.total, today.rows.len()), (1, 1), "what one opened oneself waits once");
        let rating = Given { rating: Some(4), ..Given::default() };
        for wrong in ["west", "power", "leader", "alpha"] {
            assert!(world.act(wrong, row.id, "confirm", rating.clone()).await.is_err(), "{wrong}");
        }
        assert_eq!(world.act("east", row.id, "confirm", rating).await.unwrap().state.key, "closed");
    });
}
