//! The sample zone is a believable one, and the same one every time.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::cell::{RawCell, read_cell};
use kernel::heading::guess_columns;
use kernel::{Catalogue, Lang};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sample::{Cell, SampleSheet, SampleZone, UnitKind};
use sha2::{Digest, Sha256};

fn sheet<'a>(zone: &'a SampleZone, title: &str) -> &'a SampleSheet {
    zone.sheets.iter().find(|sheet| sheet.title == title).unwrap_or_else(|| panic!("no sheet {title}"))
}

fn text(cell: &Cell) -> &str {
    match cell {
        Cell::Text(text) => text,
        other => panic!("expected words, found {other:?}"),
    }
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(figure) => figure.to_f64(),
        _ => None,
    }
}

/// The column of numbers under `heading`, of the rows of `year` where there is a column 年度.
fn column(sheet: &SampleSheet, heading: &str, year: Option<i64>) -> Vec<Option<f64>> {
    let at = sheet.column(heading).unwrap_or_else(|| panic!("no column {heading} in {}", sheet.title));
    let year_column = sheet.column("年度");
    sheet
        .rows
        .iter()
        .filter(|row| match (year, year_column) {
            (Some(year), Some(place)) => row[place] == Cell::from(year),
            _ => true,
        })
        .map(|row| number(&row[at]))
        .collect()
}

fn sorted(column: Vec<Option<f64>>) -> Vec<f64> {
    let mut figures: Vec<f64> = column.into_iter().flatten().collect();
    figures.sort_by(f64::total_cmp);
    figures
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// The Gini coefficient of sorted figures: 0 all alike, 1 one has everything.
fn gini(sorted: &[f64]) -> f64 {
    let count = sorted.len() as f64;
    let sum: f64 = sorted.iter().sum();
    let weighted: f64 = sorted.iter().enumerate().map(|(at, figure)| (at as f64 + 1.0) * figure).sum();
    2.0 * weighted / (count * sum) - (count + 1.0) / count
}

/// The bytes of a zone, for comparing two of them.
fn digest(zone: &SampleZone) -> String {
    hex::encode(Sha256::digest(format!("{zone:?}").as_bytes()))
}

#[test]
fn the_same_seed_gives_the_same_zone_and_another_seed_another() {
    let zone = sample::zone();
    assert_eq!(digest(&zone), digest(&sample::zone()));
    assert_ne!(digest(&zone), digest(&sample::generate(sample::SEED + 1, sample::ENTERPRISES)));
    // A change of the generator changes every register made from it; it should be meant.
    assert_eq!(digest(&zone), include_str!("zone.sha256").trim());
}

#[test]
fn sizes_are_spread_as_in_a_zone_few_large_and_many_small() {
    let zone = sample::zone();
    let statistics = sheet(&zone, "统计年报");
    let staff = sorted(column(statistics, "year_end_employees", Some(2025)));
    assert!((20.0..60.0).contains(&quantile(&staff, 0.5)), "median staff {}", quantile(&staff, 0.5));
    assert!(quantile(&staff, 0.9) > 4.0 * quantile(&staff, 0.5), "the largest tenth");
    assert!((0.55..0.80).contains(&gini(&staff)), "staff Gini {}", gini(&staff));
    let revenue = sorted(column(statistics, "operating_revenue", Some(2025)));
    assert!((0.62..0.88).contains(&gini(&revenue)), "revenue Gini {}", gini(&revenue));
    let top: f64 = revenue[revenue.len() * 9 / 10..].iter().sum();
    let share = top / revenue.iter().sum::<f64>();
    assert!((0.5..0.8).contains(&share), "the largest tenth earns {share}");
}

#[test]
fn few_are_in_trouble_and_sizes_are_those_of_small_firms() {
    let zone = sample::zone();
    let credit = sheet(&zone, "信用与划型");
    assert_eq!(credit.rows.len(), sample::ENTERPRISES);
    let count = |heading: &str, word: &str| {
        let at = credit.column(heading).unwrap();
        credit.rows.iter().filter(|row| row[at] == Cell::from(word)).count()
    };
    let (abnormal, dishonest) = (count("in_abnormal_list", "是"), count("in_serious_dishonest_list", "是"));
    assert!((10..60).contains(&abnormal) && dishonest < abnormal, "{abnormal} abnormal, {dishonest} dishonest");
    let sizes = ["大型", "中型", "小型", "微型"].map(|size| count("size_class", size));
    assert!(sizes[2] > sizes[1] && sizes[1] > sizes[0] && sizes[0] > 0, "{sizes:?}");
    assert!((3..40).contains(&sheet(&zone, "事故与失信").rows.len()));
}

/// R&D against revenue in 2025, summed over the enterprises whose industry begins so.
fn research_intensity(zone: &SampleZone, divisions: &[&str]) -> f64 {
    let register = sheet(zone, "企业登记信息");
    let at = register.column("industry_code").unwrap();
    let industry_of: HashMap<&str, &str> = register.rows.iter().map(|row| (text(&row[0]), text(&row[at]))).collect();
    let statistics = sheet(zone, "统计年报");
    let (code, research) = (1, statistics.column("rd_expense").unwrap());
    let (mut spent, mut earned) = (0.0, 0.0);
    for row in statistics.rows.iter().filter(|row| row[0] == Cell::from(2025)) {
        let industry = industry_of[text(&row[code])];
        if let (Some(revenue), Some(of_research)) = (number(&row[3]), number(&row[research]))
            && divisions.iter().any(|division| industry.starts_with(division))
        {
            earned += revenue;
            spent += of_research;
        }
    }
    spent / earned
}

#[test]
fn research_intensity_follows_the_order_of_the_industries() {
    let zone = sample::zone();
    let software = research_intensity(&zone, &["65"]);
    let pharma = research_intensity(&zone, &["27", "358"]);
    let equipment = research_intensity(&zone, &["34", "35", "38"]);
    let chemicals = research_intensity(&zone, &["26", "28"]);
    let trade = research_intensity(&zone, &["51"]);
    assert!(software > pharma && pharma > equipment && equipment > chemicals && chemicals > trade);
    assert!((0.07..0.16).contains(&software), "software {software}");
    assert!((0.025..0.065).contains(&equipment), "equipment {equipment}");
    assert!(trade < 0.004, "trade {trade}");
    let whole = research_intensity(&zone, &[""]);
    assert!((0.02..0.06).contains(&whole), "whole zone {whole}");
}

#[test]
fn the_figures_of_a_row_agree_with_each_other() {
    let zone = sample::zone();
    let statistics = sheet(&zone, "统计年报");
    let at = |heading: &str| statistics.column(heading).unwrap();
    let (total, main, other) = (at("operating_revenue"), at("main_business_revenue"), at("other_business_revenue"));
    let (cost, profit) = (at("total_cost_expense"), at("total_profit"));
    let (net, staff, researchers) = (at("net_profit"), at("year_end_employees"), at("rd_staff"));
    for row in &statistics.rows {
        if let (Cell::Number(total), Cell::Number(main), Cell::Number(other)) = (&row[total], &row[main], &row[other]) {
            assert_eq!(*total, main + other);
        }
        if let (Cell::Number(total), Cell::Number(cost), Cell::Number(profit)) = (&row[total], &row[cost], &row[profit])
        {
            assert_eq!(total - cost, *profit);
        }
        if let (Cell::Number(profit), Cell::Number(net)) = (&row[profit], &row[net]) {
            assert!(net <= profit);
        }
        if let (Cell::Number(staff), Cell::Number(researchers)) = (&row[staff], &row[researchers]) {
            assert!(researchers <= staff);
        }
    }
    let science = sheet(&zone, "高企年报");
    let counted = science.column("rd_expense_hnte").unwrap();
    for row in &science.rows {
        let kinds: Decimal = row[counted + 1..counted + 9]
            .iter()
            .map(|cell| if let Cell::Number(kind) = cell { *kind } else { panic!("a kind of cost is missing") })
            .sum();
        assert_eq!(Cell::Number(kinds), row[counted]);
    }
}

#[test]
fn growth_lasts_from_one_year_to_the_next() {
    let zone = sample::zone();
    let statistics = sheet(&zone, "统计年报");
    let mut by_code: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in &statistics.rows {
        by_code.entry(text(&row[1])).or_default().push(number(&row[3]).unwrap());
    }
    let growth: Vec<(f64, f64)> = by_code
        .values()
        .filter(|years| years.len() == 3 && years[0] > 200.0)
        .map(|years| ((years[1] / years[0]).ln(), (years[2] / years[1]).ln()))
        .filter(|(first, second)| first.abs() < 0.7 && second.abs() < 0.7)
        .collect();
    let mean = |of: fn(&(f64, f64)) -> f64| growth.iter().map(of).sum::<f64>() / growth.len() as f64;
    let (first, second) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let spread = |of: fn(&(f64, f64)) -> f64, mean: f64| {
        (growth.iter().map(|pair| (of(pair) - mean).powi(2)).sum::<f64>() / growth.len() as f64).sqrt()
    };
    let together = growth.iter().map(|pair| (pair.0 - first) * (pair.1 - second)).sum::<f64>() / growth.len() as f64;
    let correlation = together / (spread(|pair| pair.0, first) * spread(|pair| pair.1, second));
    assert!((0.35..0.85).contains(&correlation), "growth keeps {correlation} of itself");
    assert!((0.0..0.12).contains(&second), "mean growth {second}");
}

#[test]
fn some_cells_are_missing_but_never_the_code_or_the_revenue() {
    let zone = sample::zone();
    let statistics = sheet(&zone, "统计年报");
    let cells = statistics.rows.iter().flat_map(|row| &row[4..]);
    let empty = cells.clone().filter(|cell| **cell == Cell::Empty).count() as f64 / cells.count() as f64;
    assert!((0.05..0.08).contains(&empty), "missing {empty}");
    assert!(statistics.rows.iter().all(|row| row[1] != Cell::Empty && row[3] != Cell::Empty));
}

#[test]
fn bureaus_disagree_on_some_figures_and_agree_on_most() {
    let zone = sample::zone();
    let tax = sheet(&zone, "税务数据");
    let of_tax: HashMap<&str, &Cell> =
        tax.rows.iter().map(|row| (text(&row[0]), &row[tax.column("operating_revenue:元@2025").unwrap()])).collect();
    let (mut agree, mut differ) = (0, 0);
    for row in sheet(&zone, "统计年报").rows.iter().filter(|row| row[0] == Cell::from(2025)) {
        if let (Cell::Number(said), Some(Cell::Number(yuan))) = (&row[3], of_tax.get(text(&row[1]))) {
            match said * Decimal::from(10_000) == *yuan {
                true => agree += 1,
                false => differ += 1,
            }
        }
    }
    assert!(agree > 900 && (15..70).contains(&differ), "{agree} agree, {differ} differ");
}

#[test]
fn codes_are_whole_and_every_name_carries_the_mark() {
    let zone = sample::zone();
    let register = sheet(&zone, "企业登记信息");
    assert_eq!(register.rows.len(), sample::ENTERPRISES);
    let codes: HashSet<&str> = register.rows.iter().map(|row| text(&row[0])).collect();
    assert_eq!(codes.len(), sample::ENTERPRISES);
    let names: HashSet<&str> = register.rows.iter().map(|row| text(&row[1])).collect();
    assert_eq!(names.len(), sample::ENTERPRISES);
    assert!(codes.iter().all(|code| code.len() == 18 && code.starts_with("91990001")));
    assert!(names.iter().all(|name| name.starts_with("样例")));
    let persons = sheet(&zone, "人才");
    assert!(persons.rows.iter().all(|row| text(&row[0]).starts_with("样例")));
}

#[test]
fn some_titles_run_out_around_the_turn_of_2026() {
    let zone = sample::zone();
    let titles = sheet(&zone, "资质称号");
    let end = titles.column("valid_to").unwrap();
    let soon = titles
        .rows
        .iter()
        .filter(
            |row| matches!(&row[end], Cell::Date(day) if ((2026, 10)..=(2027, 3)).contains(&(day.year(), day.month()))),
        )
        .count();
    assert!((40..400).contains(&soon), "{soon} titles run out soon");
    let hitech = titles.rows.iter().filter(|row| row[3] == Cell::from("高新技术企业")).count();
    assert!(hitech > 300, "{hitech} certificates of high-tech enterprises");
}

#[test]
fn records_point_at_enterprises_of_the_register() {
    let zone = sample::zone();
    let known: HashSet<&str> = sheet(&zone, "企业登记信息").rows.iter().map(|row| text(&row[0])).collect();
    for title in ["资质称号", "知识产权", "技术合同", "股权融资", "科技奖励", "行政处罚"] {
        let records = sheet(&zone, title);
        let owner = records.column("owner_uscc").unwrap();
        assert!(records.rows.len() > 10, "{title} has {} rows", records.rows.len());
        assert!(records.rows.iter().all(|row| known.contains(text(&row[owner]))), "{title}");
        assert!(records.rows.iter().all(|row| row.len() == records.headings.len()), "{title}");
    }
}

#[test]
fn every_unit_hangs_under_one_that_stands_before_it() {
    let zone = sample::zone();
    let mut seen = HashSet::new();
    for unit in &zone.units {
        assert_eq!(unit.parent.is_none(), unit.kind == UnitKind::Zone, "{}", unit.id);
        assert!(unit.parent.is_none_or(|parent| seen.contains(parent)), "{}", unit.id);
        seen.insert(unit.id);
    }
    assert!(zone.accounts.iter().all(|account| account.unit.is_none_or(|unit| seen.contains(unit))));
    let roles: HashSet<&str> = zone.accounts.iter().map(|account| account.role).collect();
    assert_eq!(roles.len(), 8);
}

#[test]
fn the_faulty_workbook_lists_every_fault_where_it_stands() {
    let (sheet, faults) = sample::faulty_sheet();
    assert_eq!(faults.len(), 11);
    for fault in &faults {
        let column = sheet.headings.iter().position(|heading| *heading == fault.heading).unwrap();
        let cell = &sheet.rows[fault.row as usize - 2][column];
        assert_ne!(Some(cell), fault.repair.as_ref(), "{} in row {}", fault.wrong, fault.row);
    }
    let negative = faults.iter().find(|fault| fault.wrong == "人数为负").unwrap();
    assert!(matches!(negative.repair, Some(Cell::Number(staff)) if staff > Decimal::ZERO));
}

/// A cell as the reader of workbooks hands it on.
fn raw(cell: &Cell) -> RawCell {
    match cell {
        Cell::Empty => RawCell::Empty,
        Cell::Text(text) => RawCell::Text(text.clone()),
        Cell::Number(figure) => RawCell::number(figure.to_f64().unwrap()),
        Cell::Date(day) => RawCell::Text(day.to_string()),
    }
}

/// The faults that the check of an import finds in a sheet: row of the workbook, heading, message.
fn faults(sheet: &SampleSheet) -> Vec<(u32, String, String)> {
    let catalogue = Catalogue::builtin();
    let guess = guess_columns(std::slice::from_ref(&sheet.headings), sheet.kind, catalogue);
    let mut found: Vec<_> = guess
        .faults(sheet.kind, catalogue)
        .into_iter()
        .map(|fault| (1, fault.found, fault.message.say(Lang::Zh).to_owned()))
        .collect();
    for column in &guess.map().columns {
        let field = catalogue.field(&column.field).unwrap();
        for (at, row) in sheet.rows.iter().enumerate() {
            if let Err(fault) = read_cell(&raw(&row[column.index]), field, column.unit) {
                found.push((at as u32 + 2, column.heading.clone(), format!("{fault:?}")));
            }
        }
    }
    found
}

#[test]
fn an_import_finds_no_fault_in_any_sheet_of_the_zone() {
    for sheet in &sample::zone().sheets {
        let faults = faults(sheet);
        assert!(faults.is_empty(), "{}: {:#?}", sheet.title, &faults[..faults.len().min(5)]);
    }
}

#[test]
fn an_import_finds_the_deliberate_faults_where_they_were_put() {
    let (sheet, put) = sample::faulty_sheet();
    let found: HashSet<(u32, String)> = faults(&sheet).into_iter().map(|(row, heading, _)| (row, heading)).collect();
    // Two rows for one firm show only in the whole sheet.
    let in_cells = put.iter().filter(|fault| fault.wrong != "同一企业出现两行");
    for fault in in_cells {
        assert!(found.contains(&(fault.row, fault.heading.clone())), "{} in row {}", fault.wrong, fault.row);
    }
    assert!(found.contains(&(1, "招商专员喜好".to_owned())), "{found:?}");
    assert_eq!(found.len(), put.len());
}

#[test]
fn every_park_has_room_for_a_firm_and_every_sort_of_carrier_is_there() {
    let zone = sample::zone();
    let carriers = sheet(&zone, "创新载体");
    let at = |heading: &str| carriers.column(heading).unwrap();
    let all = |column: usize| -> HashSet<&str> { carriers.rows.iter().map(|row| text(&row[column])).collect() };
    assert_eq!(all(at("park")).len(), 7);
    assert_eq!(all(at("platform_type")).len(), 5);
    assert!(all(at("name")).iter().all(|name| name.starts_with("样例")));
}
