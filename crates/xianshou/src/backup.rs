//! `xianshou backup`: one file with everything, made while others read and write.

use kernel::Lang;
use serde_json::json;

use crate::args::Backup;
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Writes the backup and says what it holds.
pub async fn run(talk: &Talk, wanted: Backup) -> Result<Exit, Failure> {
    let store = wanted.register.open().await?;
    let manifest = store.backup(&wanted.file).await?;
    store.close().await?;
    let path = wanted.file.display().to_string();
    let bytes = std::fs::metadata(&wanted.file).map_or(0, |file| file.len());
    let rows: u64 = manifest.seal.rows.values().sum();
    let json = json!({ "file": path, "bytes": bytes, "rows": manifest.seal.rows, "sha256": manifest.seal.sha256 });
    talk.answer(&json, |lang| match lang {
        Lang::Zh => format!("已备份 {rows} 行到 {path}（{bytes} 字节）。"),
        Lang::En => format!("Wrote {rows} rows to {path} ({bytes} bytes)."),
    });
    Ok(Exit::Done)
}
