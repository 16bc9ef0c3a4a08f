//! Choices that come out the same in every run.

use serde_json::{Value as Json, json};

use crate::tests::api::NOBODY;

/// A seeded source of numbers (SplitMix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound.max(1) as u64).unwrap()
    }

    /// True once in so many times.
    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub(super) fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// A text that belongs nowhere.
    pub(super) fn odd_text(&mut self) -> String {
        const ODD: [&str; 38] = [
            "",
            " ",
            "0",
            "-1",
            "1.5",
            "99999999999999999999",
            "-9223372036854775808",
            "1e999",
            "NaN",
            "null",
            "true",
            "[]",
            "{}",
            "';drop table subject;--",
            "<script>alert(1)</script>",
            "%",
            "%25",
            "_",
            "\\",
            "../..",
            "\u{0}",
            "a\u{0}b",
            "\n\t",
            "\u{202e}",
            "𠀀😀",
            "é",
            "１２３",
            "2026-02-30",
            "0000-00-00",
            "9999-12-31",
            "-9999-01-01",
            "2026-11-22T00:00:00Z",
            "ghost",
            "@",
            "@2025",
            "operating_revenue@",
            "operating_revenue@9999999",
            NOBODY,
        ];
        match self.below(ODD.len() + 1) {
            at if at < ODD.len() => ODD[at].to_owned(),
            _ => "长".repeat(1500),
        }
    }

    /// A value that belongs nowhere.
    pub(super) fn odd_value(&mut self) -> Json {
        match self.below(12) {
            0 => Json::Null,
            1 => json!(true),
            2 => json!(-1),
            3 => json!(i64::MIN),
            4 => json!(u64::MAX),
            5 => json!(1e300),
            6 => json!([]),
            7 => json!({}),
            8 => json!([[[[[[[[null]]]]]]]]),
            9 => json!({"\u{0}": "\u{0}"}),
            _ => Json::String(self.odd_text()),
        }
    }
}
