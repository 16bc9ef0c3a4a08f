//! Accounts, their grants, sessions and tokens, and who failed to sign in from where.

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;

use super::{bytes, flag, id, micros, migration, number, text, words};

/// The migrations of this group.
pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(People)]
}

migration!(People, "0003_people", up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    account(manager).await?;
    secrets(manager).await
}

async fn account(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let account = Table::create()
        .table("account")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "name"))
        .col(words("display_name"))
        .col(id("unit"))
        .col(id("enterprise").null().take())
        .col(text(manager, "state"))
        .col(text(manager, "lang"))
        .col(words("password_hash").null().take())
        .col(flag("must_change_password"))
        .col(number("failed_count"))
        .col(micros("locked_until").null().take())
        .col(micros("signed_in_at").null().take())
        .col(micros("created_at"))
        .col(text(manager, "created_by"))
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(account).await?;
    let by_name = Index::create().name("account_by_name").table("account").col("zone").col("name").unique().to_owned();
    manager.create_index(by_name).await?;

    let grant = Table::create()
        .table("role_grant")
        .col(text(manager, "zone"))
        .col(id("account"))
        .col(text(manager, "role"))
        .col(id("unit"))
        .col(text(manager, "granted_by"))
        .col(micros("granted_at"))
        .primary_key(Index::create().col("zone").col("account").col("role").col("unit"))
        .to_owned();
    manager.create_table(grant).await
}

async fn secrets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let session = Table::create()
        .table("session")
        .col(text(manager, "zone"))
        .col(bytes("token_hash"))
        .col(id("id"))
        .col(id("account"))
        .col(micros("started_at"))
        .col(micros("used_at"))
        .col(micros("ends_at"))
        .col(words("address"))
        .col(words("agent"))
        .primary_key(Index::create().col("zone").col("token_hash"))
        .to_owned();
    manager.create_table(session).await?;

    let token = Table::create()
        .table("api_token")
        .col(text(manager, "zone"))
        .col(bytes("token_hash"))
        .col(id("id"))
        .col(id("account"))
        .col(words("name"))
        .col(text(manager, "reach"))
        .col(micros("created_at"))
        .col(micros("ends_at"))
        .col(micros("used_at").null().take())
        .primary_key(Index::create().col("zone").col("token_hash"))
        .to_owned();
    manager.create_table(token).await?;
    for (name, table) in [("session_by_account", "session"), ("api_token_by_account", "api_token")] {
        let index = Index::create().name(name).table(table).col("zone").col("account").to_owned();
        manager.create_index(index).await?;
    }

    let failure = Table::create()
        .table("sign_in_failure")
        .col(text(manager, "zone"))
        .col(text(manager, "address"))
        .col(number("failed_count"))
        .col(micros("since"))
        .col(micros("locked_until").null().take())
        .primary_key(Index::create().col("zone").col("address"))
        .to_owned();
    manager.create_table(failure).await
}
