//! Measures cases: 200,000 of them with ten events each, half of them open. An event is appended with
//! full durability, what waits for a person is looked up, the clocks and colours of every open case are
//! counted, and the chain is verified.
//!
//! `cargo bench -p store --bench cases` prints one line per figure. `CASES` changes how many there are.
//! `CASES_DATABASE` names a database of PostgreSQL, `CASES_KEEP` a file of SQLite, instead of a new file
//! that is thrown away: what lies there from an earlier run is measured again. `CASES_STEPS` picks some of
//! fill, append, look, count and verify. `CASES_RULE=ladder` colours by the ladder instead of by a scheme.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod measure;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::{Catalogue, FactKey, Lang, Place, SourceKind, SubjectId, SubjectKind, Value};
use loops::{Actor, Event, Given, Party, by_key};
use measure::{processor, report, resident};
use store::access::{Hand, NewAccount, Role, UnitId, UnitKind, Viewer};
use store::cases::{CaseFilter, CaseQuery, CaseSort, Filled, Painted, Timing};
use store::{Clock, ListQuery, Location, NewLoad, NewStatement, Store};

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Tuesday 15 September 2026, 10:00 in China.
const NOW: &str = "2026-09-15T10:00:00+08:00";

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

struct Zone {
    store: Store,
    parks: Vec<UnitId>,
    bureaux: Vec<UnitId>,
    firms: Vec<SubjectId>,
}

async fn measure() {
    let count: usize = std::env::var("CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(200_000);
    let directory = tempfile::tempdir().unwrap();
    let location = match (std::env::var("CASES_DATABASE"), std::env::var("CASES_KEEP")) {
        (Ok(url), _) => Location::parse(&url).unwrap(),
        (_, Ok(file)) => Location::Sqlite(file.into()),
        _ => Location::Sqlite(directory.path().join("bench.db")),
    };
    let store = Store::migrate(&location, Arc::new(Catalogue::builtin().clone())).await.unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    let zone = zone(store.with_clock(Clock::fixed(now)).with_timing(timing())).await;
    let mut dice = Dice(88_172_645_463_325_252);
    if is_wanted("fill") {
        fill(&zone, &mut dice, count, now).await;
    }
    if is_wanted("append") {
        appending(&zone, &mut dice).await;
    }
    if is_wanted("look") {
        looking(&zone).await;
    }
    if is_wanted("count") {
        counting(&zone).await;
    }
    if is_wanted("verify") {
        verifying(&zone).await;
    }
    println!("resident {} MB", resident());
}

/// The colours by the scheme of a zone that picked none; `CASES_RULE=ladder` has those of the ladder.
fn timing() -> Timing {
    if std::env::var("CASES_RULE").is_ok_and(|rule| rule == "ladder") {
        return Timing::plain();
    }
    let painter = loops::colour::schemes()[0].ready();
    let rule = move |case: &_, at, calendar: &_| Painted::by(&painter, case, at, calendar);
    Timing::new(kernel::calendar::Calendar::builtin().clone(), rule)
}

fn is_wanted(step: &str) -> bool {
    std::env::var("CASES_STEPS").map_or(true, |steps| steps.split(',').any(|wanted| wanted == step))
}

/// Lays down as many cases as are missing.
async fn fill(zone: &Zone, dice: &mut Dice, count: usize, now: Timestamp) {
    let leader = viewer(zone, "leader").await;
    let there = zone.store.count_cases(&leader, &CaseFilter::default()).await.unwrap() as usize;
    let before = Instant::now();
    for first in (there..count).step_by(2_000) {
        let cases: Vec<Filled> = (first..count.min(first + 2_000)).map(|n| filled(zone, dice, n, now)).collect();
        zone.store.fill_cases(&cases, first as i64 + 1).await.unwrap();
    }
    println!("{count} cases of 10 events, {there} of them there before: {:.1} s", before.elapsed().as_secs_f64());
}

/// The zone that lies there, or a new one.
async fn zone(store: Store) -> Zone {
    if store.units().await.unwrap().top().is_none() {
        make(&store).await;
    }
    let tree = store.units().await.unwrap();
    let of = |kind| tree.in_order().into_iter().filter(|unit| unit.kind == kind).map(|unit| unit.id).collect();
    let (parks, bureaux) = (of(UnitKind::Park), of(UnitKind::Bureau));
    let query = ListQuery { limit: 5_000, ..ListQuery::all(SubjectKind::Enterprise) };
    let page = store.list(&query, &store::access::Scope::Zone).await.unwrap();
    let firms: Vec<SubjectId> = page.rows.iter().map(|row| row.id).collect();
    Zone { store, parks, bureaux, firms }
}

async fn make(store: &Store) {
    let top = store.create_unit(Hand::Console, None, UnitKind::Zone, "样例高新区").await.unwrap().id;
    let (mut parks, mut bureaux) = (Vec::new(), Vec::new());
    for n in 0..20 {
        parks
            .push(store.create_unit(Hand::Console, Some(top), UnitKind::Park, &format!("第{n}园区")).await.unwrap().id);
        let bureau = format!("第{n}局");
        bureaux.push(store.create_unit(Hand::Console, Some(top), UnitKind::Bureau, &bureau).await.unwrap().id);
    }
    let sheet = NewLoad {
        kind: SourceKind::Sheet,
        origin: "统计办".into(),
        title: "量测.xlsx".into(),
        file_hash: None,
        subject_kind: SubjectKind::Enterprise,
        column_map_json: None,
        by: "bench".into(),
    };
    let firm = |n: u32| NewStatement {
        place: Some(Place::Row { sheet: "表1".into(), row: n + 2 }),
        values: [
            (FactKey::timeless("uscc"), Some(Value::Code(format!("9141{n:014}")))),
            (FactKey::timeless("name"), Some(Value::Text(format!("样例{n}科技有限公司")))),
            (FactKey::timeless("park"), Some(Value::Text(format!("第{}园区", n % 20)))),
        ]
        .into(),
        ..NewStatement::default()
    };
    store.load(sheet, (0..5_000).map(firm), |_| {}).await.unwrap();
    let query = ListQuery { limit: 5_000, ..ListQuery::all(SubjectKind::Enterprise) };
    let page = store.list(&query, &store::access::Scope::Zone).await.unwrap();
    let firms: Vec<SubjectId> = page.rows.iter().map(|row| row.id).collect();
    for (name, role, unit, enterprise) in [
        ("leader", Role::Leader, top, None),
        ("analyst", Role::Analyst, top, None),
        ("officer", Role::Officer, parks[3], None),
        ("clerk", Role::Clerk, bureaux[5], None),
        ("enterprise", Role::Enterprise, parks[3], Some(firms[7])),
    ] {
        let new = NewAccount {
            name,
            display_name: name,
            unit,
            enterprise,
            lang: Lang::Zh,
            password_hash: None,
            must_change_password: false,
        };
        let account = store.create_account(Hand::Console, new).await.unwrap();
        store.grant(Hand::Console, account.id, role, unit).await.unwrap();
    }
}

/// A matter with ten events: every second one open, in one of five states, the others closed.
fn filled(zone: &Zone, dice: &mut Dice, n: usize, now: Timestamp) -> Filled {
    let unit = zone.bureaux[dice.roll(20)].to_string();
    let firm = dice.roll(zone.firms.len());
    let subject = zone.firms[firm].to_string();
    let open = n.is_multiple_of(2);
    let days = if open { 1 + dice.roll(45) } else { 40 + dice.roll(150) };
    let mut at = now - SignedDuration::from_hours(24 * days as i64 + dice.roll(8) as i64);
    let to = Given { unit: Some(unit), ..Given::default() };
    let words = |text: &str| Given { text: Some(text.into()), ..Given::default() };
    let proof = Given { proofs: vec!["ab".repeat(32)], ..words("已接通，现场照片附后。") };
    let head = Given {
        title: Some(format!("第{n}件：厂房配电容量不足，夏季频繁跳闸")),
        topic: Some(["power", "road", "water", "talent", "finance"][dice.roll(5)].into()),
        place: Some("科学大道".into()),
        subject: Some(subject),
        ..words("申请增容，请协调。")
    };
    let begun: [(&str, &str, Party, Given); 6] = [
        ("open", "east", Party::Officer, head),
        ("dispatch", "analyst", Party::Desk, to.clone()),
        ("arrive", "clerk", Party::Lead, Given::default()),
        ("return", "clerk", Party::Lead, words("不属于本单位职责。")),
        ("dispatch", "analyst", Party::Desk, to.clone()),
        ("arrive", "clerk", Party::Lead, Given::default()),
    ];
    let mut steps = begun.to_vec();
    let chase = || ("chase", "officer", Party::Park, words("请加快。"));
    let more = match (open, dice.roll(5)) {
        (false, _) => vec![
            ("pause", "clerk", Party::Lead, words("等待设备到货。")),
            ("resume", "clerk", Party::Lead, Given::default()),
            ("answer", "clerk", Party::Lead, proof),
            ("confirm", "east", Party::Asker, Given { rating: Some(5), ..Given::default() }),
        ],
        (true, 0) => vec![chase(), chase(), chase(), ("answer", "clerk", Party::Lead, proof)],
        (true, 1) => vec![chase(), chase(), chase(), ("return", "clerk", Party::Lead, words("不属于本单位职责。"))],
        (true, 2) => vec![
            chase(),
            ("return", "clerk", Party::Lead, words("不属于本单位职责。")),
            chase(),
            ("dispatch", "analyst", Party::Desk, to),
        ],
        (true, 3) => vec![chase(), chase(), chase(), ("call_meeting", "officer", Party::Park, words("涉及多个部门。"))],
        (true, _) => vec![chase(), chase(), chase(), chase()],
    };
    steps.extend(more);
    let events = steps.into_iter().zip(1..).map(|((step, person, party, given), seq)| {
        at += SignedDuration::from_mins(20);
        Event { seq, at, by: Actor { person: person.into(), party }, step: step.into(), given }
    });
    let opener_unit = Some(zone.parks[dice.roll(20)]);
    // The officer of the bench serves every fortieth firm; the others have nobody.
    let officer = (firm % 40 == 3).then(|| "officer".to_owned());
    Filled { kind: by_key("matter").unwrap(), events: events.collect(), opener_unit, officer }
}

async fn viewer(zone: &Zone, name: &str) -> Viewer {
    let account = zone.store.account_by_name(name).await.unwrap().unwrap();
    zone.store.viewer(account.id).await.unwrap().unwrap()
}

/// One person acts after the other, each act on disk before the next begins.
async fn appending(zone: &Zone, dice: &mut Dice) {
    let leader = viewer(zone, "leader").await;
    let filter = CaseFilter { states: vec!["underway".into()], ..CaseFilter::default() };
    let query = CaseQuery { filter, sort: CaseSort::Number, limit: 5_000, ..CaseQuery::default() };
    let rows = zone.store.cases(&leader, &query).await.unwrap().rows;
    let (mut took, busy) = (Vec::new(), processor());
    for _ in 0..400 {
        let row = &rows[dice.roll(rows.len())];
        let seen = zone.store.case(&leader, row.id).await.unwrap().unwrap().row.seq;
        let given = Given { text: Some("请于三日内办结。".into()), ..Given::default() };
        let before = Instant::now();
        zone.store.act_on_case(&leader, row.id, seen, "chase", given).await.unwrap();
        took.push(before.elapsed());
    }
    let each = (processor() - busy) * 1_000.0 / took.len() as f64;
    report("append an event, on disk", took);
    println!("  processor for each, with reading the case before: {each:.2} ms");
}

async fn looking(zone: &Zone) {
    for name in ["leader", "analyst", "officer", "clerk", "enterprise"] {
        let viewer = viewer(zone, name).await;
        let (mut today, mut list, mut board, mut tallies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut page: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
        let mut waits = 0;
        for _ in 0..40 {
            let before = Instant::now();
            waits = zone.store.today(&viewer, 20).await.unwrap().total;
            today.push(before.elapsed());
            let before = Instant::now();
            let open = CaseFilter { open: Some(true), ..CaseFilter::default() };
            zone.store.cases(&viewer, &CaseQuery { filter: open, ..CaseQuery::default() }).await.unwrap();
            list.push(before.elapsed());
            todays_page(zone, &viewer, &mut page).await;
        }
        for _ in 0..20 {
            let before = Instant::now();
            zone.store.open_cases(&viewer, soon()).await.unwrap();
            tallies.push(before.elapsed());
            let before = Instant::now();
            zone.store.case_board(&viewer, by_key("matter").unwrap(), &CaseFilter::default(), 10).await.unwrap();
            board.push(before.elapsed());
        }
        report(&format!("today of the {name}, {waits} waiting"), today);
        report(&format!("  first page of open cases by day, {name}"), list);
        report(&format!("  how many are open, overdue and due soon, {name}"), tallies);
        report(&format!("  board, {name}"), board);
        for (part, took) in page {
            report(&format!("  page of today, {name}: {part}"), took);
        }
    }
}

fn soon() -> (Date, Date) {
    ("2026-09-15".parse().unwrap(), "2026-09-22".parse().unwrap())
}

/// Everything that the page of Today asks the store for, as the page of this person asks for it.
async fn todays_page(zone: &Zone, viewer: &Viewer, took: &mut BTreeMap<&'static str, Vec<Duration>>) {
    let store = &zone.store;
    let is = |role: Role| viewer.roles.contains(&role);
    let (whole, mut before) = (Instant::now(), Instant::now());
    let mut done = |part: &'static str| {
        took.entry(part).or_default().push(before.elapsed());
        before = Instant::now();
    };
    let looking = store.looking(viewer).await.unwrap();
    done("who looks");
    let mine = looking.today(30).await.unwrap();
    done("what waits");
    store.units().await.unwrap();
    looking.open_cases(soon()).await.unwrap();
    done("open, overdue, soon");
    let mut lists = Vec::new();
    let open = CaseFilter { open: Some(true), ..CaseFilter::default() };
    let of = |filter: CaseFilter| CaseQuery { filter, limit: 8, ..CaseQuery::default() };
    if is(Role::Leader) || is(Role::Analyst) {
        let (kinds, states) = (vec!["duty_report".to_owned()], vec!["missing".to_owned()]);
        looking.count_cases(&CaseFilter { kinds, states, ..open.clone() }).await.unwrap();
        done("reports missing");
        let changed_from = Some("2026-09-14T00:00:00+08:00".parse().unwrap());
        looking.count_cases(&CaseFilter { changed_from, ..CaseFilter::default() }).await.unwrap();
        done("changed this week");
        for colour in ["red", "yellow"] {
            lists.push((colour, of(CaseFilter { colours: vec![colour.to_owned()], ..open.clone() })));
        }
    }
    let waiting = |kind: &str| CaseFilter { mine: true, kinds: vec![kind.to_owned()], ..open.clone() };
    let waits = |kind: &str| mine.kinds.get(kind).is_some_and(|count| *count > 0);
    if is(Role::Officer) && waits("visit") {
        lists.push(("visits", of(waiting("visit"))));
    }
    if (is(Role::Officer) || is(Role::Clerk)) && waits("duty_report") {
        lists.push(("reports", of(waiting("duty_report"))));
    }
    if is(Role::Enterprise) && waits("matter") {
        let states = vec!["answered".to_owned()];
        lists.push(("to confirm", of(CaseFilter { states, ..waiting("matter") })));
    }
    lists.push(("open first", of(open.clone())));
    let last = CaseQuery { sort: CaseSort::Changed, descending: true, ..of(CaseFilter::default()) };
    lists.push(("changed last", last));
    let mut officers: Vec<String> = mine.rows.iter().filter_map(|row| row.officer.clone()).collect();
    for (part, query) in lists {
        officers.extend(looking.cases(&query).await.unwrap().rows.into_iter().filter_map(|row| row.officer));
        done(part);
    }
    store.names_of(officers.iter().map(String::as_str)).await.unwrap();
    looking.kinds_to_open();
    done("names, kinds to open");
    took.entry("whole").or_default().push(whole.elapsed());
}

async fn counting(zone: &Zone) {
    for round in ["first", "again"] {
        let (before, busy) = (Instant::now(), processor());
        let (looked, changed) = zone.store.recount_cases().await.unwrap();
        println!(
            "clocks and colours of {looked} open cases, {round}, {changed} changed: {:.2} s, processor {:.2} s",
            before.elapsed().as_secs_f64(),
            processor() - busy
        );
    }
}

async fn verifying(zone: &Zone) {
    let before = Instant::now();
    let report = zone.store.verify_chains().await.unwrap();
    assert!(report.is_ok());
    let seconds = before.elapsed().as_secs_f64();
    println!("chain of {} events of cases: {:.0} a second", report.case_events, report.case_events as f64 / seconds);
    let before = Instant::now();
    let report = zone.store.verify().await.unwrap();
    assert_eq!(report.first, None);
    let seconds = before.elapsed().as_secs_f64();
    println!(
        "the same with {} cases folded and compared: {:.0} a second",
        report.cases,
        report.case_events as f64 / seconds
    );
}
