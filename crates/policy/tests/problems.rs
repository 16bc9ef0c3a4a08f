//! What is wrong with a policy text is said all at once, with its place and what to write instead.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::{Catalogue, Lang};
use policy::{Checked, Settings, check};

const HEAD: &str = "政策 p 试\n文号 甲〔2026〕1号\n施行 2026-01-01\n";

fn checked(body: &str) -> (String, Checked) {
    let source = format!("{HEAD}{body}");
    let checked = check(&source, Catalogue::builtin(), &Settings::new());
    (source, checked)
}

/// The codes of the problems of a body, each with the text it underlines.
fn problems(body: &str) -> Vec<(&'static str, String)> {
    let (source, checked) = checked(body);
    checked.problems.iter().map(|problem| (problem.code, problem.span.of(&source).to_owned())).collect()
}

#[track_caller]
fn one(body: &str, code: &str, place: &str, hint: &str) {
    let (source, checked) = checked(body);
    let shown: String = checked.problems.iter().map(|problem| problem.show(&source, "p", Lang::Zh)).collect();
    let found =
        checked.problems.iter().find(|problem| problem.code == code).unwrap_or_else(|| panic!("{body}\n{shown}"));
    assert_eq!(found.span.of(&source), place, "{shown}");
    assert!(found.show(&source, "p", Lang::Zh).contains(hint), "{shown}");
    assert_eq!(checked.problems.len(), 1, "{shown}");
}

fn condition(text: &str) -> String {
    format!("条件 甲\n  {text}\n")
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest() {
    one(&condition("职工总人数[上年] ≤ 500人"), "unknown-name", "职工总人数[上年]", "职工总数");
    one(&condition("数量(知识产权 其中 类别型 = Ⅰ类) ≥ 1"), "unknown-name", "类别型", "建议");
    one(&condition("数量(知识产全) ≥ 1"), "unknown-records", "知识产全", "知识产权");
    one(&condition("征收方式 = 查帐征收"), "unknown-choice", "查帐征收", "查账征收");
    one("条见 甲\n  居民企业\n", "unknown-keyword", "条见", "条件");
}

#[test]
fn a_title_that_the_register_does_not_know_is_refused_or_quoted() {
    let body = |line: &str| format!("{line}\n{}", condition("居民企业"));
    one(&body("授予 高新技术企"), "unknown-title", "高新技术企", "高新技术企业");
    one(&body("授予 甲乙丙丁戊"), "unknown-title", "甲乙丙丁戊", "引号");
    one(&body("授予 高新技术企业 瞪羚企业"), "left-over", "瞪羚企业", "每个资质另起一行");
    one(&body("授予"), "no-content", "授予", "");
    let (_, checked) = checked(&body("授予 “市级示范” 《第二条》\n  英文名 Municipal model"));
    let conferred = &checked.policy.unwrap().confers[0];
    let told = (conferred.key.as_deref(), conferred.name.as_str(), conferred.name_in(Lang::En));
    assert_eq!(told, (None, "市级示范", "Municipal model"));
    assert_eq!(conferred.cite.article.as_deref(), Some("第二条"));
}

#[test]
fn figures_of_different_units_are_not_mixed() {
    one(&condition("销售收入[上年] + 3人 ≥ 5000万元"), "mixed-units", "3人", "应为金额");
    one(&condition("销售收入[上年] ≥ 5000"), "mixed-units", "5000", "数字要带单位");
    one(&condition("职工总数[上年] ≤ 500家"), "mixed-units", "500家", "人");
    one(&condition("成立日期 ≤ 2亿元"), "mixed-units", "2亿元", "应为日期");
    one(
        &condition("销售收入[上年] × 资产总额[上年] ≥ 1元"),
        "mixed-units",
        "销售收入[上年] × 资产总额[上年]",
        "不能相乘",
    );
    one(&condition("销售收入[上年]"), "not-a-condition", "销售收入[上年]", "写出比较");
    one(&condition("征收方式 ≥ 查账征收"), "code-as-figure", "征收方式 ≥ 查账征收", "只能用");
}

#[test]
fn years_are_asked_for_where_they_are_needed() {
    one(&condition("销售收入 ≥ 5000万元"), "needs-year", "销售收入", "销售收入[上年]");
    one(&condition("成立日期[上年] ≤ 申请日"), "no-years", "[上年]", "去掉方括号");
    one(&condition("销售收入[近3年] ≥ 5000万元"), "needs-fold", "[近3年]", "合计");
}

fn bands(rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("      {row}\n")).collect();
    format!("评分 甲 满分 10 须 ≥ 5\n  项 乙 满分 10\n    分档 科技人员[上年] / 职工总数[上年]\n{rows}")
}

#[test]
fn bands_that_overlap_leave_a_hole_or_are_never_reached_are_refused() {
    one(&bands(&["≥ 30% : 10", "≥ 20% : 5"]), "bands-hole", "分档 科技人员[上年] / 职工总数[上年]", "小于 0.2");
    one(
        &bands(&["≥ 30% : 10", "< 30% 且 > 10% : 5", "≤ 9% : 0"]),
        "bands-hole",
        "分档 科技人员[上年] / 职工总数[上年]",
        "0.09 与 0.1 之间",
    );
    one(
        &bands(&["≥ 30% : 10", "≥ 10% 且 < 35% : 5", "其余 : 0"]),
        "bands-overlap",
        "≥ 10% 且 < 35% : 5",
        "与第 1 行重叠",
    );
    one(&bands(&["≥ 20% : 5", "≥ 30% : 10", "其余 : 0"]), "unreachable-row", "≥ 30% : 10", "永远用不到");
    one(&bands(&["≥ 20% : 5", "< 20% : 10", "其余 : 0"]), "unreachable-row", "其余 : 0", "永远用不到");
    one(&bands(&["若 居民企业 : 5"]), "bands-hole", "分档 科技人员[上年] / 职工总数[上年]", "其余");
    assert_eq!(problems(&bands(&["≥ 30% : 10", "≥ 0% : 4"])), []);
    assert_eq!(problems(&bands(&["= 0% : 0", "< 30% : 5", "≥ 30% : 10"])), []);
}

#[test]
fn cycles_duplicates_and_dates_upside_down_are_refused() {
    one("设 甲 = 乙\n设 乙 = 甲 + 1\n条件 丙\n  乙 > 0\n", "cycle", "甲", "甲 → 乙 → 甲");
    one("条件 甲\n  居民企业\n条件 甲\n  居民企业\n", "duplicate", "甲", "重复");
    let source = "政策 p 试\n文号 甲\n施行 2026-01-01 至 2025-01-01\n条件 甲\n  居民企业\n";
    let found = check(source, Catalogue::builtin(), &Settings::new());
    assert_eq!(found.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["dates-upside-down"]);
}

#[test]
fn what_loads_but_looks_wrong_is_warned_of() {
    one("设 甲 = 1 + 1\n条件 乙\n  居民企业\n", "unused", "甲", "没有用到");
    one("条件 甲\n  职工总数[上年] ≥ 0人\n", "never-fails", "甲", "永远成立");
    one("条件 甲\n  职工总数[上年] < 0人\n", "never-holds", "甲", "永远不成立");
    one("条件 甲\n  1 / 0 ≥ 1\n", "zero-divisor", "1 / 0", "除数固定为 0");
}

#[test]
fn every_error_is_told_at_once() {
    let body = "条见 甲\n条件 乙\n  职工总人数[上年] ≤ 500人\n  销售收入[上年] ≥\n条件 丙\n  销售收入[上年] ≥ 5千元\n例 丁\n  申请日 = 2026-06-01\n  期望 好\n";
    let codes: Vec<&str> = problems(body).into_iter().map(|(code, _)| code).collect();
    for code in ["unknown-keyword", "unknown-name", "unexpected", "unknown-unit"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    assert!(codes.len() >= 5, "{codes:?}");
}

#[test]
fn huge_and_deep_texts_are_refused_with_a_place() {
    let huge = "条件 甲\n  居民企业\n".repeat(600_000);
    let found = problems(&huge);
    assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["too-long"]);
    let brackets = condition(&format!("{}居民企业{}", "(".repeat(5000), ")".repeat(5000)));
    assert!(problems(&brackets).iter().any(|(code, _)| *code == "too-deep"));
    let chain = condition(&format!("1 {} ≥ 1", "+ 1".repeat(5000)));
    assert!(problems(&chain).iter().any(|(code, _)| *code == "too-long"));
    let stairs: String = (1..500).map(|level| format!("{}任一\n", " ".repeat(level))).collect();
    assert!(problems(&format!("条件 甲\n{stairs}")).iter().any(|(code, _)| *code == "too-deep"));
    let nots = condition(&format!("{}居民企业", "非 ".repeat(100_000)));
    assert_eq!(problems(&nots), []);
}

#[test]
fn cases_are_checked_like_the_rest() {
    let body =
        |lines: &str| format!("条件 甲\n  居民企业\n  资产总额[上年] ≤ 2亿元\n例 丁\n  申请日 = 2026-06-01\n{lines}");
    one(&body("  居民 = 是\n  期望 满足\n"), "unknown-name", "居民", "居民企业");
    one(&body("  资产总额[上年] = 3人\n  期望 满足\n"), "mixed-units", "3人", "金额");
    one(&body("  居民企业 = 是\n  期望 不满足 乙\n"), "unknown-expectation", "乙", "没有条件");
    one(&body("  居民企业 = 是\n"), "no-expectation", "丁", "期望");
    one(&body("  资产总额[上年] = 1亿元\n  期望 缺数据 职工总数\n"), "unknown-name", "职工总数", "不用");
}
