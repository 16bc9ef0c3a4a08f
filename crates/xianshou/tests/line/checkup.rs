//! `checkup`: a spreadsheet of firms at the edges of the regulations, each answer worked out by hand.

use std::collections::BTreeMap;

use kernel::heading::read_heading;
use kernel::{Catalogue, SubjectKind};
use reports::sheet::{Limits, Workbook};
use serde_json::{Value, json};

use crate::desk::{Desk, code};
use crate::edges::{CASES, Firm, RECORDS, bases};
use crate::made;
use crate::rules::lines;

/// Every firm of the cases, in one workbook: a sheet of firms, and a sheet for each kind of record.
fn book(cases: &[Firm]) -> Vec<u8> {
    let bases = bases();
    let mut headings: Vec<&str> = vec!["统一社会信用代码", "企业名称"];
    for (heading, _) in bases.values().flat_map(|base| base.cells).chain(cases.iter().flat_map(|case| case.set)) {
        if !headings.contains(heading) {
            headings.push(heading);
        }
    }
    made::workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.set_name("企业").unwrap();
        for (column, heading) in (0..).zip(&headings) {
            sheet.write_string(0, column, *heading).unwrap();
        }
        for (row, case) in (1..).zip(cases) {
            let mut cells: BTreeMap<&str, &str> = bases[case.base].cells.iter().copied().collect();
            cells.extend(case.set.iter().copied());
            sheet.write_string(row, 0, code(row)).unwrap();
            sheet.write_string(row, 1, case.name).unwrap();
            for (column, heading) in (0..).zip(&headings) {
                let Some(cell) = cells.get(heading).filter(|cell| !cell.is_empty()) else { continue };
                match cell.parse::<f64>() {
                    Ok(number) => sheet.write_number(row, column, number).unwrap(),
                    Err(_) => sheet.write_string(row, column, *cell).unwrap(),
                };
            }
        }
        for (name, fields) in RECORDS {
            let sheet = book.add_worksheet();
            sheet.set_name(*name).unwrap();
            sheet.write_string(0, 0, "统一社会信用代码").unwrap();
            for (column, field) in (1..).zip(*fields) {
                sheet.write_string(0, column, *field).unwrap();
            }
            for (at, (row, cells)) in (1..).zip(records(name, cases)) {
                sheet.write_string(at, 0, code(row)).unwrap();
                for pair in cells.split('，') {
                    let (field, cell) = pair.split_once('=').unwrap();
                    let column = fields.iter().position(|known| *known == field).unwrap() + 1;
                    sheet.write_string(at, column as u16, cell).unwrap();
                }
            }
        }
    })
}

/// The records of a kind, each with the number of its firm. Those that a case names take the place
/// of those of its base.
fn records(name: &str, cases: &[Firm]) -> Vec<(u32, &'static str)> {
    let bases = bases();
    let mut found = Vec::new();
    for (row, case) in (1..).zip(cases) {
        let own: Vec<_> = case.records.iter().filter(|record| record.0 == name).collect();
        let lent = bases[case.base].records.iter().filter(|record| record.0 == name);
        let records = if own.is_empty() { lent.collect() } else { own };
        for (_, cells, times) in records {
            found.extend(std::iter::repeat_n((row, *cells), *times));
        }
    }
    found
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("firms.xlsx", book(CASES));
    desk
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

#[test]
fn every_firm_at_an_edge_gets_the_answer_of_the_regulation() {
    let desk = desk();
    let policies = ["tech-sme", "high-tech-enterprise", "innovative-sme", "srdi-sme", "little-giant"];
    let words =
        [&["checkup", "firms.xlsx", "--on", "2026-06-01", "--format", "json", "--policy"], &policies[..]].concat();
    let answer = desk.run(&words).ends(0);
    let found = lines(&answer);
    assert_eq!(found.len(), CASES.len() * policies.len());
    let mut wrong = String::new();
    for (nth, case) in (1..).zip(CASES) {
        let line = found.iter().find(|one| one["enterprise"] == code(nth) && one["policy"] == case.base).unwrap();
        assert_eq!(line["name"], case.name);
        let failed = texts(&line["failed"]);
        let score =
            line["score"].as_object().map(|score| (score["min"].as_f64().unwrap(), score["max"].as_f64().unwrap()));
        let as_scored = case.score.is_none() || case.score == score;
        if line["verdict"] != case.verdict || failed != case.failed || !as_scored {
            wrong.push_str(&format!("{}: {} {failed:?} {score:?} {}\n", case.name, line["verdict"], line["missing"]));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}{}", answer.err);
    // The one cell that cannot be read is named, and costs only its fact.
    assert!(answer.err.contains("约66万") && answer.err.contains("1 faults"), "{}", answer.err);
    let (nth, _) = (1..).zip(CASES).find(|(_, case)| case.verdict == "undetermined").unwrap();
    let open = found.iter().find(|one| one["enterprise"] == code(nth) && one["policy"] == "tech-sme").unwrap();
    assert_eq!(texts(&open["missing"]), ["rd_expense_119"]);
}

/// The same firms laid out in another way: what simply is so in one sheet, a row for each year in
/// another, keys for headings, and the sheets of records named by the keys of their kinds.
fn another_layout() -> Vec<u8> {
    let (bases, catalogue) = (bases(), Catalogue::builtin());
    let key = |kind: SubjectKind, heading: &str| {
        let heading = read_heading(heading);
        (catalogue.field_by_heading(kind, &heading.label).unwrap().key.clone(), heading.period)
    };
    let mut once: BTreeMap<String, BTreeMap<u32, &str>> = BTreeMap::new();
    let mut yearly: BTreeMap<String, BTreeMap<(u32, String), &str>> = BTreeMap::new();
    for (row, case) in (1..).zip(CASES) {
        let mut cells: BTreeMap<&str, &str> = bases[case.base].cells.iter().copied().collect();
        cells.extend(case.set.iter().copied());
        for (heading, cell) in cells {
            match key(SubjectKind::Enterprise, heading) {
                (key, None) => drop(once.entry(key).or_default().insert(row, cell)),
                (key, Some(year)) => drop(yearly.entry(key).or_default().insert((row, year.to_string()), cell)),
            }
        }
    }
    let mut years: Vec<(u32, String)> = yearly.values().flat_map(|cells| cells.keys().cloned()).collect();
    years.sort();
    years.dedup();
    made::workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.set_name("enterprises").unwrap();
        sheet.write_string(0, 0, "uscc").unwrap();
        sheet.write_string(0, 1, "name").unwrap();
        for (row, case) in (1..).zip(CASES) {
            sheet.write_string(row, 0, code(row)).unwrap();
            sheet.write_string(row, 1, case.name).unwrap();
        }
        for (column, (key, cells)) in (2..).zip(&once) {
            sheet.write_string(0, column, key).unwrap();
            for (row, cell) in cells {
                sheet.write_string(*row, column, *cell).unwrap();
            }
        }
        let sheet = book.add_worksheet();
        sheet.set_name("年报").unwrap();
        sheet.write_string(0, 0, "统一社会信用代码").unwrap();
        sheet.write_string(0, 1, "年度").unwrap();
        for (at, (row, year)) in (1..).zip(&years) {
            sheet.write_string(at, 0, code(*row)).unwrap();
            sheet.write_number(at, 1, year.parse::<f64>().unwrap()).unwrap();
        }
        for (column, (key, cells)) in (2..).zip(&yearly) {
            sheet.write_string(0, column, key).unwrap();
            for (at, year) in (1..).zip(&years) {
                if let Some(cell) = cells.get(year) {
                    sheet.write_string(at, column, *cell).unwrap();
                }
            }
        }
        for (name, fields) in RECORDS {
            let kind = SubjectKind::ALL.iter().copied().find(|kind| kind.zh() == *name).unwrap();
            let sheet = book.add_worksheet();
            sheet.set_name(kind.key()).unwrap();
            sheet.write_string(0, 0, "uscc").unwrap();
            for (column, field) in (1..).zip(*fields) {
                sheet.write_string(0, column, key(kind, field).0).unwrap();
            }
            for (at, (row, cells)) in (1..).zip(records(name, CASES)) {
                sheet.write_string(at, 0, code(row)).unwrap();
                for pair in cells.split('，') {
                    let (field, cell) = pair.split_once('=').unwrap();
                    let column = fields.iter().position(|known| *known == field).unwrap() + 1;
                    sheet.write_string(at, column as u16, cell).unwrap();
                }
            }
        }
    })
}

#[test]
fn the_same_firms_laid_out_in_another_way_get_the_same_answers() {
    let desk = desk();
    desk.file("other.xlsx", another_layout());
    let answers = |file: &str| {
        let words = ["checkup", file, "--on", "2026-06-01", "--policy", "tech-sme,srdi-sme,little-giant"];
        desk.run(&[&words[..], &["--format", "json"]].concat()).ends(0)
    };
    let (one, other) = (answers("firms.xlsx"), answers("other.xlsx"));
    assert_eq!(lines(&one), lines(&other), "{}", other.err);
}

#[test]
fn a_line_has_the_promised_form() {
    let desk = desk();
    let words = ["checkup", "firms.xlsx", "--on", "2026-06-01", "--policy", "tech-sme", "--format", "json"];
    let found = lines(&desk.run(&words).ends(0));
    let (nth, _) = (1..).zip(CASES).find(|(_, case)| case.name == "科小 五百零一人").unwrap();
    let line = found.iter().find(|one| one["enterprise"] == code(nth)).unwrap();
    for key in ["enterprise", "policy", "version", "verdict", "score", "failed", "missing", "gap"] {
        assert!(!line[key].is_null(), "{key}: {line}");
    }
    assert_eq!((&line["version"], &line["score"]), (&json!("tech-sme@2022-01-01"), &json!({ "min": 64, "max": 64 })));
    let gap = &line["gap"][0];
    assert_eq!(
        (&gap["condition"], &gap["field"], &gap["now"], &gap["needed"], &gap["unit"]),
        (&json!("TSME-2a"), &json!("total_staff"), &json!(501), &json!(500), &json!("人"))
    );
}

#[test]
fn the_day_picks_the_version_and_without_ids_every_policy_answers() {
    let desk = desk();
    let versions = |day: &str| {
        let found = lines(&desk.run(&["checkup", "firms.xlsx", "--on", day, "--format", "json"]).ends(0));
        let mut versions: Vec<String> = found.iter().map(|one| one["version"].as_str().unwrap().to_owned()).collect();
        versions.sort();
        versions.dedup();
        versions
    };
    let before = versions("2026-03-31");
    assert!(before.contains(&"srdi-sme@2022-08-01".to_owned()) && before.len() > 10, "{before:?}");
    assert!(versions("2026-04-01").contains(&"srdi-sme@2026-04-01".to_owned()));
    let wrong = desk.run(&["checkup", "firms.xlsx", "--on", "2026-06-01", "--policy", "tech-smee"]).ends(2);
    assert!(wrong.err.contains("tech-sme?"), "{}", wrong.err);
    desk.run(&["checkup", "firms.xlsx", "--on", "2026-13-01"]).ends(64);
}

#[test]
fn the_results_are_a_workbook_or_words_too() {
    let desk = desk();
    let words = ["checkup", "firms.xlsx", "--on", "2026-06-01", "--policy", "tech-sme", "--policy", "srdi-sme"];
    let told = desk.run_zh(&[&words[..], &["--format", "xlsx", "--out", "r.xlsx"]].concat()).ends(0);
    assert!(told.out.is_empty() && told.err.contains("r.xlsx"), "{}{}", told.out, told.err);
    let mut written = Workbook::open_path(&desk.path("r.xlsx"), Limits::default()).unwrap();
    let mut rows = written.rows("体检").unwrap();
    let mut found: Vec<Vec<String>> = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        found.push(row.cells.iter().map(|cell| cell.shown().into_owned()).collect());
    }
    assert_eq!(found.len(), 1 + 2 * CASES.len());
    let head = found[0].clone();
    let at = |heading: &str| head.iter().position(|known| known == heading).unwrap();
    let row = found.iter().find(|row| row[1] == "科小 五百零一人" && row[2] == "tech-sme").unwrap();
    assert_eq!((&*row[at("结论")], &*row[at("结论代码")], &*row[at("最低得分")]), ("不满足", "fails", "64"));
    assert_eq!(row[at("不满足的条件")], "TSME-2a 职工总数不超过500人");
    assert!(row[at("差距")].contains("501 人") && row[at("差距")].contains("500 人"), "{row:?}");
    let text = desk.run_zh(&words).ends(0);
    assert!(text.out.contains("科小 五百零一人") && text.out.contains("✗ 不满足  科技型中小企业评价"), "{}", text.out);
    assert_eq!(text.out.matches("科技型中小企业评价").count(), CASES.len());
    // A pipe gets the bytes of the workbook.
    let piped = desk.command("C", &[&words[..], &["--format", "xlsx"]].concat()).output().unwrap();
    assert!(piped.status.success() && piped.stdout.starts_with(b"PK"));
}

#[test]
fn a_faulty_cell_refuses_the_file_only_when_strict() {
    let desk = desk();
    let words = ["checkup", "firms.xlsx", "--on", "2026-06-01", "--policy", "tech-sme", "--format", "json"];
    let strict = desk.run(&[&words[..], &["--strict"]].concat()).ends(2);
    assert!(
        strict.out.is_empty() && strict.err.contains("约66万") && strict.err.contains("--strict"),
        "{}",
        strict.err
    );
    desk.file("sound.xlsx", book(&CASES[..1]));
    desk.run(&["checkup", "sound.xlsx", "--on", "2026-06-01", "--strict"]).ends(0);
}

#[test]
fn what_is_no_spreadsheet_of_enterprises_is_refused() {
    let desk = Desk::new();
    desk.file("notes.csv", "甲,乙\n1,2\n");
    desk.file("a.pdf", "%PDF-1.7\n%");
    desk.file("empty.xlsx", "");
    for (file, says) in [
        ("notes.csv", "speaks of enterprises"),
        ("a.pdf", "a PDF document"),
        ("empty.xlsx", "an empty file"),
        ("none.xlsx", "none.xlsx"),
    ] {
        let refused = desk.run(&["checkup", file, "--format", "json"]).ends(2);
        assert!(refused.out.is_empty() && refused.err.contains(says), "{file}: {}", refused.err);
    }
    desk.run(&["checkup"]).ends(64);
    desk.file("a.csv", "企业名称\n一号公司\n");
    let out = desk.run(&["checkup", "a.csv", "--out", "none/x.json", "--format", "json"]).ends(1);
    assert!(out.err.contains("none/x.json"), "{}", out.err);
    desk.run(&["verify", "--data", "z", "--format", "xlsx"]).ends(64);
}

#[test]
fn cards_are_a_file_for_each_enterprise_and_the_same_sheet_gives_the_same_bytes() {
    let desk = Desk::new();
    let sheet = "企业名称,职工总数 2025\n../甲*乙 #1,12\n../甲/乙 #1,13\n";
    desk.file("firms.csv", sheet);
    let cards = ["checkup", "firms.csv", "--on", "2026-06-01", "--policy", "tech-sme", "--format", "pdf"];
    let named = |words: &[&'static str]| [&cards[..], words].concat();
    let none = desk.run_zh(&cards).ends(1);
    assert!(none.err.contains("--out 目录"), "{}", none.err);
    let file = desk.run(&named(&["--out", "firms.csv"])).ends(1);
    assert!(file.err.contains("firms.csv is a file"), "{}", file.err);
    let no_font = desk.run(&named(&["--out", "cards", "--fonts", "/nowhere/fonts"])).ends(1);
    assert!(no_font.err.contains("fonts-noto-cjk") && !desk.path("cards").exists(), "{}", no_font.err);
    assert!(desk.run(&["verify", "--format", "pdf"]).ends(64).err.contains("only checkup"));

    let made = desk.run(&named(&["--out", "cards"])).ends(0);
    // Two names that look alike once they are file names are two files, and neither leaves the directory.
    assert_eq!(made.out, "cards/_甲_乙 #1.pdf\ncards/_甲_乙 #1 2.pdf\n");
    let read = |folder: &str| std::fs::read(desk.path(folder).join("_甲_乙 #1.pdf")).unwrap();
    assert!(read("cards").starts_with(b"%PDF-1.7"));
    desk.run(&named(&["--out", "again"])).ends(0);
    assert!(read("cards") == read("again"));
}
