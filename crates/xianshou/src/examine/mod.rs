//! `xianshou checkup`: every enterprise of a spreadsheet held against the policies in force on a day.

mod book;
mod cards;
pub mod words;
mod work;

use std::fs::File;
use std::io::{BufWriter, ErrorKind, IsTerminal as _, Write};
use std::path::Path;

use checkup::{CheckUp, Desk, Enterprise};
use intake::firms::Firms;
use kernel::Lang;
use policy::{Library, Settings};

use crate::args::{Checkup, Format};
use crate::failure::{Exit, Failure};
use crate::firms;
use crate::talk::Talk;
use work::worked;

/// The rows below the head that a sheet of Excel holds.
const MOST_ROWS: usize = 1_048_575;

/// Checks every enterprise against every policy and writes the results as they come.
pub fn run(talk: &Talk, format: Format, wanted: &Checkup) -> Result<Exit, Failure> {
    let on = wanted.on.unwrap_or_else(firms::today);
    let place = wanted.place.as_deref().unwrap_or_default();
    let library = Library::builtin(place, &Settings::new()).0;
    let desk = match wanted.policy.is_empty() {
        true => Desk::new(&library, on),
        false => Desk::of(&library, on, &wanted.policy)
            .map_err(|error| Failure::faulty(error.say(Lang::Zh), error.say(Lang::En)))?,
    };
    if format == Format::Xlsx && wanted.out.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::said(
            "工作簿不能写到终端；请用 --out 文件.xlsx 指明文件。",
            "a workbook cannot be written to the terminal; name a file with --out FILE.xlsx",
        ));
    }
    let press = match format {
        Format::Pdf => Some(cards::Press::ready(wanted)?),
        _ => None,
    };
    let firms = firms::read(talk, &wanted.file, (wanted.year, on), wanted.strict)?;
    let rows = firms.len() * desk.versions().count();
    if format == Format::Xlsx && rows > MOST_ROWS {
        return Err(Failure::said(
            format!("结果有 {rows} 行，一张工作表最多 {MOST_ROWS} 行；请用 --policy 少选几项，或用 --format json。"),
            format!(
                "the results have {rows} rows, a sheet holds {MOST_ROWS}; choose fewer with --policy, or --format json"
            ),
        ));
    }
    if let Some(press) = press {
        press.print(&desk, &firms, talk.lang)?;
        return Ok(Exit::Done);
    }
    let job = Job { desk: &desk, firms: &firms, lang: talk.lang };
    match (format, &wanted.out) {
        (Format::Xlsx, Some(path)) => {
            let file = File::create(path).map_err(|error| Failure::file(path, &error))?;
            job.book(BufWriter::new(file))?;
        }
        (Format::Xlsx, None) => {
            // A workbook is written going back and forth, which a pipe does not allow.
            let mut bytes = std::io::Cursor::new(Vec::new());
            job.book(&mut bytes)?;
            finished(std::io::stdout().lock().write_all(bytes.get_ref()), None)?;
        }
        (format, Some(path)) => {
            let file = File::create(path).map_err(|error| Failure::file(path, &error))?;
            finished(job.lines(format, BufWriter::new(file)), Some(path))?;
        }
        (format, None) => finished(job.lines(format, BufWriter::new(std::io::stdout().lock())), None)?,
    }
    if let Some(path) = &wanted.out {
        let (count, file) = (firms.len(), path.display());
        eprintln!(
            "{}",
            match talk.lang {
                Lang::Zh => format!("已体检 {count} 家企业，结果在 {file}。"),
                Lang::En => format!("{count} enterprises checked; the results are in {file}."),
            }
        );
    }
    Ok(Exit::Done)
}

/// A reader that has seen enough (`| head`) is no failure.
fn finished(written: std::io::Result<()>, path: Option<&Path>) -> Result<(), Failure> {
    match written {
        Err(error) if path.is_none() && error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::file(path.unwrap_or(Path::new("-")), &error)),
        Ok(()) => Ok(()),
    }
}

/// What there is to do.
struct Job<'a> {
    desk: &'a Desk<'a>,
    firms: &'a Firms,
    lang: Lang,
}

impl Job<'_> {
    /// Writes text or JSON, enterprise by enterprise.
    fn lines(&self, format: Format, mut to: impl Write) -> std::io::Result<()> {
        let lang = self.lang;
        let json = |_: &Enterprise, checked: &[CheckUp]| {
            let mut lines = String::new();
            for one in checked {
                lines.push_str(&one.to_json_line());
                lines.push('\n');
            }
            lines
        };
        let words = |_: &Enterprise, checked: &[CheckUp]| words::of_enterprise(checked, lang);
        let make: &(dyn Fn(&Enterprise, &[CheckUp]) -> String + Sync) =
            if format == Format::Json { &json } else { &words };
        for text in worked(self.desk, self.firms, make) {
            to.write_all(text.as_bytes())?;
        }
        to.flush()
    }

    /// Writes a workbook with a row for each enterprise and policy.
    fn book(&self, to: impl Write + std::io::Seek + Send) -> Result<(), Failure> {
        let lang = self.lang;
        let rows =
            |_: &Enterprise, checked: &[CheckUp]| checked.iter().map(|one| book::row(one, lang)).collect::<Vec<_>>();
        let rows = worked(self.desk, self.firms, &rows).flatten();
        let written = reports::workbook::write_xlsx(to, lang.pick("体检", "Check-up"), &book::columns(lang), rows);
        written.map(drop).map_err(|error| crate::demo::refused(&error))
    }
}
