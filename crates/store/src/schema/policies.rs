//! The zone's own policies: what it chose, what it drafts, what it published, and the exact texts that
//! verdicts used.

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;

use super::{id, index, micros, migration, number, text, words};

/// The migrations of this group.
pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Policies)]
}

migration!(Policies, "0006_policies", up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    chosen(manager).await?;
    drafts(manager).await?;
    used(manager).await
}

async fn chosen(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let choice = Table::create()
        .table("policy_choice")
        .col(text(manager, "zone"))
        .col(text(manager, "key"))
        .col(words("value"))
        .col(text(manager, "by"))
        .col(micros("at"))
        .primary_key(Index::create().col("zone").col("key"))
        .to_owned();
    manager.create_table(choice).await
}

async fn drafts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let draft = Table::create()
        .table("policy_draft")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "based_on"))
        .col(words("title"))
        .col(words("source"))
        .col(text(manager, "state"))
        .col(text(manager, "owner"))
        .col(words("hands"))
        .col(number("version"))
        .col(micros("created_at"))
        .col(micros("updated_at"))
        .col(text(manager, "updated_by"))
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(draft).await?;
    let published = Table::create()
        .table("policy_published")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "policy"))
        .col(text(manager, "version"))
        .col(text(manager, "from_day"))
        .col(words("source"))
        .col(text(manager, "drafted_by"))
        .col(text(manager, "published_by"))
        .col(micros("published_at"))
        .col(micros("withdrawn_at").null().take())
        .col(text(manager, "withdrawn_by"))
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(published).await?;
    index(manager, "policy_draft_by_state", "policy_draft", &["zone", "state", "id"]).await
}

async fn used(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let kept = Table::create()
        .table("policy_text")
        .col(text(manager, "zone"))
        .col(text(manager, "hash"))
        .col(words("source"))
        .col(number("own"))
        .col(words("settings"))
        .primary_key(Index::create().col("zone").col("hash"))
        .to_owned();
    manager.create_table(kept).await?;
    let used = Table::create()
        .table("policy_used")
        .col(text(manager, "zone"))
        .col(text(manager, "version"))
        .col(micros("since"))
        .col(text(manager, "hash"))
        .primary_key(Index::create().col("zone").col("version").col("since"))
        .to_owned();
    manager.create_table(used).await
}
