use super::*;
use crate::catalogue::Catalogue;
use crate::cell::ColumnUnit;
use crate::money::MoneyUnit;
use crate::subject::SubjectKind;

#[track_caller]
fn taken_apart(written: &str, label: &str, unit: Option<&str>, period: Option<&str>) {
    let heading = read_heading(written);
    let found = (heading.label.as_str(), heading.unit.as_deref(), heading.period.map(|period| period.to_string()));
    assert_eq!(found, (label, unit, period.map(str::to_owned)), "{written}");
}

#[test]
fn a_heading_is_taken_apart_into_label_unit_and_period() {
    taken_apart("营业收入总额（万元）2025", "营业收入总额", Some("万元"), Some("2025"));
    taken_apart("operating_revenue 2025", "operating_revenue", None, Some("2025"));
    taken_apart("operating_revenue@2025", "operating_revenue", None, Some("2025"));
    taken_apart("2025年营业收入(万元)", "营业收入", Some("万元"), Some("2025"));
    taken_apart("资产总额(期末)(万元)", "资产总额(期末)", Some("万元"), None);
    taken_apart("研发费用\n（单位：元）", "研发费用", Some("元"), None);
    taken_apart("2025年度 营业收入/万元", "营业收入", Some("万元"), Some("2025"));
    taken_apart("２０２５年末从业人员（人）", "从业人员", Some("人"), Some("2025"));
    taken_apart("营业收入（2024年，亿元）", "营业收入", Some("亿元"), Some("2024"));
    taken_apart("统一社会信用代码（必填）*", "统一社会信用代码", None, None);
    taken_apart("净利润万元", "净利润", Some("万元"), None);
    taken_apart("成立日期（格式：YYYY-MM-DD）", "成立日期", None, None);
    taken_apart("投后估值（万美元）", "投后估值", Some("万美元"), None);
    taken_apart("2025年1-6月营业收入", "2025年1-6月营业收入", None, None);
}

fn rows(lines: &[&str]) -> Vec<Vec<String>> {
    lines.iter().map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// Guesses and writes each column as `field@period:unit`, or what is the matter with it.
#[track_caller]
fn guessed(lines: &[&str], first_data_row: usize, columns: &[&str]) -> ColumnGuess {
    let guess = guess_columns(&rows(lines), SubjectKind::Enterprise, Catalogue::builtin());
    let shown: Vec<String> = guess.columns.iter().map(|column| show(&column.meaning)).collect();
    assert_eq!(shown, columns);
    assert_eq!(guess.first_data_row, first_data_row);
    guess
}

fn show(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Field { field, period, unit } => {
            let period = match period {
                ColumnPeriod::None => String::new(),
                ColumnPeriod::Fixed(period) => format!("@{period}"),
                ColumnPeriod::OfRow => "@row".to_owned(),
            };
            let unit = match unit {
                ColumnUnit::Own => "",
                ColumnUnit::Money(unit) => unit.zh(),
                ColumnUnit::Percent => "%",
                ColumnUnit::Times(_) => "times",
            };
            format!("{field}{period} {unit}").trim_end().to_owned()
        }
        Meaning::YearOfRow => "year".to_owned(),
        Meaning::Ignored => "-".to_owned(),
        Meaning::Empty => String::new(),
        Meaning::Unknown { nearest } => format!("? {}", nearest.as_deref().unwrap_or_default()),
        Meaning::NoPeriod { field, .. } => format!("{field}@?"),
        Meaning::WrongPeriod { field, period } => format!("{field} cannot be {period}"),
        Meaning::WrongUnit { field, unit } => format!("{field} is not in {unit}"),
        Meaning::Derived { field } => format!("{field} is computed"),
        Meaning::Twice { field, first } => format!("{field} again as {first}"),
    }
}

#[test]
fn one_row_of_headings_with_years_and_units() {
    guessed(
        &[
            "序号|统一社会信用代码|企业名称|营业收入总额（万元）2025|rd_expense 2025|期末从业人员2025",
            "1|91320691MAK668409U|甲公司|100|5|20",
        ],
        1,
        &["-", "uscc", "name", "operating_revenue@2025 万元", "rd_expense@2025", "year_end_employees@2025"],
    );
}

#[test]
fn years_over_labels_with_merged_cells_filled_in() {
    guessed(
        &[
            "企业名称|2024年|2024年|2025年|2025年",
            "企业名称|营业收入（元）|净利润（元）|营业收入（元）|净利润（元）",
            "甲公司|1|2|3|4",
        ],
        2,
        &["name", "operating_revenue@2024 元", "net_profit@2024 元", "operating_revenue@2025 元", "net_profit@2025 元"],
    );
}

#[test]
fn labels_over_years_and_cells_that_a_csv_file_left_empty() {
    let columns = [
        "name",
        "operating_revenue@2024 万元",
        "operating_revenue@2025 万元",
        "total_assets@2024",
        "total_assets@2025",
    ];
    guessed(&["企业名称|营业收入（万元）||资产总额|", "|2024|2025|2024年|2025年", "甲公司|1|2|3|4"], 2, &columns);
}

#[test]
fn years_over_groups_that_a_csv_file_wrote_once() {
    let columns = ["name", "operating_revenue@2024", "net_profit@2024", "operating_revenue@2025", "net_profit@2025"];
    guessed(&["|2024年||2025年|", "企业名称|营业收入|净利润|营业收入|净利润", "甲公司|1|2|3|4"], 2, &columns);
}

#[test]
fn a_year_column_gives_the_period_of_each_row() {
    let guess = guessed(
        &["企业名称|年度|营业收入（万元）|成立日期", "甲公司|2024|100|2001-02-03", "甲公司|2025|120|2001-02-03"],
        1,
        &["name", "year", "operating_revenue@row 万元", "registration_date"],
    );
    let map = guess.map();
    let fact = map.columns[1].fact(Some(Period::Year(2024))).map(|fact| fact.to_string());
    assert_eq!((map.year_column, fact.as_deref()), (Some(1), Some("operating_revenue@2024")));
    assert_eq!(map.columns[1].fact(None), None);
}

#[test]
fn a_title_and_a_line_of_units_above_the_head_are_passed_over() {
    let guess = guessed(
        &[
            "高新区2025年企业统计表|高新区2025年企业统计表|高新区2025年企业统计表",
            "单位：元、人|单位：元、人|单位：元、人",
            "企业名称|营业收入|期末从业人员",
            "甲公司|1|2",
        ],
        3,
        &["name", "operating_revenue@?", "year_end_employees@?"],
    );
    assert_eq!(guess.title_period, Some(Period::Year(2025)));
    let mut taken = guess.clone();
    taken.take_period(Period::Year(2025));
    assert_eq!(show(&taken.columns[1].meaning), "operating_revenue@2025 元");
    assert_eq!(guess.faults(SubjectKind::Enterprise, Catalogue::builtin()).len(), 2);
}

#[test]
fn groups_over_labels_are_only_groups_unless_they_change_the_meaning() {
    guessed(
        &["基本信息|财务指标|上年同期|2025年研发费用", "企业名称|营业收入2025|营业收入2025|高企口径"],
        2,
        &["name", "operating_revenue@2025", "? operating_revenue", "rd_expense_hnte@2025"],
    );
}

#[test]
fn what_only_resembles_a_field_is_unknown_and_the_nearest_is_named() {
    let guess = guessed(
        &["企业名称|营业收入增速2025|资产总客2025|备用", "甲公司|1|2|3"],
        1,
        &["name", "? operating_revenue", "? total_assets", "? "],
    );
    let faults = guess.faults(SubjectKind::Enterprise, Catalogue::builtin());
    assert_eq!(faults[1].message.zh, "“资产总客2025”：目录中没有这一列，最接近的是“资产总额（期末）”，请确认或忽略。");
}

#[test]
fn a_wrong_unit_a_computed_field_and_a_second_column_are_said() {
    guessed(
        &["企业名称|营业收入（人）2025|净资产2025|净利润2025|2025年净利润（万元）|2025年注册日期|投后估值"],
        1,
        &[
            "name",
            "operating_revenue is not in 人",
            "net_assets is computed",
            "net_profit@2025",
            "net_profit again as 3",
            "registration_date cannot be 2025",
            "? ",
        ],
    );
}

#[test]
fn a_sheet_without_a_head_names_no_subject() {
    let guess = guess_columns(&rows(&["甲|1|2", "乙|3|4"]), SubjectKind::Enterprise, Catalogue::builtin());
    assert!(guess.columns.is_empty());
    let faults = guess.faults(SubjectKind::Enterprise, Catalogue::builtin());
    assert!(faults[0].message.zh.contains("无法知道每一行是谁"));
    assert_eq!(guess_columns(&[], SubjectKind::Enterprise, Catalogue::builtin()), ColumnGuess::default());
}

#[test]
fn a_map_is_read_back_as_it_was_stored() {
    let guess = guessed(
        &["企业名称|营业收入（元）2025|年度|总产值"],
        1,
        &["name", "operating_revenue@2025 元", "year", "industrial_output@row"],
    );
    let map = guess.map();
    let stored = serde_json::to_string(&map).unwrap();
    assert_eq!(serde_json::from_str::<ColumnMap>(&stored).unwrap(), map);
    assert_eq!(map.columns[1].unit, ColumnUnit::Money(MoneyUnit::Yuan));
}

#[test]
fn the_map_of_each_sheet_is_found_by_its_name_and_a_map_of_old_still_reads() {
    let guess = |lines: &[&str]| guess_columns(&rows(lines), SubjectKind::Enterprise, Catalogue::builtin()).map();
    let first = guess(&["企业名称|营业收入（万元）2024"]);
    let second = guess(&["序号|企业名称|营业收入（万元）2025"]);
    let whole = ColumnMap { others: [("2025".to_owned(), second.clone())].into(), ..first.clone() };
    let json = serde_json::to_string(&whole).unwrap();
    let read: ColumnMap = serde_json::from_str(&json).unwrap();
    assert_eq!((read.of_sheet("2025"), &read.of_sheet("2024").columns), (&second, &first.columns));
    let alone = serde_json::to_string(&first).unwrap();
    assert!(!alone.contains("others"), "{alone}");
    assert_eq!(serde_json::from_str::<ColumnMap>(&alone).unwrap(), first);
}
