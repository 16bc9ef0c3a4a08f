//! The accounts of the sample zone.

use std::collections::HashMap;

use kernel::Lang;
use sample::SampleAccount;
use store::Store;
use store::access::{Hand, NewAccount, Role, UnitId};

use crate::failure::Failure;

/// Makes accounts; one that is there already keeps its password.
pub async fn make(
    store: &Store,
    accounts: impl Iterator<Item = &SampleAccount>,
    units: &HashMap<&str, UnitId>,
) -> Result<(), Failure> {
    let Some(top) = units.get("zone").copied() else { return Ok(()) };
    // A hash takes long on purpose, and all of them have one password.
    let mut hashed: Option<(&str, String)> = None;
    for account in accounts {
        if store.account_by_name(account.name).await?.is_some() {
            continue;
        }
        let unit = account.unit.and_then(|unit| units.get(unit)).copied().unwrap_or(top);
        let enterprise = match &account.enterprise {
            Some(code) => Some(super::enterprise_with(store, code).await?),
            None => None,
        };
        let hash = match hashed.take().filter(|(password, _)| *password == account.password) {
            Some((_, hash)) => hash,
            None => web::sign_in::password::hash(account.password)
                .map_err(|error| Failure::said(error.to_string(), error.to_string()))?,
        };
        let new = NewAccount {
            name: account.name,
            display_name: account.person.0,
            unit,
            enterprise,
            lang: Lang::Zh,
            password_hash: Some(&hash),
            must_change_password: false,
        };
        let made = store.create_account(Hand::Console, new).await?;
        // The analyst sits in the statistics office and works on the whole zone.
        let over = if matches!(account.role, "officer" | "clerk") { unit } else { top };
        if let Some(role) = Role::from_key(account.role) {
            store.grant(Hand::Console, made.id, role, over).await?;
        }
        hashed = Some((account.password, hash));
    }
    Ok(())
}
