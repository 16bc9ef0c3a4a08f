//! The formatter changes how a policy looks, never what it means.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::Catalogue;
use policy::format::format;
use policy::library::TEXTS;
use policy::{Settings, check};
use proptest::prelude::*;

#[test]
fn the_library_stands_in_its_usual_form() {
    for (file, text) in TEXTS {
        let formatted = format(text);
        for (line, (usual, found)) in formatted.lines().zip(text.lines()).enumerate() {
            assert_eq!(usual, found, "{file}:{}", line + 1);
        }
        assert_eq!(&formatted, text, "{file}");
    }
}

#[test]
fn untidy_text_is_put_in_order_and_means_the_same() {
    let untidy = "政策 p 试\n文号  甲\n施行 2026-01-01\n条件 甲 《第二条》\n\t职工总数［上年］<=５００人   # 人数\n\t研发费用（会计口径）[上年]/营业收入[上年]>=3% 且 非 经营异常名录\n\n\n\n评分 乙 满分 10\n   项 丙 满分 10\n       分档 净利润[ 上年 - 1 ]\n          >-1元:1 至 2\n          其余:0\n例 丁\n  申请日=2026-06-01\n  职工总数[上年]=500人\n  期望 缺数据\n";
    let tidy = "政策 p 试\n文号  甲\n施行 2026-01-01\n条件 甲 《第二条》\n  职工总数[上年] ≤ ５００人  # 人数\n  研发费用（会计口径）[上年] / 营业收入[上年] ≥ 3% 且 非 经营异常名录\n\n评分 乙 满分 10\n  项 丙 满分 10\n    分档 净利润[上年-1]\n      > -1元 : 1 至 2\n      其余 : 0\n例 丁\n  申请日 = 2026-06-01\n  职工总数[上年] = 500人\n  期望 缺数据\n";
    assert_eq!(format(untidy), tidy);
    let meaning = |text: &str| {
        let policy = check(text, Catalogue::builtin(), &Settings::new()).policy.unwrap();
        let steps: Vec<_> = policy.steps.iter().map(|step| step.op.clone()).collect();
        let cases: Vec<_> = policy.cases.iter().map(|case| (case.facts.clone(), case.expects.clone())).collect();
        (steps, cases)
    };
    assert_eq!(meaning(untidy), meaning(tidy));
}

#[test]
fn odd_texts_stay_as_they_are_the_second_time() {
    for text in [
        "且 )条件\n且 《第一条》",
        "条件\n且 、\n且 《第一条》",
        "例 甲《第一条》《《第一条》",
        "奖励× 或《第一条》",
        "条件 甲\n\t奖励>=条件 甲《第一条》",
        "条件 甲(\n  或-5\n条件 乙\n  且[ 丙",
    ] {
        let once = format(text);
        assert_eq!(format(&once), once, "{text}");
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("条件".to_owned()),
        Just("甲".to_owned()),
        Just(" ".to_owned()),
        Just("\n".to_owned()),
        Just("  ".to_owned()),
        Just("（".to_owned()),
        Just(")".to_owned()),
        Just("[上年-1]".to_owned()),
        Just(">=".to_owned()),
        Just("-".to_owned()),
        Just("5000万元".to_owned()),
        Just("分档".to_owned()),
        Just(" : ".to_owned()),
        Just("# 说明".to_owned()),
        Just("《第一条》".to_owned()),
        Just("且 ".to_owned()),
        Just("“".to_owned()),
        Just("\t".to_owned()),
        Just("、".to_owned()),
        Just("说明".to_owned()),
        Just("职工总数".to_owned()),
        Just("＋".to_owned()),
        Just("或".to_owned()),
        Just("[".to_owned()),
        Just("《".to_owned()),
        Just("《a".to_owned()),
        Just("：".to_owned()),
        Just("条件 甲".to_owned()),
        Just("\r".to_owned()),
        Just("\u{3000}".to_owned()),
        Just("\u{a0}".to_owned()),
        Just("” ".to_owned()),
        Just("× ".to_owned()),
        Just("≤".to_owned()),
        Just("{".to_owned()),
        Just(";".to_owned()),
        Just("例 甲".to_owned()),
        Just("奖励".to_owned()),
        Just("设 乙 =".to_owned()),
    ]
}

/// The tree of a text and its problems, without the places at which they stand.
fn read(text: &str) -> (String, Vec<&'static str>) {
    let (tree, problems) = policy::parse::parse(text);
    let mut shown = String::new();
    let tree = format!("{tree:?}");
    let mut parts = tree.split("Span { ");
    shown.push_str(parts.next().unwrap());
    parts.for_each(|part| shown.push_str(part.split_once('}').unwrap().1));
    // Blanks within words are put in order; they tell nothing apart.
    let whole: String = ["\\n", "\\r", "\\t", " ", "\u{3000}", "\u{a0}", "\\u{3000}", "\\u{a0}"]
        .iter()
        .fold(shown, |text, blank| text.replace(blank, ""));
    (whole, problems.iter().map(|problem| problem.code).collect())
}

proptest! {
    #[test]
    fn formatting_twice_is_formatting_once(pieces in proptest::collection::vec(piece(), 0..40)) {
        let once = format(&pieces.concat());
        prop_assert_eq!(format(&once), once);
    }

    #[test]
    fn formatting_keeps_the_meaning(pieces in proptest::collection::vec(piece(), 0..40), which in 0_usize..TEXTS.len(), at in 0.0_f64..1.0) {
        let text = TEXTS[which].1;
        let mut at = (text.len() as f64 * at) as usize;
        while !text.is_char_boundary(at) { at -= 1; }
        for text in [pieces.concat(), format!("条件 甲\n  {}", pieces.concat()), format!("{}{}{}", &text[..at], pieces.concat(), &text[at..])] {
            if check(&text, Catalogue::builtin(), &Settings::new()).policy.is_none() { continue; }
            let was = read(&text);
            let is = read(&format(&text));
            let apart = was.0.bytes().zip(is.0.bytes()).take_while(|(a, b)| a == b).count().saturating_sub(80);
            let near = |tree: &str| String::from_utf8_lossy(&tree.as_bytes()[apart..tree.len().min(apart + 300)]).into_owned();
            prop_assert!(was.0 == is.0, "{}\n{}\n{text:?}", near(&was.0), near(&is.0));
            prop_assert!(is.1.is_empty(), "{:?}", is.1);
        }
    }

    #[test]
    fn a_policy_with_any_part_replaced_never_panics(which in 0_usize..8, at in 0.0_f64..1.0, length in 0_usize..40, with in proptest::collection::vec(piece(), 0..6)) {
        let text = TEXTS[which % TEXTS.len()].1;
        let mut from = (text.len() as f64 * at) as usize;
        while !text.is_char_boundary(from) { from -= 1; }
        let mut to = (from + length).min(text.len());
        while !text.is_char_boundary(to) { to -= 1; }
        let mutated = format!("{}{}{}", &text[..from], with.concat(), &text[to.max(from)..]);
        let checked = check(&mutated, Catalogue::builtin(), &Settings::new());
        for problem in &checked.problems {
            let _ = problem.show(&mutated, "p", kernel::Lang::En);
        }
        if let Some(policy) = checked.policy {
            let _ = policy.try_cases();
        }
        let _ = format(&mutated);
    }
}
