//! Locking, unlocking, retiring, and the first password of an account.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use store::StoreError;
use store::access::{AccountState, Hand};
use uuid::Uuid;

use super::account::{Said, after, draw};
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// Locks an account; its sessions end.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn lock(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let done = Notice::done(page.lang, "账号已锁定。", "The account was locked.");
    set(&app, &page, id, AccountState::Locked, done).await
}

/// Unlocks an account.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn unlock(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let done = Notice::done(page.lang, "账号已解锁。", "The account was unlocked.");
    set(&app, &page, id, AccountState::Active, done).await
}

/// Retires an account for good: the system administrator's work.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn retire(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let done = Notice::done(page.lang, "账号已停用。", "The account was retired.");
    set(&app, &page, id, AccountState::Retired, done).await
}

async fn set(app: &App, page: &Page, id: Uuid, state: AccountState, done: Notice) -> Result<Response, WebError> {
    let result = app.store().set_account_state(Hand::Viewer(page.viewer()?), id, state).await;
    after(app, page, id, result.map(|()| done)).await
}

/// Makes a first password and shows it, this once. The person must change it at the next sign-in.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn set_password(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let password = first_password();
    let hash = app.passwords().hash(password.clone()).await?;
    match app.store().reset_password(Hand::Viewer(page.viewer()?), id, &hash).await {
        Ok(()) => draw(&app, &page, id, StatusCode::OK, Said { refused: None, password: Some(password) }).await,
        Err(error @ StoreError::Refused(_)) => after(&app, &page, id, Err(error)).await,
        Err(error) => Err(error.into()),
    }
}

/// Sixteen characters that are not mistaken for one another when read aloud, in groups: 78 bits.
fn first_password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let random = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
    // A version-4 id has fixed bits in its seventh and ninth byte; those are left out, and a byte
    // beyond the last whole multiple of the letters would make some letters likelier.
    let most = 256 - 256 % LETTERS.len();
    let mut password = String::new();
    for byte in
        random.iter().enumerate().filter(|(at, _)| at % 16 != 6 && at % 16 != 8).map(|(_, byte)| usize::from(*byte))
    {
        if byte >= most || password.len() >= 19 {
            continue;
        }
        if password.len() % 5 == 4 {
            password.push('-');
        }
        password.push(char::from(LETTERS[byte % LETTERS.len()]));
    }
    if password.len() == 19 { password } else { first_password() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_password_is_four_groups_of_four_and_never_the_same() {
        let made: std::collections::HashSet<String> = (0..200).map(|_| first_password()).collect();
        assert_eq!(made.len(), 200);
        for password in made {
            let groups: Vec<&str> = password.split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4, 4], "{password}");
            assert!(!password.contains(['0', 'o', '1', 'l', 'i']), "{password}");
        }
    }
}
