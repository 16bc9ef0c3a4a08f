//! Cases, their events, who is in charge of what, and the notices that go out.

use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, Statement};
use sea_orm_migration::prelude::*;

use crate::cases::tally::{TABLE, ZONE, added, units_anew};

use super::{bytes, flag, id, index, micros, migration, number, text, words};

/// The migrations of this group.
pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Cases), Box::new(Settings), Box::new(Indexes), Box::new(Tally), Box::new(Deliveries)]
}

migration!(Cases, "0007_cases", up);
migration!(Settings, "0008_case_settings", settings);
migration!(Indexes, "0009_case_indexes", indexes);
migration!(Tally, "0010_case_tally", tally);
migration!(Deliveries, "0013_deliveries_and_fewer_indexes", deliveries);

/// The delivery a notice went into, so that what is sent again is the same; and one index fewer: cases are found by
/// who opened them only while they wait for that person, along an index of its own. Every event of a case writes
/// every index, and PostgreSQL weighs every one for every question.
async fn deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let delivery = Table::alter().table("notice").add_column(id("delivery").null().take()).to_owned();
    manager.alter_table(delivery).await?;
    index(manager, "notice_by_delivery", "notice", &["zone", "delivery"]).await?;
    manager.drop_index(Index::drop().name("case_by_opener").table("case_head").to_owned()).await
}

/// A kept tally of cases, the unit of a case's subject beside the case, and the indexes by it and by colour.
async fn tally(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let (connection, backend) = (manager.get_connection(), manager.get_database_backend());
    let unit = Table::alter().table("case_head").add_column(id("subject_unit").null().take()).to_owned();
    manager.alter_table(unit).await?;
    connection.execute_unprepared(&units_anew()).await?;
    index(
        manager,
        "case_by_subjects_unit",
        "case_head",
        &["zone", "subject_unit", "private", "open", "due_at", "id", "kind", "state", "unit", "opener_unit"],
    )
    .await?;
    index(manager, "case_by_colour", "case_head", &["zone", "private", "open", "colour", "due_at", "id"]).await?;
    let waiting = "CREATE INDEX case_waiting_by_subjects_unit ON case_head \
                   (zone, turn, private, subject_unit, due_at, id, kind, officer, unit, opener_unit, open) WHERE open";
    connection.execute_unprepared(waiting).await?;
    let mut kept = Table::create()
        .table(TABLE)
        .col(text(manager, "zone"))
        .col(id("unit"))
        .col(text(manager, "what"))
        .col(flag("open"))
        .col(text(manager, "kind"))
        .col(text(manager, "state"))
        .col(number("day"))
        .col(number("cases"))
        .to_owned();
    let mut key = Index::create();
    for column in ["zone", "unit", "what", "open", "kind", "state", "day"] {
        key.col(column);
    }
    kept.primary_key(&mut key);
    if backend == DbBackend::Sqlite {
        kept.extra("WITHOUT ROWID");
    }
    manager.create_table(kept).await?;
    let fill = Statement::from_sql_and_values(backend, added("1 = 1", 1), [ZONE.into()]);
    connection.execute_raw(fill).await?;
    if backend == DbBackend::Postgres {
        for sql in TENDED {
            connection.execute_unprepared(sql).await?;
        }
    }
    Ok(())
}

/// How PostgreSQL tends the tables: rows of the tally are rewritten where they lie, and both are looked after
/// when a fiftieth of them has changed, not a fifth.
const TENDED: [&str; 3] = [
    "ALTER TABLE case_tally SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02)",
    "ALTER TABLE case_head SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, \
     autovacuum_vacuum_insert_scale_factor = 0.02)",
    "ANALYZE case_head, case_tally",
];

/// Indexes along which open cases are found and counted without a look at the cases themselves: by who may
/// see them, and by whose turn it is.
async fn indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for old in ["case_by_due", "case_by_unit", "case_by_subject", "case_by_turn", "case_by_turn_and_due"] {
        manager.drop_index(Index::drop().name(old).table("case_head").to_owned()).await?;
    }
    for (name, columns) in [
        ("case_by_day", &["zone", "private", "open", "due_at", "id", "kind", "state"] as &[&'static str]),
        ("case_by_unit", &["zone", "unit", "private", "open", "due_at", "id", "kind", "state"]),
        ("case_by_openers_unit", &["zone", "opener_unit", "private", "open", "due_at", "id", "kind", "state", "unit"]),
        (
            "case_by_subject",
            &["zone", "subject", "private", "open", "due_at", "id", "kind", "state", "unit", "opener_unit"],
        ),
    ] {
        index(manager, name, "case_head", columns).await?;
    }
    for (name, columns) in [
        ("case_waiting", "due_at, id, kind, unit, worker"),
        ("case_waiting_by_unit", "unit, due_at, id, kind, officer"),
        ("case_waiting_by_subject", "subject, due_at, id, kind, asker, officer, unit, opener_unit"),
        ("case_waiting_by_opener", "opener, due_at, id, kind"),
        ("case_waiting_by_openers_unit", "opener_unit, due_at, id, kind, officer, unit, subject, opener_party, opener"),
        ("case_waiting_by_officer", "officer, due_at, id, kind"),
    ] {
        // Ended cases wait for nobody. The builder knows no index over a part of the rows; and what SQLite
        // counts along one of those must bear the column that makes the part.
        let sql = format!("CREATE INDEX {name} ON case_head (zone, turn, private, {columns}, open) WHERE open");
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Colours that persons set, and what a zone decides about its loops.
async fn settings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let computed = Table::alter().table("case_head").add_column(text(manager, "computed").default("")).to_owned();
    manager.alter_table(computed).await?;
    index(manager, "case_by_turn_and_due", "case_head", &["zone", "turn", "private", "due_at", "id"]).await?;
    let set = Table::create()
        .table("case_override")
        .col(text(manager, "zone"))
        .col(id("case_id"))
        .col(micros("since"))
        .col(text(manager, "colour"))
        .col(words("reason"))
        .col(text(manager, "by"))
        .col(text(manager, "until"))
        .primary_key(Index::create().col("zone").col("case_id").col("since"))
        .to_owned();
    manager.create_table(set).await?;
    let setting = Table::create()
        .table("loop_setting")
        .col(text(manager, "zone"))
        .col(text(manager, "key"))
        .col(number("version"))
        .col(words("text"))
        .col(text(manager, "by"))
        .col(micros("at"))
        .primary_key(Index::create().col("zone").col("key").col("version"))
        .to_owned();
    manager.create_table(setting).await
}

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    heads(manager).await?;
    events(manager).await?;
    people(manager).await?;
    notices(manager).await?;
    let zones = Query::select()
        .column("id")
        .expr(Expr::val("case"))
        .expr(Expr::val(0_i64))
        .expr(Expr::val(vec![0_u8; 32]))
        .from("zone")
        .to_owned();
    let mut chain = Query::insert();
    chain.into_table("chain").columns(["zone", "name", "seq", "hash"]);
    chain.select_from(zones).map_err(|error| DbErr::Custom(error.to_string()))?;
    manager.execute(chain).await
}

/// The current view of each case: the fold of its events, with the columns that lists filter and sort by.
async fn heads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut head = Table::create()
        .table("case_head")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "kind"))
        .col(number("year"))
        .col(number("serial"))
        .col(text(manager, "number"))
        .col(words("title"))
        .col(text(manager, "search_text"))
        .col(text(manager, "topic"))
        .col(words("place"))
        .col(id("subject").null().take())
        .col(id("parent").null().take())
        .col(text(manager, "occasion").null().take())
        .col(text(manager, "opener"))
        .col(text(manager, "opener_party"))
        .col(id("opener_unit").null().take())
        .col(id("asker").null().take())
        .col(id("unit").null().take())
        .col(text(manager, "officer").null().take())
        .col(text(manager, "worker").null().take())
        .col(text(manager, "state"))
        .col(text(manager, "turn"))
        .col(flag("open"))
        .col(flag("private"))
        .col(flag("shared"))
        .col(number("seq"))
        .col(bytes("hash"))
        .col(words("kept"))
        .col(micros("opened_at"))
        .col(micros("changed_at"))
        .col(micros("due_at"))
        .col(micros("ended_at").null().take())
        .col(flag("late"))
        .col(flag("uncounted"))
        .col(text(manager, "colour"))
        .col(micros("next_at"))
        .col(number("rating").null().take())
        .col(number("reopened"))
        .col(number("returned"))
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    if manager.get_database_backend() == DbBackend::Sqlite {
        head.extra("WITHOUT ROWID");
    }
    manager.create_table(head).await?;
    for (name, columns) in [
        ("case_by_turn", &["zone", "turn", "unit", "due_at", "id"] as &[&'static str]),
        ("case_by_unit", &["zone", "unit", "open", "due_at", "id"]),
        ("case_by_due", &["zone", "open", "due_at", "id"]),
        ("case_by_next", &["zone", "open", "next_at", "id"]),
        ("case_by_state", &["zone", "kind", "state", "due_at", "id"]),
        ("case_by_change", &["zone", "changed_at", "id"]),
        ("case_by_subject", &["zone", "subject", "id"]),
        ("case_by_opener", &["zone", "opener", "open", "due_at", "id"]),
        ("case_by_officer", &["zone", "officer", "open", "due_at", "id"]),
        ("case_by_parent", &["zone", "parent", "id"]),
    ] {
        index(manager, name, "case_head", columns).await?;
    }
    unique(manager, "case_by_serial", "case_head", &["zone", "kind", "year", "serial"]).await?;
    unique(manager, "case_by_occasion", "case_head", &["zone", "kind", "occasion"]).await?;

    let unit = Table::create()
        .table("case_unit")
        .col(text(manager, "zone"))
        .col(id("case_id"))
        .col(id("unit"))
        .col(text(manager, "part"))
        .primary_key(Index::create().col("zone").col("case_id").col("unit").col("part"))
        .to_owned();
    manager.create_table(unit).await?;
    index(manager, "case_unit_by_unit", "case_unit", &["zone", "unit", "part", "case_id"]).await
}

/// What happened, in one chain for the zone. Each event also bears the hash of its own case's chain.
async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut event = Table::create()
        .table("case_event")
        .col(text(manager, "zone"))
        .col(number("no"))
        .col(id("case_id"))
        .col(number("seq"))
        .col(micros("at"))
        .col(text(manager, "by"))
        .col(text(manager, "party"))
        .col(text(manager, "step"))
        .col(words("terms"))
        .col(bytes("salt").null().take())
        .col(words("words").null().take())
        .col(bytes("words_hash"))
        .col(bytes("case_hash"))
        .col(bytes("hash"))
        .col(micros("erased_at").null().take())
        .primary_key(Index::create().col("zone").col("no"))
        .to_owned();
    if manager.get_database_backend() == DbBackend::Sqlite {
        // It grows at its end only and is read from its beginning: the key is the order it lies in.
        event.extra("WITHOUT ROWID");
    }
    manager.create_table(event).await?;
    unique(manager, "case_event_by_case", "case_event", &["zone", "case_id", "seq"]).await
}

/// Service officers of subjects, heads and superiors of units.
async fn people(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let officer = Table::create()
        .table("service_officer")
        .col(text(manager, "zone"))
        .col(id("subject"))
        .col(micros("since"))
        .col(text(manager, "account"))
        .col(text(manager, "by"))
        .col(micros("until").null().take())
        .col(text(manager, "ended_by").null().take())
        .primary_key(Index::create().col("zone").col("subject").col("since"))
        .to_owned();
    manager.create_table(officer).await?;
    index(manager, "service_officer_by_account", "service_officer", &["zone", "account", "until", "subject"]).await?;
    let post = Table::create()
        .table("unit_post")
        .col(text(manager, "zone"))
        .col(id("unit"))
        .col(text(manager, "head").null().take())
        .col(text(manager, "superior").null().take())
        .primary_key(Index::create().col("zone").col("unit"))
        .to_owned();
    manager.create_table(post).await
}

/// What people are to be told, and where it goes.
async fn notices(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let notice = Table::create()
        .table("notice")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "key"))
        .col(text(manager, "channel"))
        .col(text(manager, "whom"))
        .col(text(manager, "what"))
        .col(id("case_id").null().take())
        .col(words("data"))
        .col(text(manager, "state"))
        .col(number("tries"))
        .col(micros("next_try"))
        .col(micros("created_at"))
        .col(micros("ended_at").null().take())
        .col(words("problem").null().take())
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(notice).await?;
    unique(manager, "notice_by_key", "notice", &["zone", "key"]).await?;
    index(manager, "notice_by_state", "notice", &["zone", "channel", "state", "next_try"]).await?;
    index(manager, "notice_by_person", "notice", &["zone", "whom", "channel", "state", "id"]).await?;
    let setting = Table::create()
        .table("notice_setting")
        .col(text(manager, "zone"))
        .col(text(manager, "account"))
        .col(words("setting"))
        .primary_key(Index::create().col("zone").col("account"))
        .to_owned();
    manager.create_table(setting).await?;
    let target = Table::create()
        .table("webhook_target")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "kind"))
        .col(words("name"))
        .col(words("url"))
        .col(words("secret"))
        .col(id("unit").null().take())
        .col(flag("active"))
        .col(micros("made_at"))
        .col(text(manager, "made_by"))
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(target).await
}

async fn unique(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(table).unique();
    for column in columns {
        index.col(*column);
    }
    manager.create_index(index).await
}
