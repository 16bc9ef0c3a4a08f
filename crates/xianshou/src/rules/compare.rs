//! `xianshou policy diff`: two versions, in words, and on the enterprises of a spreadsheet or register.

use policy::diff::diff;

use super::effect::{tell_changes, tell_effect};
use super::named::{self, Refused};
use super::population::gather;
use crate::args::policy::Diff;
use crate::failure::Exit;
use crate::firms;
use crate::talk::Talk;

/// Compares two versions. Only with `--exit-code` is a difference told by the exit code.
pub async fn run(talk: &Talk, wanted: &Diff) -> Result<Exit, Refused> {
    let on = wanted.on.unwrap_or_else(firms::today);
    let (before, after) = (named::policy(&wanted.old, on)?, named::policy(&wanted.new, on)?);
    let found = gather(talk, &wanted.from, [&before, &after], on).await?;
    let changes = diff(&before, &after);
    if !talk.json {
        talk.line(format!("{} → {}", before.version(), after.version()));
    }
    tell_changes(talk, &changes);
    if changes.is_empty() && !talk.json {
        talk.line(talk.lang.pick("文本没有差别。", "The texts do not differ."));
    }
    let moved = found.is_some_and(|found| tell_effect(talk, &before, &after, on, &found));
    let differs = !changes.is_empty() || moved;
    Ok(if differs && wanted.exit_code { Exit::Failed } else { Exit::Done })
}
