//! Choices, codes, yes and no.

use super::fault::{FaultKind, Refusal};
use super::{RawCell, is_blank};
use crate::catalogue::Choice;
use crate::code_table::{self, CodeTable, Entry};
use crate::credit_code::CreditCode;
use crate::lang::{Lang, Said};
use crate::text;

pub(super) fn yes_no(cell: &RawCell) -> Result<Option<bool>, Refusal> {
    if let RawCell::Bool(yes) = cell {
        return Ok(Some(*yes));
    }
    let shown = cell.shown();
    let folded = text::fold(&shown).to_lowercase();
    match folded.as_str() {
        "是" | "√" | "✓" | "✔" | "☑" | "y" | "yes" | "true" | "1" | "对" => Ok(Some(true)),
        "否" | "×" | "✗" | "✘" | "✕" | "n" | "no" | "false" | "0" | "错" => Ok(Some(false)),
        // 无 may mean “no” or “not filled in”: the person has to say which.
        "无" => Err(Refusal::hinting(
            FaultKind::NotYesNo,
            "如为否请写“否”，如未填请留空。",
            "Write 否 for no, or leave the cell empty.",
        )),
        other if is_blank(other) => Ok(None),
        _ => Err(Refusal::plain(FaultKind::NotYesNo)),
    }
}

pub(super) fn choice(cell: &RawCell, choices: &[Choice]) -> Result<Option<String>, Refusal> {
    let shown = cell.shown();
    // Nearly every cell of a sheet is written exactly as a label is.
    let exact = choices.iter().find(|choice| choice.names().any(|name| name == shown));
    if let Some(choice) = exact.or_else(|| choices.iter().find(|choice| choice.is_written(&shown))) {
        return Ok(Some(choice.key.clone()));
    }
    if is_blank(&text::fold(&shown)) {
        return Ok(None);
    }
    let written = text::label_key(&shown);
    let near = choices
        .iter()
        .map(|choice| (crate::name::similarity_of_keys(&written, &text::label_key(&choice.zh)), choice))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    Err(match near {
        Some((_, near)) => Refusal::hinting(
            FaultKind::UnknownChoice,
            format!("是否指“{}”？", near.zh),
            format!("Perhaps “{}” is meant.", near.en),
        ),
        None => Refusal::plain(FaultKind::UnknownChoice),
    })
}

pub(super) fn credit_code(cell: &RawCell) -> Result<Option<CreditCode>, Refusal> {
    let shown = match cell {
        RawCell::Number { figure, .. } if *figure >= 1e15 => return Err(lost()),
        RawCell::Integer(number) if *number >= 1_000_000_000_000_000 => return Err(lost()),
        _ => cell.shown(),
    };
    if is_blank(&text::fold(&shown)) {
        return Ok(None);
    }
    CreditCode::parse(&shown).map(Some).map_err(|error| Refusal {
        kind: FaultKind::CreditCode,
        hint: Some(Said::new(error.say(Lang::Zh), error.say(Lang::En))),
    })
}

fn lost() -> Refusal {
    let error = crate::credit_code::CreditCodeError::Rounded;
    Refusal { kind: FaultKind::DigitsLost, hint: Some(Said::new(error.say(Lang::Zh), error.say(Lang::En))) }
}

pub(super) fn code(cell: &RawCell, table: &str) -> Result<Option<String>, Refusal> {
    let shown = cell.shown();
    let folded = text::fold(&shown);
    if is_blank(&folded) {
        return Ok(None);
    }
    let Some(table) = code_table::table(table) else { return Err(Refusal::plain(FaultKind::UnknownCode)) };
    let is_number = matches!(cell, RawCell::Number { .. } | RawCell::Integer(_));
    let found = if is_number { of_number(table, &folded)? } else { of_text(table, &folded)? };
    if found.is_current() {
        return Ok(Some(found.code.to_owned()));
    }
    let names: Vec<String> = found.successors().map(|code| format!("{code} {}", table.full_name(code))).collect();
    Err(match names.is_empty() {
        true => Refusal::plain(FaultKind::ReplacedCode),
        false => Refusal::hinting(
            FaultKind::ReplacedCode,
            format!("{} {} 现为 {}。", found.code, found.name, names.join("、")),
            format!("{} {} is now {}.", found.code, found.name, names.join(", ")),
        ),
    })
}

/// A code that a sheet keeps as a number has lost its leading zeros: 0111 stands there as 111,
/// which may be a code of its own. It is taken only where one reading is possible.
fn of_number(table: &CodeTable, number: &str) -> Result<Entry, Refusal> {
    let padded = format!("0{number}");
    match (table.lookup(number), table.lookup(&padded)) {
        (Some(entry), None) | (None, Some(entry)) => Ok(entry),
        (Some(one), Some(other)) => Err(several(&[one, other])),
        (None, None) => Err(Refusal::plain(FaultKind::UnknownCode)),
    }
}

fn of_text(table: &CodeTable, written: &str) -> Result<Entry, Refusal> {
    let upper = written.to_ascii_uppercase();
    if let Some(entry) = table.lookup(&upper) {
        return Ok(entry);
    }
    // C3963 writes the section before the code; it is taken where the code is of that section.
    if let (Some(section), Some(rest)) = (upper.chars().next().filter(char::is_ascii_uppercase), upper.get(1..))
        && let Some(entry) = table.lookup(rest).filter(|entry| table.path(entry.code)[0].code.starts_with(section))
    {
        return Ok(entry);
    }
    match table.named(written) {
        [] => {}
        [code] => return table.lookup(code).ok_or(Refusal::plain(FaultKind::UnknownCode)),
        codes => {
            let entries: Vec<Entry> = codes.iter().filter_map(|code| table.lookup(code)).collect();
            // One name at several levels of one branch (a group with a single class) means the lowest.
            return one_branch(table, &entries).ok_or_else(|| several(&entries));
        }
    }
    code_and_name(table, &upper, written)
}

/// Reads `3963 智能消费设备制造`: taken where the name is the code's.
fn code_and_name(table: &CodeTable, upper: &str, written: &str) -> Result<Entry, Refusal> {
    let end = upper.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(upper.len());
    let code = upper[..end].trim_start_matches(|c: char| c.is_ascii_uppercase() && end > 1);
    let Some(entry) = table.lookup(code) else { return Err(Refusal::plain(FaultKind::UnknownCode)) };
    let name = text::label_key(&written[end..]);
    if name == text::label_key(entry.name) || name == text::label_key(&table.full_name(entry.code)) {
        return Ok(entry);
    }
    Err(Refusal::hinting(
        FaultKind::UnknownCode,
        format!("{} 的名称是“{}”，代码与名称不一致。", entry.code, entry.name),
        format!("The name of {} is {}; code and name disagree.", entry.code, entry.name),
    ))
}

fn one_branch(table: &CodeTable, entries: &[Entry]) -> Option<Entry> {
    let lowest = entries.iter().max_by_key(|entry| table.path(entry.code).len())?;
    let path = table.path(lowest.code);
    entries.iter().all(|entry| path.contains(entry)).then_some(*lowest)
}

fn several(entries: &[Entry]) -> Refusal {
    let table_names: Vec<String> =
        entries.iter().take(4).map(|entry| format!("{} {}", entry.code, entry.name)).collect();
    Refusal::hinting(
        FaultKind::AmbiguousCode,
        format!("可能是 {}，请填写代码。", table_names.join("、")),
        format!("It may be {}; write the code.", table_names.join(", ")),
    )
}
