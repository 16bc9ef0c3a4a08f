//! The clock and the outbox: once and not twice, all or nothing, and nothing lost.

use loops::{Given, Party};
use store::StoreError;
use store::access::Hand;
use store::cases::{
    CLAIM, CLOCK, Channel, MAIL_BOUNCED, MOST_TRIES, NewTarget, NoticeState, Setting, TargetKind, WEBHOOK, YOUR_TURN,
};
use store::testing::on_both;

use crate::cases::World;
use crate::common::{intruder, texts};
use crate::zone::catalogue;

fn to(unit: store::access::UnitId) -> Given {
    Given { unit: Some(unit.to_string()), ..Given::default() }
}

pub async fn told(world: &World, who: &str) -> Vec<String> {
    let notices = world.store.notices_of(&world.viewer(who).await, false, None, 50).await.unwrap();
    notices
        .iter()
        .rev()
        .map(|notice| match notice.data["percent"].as_u64() {
            Some(percent) => format!("{percent} {}", notice.data["number"].as_str().unwrap()),
            None => format!("{} {}", notice.what, notice.data["number"].as_str().unwrap_or_default()),
        })
        .collect()
}

#[test]
fn two_ticks_are_as_one_and_the_clock_takes_its_steps() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = world.open("alpha", "matter", Given::default()).await.unwrap();
        world.act("analyst", row.id, "dispatch", to(world.power)).await.unwrap();
        assert_eq!(world.store.tick().await.unwrap().looked, 0, "nothing changes by time yet");
        assert_eq!(told(&world, "power").await, [format!("{YOUR_TURN} {}", row.number)]);
        // Due with Tuesday: at 80 hundredths, at the end, at half as much again.
        world.pass(48);
        let (one, other) = tokio::join!(world.store.tick(), world.store.tick());
        assert_eq!(one.unwrap().looked + other.unwrap().looked, 1, "of two at once one finds it done");
        assert_eq!(world.store.tick().await.unwrap().looked, 0);
        let telling = [format!("{YOUR_TURN} {}", row.number), format!("80 {}", row.number)];
        assert_eq!(told(&world, "power").await, telling);
        assert_eq!(told(&world, "leader").await, [format!("100 {}", row.number)], "nobody is named head");
        let late = world.store.case(&world.viewer("analyst").await, row.id).await.unwrap().unwrap().row;
        assert_eq!(late.colour, "red");
        world.pass(24);
        assert_eq!(world.store.tick().await.unwrap().steps, 1);
        let view = world.store.case(&world.viewer("analyst").await, row.id).await.unwrap().unwrap();
        let last = &view.events.last().unwrap().event;
        assert_eq!((last.step.as_str(), last.by.person.as_str(), last.by.party), ("escalate", CLOCK, Party::Clock));
        assert_eq!(world.store.tick().await.unwrap(), store::cases::Tick::default());
        assert_eq!(world.store.verify().await.unwrap().first, None);
        let (looked, changed) = world.store.recount_cases().await.unwrap();
        assert_eq!((looked, changed), (1, 0), "what the tick left is what a recount finds");
    });
}

#[test]
fn a_case_whose_days_reach_beyond_the_calendar_is_named_and_others_go_on() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        // To Tuesday 22 December: a matter's 22 working days lie beyond the calendar, a report's hours do not.
        world.pass(24 * 295);
        let matter = world.open("alpha", "matter", Given::default()).await.unwrap();
        assert_eq!((matter.uncounted, matter.due_at, matter.colour.as_str()), (true, None, ""), "nothing is guessed");
        let report = world.open("leader", "duty_report", to(world.power)).await.unwrap();
        assert!(report.due_at.is_some());
        world.pass(30);
        let tick = world.store.tick().await.unwrap();
        assert_eq!((tick.steps, tick.left_out.len()), (1, 1));
        assert_eq!(tick.left_out[0].number, matter.number);
        let said = tick.left_out[0].say(kernel::Lang::Zh);
        assert!(said.contains("2027 年放假安排"), "{said}");
        let report = world.store.case(&world.viewer("leader").await, report.id).await.unwrap().unwrap().row;
        assert_eq!(report.state.key, "missing");
        world.act("analyst", matter.id, "dispatch", to(world.power)).await.unwrap();
        assert_eq!(world.store.tick().await.unwrap().left_out.len(), 0, "it is tried again a day later");
    });
}

#[test]
fn an_act_that_is_cut_off_leaves_neither_event_nor_notice_or_both() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let analyst = world.viewer("analyst").await;
        for n in 0..30_u64 {
            let row = world.open("alpha", "matter", Given::default()).await.unwrap();
            let (store, viewer, given) = (world.store.clone(), analyst.clone(), to(world.power));
            let acting =
                tokio::spawn(async move { store.act_on_case(&viewer, row.id, 1, "dispatch", given).await.map(|_| ()) });
            tokio::time::sleep(std::time::Duration::from_micros(n * 300)).await;
            acting.abort();
            let _ = acting.await;
        }
        let raw = intruder(world.store.location()).await;
        let stepped = texts(&raw, "SELECT CAST(count(*) AS text) FROM case_event WHERE step = 'dispatch'").await;
        let notices =
            texts(&raw, "SELECT CAST(count(*) AS text) FROM notice WHERE whom = 'power' AND what = 'case.your_turn'")
                .await;
        assert_eq!(stepped, notices);
        assert_eq!(world.store.verify().await.unwrap().first, None);
    });
}

#[test]
fn a_notice_goes_out_once_and_is_tried_again_until_it_is_given_up() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let store = &world.store;
        let clerk = world.viewer("power").await;
        let mut setting = Setting { channels: [Channel::Mail].into(), ..Setting::default() };
        assert!(store.choose_notice_setting(&clerk, &setting).await.is_err(), "no address");
        setting.mail = Some("power@zone.example".into());
        store.choose_notice_setting(&clerk, &setting).await.unwrap();
        let target =
            NewTarget { kind: TargetKind::Signed, name: "群", url: "https://hook.example/1", secret: "s", unit: None };
        assert!(matches!(store.add_webhook(Hand::Viewer(&clerk), &target).await, Err(StoreError::Forbidden)));
        let wrong = NewTarget { url: "ftp://x", ..target.clone() };
        assert!(store.add_webhook(Hand::Console, &wrong).await.is_err());
        let hook = store.add_webhook(Hand::Console, &target).await.unwrap();
        let row = world.open("alpha", "matter", Given::default()).await.unwrap();
        world.act("analyst", row.id, "dispatch", to(world.power)).await.unwrap();

        let (one, other) = tokio::join!(store.claim_notices("mail", 10), store.claim_notices("mail", 10));
        let claimed: Vec<_> = one.unwrap().into_iter().chain(other.unwrap()).collect();
        assert_eq!(claimed.len(), 1, "two senders do not get the same");
        assert_eq!((claimed[0].whom.as_str(), claimed[0].what.as_str(), claimed[0].tries), ("power", YOUR_TURN, 1));
        // The sender dies; when its claim is over the same notice is claimed again.
        assert_eq!(store.claim_notices("mail", 10).await.unwrap(), []);
        world.pass(CLAIM.as_hours() + 1);
        let again = store.claim_notices("mail", 10).await.unwrap();
        assert_eq!((again[0].id, again[0].tries), (claimed[0].id, 2));
        store.notices_sent(&[again[0].id]).await.unwrap();
        world.pass(48);
        assert_eq!(store.claim_notices("mail", 10).await.unwrap(), []);

        let to_hook = store.claim_notices(WEBHOOK, 10).await.unwrap();
        assert_eq!(to_hook.len(), 2, "the opening and the dispatch");
        assert!(to_hook.iter().all(|notice| notice.whom == hook.to_string()));
        store.notices_sent(&[to_hook[1].id]).await.unwrap();
        let id = to_hook[0].id;
        for tries in 2..=MOST_TRIES {
            assert_eq!(store.notice_failed(id, "503").await.unwrap(), NoticeState::Waiting);
            assert_eq!(store.claim_notices(WEBHOOK, 10).await.unwrap(), [], "it waits before try {tries}");
            world.pass(7);
            assert_eq!(store.claim_notices(WEBHOOK, 10).await.unwrap()[0].tries, tries);
        }
        assert_eq!(store.notice_failed(id, "503").await.unwrap(), NoticeState::GivenUp);
        world.pass(24);
        assert_eq!(store.claim_notices(WEBHOOK, 10).await.unwrap(), []);
        assert_eq!(store.undelivered_notices(10).await.unwrap()[0].problem.as_deref(), Some("503"));
    });
}

#[test]
fn mail_that_bounces_is_switched_off_and_the_person_is_told_on_the_page() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let store = &world.store;
        let clerk = world.viewer("power").await;
        let setting =
            Setting { channels: [Channel::Mail].into(), mail: Some("gone@zone.example".into()), ..Setting::default() };
        store.choose_notice_setting(&clerk, &setting).await.unwrap();
        world.open("leader", "task", to(world.power)).await.unwrap();
        let mail = store.claim_notices("mail", 10).await.unwrap();
        store.notice_bounced(mail[0].id, "550 no such user").await.unwrap();
        assert!(store.notice_setting("power").await.unwrap().channels.is_empty());
        let page = store.notices_of(&clerk, true, None, 10).await.unwrap();
        assert_eq!(page[0].what, MAIL_BOUNCED);
        assert_eq!(store.unread_notices(&clerk).await.unwrap(), 2);
        store.read_notices(&clerk, Some(&[page[0].id])).await.unwrap();
        assert_eq!(store.unread_notices(&clerk).await.unwrap(), 1);
        store.read_notices(&world.viewer("roads").await, None).await.unwrap();
        assert_eq!(store.unread_notices(&clerk).await.unwrap(), 1, "nobody reads for another");
        store.read_notices(&clerk, None).await.unwrap();
        assert_eq!(store.unread_notices(&clerk).await.unwrap(), 0);
    });
}

#[test]
fn what_is_due_by_itself_is_opened_once_for_its_occasion() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let kind = loops::by_key("duty_report").unwrap();
        let given = Given {
            title: Some("3 月 2 日日报".into()),
            occasion: Some(format!("daily:{}:2026-03-02", world.power)),
            ..to(world.power)
        };
        let (one, other) = tokio::join!(
            world.store.open_case_when_due(kind, given.clone()),
            world.store.open_case_when_due(kind, given.clone())
        );
        let opened: Vec<_> = [one.unwrap(), other.unwrap()].into_iter().flatten().collect();
        assert_eq!(opened.len(), 1);
        assert_eq!((opened[0].opener.as_str(), opened[0].unit), (CLOCK, Some(world.power)));
        assert!(world.store.open_case_when_due(kind, Given { occasion: None, ..given }).await.is_err());
        assert_eq!(told(&world, "power").await, [format!("{YOUR_TURN} {}", opened[0].number)]);
    });
}
