//! Opening, making and refusing databases.

use std::sync::Arc;

use kernel::{Catalogue, Lang};
use store::testing::{databases, on_both, run};
use store::{Event, Location, Store, StoreError};

#[test]
fn a_missing_file_is_refused_rather_than_made() {
    run(async {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("none.db");
        let error = Store::open(&Location::Sqlite(path.clone()), Arc::default()).await.unwrap_err();
        assert!(error.say(Lang::Zh).contains("没有找到数据库文件"), "{error}");
        assert!(!path.exists());
    });
}

#[test]
fn an_empty_database_is_an_older_one_until_it_is_migrated() {
    run(async {
        for database in databases().await {
            if database.backend == "postgres" {
                let error = Store::open(&database.location, Arc::default()).await.unwrap_err();
                assert!(matches!(error, StoreError::OlderSchema { found: 0, .. }), "{error}");
            }
            let made = Store::open_or_create(&database.location, Arc::new(Catalogue::default())).await.unwrap();
            assert_eq!(made.zone().await.unwrap().id, "z");
            Store::open(&database.location, Arc::default()).await.unwrap();
            Store::migrate(&database.location, Arc::default()).await.unwrap();
        }
    });
}

#[test]
fn a_failed_act_stores_nothing() {
    on_both(Catalogue::default(), |store| async move {
        let outcome: Result<(), StoreError> = store
            .write(|tx| async move {
                tx.append_event(Event::new("test.done", "li")).await?;
                Err(StoreError::NotFound)
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::NotFound)));
        store.name_zone("高新区", "Zone", true, "li").await.unwrap();
        let seq = store.write(|tx| async move { tx.append_event(Event::new("test.done", "li")).await }).await.unwrap();
        assert_eq!(seq, 2, "the naming is the first event, the failed one left no gap");
        assert_eq!(store.zone().await.unwrap().name_zh, "高新区");
    });
}

#[test]
fn acts_of_many_at_once_are_all_stored_in_one_chain() {
    on_both(Catalogue::default(), |store| async move {
        let acts = (0..20).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                store.write(|tx| async move { tx.append_event(Event::new("test.done", "li")).await }).await
            })
        });
        let mut seqs = Vec::new();
        for act in acts.collect::<Vec<_>>() {
            seqs.push(act.await.unwrap().unwrap());
        }
        seqs.sort_unstable();
        assert_eq!(seqs, (1..=20).collect::<Vec<i64>>());
    });
}
