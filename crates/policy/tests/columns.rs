//! The column evaluator, and the one for many subjects in turn, answer as the explaining one does, row for row.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, date};
use kernel::{Catalogue, FactKey, Lang, Money, Period, SubjectKind, Value};
use policy::{FactSheet, InTurn, Library, Outcome, Policy, Ready, Settings, Table, check};
use proptest::prelude::*;
use rust_decimal::Decimal;

const ON: Date = date(2026, 6, 1);

/// Works all sheets both ways and says how many rows went to the explaining evaluator anyway.
fn agree(policy: &Policy, on: Date, sheets: &[FactSheet]) -> usize {
    let ready = policy.on(on);
    let mut table = Table::of([&ready]);
    sheets.iter().for_each(|sheet| table.push(sheet));
    let found = ready.columns(&table);
    assert_eq!(found.len(), sheets.len());
    let conditions: Vec<usize> = policy.top_conditions().map(|(at, _)| at).collect();
    let outcomes: Vec<Outcome> = sheets.iter().map(|sheet| ready.evaluate(sheet)).collect();
    in_turn(&ready, sheets, &outcomes);
    for (row, (sheet, outcome)) in sheets.iter().zip(&outcomes).enumerate() {
        let failed: Vec<usize> = found.failed(row).map(|place| conditions[place]).collect();
        let score = policy.scores.first().map(|score| outcome.steps[score.step].range());
        let columns = (found.answers()[row], found.is_unverified(row), failed, found.score_range(row));
        let explained = (outcome.answer(), outcome.is_unverified(), outcome.failed(policy).collect::<Vec<_>>(), score);
        let alike = columns == explained && ready.evaluate_row(&table, row) == *outcome;
        assert!(alike, "{columns:?}\n{explained:?}\n{} row {row} {sheet:?}\n{}", policy.version(), policy.source);
    }
    found.worked_singly()
}

/// Works all sheets one after the other, whichever kinds of record are known to have none.
fn in_turn(ready: &Ready<'_>, sheets: &[FactSheet], outcomes: &[Outcome]) {
    let listed = sheets.iter().max_by_key(|sheet| sheet.records.len()).cloned().unwrap_or_default();
    for blank in [FactSheet::default(), listed] {
        let mut all = InTurn::new(std::slice::from_ref(ready), &blank);
        let mut said: HashMap<Vec<u64>, usize> = HashMap::new();
        for (row, (sheet, outcome)) in sheets.iter().zip(outcomes).enumerate() {
            let turn = &all.work(sheet)[0];
            assert_eq!(turn.outcome(), outcome, "{} row {row} {sheet:?}", ready.policy.version());
            let mut apart = Vec::new();
            turn.tell_apart(&mut apart);
            let first = *said.entry(apart).or_insert(row);
            let alike = first == row || told(ready, &outcomes[first]) == told(ready, outcome);
            assert!(alike, "rows {first} and {row} of {}: {sheet:?}", ready.policy.version());
        }
    }
}

/// What the briefs of an outcome say.
fn told(ready: &Ready<'_>, outcome: &Outcome) -> impl PartialEq + std::fmt::Debug {
    let policy = ready.policy;
    let conditions = (outcome.failed(policy).collect::<Vec<_>>(), outcome.open(policy).collect::<Vec<_>>());
    let score = policy.scores.first().map(|score| outcome.steps[score.step].range());
    (outcome.answer(), outcome.is_unverified(), conditions, score, ready.missing(outcome), policy.cost(outcome))
}

fn load(body: &str) -> Policy {
    let source = format!("政策 p 试\n文号 甲〔2026〕1号\n施行 2026-01-01\n{body}");
    let checked = check(&source, Catalogue::builtin(), &Settings::new());
    let shown: String = checked.problems.iter().map(|problem| problem.show(&source, "p", Lang::Zh)).collect();
    checked.policy.unwrap_or_else(|| panic!("{shown}{source}"))
}

/// Values next to one, and some that are out of all measure.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Money(amount) => [amount.fen() - 1, amount.fen() + 1, 0, -500, i64::MAX, i64::MIN, 1 << 60]
            .map(|fen| Value::Money(Money::from_fen(fen)))
            .to_vec(),
        Value::Integer(count) => vec![
            Value::Integer(count - 1),
            Value::Integer(count + 1),
            Value::Integer(0),
            Value::Integer(i64::MAX),
            Value::Decimal(Decimal::new(count * 1000 + 1, 3)),
            Value::Text("三".to_owned()),
        ],
        Value::Decimal(figure) => vec![
            figure + Decimal::new(1, 2),
            figure - Decimal::new(1, 9),
            Decimal::MAX,
            Decimal::new(1, 20),
            Decimal::ZERO,
        ]
        .into_iter()
        .map(Value::Decimal)
        .collect(),
        Value::Bool(yes) => vec![Value::Bool(!yes), Value::Integer(1)],
        Value::Date(day) => vec![
            Value::Date(day.tomorrow().unwrap()),
            Value::Date(day.yesterday().unwrap()),
            Value::Date(Date::MIN),
            Value::Date(Date::MAX),
        ],
        Value::Code(_) | Value::Text(_) => vec![Value::Code("other".to_owned()), Value::Bool(true)],
    }
}

/// Every sheet with one fact, or one field of a record, changed or taken away.
fn neighbours(sheet: &FactSheet) -> Vec<FactSheet> {
    let mut found = vec![sheet.clone(), FactSheet::default()];
    for (key, value) in &sheet.facts {
        for other in others(value).into_iter().map(Some).chain([None]) {
            let mut changed = sheet.clone();
            match other {
                Some(other) => changed.facts.insert(key.clone(), other),
                None => changed.facts.remove(key),
            };
            found.push(changed);
        }
    }
    for (kind, records) in &sheet.records {
        let mut changed = sheet.clone();
        changed.records.remove(kind);
        found.push(changed);
        for (at, record) in records.iter().enumerate() {
            let mut changed = sheet.clone();
            changed.records.get_mut(kind).unwrap().remove(at);
            found.push(changed);
            for (key, value) in record {
                for other in others(value).into_iter().map(Some).chain([None]) {
                    let mut changed = sheet.clone();
                    let record = &mut changed.records.get_mut(kind).unwrap()[at];
                    match other {
                        Some(other) => record.insert(key.clone(), other),
                        None => record.remove(key),
                    };
                    found.push(changed);
                }
            }
        }
    }
    found
}

#[test]
fn both_evaluators_agree_on_the_library_its_cases_and_their_neighbours() {
    let mut rows = 0;
    for place in ["", "广东"] {
        let (library, _) = Library::builtin(place, &Settings::new());
        for policy in library.policies() {
            let mut days: BTreeMap<Date, Vec<FactSheet>> = BTreeMap::new();
            // The neighbours of a few cases reach every condition; the others stand for themselves.
            for (at, case) in policy.cases.iter().enumerate() {
                let near = if at < 4 { neighbours(&case.facts) } else { vec![case.facts.clone()] };
                days.entry(case.on).or_default().extend(near);
            }
            for near in policy.boundaries().0 {
                days.entry(near.case.on).or_default().push(near.case.facts);
            }
            for (on, sheets) in days {
                rows += sheets.len();
                agree(policy, on, &sheets);
            }
        }
    }
    assert!(rows > 5_000, "{rows}");
}

#[test]
fn ordinary_figures_never_leave_the_columns() {
    let (library, _) = Library::builtin("", &Settings::new());
    let policy = library.policy("tech-sme", ON).unwrap();
    let sheets: Vec<FactSheet> = policy.cases.iter().map(|case| case.facts.clone()).cycle().take(3000).collect();
    assert_eq!(agree(policy, ON, &sheets), 0);
}

/// A fact, or that it is not known.
type Given = (FactKey, Option<Value>);

fn yearly(field: &str, year: i16) -> FactKey {
    FactKey::of(field, Period::Year(year))
}

/// One fact with a value at or around the edges that the generated policies use, or none.
fn fact(key: FactKey, values: Vec<Value>) -> impl Strategy<Value = (FactKey, Option<Value>)> {
    (0..values.len() + values.len().div_ceil(3)).prop_map(move |at| (key.clone(), values.get(at).cloned()))
}

fn sheet() -> impl Strategy<Value = FactSheet> {
    let counts = |list: &[i64]| list.iter().map(|&count| Value::Integer(count)).collect::<Vec<_>>();
    let money = |list: &[i64]| list.iter().map(|&fen| Value::Money(Money::from_fen(fen))).collect::<Vec<_>>();
    let wan = 1_000_000;
    let amounts = money(&[0, 1, 4 * wan, 5 * wan, 5 * wan - 1, 100 * wan, 100 * wan + 1, -3 * wan, i64::MAX, 1 << 59]);
    let days = [date(2025, 6, 1), date(2025, 6, 2), date(2024, 2, 29), date(2026, 6, 1), Date::MAX].map(Value::Date);
    let percent = [0, 1, 500, 499, 501, 7000].map(|figure| Value::Decimal(Decimal::new(figure, 2)));
    let facts = (
        fact(yearly("total_staff", 2025), counts(&[0, 9, 10, 11, 500, 501])),
        fact(yearly("sci_tech_staff", 2025), counts(&[0, 1, 2, 3, 50, 600])),
        fact(yearly("operating_revenue", 2025), amounts.clone()),
        fact(yearly("operating_revenue", 2024), amounts.clone()),
        fact(yearly("rd_expense", 2025), amounts.clone()),
        fact(yearly("sales_revenue", 2025), amounts.clone()),
        fact(yearly("main_business_revenue", 2025), amounts.clone()),
        fact(yearly("other_business_revenue", 2025), amounts.clone()),
        fact(yearly("net_profit", 2025), amounts.clone()),
        (
            fact(FactKey::timeless("registration_date"), days.to_vec()),
            fact(FactKey::timeless("is_resident_enterprise"), vec![Value::Bool(true), Value::Bool(false)]),
            fact(yearly("debt_ratio", 2025), percent.to_vec()),
        ),
    );
    let record = (
        fact(FactKey::timeless("ip_status"), vec![Value::Code("valid".into()), Value::Code("lapsed".into())]),
        fact(FactKey::timeless("ip_class"), vec![Value::Code("one".into()), Value::Code("two".into())]),
    );
    let round = (
        fact(FactKey::timeless("equity_financing_paid_in"), amounts),
        fact(FactKey::timeless("round_date"), days.to_vec()),
    );
    let records = (
        proptest::option::of(proptest::collection::vec(record, 0..4)),
        proptest::option::of(proptest::collection::vec(round, 0..3)),
    );
    (facts, records).prop_map(|(facts, (ip, rounds))| {
        let (a, b, c, d, e, f, g, h, i, (j, k, l)) = facts;
        let own = [a, b, c, d, e, f, g, h, i, j, k, l].into_iter().filter_map(|(key, value)| Some((key, value?)));
        let list = |records: Vec<(Given, Given)>| {
            let record =
                |(a, b): (Given, Given)| [a, b].into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
            records.into_iter().map(record).collect::<Vec<BTreeMap<FactKey, Value>>>()
        };
        let mut sheet = FactSheet { facts: own.collect(), records: BTreeMap::new() };
        sheet.records.extend(ip.map(|records| (SubjectKind::IntellectualProperty, list(records))));
        sheet.records.extend(rounds.map(|records| (SubjectKind::Financing, list(records))));
        sheet
    })
}

fn condition() -> impl Strategy<Value = String> {
    let sign = prop_oneof![Just("≥"), Just(">"), Just("≤"), Just("<"), Just("="), Just("≠")];
    let money = prop_oneof![
        Just("营业收入[上年]"),
        Just("营业收入[上年-1]"),
        Just("研发费用[上年]"),
        Just("销售收入[上年]"),
        Just("净利润[上年]"),
        Just("5万元"),
        Just("100万元"),
        Just("合计(股权融资.新增股权融资 其中 融资日期 ≥ 申请日 - 1年)"),
        Just("合计(股权融资.新增股权融资)"),
        Just("合计(营业收入[近2年])"),
    ];
    let money = money.prop_map(str::to_owned).prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} - {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("最大({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("最小({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("平均({a}, {b})")),
            (inner.clone(), prop_oneof![Just("10%"), Just("3%"), Just("2")])
                .prop_map(|(a, by)| format!("({a} × {by})")),
            (inner.clone(), Just("3")).prop_map(|(a, by)| format!("({a} / {by})")),
        ]
    });
    let count = prop_oneof![
        Just("职工总数[上年]"),
        Just("科技人员[上年]"),
        Just("10人"),
        Just("500人"),
        Just("最小(科技人员[上年], 职工总数[上年] - 9人)"),
    ];
    let ratio = prop_oneof![
        (money.clone(), money.clone()).prop_map(|(a, b)| format!("{a} / {b}")),
        (count.clone(), count.clone()).prop_map(|(a, b)| format!("{a} / {b}")),
        Just("资产负债率[上年]".to_owned()),
        (money.clone(), money.clone()).prop_map(|(a, b)| format!("({a} / {b} + {b} / {a}) / 2")),
    ];
    let share = prop_oneof![Just("5%"), Just("10%"), Just("0%"), Just("33.333333%"), Just("70%")];
    let whole = prop_oneof![Just("0"), Just("1"), Just("2")];
    let set = prop_oneof![
        Just("知识产权"),
        Just("知识产权 其中 状态 = 有效"),
        Just("知识产权 其中 状态 = 有效 且 评价类别 = Ⅱ类"),
        Just("知识产权 其中 非 (状态 = 有效) 或 评价类别 属于 (Ⅰ类)"),
        Just("股权融资 其中 融资日期 > 申请日 - 1年 或 新增股权融资 ≥ 5万元"),
    ];
    let leaf = prop_oneof![
        Just("居民企业".to_owned()),
        Just("专家认定".to_owned()),
        (money.clone(), sign.clone(), money.clone()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        (count.clone(), sign.clone(), count).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        (ratio.clone(), sign.clone(), share.clone()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        (share, sign.clone(), ratio).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        (set.clone(), sign.clone(), whole).prop_map(|(set, sign, edge)| format!("数量({set}) {sign} {edge}项")),
        set.prop_map(|set| format!("存在({set})")),
        sign.clone().prop_map(|sign| format!("成立日期 {sign} 申请日 - 365日")),
        sign.clone().prop_map(|sign| format!("成立日期 + 1年 {sign} 申请日")),
        sign.clone().prop_map(|sign| format!("满年数(成立日期, 申请日) {sign} 1年")),
        sign.clone().prop_map(|sign| format!("满月数(成立日期, 申请日) {sign} 12个月")),
        sign.clone().prop_map(|sign| format!("年初(成立日期) {sign} 2025-01-01")),
        sign.clone().prop_map(|sign| format!("年份(成立日期) {sign} 上年")),
        sign.clone().prop_map(|sign| format!("评 {sign} 12")),
        sign.clone().prop_map(|sign| format!("评.乙 {sign} 3")),
        sign.clone().prop_map(|sign| format!("2.5 {sign} 丁档")),
        sign.prop_map(|sign| format!("戊档 {sign} 2")),
    ];
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) 且 ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) 或 ({b})")),
            inner.prop_map(|a| format!("非 ({a})")),
        ]
    })
}

fn text(conditions: &[(String, bool)], expert: bool, unverified: bool) -> String {
    let written: String = conditions
        .iter()
        .enumerate()
        .map(|(at, (test, marked))| format!("条件 甲{at}{}\n  {test}\n", if *marked { " 待核" } else { "" }))
        .collect();
    let (seven, mark) = (if expert { "2 至 3" } else { "2.5" }, if unverified { " 待核" } else { "" });
    let doubt = if unverified && expert { " 待核" } else { "" };
    format!(
        "设 丁档 = 分档{mark}\n  若 职工总数[上年] ≥ 10人 且 营业收入[上年] ≥ 5万元 : 3\n  若 职工总数[上年] ≥ 9人 : 2.5\n  其余 : 1\n设 戊档 = 分档\n  若 居民企业 : 丁档\n  若 营业收入[上年] < 100万元 : 科技人员[上年] / 2人{doubt}\n  其余 : 2\n评分 评 满分 24\n  项 乙 满分 6\n    分档 科技人员[上年] / 职工总数[上年]\n      ≥ 30% : 6{mark}\n      ≥ 10% : {seven}\n      其余 : 0\n  项 丙 满分 18\n    最高\n      分档 研发费用[上年] / 营业收入[上年]\n        ≥ 6% : 8\n        ≥ 5% : 4\n        其余 : 0\n      分档 职工总数[上年]\n        ≥ 10人 : 科技人员[上年] / 2人\n        其余 : 1\n{written}"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn both_evaluators_agree_on_generated_policies_and_enterprises(
        conditions in proptest::collection::vec((condition(), proptest::bool::weighted(0.15)), 1..4),
        expert in proptest::bool::ANY,
        unverified in proptest::bool::weighted(0.3),
        sheets in proptest::collection::vec(sheet(), 1..90),
    ) {
        let source = format!("政策 p 试\n文号 甲〔2026〕1号\n施行 2026-01-01\n{}", text(&conditions, expert, unverified));
        let checked = check(&source, Catalogue::builtin(), &Settings::new());
        // Some sentences have no sense, such as a quotient of two fixed figures; the checker says so.
        if let Some(policy) = checked.policy {
            agree(&policy, ON, &sheets);
        }
    }
}

#[test]
fn bands_of_bands_that_are_not_verified_stay_in_the_columns_and_keep_their_mark() {
    let (library, _) = Library::builtin("", &Settings::new());
    let policy = library.policy("size-class", ON).unwrap();
    let sheets: Vec<FactSheet> = ["3911", "7021", "7111", "8010", "5131", ""]
        .into_iter()
        .flat_map(|code| {
            policy.cases.iter().map(move |case| {
                let mut sheet = case.facts.clone();
                match code {
                    "" => sheet.facts.remove(&FactKey::timeless("industry_code")),
                    code => sheet.facts.insert(FactKey::timeless("industry_code"), Value::Code(code.to_owned())),
                };
                sheet
            })
        })
        .collect();
    assert_eq!(agree(policy, ON, &sheets), 0);
    let ready = policy.on(ON);
    let marked = sheets.iter().filter(|sheet| ready.evaluate(*sheet).is_unverified()).count();
    assert!(marked > 0 && marked < sheets.len(), "{marked}");
}

#[test]
fn more_than_one_block_and_more_than_64_conditions() {
    let written: String = (0..70).map(|at| format!("条件 甲{at}\n  职工总数[上年] ≥ {at}人\n")).collect();
    let policy = load(&written);
    let sheets: Vec<FactSheet> = (0..2500)
        .map(|row| {
            let facts = (row % 7 != 0).then(|| (yearly("total_staff", 2025), Value::Integer(row % 90)));
            FactSheet { facts: facts.into_iter().collect(), records: BTreeMap::new() }
        })
        .collect();
    assert_eq!(agree(&policy, ON, &sheets), 0);
}
