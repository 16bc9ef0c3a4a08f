//! How often a program may call: so many calls a minute for each token and each address.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use crate::{App, WebError};

/// Callers remembered at most; those who have been quiet longest are forgotten first.
const MOST_CALLERS: usize = 10_000;

/// One address may use several tokens.
const TOKENS_OF_AN_ADDRESS: u32 = 3;

/// What each caller has left.
#[derive(Default)]
pub(crate) struct Limiter(Mutex<HashMap<String, Left>>);

struct Left {
    calls: f64,
    at: Instant,
}

impl Limiter {
    /// Takes one call from what the caller has left, or says how long to wait.
    fn take(&self, caller: String, a_minute: u32, now: Instant) -> Result<(), Duration> {
        let most = f64::from(a_minute.max(1));
        let each_second = most / 60.0;
        // A panic elsewhere cannot leave the numbers half written.
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= MOST_CALLERS && !callers.contains_key(&caller) {
            let full = |left: &Left| now.saturating_duration_since(left.at) >= Duration::from_secs(60);
            callers.retain(|_, left| !full(left));
            if callers.len() >= MOST_CALLERS {
                callers.clear();
            }
        }
        let left = callers.entry(caller).or_insert(Left { calls: most, at: now });
        let passed = now.saturating_duration_since(left.at).as_secs_f64();
        left.calls = (left.calls + passed * each_second).min(most);
        left.at = now;
        if left.calls >= 1.0 {
            left.calls -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - left.calls) / each_second))
    }
}

/// Refuses a call that comes too soon. A token counts by its digest, never by its text.
///
/// # Errors
/// Too many calls (429), with how long to wait.
pub(crate) fn check(app: &App, headers: &HeaderMap, address: &str) -> Result<(), WebError> {
    let a_minute = app.settings().calls_a_minute;
    let now = Instant::now();
    let by_address = a_minute.saturating_mul(TOKENS_OF_AN_ADDRESS);
    let mut taken = app.limiter().take(format!("address {address}"), by_address, now);
    if let (Ok(()), Some(proof)) = (&taken, headers.get(header::AUTHORIZATION)) {
        let digest = hex::encode(&Sha256::digest(proof.as_bytes())[..12]);
        taken = app.limiter().take(format!("token {digest}"), a_minute, now);
    }
    taken.map_err(|wait| {
        let seconds = wait.as_secs() + 1;
        WebError::too_many(
            format!("调用过于频繁，每分钟最多 {a_minute} 次。请等待 {seconds} 秒后再试。"),
            format!("Too many calls; at most {a_minute} a minute are taken. Wait {seconds} seconds, then try again."),
        )
        .retry_after(seconds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_gets_so_many_calls_a_minute_and_others_are_not_held_up() {
        let limiter = Limiter::default();
        let now = Instant::now();
        for _ in 0..60 {
            assert_eq!(limiter.take("one".to_owned(), 60, now), Ok(()));
        }
        let wait = limiter.take("one".to_owned(), 60, now).unwrap_err();
        assert!(wait > Duration::from_millis(900) && wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(limiter.take("two".to_owned(), 60, now), Ok(()));
        assert_eq!(limiter.take("one".to_owned(), 60, now + Duration::from_secs(2)), Ok(()));
    }

    #[test]
    fn the_memory_of_callers_is_bounded() {
        let limiter = Limiter::default();
        let now = Instant::now();
        for caller in 0..MOST_CALLERS * 2 {
            let _ = limiter.take(caller.to_string(), 60, now);
        }
        assert!(limiter.0.lock().unwrap().len() <= MOST_CALLERS);
    }
}
