//! What evaluation means: four answers, bounds, marks, and that no answer is ever turned by learning more.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use kernel::{Catalogue, FactKey, Lang, Money, Period, SubjectKind, Value};
use policy::{Answer, FactSheet, Policy, Settings, check};
use proptest::prelude::*;

const ON: Date = date(2026, 6, 1);

fn load(body: &str) -> Policy {
    let source = format!("政策 p 试\n文号 甲〔2026〕1号\n施行 2026-01-01\n{body}");
    let checked = check(&source, Catalogue::builtin(), &Settings::new());
    let shown: String = checked.problems.iter().map(|problem| problem.show(&source, "p", Lang::Zh)).collect();
    checked.policy.unwrap_or_else(|| panic!("{shown}"))
}

fn yearly(field: &str, year: i16) -> FactKey {
    FactKey::of(field, Period::Year(year))
}

fn money(wan: i64) -> Value {
    Value::Money(Money::from_fen(wan * 1_000_000))
}

fn answer(policy: &Policy, facts: &[(FactKey, Value)]) -> (Answer, Vec<String>) {
    let sheet = FactSheet { facts: facts.iter().cloned().collect(), records: BTreeMap::new() };
    let ready = policy.on(ON);
    let outcome = ready.evaluate(&sheet);
    (outcome.answer(), ready.missing(&outcome).into_iter().map(|missing| missing.field).collect())
}

#[test]
fn a_certain_failure_is_never_hidden_by_a_missing_fact() {
    let policy = load("条件 甲\n  职工总数[上年] ≤ 500人\n  资产总额[上年] ≤ 2亿元\n");
    let staff = (yearly("total_staff", 2025), Value::Integer(501));
    assert_eq!(answer(&policy, std::slice::from_ref(&staff)).0, Answer::Fails);
    let staff = (yearly("total_staff", 2025), Value::Integer(500));
    assert_eq!(answer(&policy, &[staff]), (Answer::Undetermined, vec!["total_assets".to_owned()]));
}

#[test]
fn one_alternative_that_holds_is_enough() {
    let policy = load("条件 甲\n  任一\n    职工总数[上年] ≤ 500人\n    资产总额[上年] ≤ 2亿元\n");
    assert_eq!(answer(&policy, &[(yearly("total_staff", 2025), Value::Integer(5))]).0, Answer::Meets);
    assert_eq!(answer(&policy, &[(yearly("total_staff", 2025), Value::Integer(501))]).0, Answer::Undetermined);
}

#[test]
fn a_nought_below_the_line_is_missing_data_by_name() {
    let policy = load("条件 甲\n  研发费用[上年] / 营业收入[上年] ≥ 3%\n");
    let facts = [(yearly("rd_expense", 2025), money(10)), (yearly("operating_revenue", 2025), money(0))];
    assert_eq!(answer(&policy, &facts), (Answer::Undetermined, vec!["operating_revenue".to_owned()]));
}

#[test]
fn a_ratio_is_compared_exactly() {
    let policy = load("条件 甲\n  研发费用[上年] / 营业收入[上年] ≥ 5%\n");
    let with = |fen: i64| {
        let revenue = Value::Money(Money::from_fen(300_000_001 * 100));
        answer(
            &policy,
            &[
                (yearly("rd_expense", 2025), Value::Money(Money::from_fen(fen))),
                (yearly("operating_revenue", 2025), revenue),
            ],
        )
        .0
    };
    assert_eq!(with(1_500_000_005), Answer::Meets);
    assert_eq!(with(1_500_000_004), Answer::Fails);
}

#[test]
fn a_young_enterprise_is_judged_by_the_years_it_has() {
    let policy = load("条件 甲\n  合计(高企研发费用[近3年 实际年度]) / 合计(销售收入[近3年 实际年度]) ≥ 5%\n");
    let mut facts = vec![
        (FactKey::timeless("registration_date"), Value::Date(date(2024, 5, 1))),
        (yearly("rd_expense_hnte", 2024), money(5)),
        (yearly("sales_revenue", 2024), money(100)),
        (yearly("rd_expense_hnte", 2025), money(6)),
        (yearly("sales_revenue", 2025), money(100)),
    ];
    assert_eq!(answer(&policy, &facts).0, Answer::Meets);
    facts[0].1 = Value::Date(date(2023, 5, 1));
    let (found, missing) = answer(&policy, &facts);
    assert_eq!(found, Answer::Undetermined);
    assert!(missing.contains(&"rd_expense_hnte".to_owned()), "{missing:?}");
}

#[test]
fn a_derived_field_is_worked_from_its_parts_or_asked_for_as_one() {
    let policy = load("条件 甲\n  销售收入[上年] ≥ 100万元\n");
    let main = (yearly("main_business_revenue", 2025), money(60));
    let other = (yearly("other_business_revenue", 2025), money(40));
    assert_eq!(answer(&policy, &[main.clone(), other]).0, Answer::Meets);
    assert_eq!(answer(&policy, &[main]), (Answer::Undetermined, vec!["other_business_revenue".to_owned()]));
    assert_eq!(answer(&policy, &[]).1, ["sales_revenue"]);
    let enough = (yearly("main_business_revenue", 2025), money(100));
    assert_eq!(answer(&policy, &[enough]).0, Answer::Meets, "other income cannot be below nought");
}

#[test]
fn experts_leave_an_interval_and_a_decided_side_decides() {
    let policy = load(
        "评分 甲 满分 20 须 > 12\n  项 乙 满分 8 专家评定\n  项 丙 满分 12\n    分档 职工总数[上年]\n      ≥ 10人 : 12\n      ≥ 5人 : 7 至 8\n      其余 : 4\n",
    );
    let with = |staff| answer(&policy, &[(yearly("total_staff", 2025), Value::Integer(staff))]).0;
    assert_eq!(with(10), Answer::Expert);
    assert_eq!(with(5), Answer::Expert);
    assert_eq!(with(1), Answer::Fails, "8 + 4 is 12, and more than 12 is asked");
    assert_eq!(answer(&policy, &[]).0, Answer::Undetermined);
}

#[test]
fn an_unverified_rule_never_gives_a_bare_yes() {
    let policy = load("条件 甲 待核\n  职工总数[上年] ≤ 500人\n条件 乙\n  资产总额[上年] ≤ 2亿元\n");
    let run = |staff, assets| {
        let facts =
            [(yearly("total_staff", 2025), Value::Integer(staff)), (yearly("total_assets", 2025), money(assets))];
        let outcome =
            policy.on(ON).evaluate(&FactSheet { facts: facts.into_iter().collect(), records: BTreeMap::new() });
        (outcome.answer(), outcome.is_unverified())
    };
    assert_eq!(run(500, 1), (Answer::Meets, true));
    assert_eq!(run(501, 1), (Answer::Fails, true));
    assert_eq!(run(501, 30_000), (Answer::Fails, false), "another rule fails it for certain");
}

#[test]
fn a_setting_nobody_set_is_missing_by_name() {
    let body = "参数 年度上限 元 = 未定\n  由 园区\n条件 甲\n  营业收入[上年] ≤ 年度上限\n";
    let policy = load(body);
    let revenue = (yearly("operating_revenue", 2025), money(10));
    assert_eq!(answer(&policy, std::slice::from_ref(&revenue)), (Answer::Undetermined, vec!["年度上限".to_owned()]));
    let source = format!("政策 p 试\n文号 甲\n施行 2026-01-01\n{body}");
    let set = Settings::from([("年度上限".to_owned(), "20万元".to_owned())]);
    let policy = check(&source, Catalogue::builtin(), &set).policy.unwrap();
    assert_eq!(answer(&policy, &[revenue]).0, Answer::Meets);
}

#[test]
fn reasons_name_the_fact_the_value_and_the_article() {
    let policy =
        load("条件 甲 《第二条》\n  研发费用[上年] / 营业收入[上年] ≥ 5%\n  数量(知识产权 其中 状态 = 有效) ≥ 1\n");
    let mut sheet = FactSheet::default();
    sheet.facts.insert(yearly("rd_expense", 2025), money(60));
    sheet.facts.insert(yearly("operating_revenue", 2025), money(1000));
    let status = |code: &str| BTreeMap::from([(FactKey::timeless("ip_status"), Value::Code(code.to_owned()))]);
    sheet.records.insert(SubjectKind::IntellectualProperty, vec![status("lapsed"), status("valid")]);
    let ready = policy.on(ON);
    let outcome = ready.evaluate(&sheet);
    let reasons = ready.explain(&outcome, &sheet);
    assert_eq!(
        reasons[0].lines(Lang::Zh),
        "✓ 甲 《第二条》\n  ✓ 研发费用[上年] / 营业收入[上年] ≥ 5%\n    · 研发费用[上年] / 营业收入[上年] = 6%\n      · 研发费用（会计口径）（2025 年） = 60万元\n      · 营业收入总额（2025 年） = 1000万元\n  ✓ 数量(知识产权 其中 状态 = 有效) ≥ 1\n    · 数量(知识产权 其中 状态 = 有效) = 1项\n"
    );
    let ratio = &reasons[0].parts[0].parts[0];
    assert_eq!(ratio.parts[0].fact, Some(&yearly("rd_expense", 2025)));
    assert_eq!(reasons[0].parts[1].parts[0].records, [1]);
}

#[test]
fn what_settles_most_is_asked_for_first() {
    let policy = load(
        "条件 甲\n  资产总额[上年] ≤ 2亿元\n条件 乙\n  研发费用[上年] / 营业收入[上年] ≥ 5%\n条件 丙\n  营业收入[上年] ≤ 2亿元\n条件 丁\n  营业收入[上年] ≥ 5万元\n",
    );
    assert_eq!(answer(&policy, &[]).1, ["operating_revenue", "total_assets", "rd_expense"]);
}

/// The facts a completion may fill in, with figures at and around the edges the policies use.
fn domain() -> Vec<(FactKey, Vec<Value>)> {
    let figures = |list: &[i64]| list.iter().map(|&count| Value::Integer(count)).collect::<Vec<_>>();
    let amounts = |list: &[i64]| list.iter().map(|&wan| money(wan)).collect::<Vec<_>>();
    vec![
        (yearly("total_staff", 2025), figures(&[0, 9, 10, 500])),
        (yearly("sci_tech_staff", 2025), figures(&[0, 1, 3, 600])),
        (yearly("operating_revenue", 2025), amounts(&[0, 99, 100, 101])),
        (yearly("rd_expense", 2025), amounts(&[0, 4, 5, 6])),
        (FactKey::timeless("is_resident_enterprise"), vec![Value::Bool(true), Value::Bool(false)]),
    ]
}

fn test_expr() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("居民企业".to_owned()),
        Just("科技人员[上年] / 职工总数[上年] ≥ 10%".to_owned()),
        Just("研发费用[上年] / 营业收入[上年] > 5%".to_owned()),
        Just("营业收入[上年] - 研发费用[上年] ≥ 95万元".to_owned()),
        Just("最大(科技人员[上年], 职工总数[上年] - 9人) ≤ 1人".to_owned()),
        Just("研发费用[上年] = 5万元".to_owned()),
        Just("评.乙 ≥ 3".to_owned()),
        Just("评 < 8".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) 且 ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) 或 ({b})")),
            inner.prop_map(|a| format!("非 ({a})")),
        ]
    })
}

fn scored(test: &str) -> String {
    format!(
        "评分 评 满分 14\n  项 乙 满分 6\n    分档 科技人员[上年] / 职工总数[上年]\n      ≥ 30% : 6\n      ≥ 10% : 2 至 3\n      其余 : 0\n  项 丙 满分 8\n    最高\n      分档 研发费用[上年] / 营业收入[上年]\n        ≥ 6% : 8\n        ≥ 5% : 4\n        其余 : 0\n      分档 职工总数[上年]\n        ≥ 10人 : 5\n        其余 : 1\n条件 甲\n  {test}\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_answer_is_turned_by_filling_what_is_missing(test in test_expr(), picks in proptest::collection::vec(0_usize..5, 5)) {
        let policy = load(&scored(&test));
        let ready = policy.on(ON);
        let domain = domain();
        // A pick beyond the list leaves the fact missing.
        let mut sheet = FactSheet::default();
        let mut open = Vec::new();
        for ((key, values), pick) in domain.iter().zip(&picks) {
            match values.get(*pick) {
                Some(value) => { sheet.facts.insert(key.clone(), value.clone()); }
                None => open.push((key, values)),
            }
        }
        let first = ready.evaluate(&sheet);
        let mut at = vec![0_usize; open.len()];
        loop {
            let mut filled = sheet.clone();
            for ((key, values), &pick) in open.iter().zip(&at) {
                filled.facts.insert((*key).clone(), values[pick].clone());
            }
            let then = ready.evaluate(&filled);
            match first.answer() {
                Answer::Meets => prop_assert_ne!(then.answer(), Answer::Fails),
                Answer::Fails => prop_assert_ne!(then.answer(), Answer::Meets),
                _ => {}
            }
            // Bounds never widen past what was said before.
            let (before, after) = (ready.score(&first), ready.score(&then));
            if let (Some((lo, hi)), Some((low, high))) = (before, after) {
                prop_assert!(lo <= low && high <= hi, "{:?} {:?}", before, after);
            }
            let Some(next) = (0..at.len()).find(|&place| at[place] + 1 < open[place].1.len()) else { break };
            at[next] += 1;
            at[..next].fill(0);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(?s).{0,300}") {
        let _ = check(&text, Catalogue::builtin(), &Settings::new());
    }
}

#[test]
fn rewards_are_capped_shared_and_the_highest_of_a_group_is_paid() {
    let policy = load(
        "条件 甲\n  居民企业\n奖励 首次\n  分档 营业收入[上年]\n    ≥ 1000万元 : 30万元\n    ≥ 200万元 : 20万元\n    其余 : 10万元\n  分担 省级 60%\n  分担 市级 40%\n奖励 迁入\n  营业收入[上年] × 10%\n  上限 25万元\n奖励 券\n  1万元\n就高 首次、迁入\n",
    );
    let run = |facts: &[(FactKey, Value)]| {
        let sheet = FactSheet { facts: facts.iter().cloned().collect(), records: BTreeMap::new() };
        let outcome = policy.on(ON).evaluate(&sheet);
        let wan =
            |figure: Option<policy::exact::Exact>| figure.and_then(|figure| figure.whole()).map(|fen| fen / 1_000_000);
        let cost = policy.cost(&outcome);
        let paid = policy.rewards(&outcome);
        let absorbed: Vec<bool> = paid.iter().map(|one| one.absorbed).collect();
        let share = wan(paid[0].shares[1].1.hi);
        (wan(cost.lo), wan(cost.hi), absorbed, share)
    };
    let resident = (FactKey::timeless("is_resident_enterprise"), Value::Bool(true));
    let revenue = |wan| (yearly("operating_revenue", 2025), money(wan));
    assert_eq!(run(&[resident.clone(), revenue(1000)]), (Some(31), Some(31), vec![false, true, false], Some(12)));
    assert_eq!(run(&[resident.clone(), revenue(900)]), (Some(26), Some(26), vec![true, false, false], Some(8)));
    assert_eq!(run(std::slice::from_ref(&resident)), (Some(11), Some(31), vec![false, false, false], Some(12)));
    assert_eq!(run(&[revenue(1000)]), (Some(0), Some(31), vec![false, false, false], Some(12)));
}
