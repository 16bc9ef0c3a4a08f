//! The doubling targets (倍增目标): what the zone agreed with its larger enterprises in 2023.

use kernel::SubjectKind;
use rust_decimal::Decimal;

use crate::enterprise::Enterprise;
use crate::sheet::SampleSheet;

/// The year from which growth is counted, and the year in which the target is due.
const BASE: i16 = 2023;
const DUE: i64 = 2028;

/// The sheet of targets: every third enterprise with a revenue of 50 million yuan in the base year that grew in the
/// next is to double it within five years, the largest of them to grow by half.
pub fn sheets(enterprises: &[Enterprise]) -> Vec<SampleSheet> {
    let headings = ["uscc", "name", "doubling_base_year", "doubling_target_year", "doubling_target_revenue"];
    let mut sheet = SampleSheet::new("21-倍增目标", "倍增目标", "经发局", SubjectKind::Enterprise, &headings);
    for one in enterprises.iter().filter(|one| one.number.is_multiple_of(3)) {
        let of = |wanted: i16| {
            one.figures.iter().find(|year| year.year == wanted).map_or(Decimal::ZERO, |year| year.revenue)
        };
        let base = of(BASE);
        // A zone agrees on such a target with those that grow.
        if base < Decimal::from(5_000) || of(BASE + 1) <= base {
            continue;
        }
        let times = if base >= Decimal::from(100_000) { Decimal::new(15, 1) } else { Decimal::TWO };
        // A target is a round figure: hundreds of 万元.
        let target = (base * times / Decimal::ONE_HUNDRED).ceil() * Decimal::ONE_HUNDRED;
        sheet.rows.push(vec![
            one.code.as_str().into(),
            one.name.as_str().into(),
            i64::from(BASE).into(),
            DUE.into(),
            target.into(),
        ]);
    }
    vec![sheet]
}
