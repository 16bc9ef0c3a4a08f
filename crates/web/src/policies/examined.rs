//! A text that is not published yet, read as the library would read it, and whether it may be published.

use std::fmt;

use jiff::civil::Date;
use kernel::{Catalogue, Lang};
use policy::cases::trial::Trial;
use policy::parse::parse;
use policy::problem::{Both, Problem, Severity, position};
use policy::{Policy, check};

use super::shelf::{DRAFT, Shelf};
use crate::Page;
use crate::ui::{Badge, escaped};

/// Addresses of the desk that no policy may be called by.
const RESERVED: [&str; 4] = ["drafts", "settings", "published", "rehearsals"];

/// A text with everything there is to say about it.
#[derive(Debug)]
pub(crate) struct Examined {
    /// The policy; none where an error refuses it.
    pub(crate) policy: Option<Policy>,
    /// Errors and warnings.
    pub(crate) problems: Vec<Problem>,
}

/// Reads and checks a text. An override is checked with what it overrides in the zone's library.
pub(crate) fn examine(shelf: &Shelf, source: &str) -> Examined {
    let (tree, _) = parse(source);
    if tree.overrides.is_none() {
        let checked = check(source, Catalogue::builtin(), shelf.settings());
        return Examined { policy: checked.policy, problems: checked.problems };
    }
    let (library, remarks) = shelf.with(Some(source), &tree.level.text, shelf.settings());
    let mut problems: Vec<Problem> = remarks
        .into_iter()
        .filter(|remark| remark.file == DRAFT && remark.problem.span.start <= source.len())
        .map(|remark| remark.problem)
        .collect();
    problems.retain(|problem| problem.code != "versions-overlap");
    let is_draft = |policy: &&Policy| policy.own == source.len() && policy.source.starts_with(source);
    Examined { policy: library.policies().iter().find(is_draft).cloned(), problems }
}

impl Examined {
    /// How many problems refuse the text.
    pub(crate) fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
    }
}

/// Why a text may not be published; nothing where it may.
pub(crate) fn hindrances(shelf: &Shelf, source: &str, examined: &Examined, trial: &Trial, today: Date) -> Vec<Both> {
    let mut found = Vec::new();
    let errors = examined.errors();
    if errors > 0 {
        found.push(Both::new(format!("文本有 {errors} 处错误"), format!("the text has {errors} errors")));
    }
    let Some(policy) = &examined.policy else { return found };
    if policy.cases.is_empty() {
        found.push(Both::new("没有例；至少写一个", "there is no case; write one at least"));
    }
    for (case, differs) in policy.cases.iter().zip(&trial.cases).filter(|(_, differs)| !differs.is_empty()) {
        let line = position(source, case.span.start).0;
        // Where nothing fails and nothing is open, there is nothing to name in brackets.
        let bare = |said: &str| said.trim_end_matches("（）").trim_end_matches(" ()").to_owned();
        let said = |lang| differs.iter().map(|it| bare(it.message.say(lang))).collect::<Vec<_>>().join("；");
        found.push(Both::new(
            format!("第 {line} 行的例“{}”不通过：{}", case.name, said(Lang::Zh)),
            format!("the case {:?} on line {line} fails: {}", case.name, said(Lang::En)),
        ));
    }
    for tried in trial.unnoticed() {
        let (line, text) = (position(source, tried.at).0, &tried.threshold.text);
        found.push(Both::new(
            format!("第 {line} 行的门槛“{text}”写偏了，没有例会发现；在它两侧各写一个例"),
            format!("no case would notice a slip in {text:?} on line {line}; write a case on either side of it"),
        ));
    }
    found.extend(of_days(shelf, source, policy, today));
    found
}

/// Why the version does not fit among those there are.
fn of_days(shelf: &Shelf, source: &str, policy: &Policy, today: Date) -> Vec<Both> {
    let mut found = Vec::new();
    if RESERVED.contains(&policy.id.as_str()) {
        let (zh, en) = (
            format!("编号“{}”有别的用处，请换一个", policy.id),
            format!("{:?} is taken; choose another id", policy.id),
        );
        found.push(Both::new(zh, en));
    }
    let is_known = shelf.policies().iter().any(|known| known.id == policy.id && known.level == policy.level);
    if is_known && policy.from < today {
        found.push(Both::new(
            format!("首日 {} 已经过去：今天是 {today}，已给出的答复不能改。请把“施行”改为今天或以后", policy.from),
            format!(
                "its first day {} is past and answers were given on it; let 施行 begin today or later",
                policy.from
            ),
        ));
    }
    if let Some(same) = shelf.version(&policy.version()) {
        let version = same.version();
        found.push(Both::new(
            format!("已有版本 {version}；请另选首日"),
            format!("there is a version {version} already; choose another first day"),
        ));
        return found;
    }
    let (_, remarks) = shelf.with(Some(source), &policy.level, shelf.settings());
    let name = policy.version();
    let overlap = |problem: &Problem| problem.code == "versions-overlap" && problem.message.zh.contains(&name);
    found.extend(remarks.iter().filter(|remark| overlap(&remark.problem)).map(|remark| remark.problem.message.clone()));
    found
}

/// The version that this one would end, with its new last day.
pub(crate) fn succeeds<'l>(shelf: &'l Shelf, policy: &Policy) -> Option<&'l Policy> {
    shelf.policies().iter().find(|known| {
        known.id == policy.id && known.level == policy.level && known.until.is_none() && known.from < policy.from
    })
}

/// Every problem of a text with its line, the place underlined.
pub(crate) struct Problems<'a> {
    pub(crate) page: &'a Page,
    pub(crate) source: &'a str,
    pub(crate) problems: &'a [Problem],
}

/// The most problems that are shown; a text with more is mended from the top.
const MOST_SHOWN: usize = 100;

impl fmt::Display for Problems<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lang = self.page.lang;
        if self.problems.is_empty() {
            return write!(
                f,
                "<p class=\"x-hidden\">{}</p>",
                Badge::ok(lang.pick("文本没有错误", "The text is clean"))
            );
        }
        f.write_str("<ol class=\"x-problems\">")?;
        for problem in self.problems.iter().take(MOST_SHOWN) {
            self.one(f, problem)?;
        }
        f.write_str("</ol>")?;
        let more = self.problems.len().saturating_sub(MOST_SHOWN);
        if more > 0 {
            write!(
                f,
                "<p class=\"x-hidden\">{}</p>",
                lang.pick("其余 {n} 处略。", "and {n} more.").replace("{n}", &more.to_string())
            )?;
        }
        Ok(())
    }
}

impl Problems<'_> {
    fn one(&self, f: &mut fmt::Formatter<'_>, problem: &Problem) -> fmt::Result {
        let lang = self.page.lang;
        let (line, column) = position(self.source, problem.span.start);
        let badge = match problem.severity {
            Severity::Error => Badge::late(lang.pick("错误", "Error")),
            Severity::Warning => Badge::warn(lang.pick("提醒", "Warning")),
        };
        let place = match lang {
            Lang::Zh => format!("第 {line} 行第 {column} 列"),
            Lang::En => format!("line {line}, column {column}"),
        };
        write!(f, "<li>{badge} <b class=\"x-at-line\">{place}</b> {}", escaped(problem.message.say(lang)))?;
        let text = self.source.lines().nth(line - 1).unwrap_or_default();
        if !text.trim().is_empty() {
            let before: String = text.chars().take(column - 1).collect();
            let length = problem.span.of(self.source).lines().next().unwrap_or_default().chars().count().max(1);
            let here: String = text.chars().skip(column - 1).take(length.min(200)).collect();
            let after: String = text.chars().skip(column - 1 + length).take(200).collect();
            let here = if here.is_empty() { " ".to_owned() } else { here };
            let (before, here, after) = (escaped(before.trim_start()), escaped(&here), escaped(&after));
            write!(f, "<code class=\"x-found\" lang=\"zh-CN\">{before}<u>{here}</u>{after}</code>")?;
        }
        if let Some(hint) = &problem.hint {
            write!(
                f,
                "<div class=\"x-hint\">{}{}</div>",
                lang.pick("建议：", "Suggestion: "),
                escaped(hint.say(lang))
            )?;
        }
        f.write_str("</li>")
    }
}

impl askama::filters::HtmlSafe for Problems<'_> {}
