//! Mail, through the zone's own server.

use std::time::Duration;

use kernel::Lang;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message as Mail};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use uuid::Uuid;

use crate::Failure;
use crate::message::Message;

/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The server that takes the zone's mail.
#[derive(Clone)]
pub struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for MailServer {
    /// Without the server's address, which bears its password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailServer").field("from", &self.from).finish_non_exhaustive()
    }
}

impl MailServer {
    /// A server by its address, such as `smtps://user:password@mail.example:465` or
    /// `smtp://user:password@mail.example:587?tls=required`, and who writes, such as `先手 <zone@zone.example>`.
    ///
    /// # Errors
    /// [`Failure::NoWay`] with what is wrong; the address is not repeated, since it bears a password.
    pub fn new(address: &str, from: &str) -> Result<Self, Failure> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(address).map_err(|_| {
            let zh = "邮件服务器地址应形如 smtps://用户:密码@主机:465";
            Failure::NoWay(format!("{zh} / the mail server's address reads smtps://user:password@host:465"))
        })?;
        let from = from.parse().map_err(|_| {
            let zh = "发件人应形如 先手 <zone@zone.example>";
            Failure::NoWay(format!("{zh} / the sender reads Name <zone@zone.example>"))
        })?;
        Ok(Self { transport: transport.timeout(Some(PATIENCE)).build(), from })
    }

    /// Sends one person's messages as one mail, under the number of its delivery.
    pub(crate) async fn send(&self, to: &str, lang: Lang, number: Uuid, messages: &[Message]) -> Result<(), Failure> {
        let mail = self.mail(to, lang, number, messages)?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(Failure::Refused(said(&error))),
            Err(error) if error.is_transient() => Err(Failure::Busy(said(&error))),
            Err(error) => Err(Failure::Silent(said(&error))),
        }
    }

    fn mail(&self, to: &str, lang: Lang, number: Uuid, messages: &[Message]) -> Result<Mail, Failure> {
        let no_way = |zh: &str, en: &str| Failure::NoWay(format!("{zh} / {en}"));
        let to: Mailbox = to.parse().map_err(|_| no_way("邮箱地址无效", "the mail address is no valid one"))?;
        let id = format!("<{number}@{}>", self.from.email.domain());
        Mail::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject(lang, messages))
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(body(lang, messages))
            .map_err(|_| no_way("邮件无法组成", "the mail cannot be put together"))
    }
}

/// What the server said, as far as a person can use it.
fn said(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("SMTP {code}"),
        None if error.is_timeout() => format!("{} s", PATIENCE.as_secs()),
        None if error.is_tls() => "TLS".to_owned(),
        None => "连接不上 / no connection".to_owned(),
    }
}

fn subject(lang: Lang, messages: &[Message]) -> String {
    match (messages, lang) {
        ([one], _) => one.say(lang).chars().take(80).collect(),
        (many, Lang::Zh) => format!("先手：{} 项提醒", many.len()),
        (many, Lang::En) => format!("Xianshou: {} notices", many.len()),
    }
}

fn body(lang: Lang, messages: &[Message]) -> String {
    let mut text = String::new();
    for message in messages {
        text.push_str(message.say(lang));
        text.push('\n');
        if let Some(url) = &message.url {
            text.push_str(url);
            text.push('\n');
        }
        text.push('\n');
    }
    text.push_str(lang.pick(
        "—— 本邮件由先手发出。接收方式和免打扰时间可在“我的账号”中更改。\n",
        "-- Sent by Xianshou. How and when you are told can be changed under “My account”.\n",
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::tests::message;

    fn server() -> MailServer {
        MailServer::new("smtp://127.0.0.1:9", "先手 <zone@zone.example>").unwrap()
    }

    #[test]
    fn one_notice_is_its_own_subject_and_several_are_counted() {
        let one = server().mail("clerk@zone.example", Lang::Zh, Uuid::from_u128(7), &[message()]).unwrap();
        assert_eq!(one.headers().get_raw("Message-ID"), Some("<00000000-0000-0000-0000-000000000007@zone.example>"));
        assert!(subject(Lang::Zh, &[message()]).starts_with("诉求 SQ-2026-00017：停电"));
        assert_eq!(subject(Lang::En, &[message(), message()]), "Xianshou: 2 notices");
        assert_eq!(body(Lang::En, &[message(), message()]).matches("https://zone.example/cases/matter/").count(), 2);
    }

    #[test]
    fn a_wrong_address_is_named_without_the_password() {
        let wrong = MailServer::new("smtps//user:geheim@mail", "a@b.example").unwrap_err();
        assert!(wrong.is_for_good() && !wrong.to_string().contains("geheim"), "{wrong}");
        assert!(MailServer::new("smtp://127.0.0.1:9", "nobody").is_err());
        assert!(matches!(server().mail("nobody", Lang::Zh, Uuid::nil(), &[message()]), Err(Failure::NoWay(_))));
        assert!(!format!("{:?}", server()).contains("127.0.0.1"));
    }
}
