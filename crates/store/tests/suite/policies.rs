//! The zone's own policies: choices, drafts that two people write in, texts that are published by a second
//! person, and the exact texts that verdicts used.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use kernel::{Lang, SubjectKind};
use store::StoreError;
use store::access::Scope;
use store::policies::{KeptText, NewPublication, PLACE};
use store::testing::on_both;
use store::verdict::Verdict;

use crate::zone::{catalogue, enterprises, find, keep};

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

fn wanted(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn what_is_chosen_is_kept_with_who_chose_it_and_only_a_change_is_an_act() {
    on_both(catalogue(), |store| async move {
        let choose = wanted(&[(PLACE, "河南郑州"), ("startup-subsidy.补贴标准", "8000元")]);
        assert_eq!(store.choose_for_policies(&choose, "leader").await.unwrap(), 2);
        assert_eq!(store.choose_for_policies(&choose, "other").await.unwrap(), 0);
        let back = wanted(&[(PLACE, "河南郑州"), ("startup-subsidy.补贴标准", "")]);
        assert_eq!(store.choose_for_policies(&back, "other").await.unwrap(), 1);
        let chosen = store.policy_choices().await.unwrap();
        let chosen: Vec<_> = chosen.iter().map(|(key, it)| (key.as_str(), it.value.as_str(), it.by.as_str())).collect();
        assert_eq!(chosen, [(PLACE, "河南郑州", "leader")]);
        let log = store.log(&store::audit::LogFilter::default(), None, 50).await.unwrap();
        let acts = log.iter().filter(|entry| entry.kind == "policy.chosen").count();
        assert_eq!(acts, 2, "a choice that changes nothing is no act");
    });
}

#[test]
fn two_who_write_in_one_draft_are_told_of_each_other() {
    on_both(catalogue(), |store| async move {
        let draft = store.begin_policy_draft("p@2026-01-01", "甲", "政策 p 甲", "analyst").await.unwrap();
        let mut mine = draft.clone();
        mine.source = "政策 p 乙".into();
        assert_eq!(store.save_policy_draft(&mine, "second").await.unwrap(), 2);
        assert!(matches!(store.save_policy_draft(&mine, "analyst").await, Err(StoreError::Stale)));
        let now = store.policy_draft(draft.id).await.unwrap().unwrap();
        assert_eq!((now.source.as_str(), now.updated_by.as_str(), now.version), ("政策 p 乙", "second", 2));
        assert_eq!(now.hands, ["analyst", "second"]);
        assert!(matches!(store.drop_policy_draft(&draft, "analyst").await, Err(StoreError::Stale)));
        store.drop_policy_draft(&now, "analyst").await.unwrap();
        assert!(store.policy_drafts().await.unwrap().is_empty());
        assert!(matches!(store.save_policy_draft(&now, "analyst").await, Err(StoreError::Stale)));
    });
}

#[test]
fn a_draft_is_published_by_somebody_who_did_not_write_in_it_and_withdrawn_only_before_its_first_day() {
    on_both(catalogue(), |store| async move {
        let draft = store.begin_policy_draft("", "甲", "政策 p 甲", "analyst").await.unwrap();
        let new =
            NewPublication { policy: "p", version: "p@2027-01-01", from: date(2027, 1, 1), source: &draft.source };
        let own = store.publish_policy(&draft, &new, "analyst").await.unwrap_err();
        assert!(own.say(Lang::En).contains("somebody else"), "{own}");
        store.publish_policy(&draft, &new, "leader").await.unwrap();
        assert!(matches!(store.publish_policy(&draft, &new, "leader").await, Err(StoreError::Stale)));
        let late = store.withdraw_policy(draft.id, date(2027, 1, 1), "错", "leader").await.unwrap_err();
        assert!(late.say(Lang::Zh).contains("自 2027-01-01 起施行"), "{late}");
        store.withdraw_policy(draft.id, date(2026, 12, 31), "错", "leader").await.unwrap();
        assert!(store.withdraw_policy(draft.id, date(2026, 12, 31), "错", "leader").await.is_err());
        let known = store.published_policies().await.unwrap().remove(0);
        assert_eq!((known.drafted_by.as_str(), known.published_by.as_str()), ("analyst", "leader"));
        assert_eq!((known.withdrawn_at.is_some(), known.withdrawn_by.as_str()), (true, "leader"));
    });
}

#[test]
fn the_text_that_a_verdict_used_is_found_by_its_moment() {
    on_both(catalogue(), |store| async move {
        let text = |hash: &str, source: &str| KeptText {
            version: "p@2026-01-01".into(),
            hash: hash.into(),
            source: source.into(),
            own: source.len(),
            settings: "{}".into(),
        };
        store.use_policy_texts(&[text("a", "一")], moment(10)).await.unwrap();
        store.use_policy_texts(&[text("a", "一")], moment(20)).await.unwrap();
        store.use_policy_texts(&[text("b", "二")], moment(30)).await.unwrap();
        store.use_policy_texts(&[text("a", "一")], moment(40)).await.unwrap();
        for (second, expected) in [(9, None), (10, Some("一")), (29, Some("一")), (30, Some("二")), (40, Some("一"))]
        {
            let found = store.policy_text_used("p@2026-01-01", moment(second)).await.unwrap();
            assert_eq!(found.map(|text| text.source).as_deref(), expected, "{second}");
        }
        assert_eq!(store.policy_text_used("q@2026-01-01", moment(50)).await.unwrap(), None);
    });
}

#[test]
fn stands_are_counted_within_scope() {
    on_both(catalogue(), |store| async move {
        let codes = ["91410100MA00000001", "91410100MA00000002", "91410100MA00000003"];
        let mut verdicts = Vec::new();
        for (code, answer, failed) in [(codes[0], "meets", ""), (codes[1], "fails", "A"), (codes[2], "fails", "A")] {
            enterprises(&store, "统计办", &[&[("uscc", code), ("name", code)]]).await;
            verdicts.push(Verdict {
                subject: find(&store, SubjectKind::Enterprise, code).await,
                policy: "p".into(),
                version: "p@2026-01-01".into(),
                on: date(2026, 6, 1),
                known_at: moment(1),
                answer: answer.into(),
                failed: failed.into(),
                record: "{}".into(),
            });
        }
        let ids: Vec<_> = verdicts.iter().map(|verdict| verdict.subject).collect();
        keep(&store, &ids, &verdicts).await;
        let mut all = store.policy_stands(&Scope::Zone).await.unwrap();
        all.sort_by(|a, b| a.answer.cmp(&b.answer));
        let counted: Vec<_> = all.iter().map(|it| (it.answer.as_str(), it.failed.as_str(), it.enterprises)).collect();
        assert_eq!(counted, [("fails", "A", 2), ("meets", "", 1)]);
        let own = Scope::Subject(ids[0]);
        assert_eq!(store.policy_stands(&own).await.unwrap().len(), 1);
        assert!(store.policy_stands(&Scope::Nothing).await.unwrap().is_empty());
        assert_eq!(store.enterprises_that("p", "meets", &Scope::Zone).await.unwrap(), [ids[0]]);
        assert!(store.enterprises_that("p", "fails", &own).await.unwrap().is_empty());
        let within = store.enterprises_within(&own, None, 10).await.unwrap();
        assert_eq!(within.iter().map(|known| known.id).collect::<Vec<_>>(), [ids[0]]);
    });
}
