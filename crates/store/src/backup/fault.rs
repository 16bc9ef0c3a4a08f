//! Why a backup could not be made or restored.

use std::path::{Path, PathBuf};

use kernel::Lang;

use crate::StoreError;
use crate::verify::Flaw;

/// Why a backup could not be made, or a file could not be restored. A refused restore leaves
/// the database as empty as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The file to write exists already.
    Exists(PathBuf),
    /// The file could not be read or written, in the words of the operating system.
    Io(PathBuf, String),
    /// The writing stopped before the end.
    Stopped(PathBuf),
    /// The file is not a backup of this program.
    Alien(PathBuf),
    /// The file has a form that this program does not know.
    OtherForm {
        /// The form of the file.
        found: u32,
        /// The form this program reads.
        known: u32,
    },
    /// The file ends at this line, before its seal.
    Truncated(u64),
    /// This line cannot be read.
    Damaged(u64),
    /// The file's bytes are not those that were sealed.
    Altered,
    /// The backup's tables are of another version.
    OtherSchema {
        /// The version in the backup.
        found: usize,
        /// The version of this database.
        known: usize,
    },
    /// The backup is of another zone.
    OtherZone {
        /// The zone in the backup.
        found: String,
        /// The zone of this database.
        expected: String,
    },
    /// The database to restore into has rows already, in this table.
    NotEmpty(String),
    /// The backup has a table or column that the database has not.
    Unknown(String),
    /// A cell is not of its column's kind.
    BadCell {
        /// The table.
        table: String,
        /// The row, counted from 1 within the table.
        row: u64,
        /// The column.
        column: String,
    },
    /// A table has not the number of rows that were sealed.
    Count {
        /// The table.
        table: String,
        /// Rows in the file.
        found: u64,
        /// Rows sealed.
        expected: u64,
    },
    /// The rows were restored but their chains do not verify.
    Chain(Flaw),
}

impl Fault {
    pub(crate) fn io(path: &Path, error: std::io::Error) -> Self {
        Fault::Io(path.to_owned(), error.to_string())
    }

    fn zh(&self) -> String {
        match self {
            Fault::Exists(path) => format!("{} 已经存在，备份从不覆盖旧文件。请换一个文件名。", path.display()),
            Fault::Io(path, error) => format!("读写 {} 失败：{error}。请检查磁盘空间和权限后重试。", path.display()),
            Fault::Stopped(path) => format!("{} 没有写完。请检查磁盘空间后重新备份。", path.display()),
            Fault::Alien(path) => format!("{} 不是先手的备份文件。请选择由 backup 命令生成的文件。", path.display()),
            Fault::OtherForm { found, known } => {
                format!("备份文件的格式为第 {found} 版，本程序只能读第 {known} 版。请用相应版本的程序恢复。")
            }
            Fault::Truncated(line) => format!("备份文件在第 {line} 行处中断，没有封签。请改用完整的备份。"),
            Fault::Damaged(line) => format!("备份文件第 {line} 行已损坏，无法读取。请改用另一份备份。"),
            Fault::Altered => "备份文件的内容与其封签（SHA-256）不符，已被改动。请改用另一份备份。".to_owned(),
            Fault::OtherSchema { found, known } => format!(
                "备份的数据表为第 {found} 版，本程序为第 {known} 版。请用当时版本的程序恢复，再执行 migrate 升级。"
            ),
            Fault::OtherZone { found, expected } => {
                format!("备份属于“{found}”，而当前数据库属于“{expected}”。请以“{found}”打开空数据库后再恢复。")
            }
            Fault::NotEmpty(table) => {
                format!("数据库的 {table} 表中已有数据，只能恢复到空数据库。请指定新的数据目录或新建的数据库。")
            }
            Fault::Unknown(name) => format!("备份中的 {name} 在数据库中不存在。请用生成备份的版本恢复。"),
            Fault::BadCell { table, row, column } => {
                format!("备份中 {table} 表第 {row} 行的 {column} 类型不符。请改用另一份备份。")
            }
            Fault::Count { table, found, expected } => {
                format!("备份中 {table} 表有 {found} 行，封签记为 {expected} 行。请改用另一份备份。")
            }
            Fault::Chain(what) => {
                format!("备份内的链条校验不通过：{}没有恢复任何数据。请改用另一份备份。", what.say(Lang::Zh))
            }
        }
    }

    fn en(&self) -> String {
        match self {
            Fault::Exists(path) => {
                format!("{} exists, and a backup never overwrites a file. Choose another name.", path.display())
            }
            Fault::Io(path, error) => {
                format!(
                    "Reading or writing {} failed: {error}. Check disk space and permissions, then try again.",
                    path.display()
                )
            }
            Fault::Stopped(path) => {
                format!("{} was not written to its end. Check disk space and make the backup again.", path.display())
            }
            Fault::Alien(path) => {
                format!("{} is not a backup of Xianshou. Choose a file made by the backup command.", path.display())
            }
            Fault::OtherForm { found, known } => {
                format!(
                    "The backup has form {found}; this program reads form {known}. Restore it with the version that made it."
                )
            }
            Fault::Truncated(line) => {
                format!("The backup ends at line {line} without its seal. Use a complete backup.")
            }
            Fault::Damaged(line) => format!("Line {line} of the backup is damaged. Use another backup."),
            Fault::Altered => {
                "The backup's bytes do not match its seal (SHA-256): it was altered. Use another backup.".to_owned()
            }
            Fault::OtherSchema { found, known } => format!(
                "The backup's tables have version {found}, this program's {known}. Restore with the version that made it, then run migrate."
            ),
            Fault::OtherZone { found, expected } => format!(
                "The backup is of zone “{found}”, this database of “{expected}”. Open an empty database as “{found}” and restore again."
            ),
            Fault::NotEmpty(table) => format!(
                "The table {table} has rows; a backup is restored into an empty database only. Give a new data directory or database."
            ),
            Fault::Unknown(name) => {
                format!("The database has no {name}, which the backup has. Restore with the version that made it.")
            }
            Fault::BadCell { table, row, column } => {
                format!(
                    "Row {row} of table {table} in the backup has a {column} of the wrong kind. Use another backup."
                )
            }
            Fault::Count { table, found, expected } => {
                format!("Table {table} has {found} rows in the backup, but {expected} were sealed. Use another backup.")
            }
            Fault::Chain(what) => {
                format!(
                    "The chains in the backup do not verify: {} Nothing was restored. Use another backup.",
                    what.say(Lang::En)
                )
            }
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        StoreError::refused(fault.zh(), fault.en())
    }
}
