//! Several conflicts settled at once, by the origin that is taken to be right, after a look at
//! what each would become.

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use kernel::{FactKey, SubjectId};
use store::access::Action;
use store::{Decision, StoreError, SubjectView};

use crate::frame::notice::Notice;
use crate::register::{amount, words};
use crate::{App, Page, WebError};

/// The most settled at once.
const MOST: usize = 100;

struct Line {
    pick: String,
    subject: String,
    fact: String,
    before: String,
    after: String,
    apart: String,
}

#[derive(Template)]
#[template(path = "register/conflicts_preview.html")]
struct PreviewPage<'a> {
    page: &'a Page,
    origin: String,
    origin_name: String,
    lines: Vec<Line>,
    skipped: Vec<(String, String)>,
}

/// What both forms send: the conflicts chosen, the origin, the reason.
struct Sent {
    picks: Vec<Pick>,
    origin: String,
    reason: String,
}

/// A conflict as it was seen: whose, which fact, and the statements that disagreed.
struct Pick {
    subject: SubjectId,
    fact: FactKey,
    seen: Vec<i64>,
}

impl Sent {
    /// A form in which `pick` stands as often as conflicts were chosen.
    fn read(body: &[u8]) -> Result<Self, WebError> {
        let mut sent = Sent { picks: Vec::new(), origin: String::new(), reason: String::new() };
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "pick" => sent.picks.push(read_pick(&value).ok_or_else(WebError::not_found)?),
                "origin" => sent.origin = value.into_owned(),
                "reason" => sent.reason = value.into_owned(),
                _ => {}
            }
        }
        let wrong =
            |zh: &str, en: &str| WebError::invalid(zh, en).way_out("/conflicts", "回到列表", "Back to the queue");
        if sent.picks.is_empty() {
            return Err(wrong(
                "没有选择要核定的数据。请在列表中勾选至少一条。",
                "Nothing was chosen. Tick at least one conflict in the queue.",
            ));
        }
        if sent.picks.len() > MOST {
            return Err(wrong("一次最多核定 100 条。请分批核定。", "At most 100 are settled at once. Do it in parts."));
        }
        if sent.origin.is_empty() {
            return Err(wrong("没有选择以哪个来源方为准。", "Choose the origin that is taken to be right."));
        }
        Ok(sent)
    }
}

fn read_pick(text: &str) -> Option<Pick> {
    let mut parts = text.splitn(3, '|');
    let subject = SubjectId(parts.next()?.parse().ok()?);
    let fact = parts.next()?.parse().ok()?;
    let seen = parts.next().unwrap_or_default().split(',').filter_map(|seq| seq.parse().ok()).collect();
    Some(Pick { subject, fact, seen })
}

async fn find(app: &App, page: &Page, pick: &Pick) -> Result<SubjectView, WebError> {
    let viewer = page.viewer()?;
    let scope = viewer.scope_for(Action::Settle);
    let found = app.store().subject(pick.subject, &scope, viewer.personal, None).await?;
    found.ok_or_else(WebError::not_found)
}

/// `POST /conflicts/preview`: what each chosen conflict would become.
///
/// # Errors
/// Nothing chosen; a conflict outside the rows the person may settle.
pub async fn preview(State(app): State<App>, page: Page, body: Bytes) -> Result<Response, WebError> {
    page.must_be_today()?;
    let sent = Sent::read(&body)?;
    let (mut lines, mut skipped) = (Vec::new(), Vec::new());
    for pick in &sent.picks {
        let found = find(&app, &page, pick).await?;
        let label = words::fact(app.catalogue(), found.record.kind, &pick.fact, page.lang);
        let shown = found.view.facts.get(&pick.fact);
        let field = app.catalogue().field(&pick.fact.field).ok_or_else(WebError::not_found)?;
        let word = shown.and_then(|shown| shown.said.iter().find(|said| said.origin == sent.origin));
        let (Some(shown), Some(word)) = (shown, word) else {
            skipped.push((found.record.name.clone(), label));
            continue;
        };
        let apart = amount::apart(&shown.value, &word.value).filter(|share| !share.is_zero());
        lines.push(Line {
            pick: format!("{}|{}|{}", pick.subject, pick.fact, super::one::seen(shown)),
            subject: found.record.name.clone(),
            fact: label,
            before: words::value(field, &shown.value, page.lang),
            after: words::value(field, &word.value, page.lang),
            apart: apart.map(super::signed).unwrap_or_default(),
        });
    }
    let origin_name = words::origin(&sent.origin, page.lang);
    page.show(PreviewPage { page: &page, origin: sent.origin, origin_name, lines, skipped })
}

/// `POST /conflicts/settle`: settles those that were previewed. Each is a settlement of its own;
/// one that changed meanwhile is left open and counted.
///
/// # Errors
/// Nothing chosen; no reason; a conflict outside the rows the person may settle.
pub async fn settle(State(app): State<App>, page: Page, body: Bytes) -> Result<Response, WebError> {
    page.must_be_today()?;
    let viewer = page.viewer()?;
    let sent = Sent::read(&body)?;
    let (mut settled, mut changed) = (0, 0);
    for pick in &sent.picks {
        let found = find(&app, &page, pick).await?;
        let shown = found.view.facts.get(&pick.fact);
        let word = shown.and_then(|shown| shown.said.iter().find(|said| said.origin == sent.origin));
        let Some(word) = word else {
            changed += 1;
            continue;
        };
        let decision = Decision::Statement(word.seq);
        match app.store().settle(found.record.id, &pick.fact, &decision, &pick.seen, &sent.reason, &viewer.name).await {
            Ok(_) => settled += 1,
            Err(StoreError::Stale) => changed += 1,
            Err(error) => return Err(error.into()),
        }
    }
    let said = match page.lang {
        kernel::Lang::Zh if changed > 0 => {
            format!("已核定 {settled} 条；{changed} 条在此期间有变化，未核定，仍在列表中。")
        }
        kernel::Lang::Zh => format!("已核定 {settled} 条。"),
        kernel::Lang::En if changed > 0 => {
            format!("{settled} settled; {changed} changed meanwhile and stay in the queue.")
        }
        kernel::Lang::En => format!("{settled} settled."),
    };
    Ok(page.go_saying("/conflicts", if changed > 0 { Notice::careful(said) } else { Notice::said(said) }))
}
