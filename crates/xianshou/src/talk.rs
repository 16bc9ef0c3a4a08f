//! Speaking to whoever started the command: a person in their language, or a script in JSON.

use std::io::{IsTerminal as _, Write as _};

use kernel::Lang;
use serde_json::Value;
use tracing_subscriber::EnvFilter;

/// In which form to answer.
#[derive(Debug, Clone, Copy)]
pub struct Talk {
    /// The language for people.
    pub lang: Lang,
    /// Whether a script asked for JSON.
    pub json: bool,
}

impl Talk {
    /// Answers on standard output: one line of JSON for a script, words for a person.
    pub fn answer(&self, json: &Value, words: impl FnOnce(Lang) -> String) {
        match self.json {
            true => self.line(json),
            false => self.line(words(self.lang)),
        }
    }

    /// One line on standard output. Nobody may be listening any more (`| head`); then there is
    /// nothing to tell.
    pub fn line(&self, line: impl std::fmt::Display) {
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    /// Tells a person what goes on, on standard error, so that the answer stays clean.
    pub fn note(&self, zh: &str, en: &str) {
        if !self.json || std::io::stderr().is_terminal() {
            eprintln!("{}", self.lang.pick(zh, en));
        }
    }
}

/// The language of the environment, by the order of POSIX: `LC_ALL`, `LC_MESSAGES`, `LANG`.
pub fn lang_of_environment() -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    lang_of(set)
}

fn lang_of(settings: impl IntoIterator<Item = String>) -> Lang {
    let first = settings.into_iter().find(|setting| !setting.is_empty()).unwrap_or_default();
    if first.to_ascii_lowercase().starts_with("zh") { Lang::Zh } else { Lang::En }
}

/// Sends the log to standard error. A server tells what it serves; other commands only warn.
pub fn log_to_stderr(server: bool) {
    let quiet = if server { "info,sqlx=warn,sea_orm=warn" } else { "warn" };
    let filter = EnvFilter::try_from_env("XIANSHOU_LOG").unwrap_or_else(|_| EnvFilter::new(quiet));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber would be refused; there is only this one.
    let _ = log.with_ansi(std::io::stderr().is_terminal()).try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_setting_that_says_something_decides() {
        for (settings, lang) in [
            (vec!["zh_CN.UTF-8"], Lang::Zh),
            (vec!["", "zh_TW"], Lang::Zh),
            (vec!["en_US.UTF-8", "zh_CN.UTF-8"], Lang::En),
            (vec!["C"], Lang::En),
            (vec![], Lang::En),
        ] {
            assert_eq!(lang_of(settings.iter().map(ToString::to_string)), lang, "{settings:?}");
        }
    }
}
