//! Changing one's own password.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::overview::{Said, draw};
use crate::frame::notice::Notice;
use crate::sign_in::password::objection;
use crate::{App, Page, WebError};

/// The old password and the new one twice.
#[derive(Deserialize)]
pub struct Entered {
    old: String,
    new: String,
    again: String,
}

/// Changes it after checking the old one; every other session ends.
///
/// # Errors
/// What the store reports.
pub async fn change(State(app): State<App>, page: Page, Form(entered): Form<Entered>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let refuse = |why: String| {
        draw(&app, &page, StatusCode::UNPROCESSABLE_ENTITY, Said { password: Some(why), ..Said::default() })
    };
    if entered.new != entered.again {
        return refuse(
            page.t("两次输入的新密码不一样，请重新输入。", "The new passwords differ; type them again.").to_owned(),
        )
        .await;
    }
    if let Some(why) = objection(&entered.new, &viewer.name, page.lang) {
        return refuse(why).await;
    }
    if entered.new == entered.old {
        return refuse(
            page.t("新密码与原密码相同，请换一个。", "The new password is the old one; choose another.").to_owned(),
        )
        .await;
    }
    let stored = app.store().password_hash(viewer.account).await?;
    if !app.passwords().check(entered.old, stored).await? {
        return refuse(page.t("原密码不对，没有改动。", "The old password is wrong; nothing was changed.").to_owned())
            .await;
    }
    let hash = app.passwords().hash(entered.new).await?;
    app.store().change_own_password(viewer.account, &hash, page.session).await?;
    let done = Notice::done(
        page.lang,
        "密码已修改，其他设备上的登录都已结束。",
        "The password was changed and every other session ended.",
    );
    Ok(page.go_saying("/account", done))
}
