//! What goes wrong on the way to a page, in the words of the person it happens to.
//!
//! A handler returns [`WebError`]; the frame turns it into a page, a fragment or JSON in the
//! reader's language. What caused it below is logged once, there, and never shown.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::Lang;
use kernel::lang::Said;
use store::StoreError;

/// An error as the reader meets it: what was found, what was expected, what to do.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{en}")]
pub struct WebError {
    /// The status of the answer.
    pub status: StatusCode,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// What went wrong below; for the log only.
    pub cause: Option<String>,
    /// Where the reader can go on.
    pub way_out: Option<Box<WayOut>>,
    /// The part of the request that is at fault, for programs.
    pub particulars: Option<Box<Particulars>>,
    /// After how many seconds it may be tried again, where that is known.
    pub retry_after: Option<u64>,
}

/// The part of a request that is at fault.
#[derive(Debug, Clone)]
pub struct Particulars {
    /// What was found.
    pub found: String,
    /// What belongs there.
    pub expected: Said,
}

/// A link out of an error.
#[derive(Debug, Clone)]
pub struct WayOut {
    /// Where it leads.
    pub address: String,
    /// Its words in Chinese.
    pub zh: &'static str,
    /// Its words in English.
    pub en: &'static str,
}

impl WebError {
    /// An error with this status and message.
    pub fn new(status: StatusCode, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { status, zh: zh.into(), en: en.into(), cause: None, way_out: None, particulars: None, retry_after: None }
    }

    /// The request cannot be understood (400).
    pub fn bad_request(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, zh, en)
    }

    /// A text holds the character NUL, which no database keeps alike (400).
    pub fn nul() -> Self {
        Self::bad_request(
            "提交的内容含有空字符（U+0000），不能保存。请去掉后再提交。",
            "What you sent holds the character NUL (U+0000), which cannot be kept. Take it out and send it again.",
        )
    }

    /// Nobody is signed in (401).
    pub fn sign_in_first() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "需要先登录才能查看此页。", "Sign in to see this page.").way_out(
            "/sign-in",
            "去登录",
            "Sign in",
        )
    }

    /// The person's roles do not allow it (403).
    pub fn not_allowed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "您的角色不能做这件事。如工作需要，请联系安全管理员授权。",
            "Your role does not allow this. If your work needs it, ask a security administrator.",
        )
    }

    /// Not allowed, for a reason of its own (403).
    pub fn not_allowed_with(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, zh, en)
    }

    /// A form that did not come from a page of ours, or came too late (403).
    pub fn forged() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "这份表单不是从本系统的页面提交的，或页面打开后已重新登录。没有做任何改动。请返回、刷新页面后再提交。",
            "This form was not sent from a page of this system, or you signed in again after opening it. Nothing was changed. Go back, reload the page and send it again.",
        )
    }

    /// There is no such page or thing, or the person may not see it: the answer is the same (404).
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "没有找到这个页面或这条记录。它可能已被移动，或不在您的数据范围内。请从菜单或搜索重新进入。",
            "There is no such page or record. It may have moved, or lies outside your rows. Start again from the menu or the search.",
        )
    }

    /// Somebody else changed it in the meantime, or it is in a state that forbids this (409).
    pub fn conflict(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, zh, en)
    }

    /// What was entered breaks a rule (422).
    pub fn invalid(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, zh, en)
    }

    /// More was sent in a form or a call than is taken (413).
    pub fn too_large(most: usize) -> Self {
        let most = most / (1024 * 1024);
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("提交的内容太大，最多 {most} MB。请删减，或分几次提交。"),
            format!(
                "What you sent is too large; at most {most} MB are taken. Shorten it, or send it in several parts."
            ),
        )
    }

    /// A file is larger than is taken (413).
    pub fn file_too_large(most: usize) -> Self {
        let most = most / (1024 * 1024);
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("文件太大，最多 {most} MB。请拆分成几个文件，或只保留需要的工作表后再提交。"),
            format!("The file is too large; at most {most} MB are taken. Split it, or keep only the sheets you need."),
        )
    }

    /// Too many tries (429).
    pub fn too_many(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, zh, en)
    }

    /// Something of ours is broken (500).
    pub fn broken(cause: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "系统出了问题，没有做任何改动。请稍后再试；如仍出现，请把下面的编号告诉系统管理员。",
            "Something went wrong on our side; nothing was changed. Try again in a moment, and if it stays, give the number below to a system administrator.",
        )
        .caused_by(cause)
    }

    /// Busy, or the database is away (503).
    pub fn busy(cause: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "系统正忙，没有做任何改动。请过几秒再试。",
            "The system is busy; nothing was changed. Try again in a few seconds.",
        )
        .caused_by(cause)
    }

    /// The same with what went wrong below, for the log.
    pub fn caused_by(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// The same with a link to where the reader can go on.
    pub fn way_out(mut self, address: impl Into<String>, zh: &'static str, en: &'static str) -> Self {
        self.way_out = Some(Box::new(WayOut { address: address.into(), zh, en }));
        self
    }

    /// The same with the part of the request that is at fault.
    pub fn found(mut self, found: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.particulars = Some(Box::new(Particulars { found: found.into(), expected: Said::new(zh, en) }));
        self
    }

    /// The same with the seconds after which it may be tried again.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The message in the reader's language.
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// The title of the page that shows it.
    pub fn title(&self, lang: Lang) -> &'static str {
        match self.status.as_u16() {
            400 => lang.pick("看不懂这个请求", "This request cannot be understood"),
            401 => lang.pick("请先登录", "Sign in first"),
            403 => lang.pick("不能这样做", "Not allowed"),
            404 => lang.pick("没有找到", "Not found"),
            405 => lang.pick("不能这样打开", "Cannot be opened this way"),
            409 => lang.pick("已有变化", "Something has changed"),
            413 => lang.pick("内容太大", "Too large"),
            415 => lang.pick("格式不对", "Not the expected format"),
            422 => lang.pick("内容有误", "Something entered is not right"),
            429 => lang.pick("尝试过多", "Too many tries"),
            503 | 504 => lang.pick("系统正忙", "Busy"),
            _ => lang.pick("系统出了问题", "Something went wrong"),
        }
    }

    /// The error behind a bare status, such as the router's own 404 and 405.
    pub(crate) fn from_status(status: StatusCode, detail: Option<String>) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::UNAUTHORIZED => Self::sign_in_first(),
            StatusCode::FORBIDDEN => Self::not_allowed(),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                status,
                "这个地址不能直接打开或不能这样提交。请从菜单进入相应页面再操作。",
                "This address cannot be opened or sent to in this way. Go to the page from the menu and act there.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(1024 * 1024),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(
                status,
                "提交内容的类型不对：应为表单或 JSON。请从页面提交，或检查 Content-Type。",
                "The type of what was sent is wrong; a form or JSON was expected. Send it from the page, or check Content-Type.",
            ),
            status if status.is_client_error() => Self::new(
                status,
                "提交的内容缺少项目或格式不对。请返回检查填写的内容后再提交。",
                "What was sent lacks something or has the wrong form. Go back, check what was entered and send it again.",
            ),
            StatusCode::SERVICE_UNAVAILABLE => Self::busy("service unavailable"),
            _ => Self::broken("the handler answered with a bare status"),
        }
        .with_detail(detail)
    }

    fn with_detail(mut self, detail: Option<String>) -> Self {
        self.cause = self.cause.or(detail);
        self
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        let (zh, en) = (error.say(Lang::Zh), error.say(Lang::En));
        match error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Forbidden => Self::not_allowed(),
            StoreError::Busy | StoreError::Disconnected(_) => Self::busy(error),
            StoreError::DiskFull => Self::new(StatusCode::SERVICE_UNAVAILABLE, zh, en).caused_by(error),
            StoreError::Stale | StoreError::Duplicate => Self::conflict(zh, en),
            StoreError::Refused(_) | StoreError::Case(_) => Self::invalid(zh, en),
            _ => Self::broken(error),
        }
    }
}

impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> Self {
        Self::broken(error)
    }
}

impl IntoResponse for WebError {
    /// A bare answer that carries the error; the frame dresses it for the reader.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
