//! `xianshou policy check`: every problem of policy texts at once.

use kernel::Lang;

use super::problems::{errors, tell};
use super::texts::{gather, policies};
use crate::args::policy::Check;
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Checks texts. An error ends with exit code 2; warnings alone do not.
pub fn run(talk: &Talk, wanted: &Check) -> Result<Exit, Failure> {
    let mut read = gather(&wanted.texts);
    let (found, remarks) = policies(&read.texts);
    read.remarks.extend(remarks);
    tell(talk, &read.remarks);
    let errors = errors(&read.remarks);
    let (sound, warnings) = (found.len(), read.remarks.len() - errors);
    if !talk.json {
        talk.line(match talk.lang {
            Lang::Zh => format!("{sound} 个政策可用；{errors} 处错误，{warnings} 处提醒。"),
            Lang::En => format!(
                "{}; {}, {}.",
                counted(sound, "sound policy", "sound policies"),
                counted(errors, "error", "errors"),
                counted(warnings, "warning", "warnings")
            ),
        });
    }
    Ok(if errors > 0 { Exit::Faults } else { Exit::Done })
}

/// `1 error`, `2 errors`.
pub fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
