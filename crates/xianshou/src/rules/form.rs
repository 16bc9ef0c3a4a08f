//! `xianshou policy fmt`: policy texts in their usual form.

use std::path::Path;

use kernel::Lang;
use policy::format::format;
use policy::library::Remark;
use policy::parse::parse;
use policy::problem::Severity;
use serde_json::json;

use super::problems::tell;
use super::texts::{Text, gather};
use crate::args::policy::Fmt;
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Puts texts in form, or with `--check` only tells which are not. A text that cannot be read is
/// left as it is.
pub fn run(talk: &Talk, wanted: &Fmt) -> Result<Exit, Failure> {
    let mut read = gather(&wanted.texts);
    let (mut in_form, mut changed) = (0, 0);
    for text in &read.texts {
        let errors = unreadable(text);
        if !errors.is_empty() {
            read.remarks.extend(errors);
            continue;
        }
        let formatted = format(&text.source);
        let differs = formatted != text.source;
        in_form += usize::from(!differs);
        changed += usize::from(differs);
        if differs && !wanted.check {
            replace(Path::new(&text.file), &formatted)?;
        }
        tell_one(talk, wanted, text, &formatted);
    }
    tell(talk, &read.remarks);
    if !talk.json {
        let refused = read.remarks.len();
        talk.line(match (talk.lang, wanted.check) {
            (Lang::Zh, true) => format!("{in_form} 个格式合规，{changed} 个不合；{refused} 处错误。"),
            (Lang::Zh, false) => format!("{in_form} 个未变，整理了 {changed} 个；{refused} 处错误。"),
            (Lang::En, true) => format!("{in_form} in form, {changed} not; {refused} errors."),
            (Lang::En, false) => format!("{in_form} unchanged, {changed} put in form; {refused} errors."),
        });
    }
    Ok(match (read.remarks.is_empty(), wanted.check && changed > 0) {
        (false, _) => Exit::Faults,
        (true, true) => Exit::Failed,
        (true, false) => Exit::Done,
    })
}

/// The errors that keep a text from being read; names and units are not looked at.
fn unreadable(text: &Text) -> Vec<Remark> {
    let errors = parse(&text.source).1.into_iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| Remark { file: text.file.clone(), source: text.source.clone(), problem }).collect()
}

fn tell_one(talk: &Talk, wanted: &Fmt, text: &Text, formatted: &str) {
    let differs = text.source != formatted;
    // Lines count from 1; where one text only has more lines, the first of those differs.
    let first = text.source.lines().zip(formatted.lines()).take_while(|(was, is)| was == is).count() + 1;
    if talk.json {
        let first = differs.then_some(first);
        talk.line(json!({ "file": text.file, "formatted": !differs, "first_line": first }));
    } else if differs {
        let file = &text.file;
        talk.line(match (talk.lang, wanted.check) {
            (Lang::Zh, true) => format!("{file}:{first} 格式不合"),
            (Lang::Zh, false) => format!("{file} 已整理"),
            (Lang::En, true) => format!("{file}:{first} is not in form"),
            (Lang::En, false) => format!("{file} put in form"),
        });
    }
}

/// Writes beside the file and then takes its place, so that a full disk costs nobody the text.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file(path, &error);
    let target = path.canonicalize().map_err(failed)?;
    let beside = target.with_extension("policy.new");
    std::fs::write(&beside, text).map_err(failed)?;
    std::fs::rename(&beside, &target).map_err(failed)
}
