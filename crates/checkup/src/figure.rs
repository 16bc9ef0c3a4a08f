//! A figure or its bounds, as people read it and as scripts print it.

use kernel::Lang;
use kernel::format::thousands;
use policy::answer::Range;
use policy::eval::day_of;
use policy::exact::Exact;
use policy::ir::Dim;
use serde_json::{Number, Value as Json};

/// A figure with what it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The figure, or the bounds it lies in. Money is in fen, a day is counted from 1970-01-01.
    pub range: Range,
    /// What it counts.
    pub dim: Dim,
}

const FEN_OF_WAN: Exact = Exact::int(1_000_000);
const HUNDRED: Exact = Exact::int(100);

impl Figure {
    /// A known figure.
    pub fn exactly(figure: Exact, dim: Dim) -> Self {
        Figure { range: Range::exactly(figure), dim }
    }

    /// The unit in which scripts print it: 万元, %, 人, 分; empty for a bare number or a day.
    pub fn unit(&self) -> &str {
        match &self.dim {
            Dim::Of(unit) if unit == "元" => "万元",
            Dim::Of(unit) if unit.is_empty() => "%",
            Dim::Of(unit) => unit,
            Dim::CalendarYear => "年",
            Dim::Loose | Dim::Day | Dim::Truth => "",
        }
    }

    /// The least figure in [`Figure::unit`], as scripts print it: a number, a day in words, or null.
    pub fn json_least(&self) -> Json {
        self.json(self.range.lo)
    }

    /// The largest figure in [`Figure::unit`].
    pub fn json_most(&self) -> Json {
        self.json(self.range.hi)
    }

    fn json(&self, bound: Option<Exact>) -> Json {
        let Some(bound) = bound else { return Json::Null };
        match &self.dim {
            Dim::Day => day_of(bound).map_or(Json::Null, |day| Json::from(day.to_string())),
            Dim::Of(unit) if unit == "元" => bound.div(FEN_OF_WAN).map_or(Json::Null, number),
            Dim::Of(unit) if unit.is_empty() => bound.mul(HUNDRED).map_or(Json::Null, number),
            _ => number(bound),
        }
    }

    /// The figure in words: `1,234.5 万元`, `6.17%`, `14–16 分`, `2025-05-31`.
    pub fn say(&self, lang: Lang) -> String {
        self.say_to(lang, 4)
    }

    /// The figure in words with at most so many digits after the point; an amount of money always to the fen.
    pub fn say_to(&self, lang: Lang, places: u32) -> String {
        match (self.range.lo, self.range.hi) {
            (Some(lo), Some(hi)) if lo == hi => self.one(lo, lang, places),
            (Some(lo), Some(hi)) => self.between(lo, hi, lang, places),
            (Some(lo), None) => format!("≥ {}", self.one(lo, lang, places)),
            (None, Some(hi)) => format!("≤ {}", self.one(hi, lang, places)),
            (None, None) => lang.pick("未知", "unknown").to_owned(),
        }
    }

    fn between(&self, lo: Exact, hi: Exact, lang: Lang, places: u32) -> String {
        let (lo, hi) = (self.one(lo, lang, places), self.one(hi, lang, places));
        // 14–16 分 rather than 14 分–16 分.
        match (lo.split_once(' '), hi.split_once(' ')) {
            (Some((lo, unit)), Some((hi, same))) if unit == same => format!("{lo}–{hi} {unit}"),
            _ => format!("{lo} – {hi}"),
        }
    }

    fn one(&self, figure: Exact, lang: Lang, places: u32) -> String {
        let plain = |figure: Option<Exact>, places| figure.map_or_else(String::new, |it| thousands(&it.shown(places)));
        match &self.dim {
            Dim::Day => day_of(figure).map_or_else(String::new, |day| day.to_string()),
            Dim::CalendarYear => figure.shown(0),
            Dim::Of(unit) if unit == "元" => {
                let is_large = |edge: i64| figure >= Exact::int(edge) || figure <= Exact::int(-edge);
                let (fen, places, zh, en) = if is_large(10_000_000_000) {
                    (10_000_000_000, 10, "亿元", "×100m yuan")
                } else if is_large(1_000_000) {
                    (1_000_000, 6, "万元", "×10k yuan")
                } else {
                    (100, 2, "元", "yuan")
                };
                format!("{} {}", plain(figure.div(Exact::int(fen)), places), lang.pick(zh, en))
            }
            Dim::Of(unit) if unit.is_empty() => format!("{}%", plain(figure.mul(HUNDRED), places)),
            Dim::Of(unit) => format!("{} {}", plain(Some(figure), places), unit_in(unit, lang)).trim_end().to_owned(),
            Dim::Loose | Dim::Truth => plain(Some(figure), places),
        }
    }
}

/// A unit's name. Counted things need no word in English: 5 patents are told by the label.
fn unit_in(unit: &str, lang: Lang) -> &str {
    let en = match unit {
        "人" => "people",
        "年" => "years",
        "月" => "months",
        "日" => "days",
        "分" => "points",
        "㎡" => unit,
        _ => "",
    };
    lang.pick(unit, en)
}

/// A figure as a JSON number, whole where it is whole.
fn number(figure: Exact) -> Json {
    let whole = figure.whole().and_then(|whole| i64::try_from(whole).ok());
    let measured = || figure.shown(6).parse().ok().and_then(Number::from_f64).map_or(Json::Null, Json::Number);
    whole.map_or_else(measured, Json::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(fen: i64, dim: Dim) -> Figure {
        Figure::exactly(Exact::int(fen), dim)
    }

    #[test]
    fn money_is_told_to_the_fen_in_the_unit_that_fits() {
        assert_eq!(figure(20_000_000_001, Dim::money()).say(Lang::Zh), "2.0000000001 亿元");
        assert_eq!(figure(1_234_500_000, Dim::money()).say(Lang::Zh), "1,234.5 万元");
        assert_eq!(figure(-5_000, Dim::money()).say(Lang::En), "-50 yuan");
        assert_eq!(figure(66_666_666, Dim::money()).json_least().to_string(), "66.666666");
    }

    #[test]
    fn bounds_share_their_unit() {
        let range = Range { lo: Some(Exact::int(14)), hi: Some(Exact::int(16)) };
        assert_eq!(Figure { range, dim: Dim::of("分") }.say(Lang::Zh), "14–16 分");
        assert_eq!(Figure { range: Range { lo: None, ..range }, dim: Dim::of("项") }.say(Lang::En), "≤ 16");
        assert_eq!(Figure { range: Range::ANY, dim: Dim::ratio() }.say(Lang::Zh), "未知");
    }

    #[test]
    fn ratios_are_percentages_and_whole_numbers_stay_whole() {
        let ratio = Figure::exactly(Exact::ratio(6172, 100_000).unwrap(), Dim::ratio());
        assert_eq!((ratio.say(Lang::En).as_str(), ratio.unit(), ratio.json_least()), ("6.172%", "%", 6.172.into()));
        assert_eq!(figure(64, Dim::of("分")).json_most(), Json::from(64));
    }
}
