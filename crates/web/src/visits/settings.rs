//! `POST /visits/cadence`, `POST /visits/away`: the zone sets how often visits are owed, and who is away when.

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::response::Response;
use jiff::civil::Date;
use kernel::Lang;
use loops::cadence::{Cadence, Every, Norm};

use super::page::refuse;
use super::rhythm::{AWAY, CADENCE, Leave, Rhythm};
use crate::cases::{decided, topics};
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// The most visits of one sort that a period may ask for.
const MOST: u32 = 60;
/// The most leaves that are kept; older ones are forgotten first.
const LEAVES: usize = 500;

/// The cadence as it is typed: a row for each sort of visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What the zone calls it.
    pub name: String,
    /// Each sort: its key, how often, how many.
    pub rows: Vec<(String, String, String)>,
    /// Whether what was missed is owed in the next period too.
    pub carry: bool,
    /// The version that was seen.
    pub seen: i64,
    /// The version of the leaves that was seen.
    pub leaves_seen: i64,
}

impl Written {
    /// As the zone set it.
    pub(super) fn of(rhythm: &Rhythm) -> Self {
        let row = |topic: &topics::Topic| {
            let norm = rhythm.cadence.norms.iter().find(|norm| norm.what == topic.key);
            let (every, count) = norm.map_or((Every::Month, 0), |norm| (norm.every, norm.count));
            (topic.key.to_owned(), every.key().to_owned(), count.to_string())
        };
        Self {
            name: rhythm.cadence.zh.clone(),
            rows: topics::VISITS.iter().map(row).collect(),
            carry: rhythm.cadence.carry,
            seen: rhythm.version,
            leaves_seen: rhythm.leaves_version,
        }
    }

    fn read(fields: &HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let row = |topic: &topics::Topic| {
            let (every, count) = (field(&format!("{}.every", topic.key)), field(&format!("{}.count", topic.key)));
            (topic.key.to_owned(), every, count)
        };
        Self {
            name: field("name"),
            rows: topics::VISITS.iter().map(row).collect(),
            carry: !field("carry").is_empty(),
            seen: field("seen").parse().unwrap_or(0),
            leaves_seen: 0,
        }
    }

    /// The cadence, once every row can be read.
    fn cadence(&self) -> Result<Cadence, WebError> {
        if self.name.is_empty() || self.name.chars().count() > 30 {
            return Err(WebError::invalid(
                "请写明工作法的名称，30 字以内。",
                "Name the way of working, in 30 characters.",
            ));
        }
        let mut norms = Vec::new();
        for (key, every, count) in &self.rows {
            let count: u32 = count.parse().ok().filter(|count| *count <= MOST).ok_or_else(|| {
                WebError::invalid(
                    format!("次数“{count}”应为 0 至 {MOST} 的整数，0 表示不要求。"),
                    format!("“{count}” should be a number from 0 to {MOST}; 0 asks for none."),
                )
            })?;
            let every = Every::from_key(every).ok_or_else(|| {
                WebError::invalid(
                    "周期应为每周、每月、每季度或每年。",
                    "How often: a week, a month, a quarter or a year.",
                )
            })?;
            if count > 0 {
                let (zh, en) = (topics::label(key, Lang::Zh), topics::label(key, Lang::En));
                norms.push(Norm { what: key.clone(), zh, en, every, count });
            }
        }
        // What is opened is told apart by the sort and the period, not by what the zone calls its way.
        let (key, name) = ("zone".to_owned(), self.name.clone());
        Ok(Cadence { key, zh: name.clone(), en: name, norms, carry: self.carry })
    }
}

/// Sets the cadence from now on.
///
/// # Errors
/// Somebody set it meanwhile; what the store reports.
pub async fn decide(
    State(app): State<App>,
    page: Page,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let written = Written::read(&fields);
    let cadence = match written.cadence() {
        Ok(cadence) => cadence,
        Err(error) => return refuse(&app, &page, Some(written), error.say(page.lang).to_owned()).await,
    };
    decided::decide(&app, &page, CADENCE, &cadence, written.seen).await?;
    let said = Notice::done(
        page.lang,
        "走访周期已设定，从下一轮排期起执行。",
        "The cadence is set; it holds from the next planning.",
    );
    Ok(page.go_saying("/visits", said))
}

/// Notes that an officer is away, or takes it back: what a week asks for follows from it.
///
/// # Errors
/// Somebody noted another leave meanwhile; what the store reports.
pub async fn be_away(
    State(app): State<App>,
    page: Page,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let field = |name: &str| fields.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
    let rhythm = Rhythm::of(&app).await?;
    let serves = app.store().officer_loads().await?.iter().any(|load| load.serves && load.account == field("officer"));
    let days: (Option<Date>, Option<Date>) = (field("from").parse().ok(), field("to").parse().ok());
    let (true, (Some(from), Some(to))) = (serves, days) else {
        let said = page.t("请选择服务员，并写明起止日期。", "Choose an officer, and say from which day to which.");
        return refuse(&app, &page, None, said.to_owned()).await;
    };
    if to < from {
        let said = page.t("结束日期早于开始日期，请核对。", "It ends before it begins; check the days.");
        return refuse(&app, &page, None, said.to_owned()).await;
    }
    let leave = Leave { officer: field("officer"), from, to };
    let mut leaves = rhythm.leaves;
    if field("do") == "end" {
        leaves.retain(|one| *one != leave);
    } else if !leaves.contains(&leave) {
        leaves.push(leave);
    }
    leaves.sort_by_key(|leave| leave.to);
    let over = leaves.len().saturating_sub(LEAVES);
    leaves.drain(..over);
    let seen = field("seen").parse().unwrap_or(0);
    decided::decide(&app, &page, AWAY, &leaves, seen).await?;
    Ok(page.go_saying("/visits", Notice::done(page.lang, "已登记。", "It is noted.")))
}
