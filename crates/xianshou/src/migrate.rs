//! `xianshou migrate`: an older register becomes this release's; a missing one is made.

use kernel::Lang;
use serde_json::json;
use store::Store;

use crate::args::Migrate;
use crate::failure::{Exit, Failure};
use crate::place::{self, catalogue};
use crate::talk::Talk;

/// Brings the register to this release.
pub async fn run(talk: &Talk, wanted: Migrate) -> Result<Exit, Failure> {
    let location = wanted.register.location()?;
    place::make_room(&location)?;
    let store = Store::migrate(&location, catalogue()).await?;
    let version = store::schema::version();
    talk.answer(&json!({ "schema": version }), |lang| match lang {
        Lang::Zh => format!("{location} 的结构已是第 {version} 版。"),
        Lang::En => format!("{location} has schema {version}."),
    });
    store.close().await?;
    Ok(Exit::Done)
}
