//! Where notices go besides people: the robots of work chats, other systems.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::StoreError;
use store::access::{Hand, UnitId, UnitTree};
use store::cases::{NewTarget, Notice as Told, NoticeState, Target, TargetKind};
use uuid::Uuid;

use super::units::{Choice, choices};
use crate::frame::notice::Notice;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// Deliveries that failed, on the page.
const SHOWN: u64 = 20;

#[derive(Template)]
#[template(path = "administration/webhooks.html")]
struct WebhooksPage<'a> {
    page: &'a Page,
    targets: Vec<Target>,
    units: UnitTree,
    failed: Vec<Told>,
    mail: bool,
    refused: Option<String>,
    entered: Entered,
}

impl WebhooksPage<'_> {
    fn kinds(&self) -> Vec<(&'static str, &'static str, bool)> {
        let kinds = TargetKind::ALL.iter();
        kinds.map(|kind| (kind.key(), self.kind(*kind), kind.key() == self.entered.kind)).collect()
    }

    fn kind(&self, kind: TargetKind) -> &'static str {
        let (zh, en) = match kind {
            TargetKind::WeCom => ("企业微信群机器人", "WeCom robot"),
            TargetKind::DingTalk => ("钉钉群机器人", "DingTalk robot"),
            TargetKind::Feishu => ("飞书群机器人", "Feishu robot"),
            TargetKind::Signed => ("其他系统（签名）", "another system (signed)"),
        };
        self.page.t(zh, en)
    }

    fn units(&self) -> Vec<Choice> {
        choices(&self.units, self.entered.unit.parse().ok().map(UnitId))
    }

    fn unit(&self, target: &Target) -> String {
        let unit = target.unit.and_then(|unit| self.units.get(unit));
        unit.map_or_else(|| self.page.t("全部", "every one").to_owned(), |unit| unit.name.clone())
    }

    /// The receiving computer; the rest of the address may be its key.
    fn host(&self, target: &Target) -> String {
        let behind = target.url.split_once("://").map_or(target.url.as_str(), |(_, rest)| rest);
        behind.split(['/', '?', '#']).next().unwrap_or_default().rsplit('@').next().unwrap_or_default().to_owned()
    }

    fn state(&self, target: &Target) -> Badge {
        match target.active {
            true => Badge::ok(self.page.t("在用", "In use")),
            false => Badge::shut(self.page.t("已停用", "Not in use")),
        }
    }

    fn receiver(&self, told: &Told) -> String {
        let target = self.targets.iter().find(|target| target.id.to_string() == told.whom);
        target.map_or_else(|| told.whom.clone(), |target| target.name.clone())
    }

    /// Whether a person has to say what became of it.
    fn is_to_settle(&self, told: &Told) -> bool {
        matches!(told.state, NoticeState::Uncertain | NoticeState::GivenUp)
    }

    fn number(&self, told: &Told) -> String {
        told.data["number"].as_str().unwrap_or_default().to_owned()
    }
}

/// A new target as it was typed.
#[derive(Default, Deserialize)]
pub struct Entered {
    kind: String,
    name: String,
    url: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    unit: String,
}

async fn draw(app: &App, page: &Page, refused: Option<String>, entered: Entered) -> Result<Response, WebError> {
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = WebhooksPage {
        page,
        targets: app.store().webhook_targets().await?,
        units: app.store().units().await?,
        failed: app.store().undelivered_notices(SHOWN).await?,
        mail: app.settings().mail.is_some(),
        refused,
        entered,
    };
    page.show_with(status, shown)
}

/// Shows the targets, and what could not be delivered.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    draw(&app, &page, None, Entered::default()).await
}

/// Adds a target.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows beside what was typed.
pub async fn add(State(app): State<App>, page: Page, Form(entered): Form<Entered>) -> Result<Response, WebError> {
    let Some(kind) = TargetKind::from_key(&entered.kind) else {
        return Err(WebError::bad_request("请选择接收方的类型。", "Choose what receives it."));
    };
    let unit = entered.unit.parse::<Uuid>().ok().map(UnitId);
    let new = NewTarget { kind, name: &entered.name, url: &entered.url, secret: &entered.secret, unit };
    match app.store().add_webhook(Hand::Viewer(page.viewer()?), &new).await {
        Ok(_) => {
            let notice = Notice::done(page.lang, "推送已添加。", "The webhook was added.");
            Ok(page.go_saying("/administration/webhooks", notice))
        }
        Err(StoreError::Refused(refusal)) => {
            let why = page.t(&refusal.zh, &refusal.en).to_owned();
            // A secret is typed again rather than sent back.
            draw(&app, &page, Some(why), Entered { secret: String::new(), ..entered }).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a target is to be in use.
#[derive(Deserialize)]
pub struct Use {
    active: bool,
}

/// Puts a target out of use, or into use again.
///
/// # Errors
/// What the store reports.
pub async fn put(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(wanted): Form<Use>,
) -> Result<Response, WebError> {
    app.store().use_webhook(Hand::Viewer(page.viewer()?), id, wanted.active).await?;
    let notice = match wanted.active {
        true => Notice::done(page.lang, "已启用，等待中的提醒将陆续推送。", "In use again; what waited goes out."),
        false => {
            Notice::done(page.lang, "已停用，提醒会等到重新启用。", "Out of use; notices wait until it is used again.")
        }
    };
    Ok(page.go_saying("/administration/webhooks", notice))
}

/// What a person saw at the receiver.
#[derive(Deserialize)]
pub struct Settled {
    is_there: bool,
}

/// Settles a notice that may have arrived, or was given up: it is there, or it is sent again.
///
/// # Errors
/// What the store reports.
pub async fn settle(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(settled): Form<Settled>,
) -> Result<Response, WebError> {
    app.store().settle_notice(Hand::Viewer(page.viewer()?), id, settled.is_there).await?;
    let notice = match settled.is_there {
        true => Notice::done(page.lang, "已记为送达。", "Noted as arrived."),
        false => Notice::done(page.lang, "将马上重发。", "It goes out again at once."),
    };
    Ok(page.go_saying("/administration/webhooks", notice))
}
