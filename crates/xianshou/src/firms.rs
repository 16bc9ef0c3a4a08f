//! Enterprises of a spreadsheet, for the verbs that work without a register.

use std::path::Path;

use checkup::{Enterprise, Record};
use intake::IntakeError;
use intake::firms::{Firm, Firms, Years, read_firms};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use kernel::{Catalogue, Lang};

use crate::failure::Failure;
use crate::talk::Talk;

/// Faults told one by one; the rest are counted.
const TOLD: usize = 200;

/// Reads the enterprises of a file and tells on standard error what could not be read. Columns that
/// name no year are of the year given, else of the year before the day of application, which is told.
/// With `strict` a fault refuses the file; without it, the fact of a faulty cell is not known.
///
/// # Errors
/// The file cannot be read, speaks of no enterprises, or has a fault and `strict` is asked for.
pub fn read(talk: &Talk, path: &Path, (year, on): (Option<i16>, Date), strict: bool) -> Result<Firms, Failure> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let refused = |error: IntakeError| {
        let file = path.display();
        Failure::faulty(format!("{file}：{}", error.say(Lang::Zh)), format!("{file}: {}", error.say(Lang::En)))
    };
    let years = Years { given: year, usual: Some(on.year() - 1) };
    let firms = read_firms(bytes, years, Catalogue::builtin()).map_err(refused)?;
    tell(talk, &firms);
    match firms.faults_total {
        0 => Ok(firms),
        faults if strict => Err(Failure::faulty(
            format!("有 {faults} 处问题，未体检。不加 --strict 时，有问题的单元格按缺数据处理。"),
            format!("{faults} faults; nothing was checked. Without --strict a faulty cell counts as missing."),
        )),
        faults => {
            eprintln!(
                "{}",
                match talk.lang {
                    Lang::Zh => format!("有 {faults} 处问题；这些单元格按缺数据处理，企业照常计算。"),
                    Lang::En => format!(
                        "{faults} faults; these cells count as missing, and the enterprises are worked all the same."
                    ),
                }
            );
            Ok(firms)
        }
    }
}

/// A file that cannot be read is faulty input.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let file = path.display();
    Failure::faulty(format!("无法读取 {file}：{error}。"), format!("cannot read {file}: {error}"))
}

fn tell(talk: &Talk, firms: &Firms) {
    for note in &firms.notes {
        eprintln!("{}", note.say(talk.lang));
    }
    for fault in firms.faults.iter().take(TOLD) {
        eprintln!("[{}] {}", fault.sheet, fault.message.say(talk.lang));
    }
    let more = firms.faults_total.saturating_sub(TOLD as u64);
    if more > 0 {
        eprintln!("{}", talk.lang.pick("……另有 {} 处。", "… and {} more.").replace("{}", &more.to_string()));
    }
}

/// The enterprise as a check-up takes it.
pub fn enterprise(firm: Firm) -> Enterprise {
    let mut enterprise = Enterprise::new(firm.code, firm.name);
    enterprise.add_cells(firm.cells.into_iter().map(|(key, value, origin)| (key, value, Some(origin))));
    for (kind, records) in firm.records {
        enterprise.knows(kind);
        for record in records {
            enterprise.add_record(kind, Record::of_cells(record.label, Some(record.origin), record.cells));
        }
    }
    enterprise
}

/// The day it is in China, eight hours ahead of UTC all year.
pub fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::fixed(Offset::constant(8))).date()
}
