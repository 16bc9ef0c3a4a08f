//! Spreadsheets of enterprises, each as somebody would make it.

use kernel::{Catalogue, FactKey, Lang, Money, SubjectKind, Value};

use super::{Firm, Firms, Years, read_firms};

/// A workbook of sheets: a name, and rows of texts; what reads as a number is written as one.
fn book(sheets: &[(&str, &[&str])]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (at, row) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(row.split(',')) {
                match cell.parse::<f64>() {
                    _ if cell.is_empty() => {}
                    Ok(number) if cell.len() < 15 => drop(sheet.write_number(at, column, number).unwrap()),
                    _ => drop(sheet.write_string(at, column, cell).unwrap()),
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[track_caller]
fn firms(sheets: &[(&str, &[&str])]) -> Firms {
    read_firms(book(sheets), Years::default(), Catalogue::builtin())
        .unwrap_or_else(|error| panic!("{}", error.say(Lang::En)))
}

fn fact<'a>(firm: &'a Firm, key: &str) -> Option<(&'a Value, &'a str)> {
    let key: FactKey = key.parse().unwrap();
    let mut found = firm.cells.iter().filter(|(known, ..)| *known == key);
    let first = found.next().map(|(_, value, origin)| (value, origin.as_str()));
    assert_eq!(found.next(), None, "{key} is stated twice");
    first
}

const A: &str = "91410400MA0000001D";
const B: &str = "91410400MA0000002G";

/// Two valid codes, made so that the tests show them whole.
#[test]
fn the_codes_of_these_tests_are_valid() {
    for code in [A, B] {
        assert_eq!(kernel::credit_code::check_digit(&code[..17]).unwrap(), code.chars().last().unwrap());
    }
}

#[test]
fn a_row_of_an_enterprise_and_its_records_in_further_sheets() {
    let row = format!("{A},一号公司,1200,66,8");
    let other = format!("{B},二号公司,10,,");
    let head = "统一社会信用代码,企业名称,销售收入（万元）2025,研发费用（加计扣除口径） 2025,sci_tech_staff 2025";
    let (soft, lost) = (format!("{A},软著,Ⅱ类,有效"), format!("{},发明专利,Ⅰ类,有效", "91410400MA99999998"));
    let book = firms(&[
        ("企业", &[head, &row, &other]),
        ("知识产权", &["统一社会信用代码,知识产权类型,评价类别,状态", &soft, &soft, &lost]),
        ("资质", &["统一社会信用代码,资质名称,有效期起,有效期止"]),
        ("事故", &[]),
    ]);
    let found: Vec<Firm> = book.iter().collect();
    assert_eq!(
        found.iter().map(|firm| (&*firm.code, &*firm.name)).collect::<Vec<_>>(),
        [(A, "一号公司"), (B, "二号公司")]
    );
    // What the register would reckon itself is taken as it is stated.
    assert_eq!(fact(&found[0], "sales_revenue@2025"), Some((&Value::Money(Money::from_fen(1_200_000_000)), "企业!C2")));
    assert_eq!(fact(&found[0], "sci_tech_staff@2025"), Some((&Value::Integer(8), "企业!E2")));
    assert_eq!(fact(&found[1], "sci_tech_staff@2025"), None);
    let ip = &found[0].records[&SubjectKind::IntellectualProperty];
    assert_eq!(ip.iter().map(|one| one.origin.as_str()).collect::<Vec<_>>(), ["知识产权!2", "知识产权!3"]);
    assert_eq!(ip[0].cells.len(), 3, "the owner is no fact of the record: {ip:?}");
    // A sheet that is there and has no row for somebody says that there is none; no sheet says nothing.
    assert_eq!(found[1].records[&SubjectKind::IntellectualProperty], []);
    assert_eq!((&found[0].records[&SubjectKind::Title], &found[0].records[&SubjectKind::Incident]), (&vec![], &vec![]));
    assert!(!found[0].records.contains_key(&SubjectKind::Award));
    assert_eq!(book.notes.len(), 1, "{:?}", book.notes);
    assert!(book.notes[0].en.contains("1 rows") && book.notes[0].en.contains("row 4"), "{:?}", book.notes);
    assert_eq!(book.find(B).unwrap().name, "二号公司");
    assert_eq!(book.find("一号公司").unwrap().code, A);
}

#[test]
fn a_row_for_each_year_is_one_enterprise() {
    let rows: Vec<String> = [2023, 2024, 2025]
        .iter()
        .map(|year| format!("{A},一号公司,{year},{},允许类{}", year - 2000, if *year == 2025 { "" } else { "x" }))
        .collect();
    let head = "统一社会信用代码,企业名称,年度,职工总数,主营产品";
    let book = firms(&[("数据", &[head, &rows[2], &rows[0], &rows[1]])]);
    let found: Vec<Firm> = book.iter().collect();
    assert_eq!(found.len(), 1);
    for year in [2023, 2024, 2025] {
        let value = fact(&found[0], &format!("total_staff@{year}")).unwrap().0;
        assert_eq!(*value, Value::Integer(year - 2000), "{year}");
    }
    assert_eq!(book.faults, [], "what simply is so may change from year to year");
}

#[test]
fn a_cell_that_cannot_be_read_is_named_and_only_its_fact_is_lost() {
    let rows = [format!("{A},一号公司,四十,1200"), "9141,二号公司,40,1200".to_owned(), ",,7,1".to_owned()];
    let head = "统一社会信用代码,企业名称,职工总数 2025,销售收入（万元）2025,不认识的列";
    let book = firms(&[("企业", &[head, &rows[0], &rows[1], &rows[2]])]);
    let found: Vec<Firm> = book.iter().collect();
    assert_eq!(book.faults.iter().map(|fault| fault.cell()).collect::<Vec<_>>(), ["C2", "A3"]);
    assert_eq!(book.faults_total, 2);
    assert_eq!(fact(&found[0], "total_staff@2025"), None);
    assert!(fact(&found[0], "sales_revenue@2025").is_some());
    // A code that is none still names the enterprise, and a row without any name is called by its place.
    assert_eq!(
        found.iter().map(|firm| (&*firm.code, &*firm.name)).collect::<Vec<_>>(),
        [(A, "一号公司"), ("9141", "二号公司"), ("", "企业!4")]
    );
    assert!(book.notes.iter().any(|note| note.zh.contains("不认识的列")), "{:?}", book.notes);
}

#[test]
fn two_rows_that_disagree_leave_the_fact_open() {
    let (one, two) = (format!("{A},一号公司,40,5"), format!("{A},一号公司,41,5"));
    let head = "统一社会信用代码,企业名称,职工总数 2025,科技人员 2025";
    let book = firms(&[("企业", &[head, &one]), ("补充", &[head, &two])]);
    let found: Vec<Firm> = book.iter().collect();
    assert_eq!((found.len(), fact(&found[0], "total_staff@2025")), (1, None));
    assert_eq!(fact(&found[0], "sci_tech_staff@2025").unwrap().0, &Value::Integer(5));
    assert_eq!(book.faults.len(), 1, "{:?}", book.faults);
    let said = &book.faults[0].message.en;
    assert!(
        said.contains("企业!C2") && said.contains("补充!C2") && said.contains("40") && said.contains("41"),
        "{said}"
    );
}

#[test]
fn a_file_without_enterprises_is_refused() {
    let row = format!("{A},软著,有效");
    let only_records = book(&[("知识产权", &["统一社会信用代码,知识产权类型,状态", &row])]);
    let error = read_firms(only_records, Years::default(), Catalogue::builtin()).unwrap_err();
    assert!(error.say(Lang::Zh).contains("没有讲企业的工作表"), "{}", error.say(Lang::Zh));
    assert!(read_firms(b"%PDF-1.7".to_vec(), Years::default(), Catalogue::builtin()).is_err());
    assert!(read_firms(Vec::new(), Years::default(), Catalogue::builtin()).is_err());
}

#[test]
fn the_year_of_a_column_that_names_none_is_given_named_or_usual_and_told() {
    let row = format!("{A},一号公司,40");
    let head = "统一社会信用代码,企业名称,职工总数";
    let year = |sheets: &[(&str, &[&str])], years: Years| {
        let book = read_firms(book(sheets), years, Catalogue::builtin()).unwrap();
        let firm = book.iter().next().unwrap();
        let staff = firm.cells.iter().find(|(key, ..)| key.field == "total_staff");
        (staff.map(|(key, ..)| key.to_string()), book.notes.len(), book.faults.len())
    };
    let told = |year: i16, notes| (Some(format!("total_staff@{year}")), notes, 0);
    let usual = Years { given: None, usual: Some(2025) };
    assert_eq!(year(&[("企业", &[head, &row])], usual), told(2025, 1));
    assert_eq!(year(&[("2024年", &[head, &row])], usual), told(2024, 1));
    let title = "高新区2023年企业统计表,,";
    assert_eq!(year(&[("企业", &[title, head, &row])], usual), told(2023, 1));
    assert_eq!(year(&[("2024年", &[head, &row])], Years { given: Some(2022), ..usual }), told(2022, 0));
    assert_eq!(year(&[("企业", &[head, &row])], Years::default()), (None, 0, 1));
    let text = "企业名称,职工总数\n一号公司,40\n".as_bytes().to_vec();
    let csv = read_firms(text, usual, Catalogue::builtin()).unwrap();
    let found: Vec<Firm> = csv.iter().collect();
    assert_eq!(fact(&found[0], "total_staff@2025"), Some((&Value::Integer(40), "csv!B2")));
}

#[test]
fn facts_in_json_are_read_as_cells_are() {
    let json = serde_json::json!({
        "企业名称": "一号公司", "total_staff@2025": 40, "销售收入（万元）2025": 1200.000001, "成立日期": "2018-03-01",
        "居民企业": true, "征收方式": null, "知识产权": [{ "状态": "有效", "评价类别": "Ⅰ类" }], "award": [],
    });
    let firm = super::read_facts(&json, Catalogue::builtin()).unwrap();
    assert_eq!((&*firm.name, firm.cells.len()), ("一号公司", 5));
    assert_eq!(fact(&firm, "sales_revenue@2025").unwrap().0, &Value::Money(Money::from_fen(1_200_000_001)));
    assert_eq!(fact(&firm, "total_staff@2025").unwrap(), (&Value::Integer(40), "total_staff@2025"));
    assert_eq!(firm.records[&SubjectKind::IntellectualProperty][0].cells.len(), 2);
    assert_eq!(firm.records[&SubjectKind::Award], []);
    let wrong =
        serde_json::json!({ "职工总人数 2025": 4, "职工总数": 4, "科技人员 2025": "四", "专利": [], "资质": [3] });
    let wrong = super::read_facts(&wrong, Catalogue::builtin()).unwrap_err();
    assert_eq!(wrong.len(), 5, "{wrong:#?}");
    assert!(super::read_facts(&serde_json::json!([]), Catalogue::builtin()).is_err());
}
