//! `/notices`: what a person is told, on a page of their own; the bell at the top says how many are new.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::Response;
use jiff::Timestamp;
use kernel::Lang;
use store::cases::{ENDED, Notice as Told, NoticeState, TIME, YOUR_TURN};
use uuid::Uuid;

use crate::cases::words;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// Notices on a page.
const ROWS: u64 = 50;

/// One notice.
struct Line {
    address: String,
    badge: Badge,
    title: String,
    under: String,
    when: String,
    at: Timestamp,
    is_new: bool,
}

#[derive(Template)]
#[template(path = "notices/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    lines: Vec<Line>,
    unread: u64,
    next: Option<String>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{% if count > 0 %}<span class=\"x-count\">{{ count }}</span><span class=\"visually-hidden\">{{ page.t(\"条新通知\", \"new notices\") }}</span>{% endif %}"
)]
struct Count<'a> {
    page: &'a Page,
    count: u64,
}

/// Shows the notices, the latest first.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let before = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "before");
    let before: Option<Uuid> = before.and_then(|(_, id)| id.parse().ok());
    let found = app.store().notices_of(viewer, false, before, ROWS + 1).await?;
    let more = found.len() as u64 > ROWS;
    let shown = &found[..found.len().min(ROWS as usize)];
    let next = shown.last().filter(|_| more).map(|last| format!("/notices?before={}", last.id));
    page.show(ListPage {
        lines: shown.iter().map(|notice| line(&page, notice)).collect(),
        unread: app.store().unread_notices(viewer).await?,
        next,
        page: &page,
    })
}

/// How many are new, for the bell.
///
/// # Errors
/// What the store reports.
pub async fn count(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let count = app.store().unread_notices(page.viewer()?).await?;
    page.show(Count { page: &page, count })
}

/// `POST /notices`: marks every notice as read.
///
/// # Errors
/// What the store reports.
pub async fn read(State(app): State<App>, page: Page, _: Form<Vec<(String, String)>>) -> Result<Response, WebError> {
    app.store().read_notices(page.viewer()?, None).await?;
    Ok(page.go("/notices"))
}

fn line(page: &Page, notice: &Told) -> Line {
    let lang = page.lang;
    let text = |name: &str| notice.data.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let (kind, number) = (text("kind"), text("number"));
    let known = words::of(kind);
    let state = known.and_then(|(kind, _)| kind.state(text("state"))).map_or("", |state| state.label(lang));
    let percent = notice.data.get("percent").and_then(serde_json::Value::as_u64);
    let badge = match notice.what.as_str() {
        YOUR_TURN => Badge::early(page.t("轮到您", "your turn")),
        ENDED => Badge::ok(page.t("已结束", "at its end")),
        TIME => match percent {
            Some(percent) if percent >= 100 => Badge::late(page.t("已到期", "overdue")),
            _ => Badge::warn(page.t("快到期", "running out")),
        },
        _ => Badge::shut(page.t("通知", "notice")),
    };
    let due = match (text("due"), lang) {
        ("", _) => String::new(),
        (day, Lang::Zh) => format!("到期 {day}"),
        (day, Lang::En) => format!("due {day}"),
    };
    let title = if text("title").is_empty() { number } else { text("title") };
    let under = [known.map_or("", |(kind, _)| kind.label(lang)), number, state, due.as_str()];
    let under: Vec<&str> = under.into_iter().filter(|part| !part.is_empty()).collect();
    Line {
        address: words::address(kind, number),
        badge,
        title: title.to_owned(),
        under: under.join(" · "),
        when: page.ago(&notice.created_at),
        at: notice.created_at,
        is_new: notice.state == NoticeState::Unread,
    }
}
