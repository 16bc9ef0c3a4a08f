//! What became of a file, for a script and for a person.

use std::collections::BTreeMap;

use intake::{Fault, Outcome, PassedOver, Plan, Taken};
use kernel::Lang;
use serde_json::{Value, json};

use crate::args::Import;

/// Faults shown to a person; a script gets all that were kept.
const SHOWN: usize = 40;
/// Faults of one kind in one column shown to a person.
const ALIKE: u64 = 5;

/// Everything there is to tell.
pub struct Told<'a> {
    /// What became of the rows.
    pub outcome: &'a Outcome,
    /// How each sheet was read.
    pub plans: &'a [Plan],
    /// The sheets that were not.
    pub passed_over: &'a [PassedOver],
    /// What was asked for.
    pub wanted: &'a Import,
}

impl Told<'_> {
    /// The answer as JSON.
    pub fn for_script(&self, lang: Lang) -> Value {
        let outcome = self.outcome;
        let fault = |fault: &Fault| {
            json!({
                "sheet": fault.sheet,
                "row": fault.row,
                "column": fault.column,
                "cell": fault.cell(),
                "found": fault.found,
                "expected": fault.expected.say(lang),
                "message": fault.message.say(lang),
            })
        };
        let taken =
            |one: &Taken| json!({ "sheet": one.sheet, "kind": one.kind.key(), "rows": one.rows, "faults": one.faults });
        let passed_over = |one: &PassedOver| json!({ "sheet": one.sheet, "reason": self.why(one, lang) });
        json!({
            "rows": outcome.rows,
            "accepted": outcome.accepted,
            "unchanged": outcome.unchanged,
            "skipped": outcome.skipped,
            "skipped_columns": outcome.skipped_columns,
            "register_columns": outcome.own_columns,
            "sheets": outcome.sheets.iter().map(|taken| &taken.sheet).collect::<Vec<_>>(),
            "sheet_kinds": outcome.sheets.iter().map(taken).collect::<Vec<_>>(),
            "passed_over": self.passed_over.iter().map(passed_over).collect::<Vec<_>>(),
            "known": outcome.identified.known,
            "new": outcome.identified.new,
            "candidates": outcome.identified.candidates,
            "conflicts": outcome.conflicts,
            "source": outcome.source.map(|source| source.to_string()),
            "faults_total": outcome.faults.total,
            "faults": outcome.faults.kept.iter().map(fault).collect::<Vec<_>>(),
        })
    }

    /// The answer in words: the faults, what was passed over, and what became of the file.
    pub fn for_person(&self, lang: Lang) -> String {
        let mut lines = self.faults(lang);
        lines.extend(self.kinds(lang));
        lines.extend(self.years(lang));
        lines.extend(self.left_aside(lang));
        lines.push(self.sum(lang));
        lines.join("\n")
    }

    fn faults(&self, lang: Lang) -> Vec<String> {
        let faults = &self.outcome.faults;
        let several = self.outcome.sheets.len() > 1;
        let line = |fault: &Fault| match several {
            true => format!("  [{}] {}", fault.sheet, fault.message.say(lang)),
            false => format!("  {}", fault.message.say(lang)),
        };
        // The same trouble all down a column is shown by its first cells, so that the others are seen.
        let mut alike: BTreeMap<(&str, &str, &str), u64> = BTreeMap::new();
        let (mut lines, mut more) = (Vec::new(), faults.total.saturating_sub(faults.kept.len() as u64));
        for fault in &faults.kept {
            let count = alike.entry((&fault.sheet, &fault.column, &fault.expected.zh)).or_default();
            *count += 1;
            match *count <= ALIKE {
                true if lines.len() < SHOWN => lines.push(line(fault)),
                true => more += 1,
                false => {}
            }
        }
        let whole = more == 0 && alike.values().all(|count| *count <= ALIKE);
        for ((sheet, column, _), count) in alike.into_iter().filter(|(_, count)| *count > ALIKE) {
            let (place, rest) = (if several { format!("[{sheet}] ") } else { String::new() }, count - ALIKE);
            lines.push(match lang {
                Lang::Zh => format!("  {place}“{column}”还有 {rest} 处同样的问题。"),
                Lang::En => format!("  {place}{column}: {rest} more of the same kind."),
            });
        }
        if more > 0 {
            lines.push(match lang {
                Lang::Zh => format!("  ……另有 {more} 处。"),
                Lang::En => format!("  … and {more} more."),
            });
        }
        if !whole && self.wanted.marked.is_none() {
            let words = (
                "  加 --marked 文件.xlsx 可取回标出全部问题的工作簿。",
                "  Add --marked FILE.xlsx to get the workbook back with every fault marked.",
            );
            lines.push(lang.pick(words.0, words.1).to_owned());
        }
        lines
    }

    /// Why a sheet was passed over, and how it can be taken in after all.
    fn why(&self, one: &PassedOver, lang: Lang) -> String {
        let why = one.why.say(lang);
        match (one.kind.filter(|_| self.wanted.kind.is_some()), lang) {
            (None, _) => why.to_owned(),
            (Some(kind), Lang::Zh) => {
                format!("{why}；不写 --kind 可一起导入，或用 --kind {} 另行导入", kind.key())
            }
            (Some(kind), Lang::En) => {
                format!("{why}; leave --kind out to import both together, or import it with --kind {}", kind.key())
            }
        }
    }

    /// What each sheet was read as, where nobody said one kind for all.
    fn kinds(&self, lang: Lang) -> impl Iterator<Item = String> {
        let sheets = self.outcome.sheets.iter().filter(|_| self.wanted.kind.is_none());
        sheets.map(move |Taken { sheet, kind, rows, .. }| match lang {
            Lang::Zh => format!("  工作表“{sheet}”按“{}”读入，{rows} 行。", kind.zh()),
            Lang::En => format!("  The sheet “{sheet}” is read as {}: {}.", kind.key(), rows_of(*rows)),
        })
    }

    /// The years that were taken from the names of sheets.
    fn years(&self, lang: Lang) -> impl Iterator<Item = String> {
        let named = self.plans.iter().filter(|_| self.wanted.year.is_none());
        named.filter_map(move |plan| {
            let (sheet, year) = (plan.sheet.as_ref()?, plan.period?);
            Some(match lang {
                Lang::Zh => format!("  工作表“{sheet}”中没有写年份的列，按 {year} 年读入。"),
                Lang::En => format!("  Columns of the sheet “{sheet}” that name no year are read as {year}."),
            })
        })
    }

    /// The sheets and columns that were passed over.
    fn left_aside(&self, lang: Lang) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for one in self.passed_over {
            let (sheet, why) = (&one.sheet, self.why(one, lang));
            lines.push(match lang {
                Lang::Zh => format!("  未导入工作表“{sheet}”：{why}。"),
                Lang::En => format!("  The sheet “{sheet}” was passed over: {why}."),
            });
        }
        let listed = |columns: &[String]| columns.join(lang.pick("、", ", "));
        if !self.outcome.skipped_columns.is_empty() {
            let columns = listed(&self.outcome.skipped_columns);
            lines.push(match lang {
                Lang::Zh => format!("  目录中没有这些列，未导入：{columns}。"),
                Lang::En => format!("  Columns that are not in the catalogue were left out: {columns}."),
            });
        }
        if !self.outcome.own_columns.is_empty() {
            let columns = listed(&self.outcome.own_columns);
            lines.push(match lang {
                Lang::Zh => format!("  这些列由台账自行计算，未导入：{columns}。"),
                Lang::En => format!("  Columns that the register reckons itself were passed over: {columns}."),
            });
        }
        lines
    }

    /// The last line: what became of the file.
    fn sum(&self, lang: Lang) -> String {
        let Outcome { rows, accepted, unchanged, skipped, faults, identified, conflicts, .. } = self.outcome;
        let refused = faults.keep_out(self.wanted.skip_faulty);
        let waiting = match (identified.candidates, lang) {
            (0, _) => String::new(),
            (some, Lang::Zh) => format!("其中 {some} 行没有代码，作为候选等待人工确认。"),
            (some, Lang::En) => format!(" {some} rows have no code and wait as candidates for a person."),
        };
        let disputed = match (*conflicts, lang) {
            (0, _) => String::new(),
            (some, Lang::Zh) => format!("有 {some} 项数据与其他来源不一，待人工核定。"),
            (1, Lang::En) => " 1 fact disagrees with another source and waits to be settled.".to_owned(),
            (some, Lang::En) => format!(" {some} facts disagree with another source and wait to be settled."),
        };
        match (refused, self.wanted.dry_run, lang) {
            (true, _, Lang::Zh) => format!("共 {rows} 行，有 {} 处问题，什么都没有存入。", faults.total),
            (true, _, Lang::En) => format!("{}, {}; nothing was stored.", rows_of(*rows), faults_of(faults.total)),
            (false, true, Lang::Zh) => {
                format!(
                    "试导入：共 {rows} 行，将存入 {accepted} 行，{unchanged} 行没有变化，跳过 {skipped} 行。{waiting}{disputed}"
                )
            }
            (false, true, Lang::En) => {
                let rows = rows_of(*rows);
                format!(
                    "Rehearsal: {rows}; {accepted} would be stored, {unchanged} change nothing, {skipped} left out.{waiting}{disputed}"
                )
            }
            (false, false, Lang::Zh) => {
                format!(
                    "共 {rows} 行：存入 {accepted} 行，{unchanged} 行没有变化，跳过 {skipped} 行。{waiting}{disputed}"
                )
            }
            (false, false, Lang::En) => {
                format!(
                    "{}: {accepted} stored, {unchanged} unchanged, {skipped} left out.{waiting}{disputed}",
                    rows_of(*rows)
                )
            }
        }
    }
}

fn rows_of(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn faults_of(count: u64) -> String {
    if count == 1 { "1 fault".to_owned() } else { format!("{count} faults") }
}
