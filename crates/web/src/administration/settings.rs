//! What the zone is called.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

#[derive(Template)]
#[template(path = "administration/settings.html")]
struct SettingsPage<'a> {
    page: &'a Page,
    name_zh: &'a str,
    name_en: &'a str,
    refused: Option<&'a str>,
    facts: Vec<(&'a str, String)>,
}

/// The zone's names.
#[derive(Deserialize)]
pub struct Entered {
    name_zh: String,
    name_en: String,
}

/// The longest name, in characters.
const LONGEST: usize = 64;

/// Shows the settings.
///
/// # Errors
/// A template that fails to render.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let zone = app.zone();
    draw(&app, &page, StatusCode::OK, &zone.name_zh, &zone.name_en, None)
}

fn draw(
    app: &App,
    page: &Page,
    status: StatusCode,
    name_zh: &str,
    name_en: &str,
    refused: Option<&str>,
) -> Result<Response, WebError> {
    let facts = vec![
        (page.t("程序版本", "Version"), env!("CARGO_PKG_VERSION").to_owned()),
        (page.t("数据库", "Database"), app.store().location().to_string()),
        (page.t("最大上传文件", "Largest upload"), crate::ui::figure::size(app.settings().largest_upload as u64)),
        (
            page.t("对外地址", "Public address"),
            app.settings().public_origin.clone().unwrap_or_else(|| {
                page.t("未设置（以浏览器访问的地址为准）", "not set; the address that is asked").to_owned()
            }),
        ),
        (page.t("字段目录", "Fields of the catalogue"), app.catalogue().fields().len().to_string()),
    ];
    page.show_with(status, SettingsPage { page, name_zh, name_en, refused, facts })
}

/// Names the zone.
///
/// # Errors
/// What the store reports.
pub async fn change(State(app): State<App>, page: Page, Form(entered): Form<Entered>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let (name_zh, name_en) = (entered.name_zh.trim(), entered.name_en.trim());
    if name_zh.is_empty() || [name_zh, name_en].iter().any(|name| name.chars().count() > LONGEST) {
        let why = page.t(
            "园区中文名称必填，中英文名称都不超过 64 个字符。",
            "The Chinese name is needed, and neither name may be longer than 64 characters.",
        );
        return draw(&app, &page, StatusCode::UNPROCESSABLE_ENTITY, name_zh, name_en, Some(why));
    }
    app.store().name_zone(name_zh, name_en, app.zone().sample, &viewer.name).await?;
    app.refresh_zone().await?;
    Ok(page.go_saying("/administration/settings", Notice::done(page.lang, "已保存。", "Saved.")))
}
