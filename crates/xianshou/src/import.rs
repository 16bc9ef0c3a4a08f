//! `xianshou import`: a workbook or csv file, checked cell by cell, stored whole or not at all.

use std::path::Path;
use std::sync::Arc;

use intake::{Fault, Incoming, IntakeError, Manner, Outcome, Plan, take_in};
use kernel::{Lang, SourceKind, SubjectKind};
use reports::workbook::{CellNote, marked_workbook};
use serde_json::{Value, json};
use store::access::Scope;

use crate::args::Import;
use crate::failure::{Exit, Failure};
use crate::place::catalogue;
use crate::talk::Talk;

/// The account under which the console's imports stand in the log.
const BY: &str = "(console)";
/// Faults shown to a person; a script gets all that were kept.
const SHOWN: usize = 40;

/// Imports a file. Faults end with exit code 2, and nothing is stored.
pub async fn run(talk: &Talk, wanted: Import) -> Result<Exit, Failure> {
    let kind = kind(&wanted.kind)?;
    let bytes: Arc<[u8]> = std::fs::read(&wanted.file).map_err(|error| Failure::file(&wanted.file, &error))?.into();
    let store = wanted.register.open_or_create().await?;
    let mut plan = Plan::of(kind);
    plan.sheet = wanted.sheet.clone();
    plan.skip_unknown = wanted.skip_faulty;
    let incoming = Incoming {
        bytes: bytes.clone(),
        source: SourceKind::Sheet,
        title: file_name(&wanted.file),
        origin: wanted.origin.clone().unwrap_or_else(|| stem(&wanted.file)),
        by: BY.to_owned(),
    };
    let manner = Manner { skip_faulty: wanted.skip_faulty, rehearsal: wanted.dry_run };
    let outcome = take_in(&store, &incoming, &plan, &catalogue(), &Scope::Zone, manner).await;
    store.close().await?;
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(IntakeError::Sheet(error)) => {
            let told = |lang| error.tell(lang);
            let fault = json!({
                "sheet": "", "row": 0, "column": "", "cell": "",
                "found": told(talk.lang).found, "expected": told(talk.lang).expected, "message": error.say(talk.lang),
            });
            let answer = json!({ "rows": 0, "accepted": 0, "unchanged": 0, "faults": [fault] });
            talk.answer(&answer, |lang| error.say(lang));
            return Ok(Exit::Faults);
        }
        Err(IntakeError::Store(error)) => return Err(error.into()),
        Err(error @ IntakeError::Faulty { .. }) => return Err(Failure::said(error.say(Lang::Zh), error.say(Lang::En))),
    };
    if let Some(path) = &wanted.marked {
        mark(talk, &bytes, &outcome, path)?;
    }
    talk.answer(&for_script(talk.lang, &outcome), |lang| for_person(lang, &outcome, &wanted));
    let stands = outcome.faults.is_empty() || (wanted.skip_faulty && outcome.faults.of_head == 0);
    Ok(if stands { Exit::Done } else { Exit::Faults })
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

fn for_script(lang: Lang, outcome: &Outcome) -> Value {
    let faults: Vec<Value> = outcome
        .faults
        .kept
        .iter()
        .map(|fault| {
            json!({
                "sheet": fault.sheet,
                "row": fault.row,
                "column": fault.column,
                "cell": fault.cell(),
                "found": fault.found,
                "expected": fault.expected.say(lang),
                "message": fault.message.say(lang),
            })
        })
        .collect();
    json!({
        "rows": outcome.rows,
        "accepted": outcome.accepted,
        "unchanged": outcome.unchanged,
        "skipped": outcome.skipped,
        "skipped_columns": outcome.skipped_columns,
        "register_columns": outcome.own_columns,
        "known": outcome.identified.known,
        "new": outcome.identified.new,
        "candidates": outcome.identified.candidates,
        "source": outcome.source.map(|source| source.to_string()),
        "faults_total": outcome.faults.total,
        "faults": faults,
    })
}

fn for_person(lang: Lang, outcome: &Outcome, wanted: &Import) -> String {
    let mut lines: Vec<String> =
        outcome.faults.kept.iter().take(SHOWN).map(|fault| format!("  {}", fault.message.say(lang))).collect();
    let more = outcome.faults.total.saturating_sub(lines.len() as u64);
    if more > 0 {
        lines.push(match lang {
            Lang::Zh => format!("  ……另有 {more} 处。加 --marked 文件 可取回标出问题的工作簿。"),
            Lang::En => {
                format!("  … and {more} more. Add --marked FILE to get the workbook back with its faults marked.")
            }
        });
    }
    if !outcome.own_columns.is_empty() {
        let columns = outcome.own_columns.join(lang.pick("、", ", "));
        lines.push(match lang {
            Lang::Zh => format!("  这些列由台账自行计算，未导入：{columns}。"),
            Lang::En => format!("  Columns that the register reckons itself were passed over: {columns}."),
        });
    }
    lines.push(sum(lang, outcome, wanted));
    lines.join("\n")
}

/// The last line: what became of the file.
fn sum(lang: Lang, outcome: &Outcome, wanted: &Import) -> String {
    let Outcome { rows, accepted, unchanged, skipped, .. } = outcome;
    let refused = !outcome.faults.is_empty() && (!wanted.skip_faulty || outcome.faults.of_head > 0);
    match (refused, wanted.dry_run, lang) {
        (true, _, Lang::Zh) => format!("共 {rows} 行，有 {} 处问题，什么都没有存入。", outcome.faults.total),
        (true, _, Lang::En) => format!("{rows} rows, {} faults; nothing was stored.", outcome.faults.total),
        (false, true, Lang::Zh) => {
            format!("试导入：共 {rows} 行，将存入 {accepted} 行，{unchanged} 行没有变化，跳过 {skipped} 行。")
        }
        (false, true, Lang::En) => {
            format!(
                "Rehearsal: {rows} rows; {accepted} would be stored, {unchanged} change nothing, {skipped} left out."
            )
        }
        (false, false, Lang::Zh) => {
            format!("共 {rows} 行：存入 {accepted} 行，{unchanged} 行没有变化，跳过 {skipped} 行。")
        }
        (false, false, Lang::En) => {
            format!("{rows} rows: {accepted} stored, {unchanged} unchanged, {skipped} left out.")
        }
    }
}

/// Writes the workbook back with its faults marked in the cells.
fn mark(talk: &Talk, bytes: &Arc<[u8]>, outcome: &Outcome, path: &Path) -> Result<(), Failure> {
    let note = |fault: &Fault| CellNote {
        sheet: fault.sheet.clone(),
        row: fault.row,
        column: fault.at.map(|at| at as u32 + 1),
        heading: fault.column.clone(),
        found: fault.found.clone(),
        expected: fault.expected.say(talk.lang).to_owned(),
        message: fault.message.say(talk.lang).to_owned(),
    };
    let notes: Vec<CellNote> = outcome.faults.kept.iter().map(note).collect();
    let marked = marked_workbook(bytes.clone(), &notes, talk.lang).map_err(|error| crate::demo::refused(&error))?;
    std::fs::write(path, marked).map_err(|error| Failure::file(path, &error))
}
