//! `xianshou policy test`: every case of every policy, and cases on either side of each threshold.

use kernel::Lang;
use policy::library::Remark;
use policy::problem::{Severity, position};
use serde_json::json;

use super::check::counted;
use super::problems::{errors, tell};
use super::texts::{Found, gather, policies};
use crate::args::policy::Test;
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// What was tried so far.
#[derive(Default)]
struct Sum {
    policies: usize,
    cases: usize,
    failed: usize,
    thresholds: usize,
    made: usize,
    unnoticed: usize,
}

/// Tries the cases. A policy that cannot be read ends with 2, a case that fails with 1.
pub fn run(talk: &Talk, wanted: &Test) -> Result<Exit, Failure> {
    let mut read = gather(&wanted.texts);
    let (found, remarks) = policies(&read.texts);
    read.remarks.extend(remarks);
    let refused: Vec<Remark> =
        read.remarks.into_iter().filter(|remark| remark.problem.severity == Severity::Error).collect();
    tell(talk, &refused);
    let mut sum = Sum::default();
    for one in &found {
        sum.policies += 1;
        try_cases(talk, one, &mut sum);
        if wanted.boundaries {
            try_boundaries(talk, one, &mut sum);
        }
    }
    if !talk.json {
        talk.line(sum.say(wanted.boundaries, talk.lang));
    }
    Ok(match (errors(&refused), sum.failed + sum.unnoticed) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::Failed,
        _ => Exit::Faults,
    })
}

fn try_cases(talk: &Talk, Found { file, policy }: &Found, sum: &mut Sum) {
    for case in &policy.cases {
        sum.cases += 1;
        let differs = policy.try_case(case);
        sum.failed += usize::from(!differs.is_empty());
        let line = position(&policy.source, case.span.start).0;
        let messages: Vec<&str> = differs.iter().map(|differs| differs.message.say(talk.lang)).collect();
        if talk.json {
            talk.line(json!({
                "file": file, "policy": policy.id, "version": policy.version(), "case": case.name, "line": line,
                "passed": differs.is_empty(), "messages": messages,
            }));
        } else if !differs.is_empty() {
            talk.line(format!("✗ {file}:{line} {}", case.name));
            messages.iter().for_each(|message| talk.line(format!("    {message}")));
        }
    }
    if policy.cases.is_empty() && !talk.json {
        talk.line(talk.lang.pick("? {file} 没有例。", "? {file} has no case.").replace("{file}", file));
    }
}

/// Tells of every threshold whether a slip in it would be noticed.
fn try_boundaries(talk: &Talk, Found { file, policy }: &Found, sum: &mut Sum) {
    for tried in policy.try_thresholds() {
        sum.thresholds += 1;
        sum.made += tried.made;
        sum.unnoticed += usize::from(!tried.unnoticed.is_empty());
        let line = position(&policy.source, tried.at).0;
        let text = &tried.threshold.text;
        if talk.json {
            talk.line(json!({
                "file": file, "policy": policy.id, "version": policy.version(), "threshold": text,
                "line": line, "cases": tried.made, "passed": tried.unnoticed.is_empty(), "unnoticed": tried.unnoticed,
            }));
        } else if !tried.unnoticed.is_empty() {
            talk.line(match talk.lang {
                Lang::Zh => format!("✗ {file}:{line} 门槛“{text}”写偏了，没有例会发现；请在门槛两侧各写一个例"),
                Lang::En => format!(
                    "✗ {file}:{line} no case would notice a slip in “{text}”; write a case on either side of it"
                ),
            });
        }
    }
}

impl Sum {
    fn say(&self, boundaries: bool, lang: Lang) -> String {
        let Sum { policies, cases, failed, thresholds, made, unnoticed } = *self;
        let mut text = match lang {
            Lang::Zh => format!("{policies} 个政策，{cases} 个例，{failed} 个不通过。"),
            Lang::En => format!(
                "{}, {}, {failed} failed.",
                counted(policies, "policy", "policies"),
                counted(cases, "case", "cases")
            ),
        };
        if boundaries {
            text.push_str(&match lang {
                Lang::Zh => {
                    format!("\n{thresholds} 个门槛，两侧生成 {made} 个例；{unnoticed} 个门槛写偏了不会被发现。")
                }
                Lang::En => format!(
                    "\n{}, {} made beside them; a slip in {unnoticed} of them would not be noticed.",
                    counted(thresholds, "threshold", "thresholds"),
                    counted(made, "case", "cases")
                ),
            });
        }
        text
    }
}
