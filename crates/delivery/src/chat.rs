//! The robots of work chats: 企业微信, 钉钉, 飞书, each as its own documentation asks.

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use store::cases::TargetKind;

use crate::Failure;
use crate::message::Message;
use crate::post::Letter;
use crate::signed::mac;

/// The most that is put into one message: WeCom takes 4,096 bytes.
const LONGEST: usize = 3_600;

/// The requests that tell messages to a group, each with how many it tells; several where one would
/// be too long.
pub(crate) fn letters(
    kind: TargetKind,
    url: &str,
    secret: &str,
    messages: &[Message],
    now: Timestamp,
) -> Vec<(Letter, usize)> {
    let to = |text: &str| match kind {
        TargetKind::WeCom => wecom(url, text),
        TargetKind::DingTalk => dingtalk(url, secret, text, now),
        TargetKind::Feishu | TargetKind::Signed => feishu(url, secret, text, now),
    };
    texts(messages).into_iter().map(|(text, told)| (to(&text), told)).collect()
}

/// The messages as lines, in as few texts as their length allows, each with how many it holds.
fn texts(messages: &[Message]) -> Vec<(String, usize)> {
    let mut texts: Vec<(String, usize)> = Vec::new();
    for message in messages {
        let line = line(message);
        match texts.last_mut().filter(|(text, _)| text.len() + 2 + line.len() <= LONGEST) {
            Some((text, told)) => {
                text.push_str("\n\n");
                text.push_str(&line);
                *told += 1;
            }
            None => texts.push((line, 1)),
        }
    }
    texts
}

fn line(message: &Message) -> String {
    let words: String = message.zh.chars().take(500).collect();
    match &message.url {
        Some(url) => format!("{words}\n{url}"),
        None => words,
    }
}

/// 企业微信: the key stands in the address.
fn wecom(url: &str, text: &str) -> Letter {
    let body = json!({ "msgtype": "text", "text": { "content": text } });
    Letter { url: url.to_owned(), headers: Vec::new(), body: body.to_string() }
}

/// 钉钉: `timestamp` in milliseconds and `sign`, HMAC-SHA256 of `timestamp\nsecret` under the secret.
fn dingtalk(url: &str, secret: &str, text: &str, now: Timestamp) -> Letter {
    let body = json!({ "msgtype": "text", "text": { "content": text } });
    let at = now.as_millisecond();
    let url = match secret {
        "" => url.to_owned(),
        secret => {
            let sign = mac(secret.as_bytes(), format!("{at}\n{secret}").as_bytes());
            let sign = sign.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
            let between = if url.contains('?') { '&' } else { '?' };
            format!("{url}{between}timestamp={at}&sign={sign}")
        }
    };
    Letter { url, headers: Vec::new(), body: body.to_string() }
}

/// 飞书: `timestamp` in seconds and `sign`, HMAC-SHA256 of nothing under `timestamp\nsecret`.
fn feishu(url: &str, secret: &str, text: &str, now: Timestamp) -> Letter {
    let mut body = json!({ "msg_type": "text", "content": { "text": text } });
    if let (false, Some(body)) = (secret.is_empty(), body.as_object_mut()) {
        let at = now.as_second().to_string();
        let sign = mac(format!("{at}\n{secret}").as_bytes(), b"");
        body.extend([("timestamp".to_owned(), Json::from(at)), ("sign".to_owned(), Json::from(sign))]);
    }
    Letter { url: url.to_owned(), headers: Vec::new(), body: body.to_string() }
}

/// What a robot answered: all three say 200 to everything and put the outcome into a number.
pub(crate) fn answered(answer: &str) -> Result<(), Failure> {
    let answer: Json = serde_json::from_str(answer).unwrap_or(Json::Null);
    let code = ["errcode", "code", "StatusCode"].iter().find_map(|name| answer[*name].as_i64());
    let said = ["errmsg", "msg", "StatusMessage"].iter().find_map(|name| answer[*name].as_str()).unwrap_or_default();
    let said: String = said.chars().take(120).collect();
    match code {
        Some(0) => Ok(()),
        // Too many messages in a minute: 企业微信 45009, 钉钉 130101, 飞书 9499 and 11232.
        Some(code @ (45009 | 130_101 | 9499 | 11232)) => Err(Failure::Busy(format!("{code} {said}"))),
        Some(code) => Err(Failure::Refused(format!("{code} {said}"))),
        None => Err(Failure::Refused("回应不是机器人的格式 / the answer is not that of a robot".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::tests::message;

    const NOW: &str = "2026-03-02T09:00:00+08:00";

    fn one(kind: TargetKind, secret: &str) -> (String, Json) {
        let mut letters = letters(kind, "https://robot.example/send?key=k", secret, &[message()], NOW.parse().unwrap());
        assert_eq!(letters.len(), 1);
        let (letter, _) = letters.remove(0);
        (letter.url, serde_json::from_str(&letter.body).unwrap())
    }

    #[test]
    fn each_robot_gets_its_own_form() {
        let (url, body) = one(TargetKind::WeCom, "");
        assert_eq!((url.as_str(), body["msgtype"].as_str()), ("https://robot.example/send?key=k", Some("text")));
        assert!(body["text"]["content"].as_str().unwrap().contains("SQ-2026-00017"));
        let (url, _) = one(TargetKind::DingTalk, "SEC1");
        let sign = mac(b"SEC1", b"1772413200000\nSEC1").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        assert_eq!(url, format!("https://robot.example/send?key=k&timestamp=1772413200000&sign={sign}"));
        let (_, body) = one(TargetKind::Feishu, "S");
        assert_eq!(body["timestamp"], "1772413200");
        assert_eq!(body["sign"].as_str().unwrap(), mac(b"1772413200\nS", b""));
        let (_, body) = one(TargetKind::Feishu, "");
        assert!(body.get("sign").is_none());
    }

    #[test]
    fn what_is_too_long_for_one_message_goes_in_several_and_nothing_is_lost() {
        let many: Vec<Message> = (0..80).map(|_| message()).collect();
        let texts = texts(&many);
        assert!(texts.len() > 1 && texts.iter().all(|(text, _)| text.len() <= LONGEST));
        assert!(texts.iter().all(|(text, told)| text.matches("SQ-2026-00017：").count() == *told));
        assert_eq!(texts.iter().map(|(_, told)| told).sum::<usize>(), 80);
    }

    #[test]
    fn a_robot_says_no_with_status_200() {
        assert_eq!(answered(r#"{"errcode":0,"errmsg":"ok"}"#), Ok(()));
        assert_eq!(answered(r#"{"StatusCode":0,"StatusMessage":"success"}"#), Ok(()));
        assert!(!answered(r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#).unwrap_err().is_for_good());
        assert!(answered(r#"{"code":19021,"msg":"sign match fail"}"#).unwrap_err().is_for_good());
        assert!(answered("<html>").unwrap_err().is_for_good());
    }
}
