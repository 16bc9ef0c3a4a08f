//! The log, the latest first, narrowed by person, kind of act, days and words.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::civil::Date;
use kernel::SubjectId;
use serde::Deserialize;
use store::audit::{LogEntry, LogFilter};

use super::words;
use crate::frame::day;
use crate::frame::path::with_query;
use crate::ui::{Chip, Chips, Empty, Icon, Pager};
use crate::{App, Page, WebError};

/// Rows a page.
const ROWS: u64 = 50;

/// What is looked for, and before which entry the page begins.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub(crate) by: String,
    pub(crate) kind: String,
    pub(crate) about: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) q: String,
    pub(crate) before: String,
}

impl Asked {
    /// The filter this is.
    ///
    /// # Errors
    /// A text that is no day.
    pub fn filter(&self) -> Result<LogFilter, WebError> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(LogFilter {
            by: some(&self.by),
            kind: some(&self.kind),
            subject: self.about.trim().strip_prefix("subject:").and_then(|id| id.parse().ok()).map(SubjectId),
            reference: some(&self.about).filter(|about| !about.starts_with("subject:")),
            from: day_asked(&self.from)?.map(day::start_of),
            to: day_asked(&self.to)?.map(|day| day::start_of(day.tomorrow().unwrap_or(day))),
            text: some(&self.q),
        })
    }

    fn parameters(&self) -> [(&'static str, &str); 6] {
        [
            ("by", self.by.trim()),
            ("kind", self.kind.trim()),
            ("about", self.about.trim()),
            ("from", self.from.trim()),
            ("to", self.to.trim()),
            ("q", self.q.trim()),
        ]
    }

    /// The page with these filters but one.
    fn without(&self, name: &str) -> String {
        with_query("/log", self.parameters().into_iter().filter(|(found, _)| *found != name))
    }

    /// Another address with the same filters.
    fn at(&self, address: &str) -> String {
        with_query(address, self.parameters())
    }
}

fn day_asked(text: &str) -> Result<Option<Date>, WebError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| {
        WebError::bad_request(
            format!("“{text}”不是一个日期，应写作 2026-11-21 这样的形式。"),
            format!("“{text}” is not a day; write it like 2026-11-21."),
        )
    })
}

#[derive(Template)]
#[template(path = "audit/log.html")]
struct LogPage<'a> {
    page: &'a Page,
    asked: &'a Asked,
    entries: Vec<LogEntry>,
    kinds: Vec<String>,
    pager: Pager<'a>,
}

impl LogPage<'_> {
    fn when(&self, entry: &LogEntry) -> String {
        day::second(entry.at)
    }

    fn what(&self, entry: &LogEntry) -> String {
        words::name(&entry.kind, self.page.lang)
    }

    fn particulars(&self, entry: &LogEntry) -> String {
        words::particulars(entry, self.page.lang)
    }

    fn is_refusal(&self, entry: &LogEntry) -> bool {
        entry.kind.ends_with(".refused")
    }

    /// What an act was done to, as `word:id`.
    fn reference(entry: &LogEntry) -> Option<String> {
        entry.reference.clone().or_else(|| entry.subject.map(|id| format!("subject:{id}")))
    }

    fn about_link(&self, reference: &str) -> String {
        with_query("/log", [("about", reference)])
    }

    /// What an entry was done to in words: an account by its name, which the act itself tells.
    fn object(&self, entry: &LogEntry, reference: &str) -> String {
        let named = entry.data["account"].as_str();
        let own = entry.kind.starts_with("session.").then_some(entry.by.as_str());
        match (reference.starts_with("account:"), named.or(own)) {
            (true, Some(name)) => format!("{} {name}", self.page.t("账号", "account")),
            _ => self.about(reference),
        }
    }

    /// `account:0198…` in words short enough for a column.
    fn about(&self, reference: &str) -> String {
        let page = self.page;
        let (word, id) = reference.split_once(':').unwrap_or((reference, ""));
        let word = match word {
            "subject" => page.t("主体", "subject"),
            "account" => page.t("账号", "account"),
            "unit" => page.t("单位", "unit"),
            "token" => page.t("令牌", "token"),
            "source" => page.t("来源", "source"),
            "file" => page.t("文件", "file"),
            "job" => page.t("任务", "job"),
            other => other,
        };
        let tail: String = id.chars().skip(id.chars().count().saturating_sub(6)).collect();
        format!("{word} …{tail}")
    }

    fn by_link(&self, entry: &LogEntry) -> String {
        with_query("/log", [("by", entry.by.as_str())])
    }

    fn export_link(&self) -> String {
        self.asked.at("/log/export")
    }

    /// The kinds of the filter: the families that occur, then the kinds that do.
    fn choices(&self) -> Vec<(String, String, bool)> {
        let mut found: Vec<String> = Vec::new();
        for kind in &self.kinds {
            let family = kind.split_once('.').map(|(family, _)| format!("{family}.")).unwrap_or_default();
            if words::KINDS.iter().any(|(key, ..)| *key == family) && !found.contains(&family) {
                found.push(family);
            }
            found.push(kind.clone());
        }
        found
            .into_iter()
            .map(|kind| {
                let name = words::name(&kind, self.page.lang);
                let text = match (kind.ends_with('.'), self.page.lang) {
                    (true, kernel::Lang::Zh) => format!("{name}（全部）"),
                    (true, kernel::Lang::En) => format!("{name} (all)"),
                    (false, _) => format!("　{name}"),
                };
                let chosen = kind == self.asked.kind;
                (kind, text, chosen)
            })
            .collect()
    }

    fn chips(&self) -> Chips<'_> {
        let page = self.page;
        let labels = [
            ("by", page.t("操作人：", "By: ")),
            ("kind", page.t("事项：", "Act: ")),
            ("about", page.t("对象：", "About: ")),
            ("from", page.t("自：", "From: ")),
            ("to", page.t("至：", "To: ")),
            ("q", page.t("含：", "Contains: ")),
        ];
        let chips = self
            .asked
            .parameters()
            .into_iter()
            .zip(labels)
            .filter(|((_, value), _)| !value.is_empty())
            .map(|((name, value), (_, label))| {
                let value = match name {
                    "kind" => words::name(value, page.lang),
                    "about" => self.about(value),
                    _ => value.to_owned(),
                };
                Chip { text: format!("{label}{value}"), without: self.asked.without(name) }
            })
            .collect();
        Chips { page, chips, without_all: "/log".to_owned() }
    }

    fn nothing(&self) -> Empty<'_> {
        let page = self.page;
        Empty {
            icon: Icon("list-search"),
            title: page.t("没有符合条件的日志", "No entry matches"),
            what: page.t("放宽时间或去掉一个条件再试。", "Widen the days or take a filter off."),
            action: Some(("/log".to_owned(), page.t("看全部日志", "The whole log"))),
        }
    }
}

/// Shows the log.
///
/// # Errors
/// A text that is no day; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let store = app.store();
    let filter = asked.filter()?;
    let before = asked.before.parse().ok();
    let mut entries = store.log(&filter, before, ROWS + 1).await?;
    let more = entries.len() as u64 > ROWS;
    entries.truncate(ROWS as usize);
    let next = entries.last().filter(|_| more).map(|last| last.seq.to_string());
    let total = store.log_count(&filter).await?;
    let pager = Pager::keyed(&page, &asked.at("/log"), "before", next).of(entries.len(), Some(total));
    let kinds = store.log_kinds().await?;
    page.show(LogPage { page: &page, asked: &asked, entries, kinds, pager })
}
