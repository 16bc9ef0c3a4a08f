//! `xianshou import`: a workbook or csv file, checked cell by cell, stored whole or not at all.

mod answer;
mod meter;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use intake::{Incoming, IntakeError, KINDS, Manner, Outcome, Plan, Wanted, choose_sheets, take_in_sheets};
use kernel::heading::read_heading;
use kernel::{Lang, Period, SourceKind, SubjectKind};
use reports::workbook::{CellNote, marked_workbook};
use serde_json::json;
use store::access::Scope;

use answer::Told;
use meter::Meter;

use crate::args::Import;
use crate::failure::{Exit, Failure};
use crate::place::catalogue;
use crate::talk::Talk;

/// The account under which the console's imports stand in the log.
const BY: &str = "(console)";

/// Imports a file. Faults end with exit code 2, and nothing is stored.
pub async fn run(talk: &Talk, wanted: Import) -> Result<Exit, Failure> {
    let choice = Wanted {
        kind: wanted.kind.as_deref().map(kind).transpose()?,
        sheet: wanted.sheet.clone(),
        sheets: sheet_kinds(&wanted.sheet_kind)?,
    };
    let bytes: Arc<[u8]> = std::fs::read(&wanted.file).map_err(|error| Failure::file(&wanted.file, &error))?.into();
    let mut plan = Plan::of(choice.kind.unwrap_or(SubjectKind::Enterprise));
    plan.period = wanted.year.map(Period::Year);
    plan.skip_unknown = wanted.skip_faulty;
    plan.headings = explained(choice.kind, &wanted.column)?;
    let stage = wanted.register.stage(wanted.dry_run).await?;
    let store = &stage.store;
    let (plans, passed_over) = match choose_sheets(bytes.clone(), &choice, &plan, &catalogue()) {
        Ok(sheets) => sheets,
        Err(error) => return unread(talk, error),
    };
    let incoming = Incoming {
        bytes: bytes.clone(),
        source: SourceKind::Sheet,
        title: file_name(&wanted.file),
        origin: wanted.origin.clone().unwrap_or_else(|| stem(&wanted.file)),
        by: BY.to_owned(),
    };
    let manner = Manner { skip_faulty: wanted.skip_faulty, rehearsal: wanted.dry_run };
    let mut meter = Meter::new(talk, wanted.progress);
    let told = |stage| meter.tell(stage);
    let outcome = take_in_sheets(store, &incoming, &plans, &catalogue(), &Scope::Zone, manner, told).await;
    meter.end();
    stage.store.close().await?;
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => return unread(talk, error),
    };
    if let Some(path) = &wanted.marked {
        mark(talk, &bytes, &outcome, path)?;
    }
    let answer = Told { outcome: &outcome, plans: &plans, passed_over: &passed_over, wanted: &wanted };
    talk.answer(&answer.for_script(talk.lang), |lang| answer.for_person(lang));
    Ok(if outcome.faults.keep_out(wanted.skip_faulty) { Exit::Faults } else { Exit::Done })
}

/// What single sheets speak of, as `SHEET=KIND` says it.
fn sheet_kinds(said: &[String]) -> Result<BTreeMap<String, Option<SubjectKind>>, Failure> {
    let one = |said: &String| match said.rsplit_once('=').filter(|(sheet, _)| !sheet.trim().is_empty()) {
        Some((sheet, "")) => Ok((sheet.to_owned(), None)),
        Some((sheet, key)) => Ok((sheet.to_owned(), Some(kind(key)?))),
        None => Err(Failure::said(
            format!("“{said}”应写成 工作表=种类，如 --as 清单=title；工作表= 表示不导入这张。"),
            format!("“{said}” should be SHEET=KIND, such as --as 清单=title; SHEET= leaves the sheet out"),
        )),
    };
    said.iter().map(one).collect()
}

/// What columns hold by their headings, as `HEADING=KEY` says it.
fn explained(kind: Option<SubjectKind>, said: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let one = |said: &String| {
        let Some((heading, meaning)) = said.rsplit_once('=').filter(|(heading, _)| !heading.trim().is_empty()) else {
            return Err(Failure::said(
                format!("“{said}”应写成 表头=字段，如 --column code=stock_code；表头= 表示不导入这一列。"),
                format!(
                    "“{said}” should be HEADING=KEY, such as --column code=stock_code; HEADING= leaves the column out"
                ),
            ));
        };
        let label = read_heading(meaning).label;
        let kinds = kind.as_ref().map_or(KINDS, std::slice::from_ref);
        let known = kinds.iter().any(|kind| catalogue().field_by_heading(*kind, &label).is_some());
        if !meaning.is_empty() && !known {
            let kind = kinds[0];
            return Err(Failure::said(
                format!(
                    "{}没有“{label}”这一字段。xianshou template 模板.xlsx --kind {} 会列出全部字段。",
                    kind.zh(),
                    kind.key()
                ),
                format!(
                    "{0} has no field “{label}”; xianshou template FILE.xlsx --kind {0} lists them all",
                    kind.key()
                ),
            ));
        }
        Ok((heading.trim().to_owned(), meaning.trim().to_owned()))
    };
    said.iter().map(one).collect()
}

/// The file could not be read as a sheet, which is a fault like any other; or the register
/// refused it.
fn unread(talk: &Talk, error: IntakeError) -> Result<Exit, Failure> {
    match error {
        IntakeError::Sheet(error) => {
            let told = error.tell(talk.lang);
            let fault = json!({
                "sheet": "", "row": 0, "column": "", "cell": "",
                "found": told.found, "expected": told.expected, "message": error.say(talk.lang),
            });
            let answer = json!({ "rows": 0, "accepted": 0, "unchanged": 0, "faults": [fault], "faults_total": 1 });
            talk.answer(&answer, |lang| error.say(lang));
            Ok(Exit::Faults)
        }
        IntakeError::Store(error) => Err(error.into()),
        error @ (IntakeError::Faulty { .. } | IntakeError::NoEnterprises | IntakeError::NoSuchSheet { .. }) => {
            Err(Failure::said(error.say(Lang::Zh), error.say(Lang::En)))
        }
    }
}

/// The kind of subject with this key.
///
/// # Errors
/// There is none; the kinds are listed.
pub fn kind(key: &str) -> Result<SubjectKind, Failure> {
    SubjectKind::from_key(key).ok_or_else(|| {
        let all: Vec<&str> = SubjectKind::ALL.iter().map(|kind| kind.key()).collect();
        let all = all.join(", ");
        Failure::said(
            format!("没有“{key}”这种主体。可以是：{all}。"),
            format!("there is no kind “{key}”; it can be one of: {all}"),
        )
    })
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Writes the workbook back with its faults marked in the cells.
fn mark(talk: &Talk, bytes: &Arc<[u8]>, outcome: &Outcome, path: &Path) -> Result<(), Failure> {
    let notes: Vec<CellNote> = outcome.faults.kept.iter().map(|fault| fault.note(talk.lang)).collect();
    let marked = marked_workbook(bytes.clone(), &notes, talk.lang).map_err(|error| crate::demo::refused(&error))?;
    std::fs::write(path, marked).map_err(|error| Failure::file(path, &error))
}
