//! Where a database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use kernel::Lang;

/// Where a database is: a file of SQLite, or a PostgreSQL server.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// The address of a database on a PostgreSQL server.
    Postgres(String),
}

/// An address that names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{found}” is not the address of a database; expected sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
)]
pub struct LocationError {
    /// The text as it was found, without what stands between `:` and `@`.
    pub found: String,
}

impl LocationError {
    /// The message in the user's language.
    pub fn say(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => {
                format!("“{}”不是数据库地址；应为 sqlite:路径 或 postgres://用户:密码@主机:端口/库名。", self.found)
            }
            Lang::En => self.to_string(),
        }
    }
}

impl Location {
    /// The register's file in a data directory.
    pub fn in_directory(directory: &Path) -> Self {
        Self::Sqlite(directory.join("xianshou.db"))
    }

    /// Reads `sqlite:PATH`, `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// When the text begins with neither, or names no path.
    pub fn parse(text: &str) -> Result<Self, LocationError> {
        let text = text.trim();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:"));
        match path {
            Some(path) if !path.is_empty() && !path.starts_with(':') => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(LocationError { found: without_password(text) }),
        }
    }
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The address for messages and logs: a password in it is never shown.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Location::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn without_password(url: &str) -> String {
    let Some((head, rest)) = url.rsplit_once('@') else { return url.to_owned() };
    let after_scheme = head.find("://").map_or(0, |at| at + 3);
    match head[after_scheme..].find(':') {
        Some(colon) => format!("{}:***@{rest}", &head[..after_scheme + colon]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_address_are_read() {
        assert_eq!(Location::parse("sqlite:data/x.db"), Ok(Location::Sqlite("data/x.db".into())));
        assert_eq!(Location::parse("sqlite:///var/x.db"), Ok(Location::Sqlite("/var/x.db".into())));
        assert_eq!(Location::parse("postgres://a@h/d"), Ok(Location::Postgres("postgres://a@h/d".into())));
    }

    #[test]
    fn an_address_of_nothing_is_refused_in_words() {
        for text in ["", "sqlite:", "sqlite::memory:", "mysql://root:secret@h/d", "x.db"] {
            let error = Location::parse(text).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
            assert!(error.say(Lang::Zh).contains("应为"), "{error}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let location = Location::parse("postgres://zone:pa:ss@db.example/reg").unwrap();
        assert_eq!(location.to_string(), "postgres://zone:***@db.example/reg");
        assert_eq!(format!("{location:?}"), "postgres://zone:***@db.example/reg");
    }
}
