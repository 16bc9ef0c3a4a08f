//! `xianshou restore`: a backup becomes a new register, on either kind of database.

use kernel::Lang;
use serde_json::json;

use crate::args::Restore;
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Restores into an empty or missing register; one that holds anything is left alone.
pub async fn run(talk: &Talk, wanted: Restore) -> Result<Exit, Failure> {
    if !wanted.file.is_file() {
        let path = wanted.file.display();
        return Err(Failure::said(
            format!("没有 {path} 这个备份文件。请核对路径。"),
            format!("there is no backup {path}; check the path"),
        ));
    }
    let store = wanted.register.open_or_create().await?;
    let manifest = store.restore(&wanted.file).await?;
    store.close().await?;
    let rows: u64 = manifest.seal.rows.values().sum();
    let location = wanted.register.location()?;
    talk.answer(&json!({ "rows": manifest.seal.rows }), |lang| match lang {
        Lang::Zh => format!("已恢复 {rows} 行到 {location}。"),
        Lang::En => format!("Restored {rows} rows to {location}."),
    });
    Ok(Exit::Done)
}
