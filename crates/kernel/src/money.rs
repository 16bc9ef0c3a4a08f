//! Amounts of money, exact to the fen.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// An amount of money in fen (分), one hundredth of a yuan.
///
/// Money is never a binary floating-point number: 0.1 元 added ten times is 1 元.
/// The range is about ±92 万亿元, larger than any figure of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

/// The unit in which an amount is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyUnit {
    /// 元
    Yuan,
    /// 千元, a thousand yuan
    ThousandYuan,
    /// 万元, ten thousand yuan
    TenThousandYuan,
    /// 亿元, a hundred million yuan
    HundredMillionYuan,
}

impl MoneyUnit {
    /// Fen in one of this unit.
    pub fn fen(self) -> i64 {
        match self {
            MoneyUnit::Yuan => 100,
            MoneyUnit::ThousandYuan => 100_000,
            MoneyUnit::TenThousandYuan => 1_000_000,
            MoneyUnit::HundredMillionYuan => 10_000_000_000,
        }
    }

    /// How many decimals a fen is in this unit: every unit is a power of ten.
    fn decimals(self) -> u32 {
        match self {
            MoneyUnit::Yuan => 2,
            MoneyUnit::ThousandYuan => 5,
            MoneyUnit::TenThousandYuan => 6,
            MoneyUnit::HundredMillionYuan => 10,
        }
    }

    /// The unit as an officer writes it.
    pub fn zh(self) -> &'static str {
        match self {
            MoneyUnit::Yuan => "元",
            MoneyUnit::ThousandYuan => "千元",
            MoneyUnit::TenThousandYuan => "万元",
            MoneyUnit::HundredMillionYuan => "亿元",
        }
    }
}

impl Money {
    /// An amount counted in fen.
    pub fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// The amount in fen.
    pub fn fen(self) -> i64 {
        self.0
    }

    /// Reads an amount written in `unit`. `None` when it is not a whole number of fen
    /// or lies outside the range: an amount is refused rather than rounded.
    pub fn from_decimal(amount: Decimal, unit: MoneyUnit) -> Option<Self> {
        // An import reads a million amounts: in whole numbers that takes a third of the time.
        let (mantissa, scale) = (amount.mantissa(), amount.scale());
        if scale <= unit.decimals() {
            let shifted = mantissa.checked_mul(10_i128.pow(unit.decimals() - scale))?;
            return i64::try_from(shifted).ok().map(Self);
        }
        let part = 10_i128.pow(scale - unit.decimals());
        if mantissa % part != 0 {
            return None;
        }
        i64::try_from(mantissa / part).ok().map(Self)
    }

    /// Reads an amount as [`Money::from_decimal`] does, rounding half a fen away from zero.
    /// For figures a spreadsheet computed (`=B2/3`), which carry digits nobody wrote.
    pub fn from_decimal_rounded(amount: Decimal, unit: MoneyUnit) -> Option<Self> {
        let fen = amount.checked_mul(Decimal::from(unit.fen()))?;
        fen.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero).to_i64().map(Self)
    }

    /// The exact amount in `unit`.
    pub fn to_decimal(self, unit: MoneyUnit) -> Decimal {
        shortest(self.0, unit.decimals())
    }
}

/// The decimal of these digits with so many behind the point, without the noughts at its end.
pub(crate) fn shortest(mut digits: i64, mut scale: u32) -> Decimal {
    if digits == 0 {
        return Decimal::ZERO;
    }
    while scale > 0 && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    Decimal::new(digits, scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_in_ten_thousands_is_exact_to_the_fen() {
        let amount = Decimal::new(95_285, 1); // 9528.5 万元
        assert_eq!(Money::from_decimal(amount, MoneyUnit::TenThousandYuan), Some(Money::from_fen(9_528_500_000)));
        assert_eq!(Money::from_fen(9_528_500_000).to_decimal(MoneyUnit::TenThousandYuan), amount);
    }

    #[test]
    fn whole_numbers_and_decimals_tell_the_same() {
        let units =
            [MoneyUnit::Yuan, MoneyUnit::ThousandYuan, MoneyUnit::TenThousandYuan, MoneyUnit::HundredMillionYuan];
        let by_decimals = |amount: Decimal, unit: MoneyUnit| {
            let fen = amount.checked_mul(Decimal::from(unit.fen()))?.normalize();
            if fen.scale() == 0 { fen.to_i64().map(Money) } else { None }
        };
        let mut fen: i64 = 7;
        for turn in 0..5_000_u32 {
            fen = fen.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            for digits in [fen >> (fen & 63), fen / 1_000_000 * 1_000_000, 0, 5, -100, i64::MAX, i64::MIN] {
                for unit in units {
                    assert_eq!(10_i64.pow(unit.decimals()), unit.fen());
                    let shown = (Decimal::from(digits) / Decimal::from(unit.fen())).normalize();
                    assert_eq!(Money(digits).to_decimal(unit).to_string(), shown.to_string());
                    let amount = Decimal::from_i128_with_scale(digits.into(), turn % 14);
                    assert_eq!(Money::from_decimal(amount, unit), by_decimals(amount, unit), "{amount} {unit:?}");
                }
            }
        }
    }

    #[test]
    fn less_than_a_fen_is_refused_unless_rounding_is_asked_for() {
        let amount = Decimal::new(1, 3); // 0.001 元
        assert_eq!(Money::from_decimal(amount, MoneyUnit::Yuan), None);
        assert_eq!(Money::from_decimal_rounded(amount, MoneyUnit::Yuan), Some(Money::from_fen(0)));
    }

    #[test]
    fn an_amount_out_of_range_is_refused() {
        assert_eq!(Money::from_decimal(Decimal::MAX, MoneyUnit::HundredMillionYuan), None);
    }
}
