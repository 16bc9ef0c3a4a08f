//! One request over HTTP, bounded in time and size.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, header};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::Failure;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most of an answer that is read: a robot's takes a line.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Sends requests. Redirects are not followed: who can move a webhook could carry its content anywhere.
#[derive(Debug, Clone)]
pub(crate) struct Post(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// A request to be sent.
pub(crate) struct Letter {
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Post {
    pub(crate) fn new() -> Self {
        let connector = hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        Self(Client::builder(TokioExecutor::new()).build(connector.build()))
    }

    /// Sends a letter as JSON; the answer, where it is one of success.
    pub(crate) async fn send(&self, letter: Letter) -> Result<String, Failure> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&letter.url)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::USER_AGENT, concat!("xianshou/", env!("CARGO_PKG_VERSION")));
        for (name, value) in letter.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(Bytes::from(letter.body)))
            .map_err(|_| Failure::NoWay("地址不是有效的网址 / the address is no valid one".into()))?;
        match tokio::time::timeout(PATIENCE, self.exchange(request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::Silent(format!("{} s", PATIENCE.as_secs()))),
        }
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<String, Failure> {
        // What the client says of a failed connection may name the address, which may bear a key.
        let answer = self.0.request(request).await.map_err(|error| {
            let what = if error.is_connect() { "连接不上 / no connection" } else { "连接中断 / broken off" };
            Failure::Silent(what.into())
        })?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LONGEST_ANSWER).collect().await;
        let text = body.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned()).unwrap_or_default();
        match outcome(status) {
            None => Ok(text),
            Some(failure) => Err(failure),
        }
    }
}

/// What a status says of a delivery; `None` where it arrived.
fn outcome(status: StatusCode) -> Option<Failure> {
    let said = || format!("HTTP {}", status.as_u16());
    match status.as_u16() {
        200..300 => None,
        408 | 425 | 429 | 500.. => Some(Failure::Busy(said())),
        _ => Some(Failure::Refused(said())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_to_try_again() {
        for (status, again) in [(429, true), (503, true), (500, true), (404, false), (401, false), (301, false)] {
            let failure = outcome(StatusCode::from_u16(status).unwrap()).unwrap();
            assert_eq!(!failure.is_for_good(), again, "{status}: {failure}");
        }
        assert_eq!(outcome(StatusCode::NO_CONTENT), None);
    }
}
