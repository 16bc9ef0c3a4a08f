//! Draws from a fixed seed: the same numbers on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

/// A stream of draws. Each concern of the generator opens its own by name, so a change in
/// one leaves the others as they were.
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream of one concern.
    pub fn new(seed: u64, concern: &str) -> Self {
        // FNV-1a: a fixed, well-known way from a name to a number.
        let name = concern
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self(ChaCha8Rng::seed_from_u64(seed ^ name))
    }

    /// A number from `low` up to but without `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.0.random::<f64>() * (high - low)
    }

    /// A whole number from `low` to `high`, both included.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// Whether something of this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.random::<f64>() < probability
    }

    /// One of the list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.0.random_range(0..list.len())]
    }

    /// The place of one of the weights, the heavier the likelier.
    pub fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.between(0.0, weights.clone().sum());
        for (at, weight) in weights.clone().enumerate() {
            left -= weight;
            if left < 0.0 {
                return at;
            }
        }
        weights.count().saturating_sub(1)
    }

    /// A normal draw.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        // Box and Muller, 1958. The logarithm's argument is never zero.
        let radius = (-2.0 * (1.0 - self.0.random::<f64>()).ln()).sqrt();
        mean + deviation * radius * (std::f64::consts::TAU * self.0.random::<f64>()).cos()
    }

    /// A log-normal draw around its median: sizes and rates of firms are spread so.
    pub fn log_normal(&mut self, median: f64, spread: f64) -> f64 {
        median * self.normal(0.0, spread).exp()
    }

    /// The list in another order.
    pub fn shuffled<T>(&mut self, mut list: Vec<T>) -> Vec<T> {
        for at in (1..list.len()).rev() {
            let other = self.0.random_range(0..=at);
            list.swap(at, other);
        }
        list
    }
}

/// A figure with two decimals, as 万元 are written: exact to a hundred yuan.
pub fn figure(amount: f64) -> Decimal {
    Decimal::from_f64(amount).unwrap_or_default().round_dp(2)
}
