//! What a notice says, in words.

use jiff::Timestamp;
use kernel::Lang;
use serde_json::Value as Json;
use store::cases::{ENDED, Notice, TIME, YOUR_TURN};
use uuid::Uuid;

/// The address that links begin with, such as `https://zone.example`; without it messages bear no links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin(pub Option<String>);

/// A notice in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The notice.
    pub id: Uuid,
    /// What it is.
    pub what: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// The particulars as they were laid down.
    pub data: Json,
    /// When it was laid down.
    pub at: Timestamp,
}

impl Message {
    /// The words of a notice.
    pub fn of(notice: &Notice, origin: &Origin) -> Self {
        let data = &notice.data;
        let word = |name: &str| data[name].as_str().unwrap_or_default();
        let path = format!("/cases/{}/{}", word("kind"), word("number"));
        let known = !word("kind").is_empty() && !word("number").is_empty();
        let base = origin.0.as_deref().filter(|_| known);
        Self {
            id: notice.id,
            what: notice.what.clone(),
            zh: words(notice, Lang::Zh),
            en: words(notice, Lang::En),
            url: base.map(|base| format!("{}{path}", base.trim_end_matches('/'))),
            data: data.clone(),
            at: notice.created_at,
        }
    }

    /// In one language.
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

/// `诉求 SQ-2026-00017：停电。待报到，轮到您办理，期限 2026-03-04。`
fn words(notice: &Notice, lang: Lang) -> String {
    let word = |name: &str| notice.data[name].as_str().unwrap_or_default();
    let kind = loops::by_key(word("kind"));
    let label = kind.map_or(word("kind"), |kind| kind.label(lang));
    let state = kind.and_then(|kind| kind.state(word("state"))).map_or(word("state"), |state| state.label(lang));
    let what = match (notice.what.as_str(), lang) {
        (YOUR_TURN, Lang::Zh) => format!("{state}，轮到您办理"),
        (YOUR_TURN, Lang::En) => format!("{state}: it is your turn"),
        (TIME, Lang::Zh) => format!("{state}，{}", used(notice, lang)),
        (TIME, Lang::En) => format!("{state}: {}", used(notice, lang)),
        (ENDED, Lang::Zh) => format!("已结束（{state}）"),
        (ENDED, Lang::En) => format!("at its end ({state})"),
        _ => state.to_owned(),
    };
    let due = match (word("due"), lang) {
        ("", _) => String::new(),
        (day, Lang::Zh) => format!("，期限 {day}"),
        (day, Lang::En) => format!(", due {day}"),
    };
    // Titles are what people typed: a line break in one must not begin a line of ours.
    let title: String = word("title").chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match (title.trim(), lang) {
        ("", Lang::Zh) => format!("{label} {}：{what}{due}。", word("number")),
        ("", Lang::En) => format!("{label} {}: {what}{due}.", word("number")),
        (title, Lang::Zh) => format!("{label} {}：{title}。{what}{due}。", word("number")),
        (title, Lang::En) => format!("{label} {}: {title}. {what}{due}.", word("number")),
    }
}

/// How much of the time has gone.
fn used(notice: &Notice, lang: Lang) -> String {
    match (notice.data["percent"].as_i64(), lang) {
        (Some(percent @ ..100), Lang::Zh) => format!("时限已用 {percent} %"),
        (Some(percent @ ..100), Lang::En) => format!("{percent} % of the time has gone"),
        (_, Lang::Zh) => "已到期".to_owned(),
        (_, Lang::En) => "its time is up".to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;
    use store::cases::NoticeState;

    use super::*;

    pub(crate) fn notice(what: &str, more: Json) -> Notice {
        let mut data = json!({
            "kind": "matter", "number": "SQ-2026-00017", "state": "dispatched", "due": "2026-03-04", "title": "停电",
        });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (channel, whom) = ("mail".to_owned(), "clerk".to_owned());
        let created_at: Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
        Notice {
            id: Uuid::from_u128(7),
            channel,
            whom,
            what: what.into(),
            case: None,
            data,
            delivery: None,
            state: NoticeState::Sending,
            tries: 1,
            next_try: created_at,
            created_at,
            problem: None,
        }
    }

    pub(crate) fn message() -> Message {
        Message::of(&notice(YOUR_TURN, json!({})), &Origin(Some("https://zone.example/".into())))
    }

    #[test]
    fn a_notice_says_which_case_how_it_stands_and_until_when() {
        let said = message();
        assert_eq!(said.zh, "诉求 SQ-2026-00017：停电。待报到，轮到您办理，期限 2026-03-04。");
        assert_eq!(said.en, "matter SQ-2026-00017: 停电. to be taken up: it is your turn, due 2026-03-04.");
        assert_eq!(said.url.as_deref(), Some("https://zone.example/cases/matter/SQ-2026-00017"));
        let late = Message::of(&notice(TIME, json!({"percent": 80})), &Origin::default());
        assert_eq!(late.zh, "诉求 SQ-2026-00017：停电。待报到，时限已用 80 %，期限 2026-03-04。");
        assert_eq!(late.url, None);
        let up = Message::of(&notice(TIME, json!({"percent": 100, "title": ""})), &Origin::default());
        assert_eq!(up.zh, "诉求 SQ-2026-00017：待报到，已到期，期限 2026-03-04。");
    }

    #[test]
    fn a_title_cannot_begin_a_line_of_its_own() {
        let forged = Message::of(&notice(YOUR_TURN, json!({"title": "a\r\nBcc: x"})), &Origin::default());
        assert!(!forged.zh.contains(['\r', '\n']), "{}", forged.zh);
    }
}
