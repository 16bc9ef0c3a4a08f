//! What people work with: kept files, jobs, imports being prepared, saved views.

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;

use super::{bytes, flag, id, micros, migration, number, text, words};

/// The migrations of this group.
pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Work)]
}

migration!(Work, "0004_work", up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    files(manager).await?;
    jobs(manager).await?;
    drafts(manager).await?;
    views(manager).await
}

async fn files(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let file = Table::create()
        .table("file")
        .col(text(manager, "zone"))
        .col(text(manager, "hash"))
        .col(text(manager, "media"))
        .col(number("size"))
        .col(words("name"))
        .col(micros("kept_at"))
        .col(text(manager, "kept_by"))
        .primary_key(Index::create().col("zone").col("hash"))
        .to_owned();
    manager.create_table(file).await?;
    let chunk = Table::create()
        .table("file_chunk")
        .col(text(manager, "zone"))
        .col(text(manager, "hash"))
        .col(number("no"))
        .col(bytes("bytes"))
        .primary_key(Index::create().col("zone").col("hash").col("no"))
        .to_owned();
    manager.create_table(chunk).await
}

async fn jobs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let job = Table::create()
        .table("job")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "kind"))
        .col(words("input"))
        .col(text(manager, "owner"))
        .col(text(manager, "state"))
        .col(number("done"))
        .col(number("total"))
        .col(words("message_zh"))
        .col(words("message_en"))
        .col(words("result").null().take())
        .col(number("attempts"))
        .col(id("runner").null().take())
        .col(micros("beat_at").null().take())
        .col(micros("run_at"))
        .col(micros("created_at"))
        .col(micros("ended_at").null().take())
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(job).await?;
    for (name, columns) in [("job_by_state", ["state", "run_at"]), ("job_by_owner", ["owner", "id"])] {
        let index = Index::create().name(name).table("job").col("zone").col(columns[0]).col(columns[1]).to_owned();
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn drafts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let draft = Table::create()
        .table("draft")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "file"))
        .col(words("file_name"))
        .col(text(manager, "kind"))
        .col(words("sheet"))
        .col(words("columns"))
        .col(words("fixes"))
        .col(text(manager, "state"))
        .col(text(manager, "owner"))
        .col(number("version"))
        .col(id("source").null().take())
        .col(micros("created_at"))
        .col(micros("updated_at"))
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(draft).await?;
    let index = Index::create().name("draft_by_owner").table("draft").col("zone").col("owner").col("id").to_owned();
    manager.create_index(index).await
}

async fn views(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let view = Table::create()
        .table("saved_view")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "owner"))
        .col(text(manager, "kind"))
        .col(text(manager, "name"))
        .col(words("query"))
        .col(flag("shared"))
        .col(micros("updated_at"))
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(view).await?;
    let columns = ["zone", "owner", "kind", "name"];
    let mut index = Index::create().name("saved_view_by_name").table("saved_view").unique().to_owned();
    for column in columns {
        index.col(column);
    }
    manager.create_index(index).await
}
