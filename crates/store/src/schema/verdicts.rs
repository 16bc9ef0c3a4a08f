//! What enterprises were found to qualify for.

use sea_orm::{DbBackend, DbErr};
use sea_orm_migration::prelude::*;

use super::{id, index, micros, migration, number, text, words};

/// The migrations of this group.
pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Verdicts), Box::new(Texts)]
}

migration!(Verdicts, "0005_verdicts", up);
migration!(Texts, "0011_verdict_texts", texts);

/// Texts that many verdicts share. Verdicts of before keep the texts of their own.
async fn texts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let text_of = Table::create()
        .table("verdict_text")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(words("record"))
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(text_of).await?;
    for table in ["verdict", "verdict_before"] {
        let shared = Table::alter().table(table).add_column(id("shared").null().take()).to_owned();
        manager.alter_table(shared).await?;
    }
    Ok(())
}

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut verdict = said(manager, "verdict");
    verdict.primary_key(Index::create().col("zone").col("subject").col("policy"));
    if manager.get_database_backend() == DbBackend::Sqlite {
        // Every row is found by its key, which would otherwise be stored twice.
        verdict.extra("WITHOUT ROWID");
    }
    manager.create_table(verdict).await?;
    index(manager, "verdict_by_policy", "verdict", &["zone", "policy", "answer", "failed", "subject"]).await?;

    let mut before = said(manager, "verdict_before");
    before.col(micros("until")).primary_key(Index::create().col("zone").col("subject").col("policy").col("known_at"));
    manager.create_table(before).await?;
    index(manager, "verdict_before_by_time", "verdict_before", &["zone", "until", "subject"]).await?;

    let round = Table::create()
        .table("verdict_round")
        .col(text(manager, "zone"))
        .col(micros("known_at"))
        .col(text(manager, "on_day"))
        .col(text(manager, "library"))
        .col(number("revision"))
        .col(number("enterprises"))
        .col(number("changed"))
        .primary_key(Index::create().col("zone").col("known_at"))
        .to_owned();
    manager.create_table(round).await
}

fn said(manager: &SchemaManager<'_>, table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(text(manager, "zone"))
        .col(id("subject"))
        .col(text(manager, "policy"))
        .col(text(manager, "version"))
        .col(text(manager, "on_day"))
        .col(micros("known_at"))
        .col(text(manager, "answer"))
        .col(text(manager, "failed"))
        .col(words("record"))
        .to_owned()
}
