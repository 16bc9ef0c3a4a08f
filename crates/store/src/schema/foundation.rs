//! The zone, its units, the ends of the chains and the log of events.

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;

use super::{bytes, flag, id, index, micros, migration, number, text, words};

/// The migrations of this group.
pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Foundation)]
}

migration!(Foundation, "0001_foundation", up);

/// The id of the only zone of a database.
const ZONE: &str = "z";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let zone = Table::create()
        .table("zone")
        .col(text(manager, "id").primary_key().take())
        .col(words("name_zh"))
        .col(words("name_en"))
        .col(flag("sample"))
        .to_owned();
    manager.create_table(zone).await?;

    let unit = Table::create()
        .table("unit")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(id("parent").null().take())
        .col(text(manager, "kind"))
        .col(words("name"))
        .col(text(manager, "name_key"))
        .col(micros("closed_at").null().take())
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(unit).await?;
    let by_name = Index::create().name("unit_by_name").table("unit").col("zone").col("name_key").unique().to_owned();
    manager.create_index(by_name).await?;

    let chain = Table::create()
        .table("chain")
        .col(text(manager, "zone"))
        .col(text(manager, "name"))
        .col(number("seq"))
        .col(bytes("hash"))
        .primary_key(Index::create().col("zone").col("name"))
        .to_owned();
    manager.create_table(chain).await?;

    let event = Table::create()
        .table("event")
        .col(text(manager, "zone"))
        .col(number("seq"))
        .col(text(manager, "kind"))
        .col(id("subject").null().take())
        .col(text(manager, "reference").null().take())
        .col(micros("at"))
        .col(text(manager, "by"))
        .col(bytes("salt").null().take())
        .col(words("data").null().take())
        .col(bytes("values_hash"))
        .col(bytes("hash"))
        .primary_key(Index::create().col("zone").col("seq"))
        .to_owned();
    manager.create_table(event).await?;
    index(manager, "event_by_subject", "event", &["zone", "subject", "seq"]).await?;
    index(manager, "event_by_reference", "event", &["zone", "reference", "seq"]).await?;
    index(manager, "event_by_kind", "event", &["zone", "kind", "seq"]).await?;
    index(manager, "event_by_person", "event", &["zone", "by", "seq"]).await?;

    first_rows(manager).await
}

async fn first_rows(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let zone = Query::insert()
        .into_table("zone")
        .columns(["id", "name_zh", "name_en", "sample"])
        .values_panic([ZONE.into(), "".into(), "".into(), false.into()])
        .to_owned();
    manager.execute(zone).await?;
    for name in ["statement", "event", "register"] {
        let chain = Query::insert()
            .into_table("chain")
            .columns(["zone", "name", "seq", "hash"])
            .values_panic([ZONE.into(), name.into(), 0_i64.into(), vec![0_u8; 32].into()])
            .to_owned();
        manager.execute(chain).await?;
    }
    Ok(())
}
