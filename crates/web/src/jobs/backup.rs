//! A backup of the whole zone into the directory the server was given.
//!
//! The file is not offered for download: it holds the register, which the system administrator
//! who makes it may not read.

use serde_json::json;
use store::job::Job;

use super::Failure;
use super::kinds::{Told, Work};
use super::runner::Task;
use crate::ui::{Tone, figure};

/// Writes a new file named by the moment.
pub fn work(task: Task) -> Work {
    Box::pin(async move {
        let Some(directory) = task.app.settings().backups.clone() else {
            return Err(Failure::new(
                "没有设置备份目录。请在启动时指定，或在服务器上运行 xianshou backup。",
                "No directory for backups is set. Name one at the start, or run xianshou backup on the server.",
            ));
        };
        task.reached(0, 0, "正在写备份文件", "writing the backup");
        tokio::fs::create_dir_all(&directory).await.map_err(|error| {
            Failure::new(
                format!("备份目录不能写入：{error}"),
                format!("The directory for backups cannot be written: {error}"),
            )
        })?;
        let now = task.app.store().clock().now();
        let name = format!("xianshou-{}.backup", crate::frame::day::second(now).replace([' ', ':'], "-"));
        let manifest = task.app.store().backup(&directory.join(&name)).await?;
        let size = tokio::fs::metadata(directory.join(&name)).await.map(|file| file.len()).unwrap_or_default();
        let rows: u64 = manifest.seal.rows.values().sum();
        Ok(json!({"file": name, "size": size, "rows": rows}))
    })
}

/// Says where it is.
pub fn told(job: &Job) -> Told {
    let result = job.result.clone().unwrap_or_default();
    let file = result["file"].as_str().unwrap_or_default();
    let size = figure::size(result["size"].as_u64().unwrap_or_default());
    let rows = figure::grouped(result["rows"].as_i64().unwrap_or_default());
    Told {
        tone: Tone::Ok,
        zh: format!("备份完成：{file}（{size}，{rows} 行），保存在服务器的备份目录。"),
        en: format!("The backup is done: {file} ({size}, {rows} rows), in the server's directory for backups."),
        link: None,
    }
}
