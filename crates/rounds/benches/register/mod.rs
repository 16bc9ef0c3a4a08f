//! The register that is measured with: enterprises of which identity and three years of figures are known.

use kernel::{FactKey, Money, Period, Place, SourceKind, SubjectKind, Value};
use store::{NewLoad, NewStatement};

/// How many parks the enterprises are spread over.
pub const PARKS: usize = 20;

/// The load that fills it.
pub fn sheet() -> NewLoad {
    NewLoad {
        kind: SourceKind::Sheet,
        origin: "统计办".into(),
        title: "量测.xlsx".into(),
        file_hash: None,
        subject_kind: SubjectKind::Enterprise,
        column_map_json: None,
        by: "bench".into(),
    }
}

/// Rows of identity, each in one of the parks, and three years of figures.
pub fn statements(rows: usize) -> impl Iterator<Item = NewStatement> + Send {
    let mut seed = 88_172_645_463_325_252_u64;
    let mut roll = move |sides: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % sides
    };
    let words = ["精密", "华光", "智造", "生物", "云图", "新材", "蓝海", "中科", "启明", "恒远"];
    (0..rows).map(move |row| {
        let mut word = || words[roll(10) as usize];
        let name = format!("样例{}{}{}第{row}科技有限公司", word(), word(), word());
        let day = jiff::civil::date(1990 + roll(35) as i16, 1 + roll(12) as i8, 1 + roll(28) as i8);
        let mut values = vec![
            (FactKey::timeless("uscc"), Value::Code(format!("9141{row:014}"))),
            (FactKey::timeless("name"), Value::Text(name)),
            (FactKey::timeless("park"), Value::Text(format!("第{}园区", roll(PARKS as u64)))),
            (FactKey::timeless("industry_code"), Value::Code(format!("{}", 1300 + roll(3_900)))),
            (FactKey::timeless("registration_date"), Value::Date(day)),
        ];
        for year in [2023, 2024, 2025] {
            let mut figure = |key: &str, value| values.push((FactKey::of(key, Period::Year(year)), value));
            figure("operating_revenue", Value::Money(Money::from_fen(roll(90_000_000_000) as i64)));
            figure("rd_expense", Value::Money(Money::from_fen(roll(900_000_000) as i64)));
            figure("year_end_employees", Value::Integer(roll(900) as i64));
        }
        let values = values.into_iter().map(|(key, value)| (key, Some(value))).collect();
        NewStatement {
            place: Some(Place::Row { sheet: "表1".into(), row: row as u32 + 2 }),
            values,
            ..NewStatement::default()
        }
    })
}
