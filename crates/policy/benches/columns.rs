//! How fast policies are worked: many enterprises by columns against one pass that only sums the same
//! columns, and one enterprise with its explanation. Run with: cargo bench -p policy --bench columns, or a part
//! of it with a word behind: cargo bench -p policy --bench columns -- one

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use kernel::{FactKey, Money, Period, SubjectKind, Value};
use policy::columns::Column;
use policy::{Answer, FactSheet, Library, Settings, Table, Verdicts};

const ON: Date = date(2026, 6, 1);
const ROWS: usize = 1_000_000;

/// A small generator of figures, the same in every run.
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }
}

/// One enterprise of the size that the policy is about. One fact in ten is not known where `gaps`.
fn enterprise(draw: &mut Draw, gaps: bool) -> FactSheet {
    let mut sheet = FactSheet::default();
    let mut put = |draw: &mut Draw, key: FactKey, value: Value| {
        if !gaps || draw.next(10) > 0 {
            sheet.facts.insert(key, value);
        }
    };
    let year = |field: &str| FactKey::of(field, Period::Year(2025));
    let money = |fen: u64| Value::Money(Money::from_fen(fen as i64));
    let staff = 5 + draw.next(600);
    let revenue = draw.next(30_000_000_000);
    let research = revenue / 1000 * (5 + draw.next(80));
    put(draw, year("total_staff"), Value::Integer(staff as i64));
    let scientists = staff * draw.next(40) / 100;
    put(draw, year("sci_tech_staff"), Value::Integer(scientists as i64));
    put(draw, year("sales_revenue"), money(revenue));
    put(draw, year("rd_expense_119"), money(research));
    put(draw, year("total_cost_expense"), money(revenue / 10 * 9));
    let assets = draw.next(25_000_000_000);
    put(draw, year("total_assets"), money(assets));
    let code = |word: &str| Value::Code(word.to_owned());
    put(draw, FactKey::timeless("is_resident_enterprise"), Value::Bool(true));
    put(draw, FactKey::timeless("in_abnormal_list"), Value::Bool(false));
    put(draw, FactKey::timeless("in_serious_dishonest_list"), Value::Bool(false));
    put(draw, FactKey::timeless("tax_collection_mode"), code("audit"));
    put(draw, FactKey::timeless("product_catalogue_class"), code("permitted"));
    put(draw, FactKey::timeless("rd_org_level"), code("none"));
    for back in 0..5 {
        let key = FactKey::of("standards_led", Period::Year(2025 - back));
        let led = i64::from(draw.next(20) == 0);
        put(draw, key, Value::Integer(led));
    }
    let field = |key: &str, value: Value| (FactKey::timeless(key), value);
    let rights = (0..draw.next(5)).map(|_| {
        let class = if draw.next(5) == 0 { "one" } else { "two" };
        BTreeMap::from([field("ip_class", code(class)), field("ip_status", code("valid"))])
    });
    sheet.records.insert(SubjectKind::IntellectualProperty, rights.collect());
    sheet.records.insert(SubjectKind::Incident, Vec::new());
    sheet.records.insert(SubjectKind::Award, Vec::new());
    let titles = (0..draw.next(2)).map(|_| {
        BTreeMap::from([
            field("qualification_code", code("hnte")),
            field("valid_from", Value::Date(date(2023, 11, 1))),
            field("valid_to", Value::Date(date(2026, 10, 31))),
        ])
    });
    sheet.records.insert(SubjectKind::Title, titles.collect());
    sheet
}

/// Reads every cell of a column once and adds it up.
fn sum(column: &Column) -> i64 {
    let figures = column.figures().iter().fold(0_i64, |sum, figure| sum.wrapping_add(*figure));
    let codes: u64 = column.codes().iter().map(|code| u64::from(*code)).sum();
    figures + codes as i64 + column.known().count() as i64 + column.yes().count() as i64
}

fn sum_all(table: &Table) -> i64 {
    let own: i64 = table.columns().map(|(_, column)| sum(column)).fold(0, i64::wrapping_add);
    let records = table.kinds().map(|(_, records)| {
        let starts: u64 = records.starts().iter().map(|start| u64::from(*start)).sum();
        records.columns().map(|(_, column)| sum(column)).fold(starts as i64, i64::wrapping_add)
    });
    records.fold(own, i64::wrapping_add)
}

fn best(times: u32, mut work: impl FnMut()) -> Duration {
    (0..times)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap()
}

fn main() {
    let (library, _) = Library::builtin("", &Settings::new());
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let is_wanted = |part: &str| wanted.as_deref().is_none_or(|wanted| wanted == part);
    if is_wanted("columns") {
        columns(&library);
    }
    if is_wanted("one") {
        one(&library);
    }
    if is_wanted("library") {
        everything(&library);
    }
}

/// Many enterprises × one policy by columns, against one pass that only sums the same columns.
fn columns(library: &Library) {
    let policy = library.policy("tech-sme", ON).unwrap();
    let ready = policy.on(ON);
    for gaps in [false, true] {
        let mut draw = Draw(88_172_645_463_325_252);
        let mut table = Table::of([&ready]);
        (0..ROWS).for_each(|_| table.push(&enterprise(&mut draw, gaps)));
        let sums = best(7, || {
            black_box(sum_all(black_box(&table)));
        });
        let mut verdicts = Verdicts::default();
        let worked = best(9, || ready.columns_into(black_box(&table), black_box(&mut verdicts)));
        let count = |answer| verdicts.count(answer);
        println!(
            "{} × {ROWS}, {}: {worked:.1?}, the sums alone {sums:.1?}, ratio {:.2}; meets {}, fails {}, undetermined {}, singly {}",
            policy.version(),
            if gaps { "one fact in ten missing" } else { "all facts known" },
            worked.as_secs_f64() / sums.as_secs_f64(),
            count(Answer::Meets),
            count(Answer::Fails),
            count(Answer::Undetermined),
            verdicts.worked_singly(),
        );
    }
}

/// One enterprise × one policy, explanation included, and × the whole library, with gaps.
fn one(library: &Library) {
    let policy = library.policy("tech-sme", ON).unwrap();
    let ready = policy.on(ON);
    let facts = &policy.cases[0].facts;
    // Many short rounds: whatever else the machine does falls into some of them only.
    let evaluate = best(1000, || (0..20).for_each(|_| drop(black_box(ready.evaluate(black_box(facts)))))) / 20;
    let explain = best(1000, || {
        (0..20).for_each(|_| {
            let outcome = ready.evaluate(black_box(facts));
            drop(black_box(ready.explain(&outcome, facts)));
        });
    }) / 20;
    println!("{} × one enterprise: {evaluate:.2?}, explained {explain:.2?}", policy.version());
    let mut sheet = FactSheet::default();
    for policy in library.asked_of_all(ON) {
        for case in policy.cases.iter().take(1) {
            sheet.facts.extend(case.facts.facts.clone());
            sheet.records.extend(case.facts.records.clone());
        }
    }
    sheet.facts = sheet.facts.into_iter().enumerate().filter(|(at, _)| at % 4 > 0).map(|(_, fact)| fact).collect();
    let all: Vec<_> = library.asked_of_all(ON).map(|policy| policy.on(ON)).collect();
    let gaps = best(50, || {
        for ready in &all {
            let outcome = ready.evaluate(black_box(&sheet));
            drop(black_box((ready.explain(&outcome, &sheet), ready.missing(&outcome), ready.gaps(&outcome, &sheet))));
        }
    });
    println!(
        "library of {} × one enterprise with a quarter missing, reasons, questions and gaps: {gaps:.2?}",
        all.len()
    );
}

/// The whole library × many enterprises, by columns.
fn everything(library: &Library) {
    let rows = 100_000;
    let all: Vec<_> = library.asked_of_all(ON).map(|policy| policy.on(ON)).collect();
    let mut draw = Draw(88_172_645_463_325_252);
    let mut table = Table::of(&all);
    (0..rows).for_each(|_| table.push(&enterprise(&mut draw, true)));
    let start = Instant::now();
    for ready in &all {
        let own = Instant::now();
        let verdicts = ready.columns(&table);
        println!(
            "  {:28} × {rows}: {:.1?}, singly {}",
            ready.policy.version(),
            own.elapsed(),
            verdicts.worked_singly()
        );
    }
    println!("library of {} × {rows} enterprises: {:.2?}", all.len(), start.elapsed());
}
