use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::catalogue::Catalogue;
use crate::money::{Money, MoneyUnit};

const OWN: ColumnUnit = ColumnUnit::Own;
const WAN: ColumnUnit = ColumnUnit::Money(MoneyUnit::TenThousandYuan);
const YUAN: ColumnUnit = ColumnUnit::Money(MoneyUnit::Yuan);

fn typed(cell: &RawCell, key: &str, unit: ColumnUnit) -> Result<Option<Value>, Box<CellFault>> {
    read_cell(cell, Catalogue::builtin().field(key).expect(key), unit)
}

fn text(written: &str) -> RawCell {
    RawCell::Text(written.to_owned())
}

fn percent(figure: f64) -> RawCell {
    RawCell::Number { figure, percent: true }
}

fn formula(cached: RawCell) -> RawCell {
    RawCell::Formula { cached: Box::new(cached) }
}

fn fen(fen: i64) -> Option<Value> {
    Some(Value::Money(Money::from_fen(fen)))
}

fn decimal(written: &str) -> Option<Value> {
    Some(Value::Decimal(written.parse().expect("a decimal")))
}

fn code(code: &str) -> Option<Value> {
    Some(Value::Code(code.to_owned()))
}

#[track_caller]
fn reads(cell: &RawCell, key: &str, unit: ColumnUnit, value: Option<Value>) {
    assert_eq!(typed(cell, key, unit), Ok(value), "{cell:?}");
}

#[track_caller]
fn refuses(cell: &RawCell, key: &str, unit: ColumnUnit, kind: FaultKind) -> CellFault {
    match typed(cell, key, unit) {
        Err(fault) => {
            assert_eq!(fault.kind, kind, "{cell:?}: {}", fault.say(Lang::Zh));
            *fault
        }
        Ok(value) => panic!("{cell:?} was read as {value:?}"),
    }
}

#[test]
fn money_is_read_in_the_unit_of_its_column_to_the_fen() {
    for (unit, value) in [
        (OWN, 9_528_500_000),
        (WAN, 9_528_500_000),
        (YUAN, 952_850),
        (ColumnUnit::Money(MoneyUnit::ThousandYuan), 952_850_000),
    ] {
        reads(&RawCell::number(9528.5), "operating_revenue", unit, fen(value));
        reads(&text("9,528.50"), "operating_revenue", unit, fen(value));
        reads(&text("　９５２８．５ "), "operating_revenue", unit, fen(value));
    }
    let in_yi = ColumnUnit::Money(MoneyUnit::HundredMillionYuan);
    reads(&RawCell::number(1.5), "operating_revenue", in_yi, fen(15_000_000_000));
}

#[test]
fn a_unit_in_the_cell_goes_before_the_columns() {
    reads(&text("1.5亿元"), "operating_revenue", YUAN, fen(15_000_000_000));
    reads(&text("¥ 300 万"), "operating_revenue", YUAN, fen(300_000_000));
    reads(&text("1.2万人"), "year_end_employees", OWN, Some(Value::Integer(12_000)));
    reads(&text("35 家"), "tenants", OWN, Some(Value::Integer(35)));
    refuses(&text("300人"), "operating_revenue", YUAN, FaultKind::WrongUnit);
    refuses(&text("300 万美元"), "operating_revenue", YUAN, FaultKind::NotANumber);
}

#[test]
fn binary_fractions_lose_their_noise_and_nothing_else() {
    reads(&RawCell::number(0.1 + 0.2), "operating_revenue", WAN, fen(300_000));
    reads(&RawCell::number("326.39999999999998".parse().expect("a float")), "operating_revenue", WAN, fen(326_400_000));
    reads(&RawCell::number(10.0 / 3.0), "operating_revenue", WAN, fen(3_333_333));
    reads(&RawCell::number(12.000_000_000_000_002), "year_end_employees", OWN, Some(Value::Integer(12)));
    reads(&RawCell::number(123_456_789.12), "operating_revenue", YUAN, fen(12_345_678_912));
    let fault = refuses(&RawCell::number(0.123_456_7), "operating_revenue", WAN, FaultKind::TooPrecise);
    assert!(fault.say(Lang::Zh).contains("四舍五入为 0.123457 万元"), "{}", fault.say(Lang::Zh));
    reads(&formula(RawCell::number(0.123_456_7)), "operating_revenue", WAN, fen(123_457));
}

#[test]
fn words_that_say_nothing_are_empty_where_a_figure_belongs_and_words_elsewhere() {
    for blank in ["", "  ", "-", "—", "——", "/", "无", "N/A", "暂无", "不适用"] {
        for key in [
            "operating_revenue",
            "year_end_employees",
            "cit_rate_applied",
            "registration_date",
            "uscc",
            "industry_code",
        ] {
            reads(&text(blank), key, OWN, None);
        }
    }
    reads(&text("无"), "former_names", OWN, Some(Value::Text("无".into())));
    refuses(&text("无"), "is_listed", OWN, FaultKind::NotYesNo);
    reads(&text("无"), "rd_org_level", OWN, code("none"));
}

#[test]
fn what_is_no_plain_number_is_refused() {
    for written in ["约100", "100余", "1.2.3", "12a", "一百", "1 2", "--5", "100-200", ".", "１２，３", "1.5E+05"]
    {
        refuses(&text(written), "operating_revenue", WAN, FaultKind::NotANumber);
    }
    for written in ["1,23", "12,3456", ",123"] {
        refuses(&text(written), "operating_revenue", WAN, FaultKind::NotANumber);
    }
    let fault = refuses(&text("(5.00)"), "net_profit", WAN, FaultKind::NotANumber);
    assert!(fault.say(Lang::Zh).contains("负号"));
    refuses(&RawCell::Bool(true), "operating_revenue", WAN, FaultKind::NotANumber);
    refuses(&RawCell::number(f64::INFINITY), "operating_revenue", WAN, FaultKind::TooLarge);
    refuses(&RawCell::number(1e300), "operating_revenue", WAN, FaultKind::TooLarge);
}

#[test]
fn a_negative_staff_number_is_refused_with_place_for_what_belongs_there() {
    let fault = refuses(&RawCell::number(-5.0), "year_end_employees", OWN, FaultKind::Negative);
    assert_eq!(fault.say(Lang::Zh), "“-5”不能为负数，应填写不小于 0 的整数（人）。");
    assert_eq!(fault.say(Lang::En), "“-5” cannot be below zero; expected a whole number not below zero (people).");
    reads(&RawCell::number(-5.0), "net_profit", WAN, fen(-5_000_000));
    refuses(&RawCell::number(12.5), "year_end_employees", OWN, FaultKind::NotWhole);
}

#[test]
fn yuan_in_a_column_of_ten_thousands_is_asked_back() {
    let fault = refuses(&RawCell::number(326_400_000.0), "operating_revenue", WAN, FaultKind::TooLarge);
    assert!(fault.say(Lang::Zh).contains("是否把元填成了万元？"));
    reads(&RawCell::number(326_400_000.0), "operating_revenue", YUAN, fen(32_640_000_000));
}

#[test]
fn a_percentage_is_read_as_it_is_shown() {
    reads(&text("5%"), "cit_rate_applied", OWN, decimal("5"));
    reads(&text("５．５％"), "cit_rate_applied", ColumnUnit::Percent, decimal("5.5"));
    reads(&RawCell::number(5.0), "cit_rate_applied", ColumnUnit::Percent, decimal("5"));
    reads(&percent(0.05), "cit_rate_applied", ColumnUnit::Percent, decimal("5"));
    reads(&RawCell::number(0.05), "cit_rate_applied", ColumnUnit::Percent, decimal("0.05"));
    refuses(&percent(1.5), "cit_rate_applied", OWN, FaultKind::TooLarge);
    refuses(&percent(0.05), "operating_revenue", WAN, FaultKind::WrongUnit);
    refuses(&text("5%"), "year_end_employees", OWN, FaultKind::WrongUnit);
    let field = Catalogue::builtin().field("cit_rate_applied").expect("a field");
    let bare = remarks(&RawCell::number(0.05), field, OWN, &decimal("0.05").expect("a value"));
    assert_eq!(bare, [Remark::SmallPercent]);
    assert_eq!(remarks(&text("0.05%"), field, OWN, &decimal("0.05").expect("a value")), []);
}

#[test]
fn a_formula_is_taken_by_its_saved_result_or_refused() {
    reads(&formula(RawCell::number(100.0)), "operating_revenue", WAN, fen(100_000_000));
    let fault = refuses(&formula(RawCell::Empty), "operating_revenue", WAN, FaultKind::NoResult);
    assert!(fault.say(Lang::Zh).contains("请在表格软件中打开并保存一次"));
    refuses(&formula(RawCell::Error("#DIV/0!".into())), "operating_revenue", WAN, FaultKind::SheetError);
    refuses(&text("#REF!"), "name", OWN, FaultKind::SheetError);
    let field = Catalogue::builtin().field("operating_revenue").expect("a field");
    let said = remarks(&formula(RawCell::number(10.0 / 3.0)), field, WAN, &fen(3_333_333).expect("a value"));
    assert_eq!(said, [Remark::FormulaResult, Remark::RoundedToFen]);
}

#[test]
fn a_day_is_read_in_every_form_that_can_mean_only_one() {
    let day = Some(Value::Date(date(2025, 3, 4)));
    for written in [
        "2025-03-04",
        "2025/3/4",
        "2025.3.4",
        "2025年3月4日",
        "20250304",
        "２０２５－０３－０４",
        "45720",
        "2025-03-04 00:00:00",
        "2025-03-04T08:30",
    ] {
        reads(&text(written), "registration_date", OWN, day.clone());
    }
    reads(&RawCell::number(45_720.5), "registration_date", OWN, day.clone());
    reads(&RawCell::Integer(20_250_304), "registration_date", OWN, day.clone());
    reads(&RawCell::Date(date(2025, 3, 4).at(9, 30, 0, 0)), "registration_date", OWN, day);
}

#[test]
fn a_day_in_1900_a_year_alone_and_a_day_in_doubt_are_refused() {
    refuses(&RawCell::Date(date(1900, 1, 5).at(0, 0, 0, 0)), "registration_date", OWN, FaultKind::UnlikelyDate);
    refuses(&text("1900-01-01"), "registration_date", OWN, FaultKind::UnlikelyDate);
    refuses(&RawCell::number(5.0), "registration_date", OWN, FaultKind::UnlikelyDate);
    refuses(&RawCell::number(2025.0), "registration_date", OWN, FaultKind::NotADate);
    for written in ["2025-02-30", "2025年3月", "2025年", "3/4/2025", "25-3-4", "去年", "2025-3-4-5", "2025-13-01"]
    {
        refuses(&text(written), "registration_date", OWN, FaultKind::NotADate);
    }
}

#[test]
fn yes_and_no_are_read_in_their_usual_forms() {
    for yes in ["是", "√", "Y", "yes", "TRUE", "1"] {
        reads(&text(yes), "is_listed", OWN, Some(Value::Bool(true)));
    }
    for no in ["否", "×", "Ｎ", "no", "false", "0"] {
        reads(&text(no), "is_listed", OWN, Some(Value::Bool(false)));
    }
    reads(&RawCell::Bool(true), "is_listed", OWN, Some(Value::Bool(true)));
    refuses(&text("可能"), "is_listed", OWN, FaultKind::NotYesNo);
}

#[test]
fn a_choice_is_read_by_key_label_or_alias_and_the_nearest_is_named() {
    for written in ["little_giant", "专精特新“小巨人”企业", "专精特新小巨人", "Little giant enterprise"]
    {
        reads(&text(written), "qualification_code", OWN, code("little_giant"));
    }
    let fault = refuses(&text("高新企业技术"), "qualification_code", OWN, FaultKind::UnknownChoice);
    assert!(fault.say(Lang::Zh).contains("是否指“高新技术企业”？"), "{}", fault.say(Lang::Zh));
    reads(&RawCell::number(2.0), "digital_level", OWN, code("2"));
}

#[test]
fn a_code_is_read_by_code_by_name_or_by_both() {
    for written in ["3973", "C3973", "集成电路制造", "3973 集成电路制造", "C3973-集成电路制造"] {
        reads(&text(written), "industry_code", OWN, code("3973"));
    }
    reads(&RawCell::number(3973.0), "industry_code", OWN, code("3973"));
    // As a number 0511 stands there as 511, which is a code of its own.
    let fault = refuses(&RawCell::number(511.0), "industry_code", OWN, FaultKind::AmbiguousCode);
    assert!(fault.say(Lang::Zh).contains("0511 种子种苗培育活动，请填写代码。"), "{}", fault.say(Lang::Zh));
    refuses(&text("3973 软件开发"), "industry_code", OWN, FaultKind::UnknownCode);
    refuses(&text("9999"), "industry_code", OWN, FaultKind::UnknownCode);
    refuses(&text("鼓楼区"), "registered_region_code", OWN, FaultKind::AmbiguousCode);
    reads(&text("江苏省南京市鼓楼区"), "registered_region_code", OWN, code("320106"));
    let fault = refuses(&text("110103"), "registered_region_code", OWN, FaultKind::ReplacedCode);
    assert!(fault.say(Lang::Zh).contains("110103 崇文区 现为 110101 北京市东城区。"), "{}", fault.say(Lang::Zh));
}

#[test]
fn a_wrong_credit_code_says_which_character_is_wrong() {
    reads(&text("91320691mak668409u"), "uscc", OWN, code("91320691MAK668409U"));
    let fault = refuses(&text("91320115MAED2PCC0L"), "uscc", OWN, FaultKind::CreditCode);
    assert!(fault.say(Lang::Zh).contains("第 18 位校验码应为 E，表中为 L。"), "{}", fault.say(Lang::Zh));
    refuses(&RawCell::number(912_201_011_239_989_159.0), "uscc", OWN, FaultKind::DigitsLost);
}

#[test]
fn words_keep_what_was_written() {
    reads(&text(" 甲（乙）\n公司 "), "name", OWN, Some(Value::Text("甲（乙） 公司".into())));
    reads(&RawCell::number(13_800_000_000.0), "contact_phone", OWN, Some(Value::Text("13800000000".into())));
    refuses(&RawCell::number(1e16), "cert_no", OWN, FaultKind::DigitsLost);
    refuses(&text(&"长".repeat(LONGEST_TEXT + 1)), "name", OWN, FaultKind::TooLong);
    refuses(&text("100"), "net_assets", WAN, FaultKind::Derived);
}

fn any_cell() -> impl Strategy<Value = RawCell> {
    prop_oneof![
        "\\PC{0,12}".prop_map(RawCell::Text),
        "[-+¥0-9０-９.,，%％ 年月日/eE()万亿元人—]{0,12}".prop_map(RawCell::Text),
        (any::<f64>(), any::<bool>()).prop_map(|(figure, percent)| RawCell::Number { figure, percent }),
        any::<i64>().prop_map(RawCell::Integer),
    ]
}

proptest! {
    #[test]
    fn no_cell_makes_typing_panic_and_every_refusal_speaks(cell in any_cell(), at in 0..1000_usize) {
        let fields = Catalogue::builtin().fields();
        let field = &fields[at % fields.len()];
        for unit in [OWN, YUAN, ColumnUnit::Percent, ColumnUnit::Times(10_000)] {
            match read_cell(&cell, field, unit) {
                Ok(Some(value)) => { remarks(&cell, field, unit, &value); }
                Ok(None) => {}
                Err(fault) => prop_assert!(!fault.say(Lang::Zh).is_empty() && !fault.say(Lang::En).is_empty()),
            }
        }
    }

    #[test]
    fn a_typed_figure_is_stored_as_it_was_typed(mantissa in -99_999_999_999_i64..99_999_999_999, scale in 0_u32..=6) {
        let amount = Decimal::new(mantissa, scale);
        let number: f64 = amount.to_string().parse().expect("a float");
        prop_assert_eq!(exact(number).map(|(amount, _)| amount), Some(amount.normalize()));
    }

    #[test]
    fn the_exact_decimal_reads_back_as_the_same_fraction(number in -1e20_f64..1e20) {
        if let Some((amount, _)) = exact(number) {
            prop_assert_eq!(amount.to_string().parse::<f64>().expect("a float"), number);
        }
    }
}
