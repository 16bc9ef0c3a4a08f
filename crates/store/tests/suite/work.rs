//! Files, jobs, drafts and saved views, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::common::{intruder, sql, zone_with};
use jiff::Timestamp;
use kernel::{Catalogue, Lang, SourceId, SubjectKind};
use serde_json::json;
use store::access::Role;
use store::draft::{DraftState, Fix};
use store::files::{LARGEST, Media};
use store::job::JobState;
use store::saved_view::ListOf;
use store::testing::on_both;
use store::{Clock, StoreError};
use uuid::Uuid;

#[test]
fn a_file_comes_back_byte_for_byte_and_is_kept_once() {
    on_both(Catalogue::default(), async |store| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("统计.xlsx");
        let bytes: Vec<u8> = (0..2_500_001_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let kept = store.keep_file(&path, Media::Xlsx, "C:\\上报\\统计.xlsx", LARGEST, "clerk").await.unwrap();
        assert_eq!((kept.size, kept.name.as_str(), kept.media), (2_500_001, "统计.xlsx", Media::Xlsx));
        assert_eq!(store.file_bytes(&kept.hash).await.unwrap(), bytes);
        let again = store.keep_bytes(&bytes, Media::Xlsx, "副本.xlsx", "other").await.unwrap();
        assert_eq!(again, kept);

        let raw = intruder(store.location()).await;
        sql(&raw, "UPDATE file_chunk SET bytes = (SELECT bytes FROM file_chunk WHERE no = 2) WHERE no = 1").await;
        assert!(matches!(store.file_bytes(&kept.hash).await, Err(StoreError::Corrupt(_))));
        assert!(matches!(store.file_bytes("ab").await, Err(StoreError::NotFound)));
    });
}

#[test]
fn an_empty_or_too_large_file_is_refused_in_words() {
    on_both(Catalogue::default(), async |store| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.csv");
        for (bytes, word) in [(0, "空的"), (3 << 20, "2 MB")] {
            std::fs::write(&path, vec![b'a'; bytes]).unwrap();
            let refused = store.keep_file(&path, Media::Csv, "a.csv", 2 << 20, "clerk").await.unwrap_err();
            assert!(refused.say(Lang::Zh).contains(word), "{refused}");
        }
        let missing = store.keep_file(&directory.path().join("b.csv"), Media::Csv, "b.csv", 1, "clerk").await;
        assert!(missing.unwrap_err().say(Lang::Zh).contains("b.csv"));
    });
}

#[test]
fn a_job_is_done_once_and_shows_how_far_it_is() {
    on_both(Catalogue::default(), async |store| {
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        let id = store.enqueue("import", &json!({"draft": 7}), "clerk").await.unwrap();
        assert_eq!(store.claim_job(&["export"], one).await.unwrap(), None);
        let job = store.claim_job(&["import"], one).await.unwrap().unwrap();
        assert_eq!((job.id, job.state, &job.input), (id, JobState::Running, &json!({"draft": 7})));
        assert_eq!(store.claim_job(&["import"], two).await.unwrap(), None);
        assert!(store.job_progress(id, one, 500, 1200, ("已检查 500 行", "500 rows checked")).await.unwrap());
        assert!(!store.job_progress(id, two, 1, 1, ("", "")).await.unwrap());
        assert!(!store.finish_job(id, two, &json!({})).await.unwrap());
        assert!(store.finish_job(id, one, &json!({"accepted": 1200})).await.unwrap());
        let job = store.job(id).await.unwrap().unwrap();
        assert_eq!((job.state, job.done, job.result), (JobState::Done, 500, Some(json!({"accepted": 1200}))));
        assert!(!store.stop_job(id, "admin").await.unwrap());
        assert_eq!(store.jobs(Some("clerk"), 10).await.unwrap().len(), 1);
    });
}

#[test]
fn ten_runners_share_thirty_jobs_and_none_is_done_twice() {
    on_both(Catalogue::default(), async |store| {
        for n in 0..30 {
            store.enqueue("import", &json!(n), "clerk").await.unwrap();
        }
        let runners = (0..10).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let runner = Uuid::now_v7();
                let mut mine = Vec::new();
                while let Some(job) = store.claim_job(&["import"], runner).await.unwrap() {
                    assert!(store.finish_job(job.id, runner, &json!(null)).await.unwrap());
                    mine.push(job.id);
                }
                mine
            })
        });
        let mut done = Vec::new();
        for runner in runners.collect::<Vec<_>>() {
            done.extend(runner.await.unwrap());
        }
        done.sort_unstable();
        done.dedup();
        assert_eq!(done.len(), 30);
    });
}

#[test]
fn a_job_whose_runner_died_is_taken_up_and_given_up_after_three() {
    on_both(Catalogue::default(), async |store| {
        let seconds = Arc::new(AtomicI64::new(1_790_000_000));
        let read = seconds.clone();
        let store =
            store.with_clock(Clock::from_fn(move || Timestamp::from_second(read.load(Ordering::Relaxed)).unwrap()));
        let id = store.enqueue("import", &json!(null), "clerk").await.unwrap();
        for attempt in 1..=3 {
            let runner = Uuid::now_v7();
            let job = store.claim_job(&["import"], runner).await.unwrap().unwrap();
            assert_eq!((job.id, job.attempts), (id, attempt));
            seconds.fetch_add(50, Ordering::Relaxed);
            assert!(store.job_progress(id, runner, attempt, 9, ("", "")).await.unwrap());
            assert_eq!(store.claim_job(&["import"], Uuid::now_v7()).await.unwrap(), None, "its runner lives");
            seconds.fetch_add(61, Ordering::Relaxed);
        }
        assert_eq!(store.claim_job(&["import"], Uuid::now_v7()).await.unwrap(), None);
        let job = store.job(id).await.unwrap().unwrap();
        assert_eq!(job.state, JobState::Failed);
        assert!(job.message_zh.contains("多次中断"), "{}", job.message_zh);
    });
}

#[test]
fn a_job_exists_exactly_when_what_asked_for_it_was_stored() {
    on_both(Catalogue::default(), async |store| {
        let refused: Result<(), _> = store
            .write(|tx| async move {
                tx.enqueue("import", &json!(null), "clerk").await?;
                Err(StoreError::Stale)
            })
            .await;
        assert!(matches!(refused, Err(StoreError::Stale)));
        assert!(store.jobs(None, 10).await.unwrap().is_empty());
    });
}

#[test]
fn a_draft_is_taken_up_where_it_was_left_and_not_overwritten() {
    on_both(Catalogue::default(), async |store| {
        assert!(store.begin_draft("00", "a.csv", "enterprise", "clerk").await.is_err());
        let file = store.keep_bytes(b"name\n", Media::Csv, "a.csv", "clerk").await.unwrap();
        let mut draft = store.begin_draft(&file.hash, "a.csv", "enterprise", "clerk").await.unwrap();
        draft.sheet = "Sheet1".to_owned();
        draft.columns = json!({"3": "operating_revenue@2025"});
        draft.fixes.insert((17, 3), Fix::Text("91410100MA9XYZ".to_owned()));
        draft.fixes.insert((18, 0), Fix::SkipRow);
        assert_eq!(store.save_draft(&draft).await.unwrap(), 2);
        assert!(matches!(store.save_draft(&draft).await, Err(StoreError::Stale)));
        let read = store.draft(draft.id).await.unwrap().unwrap();
        assert_eq!((&read.fixes, &read.columns, read.version), (&draft.fixes, &draft.columns, 2));
        assert_eq!(store.open_drafts("clerk").await.unwrap().len(), 1);
        assert!(store.open_drafts("another").await.unwrap().is_empty());

        let source = SourceId(Uuid::now_v7());
        let id = draft.id;
        store.write(|tx| async move { tx.draft_loaded(id, source).await }).await.unwrap();
        let twice = store.write(|tx| async move { tx.draft_loaded(id, source).await }).await;
        assert!(matches!(twice, Err(StoreError::Stale)));
        let loaded = store.draft(id).await.unwrap().unwrap();
        assert_eq!((loaded.state, loaded.source), (DraftState::Loaded, Some(source)));
        assert!(store.open_drafts("clerk").await.unwrap().is_empty());
    });
}

#[test]
fn a_saved_view_is_ones_own_unless_an_analyst_shares_it() {
    on_both(Catalogue::default(), async |store| {
        let (_, _, analyst) = zone_with(&store, "analyst", Role::Analyst).await;
        let (_, _, clerk) = zone_with(&store, "clerk", Role::Clerk).await;
        let kind = SubjectKind::Enterprise;
        store.save_view(&clerk, kind, "我的", "region=410100", false).await.unwrap();
        let forbidden = store.save_view(&clerk, kind, "大家的", "", true).await;
        assert!(matches!(forbidden, Err(StoreError::Forbidden)));
        let shared = store.save_view(&analyst, kind, "规上", "level=large", true).await.unwrap();
        store.save_view(&clerk, kind, "我的", "region=410200", false).await.unwrap();

        let seen = store.saved_views(&clerk, kind).await.unwrap();
        let seen: Vec<_> = seen.iter().map(|view| (view.name.as_str(), view.query.as_str())).collect();
        assert_eq!(seen, [("我的", "region=410200"), ("规上", "level=large")]);
        assert_eq!(store.saved_views(&analyst, kind).await.unwrap().len(), 1);
        assert!(store.saved_views(&clerk, SubjectKind::Platform).await.unwrap().is_empty());
        assert!(store.delete_view(&clerk, shared).await.is_err());
        store.delete_view(&analyst, shared).await.unwrap();
        let long = store.save_view(&clerk, kind, "长", &"x".repeat(5000), false).await.unwrap_err();
        assert!(long.say(Lang::Zh).contains("4000"));
    });
}

#[test]
fn views_of_one_list_show_on_no_other_and_to_nobody_who_may_not_read_it() {
    on_both(Catalogue::default(), async |store| {
        let (_, _, system) = zone_with(&store, "system", Role::SystemAdmin).await;
        let (_, _, clerk) = zone_with(&store, "clerk", Role::Clerk).await;
        let (_, _, analyst) = zone_with(&store, "analyst", Role::Analyst).await;
        let of = |key: &str| ListOf::Cases(Some(loops::by_key(key).unwrap()));
        let lists = [of("matter"), of("visit"), ListOf::Cases(None), ListOf::Subjects(SubjectKind::Enterprise)];
        for list in lists {
            let (kept, read) =
                (store.save_view(&system, list, "偷看", "", false).await, store.saved_views(&system, list).await);
            assert!(matches!(kept, Err(StoreError::Forbidden)) && matches!(read, Err(StoreError::Forbidden)));
            let shared = store.save_view(&clerk, list, "大家的", "", true).await;
            assert!(matches!(shared, Err(StoreError::Forbidden)));
        }
        for (list, query) in lists.into_iter().zip(["which=overdue", "mine=1", "which=all", "level=large"]) {
            store.save_view(&clerk, list, "我的", query, false).await.unwrap();
            store.save_view(&analyst, list, "共享", query, true).await.unwrap();
        }
        for (list, query) in lists.into_iter().zip(["which=overdue", "mine=1", "which=all", "level=large"]) {
            let seen = store.saved_views(&clerk, list).await.unwrap();
            let seen: Vec<_> = seen.iter().map(|view| (view.of, view.name.as_str(), view.query.as_str())).collect();
            assert_eq!(seen, [(list, "我的", query), (list, "共享", query)]);
            assert_eq!(store.saved_views(&analyst, list).await.unwrap().len(), 1, "{list:?}");
        }
        assert!(store.saved_views(&clerk, of("task")).await.unwrap().is_empty());
    });
}
