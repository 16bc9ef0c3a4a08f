//! The sample zone 样例高新区: a believable innovation zone of 1,200 invented enterprises.
//!
//! A fixed seed gives the same zone for ever, to the last fen. The generator does not write
//! to the register: it yields sheets as the bureaus of a zone would send them, which are
//! written to real workbooks and imported like any other, so every number of the sample
//! leads to a real cell.
//!
//! Nobody in it exists. Every name carries the mark 样例, and every credit code lies in a
//! registration division (990001) that the state does not use.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod cases;
mod codes;
mod doubling;
mod draw;
mod enterprise;
mod faults;
mod figures;
mod industry;
mod names;
mod organs;
mod others;
mod records;
mod registers;
mod returns;
mod sheet;
mod standing;

pub use cases::{
    REPORT_FIGURES, REPORT_FORM, REPORT_TITLE, SampleCase, SampleCases, SampleGoal, SampleItem, SampleMeeting,
    SampleMinute, SamplePart, SamplePromise, SampleQuestion, SampleService, SampleStep, cases,
};
pub use faults::{Fault, faulty_sheet};
pub use organs::{SampleAccount, SampleUnit, UnitKind, parks};
pub use sheet::{Cell, SampleSheet};

/// The seed of the sample zone that `demo` opens.
pub const SEED: u64 = 20_260_301;

/// The number of enterprises in the sample zone.
pub const ENTERPRISES: usize = 1_200;

/// The years the sample's figures speak of.
pub const YEARS: [i16; 3] = [2023, 2024, 2025];

/// A zone with everything in it, before any of it is imported.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleZone {
    /// The zone's short id, as keys carry it.
    pub id: &'static str,
    /// The zone's name in Chinese and English.
    pub name: (&'static str, &'static str),
    /// The zone itself, its bureaus and its parks; a unit stands after the one above it.
    pub units: Vec<SampleUnit>,
    /// One account for each role.
    pub accounts: Vec<SampleAccount>,
    /// The sheets to import, in this order.
    pub sheets: Vec<SampleSheet>,
}

/// The sample zone as `demo` shows it.
pub fn zone() -> SampleZone {
    generate(SEED, ENTERPRISES)
}

/// The accounts of the sample zone alone, without the sheets it is made of.
pub fn accounts() -> Vec<SampleAccount> {
    organs::accounts(&enterprise::enterprises(SEED, ENTERPRISES))
}

/// A sample zone of `count` enterprises. The same seed and count give the same zone.
pub fn generate(seed: u64, count: usize) -> SampleZone {
    let enterprises = enterprise::enterprises(seed, count);
    let mut sheets = registers::sheets(seed, &enterprises);
    sheets.extend(returns::sheets(seed, &enterprises));
    sheets.extend(records::sheets(seed, &enterprises));
    sheets.extend(others::sheets(seed, &enterprises));
    sheets.extend(standing::sheets(seed, &enterprises));
    sheets.extend(doubling::sheets(&enterprises));
    SampleZone {
        id: "sample",
        name: ("样例高新区", "Sample High-tech Zone"),
        units: organs::units(),
        accounts: organs::accounts(&enterprises),
        sheets,
    }
}
