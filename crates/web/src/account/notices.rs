//! How one wants to be told: by mail besides the page, not at night, once a day.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Time;
use serde::Deserialize;
use store::StoreError;
use store::cases::{Channel, Setting};

use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

#[derive(Template)]
#[template(path = "account/notices.html")]
struct NoticesPage<'a> {
    page: &'a Page,
    entered: Entered,
    refused: Option<String>,
}

/// The choice as it was typed; a time is `22:00`.
#[derive(Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    by_mail: bool,
    #[serde(default)]
    mail: String,
    #[serde(default)]
    quiet_from: String,
    #[serde(default)]
    quiet_to: String,
    #[serde(default)]
    digest: String,
}

impl Entered {
    fn of(setting: &Setting) -> Self {
        let minute = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        Self {
            by_mail: setting.channels.contains(&Channel::Mail),
            mail: setting.mail.clone().unwrap_or_default(),
            quiet_from: setting.quiet.map(|(from, _)| minute(from)).unwrap_or_default(),
            quiet_to: setting.quiet.map(|(_, to)| minute(to)).unwrap_or_default(),
            digest: setting.digest.map(minute).unwrap_or_default(),
        }
    }

    /// The setting; `None` where a time is none, or only one end of the quiet hours is given.
    fn setting(&self) -> Option<Setting> {
        let time = |text: &str| match text.trim() {
            "" => Some(None),
            text => text.parse::<Time>().ok().map(Some),
        };
        let quiet = match (time(&self.quiet_from)?, time(&self.quiet_to)?) {
            (Some(from), Some(to)) => Some((from, to)),
            (None, None) => None,
            _ => return None,
        };
        let mail = Some(self.mail.trim().to_owned()).filter(|mail| !mail.is_empty());
        let channels = self.by_mail.then_some(Channel::Mail).into_iter().collect();
        Some(Setting { channels, mail, quiet, digest: time(&self.digest)? })
    }
}

/// Shows the choice.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let setting = app.store().notice_setting(&page.viewer()?.name).await?;
    page.show(NoticesPage { page: &page, entered: Entered::of(&setting), refused: None })
}

/// Keeps the choice.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows beside what was typed.
pub async fn choose(State(app): State<App>, page: Page, Form(entered): Form<Entered>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let wanted = entered.setting();
    let refuse = |why: &str| {
        let shown = NoticesPage { page: &page, entered, refused: Some(why.to_owned()) };
        page.show_with(StatusCode::UNPROCESSABLE_ENTITY, shown)
    };
    let Some(setting) = wanted else {
        return refuse(page.t(
            "时间应形如 22:00；免打扰的开始和结束要一起填写。",
            "A time reads 22:00; quiet hours need both their beginning and their end.",
        ));
    };
    match app.store().choose_notice_setting(viewer, &setting).await {
        Ok(()) => Ok(page.go_saying("/account/notices", Notice::done(page.lang, "已保存。", "Saved."))),
        Err(StoreError::Refused(refusal)) => refuse(page.t(&refusal.zh, &refusal.en)),
        Err(error) => Err(error.into()),
    }
}
