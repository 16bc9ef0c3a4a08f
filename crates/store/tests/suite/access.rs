//! Who may sign in, what they may do and to which rows, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use kernel::{Catalogue, Lang};
use store::access::{
    Account, AccountState, Action, Hand, NewAccount, Reach, Role, Scope, SignIn, UnitId, UnitKind, UnitTree, Viewer,
};
use store::audit::LogFilter;
use store::testing::on_both;
use store::{Clock, Store, StoreError};

const START: i64 = 1_790_000_000;

/// A store whose clock the test moves, in seconds.
fn with_hands(store: &Store) -> (Store, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(START));
    let read = seconds.clone();
    let clock = Clock::from_fn(move || Timestamp::from_second(read.load(Ordering::Relaxed)).unwrap());
    (store.with_clock(clock), seconds)
}

struct House {
    top: UnitId,
    east: UnitId,
    west: UnitId,
}

async fn house(store: &Store) -> House {
    let console = Hand::Console;
    let top = store.create_unit(console, None, UnitKind::Zone, "高新区").await.unwrap().id;
    let east = store.create_unit(console, Some(top), UnitKind::Park, "东区").await.unwrap().id;
    let west = store.create_unit(console, Some(top), UnitKind::Park, "西区").await.unwrap().id;
    House { top, east, west }
}

async fn person(store: &Store, unit: UnitId, name: &str, roles: &[(Role, UnitId)]) -> Account {
    let new = NewAccount {
        name,
        display_name: "张三",
        unit,
        enterprise: None,
        lang: Lang::Zh,
        password_hash: Some("$argon2id$the-hash"),
        must_change_password: false,
    };
    let account = store.create_account(Hand::Console, new).await.unwrap();
    for &(role, unit) in roles {
        store.grant(Hand::Console, account.id, role, unit).await.unwrap();
    }
    account
}

async fn viewer(store: &Store, account: &Account) -> Viewer {
    store.viewer(account.id).await.unwrap().unwrap()
}

fn words(error: &StoreError) -> String {
    error.say(Lang::Zh)
}

#[test]
fn an_account_begins_without_powers() {
    on_both(Catalogue::default(), async |store| {
        let house = house(&store).await;
        let account = person(&store, house.east, "Li.Si", &[]).await;
        let viewer = viewer(&store, &account).await;
        assert_eq!(account.name, "li.si");
        assert_eq!(viewer.scope, Scope::Nothing);
        assert!(Action::ALL.iter().all(|&action| !viewer.can(action)));
    });
}

#[test]
fn a_park_reaches_its_own_rows_and_the_top_reaches_the_zone() {
    on_both(Catalogue::default(), async |store| {
        let house = house(&store).await;
        let below = store.create_unit(Hand::Console, Some(house.east), UnitKind::Park, "东区一园").await.unwrap().id;
        let officer = person(&store, house.east, "officer", &[(Role::Officer, house.east)]).await;
        let both = [(Role::Officer, house.east), (Role::Analyst, house.west)];
        let two = person(&store, house.east, "two", &both).await;
        let leader = person(&store, house.top, "leader", &[(Role::Leader, house.top)]).await;

        let officer = viewer(&store, &officer).await;
        assert_eq!(officer.scope, Scope::Units(vec![house.east, below]));
        assert!(officer.personal);
        let two = viewer(&store, &two).await;
        assert_eq!(two.scope, Scope::Units(vec![house.east, house.west, below]));
        assert_eq!(two.scope_for(Action::Settle), Scope::Units(vec![house.west]));
        assert_eq!(two.scope_for(Action::ReadLog), Scope::Nothing);
        let leader = viewer(&store, &leader).await;
        assert_eq!((leader.scope, leader.personal), (Scope::Zone, false));
    });
}

#[test]
fn the_tree_of_units_is_kept_whole() {
    on_both(Catalogue::default(), async |store| {
        let house = house(&store).await;
        let admin = Hand::Console;
        let below = store.create_unit(admin, Some(house.east), UnitKind::Bureau, " 服务科 ").await.unwrap();
        assert_eq!(below.name, "服务科");

        let taken = store.create_unit(admin, Some(house.west), UnitKind::Park, "服务科").await.unwrap_err();
        assert!(words(&taken).contains("已经存在"), "{taken}");
        let second_top = store.create_unit(admin, None, UnitKind::Zone, "另一区").await.unwrap_err();
        assert!(words(&second_top).contains("高新区"), "{second_top}");
        let ring = store.move_unit(admin, house.east, below.id).await.unwrap_err();
        assert!(words(&ring).contains("它的下级"), "{ring}");
        let top = store.retire_unit(admin, house.top).await.unwrap_err();
        assert!(words(&top).contains("最上级"), "{top}");
        let used = store.retire_unit(admin, house.east).await.unwrap_err();
        assert!(words(&used).contains("不能停用"), "{used}");

        store.move_unit(admin, below.id, house.west).await.unwrap();
        let tree = store.units().await.unwrap();
        let path: Vec<&str> = tree.path(below.id).iter().map(|unit| unit.name.as_str()).collect();
        assert_eq!(path, ["高新区", "西区", "服务科"]);
        assert_eq!(tree.below(house.top).len(), 4);
        store.rename_unit(admin, below.id, "企业服务科").await.unwrap();
        store.retire_unit(admin, below.id).await.unwrap();
        assert!(store.units().await.unwrap().get(below.id).unwrap().closed_at.is_some());
        person(&store, house.west, "w", &[]).await;
        assert!(store.retire_unit(admin, house.west).await.is_err());
    });
}

#[test]
fn the_three_administrators_cannot_do_each_others_work() {
    on_both(Catalogue::default(), async |store| {
        let house = house(&store).await;
        let system = person(&store, house.top, "system", &[(Role::SystemAdmin, house.top)]).await;
        let security = person(&store, house.top, "security", &[(Role::SecurityAdmin, house.top)]).await;
        let auditor = person(&store, house.top, "auditor", &[(Role::Auditor, house.top)]).await;
        let clerk = person(&store, house.east, "clerk", &[(Role::Clerk, house.east)]).await;
        let (system, security) = (viewer(&store, &system).await, viewer(&store, &security).await);
        let auditor = viewer(&store, &auditor).await;
        for administrator in [&system, &security, &auditor] {
            assert_eq!(administrator.scope, Scope::Nothing, "{}", administrator.name);
            assert!(!administrator.personal);
        }

        for wrong in [&system, &auditor, &viewer(&store, &clerk).await] {
            let grant = store.grant(Hand::Viewer(wrong), clerk.id, Role::Analyst, house.top).await;
            assert!(matches!(grant, Err(StoreError::Forbidden)), "{}", wrong.name);
        }
        for wrong in [&security, &auditor] {
            let unit = store.create_unit(Hand::Viewer(wrong), Some(house.top), UnitKind::Park, "南区").await;
            assert!(matches!(unit, Err(StoreError::Forbidden)), "{}", wrong.name);
        }
        let reset = store.reset_password(Hand::Viewer(&system), clerk.id, "h").await;
        assert!(matches!(reset, Err(StoreError::Forbidden)));

        let own = store.grant(Hand::Viewer(&security), security.account, Role::Analyst, house.top).await.unwrap_err();
        assert!(words(&own).contains("自己"), "{own}");
        let apart = store.grant(Hand::Viewer(&security), clerk.id, Role::Auditor, house.top).await.unwrap_err();
        assert!(words(&apart).contains("审计员"), "{apart}");
        let apart = store.grant(Hand::Viewer(&security), auditor.account, Role::Leader, house.top).await.unwrap_err();
        assert!(words(&apart).contains("领导"), "{apart}");
        let unbound = store.grant(Hand::Viewer(&security), clerk.id, Role::Enterprise, house.top).await.unwrap_err();
        assert!(words(&unbound).contains("不能由同一账号"), "{unbound}");
    });
}

#[test]
fn the_last_security_administrator_stays() {
    on_both(Catalogue::default(), async |store| {
        let house = house(&store).await;
        let one = person(&store, house.top, "one", &[(Role::SecurityAdmin, house.top)]).await;
        let remove = store.revoke(Hand::Console, one.id, Role::SecurityAdmin, house.top).await.unwrap_err();
        assert!(words(&remove).contains("最后一位"), "{remove}");
        for state in [AccountState::Locked, AccountState::Retired] {
            let refused = store.set_account_state(Hand::Console, one.id, state).await.unwrap_err();
            assert!(words(&refused).contains("最后一位"), "{state:?} {refused}");
        }
        let two = person(&store, house.top, "two", &[(Role::SecurityAdmin, house.top)]).await;
        store.set_account_state(Hand::Console, one.id, AccountState::Locked).await.unwrap();
        let locked_does_not_count = store.revoke(Hand::Console, two.id, Role::SecurityAdmin, house.top).await;
        assert!(locked_does_not_count.is_err());
        store.set_account_state(Hand::Console, one.id, AccountState::Active).await.unwrap();
        store.revoke(Hand::Console, two.id, Role::SecurityAdmin, house.top).await.unwrap();
        assert!(viewer(&store, &two).await.roles.is_empty());
    });
}

async fn try_in(store: &Store, name: &str, right: bool, address: &str) -> SignIn {
    let attempt = store.begin_sign_in(name, address).await.unwrap();
    store.end_sign_in(&attempt, right, "测试浏览器").await.unwrap()
}

fn locked_until(sign_in: &SignIn) -> Option<i64> {
    match sign_in {
        SignIn::Refused { until } => until.map(|until| until.as_second()),
        SignIn::Done { .. } => panic!("let in"),
    }
}

#[test]
fn five_failures_lock_a_name_whether_it_exists_or_not() {
    on_both(Catalogue::default(), async |store| {
        let (store, seconds) = with_hands(&store);
        let house = house(&store).await;
        person(&store, house.east, "clerk", &[(Role::Clerk, house.east)]).await;
        for name in ["clerk", "nobody"] {
            let begin = START + if name == "clerk" { 0 } else { 10_000 };
            seconds.store(begin, Ordering::Relaxed);
            for attempt in 1..=4 {
                assert_eq!(locked_until(&try_in(&store, name, false, name).await), None, "{name} {attempt}");
            }
            assert_eq!(locked_until(&try_in(&store, name, false, name).await), Some(begin + 900), "{name}");
            // A right password is no help while the name is locked, and does not lengthen the lock.
            seconds.store(begin + 60, Ordering::Relaxed);
            assert_eq!(locked_until(&try_in(&store, name, true, name).await), Some(begin + 900), "{name}");
        }
        seconds.store(START + 20_000, Ordering::Relaxed);
        assert_eq!(locked_until(&try_in(&store, "clerk", false, "clerk").await), None);
        assert!(matches!(try_in(&store, " CLERK ", true, "clerk").await, SignIn::Done { .. }));
        assert_eq!(store.account_by_name("clerk").await.unwrap().unwrap().failed_count, 0);
    });
}

#[test]
fn one_address_that_tries_many_names_is_locked_too() {
    on_both(Catalogue::default(), async |store| {
        let (store, _) = with_hands(&store);
        let house = house(&store).await;
        person(&store, house.east, "clerk", &[]).await;
        for attempt in 1..20 {
            assert_eq!(locked_until(&try_in(&store, &format!("guess{attempt}"), false, "10.0.0.9").await), None);
        }
        assert_eq!(locked_until(&try_in(&store, "guess20", false, "10.0.0.9").await), Some(START + 900));
        assert_eq!(locked_until(&try_in(&store, "clerk", true, "10.0.0.9").await), Some(START + 900));
        assert!(matches!(try_in(&store, "clerk", true, "10.0.0.10").await, SignIn::Done { .. }));
    });
}

async fn token_of(store: &Store, name: &str) -> String {
    match try_in(store, name, true, "10.0.0.1").await {
        SignIn::Done { token, .. } => token,
        SignIn::Refused { .. } => panic!("refused"),
    }
}

#[test]
fn a_session_ends_when_idle_when_old_and_when_somebody_ends_it() {
    on_both(Catalogue::default(), async |store| {
        let (store, seconds) = with_hands(&store);
        let house = house(&store).await;
        let clerk = person(&store, house.east, "clerk", &[(Role::Clerk, house.east)]).await;
        let token = token_of(&store, "clerk").await;
        assert!(store.session_viewer("another token").await.unwrap().is_none());
        // Used every hour it lives to its twelfth hour and no longer.
        for hour in 1..12 {
            seconds.store(START + hour * 3600, Ordering::Relaxed);
            assert!(store.session_viewer(&token).await.unwrap().is_some(), "hour {hour}");
        }
        seconds.store(START + 12 * 3600, Ordering::Relaxed);
        assert!(store.session_viewer(&token).await.unwrap().is_none());
        // Not used, it ends after two hours.
        let idle = token_of(&store, "clerk").await;
        seconds.store(START + 14 * 3600 + 1, Ordering::Relaxed);
        assert!(store.session_viewer(&idle).await.unwrap().is_none());

        let (one, two) = (token_of(&store, "clerk").await, token_of(&store, "clerk").await);
        let (clerk_viewer, session) = store.session_viewer(&one).await.unwrap().unwrap();
        assert_eq!(store.sessions_of(clerk.id).await.unwrap().len(), 2);
        assert_eq!(store.end_sessions(Hand::Viewer(&clerk_viewer), clerk.id, Some(session.id)).await.unwrap(), 1);
        assert!(store.session_viewer(&two).await.unwrap().is_none());
        store.sign_out(&one).await.unwrap();
        assert!(store.session_viewer(&one).await.unwrap().is_none());

        let three = token_of(&store, "clerk").await;
        store.set_account_state(Hand::Console, clerk.id, AccountState::Locked).await.unwrap();
        assert!(store.session_viewer(&three).await.unwrap().is_none());
        assert!(matches!(try_in(&store, "clerk", true, "10.0.0.1").await, SignIn::Refused { until: None }));
    });
}

#[test]
fn units_are_read_anew_only_once_something_was_logged() {
    on_both(Catalogue::default(), async |store| {
        let house = house(&store).await;
        person(&store, house.east, "clerk", &[(Role::Clerk, house.east)]).await;
        let token = token_of(&store, "clerk").await;
        let known = async || {
            let (viewer, _) = store.session_viewer(&token).await.unwrap().unwrap();
            store.units_known_to(&viewer).await.unwrap()
        };
        let names = |units: &UnitTree| units.in_order().iter().map(|unit| unit.name.clone()).collect::<Vec<_>>();
        let before = known().await;
        assert!(Arc::ptr_eq(&before, &known().await), "nothing was logged in between");
        store.rename_unit(Hand::Console, house.east, "新东区").await.unwrap();
        assert_eq!(names(known().await.as_ref()), names(&store.units().await.unwrap()));
        store.create_unit(Hand::Console, Some(house.top), UnitKind::Park, "南区").await.unwrap();
        let after = names(known().await.as_ref());
        assert_eq!(after, names(&store.units().await.unwrap()));
        assert!(["新东区", "南区"].iter().all(|new| after.iter().any(|name| name == new)), "{after:?}");
        assert!(!names(&before).contains(&"南区".to_owned()));
    });
}

#[test]
fn anothers_session_or_token_cannot_be_ended() {
    on_both(Catalogue::default(), async |store| {
        let house = house(&store).await;
        let one = person(&store, house.east, "one", &[(Role::Clerk, house.east)]).await;
        let two = person(&store, house.east, "two", &[(Role::Clerk, house.east)]).await;
        token_of(&store, "one").await;
        let session = store.sessions_of(one.id).await.unwrap()[0].id;
        let (one, two) = (viewer(&store, &one).await, viewer(&store, &two).await);
        assert!(matches!(store.end_session(Hand::Viewer(&two), session).await, Err(StoreError::Forbidden)));

        let (token, text) = store.create_token(&one, "统计脚本", Reach::Read, 30).await.unwrap();
        assert!(store.revoke_token(&two, token.id).await.is_err());
        let (found, reach) = store.token_viewer(&text).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), reach.reach), ("one", Reach::Read));
        assert!(store.tokens_of(one.account).await.unwrap()[0].used_at.is_some());
        store.revoke_token(&one, token.id).await.unwrap();
        assert!(store.token_viewer(&text).await.unwrap().is_none());
    });
}

#[test]
fn no_secret_and_no_persons_name_stands_in_the_log() {
    on_both(Catalogue::default(), async |store| {
        let house = house(&store).await;
        let clerk = person(&store, house.east, "clerk", &[(Role::Clerk, house.east)]).await;
        let token = token_of(&store, "clerk").await;
        let clerk = viewer(&store, &clerk).await;
        let (_, text) = store.create_token(&clerk, "t", Reach::Write, 1).await.unwrap();
        store.change_own_password(clerk.account, "$argon2id$new-hash", None).await.unwrap();
        try_in(&store, "a password typed as a name", false, "10.0.0.1").await;
        let log = store.log(&LogFilter::default(), None, 100).await.unwrap();
        assert!(log.len() >= 9, "{}", log.len());
        let all = format!("{log:?}");
        for secret in [token.as_str(), text.as_str(), "argon2id", "张三", "typed as"] {
            assert!(!all.contains(secret), "{secret}");
        }
    });
}

#[test]
fn the_log_is_filtered_and_read_page_by_page() {
    on_both(Catalogue::default(), async |store| {
        let house = house(&store).await;
        for name in ["a1", "a2", "a3"] {
            person(&store, house.east, name, &[(Role::Clerk, house.east)]).await;
        }
        let filter = LogFilter { kind: Some("role.".to_owned()), ..LogFilter::default() };
        assert_eq!(store.log_count(&filter).await.unwrap(), 3);
        let first = store.log(&filter, None, 2).await.unwrap();
        let rest = store.log(&filter, Some(first[1].seq), 2).await.unwrap();
        assert_eq!((first.len(), rest.len()), (2, 1));
        assert!(first[0].seq > first[1].seq && first[1].seq > rest[0].seq);

        let text = LogFilter { text: Some("\"a2\"".to_owned()), ..LogFilter::default() };
        assert_eq!(store.log_count(&text).await.unwrap(), 2);
        let literal = LogFilter { text: Some("%".to_owned()), ..LogFilter::default() };
        assert_eq!(store.log_count(&literal).await.unwrap(), 0);
        let kinds = store.log_kinds().await.unwrap();
        assert_eq!(kinds, ["account.created", "role.granted", "unit.created"]);
        let mut seen = 0;
        let exported = store
            .export_log(&filter, "auditor", |_| {
                seen += 1;
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!((exported, seen), (3, 3));
        assert_eq!(store.log(&LogFilter::default(), None, 1).await.unwrap()[0].kind, "log.exported");
    });
}
