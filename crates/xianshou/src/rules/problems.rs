//! Telling what is wrong with policy texts: underlined for a person, a line of JSON each for a script.

use std::collections::BTreeMap;

use kernel::Lang;
use policy::library::Remark;
use policy::problem::{Severity, position};
use serde_json::{Value, json};

use crate::talk::Talk;

/// Problems of one file shown to a person; a script gets all.
const SHOWN: usize = 50;

/// Tells every problem.
pub fn tell(talk: &Talk, remarks: &[Remark]) {
    if talk.json {
        remarks.iter().for_each(|remark| talk.line(for_script(remark, talk.lang)));
        return;
    }
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for remark in remarks {
        let count = shown.entry(&remark.file).or_default();
        *count += 1;
        if *count <= SHOWN {
            talk.line(for_person(remark, talk.lang));
        }
    }
    for (file, count) in shown.into_iter().filter(|(_, count)| *count > SHOWN) {
        let more = count - SHOWN;
        talk.line(
            talk.lang
                .pick("{file}：另有 {more} 处。", "{file}: {more} more.")
                .replace("{file}", file)
                .replace("{more}", &more.to_string()),
        );
    }
}

/// How many refuse a policy.
pub fn errors(remarks: &[Remark]) -> usize {
    remarks.iter().filter(|remark| remark.problem.severity == Severity::Error).count()
}

fn for_person(remark: &Remark, lang: Lang) -> String {
    let problem = &remark.problem;
    match remark.source.is_empty() {
        false => problem.show(&remark.source, &remark.file, lang),
        // There is no line to underline.
        true => format!(
            "{}[{}]: {}\n --> {}\n",
            lang.pick("错误", "error"),
            problem.code,
            problem.message.say(lang),
            remark.file
        ),
    }
}

fn for_script(remark: &Remark, lang: Lang) -> Value {
    let problem = &remark.problem;
    let (line, column) = position(&remark.source, problem.span.start);
    let (end_line, end_column) = position(&remark.source, problem.span.end);
    json!({
        "file": remark.file,
        "line": line,
        "column": column,
        "end": { "line": end_line, "column": end_column },
        "severity": match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "code": problem.code,
        "message": problem.message.say(lang),
        "suggestion": problem.hint.as_ref().map(|hint| hint.say(lang)),
    })
}
