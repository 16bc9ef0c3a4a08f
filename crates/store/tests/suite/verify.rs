//! Every alteration behind the program's back is found and named, on both databases.

use crate::common::{blob, intruder, sql, texts, zone_with};
use kernel::{Catalogue, Lang};
use sea_orm::DatabaseConnection;
use store::Store;
use store::access::Role;
use store::testing::on_both;
use store::verify::{Ledger, Wrong};

use crate::zone::{catalogue, enterprises, find};

/// Seven events or more, and a copy of the tables to go back to.
async fn furnished(store: &Store, tables: &[&str]) -> DatabaseConnection {
    zone_with(store, "analyst", Role::Analyst).await;
    zone_with(store, "clerk", Role::Clerk).await;
    let raw = intruder(store.location()).await;
    for table in tables {
        sql(&raw, &format!("CREATE TABLE copy_of_{table} AS SELECT * FROM {table}")).await;
    }
    assert!(store.verify().await.unwrap().is_ok());
    raw
}

async fn put_back(raw: &DatabaseConnection, tables: &[&str]) {
    for table in tables {
        sql(raw, &format!("DELETE FROM {table}")).await;
        sql(raw, &format!("INSERT INTO {table} SELECT * FROM copy_of_{table}")).await;
    }
}

/// Alters, verifies, puts back: what was found, as `ledger row wrong`.
async fn found(
    store: &Store,
    raw: &DatabaseConnection,
    tables: &[&str],
    change: &[&str],
) -> Option<(Ledger, String, Wrong)> {
    for change in change {
        assert!(sql(raw, change).await > 0, "{change} changed nothing");
    }
    let report = store.verify().await.unwrap();
    put_back(raw, tables).await;
    if let Some(flaw) = &report.first {
        for lang in [Lang::Zh, Lang::En] {
            assert!(flaw.say(lang).contains(&flaw.row), "{}", flaw.say(lang));
        }
    }
    report.first.map(|flaw| (flaw.ledger, flaw.row, flaw.wrong))
}

const EVENTS: &[&str] = &["event", "chain"];

#[test]
fn an_altered_column_of_an_event_is_found_at_its_row() {
    on_both(Catalogue::default(), async |store| {
        let raw = furnished(&store, EVENTS).await;
        let id = match raw.get_database_backend() {
            sea_orm::DbBackend::Postgres => "'00000000-0000-0000-0000-000000000001'".to_owned(),
            _ => blob(&raw, "00000000000000000000000000000001"),
        };
        let bytes = blob(&raw, &"ab".repeat(32));
        let cases = [
            ("kind", "'role.revoked'".to_owned(), Wrong::Columns),
            ("subject", id, Wrong::Columns),
            ("reference", "'account:0'".to_owned(), Wrong::Columns),
            ("reference", "''".to_owned(), Wrong::Columns),
            ("reference", "NULL".to_owned(), Wrong::Columns),
            ("at", "at + 1".to_owned(), Wrong::Columns),
            ("by", "'somebody'".to_owned(), Wrong::Columns),
            ("salt", bytes.clone(), Wrong::Values),
            ("salt", "NULL".to_owned(), Wrong::Erasure),
            ("data", "'{}'".to_owned(), Wrong::Values),
            ("data", "NULL".to_owned(), Wrong::Erasure),
            ("values_hash", bytes.clone(), Wrong::ValuesHash),
            ("values_hash", blob(&raw, "ab"), Wrong::ValuesHash),
            ("hash", bytes, Wrong::Hash),
            ("hash", blob(&raw, "ab"), Wrong::Hash),
        ];
        for (column, value, wrong) in cases {
            for row in [1, 3, 5] {
                let change = format!("UPDATE event SET \"{column}\" = {value} WHERE seq = {row}");
                let found = found(&store, &raw, EVENTS, &[&change]).await;
                assert_eq!(found, Some((Ledger::Event, row.to_string(), wrong.clone())), "{change}");
            }
        }
        assert!(store.verify().await.unwrap().is_ok());
    });
}

#[test]
fn a_row_that_is_deleted_cut_off_swapped_added_or_hashed_anew_is_found() {
    on_both(Catalogue::default(), async |store| {
        let raw = furnished(&store, EVENTS).await;
        let last: i64 = texts(&raw, "SELECT CAST(max(seq) AS text) FROM event").await[0].parse().unwrap();
        assert!(last >= 5, "{last}");
        let at = |row: i64, wrong: Wrong| Some((Ledger::Event, row.to_string(), wrong));
        let check = async |what: &str, change: &[&str], expected| {
            assert_eq!(found(&store, &raw, EVENTS, change).await, expected, "{what}");
        };
        check("deleted", &["DELETE FROM event WHERE seq = 3"], at(3, Wrong::Missing { found: 4 })).await;
        let cut = format!("DELETE FROM event WHERE seq > {}", last - 2);
        check("tail cut off", &[&cut], at(last - 2, Wrong::CutOff { end: last })).await;
        check("all deleted", &["DELETE FROM event"], at(0, Wrong::CutOff { end: last })).await;
        let swap = [
            "UPDATE event SET seq = -3 WHERE seq = 3",
            "UPDATE event SET seq = 3 WHERE seq = 4",
            "UPDATE event SET seq = 4 WHERE seq = -3",
        ];
        check("swapped", &swap, at(3, Wrong::Columns)).await;
        check("first number changed", &["UPDATE event SET seq = 0 WHERE seq = 1"], at(1, Wrong::Missing { found: 0 }))
            .await;
        let end = format!("UPDATE chain SET seq = {} WHERE name = 'event'", last - 1);
        check("end moved back", &[&end], at(last, Wrong::BehindEnd { end: last - 1 })).await;
        check("end deleted", &["DELETE FROM chain WHERE name = 'event'"], at(last, Wrong::End)).await;
        let hash = format!("UPDATE chain SET hash = {} WHERE name = 'event'", blob(&raw, &"cd".repeat(32)));
        check("end's hash altered", &[&hash], at(last, Wrong::End)).await;

        // One row is altered and hashed anew as if by this program: the row behind it tells.
        let anew = async |row: i64| {
            let previous =
                texts(&raw, &format!("SELECT {} FROM event WHERE seq = {}", hex_of(&raw, "hash"), row - 1)).await;
            rehash(&raw, row, &previous[0]).await
        };
        let change = anew(4).await;
        check("hashed anew", &[&change], at(5, Wrong::Columns)).await;
        for (change, expected) in [
            (change.as_str(), &["4", "5"][..]),
            ("UPDATE event SET \"by\" = 'somebody' WHERE seq = 5", &["4", "5"]),
            ("UPDATE event SET \"by\" = 'somebody' WHERE seq = 1", &["1"]),
            ("UPDATE event SET reference = '' WHERE seq = 5", &["5"]),
            ("UPDATE event SET data = '{}' WHERE seq = 5", &["5"]),
        ] {
            assert!(sql(&raw, change).await > 0, "{change}");
            let flaw = store.verify().await.unwrap().first.unwrap();
            put_back(&raw, EVENTS).await;
            assert_eq!(flaw.rows(), expected, "{change}: {}", flaw.say(Lang::En));
            let said = flaw.say(Lang::Zh);
            assert!(expected.iter().all(|row| said.contains(&format!("第 {row} 行"))), "{said}");
        }
        let change = anew(last).await;
        check("the last hashed anew", &[&change], at(last, Wrong::End)).await;
    });
}

fn hex_of(raw: &DatabaseConnection, column: &str) -> String {
    match raw.get_database_backend() {
        sea_orm::DbBackend::Postgres => format!("encode({column}, 'hex')"),
        _ => format!("hex({column})"),
    }
}

/// The SQL that changes who did an event and gives it a hash that fits the row before it.
async fn rehash(raw: &DatabaseConnection, row: i64, previous: &str) -> String {
    let one =
        async |column: &str| texts(raw, &format!("SELECT {column} FROM event WHERE seq = {row}")).await[0].clone();
    let previous: [u8; 32] = hex::decode(previous).unwrap().try_into().unwrap();
    let values: [u8; 32] = hex::decode(one(&hex_of(raw, "values_hash")).await).unwrap().try_into().unwrap();
    let (kind, reference) = (one("kind").await, one("coalesce(reference, '')").await);
    let at: i64 = one("CAST(at AS text)").await.parse().unwrap();
    let columns: [&[u8]; 5] = [kind.as_bytes(), b"", reference.as_bytes(), &at.to_be_bytes(), b"nobody"];
    let hash = kernel::chain::row_hash(&previous, row, &columns, &values);
    format!("UPDATE event SET \"by\" = 'nobody', hash = {} WHERE seq = {row}", blob(raw, &hex::encode(hash)))
}

const SAID: &[&str] = &["statement", "chain", "source", "subject", "subject_view", "identifier", "conflict"];

/// A zone with two sources that disagree, and some personal data.
async fn said(store: &Store) -> DatabaseConnection {
    let alpha = ("uscc", "91410100MA3X4T1N6R");
    let contact = kernel::Catalogue::builtin()
        .fields_of(kernel::SubjectKind::Enterprise)
        .find(|field| {
            field.personal && field.kind == kernel::FieldType::Text && field.period == kernel::PeriodKind::None
        })
        .map(|field| field.key.clone())
        .unwrap();
    let given = [alpha, ("name", "甲公司"), ("rd_expense@2025", "100"), (contact.as_str(), "张三")];
    enterprises(store, "统计办", &[&given, &[("uscc", "91410100MA44A1KQ8M"), ("name", "乙公司")]]).await;
    enterprises(store, "税务局", &[&[alpha, ("rd_expense@2025", "300")]]).await;
    furnished(store, SAID).await
}

#[test]
fn an_altered_column_of_a_statement_is_found_at_its_row() {
    on_both(catalogue(), async |store| {
        let raw = said(&store).await;
        let id = match raw.get_database_backend() {
            sea_orm::DbBackend::Postgres => "'00000000-0000-0000-0000-000000000001'".to_owned(),
            _ => blob(&raw, "00000000000000000000000000000001"),
        };
        let bytes = blob(&raw, &"ab".repeat(32));
        let cases = [
            ("subject", id.clone(), Wrong::Columns),
            ("source", id, Wrong::Columns),
            ("place", "'表1!9'".to_owned(), Wrong::Columns),
            ("said_at", "said_at - 1".to_owned(), Wrong::Columns),
            ("said_by", "'somebody'".to_owned(), Wrong::Columns),
            ("reason", "'because'".to_owned(), Wrong::Columns),
            ("reason", "''".to_owned(), Wrong::Columns),
            ("salt", bytes.clone(), Wrong::Values),
            ("facts", "'{\"rd_expense@2025\":1}'".to_owned(), Wrong::Values),
            ("facts", "NULL".to_owned(), Wrong::Erasure),
            ("values_hash", bytes.clone(), Wrong::ValuesHash),
            ("personal_salt", bytes.clone(), Wrong::Values),
            ("personal", "'{}'".to_owned(), Wrong::Values),
            ("personal", "NULL".to_owned(), Wrong::Erasure),
            ("personal_hash", bytes.clone(), Wrong::Values),
            ("hash", bytes, Wrong::Hash),
            ("erased_at", "1".to_owned(), Wrong::Erasure),
        ];
        for (column, value, wrong) in cases {
            let change = format!("UPDATE statement SET {column} = {value} WHERE seq = 1");
            let found = found(&store, &raw, SAID, &[&change]).await;
            assert_eq!(found, Some((Ledger::Statement, "1".to_owned(), wrong)), "{change}");
        }
        let gone = found(&store, &raw, SAID, &["DELETE FROM statement WHERE seq = 2"]).await;
        assert_eq!(gone, Some((Ledger::Statement, "2".to_owned(), Wrong::Missing { found: 3 })));
        let cut = found(&store, &raw, SAID, &["DELETE FROM statement WHERE seq = 3"]).await;
        assert_eq!(cut, Some((Ledger::Statement, "2".to_owned(), Wrong::CutOff { end: 3 })));
        let erased = "UPDATE statement SET salt = NULL, facts = NULL, personal_salt = NULL, personal = NULL, erased_at = 1 WHERE seq = 1";
        let erased = found(&store, &raw, SAID, &[erased]).await.unwrap();
        assert_eq!(erased.0, Ledger::Subject, "the chain holds, and the view still shows what was erased");
    });
}

#[test]
fn an_altered_view_or_undoing_is_found_at_its_subject_or_source() {
    on_both(catalogue(), async |store| {
        let raw = said(&store).await;
        let alpha = find(&store, kernel::SubjectKind::Enterprise, "91410100MA3X4T1N6R").await.to_string();
        let words =
            ["name", "name_key", "search_text", "code", "industry", "region", "level", "category", "registered_on"];
        let numbers = ["figures_year", "revenue", "rd_expense", "employees", "conflicts_open", "changed_at"];
        let mut cases: Vec<(String, Wrong)> = Vec::new();
        for column in words {
            let change = format!("UPDATE subject SET {column} = {column} || 'x' WHERE name = '甲公司'");
            cases.push((change, Wrong::Derived { column }));
        }
        for column in numbers {
            let change = format!("UPDATE subject SET {column} = {column} + 1 WHERE name = '甲公司'");
            cases.push((change, Wrong::Derived { column }));
        }
        let view = "WHERE subject = (SELECT id FROM subject WHERE name = '甲公司')";
        for column in ["facts", "personal"] {
            let change = format!("UPDATE subject_view SET {column} = replace({column}, '{{', '{{ ') {view}");
            cases.push((change, Wrong::Derived { column }));
        }
        for table in ["subject_view", "identifier", "conflict"] {
            cases.push((format!("DELETE FROM {table} {view}"), Wrong::Extra { table }));
        }
        for (change, wrong) in cases {
            let found = found(&store, &raw, SAID, &[&change]).await;
            assert_eq!(found, Some((Ledger::Subject, alpha.clone(), wrong)), "{change}");
        }
        let gone = found(&store, &raw, SAID, &["DELETE FROM subject WHERE name = '甲公司'"]).await;
        assert_eq!(gone, Some((Ledger::Subject, alpha, Wrong::Extra { table: "subject" })));
        let undone = found(&store, &raw, SAID, &["UPDATE source SET undone_at = 7 WHERE origin = '税务局'"]).await;
        let (ledger, _, wrong) = undone.unwrap();
        assert_eq!((ledger, wrong), (Ledger::Source, Wrong::Derived { column: "undone_at" }));
        assert!(store.verify().await.unwrap().is_ok());
    });
}
