//! `xianshou export`: a list of the register as a workbook or csv file.

use std::fs::File;
use std::io::BufWriter;

use intake::own;
use kernel::{Catalogue, FactKey, Lang, Period, PeriodKind, SubjectKind, Value};
use reports::workbook::{Column as Heading, CsvEncoding, OutCell, write_csv, write_xlsx};
use serde_json::json;
use store::access::Scope;
use store::{Column, ListQuery, SubjectRow};

use crate::args::Export;
use crate::failure::{Exit, Failure};
use crate::import::kind;
use crate::place::catalogue;
use crate::talk::Talk;

/// Writes the list. Its headings are those an import understands, so a list that was exported,
/// worked on and imported again finds its way back.
pub async fn run(talk: &Talk, wanted: Export) -> Result<Exit, Failure> {
    let kind = kind(&wanted.kind)?;
    let catalogue = catalogue();
    let keys = match wanted.columns.is_empty() {
        true => usual(kind, &catalogue),
        false => chosen(kind, &catalogue, &wanted.columns)?,
    };
    // The number of each subject lets the list be known again when it comes back. Whoever names
    // columns gets those and no other.
    let numbered = wanted.columns.is_empty();
    let store = wanted.register.open().await?;
    let query = ListQuery {
        text: wanted.search.clone().unwrap_or_default(),
        columns: keys.iter().cloned().map(Column::Fact).collect(),
        ..ListQuery::all(kind)
    };
    let mut rows: Vec<Vec<OutCell>> = Vec::new();
    let each = |batch: Vec<SubjectRow>| {
        rows.extend(batch.iter().map(|row| {
            let mut cells = cells(row, &keys, &catalogue, talk.lang);
            cells.extend(numbered.then(|| OutCell::Text(row.id.to_string())));
            cells
        }));
        Ok(true)
    };
    store.export_rows(&query, &Scope::Zone, each).await?;
    store.close().await?;
    let mut headings: Vec<Heading> = keys.iter().filter_map(|key| heading(key, kind, &catalogue, talk.lang)).collect();
    if numbered {
        headings.extend(own::heading(own::ID, talk.lang).map(|heading| Heading::hidden(heading, 38.0)));
    }
    let count = rows.len();
    let file = File::create(&wanted.file).map_err(|error| Failure::file(&wanted.file, &error))?;
    let is_csv = wanted.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let written = match is_csv {
        true => write_csv(BufWriter::new(file), CsvEncoding::Utf8, &headings, rows),
        false => write_xlsx(BufWriter::new(file), talk.lang.pick(kind.zh(), kind.en()), &headings, rows),
    };
    written.map_err(|error| crate::demo::refused(&error))?;
    let file = wanted.file.display().to_string();
    talk.answer(&json!({ "file": file, "kind": kind.key(), "rows": count }), |lang| match lang {
        Lang::Zh => format!("已导出 {count} 行到 {file}。"),
        Lang::En => format!("Exported {count} rows to {file}."),
    });
    Ok(Exit::Done)
}

/// The columns of an export that names none: what identifies, and the usual figures of the last
/// complete year. Personal data are only exported when they are named.
fn usual(kind: SubjectKind, catalogue: &Catalogue) -> Vec<FactKey> {
    let year = Period::Year(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year() - 1);
    let figures = ["operating_revenue", "rd_expense", "year_end_employees", "total_assets", "net_profit", "tax_paid"];
    let fields = catalogue.fields_of(kind).filter(|field| field.derived.is_none() && !field.personal);
    let key = |field: &kernel::Field| match field.period {
        PeriodKind::None => Some(FactKey::timeless(&field.key)),
        PeriodKind::Year if figures.contains(&field.key.as_str()) => Some(FactKey::of(&field.key, year)),
        _ => None,
    };
    fields.filter_map(key).take(24).collect()
}

/// The columns that were named.
fn chosen(kind: SubjectKind, catalogue: &Catalogue, named: &[String]) -> Result<Vec<FactKey>, Failure> {
    let known = |name: &String| {
        let key = name.parse::<FactKey>().ok();
        key.filter(|key| catalogue.field(&key.field).is_some_and(|field| field.subjects.contains(&kind))).ok_or_else(
            || {
                Failure::said(
                    format!("{}没有“{name}”这一字段。写法：uscc,name,operating_revenue@2025。", kind.zh()),
                    format!("{} has no field “{name}”; write it as uscc,name,operating_revenue@2025", kind.key()),
                )
            },
        )
    };
    named.iter().map(known).collect()
}

fn heading(key: &FactKey, kind: SubjectKind, catalogue: &Catalogue, lang: Lang) -> Option<Heading> {
    Some(Heading::of(catalogue.field(&key.field)?, kind, key.period, lang))
}

fn cells(row: &SubjectRow, keys: &[FactKey], catalogue: &Catalogue, lang: Lang) -> Vec<OutCell> {
    keys.iter()
        .zip(&row.cells)
        .map(|(key, cell)| match (catalogue.field(&key.field), cell) {
            (Some(field), Some(cell)) => OutCell::of(&cell.value, field, lang),
            // A name the register settled by its own fold stands in the row even where the
            // statement is a merged subject's.
            (Some(field), None) if key.field == "name" && !row.name.is_empty() => {
                OutCell::of(&Value::Text(row.name.clone()), field, lang)
            }
            _ => OutCell::Empty,
        })
        .collect()
}
