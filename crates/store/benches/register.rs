//! Measures the register: a load of 50,000 rows of 30 values, the same load again, and the list of
//! 100,000 enterprises read by eight people at once, each of whom sees a few units.
//!
//! `cargo bench -p store --bench register` prints one line per figure. `REGISTER_ROWS` changes the
//! size of the load.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod measure;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use kernel::{Catalogue, FactKey, FieldType, Money, Period, Place, SourceKind, SubjectKind, Value};
use measure::{processor, report, resident};
use store::access::{Hand, Scope, UnitId, UnitKind};
use store::{Filter, ListQuery, Location, NewLoad, NewStatement, Sort, Store};

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let rows: usize = std::env::var("REGISTER_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(50_000);
    let directory = tempfile::tempdir().unwrap();
    let location = match std::env::var("REGISTER_DATABASE") {
        Ok(url) => Location::parse(&url).unwrap(),
        Err(_) => Location::Sqlite(directory.path().join("bench.db")),
    };
    let store = Store::migrate(&location, Arc::new(Catalogue::builtin().clone())).await.unwrap();
    let units = parks(&store).await;
    let (before, busy) = (Instant::now(), processor());
    let receipt = store.load(sheet("统计办"), statements(rows, 0), |_| {}).await.unwrap();
    println!(
        "load of {} rows: {:.2} s, processor {:.2} s, resident {} MB",
        receipt.accepted,
        before.elapsed().as_secs_f64(),
        processor() - busy,
        resident()
    );
    let (before, busy) = (Instant::now(), processor());
    let receipt = store.load(sheet("统计办"), statements(rows, 0), |_| {}).await.unwrap();
    println!(
        "same again, {} unchanged: {:.2} s, processor {:.2} s, resident {} MB",
        receipt.unchanged,
        before.elapsed().as_secs_f64(),
        processor() - busy,
        resident()
    );
    store.load(sheet("统计办"), statements(rows, rows), |_| {}).await.unwrap();
    let page = store.list(&ListQuery::all(SubjectKind::Enterprise), &Scope::Zone).await.unwrap();
    println!("enterprises: {}", page.total);
    lists(&store, &units).await;
    pages(&store).await;
    println!("resident {} MB", resident());
}

async fn parks(store: &Store) -> Vec<UnitId> {
    let top = store.create_unit(Hand::Console, None, UnitKind::Zone, "样例高新区").await.unwrap().id;
    let mut parks = Vec::new();
    for n in 0..20 {
        let park = format!("第{n}园区");
        parks.push(store.create_unit(Hand::Console, Some(top), UnitKind::Park, &park).await.unwrap().id);
    }
    parks
}

fn sheet(origin: &str) -> NewLoad {
    NewLoad {
        kind: SourceKind::Sheet,
        origin: origin.into(),
        title: "量测.xlsx".into(),
        file_hash: None,
        subject_kind: SubjectKind::Enterprise,
        column_map_json: None,
        by: "bench".into(),
    }
}

/// Rows of thirty values: eight of identity, the rest money of three years.
fn statements(rows: usize, first: usize) -> impl Iterator<Item = NewStatement> + Send {
    let figures: Vec<FactKey> = Catalogue::builtin()
        .fields_of(SubjectKind::Enterprise)
        .filter(|field| {
            field.kind == FieldType::Money && field.period == kernel::PeriodKind::Year && field.derived.is_none()
        })
        .flat_map(|field| [2023, 2024, 2025].map(|year| FactKey::of(field.key.as_str(), Period::Year(year))))
        .take(21)
        .collect();
    let mut dice = Dice(88_172_645_463_325_252 + first as u64);
    let words = ["精密", "华光", "智造", "生物", "云图", "新材", "蓝海", "中科", "启明", "恒远"];
    (first..first + rows).map(move |n| {
        let mut word = || words[dice.roll(10) as usize];
        let name = format!("样例{}{}{}第{n}科技有限公司", word(), word(), word());
        let text = |key: &str, value: String| (FactKey::timeless(key), Some(Value::Text(value)));
        let code = |key: &str, value: String| (FactKey::timeless(key), Some(Value::Code(value)));
        let mut values = BTreeMap::from([
            code("uscc", format!("9141{n:014}")),
            text("name", name),
            text("park", format!("第{}园区", dice.roll(20))),
            text("address", format!("样例市高新区科学大道{}号", dice.roll(999))),
            code("industry_code", format!("{}", 1300 + dice.roll(3_900))),
            code("registered_region_code", format!("4101{:02}", dice.roll(12))),
            text("main_products", "轴承、减速器、伺服电机".into()),
        ]);
        let year = 1990 + dice.roll(35) as i16;
        let day = jiff::civil::date(year, 1 + dice.roll(12) as i8, 1 + dice.roll(28) as i8);
        values.insert(FactKey::timeless("registration_date"), Some(Value::Date(day)));
        let employees = Value::Integer(dice.roll(900) as i64);
        values.insert(FactKey::of("year_end_employees", Period::Year(2025)), Some(employees));
        for key in &figures {
            values.insert(key.clone(), Some(Value::Money(Money::from_fen(dice.roll(90_000_000_000) as i64))));
        }
        NewStatement {
            place: Some(Place::Row { sheet: "表1".into(), row: n as u32 + 2 }),
            values,
            ..NewStatement::default()
        }
    })
}

/// Eight people turn pages, change the order, filter and search.
async fn lists(store: &Store, units: &[UnitId]) {
    for round in ["first", "later"] {
        let busy = processor();
        let mut people = Vec::new();
        for person in 0..8_usize {
            let (store, units) = (store.clone(), units.to_vec());
            people.push(tokio::spawn(async move {
                let scope = Scope::Units(units[person * 2..person * 2 + 2].to_vec());
                let mut took = Vec::new();
                for turn in 0..60_usize {
                    let query = query(person, turn);
                    let before = Instant::now();
                    let page = store.list(&query, &scope).await.unwrap();
                    took.push((before.elapsed(), turn % 6));
                    assert!(page.rows.len() <= 50);
                }
                took
            }));
        }
        let mut took = Vec::new();
        for person in people {
            took.extend(person.await.unwrap());
        }
        println!("processor for each list: {:.2} ms", (processor() - busy) * 1_000.0 / took.len() as f64);
        report(&format!("list, 8 people, {round} round"), took.iter().map(|(took, _)| *took).collect());
        for form in 0..6 {
            let form_took = took.iter().filter(|(_, of)| *of == form).map(|(took, _)| *took).collect();
            report(&format!("  form {form}"), form_took);
        }
    }
}

fn query(person: usize, turn: usize) -> ListQuery {
    let sorts = [Sort::Revenue, Sort::Name, Sort::Employees, Sort::Registered, Sort::Changed];
    let industry = format!("{}", 13 + (person * 7 + turn) % 39);
    let base = ListQuery {
        sort: sorts[turn % 5],
        descending: turn.is_multiple_of(2),
        ..ListQuery::all(SubjectKind::Enterprise)
    };
    match turn % 6 {
        0 => base,
        1 => ListQuery { filters: vec![Filter::Industry(vec![industry])], ..base },
        2 => ListQuery { filters: vec![Filter::Revenue(Some(Money::from_fen(80_000_000_000)), None)], ..base },
        3 => ListQuery { text: "精密华光".into(), ..base },
        4 => ListQuery { text: format!("第{}", 100 + person * 50 + turn), ..base },
        _ => ListQuery {
            filters: vec![
                Filter::Industry(vec![industry]),
                Filter::Registered("2010-01-01".parse().ok(), None),
                Filter::Employees(Some(100), None),
            ],
            ..base
        },
    }
}

async fn pages(store: &Store) {
    let page =
        store.list(&ListQuery { limit: 200, ..ListQuery::all(SubjectKind::Enterprise) }, &Scope::Zone).await.unwrap();
    let mut took = Vec::new();
    for row in &page.rows {
        let before = Instant::now();
        store.subject(row.id, &Scope::Zone, true, None).await.unwrap().unwrap();
        took.push(before.elapsed());
    }
    report("one enterprise", took);
}
