//! The reasons of a verdict as a tree of HTML that opens and closes without a script.

use std::fmt;

use checkup::{Reason, UsedRecord, Worth};
use kernel::{Lang, SubjectKind};
use policy::Answer;

use super::found::origin_address;
use super::words;
use crate::Page;
use crate::ui::{Icon, Tone, escaped};

/// The most records a reason names; the others are counted.
const MOST_RECORDS: usize = 12;

/// The reasons of one policy.
pub(super) struct Tree<'a> {
    pub(super) page: &'a Page,
    pub(super) reasons: &'a [Reason],
}

impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list(f, self.reasons)
    }
}

impl askama::filters::HtmlSafe for Tree<'_> {}

impl Tree<'_> {
    fn list(&self, f: &mut fmt::Formatter<'_>, reasons: &[Reason]) -> fmt::Result {
        f.write_str("<ul class=\"x-why-tree\">")?;
        for reason in reasons {
            f.write_str("<li>")?;
            self.reason(f, reason)?;
            f.write_str("</li>")?;
        }
        f.write_str("</ul>")
    }

    fn reason(&self, f: &mut fmt::Formatter<'_>, reason: &Reason) -> fmt::Result {
        let records = reason.records.as_ref().filter(|(_, records)| !records.is_empty());
        if reason.parts.is_empty() && records.is_none() {
            f.write_str("<div>")?;
            self.line(f, reason)?;
            return f.write_str("</div>");
        }
        // What is well is folded; what fails or is open is what the reader came for.
        let folded = matches!(reason.worth, Worth::Truth(Answer::Meets));
        write!(f, "<details{}><summary>", if folded { "" } else { " open" })?;
        self.line(f, reason)?;
        f.write_str("</summary>")?;
        if let Some((kind, records)) = records {
            self.records(f, *kind, records)?;
        }
        if !reason.parts.is_empty() {
            self.list(f, &reason.parts)?;
        }
        f.write_str("</details>")
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, reason: &Reason) -> fmt::Result {
        let (tone, icon) = sign(reason);
        write!(f, "<span class=\"x-sign x-{}\">{}</span>", tone.key(), Icon(icon))?;
        let title = reason.title.say(self.page.lang);
        let class = if reason.named { " class=\"x-named\"" } else { "" };
        let mark = self.page.zh(title);
        write!(f, "<span class=\"x-what\"><span{class}{mark}>{}</span>", escaped(title))?;
        if let Some(article) = &reason.article {
            let mark = self.page.zh(article);
            write!(f, " <small class=\"x-article\"{mark}>《{}》</small>", escaped(article))?;
        }
        if reason.unverified {
            write!(f, " {}", words::unverified(self.page.lang))?;
        }
        if reason.zero_divisor {
            write!(f, " <small class=\"x-late\">{}</small>", self.page.t("分母为零，无法计算", "divided by nought"))?;
        }
        f.write_str("</span>")?;
        self.value(f, reason)
    }

    /// What it came to; a known fact leads to its source.
    fn value(&self, f: &mut fmt::Formatter<'_>, reason: &Reason) -> fmt::Result {
        let lang = self.page.lang;
        let stated = reason.used.as_ref().and_then(|used| used.value.as_ref());
        let text = match (stated, &reason.worth) {
            (Some(value), _) => value.say(lang).to_owned(),
            (None, Worth::Figure(_)) if reason.used.is_some() && reason.parts.is_empty() && is_open(reason) => {
                self.page.t("未知", "unknown").to_owned()
            }
            (None, Worth::Figure(_)) => reason.say_worth(lang),
            (None, Worth::Truth(_)) if reason.used.is_some() => self.page.t("未知", "unknown").to_owned(),
            (None, Worth::Truth(_)) => reason.say_worth(lang),
        };
        f.write_str("<span class=\"x-came\">")?;
        let used = reason.used.as_ref();
        let source = used.and_then(|used| origin_address(self.page, used.origin.as_deref()?, Some(&used.fact)));
        match source {
            Some(address) => self.link(f, &address, &text, used.map_or("", |used| used.name.say(lang)))?,
            None => f.write_str(&escaped(&text))?,
        }
        f.write_str("</span>")
    }

    fn link(&self, f: &mut fmt::Formatter<'_>, address: &str, text: &str, hint: &str) -> fmt::Result {
        let (address, text, hint) = (escaped(address), escaped(text), escaped(hint));
        write!(
            f,
            "<a class=\"x-src\" href=\"{address}\" hx-get=\"{address}\" hx-target=\"#panel\" hx-swap=\"innerHTML\" title=\"{hint}\">{text}</a>"
        )
    }

    fn records(&self, f: &mut fmt::Formatter<'_>, kind: SubjectKind, records: &[UsedRecord]) -> fmt::Result {
        let lang = self.page.lang;
        f.write_str("<p class=\"x-counted\">")?;
        f.write_str(self.page.t("计入的记录：", "Records that count: "))?;
        for (at, record) in records.iter().take(MOST_RECORDS).enumerate() {
            if at > 0 {
                f.write_str(self.page.t("、", ", "))?;
            }
            let label = match record.label.as_str() {
                "" => format!("{} {}", lang.pick(kind.zh(), kind.en()), at + 1),
                label => label.to_owned(),
            };
            match record.origin.as_deref().and_then(|origin| origin_address(self.page, origin, None)) {
                Some(address) => {
                    let mark = self.page.zh(&label);
                    write!(f, "<a href=\"{}\"{mark}>{}</a>", escaped(&address), escaped(&label))?;
                }
                None => write!(f, "<span{}>{}</span>", self.page.zh(&label), escaped(&label))?,
            }
        }
        if records.len() > MOST_RECORDS {
            match lang {
                Lang::Zh => write!(f, " 等 {} 条", records.len())?,
                Lang::En => write!(f, ", {} in all", records.len())?,
            }
        }
        f.write_str("</p>")
    }
}

fn is_open(reason: &Reason) -> bool {
    matches!(&reason.worth, Worth::Figure(figure) if figure.range.known().is_none())
}

/// The sign before a reason: a tick, a cross, a question mark, a dot.
fn sign(reason: &Reason) -> (Tone, &'static str) {
    match &reason.worth {
        Worth::Truth(Answer::Meets) => (Tone::Ok, "check"),
        Worth::Truth(Answer::Fails) => (Tone::Late, "x"),
        Worth::Truth(Answer::Expert) => (Tone::Early, "users"),
        Worth::Truth(Answer::Undetermined) => (Tone::Warn, "help"),
        Worth::Figure(_) if is_open(reason) => (Tone::Warn, "help"),
        Worth::Figure(_) => (Tone::Shut, "minus"),
    }
}
