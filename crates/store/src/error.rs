//! What can go wrong, in the words of the person it happens to.

use std::error::Error as _;

use kernel::Lang;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// A refusal by a rule of the register: what was found, what was expected, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Every error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Others were writing for longer than we waited. Nothing was stored.
    #[error("the database is busy; nothing was stored, try again in a moment")]
    Busy,
    /// The server was not reached, or the connection broke.
    #[error("the database was not reached or the connection broke ({0}); check that it runs, then try again")]
    Disconnected(String),
    /// The database was made by an older release.
    #[error(
        "the database has schema {found}, this release expects {expected}; run “xianshou migrate” after making a backup"
    )]
    OlderSchema {
        /// Migrations the database has had.
        found: usize,
        /// Migrations this release knows.
        expected: usize,
    },
    /// The database was made by a newer release.
    #[error(
        "the database has schema {found}, this release only knows {expected}; use the release that made it, or a newer one"
    )]
    NewerSchema {
        /// Migrations the database has had.
        found: usize,
        /// Migrations this release knows.
        expected: usize,
    },
    /// The disk is full. Nothing was stored.
    #[error("the disk that holds the database is full; nothing was stored, free some space and try again")]
    DiskFull,
    /// What was asked for does not exist, or may not be seen.
    #[error("not found")]
    NotFound,
    /// The person's roles do not allow it.
    #[error("your role does not allow this; if your work needs it, ask a security administrator")]
    Forbidden,
    /// It exists already.
    #[error("it exists already")]
    Duplicate,
    /// Someone changed it in the meantime.
    #[error("someone changed it in the meantime; look at it again and decide anew")]
    Stale,
    /// The rules of a case stand against the step.
    #[error("{0}")]
    Case(#[from] loops::Refusal),
    /// A rule of the register forbids it.
    #[error("{}", .0.en)]
    Refused(Refusal),
    /// The stored bytes are not what was written.
    #[error("the database is damaged: {0}; restore the last backup")]
    Corrupt(String),
    /// Anything else the database said.
    #[error("the database said: {0}")]
    Database(String),
}

impl StoreError {
    /// A refusal in both languages.
    pub fn refused(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Refused(Refusal { zh: zh.into(), en: en.into() })
    }

    /// The message in the user's language.
    pub fn say(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Busy => "数据库正忙，本次没有写入任何内容，请稍后再试。".into(),
            Self::Disconnected(why) => format!("未能连上数据库，或连接中断（{why}）。请确认数据库正在运行后再试。"),
            Self::OlderSchema { found, expected } => {
                format!(
                    "数据库结构为第 {found} 版，本程序需要第 {expected} 版。请先备份，再运行 xianshou migrate 升级。"
                )
            }
            Self::NewerSchema { found, expected } => {
                format!(
                    "数据库结构为第 {found} 版，本程序只认识到第 {expected} 版。请使用建立它的程序版本或更新的版本。"
                )
            }
            Self::DiskFull => "数据库所在磁盘已满，本次没有写入任何内容。请腾出空间后再试。".into(),
            Self::NotFound => "没有找到。".into(),
            Self::Forbidden => "您的角色不能做这件事。如工作需要，请联系安全管理员授权。".into(),
            Self::Duplicate => "已经存在。".into(),
            Self::Stale => "在您查看之后已有人改动，请重新查看后再决定。".into(),
            Self::Case(refusal) => refusal.say(Lang::Zh),
            Self::Refused(refusal) => refusal.zh.clone(),
            Self::Corrupt(what) => format!("数据库已损坏：{what}。请用最近的备份恢复。"),
            Self::Database(what) => format!("数据库报告：{what}"),
        }
    }

    /// Whether the same act may succeed when tried again.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Busy | Self::Disconnected(_))
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let DbErr::ConnectionAcquire(_) = &error {
            return Self::Busy;
        }
        match sqlx_error(&error) {
            Some(inner) => from_sqlx(inner),
            None => Self::Database(error.to_string()),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        from_sqlx(&error)
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner)) => Some(inner),
        _ => None,
    }
}

fn from_sqlx(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(inner) => {
            let code = inner.code().unwrap_or_default();
            let is_sqlite = inner.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some();
            if is_sqlite { from_sqlite(&code, inner.message()) } else { from_postgres(&code, inner.message()) }
        }
        sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => StoreError::DiskFull,
        sqlx::Error::Io(io) => StoreError::Disconnected(io.to_string()),
        sqlx::Error::PoolTimedOut => StoreError::Busy,
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => {
            StoreError::Disconnected(error.source().map_or_else(|| error.to_string(), ToString::to_string))
        }
        other => StoreError::Database(other.to_string()),
    }
}

/// SQLite's result codes; extended codes carry the primary one in their low byte.
fn from_sqlite(code: &str, message: &str) -> StoreError {
    let extended: i32 = code.parse().unwrap_or_default();
    match extended & 0xff {
        5 | 6 => StoreError::Busy,
        // A read or write that fails for want of space is reported as an input/output error as well.
        13 => StoreError::DiskFull,
        // A write that failed in part (778): the disk, a quota or a bound on the file's size is full.
        10 if extended == 778 => StoreError::DiskFull,
        10 | 14 => StoreError::Disconnected(message.to_owned()),
        11 | 26 => StoreError::Corrupt(message.to_owned()),
        19 if extended == 1555 || extended == 2067 => StoreError::Duplicate,
        _ => StoreError::Database(message.to_owned()),
    }
}

/// PostgreSQL's SQLSTATE codes.
fn from_postgres(code: &str, message: &str) -> StoreError {
    match code {
        "40001" | "40P01" | "55P03" | "53300" => StoreError::Busy,
        "53100" => StoreError::DiskFull,
        "23505" => StoreError::Duplicate,
        "57P01" | "57P02" | "57P03" => StoreError::Disconnected(message.to_owned()),
        "XX001" | "XX002" => StoreError::Corrupt(message.to_owned()),
        _ if code.starts_with("08") => StoreError::Disconnected(message.to_owned()),
        _ => StoreError::Database(message.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_either_database_become_the_same_words() {
        assert!(matches!(from_sqlite("5", ""), StoreError::Busy));
        assert!(matches!(from_sqlite("517", ""), StoreError::Busy));
        assert!(matches!(from_sqlite("13", ""), StoreError::DiskFull));
        assert!(matches!(from_sqlite("2067", ""), StoreError::Duplicate));
        assert!(matches!(from_sqlite("26", "file is not a database"), StoreError::Corrupt(_)));
        assert!(matches!(from_postgres("40001", ""), StoreError::Busy));
        assert!(matches!(from_postgres("40P01", ""), StoreError::Busy));
        assert!(matches!(from_postgres("53100", ""), StoreError::DiskFull));
        assert!(matches!(from_postgres("23505", ""), StoreError::Duplicate));
        assert!(matches!(from_postgres("08006", ""), StoreError::Disconnected(_)));
    }

    #[test]
    fn every_message_says_what_to_do_in_both_languages() {
        let error = StoreError::OlderSchema { found: 1, expected: 3 };
        assert!(error.say(Lang::En).contains("xianshou migrate"));
        assert!(error.say(Lang::Zh).contains("xianshou migrate"));
        let refused = StoreError::refused("请写明理由。", "Give a reason.");
        assert_eq!((refused.say(Lang::Zh), refused.say(Lang::En)), ("请写明理由。".into(), "Give a reason.".into()));
    }
}
