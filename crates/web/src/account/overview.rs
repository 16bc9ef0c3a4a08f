//! The page of one's own account.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use store::access::{Grant, Reach, Session, Token, UnitTree, Viewer};
use uuid::Uuid;

use crate::ui::{Confirm, Icon, Tone};
use crate::{App, Page, WebError};

#[derive(Template)]
#[template(path = "account/overview.html")]
struct Overview<'a> {
    page: &'a Page,
    viewer: &'a Viewer,
    grants: Vec<Grant>,
    units: UnitTree,
    sessions: Vec<Session>,
    tokens: Vec<Token>,
    said: Said,
}

/// What the page says besides what stands there anyway.
#[derive(Default)]
pub struct Said {
    /// Why the new password was not taken.
    pub password: Option<String>,
    /// Why the token was not made.
    pub token: Option<String>,
    /// The text of a token just made; shown this once.
    pub new_token: Option<String>,
}

impl Overview<'_> {
    fn is_this(&self, session: &Session) -> bool {
        self.page.session == Some(session.id)
    }

    fn has_ended(&self, ends_at: &Timestamp) -> bool {
        *ends_at <= self.page.now
    }

    fn unit_path(&self, grant: &Grant) -> String {
        let names: Vec<&str> = self.units.path(grant.unit).into_iter().map(|unit| unit.name.as_str()).collect();
        names.join(" / ")
    }

    /// A browser as people call it, out of what it calls itself.
    fn browser(&self, session: &Session) -> String {
        let agent = &session.agent;
        let known = [
            ("MicroMessenger", "微信"),
            ("Edg/", "Edge"),
            ("OPR/", "Opera"),
            ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ];
        let browser = known.iter().find(|(mark, _)| agent.contains(mark)).map_or("", |(_, name)| name);
        let systems = [
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("Linux", "Linux"),
        ];
        let system = systems.iter().find(|(mark, _)| agent.contains(mark)).map_or("", |(_, name)| name);
        match (browser, system) {
            ("", _) => agent.chars().take(40).collect(),
            (browser, "") => browser.to_owned(),
            (browser, system) => format!("{browser} · {system}"),
        }
    }

    fn end_button(&self, session: &Session) -> Confirm<'_> {
        let page = self.page;
        Confirm {
            page,
            id: format!("end-{}", session.id),
            button: page.t("结束", "End"),
            icon: Icon("x"),
            title: page.t("结束这个登录？", "End this session?").to_owned(),
            consequence: page
                .t(
                    "那台设备上的页面下一次点击时须重新登录，没有保存的内容会丢失。",
                    "The next click on that device asks to sign in again; what was not saved there is lost.",
                )
                .to_owned(),
            action: format!("/account/sessions/{}/end", session.id),
            fields: Vec::new(),
            reason: "",
            tone: Tone::Late,
            small: true,
        }
    }

    fn revoke_button(&self, id: &Uuid, name: &str) -> Confirm<'_> {
        let page = self.page;
        Confirm {
            page,
            id: format!("revoke-{id}"),
            button: page.t("收回", "Revoke"),
            icon: Icon("trash"),
            title: format!("{}“{name}”？", page.t("收回令牌", "Revoke the token ")),
            consequence: page
                .t(
                    "使用它的程序立即不能再访问，收回后不能恢复。",
                    "Programs that use it lose access at once. This cannot be undone.",
                )
                .to_owned(),
            action: format!("/account/tokens/{id}/revoke"),
            fields: Vec::new(),
            reason: "",
            tone: Tone::Late,
            small: true,
        }
    }
}

/// Shows one's own account.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    draw(&app, &page, StatusCode::OK, Said::default()).await
}

/// Shows the page with something to say.
pub(super) async fn draw(app: &App, page: &Page, status: StatusCode, said: Said) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let store = app.store();
    let overview = Overview {
        page,
        viewer,
        grants: store.grants_of(viewer.account).await?,
        units: store.units().await?,
        sessions: store.sessions_of(viewer.account).await?,
        tokens: store.tokens_of(viewer.account).await?,
        said,
    };
    page.show_with(status, overview)
}

pub(super) use store::access::LONGEST_DAYS;

impl Overview<'_> {
    fn reaches(&self) -> [Reach; 2] {
        [Reach::Read, Reach::Write]
    }

    fn longest(&self) -> u16 {
        LONGEST_DAYS
    }
}
