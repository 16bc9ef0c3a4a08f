//! The import workbook with deliberate faults: the tour of what the check finds.

use jiff::civil::date;
use kernel::SubjectKind;
use rust_decimal::Decimal;

use crate::enterprise::{self, Enterprise};
use crate::figures::YearFigures;
use crate::sheet::{Cell, SampleSheet};
use crate::{ENTERPRISES, SEED, codes, names};

/// One fault put into the workbook on purpose.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The row of the workbook, from 1, the heading row counted.
    pub row: u32,
    /// The heading of the column, as it stands in row 1.
    pub heading: String,
    /// What is wrong with the cell, in words.
    pub wrong: &'static str,
    /// What to write instead; `None` where the row should be left out.
    pub repair: Option<Cell>,
}

const CODE: &str = "uscc";
const NAME: &str = "name";
const FOUNDED: &str = "registration_date";
const INDUSTRY: &str = "industry_code";
const REVENUE: &str = "operating_revenue@2025";
const RESEARCH: &str = "rd_expense@2025";
const STAFF: &str = "year_end_employees@2025";
/// A column the catalogue does not know: said, and left out unless a person maps it.
const UNKNOWN: &str = "招商专员喜好";

/// The row, counted from 0, whose revenue is written in 元 under a heading in 万元.
const SLIP: usize = 14;

/// A workbook of the declarations of the second round: rows that load, rows that do not, and the
/// list of the faults in it. Row 1 holds the headings, as in every sheet of the sample.
pub fn faulty_sheet() -> (SampleSheet, Vec<Fault>) {
    let enterprises = enterprise::enterprises(SEED, ENTERPRISES);
    let mut chosen: Vec<(&Enterprise, &YearFigures)> = enterprises
        .iter()
        .filter(|one| one.researches && one.staff() > 12)
        .filter_map(|one| Some((one, one.figures.last()?)))
        .step_by(17)
        .take(28)
        .collect();
    // The slip from 万元 to 元 stands where it is too large to be believed.
    if let Some(largest) = (0..chosen.len()).max_by_key(|&at| chosen[at].1.revenue) {
        chosen.swap(SLIP, largest);
    }
    let columns = [CODE, NAME, FOUNDED, INDUSTRY, REVENUE, RESEARCH, STAFF, UNKNOWN];
    let mut sheet =
        SampleSheet::new("样例导入-含错误", "企业填报第二批", "企业填报", SubjectKind::Enterprise, &columns);
    sheet.rows = chosen.iter().map(|(one, of)| sound_row(one, of)).collect();
    let mut writer = Writer { sheet, faults: Vec::new() };
    writer.add_faults(&chosen);
    (writer.sheet, writer.faults)
}

fn sound_row(one: &Enterprise, of: &YearFigures) -> Vec<Cell> {
    vec![
        one.code.as_str().into(),
        one.name.as_str().into(),
        one.founded.into(),
        one.industry.code.into(),
        of.revenue.into(),
        of.research.accounting.into(),
        of.staff.into(),
        Cell::Empty,
    ]
}

struct Writer {
    sheet: SampleSheet,
    faults: Vec<Fault>,
}

impl Writer {
    fn spoil(&mut self, at: usize, column: &'static str, cell: Cell, wrong: &'static str, repair: Option<Cell>) {
        let Some(column) = self.sheet.column(column) else { return };
        self.sheet.rows[at][column] = cell;
        self.faults.push(Fault { row: at as u32 + 2, heading: self.sheet.headings[column].clone(), wrong, repair });
    }

    fn add_faults(&mut self, chosen: &[(&Enterprise, &YearFigures)]) {
        let code = |at: usize| chosen[at].0.code.clone();
        let staff = |at: usize| chosen[at].1.staff;
        self.spoil(2, CODE, wrong_check(&code(2)).into(), "校验位不对", Some(code(2).into()));
        self.spoil(4, STAFF, Cell::from(-staff(4)), "人数为负", Some(staff(4).into()));
        self.spoil(6, FOUNDED, date(1900, 1, 1).into(), "日期为 1900 年", Some(chosen[6].0.founded.into()));
        self.spoil(8, INDUSTRY, "9999".into(), "行业代码不存在", Some(chosen[8].0.industry.code.into()));
        self.spoil(10, REVENUE, "约三千万".into(), "金额不是数字", Some(chosen[10].1.revenue.into()));
        self.spoil(12, STAFF, Cell::Number(Decimal::new(435, 1)), "人数不是整数", Some(Cell::from(44)));
        // Whole zones have filled 元 into a column of 万元.
        let slip = chosen[SLIP].1.revenue * Decimal::from(10_000);
        self.spoil(SLIP, REVENUE, slip.into(), "把元填进了万元", Some(chosen[SLIP].1.revenue.into()));
        self.spoil(16, CODE, code(16)[..17].into(), "代码只有 17 位", Some(code(16).into()));
        let with_letter_o = code(18).replacen('0', "O", 1);
        self.spoil(18, CODE, with_letter_o.into(), "把数字 0 写成字母 O", Some(code(18).into()));
        self.spoil(20, FOUNDED, "2021年13月5日".into(), "没有十三月", Some(chosen[20].0.founded.into()));
        // The same firm once more, with another figure.
        let mut again = sound_row(chosen[0].0, chosen[0].1);
        again[4] = (chosen[0].1.revenue + Decimal::from(100)).into();
        self.sheet.rows.push(again);
        let last = self.sheet.rows.len();
        let heading = self.sheet.headings[0].clone();
        self.faults.push(Fault { row: last as u32 + 1, heading, wrong: "同一企业出现两行", repair: None });
        self.add_names(chosen);
    }

    /// Rows that are no faults but want a person's eye: known by a former name, in full-width
    /// form, a branch, a firm that nobody knows yet.
    fn add_names(&mut self, chosen: &[(&Enterprise, &YearFigures)]) {
        let mut by_name = |at: usize, name: String| {
            let mut row = sound_row(chosen[at].0, chosen[at].1);
            (row[0], row[1]) = (Cell::Empty, name.into());
            self.sheet.rows[at] = row;
        };
        by_name(22, chosen[22].0.name.clone());
        by_name(24, full_width(&chosen[24].0.name));
        by_name(26, format!("{}第一分公司", chosen[26].0.name));
        let newcomer = vec![
            codes::enterprise(900_000).into(),
            names::enterprise("新嵘", "精密机械", "有限公司").into(),
            date(2026, 3, 18).into(),
            "3484".into(),
            Cell::Number(Decimal::new(12_050, 2)),
            Cell::Number(Decimal::new(860, 2)),
            Cell::from(9),
            "无".into(),
        ];
        self.sheet.rows.push(newcomer);
    }
}

/// The code with a check character that cannot be.
fn wrong_check(code: &str) -> String {
    let wrong = if code.ends_with('3') { '4' } else { '3' };
    format!("{}{wrong}", &code[..17])
}

/// The name as an input method writes it in its other width, with spaces and brackets.
fn full_width(name: &str) -> String {
    format!("　{name} ").replace("有限公司", "　有限公司")
}
