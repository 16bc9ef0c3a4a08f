//! Passwords: hashed with argon2id, checked a few at a time, never kept.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use kernel::Lang;
use tokio::sync::Semaphore;

use crate::WebError;

/// The shortest password taken, in characters.
pub const SHORTEST: usize = 10;
/// The longest, in bytes: hashing takes time that grows with it.
pub const LONGEST: usize = 256;

/// A hash that no password fits, checked where there is no account: the time taken tells nothing.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

/// Hashes a password with argon2id and a fresh salt, as a PHC string. Takes some 30 ms and 19 MiB;
/// a server calls it through [`Passwords`].
///
/// # Errors
/// The operating system gave no random bytes, or no memory.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether a password fits a hash.
fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Why a password cannot be taken, in words; none when it can.
pub fn objection(password: &str, account: &str, lang: Lang) -> Option<String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(match lang {
            Lang::Zh => format!("密码只有 {length} 个字符，至少要 {SHORTEST} 个。可以用几个词连成一句。"),
            Lang::En => format!(
                "The password has {length} characters; at least {SHORTEST} are needed. A few words in a row will do."
            ),
        });
    }
    if password.len() > LONGEST {
        return Some(
            lang.pick("密码太长，最多 256 个字节。", "The password is too long; at most 256 bytes.").to_owned(),
        );
    }
    let lower = password.to_lowercase();
    if !account.is_empty() && lower.contains(&account.to_lowercase()) {
        return Some(
            lang.pick("密码里不能含有账号名，请换一个。", "The password contains the account's name; choose another.")
                .to_owned(),
        );
    }
    let mut kinds: Vec<char> = lower.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let common = ["password", "12345678", "qwertyui", "88888888", "woaini", "admin123", "iloveyou"];
    if kinds.len() < 4 || common.iter().any(|word| lower.contains(word)) {
        return Some(
            lang.pick("这个密码太容易猜到，请换一个。", "This password is too easily guessed; choose another.")
                .to_owned(),
        );
    }
    None
}

/// The one place where the server hashes and checks passwords: off the threads that answer pages,
/// and only a few at a time, so that a flood of attempts cannot take the machine's memory.
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new(at_once: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once.max(1))) }
    }

    /// Whether a password fits; without a hash it fits nothing, after as much work.
    ///
    /// # Errors
    /// The server is being stopped.
    pub async fn check(&self, password: String, hash: Option<String>) -> Result<bool, WebError> {
        self.work(move || match hash {
            Some(hash) if password.len() <= LONGEST => fits(&password, &hash),
            _ => {
                fits("no password", &NOBODYS);
                false
            }
        })
        .await
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// The operating system gave no random bytes or no memory.
    pub async fn hash(&self, password: String) -> Result<String, WebError> {
        self.work(move || hash(&password)).await?.map_err(WebError::broken)
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, WebError> {
        let turn = self.turns.clone().acquire_owned().await.map_err(WebError::busy)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(WebError::broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new(1);
        let hash = passwords.hash("正确的密码 horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.check("正确的密码 horse".to_owned(), Some(hash.clone())).await.unwrap());
        for wrong in ["正确的密码 Horse", "", &"x".repeat(LONGEST + 1)] {
            assert!(!passwords.check(wrong.to_owned(), Some(hash.clone())).await.unwrap(), "{wrong:.20}");
        }
        assert!(!passwords.check("nobody has this password".to_owned(), None).await.unwrap());
        assert!(!passwords.check("x".to_owned(), Some("not a hash".to_owned())).await.unwrap());
    }

    #[test]
    fn a_weak_password_is_refused_with_the_reason() {
        let cases = [
            ("short", Some("10")),
            ("zhang.san-2026", Some("account's name")),
            ("aaaaaaaaaaaa", Some("guessed")),
            ("Password2026!", Some("guessed")),
            ("轴承的春天来得早一些吧", None),
            ("correct horse battery", None),
        ];
        for (password, reason) in cases {
            let said = objection(password, "Zhang.San", Lang::En);
            match reason {
                Some(reason) => {
                    assert!(said.as_deref().is_some_and(|said| said.contains(reason)), "{password}: {said:?}")
                }
                None => assert_eq!(said, None, "{password}"),
            }
        }
    }
}
