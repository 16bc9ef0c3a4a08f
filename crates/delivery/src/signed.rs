//! Signed requests to other systems, by the Standard Webhooks specification 1.0: `webhook-id`,
//! `webhook-timestamp` and `webhook-signature` (`v1,` and the base64 of HMAC-SHA256 over
//! `id.timestamp.body`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::message::Message;
use crate::post::Letter;

/// HMAC-SHA256 in base64. A key of any length will do.
pub(crate) fn mac(key: &[u8], text: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The request that tells messages to another system.
pub(crate) fn letter(url: &str, secret: &str, id: Uuid, messages: &[Message], now: Timestamp) -> Letter {
    let notices: Vec<Json> = messages.iter().map(notice).collect();
    let body = json!({ "type": "notices", "timestamp": now.to_string(), "data": notices }).to_string();
    let (id, at) = (id.to_string(), now.as_second().to_string());
    let mut headers = vec![("webhook-id", id.clone()), ("webhook-timestamp", at.clone())];
    if !secret.is_empty() {
        let signature = mac(&key(secret), format!("{id}.{at}.{body}").as_bytes());
        headers.push(("webhook-signature", format!("v1,{signature}")));
    }
    Letter { url: url.to_owned(), headers, body }
}

/// The key of a secret: `whsec_` and base64 as the specification writes it, or the bytes as they are.
fn key(secret: &str) -> Vec<u8> {
    let coded = secret.strip_prefix("whsec_").and_then(|coded| STANDARD.decode(coded).ok());
    coded.unwrap_or_else(|| secret.as_bytes().to_vec())
}

fn notice(message: &Message) -> Json {
    json!({
        "id": message.id, "what": message.what, "text": { "zh": message.zh, "en": message.en },
        "url": message.url, "particulars": message.data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the specification's reference libraries.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let secret = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let text = br#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        assert_eq!(mac(&secret, text), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn without_a_secret_nothing_pretends_to_be_signed() {
        let letter = letter("https://a.example/", "", Uuid::nil(), &[], Timestamp::UNIX_EPOCH);
        assert!(letter.headers.iter().all(|(name, _)| *name != "webhook-signature"));
        assert!(letter.body.contains("\"data\":[]"), "{}", letter.body);
    }
}
