//! Enterprises at the edges of the policies of the library.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use checkup::{Brief, CheckUp, Desk, Enterprise, Nearness, Reason, Record};
use jiff::civil::{Date, date};
use kernel::{FactKey, Lang, Money, Period, SubjectKind, Value};
use policy::{Answer, FactSheet, Library, Settings};
use serde_json::{Value as Json, json};

const ON: Date = date(2026, 6, 1);

fn library() -> Library {
    Library::builtin("", &Settings::new()).0
}

/// The enterprise of a case of the library, each fact with an origin of its own.
fn of_case(library: &Library, policy: &str, case: &str) -> Enterprise {
    let policy = library.policy(policy, ON).unwrap();
    let case = policy.cases.iter().find(|known| known.name == case).unwrap();
    let mut enterprise = Enterprise::new("91330101MA2AAAAA0X", "一号公司");
    let origin = |key: &FactKey| Some(format!("企业!{key}"));
    enterprise.add_cells(case.facts.facts.iter().map(|(key, value)| (key.clone(), value.clone(), origin(key))));
    for (kind, records) in &case.facts.records {
        enterprise.knows(*kind);
        for (row, record) in records.iter().enumerate() {
            let cells = record.iter().map(|(key, value)| (key.clone(), value.clone()));
            let origin = Some(format!("{}!{}", kind.key(), row + 2));
            enterprise.add_record(*kind, Record::of_cells(format!("第{}件", row + 1), origin, cells));
        }
    }
    enterprise
}

fn set(enterprise: &mut Enterprise, fact: &str, value: Value) {
    enterprise.add_cells([(fact.parse().unwrap(), value, None)]);
}

fn check_up(library: &Library, policy: &str, enterprise: &Enterprise) -> CheckUp {
    Desk::of(library, ON, &[policy]).unwrap().check_up(enterprise).remove(0)
}

fn line(checked: &CheckUp) -> Json {
    serde_json::from_str(&checked.to_json_line()).unwrap()
}

#[test]
fn an_unknown_or_past_policy_is_refused_with_the_nearest() {
    let library = library();
    let error = Desk::of(&library, ON, &["tech-smee"]).unwrap_err();
    assert_eq!(error.nearest[0], "tech-sme");
    assert_eq!(error.say(Lang::Zh), "2026-06-01 没有适用于企业的政策“tech-smee”在施行；是否指 tech-sme？");
    let early = Desk::of(&library, date(2016, 1, 1), &["tech-sme"]).unwrap_err();
    assert_eq!(early.begins, Some(date(2017, 5, 3)));
    // A policy for carriers is none for enterprises.
    assert!(Desk::of(&library, ON, &["maker-space"]).is_err());
}

#[test]
fn every_policy_for_enterprises_is_checked_and_the_day_picks_the_version() {
    let library = library();
    let versions: Vec<String> = Desk::new(&library, ON).versions().collect();
    assert_eq!(versions.len(), 22);
    assert!(versions.contains(&"srdi-sme@2026-04-01".to_owned()) && !versions.iter().any(|it| it.contains("maker")));
    assert!(versions.last().unwrap().ends_with("@河南"), "rules of places come last: {versions:?}");
    let before: Vec<String> = Desk::new(&library, date(2026, 3, 31)).versions().collect();
    assert!(before.contains(&"srdi-sme@2022-08-01".to_owned()));
}

#[test]
fn nothing_known_is_never_a_no() {
    let library = library();
    for checked in Desk::new(&library, ON).check_up(&Enterprise::new("", "无名")) {
        assert!(matches!(checked.verdict, Answer::Undetermined), "{}: {:?}", checked.version, checked.failed);
        assert!(!checked.missing.is_empty() && checked.plan.is_none() && checked.enterprise == "无名");
    }
}

#[test]
fn the_line_has_the_promised_form() {
    let library = library();
    let mut enterprise = of_case(&library, "tech-sme", "达标基准");
    set(&mut enterprise, "total_staff@2025", Value::Integer(600));
    let checked = check_up(&library, "tech-sme", &enterprise);
    let text = checked.to_json_line();
    assert!(!text.contains('\n'));
    assert!(text.starts_with(
        r#"{"enterprise":"91330101MA2AAAAA0X","policy":"tech-sme","version":"tech-sme@2022-01-01","verdict":"fails","score":{"min":52,"max":52},"failed":["TSME-2a","TSME-5"],"missing":[],"gap":[{"condition":"TSME-2a","field":"total_staff","now":600,"needed":500,"unit":"人""#
    ), "{text}");
    // 8 of 600 are below a tenth: one lever for the second condition is enough staff of science.
    let gaps = line(&checked)["gap"].clone();
    let tech = gaps.as_array().unwrap().iter().find(|gap| gap["field"] == "sci_tech_staff").unwrap();
    assert_eq!((&tech["condition"], &tech["now"]), (&json!("TSME-5"), &json!(8)));
    assert!(tech["needed"].as_i64().unwrap() >= 60);
    let again = check_up(&library, "tech-sme", &enterprise.clone()).to_json_line();
    assert_eq!(text, again, "the same input gives the same bytes");
}

#[test]
fn either_side_of_an_edge_is_told_apart_to_the_fen() {
    let library = library();
    let mut enterprise = of_case(&library, "tech-sme", "高企直接确认");
    let revenue = |fen: i64| Value::Money(Money::from_fen(fen));
    set(&mut enterprise, "sales_revenue@2025", revenue(20_000_000_000));
    assert_eq!(check_up(&library, "tech-sme", &enterprise).verdict, Answer::Meets);
    set(&mut enterprise, "sales_revenue@2025", revenue(20_000_000_001));
    let checked = check_up(&library, "tech-sme", &enterprise);
    assert_eq!(checked.lack(Lang::Zh), "年销售收入不超过2亿元：销售收入（2025 年） 2.0000000001 亿元，须 ≤ 2 亿元");
    assert_eq!(line(&checked)["gap"][0]["now"], json!(20000.000001));
}

#[test]
fn a_meeting_enterprise_lacks_nothing_and_keeps_its_window() {
    let library = library();
    let checked = check_up(&library, "tech-sme", &of_case(&library, "tech-sme", "达标基准"));
    assert_eq!((checked.verdict, checked.nearness()), (Answer::Meets, Nearness::Meets));
    assert_eq!(checked.lack(Lang::Zh), "");
    let window = checked.window.unwrap();
    assert_eq!((window.from, window.to, window.next_year), (date(2026, 1, 1), date(2026, 10, 31), false));
    assert_eq!(checked.score.as_ref().unwrap().say(Lang::Zh), "64 分");
    assert!(!checked.unverified_notes.is_empty(), "the policy's own 待核 note is shown");
}

#[test]
fn after_the_window_the_next_one_is_told() {
    let library = library();
    let enterprise = of_case(&library, "tech-sme", "达标基准");
    let desk = Desk::of(&library, date(2026, 11, 1), &["tech-sme"]).unwrap();
    let window = desk.check_up(&enterprise)[0].window.unwrap();
    assert_eq!((window.from, window.next_year, window.is_open(desk.on())), (date(2027, 1, 1), true, false));
}

#[test]
fn a_missing_figure_is_asked_for_by_name_with_what_hangs_on_it() {
    let library = library();
    let checked = check_up(&library, "tech-sme", &of_case(&library, "tech-sme", "缺研发费用仍可判定区间"));
    assert_eq!(checked.verdict, Answer::Undetermined);
    let first = &checked.missing[0];
    assert_eq!((first.field.as_str(), first.settles), ("rd_expense_119", 1));
    assert!(first.has_points());
    assert_eq!(checked.lack(Lang::Zh), "缺 研发费用（加计扣除口径）（2025 年）");
    assert_eq!(line(&checked)["score"], json!({"min": 24, "max": 74}));
    assert_eq!(line(&checked)["missing"], json!(["rd_expense_119"]));
}

#[test]
fn records_nobody_knows_are_asked_for_and_known_none_is_told() {
    let library = library();
    let mut enterprise = of_case(&library, "tech-sme", "达标基准");
    let known = check_up(&library, "tech-sme", &enterprise);
    assert!(known.none_on_record.contains(&SubjectKind::Incident));
    enterprise.records.remove(&SubjectKind::Incident);
    let unknown = check_up(&library, "tech-sme", &enterprise);
    assert_eq!((unknown.verdict, unknown.missing[0].field.as_str()), (Answer::Undetermined, "incident"));
    assert!(!unknown.none_on_record.contains(&SubjectKind::Incident));
}

#[test]
fn a_zero_denominator_is_missing_data_by_name() {
    let library = library();
    let mut enterprise = of_case(&library, "high-tech-enterprise", "达标基准");
    set(&mut enterprise, "total_income@2025", Value::Money(Money::from_fen(0)));
    let checked = check_up(&library, "high-tech-enterprise", &enterprise);
    assert_eq!(checked.verdict, Answer::Undetermined);
    assert!(checked.missing.iter().any(|missing| missing.field == "total_income"), "{:?}", checked.missing);
    let is_marked = |reason: &Reason| reason.zero_divisor;
    assert!(any(&checked.reasons, &is_marked));
}

fn any(reasons: &[Reason], is: &dyn Fn(&Reason) -> bool) -> bool {
    reasons.iter().any(|reason| is(reason) || any(&reason.parts, is))
}

#[test]
fn a_young_enterprise_learns_its_first_day() {
    let library = library();
    let mut enterprise = of_case(&library, "high-tech-enterprise", "达标基准");
    set(&mut enterprise, "registration_date", Value::Date(date(2025, 8, 1)));
    let checked = check_up(&library, "high-tech-enterprise", &enterprise);
    let gap = checked.gap.iter().find(|gap| gap.condition == "HNTE-1").unwrap();
    assert_eq!(
        (gap.first_day, gap.fact.as_ref().unwrap().to_string()),
        (Some(date(2026, 8, 1)), "registration_date".into())
    );
    assert_eq!(gap.say(Lang::Zh), "成立日期 2025-08-01，须 ≤ 2025-06-01");
}

#[test]
fn waiting_is_a_plan_where_only_the_day_is_short() {
    let library = library();
    let mut enterprise = of_case(&library, "startup-subsidy", "返乡创业满一年");
    set(&mut enterprise, "registration_date", Value::Date(date(2025, 9, 1)));
    let checked = check_up(&library, "startup-subsidy", &enterprise);
    let plan = checked.plan.as_ref().unwrap();
    assert_eq!((plan.on, plan.answer, plan.moves.len()), (date(2026, 9, 1), Answer::Meets, 0));
    assert_eq!(checked.nearness(), Nearness::Near);
    let reward = &checked.rewards[0];
    assert_eq!((reward.amount.say(Lang::Zh), reward.if_met.say(Lang::Zh)), ("0 元".into(), "5,000 元".into()));
    assert!(checked.is_local());
}

#[test]
fn negative_net_assets_are_answered_by_the_rule_and_marked() {
    let library = library();
    let mut enterprise = of_case(&library, "high-tech-enterprise", "达标基准");
    set(&mut enterprise, "net_assets@2024", Value::Money(Money::from_fen(-100_000_000)));
    let checked = check_up(&library, "high-tech-enterprise", &enterprise);
    let is_growth =
        |reason: &Reason| reason.title.zh == "净资产增长率" && reason.unverified && reason.say_worth(Lang::Zh) == "0%";
    assert!(any(&checked.reasons, &is_growth));
}

#[test]
fn a_plan_says_what_it_costs_and_until_when_it_counts() {
    let library = library();
    let mut enterprise = of_case(&library, "tech-sme", "达标基准");
    let rd = FactKey::of("rd_expense_119", Period::Year(2025));
    set(&mut enterprise, &rd.to_string(), Value::Money(Money::from_fen(2_000_000)));
    let checked = check_up(&library, "tech-sme", &enterprise);
    let plan = checked.plan.as_ref().unwrap();
    let spent = plan.moves.iter().find(|found| found.fact == rd).unwrap();
    assert_eq!(spent.cost.as_ref().unwrap().range, spent.change.range);
    for found in &plan.moves {
        assert_eq!(found.last_day, Some(date(2025, 12, 31)), "{}", found.fact);
        assert!(found.year_over, "the books of 2025 are closed");
    }
    let mut after = enterprise.clone();
    for found in &plan.moves {
        let figure = found.needed.range.known().unwrap().whole().unwrap() as i64;
        let value = match found.needed.unit() {
            "万元" => Value::Money(Money::from_fen(figure)),
            _ => Value::Integer(figure),
        };
        set(&mut after, &found.fact.to_string(), value);
    }
    assert_eq!(check_up(&library, "tech-sme", &after).verdict, plan.answer, "a plan passes when it is made");
}

#[test]
fn to_earn_less_is_no_advice() {
    let library = library();
    let mut enterprise = of_case(&library, "size-class", "两项都达大型");
    let checked = check_up(&library, "size-class", &enterprise);
    assert_eq!((checked.verdict, checked.nearness()), (Answer::Fails, Nearness::Far));
    assert!(checked.plan.is_none(), "{:?}", checked.plan);
    assert!(checked.gap.iter().all(|gap| !gap.movable) && !checked.gap.is_empty(), "{:?}", checked.gap);
    // Researchers who are a third of what is needed are a way, but not a near one.
    enterprise = of_case(&library, "tech-sme", "科技人员指标为零");
    set(&mut enterprise, "sci_tech_staff@2025", Value::Integer(1));
    let far = check_up(&library, "tech-sme", &enterprise);
    assert_eq!(far.nearness(), Nearness::Far);
    assert!(far.plan.unwrap().moves.iter().all(|step| step.needed.range.lo > step.now.range.lo));
}

#[test]
fn a_table_is_told_by_the_figure_that_is_looked_up_and_nothing_is_told_twice() {
    let library = library();
    let checked = check_up(&library, "tech-sme", &of_case(&library, "tech-sme", "缺研发费用仍可判定区间"));
    let item = find(&checked.reasons, "科技人员指标").unwrap();
    let parts: Vec<&str> = item.parts.iter().map(|part| part.title.zh.as_str()).collect();
    assert_eq!(parts, ["科技人员[上年] / 职工总数[上年]"]);
    assert!(count(&checked.reasons) < 60, "{} reasons", count(&checked.reasons));
}

fn find<'r>(reasons: &'r [Reason], title: &str) -> Option<&'r Reason> {
    reasons.iter().find_map(|reason| if reason.title.zh == title { Some(reason) } else { find(&reason.parts, title) })
}

fn count(reasons: &[Reason]) -> usize {
    reasons.iter().map(|reason| 1 + count(&reason.parts)).sum()
}

#[test]
fn reasons_lead_to_the_facts_they_used_and_to_their_sources() {
    let library = library();
    let checked = check_up(&library, "tech-sme", &of_case(&library, "tech-sme", "达标基准"));
    let is_staff = |reason: &Reason| {
        reason.used.as_ref().is_some_and(|used| {
            used.fact.to_string() == "total_staff@2025"
                && used.value.as_ref().is_some_and(|value| value.zh == "40 人")
                && used.origin.as_deref() == Some("企业!total_staff@2025")
        })
    };
    assert!(any(&checked.reasons, &is_staff));
    let is_code = |reason: &Reason| {
        reason.used.as_ref().is_some_and(|used| used.value.as_ref().is_some_and(|value| value.zh == "查账征收"))
    };
    assert!(any(&checked.reasons, &is_code));
    let counts = |reason: &Reason| {
        reason.records.as_ref().is_some_and(|(kind, records)| {
            *kind == SubjectKind::IntellectualProperty
                && records.iter().any(|record| record.origin.as_deref() == Some("intellectual_property!2"))
        })
    };
    assert!(any(&checked.reasons, &counts));
    assert!(checked.reasons.iter().all(|reason| reason.named && reason.article.is_some()));
}

#[test]
fn experts_judgement_is_its_own_answer() {
    let library = library();
    let checked = check_up(&library, "high-tech-enterprise", &of_case(&library, "high-tech-enterprise", "达标基准"));
    assert_eq!((checked.verdict, line(&checked)["verdict"].as_str()), (Answer::Expert, Some("expert")));
    assert_eq!(line(&checked)["score"], json!({"min": 47, "max": 96}));
    assert!(checked.lack(Lang::Zh).starts_with("由评审决定："));
}

#[test]
fn the_shortest_form_says_what_the_whole_check_up_says() {
    let library = library();
    let desk = Desk::new(&library, ON);
    let mut seen = 0;
    for policy in desk.check_up(&Enterprise::new("", "无名")).iter().map(|checked| checked.policy.clone()) {
        for case in &library.policy(&policy, ON).unwrap().cases {
            let enterprise = of_case(&library, &policy, &case.name);
            for (whole, brief) in desk.check_up(&enterprise).iter().zip(desk.briefs(&enterprise)) {
                let (whole, short) = (line(whole), serde_json::from_str::<Json>(&brief.to_json()).unwrap());
                for key in ["policy", "version", "verdict", "unverified", "failed", "open", "missing"] {
                    assert_eq!(whole[key], short[key], "{key} of {policy} in {}", case.name);
                }
                assert_eq!(whole["score"]["min"], short["score"][0]);
                assert_eq!(desk.briefs(&enterprise).iter().find(|again| again.policy == brief.policy), Some(&brief));
                seen += 1;
            }
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn one_enterprise_after_another_is_told_what_each_alone_is_told() {
    let library = library();
    let desk = Desk::new(&library, ON);
    let cases = library.policies().iter().flat_map(|policy| &policy.cases);
    // Each with half of its facts as well, and nobody of whom nothing is known between them.
    let mut sheets: Vec<FactSheet> = Vec::new();
    for case in cases {
        let mut half = case.facts.clone();
        half.facts = half.facts.into_iter().step_by(2).collect();
        sheets.extend([case.facts.clone(), half, FactSheet::default()]);
    }
    let listed = BTreeMap::from([(SubjectKind::Title, Vec::new()), (SubjectKind::IntellectualProperty, Vec::new())]);
    let mut differ = BTreeSet::new();
    for blank in [FactSheet::default(), FactSheet { records: listed, ..FactSheet::default() }] {
        let mut series = desk.series(&blank, |brief| brief.to_json());
        for sheet in &sheets {
            let alone: Vec<String> = desk.briefs(sheet).iter().map(Brief::to_json).collect();
            let told: Vec<String> = series.said(sheet).iter().map(|said| String::clone(said)).collect();
            assert_eq!(told, alone, "{sheet:?}");
            differ.extend(told);
        }
    }
    assert!(differ.len() > 500, "{}", differ.len());
}

#[test]
fn reasons_and_gaps_are_english_throughout_on_english_pages() {
    let library = library();
    fn told(reasons: &[Reason], to: &mut Vec<String>) {
        for reason in reasons {
            to.push(reason.title.en.clone());
            told(&reason.parts, to);
        }
    }
    let is_chinese = |text: &&String| text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    let (mut count, mut wrong) = (0, Vec::new());
    for policy in library.asked_of_all(ON).filter(|policy| policy.subject == SubjectKind::Enterprise) {
        for case in &policy.cases {
            let checked = check_up(&library, &policy.id, &of_case(&library, &policy.id, &case.name));
            let mut texts: Vec<String> = checked.gap.iter().map(|gap| gap.name.en.clone()).collect();
            told(&checked.reasons, &mut texts);
            count += texts.len();
            wrong.extend(texts.iter().filter(is_chinese).map(|text| format!("{}: {text}", policy.id)));
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(count > 5_000 && wrong.is_empty(), "{count} texts, {wrong:#?}");
}

#[test]
fn a_rule_in_english_says_what_the_text_says() {
    let library = library();
    let told = |policy: &str, case: &str, zh: &str| {
        let checked = check_up(&library, policy, &of_case(&library, policy, case));
        find(&checked.reasons, zh).unwrap_or_else(|| panic!("no reason {zh}")).title.en.clone()
    };
    let base = "达标基准";
    let staff = told("tech-sme", base, "科技人员[上年] / 职工总数[上年]");
    assert_eq!(staff, "Science and technology staff (2025) / Staff (2025)");
    let first_class = "存在(知识产权 其中 状态 = 有效 且 评价类别 = Ⅰ类)";
    assert_eq!(
        told("high-tech-enterprise", base, first_class),
        "there is a record of intellectual property where Status is In force and Class is Class I"
    );
    assert_eq!(
        told("tech-sme", base, "标准级别 属于 (国际标准, 国家标准, 行业标准)"),
        "Standard level is any of International, National, Industry"
    );
    let year = told("high-tech-enterprise", base, "高企研发费用[近3年 实际年度]");
    assert_eq!(
        year,
        "R&D expense (high-tech enterprise) (2023) if the year of Date of registration ≤ 2023, else 0 yuan"
    );
    assert_eq!(told("tech-sme", base, "综合评价得分 ≥ 60分"), "Overall score ≥ 60 points");
}
