//! Headings of columns: which field, which period, which unit.
//!
//! `营业收入总额（万元）2025`, `operating_revenue 2025` and `2025年营业收入(万元)` name one fact in
//! three ways. What resembles a name but is not one (营业收入增速) is never taken for it.

mod guess;
mod map;

pub use guess::{ColumnGuess, GuessedColumn, HeadFault, Meaning, guess_columns};
pub use map::{ColumnMap, ColumnPeriod, MappedColumn};

use jiff::civil::Date;

use crate::cell::{Written, written_unit};
use crate::period::Period;
use crate::text;

/// A heading taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// What is left when unit and period are taken away: the name of the field.
    pub label: String,
    /// The unit as written.
    pub unit: Option<String>,
    /// The period.
    pub period: Option<Period>,
}

/// Remarks in brackets that say how to fill a column in, and nothing about what it holds.
const INSTRUCTIONS: &[&str] =
    &["必填", "选填", "必填项", "选填项", "如有", "如有请填", "是/否", "是否", "下拉选择", "单选", "文本"];

/// Takes a heading apart. Full-width characters and line breaks are folded.
pub fn read_heading(written: &str) -> Heading {
    let folded = text::fold(written);
    let mut heading = Heading { label: String::new(), unit: None, period: None };
    let mut rest: &str = &folded;
    while let Some(open) = rest.find(['(', '[']) {
        let Some(length) = rest[open..].find([')', ']']) else { break };
        let content = rest[open + 1..open + length].trim();
        heading.label.push_str(&rest[..open]);
        if !heading.take_remark(content) {
            heading.label.push_str(&rest[open..=open + length]);
        }
        rest = &rest[open + length + 1..];
    }
    heading.label.push_str(rest);
    heading.trim();
    while heading.take_edges() {
        heading.trim();
    }
    heading
}

impl Heading {
    /// Takes a remark in brackets in, where it is nothing but units, periods and instructions.
    fn take_remark(&mut self, content: &str) -> bool {
        let mut taken = self.clone();
        for part in content.split([',', ';', '、', '，']).map(str::trim).filter(|part| !part.is_empty()) {
            if taken.unit.is_none() && is_unit(part) {
                taken.unit = Some(part.trim_start_matches("单位").trim_start_matches(':').trim().to_owned());
            } else if let Some(period) = read_period(part).filter(|_| taken.period.is_none()) {
                taken.period = Some(period);
            } else if !is_instruction(part) {
                return false;
            }
        }
        *self = taken;
        true
    }

    fn trim(&mut self) {
        let is_edge = |c: char| c.is_whitespace() || matches!(c, ':' | '*' | '@' | '_' | '/' | '-' | ',' | '、');
        // Inside a key, as in operating_revenue, these characters stay.
        self.label = self.label.trim_matches(is_edge).to_owned();
    }

    /// Takes a period at either end, or a unit at the end, off the label.
    fn take_edges(&mut self) -> bool {
        if self.period.is_none() {
            let period = leading_period(&self.label).or_else(|| trailing_period(&self.label));
            if let Some((period, label)) = period {
                (self.period, self.label) = (Some(period), label);
                return true;
            }
        }
        if self.unit.is_none()
            && let Some((unit, label)) = trailing_unit(&self.label)
        {
            (self.unit, self.label) = (Some(unit), label);
            return true;
        }
        false
    }
}

fn is_unit(text: &str) -> bool {
    // Foreign money is a unit too; no field is measured in it, and that is said.
    let foreign = ["美元", "欧元", "港元", "港币", "日元", "英镑", "usd", "eur"];
    let lower = text.to_ascii_lowercase();
    foreign.iter().any(|name| lower.ends_with(name))
        || !matches!(written_unit(text), Written::Nothing | Written::Unknown)
}

fn is_instruction(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    INSTRUCTIONS.contains(&lower.as_str())
        || lower.contains("yyyy")
        || lower.starts_with("格式")
        || lower.starts_with("例如")
}

fn leading_period(label: &str) -> Option<(Period, String)> {
    let ends = label.char_indices().map(|(at, c)| at + c.len_utf8()).take(16);
    let (period, end) = ends.filter_map(|end| Some((read_period(&label[..end])?, end))).last()?;
    let rest = label[end..].strip_prefix('的').unwrap_or(&label[end..]);
    // 2025年1-6月 is not the year 2025.
    (!rest.starts_with(|c: char| c.is_ascii_digit() || c == '年')).then(|| (period, rest.to_owned()))
}

fn trailing_period(label: &str) -> Option<(Period, String)> {
    let starts: Vec<usize> = label.char_indices().map(|(at, _)| at).collect();
    let earliest = starts.len().saturating_sub(16);
    let start = starts[earliest..].iter().copied().find(|&start| read_period(&label[start..]).is_some())?;
    let before = &label[..start];
    (!before.ends_with(|c: char| c.is_ascii_digit())).then_some(())?;
    Some((read_period(&label[start..])?, before.to_owned()))
}

fn trailing_unit(label: &str) -> Option<(String, String)> {
    if let Some(at) = label.rfind([' ', '/', ':', ','])
        && is_unit(&label[at + 1..])
    {
        return Some((label[at + 1..].trim().to_owned(), label[..at].to_owned()));
    }
    let glued = ["万元", "亿元", "千元", "%"];
    let unit = glued.iter().find(|unit| label.len() > unit.len() && label.ends_with(**unit))?;
    Some(((*unit).to_owned(), label[..label.len() - unit.len()].to_owned()))
}

/// Reads a period as headings write it: `2025`, `2025年`, `2025年度`, `2025年末`, `2025年1-12月`,
/// `FY2025`, `2025年3月`, `2025年一季度`, `2025Q1`, `2025-03`, `截至2025年12月31日`.
/// Half-width text is expected. Part of a year that is no period (`2025年1-6月`) is not read.
pub fn read_period(written: &str) -> Option<Period> {
    let text = written.trim();
    let text = text.strip_prefix("截至").or_else(|| text.strip_prefix("截止")).unwrap_or(text);
    let text = text.strip_prefix("FY").or_else(|| text.strip_prefix("fy")).unwrap_or(text).trim();
    if !text.get(..4)?.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if let Ok(period) = text.to_ascii_uppercase().parse::<Period>() {
        return Some(period);
    }
    let year = text[..4].parse::<Period>().ok()?;
    let rest = text[4..].trim().strip_prefix('年')?.trim();
    match rest {
        "" | "度" | "末" | "底" | "全年" | "年末" | "年底" | "期末" | "1-12月" | "1-12月份" | "度末" => {
            return Some(year);
        }
        _ => {}
    }
    if let Some(month) = rest.strip_suffix("月份").or_else(|| rest.strip_suffix("月")) {
        return format!("{}-{month:0>2}", &text[..4]).parse().ok();
    }
    if let Some(quarter) = rest.strip_suffix("季度") {
        let number = quarter.trim_start_matches('第');
        let at = ["一", "二", "三", "四"]
            .iter()
            .zip(["1", "2", "3", "4"])
            .position(|(zh, n)| number == *zh || number == n)?;
        return format!("{}Q{}", &text[..4], at + 1).parse().ok();
    }
    let (month, day) = rest.trim_end_matches(['日', '号']).split_once('月')?;
    let (month, day) = (month.trim().parse().ok()?, day.trim().parse().ok()?);
    Date::new(year.year(), month, day).ok().map(Period::AsOf)
}

#[cfg(test)]
mod tests;
