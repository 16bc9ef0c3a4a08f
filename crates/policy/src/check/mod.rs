//! From tree to checked policy: names, dimensions, bands, dates, all problems at once.

mod bands;
mod figures;
mod lint;
mod lower;
mod names;
mod records;
mod scores;

pub(crate) use figures::unit;

use std::collections::BTreeMap;

use kernel::{Catalogue, SubjectKind};

use crate::cases;
use crate::ir::{Policy, Setting};
use crate::parse::parse;
use crate::problem::{Problem, Severity, Span};
use crate::tree::Tree;

/// Figures a place has set, as written in the language (`30万元`): by the name of the setting, or by the
/// id of the policy, a dot and the name (`startup-subsidy.补贴标准`), which goes before.
pub type Settings = BTreeMap<String, String>;

/// The figures that are set for one policy, by the name of the setting.
fn of_policy(id: &str, settings: &Settings) -> Settings {
    let own = |key: &str| key.strip_prefix(id)?.strip_prefix('.').map(str::to_owned);
    let general = settings.iter().filter(|(key, _)| !key.contains('.')).map(|(key, value)| (key.clone(), value));
    let special = settings.iter().filter_map(|(key, value)| Some((own(key)?, value)));
    general.chain(special).map(|(key, value)| (key, value.clone())).collect()
}

/// A policy that was read, and everything there is to say about its text.
#[derive(Debug)]
pub struct Checked {
    /// The policy; `None` where an error refuses it.
    pub policy: Option<Policy>,
    /// Errors and warnings, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads and checks a policy text on its own.
pub fn check(source: &str, catalogue: &Catalogue, settings: &Settings) -> Checked {
    let (tree, problems) = parse(source);
    check_tree(&tree, source, catalogue, settings, problems)
}

/// Checks a tree that was read, perhaps with parts of a place's override in it.
pub fn check_tree(
    tree: &Tree,
    source: &str,
    catalogue: &Catalogue,
    settings: &Settings,
    found: Vec<Problem>,
) -> Checked {
    let mut problems = found;
    let settings = &of_policy(&tree.id.text, settings);
    if tree.id.text.is_empty() {
        return Checked { policy: None, problems };
    }
    // An override alone is not a whole policy; its names are checked with what it overrides.
    if tree.overrides.is_some() {
        return Checked { policy: None, problems };
    }
    let had_errors = problems.iter().any(|problem| problem.severity == Severity::Error);
    header(tree, &mut problems);
    let subject = subject(tree, &mut problems);
    let policy = lower::lower(tree, source, catalogue, settings, subject, &mut problems);
    if !had_errors && !problems.iter().any(|problem| problem.severity == Severity::Error) {
        lint::lint(&policy, tree, &mut problems);
    }
    let mut policy = policy;
    let sound = !problems.iter().any(|problem| problem.severity == Severity::Error);
    let mut of_cases = Vec::new();
    policy.cases = cases::resolve(tree, &policy, catalogue, &mut of_cases);
    // What a case expects of a part that could not be read is not the case's fault.
    of_cases.retain(|problem| sound || problem.code != "unknown-expectation");
    problems.extend(of_cases);
    problems.sort_by_key(|problem| (problem.span, problem.severity));
    problems.dedup();
    let refused = problems.iter().any(|problem| problem.severity == Severity::Error);
    Checked { policy: (!refused).then_some(policy), problems }
}

fn header(tree: &Tree, problems: &mut Vec<Problem>) {
    let head = tree.id.span;
    match tree.force {
        None => {
            problems.push(
                Problem::error("no-date", head, "没有“施行”日期", "there is no 施行 date")
                    .hint("例如：施行 2022-08-01 至 2026-03-31", "as in: 施行 2022-08-01 至 2026-03-31"),
            );
        }
        Some((from, Some(until), span)) if until < from => {
            let (zh, en) = (
                format!("日期颠倒：{until} 早于 {from}"),
                format!("the dates are upside down: {until} is before {from}"),
            );
            problems.push(Problem::error("dates-upside-down", span, zh, en).hint("交换两个日期", "swap the two days"));
        }
        Some(_) => {}
    }
    if tree.documents.is_empty() {
        problems.push(Problem::warning(
            "no-document",
            head,
            "没有“文号”：结论无从引用",
            "there is no 文号: a verdict cannot cite it",
        ));
    }
}

fn subject(tree: &Tree, problems: &mut Vec<Problem>) -> SubjectKind {
    let written = tree.subject.text.as_str();
    let found = SubjectKind::ALL.iter().copied().find(|kind| kind.zh() == written || kind.key() == written);
    if found.is_none() && !written.is_empty() {
        let known = SubjectKind::ALL.iter().map(|kind| kind.zh());
        let (zh, en) = (format!("没有“{written}”这种主体"), format!("there is no kind of subject {written:?}"));
        problems.push(
            Problem::error("unknown-subject", tree.subject.span, zh, en)
                .nearest(&crate::problem::nearest(written, known)),
        );
    }
    found.unwrap_or(SubjectKind::Enterprise)
}

/// The settings of a tree as they stand, for showing.
fn settings_of(tree: &Tree, source: &str, set: &Settings) -> Vec<Setting> {
    let written = |span: Span| span.of(source).to_owned();
    tree.settings
        .iter()
        .map(|setting| Setting {
            name: setting.name.text.clone(),
            name_en: setting.name_en.clone(),
            value: set
                .get(&setting.name.text)
                .cloned()
                .or_else(|| setting.value.as_ref().map(|value| written(value.span))),
            owner: setting.owner.clone(),
            since: setting.since,
            cite: setting.cite.clone(),
        })
        .collect()
}
