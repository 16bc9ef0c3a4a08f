//! How long a workbook of 50,000 rows and 30 columns takes from file to register, against the
//! time the parser alone takes to read it.
//!
//! `cargo bench -p intake --bench import` makes the workbook, then measures each part in a
//! process of its own, so that the memory told is that of the part alone, and takes the middle
//! of three rounds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use calamine::{Reader as _, Xlsx, open_workbook};
use intake::{Incoming, Manner, Plan, take_in};
use kernel::credit_code::check_digit;
use kernel::{Catalogue, FieldType, Lang, Period, PeriodKind, SubjectKind};
use reports::workbook::{Column, OutCell, write_xlsx};
use rust_decimal::Decimal;
use store::access::Scope;
use store::{Location, Store};

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROWS: u32 = 50_000;
const COLUMNS: usize = 30;
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["parser", file] => tell("parser", || parser_alone(Path::new(file))),
        ["grid", file] => tell("grid", || grid(Path::new(file))),
        ["read", file] => tell("read", || read_only(Path::new(file))),
        ["import", file] => import(Path::new(file)),
        _ => compare(),
    }
}

/// Runs one part and prints its seconds and the most memory the process held.
fn tell(part: &str, work: impl FnOnce()) {
    let began = Instant::now();
    work();
    println!("{part} {} {}", began.elapsed().as_secs_f64(), most_resident_kib());
}

/// The peak of resident memory, as the kernel of the system counts it.
fn most_resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or_default()
}

fn compare() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("enterprises.xlsx");
    make(&file);
    println!("{ROWS} rows × {COLUMNS} columns, {:.1} MiB", file.metadata().unwrap().len() as f64 / f64::from(1 << 20));
    let parts = ["parser", "grid", "read", "import"];
    let mut seconds = vec![Vec::new(); parts.len()];
    let mut memory = vec![0u64; parts.len()];
    let mut closed = Vec::new();
    for _ in 0..ROUNDS {
        for (at, part) in parts.iter().enumerate() {
            let run =
                Command::new(std::env::current_exe().unwrap()).args([part, file.to_str().unwrap()]).output().unwrap();
            assert!(run.status.success(), "{part}: {}", String::from_utf8_lossy(&run.stderr));
            let told = String::from_utf8(run.stdout).unwrap();
            let mut words = told.split_whitespace().skip(1);
            seconds[at].push(words.next().unwrap().parse::<f64>().unwrap());
            memory[at] = memory[at].max(words.next().unwrap().parse().unwrap());
            closed.extend(words.next().map(|word| word.parse::<f64>().unwrap()));
        }
    }
    let of_these = |mut these: Vec<f64>| {
        these.sort_by(f64::total_cmp);
        these[these.len() / 2]
    };
    let middle = |at: usize| of_these(seconds[at].clone());
    let names =
        ["parser alone, cell by cell", "parser alone, as a grid", "checked (read and typed)", "checked and stored"];
    for (at, name) in names.into_iter().enumerate() {
        println!(
            "{name:<28} {:>6.2} s {:>8.1} MiB  ×{:.2}",
            middle(at),
            memory[at] as f64 / 1024.0,
            middle(at) / middle(0)
        );
    }
    println!("and until the database is closed {:.2} s", of_these(closed));
}

fn parser_alone(file: &Path) {
    let mut book: Xlsx<_> = open_workbook(file).unwrap();
    let name = book.sheet_names()[0].clone();
    let mut cells = book.worksheet_cells_reader(&name).unwrap();
    let mut count = 0u64;
    while let Some(cell) = cells.next_cell().unwrap() {
        std::hint::black_box(cell);
        count += 1;
    }
    assert!(count >= u64::from(ROWS) * 20);
}

fn grid(file: &Path) {
    let mut book: Xlsx<_> = open_workbook(file).unwrap();
    let name = book.sheet_names()[0].clone();
    std::hint::black_box(book.worksheet_range(&name).unwrap());
}

fn read_only(file: &Path) {
    let plan = Plan::of(SubjectKind::Enterprise);
    let bytes: Arc<[u8]> = std::fs::read(file).unwrap().into();
    let sheet = intake::read(bytes, &plan, Catalogue::builtin(), |_| {}).unwrap();
    assert_eq!((sheet.found, sheet.faults.total), (u64::from(ROWS), 0), "{:?}", sheet.faults.kept.first());
}

/// The time until the answer, when everything is stored for good, and until the database is closed:
/// SQLite moves what it wrote from its log into the database file behind the answer.
fn import(file: &Path) {
    let directory = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let catalogue = Arc::new(Catalogue::builtin().clone());
        let location = Location::Sqlite(directory.path().join("register.db"));
        let store = Store::migrate(&location, catalogue).await.unwrap();
        let began = Instant::now();
        let incoming = Incoming {
            bytes: std::fs::read(file).unwrap().into(),
            source: kernel::SourceKind::Sheet,
            title: "enterprises.xlsx".into(),
            origin: "统计办".into(),
            by: "analyst".into(),
        };
        let plan = Plan::of(SubjectKind::Enterprise);
        let outcome = take_in(&store, &incoming, &plan, Catalogue::builtin(), &Scope::Zone, Manner::default()).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{}", error.say(Lang::En)));
        let answered = began.elapsed().as_secs_f64();
        assert_eq!((outcome.accepted, outcome.faults.total), (u64::from(ROWS), 0), "{:?}", outcome.faults.kept.first());
        store.close().await.unwrap();
        let closed = began.elapsed().as_secs_f64();
        println!("import {answered} {} {closed}", most_resident_kib());
    });
}

/// Writes a workbook as a zone's yearly return looks: who, since when, and figures by year.
fn make(file: &Path) {
    let catalogue = Catalogue::builtin();
    let kind = SubjectKind::Enterprise;
    let figures = catalogue.fields_of(kind).filter(|field| {
        let figure = matches!(field.kind, FieldType::Money | FieldType::Integer);
        figure && field.period == PeriodKind::Year && field.is_importable()
    });
    let mut fields: Vec<(&kernel::Field, Option<Period>)> = ["uscc", "name", "registration_date", "industry_code"]
        .iter()
        .filter_map(|key| catalogue.field(key).filter(|field| field.period == PeriodKind::None))
        .map(|field| (field, None))
        .collect();
    let rest = COLUMNS - fields.len();
    fields.extend(figures.flat_map(|field| [2024, 2025].map(|year| (field, Some(Period::Year(year))))).take(rest));
    assert_eq!(fields.len(), COLUMNS);
    let columns: Vec<Column> =
        fields.iter().map(|(field, period)| Column::of(field, kind, *period, Lang::Zh)).collect();
    let rows = (0..ROWS).map(|nth| fields.iter().enumerate().map(|(at, (field, _))| value(field, nth, at)).collect());
    write_xlsx(std::io::BufWriter::new(std::fs::File::create(file).unwrap()), "企业", &columns, rows).unwrap();
}

fn value(field: &kernel::Field, nth: u32, column: usize) -> OutCell {
    match (&field.kind, field.key.as_str()) {
        (FieldType::CreditCode, _) => {
            let first = format!("91410100MA{nth:07}");
            OutCell::Text(format!("{first}{}", check_digit(&first).unwrap()))
        }
        (_, "name") => OutCell::Text(format!("样例第{nth}精密制造有限公司")),
        (FieldType::Date, _) => {
            let day = jiff::civil::date(2000, 1, 1).saturating_add(jiff::Span::new().days(i64::from(nth % 8_000)));
            OutCell::Date(day)
        }
        (FieldType::Code { .. }, _) => OutCell::Text(["3963", "6513", "2710", "7320"][nth as usize % 4].into()),
        (FieldType::Integer, _) => OutCell::Number(Decimal::from(20 + (nth * 7 + column as u32 * 13) % 900)),
        _ => OutCell::Number(Decimal::new(i64::from((nth * 7_919 + column as u32 * 104_729) % 90_000_000), 2)),
    }
}
