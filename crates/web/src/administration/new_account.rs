//! A new account: it can sign in to nothing until the security administrator gives it a password
//! and a role.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Lang, SubjectId, SubjectKind};
use serde::Deserialize;
use store::access::{Hand, NewAccount, UnitId, UnitTree};
use store::{Key, Resolution, StoreError};
use uuid::Uuid;

use super::units::{Choice, choices};
use crate::frame::language;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// What the new account is to be.
#[derive(Deserialize, Default)]
pub struct Entered {
    name: String,
    display_name: String,
    unit: Option<Uuid>,
    lang: String,
    #[serde(default)]
    enterprise: String,
}

#[derive(Template)]
#[template(path = "administration/new_account.html")]
struct NewAccountForm<'a> {
    page: &'a Page,
    entered: &'a Entered,
    units: UnitTree,
    refused: Option<String>,
}

impl NewAccountForm<'_> {
    fn choices(&self) -> Vec<Choice> {
        choices(&self.units, self.entered.unit.map(UnitId))
    }
}

async fn draw(
    app: &App,
    page: &Page,
    status: StatusCode,
    entered: &Entered,
    refused: Option<String>,
) -> Result<Response, WebError> {
    let units = app.store().units().await?;
    page.show_with(status, NewAccountForm { page, entered, units, refused })
}

/// Shows the form.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    draw(&app, &page, StatusCode::OK, &Entered::default(), None).await
}

/// The enterprise with this code, to which an enterprise's own account is bound; `Some(None)` when
/// no code was given, `None` when the register knows no such code.
async fn bound_to(app: &App, code: &str) -> Result<Option<Option<SubjectId>>, WebError> {
    let code = code.trim();
    if code.is_empty() {
        return Ok(Some(None));
    }
    let key = Key { code: Some(code.to_owned()), name: None };
    let found = app.store().resolve(SubjectKind::Enterprise, &[key]).await?;
    Ok(match found.first() {
        Some(Resolution::Existing(id)) => Some(Some(*id)),
        _ => None,
    })
}

/// Makes the account.
///
/// # Errors
/// What the store reports, except a refusal, which the form shows.
pub async fn create(State(app): State<App>, page: Page, Form(entered): Form<Entered>) -> Result<Response, WebError> {
    let hand = Hand::Viewer(page.viewer()?);
    let refuse = |why: String| draw(&app, &page, StatusCode::UNPROCESSABLE_ENTITY, &entered, Some(why));
    let Some(unit) = entered.unit.map(UnitId) else {
        return refuse(page.t("请选择单位。", "Choose a unit.").to_owned()).await;
    };
    if entered.display_name.trim().is_empty() {
        return refuse(page.t("请填写姓名。", "Enter the person's name.").to_owned()).await;
    }
    let enterprise = match bound_to(&app, &entered.enterprise).await? {
        Some(found) => found,
        None => {
            let zh =
                format!("台账里没有信用代码为“{}”的企业。请核对代码，或先导入这家企业。", entered.enterprise.trim());
            let en = format!(
                "No enterprise of the register has the code “{}”. Check it, or import the enterprise first.",
                entered.enterprise.trim()
            );
            return refuse(page.t(&zh, &en).to_owned()).await;
        }
    };
    let new = NewAccount {
        name: &entered.name,
        display_name: &entered.display_name,
        unit,
        enterprise,
        lang: language::from_key(&entered.lang).unwrap_or(Lang::Zh),
        password_hash: None,
        must_change_password: true,
    };
    match app.store().create_account(hand, new).await {
        Ok(account) => {
            let said = match page.lang {
                Lang::Zh => format!("账号“{}”已建立。请通知安全管理员设置初始密码并授权。", account.name),
                Lang::En => format!(
                    "The account “{}” was made. Tell a security administrator to set its first password and grant its roles.",
                    account.name
                ),
            };
            Ok(page.go_saying(&format!("/administration/accounts/{}", account.id), Notice::said(said)))
        }
        Err(StoreError::Refused(refusal)) => refuse(page.t(&refusal.zh, &refusal.en).to_owned()).await,
        Err(error) => Err(error.into()),
    }
}
