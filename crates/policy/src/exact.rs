//! Exact fractions: the one place that defines how figures and ratios compare.
//!
//! A figure is a fraction of two whole numbers and is never rounded. Two figures compare by cross
//! multiplication, so 4.999999 % is below 5 % and 5000 / 100000 is exactly 5 %. A result that would
//! leave 128 bits even after reduction is `None`, and the caller says so by name.

use std::cmp::Ordering;
use std::num::NonZeroI128;

use rust_decimal::Decimal;

/// A fraction with a positive denominator, not necessarily reduced.
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    num: i128,
    den: NonZeroI128,
}

const UNIT: NonZeroI128 = match NonZeroI128::new(1) {
    Some(one) => one,
    None => NonZeroI128::MAX,
};

#[allow(clippy::should_implement_trait, reason = "these can fail, operators cannot")]
impl Exact {
    /// Nought.
    pub const ZERO: Exact = Exact { num: 0, den: UNIT };
    /// One.
    pub const ONE: Exact = Exact { num: 1, den: UNIT };

    /// A whole number.
    pub const fn int(whole: i64) -> Self {
        Exact { num: whole as i128, den: UNIT }
    }

    /// The fraction `num / den`; `None` where the denominator is nought.
    pub fn ratio(num: i128, den: i128) -> Option<Self> {
        if den > 0 {
            return Some(Exact { num, den: NonZeroI128::new(den)? });
        }
        Some(Exact { num: num.checked_neg()?, den: NonZeroI128::new(den.checked_neg()?)? })
    }

    /// The exact figure a decimal number stands for.
    pub fn from_decimal(figure: Decimal) -> Self {
        let figure = figure.normalize();
        let den = 10_i128.pow(figure.scale());
        Exact { num: figure.mantissa(), den: NonZeroI128::new(den).unwrap_or(UNIT) }
    }

    /// Numerator and denominator in lowest terms.
    pub fn parts(self) -> (i128, i128) {
        let least = self.reduced();
        (least.num, least.den.get())
    }

    /// The whole number it is, where it is one.
    pub fn whole(self) -> Option<i128> {
        (self.num % self.den.get() == 0).then(|| self.num / self.den.get())
    }

    /// The largest whole number not above it.
    pub fn floor(self) -> Exact {
        Exact { num: self.num.div_euclid(self.den.get()), den: UNIT }
    }

    /// Whether it is nought.
    pub fn is_zero(self) -> bool {
        self.num == 0
    }

    /// Whether it is below nought.
    pub fn is_negative(self) -> bool {
        self.num < 0
    }

    /// The sum; `None` where it leaves 128 bits.
    pub fn add(self, other: Exact) -> Option<Exact> {
        plus(self, other).or_else(|| plus(self.reduced(), other.reduced()))
    }

    /// The difference; `None` where it leaves 128 bits.
    pub fn sub(self, other: Exact) -> Option<Exact> {
        self.add(other.neg()?)
    }

    /// The product; `None` where it leaves 128 bits.
    pub fn mul(self, other: Exact) -> Option<Exact> {
        times(self, other).or_else(|| {
            // Crosswise reduction keeps the parts as small as the result allows.
            let left = Exact { num: self.num, den: other.den }.reduced();
            let right = Exact { num: other.num, den: self.den }.reduced();
            times(left, right)
        })
    }

    /// The quotient; `None` where the divisor is nought or the result leaves 128 bits.
    pub fn div(self, other: Exact) -> Option<Exact> {
        self.mul(Exact::ratio(other.den.get(), other.num)?)
    }

    /// The same figure with the opposite sign.
    pub fn neg(self) -> Option<Exact> {
        Some(Exact { num: self.num.checked_neg()?, den: self.den })
    }

    /// The figure multiplied by itself `times` times.
    pub fn pow(self, times: u32) -> Option<Exact> {
        (0..times).try_fold(Exact::ONE, |product, _| product.mul(self))
    }

    /// Numerator and denominator as they stand, in words of 64 bits: figures of the same words are equal.
    pub(crate) fn words(self) -> [u64; 4] {
        let halves = |whole: i128| [whole as u64, (whole >> 64) as u64];
        let ([a, b], [c, d]) = (halves(self.num), halves(self.den.get()));
        [a, b, c, d]
    }

    /// Numerator and denominator, where both fit 64 bits.
    fn small(self) -> Option<(i64, i64)> {
        Some((i64::try_from(self.num).ok()?, i64::try_from(self.den.get()).ok()?))
    }

    fn reduced(self) -> Exact {
        let divisor = gcd(self.num.unsigned_abs(), self.den.get().unsigned_abs());
        match i128::try_from(divisor).ok().filter(|&divisor| divisor > 1) {
            Some(divisor) => {
                Exact { num: self.num / divisor, den: NonZeroI128::new(self.den.get() / divisor).unwrap_or(UNIT) }
            }
            None => self,
        }
    }

    /// The figure in decimal notation with at most `places` digits after the point, rounded half
    /// away from nought; for showing only, never for comparing.
    pub fn shown(self, places: u32) -> String {
        let (mut num, mut den) = self.parts();
        while den > i128::MAX / 100 {
            num /= 10;
            den /= 10;
        }
        let negative = num < 0;
        let num = num.unsigned_abs();
        let den = den.unsigned_abs().max(1);
        let (mut whole, mut rest) = (num / den, num % den);
        let mut digits: Vec<u8> = Vec::new();
        for _ in 0..places {
            rest *= 10;
            digits.push((rest / den) as u8);
            rest %= den;
        }
        if rest * 2 >= den && !carry(&mut digits) {
            whole += 1;
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let sign = if negative && (whole > 0 || !digits.is_empty()) { "-" } else { "" };
        let fraction: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// Adds one to the last digit. `false` where the carry leaves the digits.
fn carry(digits: &mut [u8]) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return true;
        }
        *digit = 0;
    }
    false
}

fn plus(a: Exact, b: Exact) -> Option<Exact> {
    if a.den == b.den {
        return Some(Exact { num: a.num.checked_add(b.num)?, den: a.den });
    }
    let num = a.num.checked_mul(b.den.get())?.checked_add(b.num.checked_mul(a.den.get())?)?;
    Some(Exact { num, den: a.den.checked_mul(b.den)? })
}

fn times(a: Exact, b: Exact) -> Option<Exact> {
    Some(Exact { num: a.num.checked_mul(b.num)?, den: a.den.checked_mul(b.den)? })
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The full product of two 128-bit numbers, high part first.
fn wide(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 64);
    let (cross, over) = (a0 * b1).overflowing_add(middle);
    let high = a1 * b1 + (cross >> 64) + (u128::from(over) << 64);
    (high, (cross << 64) | (low & LOW))
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.den == other.den {
            return self.num.cmp(&other.num);
        }
        // Most figures are far smaller than what is allowed for, and then no product can be too large.
        if let (Some((a, b)), Some((c, d))) = (self.small(), other.small()) {
            return (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)));
        }
        let (left, right) = (self.num.checked_mul(other.den.get()), other.num.checked_mul(self.den.get()));
        if let (Some(left), Some(right)) = (left, right) {
            return left.cmp(&right);
        }
        let sign = self.num.signum().cmp(&other.num.signum());
        if sign != Ordering::Equal {
            return sign;
        }
        let left = wide(self.num.unsigned_abs(), other.den.get().unsigned_abs());
        let right = wide(other.num.unsigned_abs(), self.den.get().unsigned_abs());
        if self.num < 0 { right.cmp(&left) } else { left.cmp(&right) }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Exact {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ratio(num: i128, den: i128) -> Exact {
        Exact::ratio(num, den).unwrap()
    }

    #[test]
    fn a_ratio_a_hair_below_five_percent_is_below_it() {
        let edge = ratio(5, 100);
        assert_eq!(ratio(25_000_000, 500_000_000), edge);
        assert!(ratio(24_999_999, 500_000_000) < edge);
        assert!(ratio(25_000_001, 500_000_000) > edge);
    }

    #[test]
    fn figures_are_shown_rounded_but_never_compared_so() {
        assert_eq!(ratio(185, 3000).mul(Exact::int(100)).unwrap().shown(2), "6.17");
        assert_eq!(ratio(-1, 3).shown(3), "-0.333");
        assert_eq!(ratio(9_999, 10_000).shown(3), "1");
        assert_eq!(ratio(-1, 1_000_000).shown(2), "0");
        assert_eq!(Exact::int(-12).shown(2), "-12");
    }

    #[test]
    fn a_result_beyond_128_bits_is_refused() {
        let big = ratio(i128::MAX, 1);
        assert_eq!(big.mul(big), None);
        assert_eq!(big.div(Exact::ZERO), None);
        assert!(big.mul(ratio(1, i128::MAX)).unwrap() == Exact::ONE);
        assert!(ratio(i128::MAX, 3) > ratio(i128::MAX - 1, 3));
        assert!(ratio(i128::MAX, i128::MAX - 1) < ratio(i128::MAX - 1, i128::MAX - 2));
    }

    proptest! {
        #[test]
        fn comparison_agrees_with_the_difference(a in -9_000_000_000_000_i64.., b in 1_i64.., c in any::<i64>(), d in 1_i64..) {
            let (left, right) = (ratio(a.into(), b.into()), ratio(c.into(), d.into()));
            let difference = i128::from(a) * i128::from(d) - i128::from(c) * i128::from(b);
            prop_assert_eq!(left.cmp(&right), difference.cmp(&0));
        }

        #[test]
        fn no_operation_panics(a in any::<i128>(), b in any::<i128>(), c in any::<i128>(), d in any::<i128>()) {
            if let (Some(left), Some(right)) = (Exact::ratio(a, b), Exact::ratio(c, d)) {
                let _ = (left.add(right), left.sub(right), left.mul(right), left.div(right), left.cmp(&right));
                let _ = (left.floor(), left.shown(4), left.pow(3), left.parts());
            }
        }
    }
}
