//! One account: who it is, what it may do, where it is signed in. Each administrator sees the
//! forms of their own work only.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Lang;
use serde::Deserialize;
use store::StoreError;
use store::access::{Account, AccountState, Action, Grant, Hand, Role, Session, UnitId, UnitTree};
use uuid::Uuid;

use super::accounts::state_badge;
use super::units::{Choice, choices};
use crate::frame::notice::Notice;
use crate::ui::{Badge, Confirm, Icon, Tone};
use crate::{App, Page, WebError};

#[derive(Template)]
#[template(path = "administration/account.html")]
struct AccountPage<'a> {
    page: &'a Page,
    account: Account,
    grants: Vec<Grant>,
    units: UnitTree,
    sessions: Vec<Session>,
    said: Said,
}

/// What the page says besides what stands there anyway.
#[derive(Default)]
pub(super) struct Said {
    /// Why something was not done.
    pub refused: Option<String>,
    /// A first password just made; shown this once.
    pub password: Option<String>,
}

impl AccountPage<'_> {
    fn is_retired(&self) -> bool {
        self.account.state == AccountState::Retired
    }

    fn manages(&self) -> bool {
        self.page.can(Action::ManageAccounts) && !self.is_retired()
    }

    fn grants_roles(&self) -> bool {
        self.page.can(Action::Grant) && !self.is_retired() && !self.is_own()
    }

    fn locks(&self) -> bool {
        self.page.can(Action::LockAccounts) && !self.is_retired() && !self.is_own()
    }

    fn is_own(&self) -> bool {
        self.page.viewer.as_ref().is_some_and(|viewer| viewer.account == self.account.id)
    }

    fn state(&self) -> Badge {
        state_badge(self.page, &self.account)
    }

    fn unit_name(&self, id: &UnitId) -> String {
        self.units.path(*id).into_iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>().join(" / ")
    }

    fn own_unit(&self) -> Vec<Choice> {
        choices(&self.units, Some(self.account.unit))
    }

    fn any_unit(&self) -> Vec<Choice> {
        choices(&self.units, self.units.top().map(|unit| unit.id))
    }

    /// The roles that can still be granted beside those held.
    fn roles(&self) -> Vec<Role> {
        let bound = self.account.enterprise.is_some();
        Role::ALL
            .iter()
            .copied()
            .filter(|role| (*role == Role::Enterprise) == bound)
            .filter(|role| self.grants.iter().all(|grant| grant.role.goes_with(*role)))
            .collect()
    }

    fn confirm(
        &self,
        id: &str,
        button: &'static str,
        icon: &'static str,
        title: String,
        consequence: &str,
    ) -> Confirm<'_> {
        Confirm {
            page: self.page,
            id: id.to_owned(),
            button,
            icon: Icon(icon),
            title,
            consequence: consequence.to_owned(),
            action: format!("/administration/accounts/{}/{id}", self.account.id),
            fields: Vec::new(),
            reason: "",
            tone: Tone::Early,
            small: false,
        }
    }

    fn retire_button(&self) -> Confirm<'_> {
        let page = self.page;
        let title = format!("{}“{}”？", page.t("停用账号", "Retire the account "), self.account.name);
        let consequence = page.t("停用后不能恢复：登录和令牌立即失效，账号名不能再用，日志中的记录保留。", "This cannot be undone: sessions and tokens end at once, the name cannot be used again, and the log keeps what it did.");
        Confirm { tone: Tone::Late, ..self.confirm("retire", page.t("停用", "Retire"), "ban", title, consequence) }
    }

    fn lock_button(&self) -> Confirm<'_> {
        let page = self.page;
        if self.account.state == AccountState::Locked {
            let title = format!("{}“{}”？", page.t("解锁账号", "Unlock the account "), self.account.name);
            return self.confirm(
                "unlock",
                page.t("解锁", "Unlock"),
                "lock-open",
                title,
                page.t("解锁后可以用原来的密码登录。", "It can sign in again with its password."),
            );
        }
        let title = format!("{}“{}”？", page.t("锁定账号", "Lock the account "), self.account.name);
        let consequence = page.t(
            "所有登录立即结束，解锁之前不能再登录。",
            "Every session ends at once, and none can begin until it is unlocked.",
        );
        Confirm { tone: Tone::Late, ..self.confirm("lock", page.t("锁定", "Lock"), "lock", title, consequence) }
    }

    fn reset_button(&self) -> Confirm<'_> {
        let page = self.page;
        let title = format!(
            "{}“{}”{}？",
            page.t("为", "Make a first password for "),
            self.account.name,
            page.t("设置初始密码", "")
        );
        let consequence = page.t("将生成一个只显示一次的密码。原密码立即失效，所有登录结束；本人登录后须先改成自己的密码。", "A password is made and shown only once. The old one stops working, every session ends, and the person must change it at the next sign-in.");
        self.confirm("password", page.t("设置初始密码", "Set a first password"), "key", title, consequence)
    }

    fn end_button(&self, session: &Session) -> Confirm<'_> {
        let page = self.page;
        let title = page.t("结束这个登录？", "End this session?").to_owned();
        let consequence = page.t(
            "那台设备下一次点击时须重新登录，没有保存的内容会丢失。",
            "The next click on that device asks to sign in again; what was not saved there is lost.",
        );
        Confirm {
            id: format!("end-{}", session.id),
            action: format!("/administration/accounts/{}/sessions/{}/end", self.account.id, session.id),
            tone: Tone::Late,
            small: true,
            ..self.confirm("end", page.t("结束", "End"), "x", title, consequence)
        }
    }

    fn revoke_button(&self, grant: &Grant) -> Confirm<'_> {
        let page = self.page;
        let role = grant.role.name(page.lang);
        let title = match page.lang {
            Lang::Zh => format!("收回“{role}”角色？"),
            Lang::En => format!("Take back the role “{role}”?"),
        };
        let consequence =
            page.t("从下一次点击起生效。可以再次授予。", "It counts from the next click. It can be granted again.");
        Confirm {
            id: format!("revoke-{}-{}", grant.role.key(), grant.unit),
            action: format!("/administration/accounts/{}/revoke", self.account.id),
            fields: vec![("role", grant.role.key().to_owned()), ("unit", grant.unit.to_string())],
            tone: Tone::Late,
            small: true,
            ..self.confirm("revoke", page.t("收回", "Take back"), "arrow-back-up", title, consequence)
        }
    }
}

/// Shows one account.
///
/// # Errors
/// There is no such account; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    draw(&app, &page, id, StatusCode::OK, Said::default()).await
}

pub(super) async fn draw(
    app: &App,
    page: &Page,
    id: Uuid,
    status: StatusCode,
    said: Said,
) -> Result<Response, WebError> {
    let store = app.store();
    let account = store.account(id).await?.ok_or_else(WebError::not_found)?;
    let sees_sessions = page.can(Action::LockAccounts);
    let sessions = if sees_sessions { store.sessions_of(id).await? } else { Vec::new() };
    let grants = store.grants_of(id).await?;
    let units = store.units().await?;
    page.show_with(status, AccountPage { page, account, grants, units, sessions, said })
}

/// The page again after an act: with a word when it was done, with the reason when it was refused.
pub(super) async fn after(
    app: &App,
    page: &Page,
    id: Uuid,
    done: Result<Notice, StoreError>,
) -> Result<Response, WebError> {
    match done {
        Ok(notice) => Ok(page.go_saying(&format!("/administration/accounts/{id}"), notice)),
        Err(StoreError::Refused(refusal)) => {
            let said = Said { refused: Some(page.t(&refusal.zh, &refusal.en).to_owned()), password: None };
            draw(app, page, id, StatusCode::UNPROCESSABLE_ENTITY, said).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A person's name and unit.
#[derive(Deserialize)]
pub struct Changed {
    display_name: String,
    unit: Uuid,
}

/// Changes a person's name and unit.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn change(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(changed): Form<Changed>,
) -> Result<Response, WebError> {
    let hand = Hand::Viewer(page.viewer()?);
    let name = changed.display_name.trim();
    if name.is_empty() {
        let said =
            Said { refused: Some(page.t("请填写姓名。", "Enter the person's name.").to_owned()), password: None };
        return draw(&app, &page, id, StatusCode::UNPROCESSABLE_ENTITY, said).await;
    }
    let done = app.store().change_account(hand, id, name, UnitId(changed.unit)).await;
    after(&app, &page, id, done.map(|()| Notice::done(page.lang, "已保存。", "Saved."))).await
}
