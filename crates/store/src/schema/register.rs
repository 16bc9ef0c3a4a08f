//! Sources and statements, and what is derived from them: subjects, views, identifiers, conflicts.

use sea_orm::{DbBackend, DbErr};
use sea_orm_migration::prelude::*;

use super::{bytes, id, index, micros, migration, number, text, words};

/// The migrations of this group.
pub(super) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Register), Box::new(ToldBy)]
}

migration!(Register, "0002_register", up);
migration!(ToldBy, "0007_view_told_by_statement", told_by);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    said(manager).await?;
    subjects(manager).await?;
    derived(manager).await?;
    list_indexes(manager).await
}

/// What was said, and by which source.
async fn said(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let source = Table::create()
        .table("source")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "kind"))
        .col(text(manager, "origin"))
        .col(words("title"))
        .col(text(manager, "file_hash").null().take())
        .col(text(manager, "subject_kind").null().take())
        .col(words("column_map").null().take())
        .col(micros("at"))
        .col(text(manager, "by"))
        .col(number("rows"))
        .col(number("accepted"))
        .col(number("unchanged"))
        .col(number("new_subjects"))
        .col(micros("undone_at").null().take())
        .col(text(manager, "undone_by").null().take())
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(source).await?;
    index(manager, "source_by_time", "source", &["zone", "at", "id"]).await?;

    let undoing = Table::create()
        .table("undoing")
        .col(text(manager, "zone"))
        .col(id("source"))
        .col(micros("at"))
        .col(micros("redone_at").null().take())
        .primary_key(Index::create().col("zone").col("source").col("at"))
        .to_owned();
    manager.create_table(undoing).await?;

    let statement = Table::create()
        .table("statement")
        .col(text(manager, "zone"))
        .col(number("seq"))
        .col(id("subject"))
        .col(id("source"))
        .col(words("place"))
        .col(micros("said_at"))
        .col(text(manager, "said_by"))
        .col(words("reason").null().take())
        .col(bytes("salt").null().take())
        .col(words("facts").null().take())
        .col(bytes("values_hash"))
        .col(bytes("personal_salt").null().take())
        .col(words("personal").null().take())
        .col(bytes("personal_hash").null().take())
        .col(bytes("hash"))
        .col(micros("erased_at").null().take())
        .primary_key(Index::create().col("zone").col("seq"))
        .to_owned();
    manager.create_table(statement).await?;
    for (name, column) in [("statement_by_subject", "subject"), ("statement_by_source", "source")] {
        index(manager, name, "statement", &["zone", column, "seq"]).await?;
    }
    Ok(())
}

/// Subjects with the columns that lists filter and sort by. Sorted columns are never null: a
/// missing figure is the smallest number and a missing word is empty, so both databases agree.
async fn subjects(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let subject = Table::create()
        .table("subject")
        .col(text(manager, "zone"))
        .col(id("id"))
        .col(text(manager, "kind"))
        .col(text(manager, "state"))
        .col(id("parent").null().take())
        .col(id("merged_into").null().take())
        .col(words("name"))
        .col(text(manager, "name_key"))
        .col(text(manager, "search_text"))
        .col(text(manager, "code"))
        .col(id("unit_id").null().take())
        .col(text(manager, "industry"))
        .col(text(manager, "region"))
        .col(text(manager, "level"))
        .col(text(manager, "category"))
        .col(text(manager, "registered_on"))
        .col(number("figures_year"))
        .col(number("revenue"))
        .col(number("rd_expense"))
        .col(number("employees"))
        .col(number("conflicts_open"))
        .col(number("revision"))
        .col(micros("created_at"))
        .col(micros("changed_at"))
        .primary_key(Index::create().col("zone").col("id"))
        .to_owned();
    manager.create_table(subject).await?;

    let view = Table::create()
        .table("subject_view")
        .col(text(manager, "zone"))
        .col(id("subject"))
        .col(words("facts"))
        .col(words("personal").null().take())
        .primary_key(Index::create().col("zone").col("subject"))
        .to_owned();
    manager.create_table(view).await?;

    let merging = Table::create()
        .table("merging")
        .col(text(manager, "zone"))
        .col(id("merged"))
        .col(id("target"))
        .col(micros("at"))
        .col(micros("unmerged_at").null().take())
        .col(text(manager, "state_before"))
        .col(words("records"))
        .primary_key(Index::create().col("zone").col("merged").col("at"))
        .to_owned();
    manager.create_table(merging).await?;
    index(manager, "merging_by_target", "merging", &["zone", "target"]).await
}

/// Tables that can be emptied and made again from the statements.
async fn derived(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut identifier = Table::create()
        .table("identifier")
        .col(text(manager, "zone"))
        .col(text(manager, "kind"))
        .col(text(manager, "scheme"))
        .col(text(manager, "value"))
        .col(id("subject"))
        .primary_key(Index::create().col("zone").col("kind").col("scheme").col("value").col("subject"))
        .to_owned();
    if manager.get_database_backend() == DbBackend::Sqlite {
        // The key is the whole row: without this it would be stored twice.
        identifier.extra("WITHOUT ROWID");
    }
    manager.create_table(identifier).await?;
    index(manager, "identifier_by_subject", "identifier", &["zone", "subject"]).await?;

    let held = Table::create()
        .table("held_title")
        .col(text(manager, "zone"))
        .col(id("subject"))
        .col(text(manager, "title"))
        .col(id("record"))
        .col(text(manager, "valid_from"))
        .col(text(manager, "valid_to"))
        .primary_key(Index::create().col("zone").col("subject").col("title").col("record"))
        .to_owned();
    manager.create_table(held).await?;
    index(manager, "held_title_by_title", "held_title", &["zone", "title", "valid_to"]).await?;
    index(manager, "held_title_by_record", "held_title", &["zone", "record"]).await?;

    let conflict = Table::create()
        .table("conflict")
        .col(text(manager, "zone"))
        .col(id("subject"))
        .col(text(manager, "fact"))
        .col(text(manager, "field"))
        .col(micros("since"))
        .primary_key(Index::create().col("zone").col("subject").col("fact"))
        .to_owned();
    manager.create_table(conflict).await?;
    index(manager, "conflict_by_time", "conflict", &["zone", "since", "subject"]).await
}

/// One index for each order a list can have, and one that leads with the unit and holds every
/// column lists filter and sort by: who sees a few units reads only this one.
async fn list_indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (name, sorted) in [
        ("subject_by_name", "name_key"),
        ("subject_by_revenue", "revenue"),
        ("subject_by_rd_expense", "rd_expense"),
        ("subject_by_employees", "employees"),
        ("subject_by_registration", "registered_on"),
        ("subject_by_change", "changed_at"),
    ] {
        index(manager, name, "subject", &["zone", "kind", "state", sorted, "id", "unit_id"]).await?;
    }
    let by_unit = [
        "zone",
        "kind",
        "state",
        "unit_id",
        "industry",
        "region",
        "revenue",
        "rd_expense",
        "employees",
        "registered_on",
        "changed_at",
        "conflicts_open",
        "name_key",
        "id",
    ];
    index(manager, "subject_by_unit", "subject", &by_unit).await?;
    index(manager, "subject_by_parent", "subject", &["zone", "parent"]).await?;
    index(manager, "subject_by_revision", "subject", &["zone", "revision"]).await?;
    index(manager, "subject_by_merged", "subject", &["zone", "merged_into"]).await
}

/// The statement that tells everything a view shows, for views without texts of their own.
async fn told_by(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let column = Table::alter().table("subject_view").add_column(number("told_by").null().take()).to_owned();
    manager.alter_table(column).await
}
