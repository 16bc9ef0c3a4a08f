//! The one shape of every error of the API.

use kernel::Lang;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Page, WebError};

/// Why a request was not done, in the language of `Accept-Language` (Chinese or English). Nothing
/// was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The status of the answer.
    #[schema(example = 400)]
    status: u16,
    /// A title of a few words.
    title: String,
    /// What was found in the request; empty where no single part of it is at fault.
    found: String,
    /// What belongs there; empty where no single part of the request is at fault.
    expected: String,
    /// What to do next.
    what_to_do: String,
    /// The whole message for a person.
    message: String,
    /// The number under which the server's log knows this request.
    request: String,
}

impl Problem {
    /// The error as this reader is told it.
    pub fn of(page: &Page, error: &WebError) -> Self {
        let lang = page.lang;
        let (found, expected) = match &error.particulars {
            Some(particulars) => (particulars.found.clone(), particulars.expected.say(lang).to_owned()),
            None => (String::new(), String::new()),
        };
        let message = if error.status.as_u16() == 401 {
            lang.pick("没有可用的令牌。", "No valid token was sent.").to_owned()
        } else {
            error.say(lang).to_owned()
        };
        Self {
            status: error.status.as_u16(),
            title: error.title(lang).to_owned(),
            found,
            expected,
            what_to_do: what_to_do(error.status.as_u16(), lang).to_owned(),
            message,
            request: page.request_id.clone(),
        }
    }
}

fn what_to_do(status: u16, lang: Lang) -> &'static str {
    match status {
        400 | 422 => lang.pick(
            "按 expected 或接口说明 /api 改正请求后重新发送。",
            "Correct the request by `expected` or by the description under /api, then send it again.",
        ),
        401 => lang.pick(
            "在“我的账号”建立令牌，放在请求头 Authorization: Bearer 中发送。",
            "Make a token on the page of your account and send it as Authorization: Bearer.",
        ),
        403 => lang.pick(
            "使用有此权限的账号的读写令牌；如工作需要，请联系安全管理员授权。",
            "Use a token that reads and writes, of an account with this right; if your work needs it, ask a security administrator.",
        ),
        404 => lang.pick(
            "核对地址和编号；不在您数据范围内的内容与不存在的一样。",
            "Check the address and the id; what lies outside your rows is answered like what does not exist.",
        ),
        405 => lang.pick("按接口说明 /api 使用正确的方法。", "Use the method that the description under /api names."),
        409 => lang.pick("重新读取现在的内容，再决定是否提交。", "Read it again as it is now and decide anew."),
        413 => lang.pick("减少内容或拆分后再发送。", "Send less, or in several parts."),
        415 => lang.pick(
            "按接口说明使用 application/json 或 multipart/form-data。",
            "Send application/json or multipart/form-data as the description says.",
        ),
        429 => lang.pick("等待 Retry-After 所示的秒数后再试。", "Wait the seconds of Retry-After, then try again."),
        503 | 504 => lang.pick("过几秒再试。", "Try again in a few seconds."),
        _ => lang.pick("把 request 中的编号告诉系统管理员。", "Give the number in `request` to a system administrator."),
    }
}
