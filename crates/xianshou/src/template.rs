//! `xianshou template`: an empty workbook with every heading of a kind.

use kernel::Lang;
use serde_json::json;

use crate::args::Template;
use crate::failure::{Exit, Failure};
use crate::import::kind;
use crate::place::catalogue;
use crate::talk::Talk;

/// Writes the template; yearly headings are those of the last three complete years.
pub fn run(talk: &Talk, wanted: &Template) -> Result<Exit, Failure> {
    let kind = kind(&wanted.kind)?;
    let last = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year() - 1;
    let made = reports::workbook::template(kind, &catalogue(), &[last - 2, last - 1, last], talk.lang);
    let bytes = made.map_err(|error| crate::demo::refused(&error))?;
    std::fs::write(&wanted.file, bytes).map_err(|error| Failure::file(&wanted.file, &error))?;
    let file = wanted.file.display().to_string();
    talk.answer(&json!({ "file": file, "kind": kind.key() }), |lang| match lang {
        Lang::Zh => format!("已写入{}模板 {file}。", kind.zh()),
        Lang::En => format!("Wrote the template for {} to {file}.", kind.key()),
    });
    Ok(Exit::Done)
}
