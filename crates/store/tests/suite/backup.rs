//! Backup and restore, within and across both databases.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use crate::common::{intruder, texts, zone_with};
use kernel::{Catalogue, Lang, SubjectKind};
use store::access::{Reach, Role};
use store::files::Media;
use store::testing::{databases, on_both, run};
use store::{Location, Store};

/// A zone with something in every kind of column: ids, moments, bytes, words, yes and no, nothing.
async fn furnish(store: &Store) -> String {
    let (_, _, viewer) = zone_with(store, "analyst", Role::Analyst).await;
    store.name_zone("先手“高新区”\\\n", "Zone \u{1F600}", true, "analyst").await.unwrap();
    store.create_token(&viewer, "脚本", Reach::Read, 30).await.unwrap();
    store.save_view(&viewer, SubjectKind::Enterprise, "规上", "level=large&q=%E5%85%88", true).await.unwrap();
    store.enqueue("export", &serde_json::json!({"kind": "enterprise"}), "analyst").await.unwrap();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let file = store.keep_bytes(&bytes, Media::Csv, "a.csv", "analyst").await.unwrap();
    store.begin_draft(&file.hash, "a.csv", "enterprise", "analyst").await.unwrap();
    file.hash
}

/// The contents of a backup without its first line, which names the moment it was made.
fn contents(path: &Path) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let body = text.split_once('\n').unwrap().1;
    body.rsplit_once("{\"seal\"").unwrap().0.to_owned()
}

#[test]
fn a_zone_goes_from_one_database_to_the_other_and_back_unchanged() {
    run(async {
        let catalogue = Arc::new(Catalogue::default());
        let directory = tempfile::tempdir().unwrap();
        let mut chain = databases().await;
        chain.extend(databases().await.into_iter().take(1));
        let mut stores = Vec::new();
        for database in &chain {
            stores.push(Store::migrate(&database.location, catalogue.clone()).await.unwrap());
        }
        let hash = furnish(&stores[0]).await;
        let mut before: Option<String> = None;
        for (at, store) in stores.iter().enumerate() {
            let path = directory.path().join(format!("{at}.backup"));
            if at > 0 {
                store.restore(&directory.path().join(format!("{}.backup", at - 1))).await.unwrap();
            }
            let manifest = store.backup(&path).await.unwrap();
            assert_eq!(manifest.seal.rows["account"], 1);
            assert_eq!(manifest.seal.rows["file_chunk"], 3);
            assert!(!manifest.seal.rows.contains_key("session"));
            let now = contents(&path);
            if let Some(before) = &before {
                assert!(before == &now, "{} differs from the one before", chain[at].backend);
            }
            before = Some(now);
            assert!(store.verify().await.unwrap().is_ok());
            assert_eq!(store.file_bytes(&hash).await.unwrap().len(), 3_000_000);
            assert_eq!(store.zone().await.unwrap().name_en, "Zone \u{1F600}");
            // The chain goes on where it stopped.
            assert_eq!(store.account_by_name("analyst").await.unwrap().unwrap().display_name, "李四");
        }
        let last = stores.last().unwrap();
        zone_with(last, "second", Role::Clerk).await;
        assert!(last.verify().await.unwrap().is_ok());
    });
}

#[test]
fn a_backup_made_while_others_write_is_of_one_moment() {
    on_both(Catalogue::default(), async |store| {
        zone_with(&store, "first", Role::Analyst).await;
        let directory = tempfile::tempdir().unwrap();
        let writer = {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0..40 {
                    zone_with(&store, &format!("person{n}"), Role::Clerk).await;
                }
            })
        };
        let mut backups = Vec::new();
        for n in 0..4 {
            let path = directory.path().join(format!("{n}.backup"));
            let manifest = store.backup(&path).await.unwrap();
            // Every account has one grant, written in a transaction of its own just after it.
            let (accounts, grants) = (manifest.seal.rows["account"], manifest.seal.rows["role_grant"]);
            assert!(accounts == grants || accounts == grants + 1, "{accounts} {grants}");
            assert_eq!(manifest.seal.rows["event"], manifest.heading.chains["event"].seq.unsigned_abs());
            backups.push(path);
        }
        writer.await.unwrap();
        let empty = store::testing::TestDatabase::sqlite();
        let restored = Store::migrate(&empty.location, Arc::new(Catalogue::default())).await.unwrap();
        restored.restore(&backups[3]).await.unwrap();
        assert!(restored.verify().await.unwrap().is_ok());
    });
}

fn rewrite(from: &Path, to: &Path, change: impl Fn(String) -> String) {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(from).unwrap()).read_to_string(&mut text).unwrap();
    let mut out = flate2::write::GzEncoder::new(std::fs::File::create(to).unwrap(), flate2::Compression::fast());
    out.write_all(change(text).as_bytes()).unwrap();
    out.finish().unwrap();
}

/// Seals changed contents anew, as somebody would who knows the form of the file.
fn sealed(text: String) -> String {
    use sha2::Digest;
    let (body, seal) = text.rsplit_once("{\"seal\"").unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&format!("{{\"seal\"{seal}")).unwrap();
    json["seal"]["sha256"] = hex::encode(sha2::Sha256::digest(body.as_bytes())).into();
    format!("{body}{json}\n")
}

/// What is wrong with a file, a word of the refusal, and how to make it so.
type Case<'a> = (&'a str, &'a str, Box<dyn Fn() + 'a>);

#[test]
fn a_truncated_altered_or_alien_file_is_refused_and_leaves_nothing() {
    on_both(Catalogue::default(), async |store| {
        zone_with(&store, "analyst", Role::Analyst).await;
        let directory = tempfile::tempdir().unwrap();
        let (good, bad) = (directory.path().join("good"), directory.path().join("bad"));
        store.backup(&good).await.unwrap();
        let bytes = std::fs::read(&good).unwrap();
        let write = |bytes: &[u8]| std::fs::write(&bad, bytes).unwrap();
        let cases: Vec<Case<'_>> = vec![
            ("cut in the middle", "", Box::new(|| write(&bytes[..bytes.len() / 2]))),
            (
                "without its seal",
                "没有封签",
                Box::new(|| {
                    rewrite(&good, &bad, |text| text.rsplit_once("{\"seal\"").unwrap().0.to_owned());
                }),
            ),
            (
                "a bit flipped",
                "",
                Box::new(|| {
                    let mut flipped = bytes.clone();
                    let at = flipped.len() / 2;
                    flipped[at] ^= 4;
                    write(&flipped);
                }),
            ),
            ("a word changed", "封签", Box::new(|| rewrite(&good, &bad, |text| text.replacen("李四", "王五", 1)))),
            (
                "a row taken and sealed anew",
                "行",
                Box::new(|| {
                    rewrite(&good, &bad, |text| {
                        let grant =
                            text.lines().find(|line| line.contains("\"analyst\"") && line.starts_with('[')).unwrap();
                        sealed(text.replacen(&format!("{grant}\n"), "", 1))
                    });
                }),
            ),
            (
                "the log changed and sealed anew",
                "日志第",
                Box::new(|| {
                    rewrite(&good, &bad, |text| sealed(text.replace("role.granted", "role.revoked")));
                }),
            ),
            ("another program's file", "不是先手", Box::new(|| write(b"PK\x03\x04 something else"))),
            (
                "another version's file",
                "第 9 版",
                Box::new(|| {
                    rewrite(&good, &bad, |text| text.replacen("\"version\":1", "\"version\":9", 1));
                }),
            ),
            (
                "other tables",
                "第 99 版",
                Box::new(|| {
                    let schema = format!("\"schema\":{}", texts_of_schema(&good));
                    rewrite(&good, &bad, |text| text.replacen(&schema, "\"schema\":99", 1));
                }),
            ),
        ];
        let empty = store::testing::databases().await.into_iter().find(|d| same_kind(&d.location, store.location()));
        let empty = empty.unwrap();
        let target = Store::migrate(&empty.location, Arc::new(Catalogue::default())).await.unwrap();
        for (what, word, make) in &cases {
            make();
            let refused = target.restore(&bad).await.expect_err(what);
            let said = refused.say(Lang::Zh);
            assert!(said.contains(word) && said.contains('。'), "{what}: {said}");
            assert!(target.account_by_name("analyst").await.unwrap().is_none(), "{what}");
        }
        target.restore(&good).await.unwrap();
        assert!(target.account_by_name("analyst").await.unwrap().is_some());
        let twice = target.restore(&good).await.unwrap_err();
        assert!(twice.say(Lang::Zh).contains("空数据库"), "{twice}");
        let over = store.backup(&good).await.unwrap_err();
        assert!(over.say(Lang::En).contains("never overwrites"), "{over}");
    });
}

fn texts_of_schema(path: &Path) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let heading: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    heading["schema"].to_string()
}

fn same_kind(one: &Location, other: &Location) -> bool {
    matches!((one, other), (Location::Sqlite(_), Location::Sqlite(_)) | (Location::Postgres(_), Location::Postgres(_)))
}

#[test]
fn no_table_of_a_zone_is_left_out_of_a_backup() {
    on_both(Catalogue::default(), async |store| {
        let directory = tempfile::tempdir().unwrap();
        let manifest = store.backup(&directory.path().join("b")).await.unwrap();
        let raw = intruder(store.location()).await;
        let list = match store.location() {
            Location::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            Location::Postgres(_) => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        };
        for table in texts(&raw, list).await {
            let left_out = ["session", "sign_in_failure", "seaql_migrations"].contains(&table.as_str());
            assert_eq!(manifest.seal.rows.contains_key(&table), !left_out, "{table}");
        }
    });
}

#[test]
fn a_backup_that_cannot_be_written_leaves_no_file() {
    on_both(Catalogue::default(), async |store| {
        let directory = tempfile::tempdir().unwrap();
        let nowhere = directory.path().join("missing").join("b");
        assert!(store.backup(&nowhere).await.unwrap_err().say(Lang::Zh).contains("missing"));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    });
}
