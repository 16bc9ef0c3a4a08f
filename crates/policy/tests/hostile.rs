//! Texts nobody should write: refused with a place, never a panic.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::{Catalogue, Lang};
use policy::format::format;
use policy::{FactSheet, Settings, check};
use proptest::prelude::*;

fn codes(text: &str) -> Vec<&'static str> {
    let checked = check(text, Catalogue::builtin(), &Settings::new());
    for problem in &checked.problems {
        let _ = problem.show(text, "p", Lang::Zh);
    }
    assert!(checked.policy.is_none(), "{}", text.chars().take(80).collect::<String>());
    checked.problems.iter().map(|problem| problem.code).collect()
}

fn with(body: &str) -> String {
    format!("政策 p 试\n文号 甲\n施行 2026-01-01\n条件 甲\n  {body}\n")
}

#[test]
fn ten_megabytes_are_refused_by_their_size() {
    let long = with(&"职工总数[上年] ≥ 1人\n  ".repeat(10 << 20 >> 5));
    assert!(long.len() > 9 << 20);
    assert_eq!(codes(&long), ["too-long"]);
    assert_eq!(format(&long), long);
}

#[test]
fn deep_brackets_and_long_chains_never_panic() {
    for body in [
        format!("{}1人 ≥ 职工总数[上年]{}", "(".repeat(50_000), ")".repeat(50_000)),
        "非 ".repeat(50_000) + "居民企业",
        vec!["居民企业"; 20_000].join(" 且 "),
        "-".repeat(50_000) + "1人 ≥ 职工总数[上年]",
        format!("最大({}", "最大(".repeat(20_000)),
        "(".repeat(200_000),
        ")".repeat(200_000),
    ] {
        let text = with(&body);
        // A long chain of one sign is no nesting, and may be read.
        if let Some(policy) = check(&text, Catalogue::builtin(), &Settings::new()).policy {
            let sheet = FactSheet::default();
            let ready = policy.on(jiff::civil::date(2026, 6, 1));
            let outcome = ready.evaluate(&sheet);
            assert!(!ready.explain(&outcome, &sheet).is_empty());
        }
        let _ = format(&text);
    }
}

#[test]
fn a_ring_of_definitions_is_refused() {
    let text = "政策 p 试\n文号 甲\n施行 2026-01-01\n设 甲 = 乙 + 1人\n设 乙 = 甲 + 1人\n条件 丙\n  甲 ≥ 1人\n";
    assert!(codes(text).contains(&"cycle"), "{:?}", codes(text));
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let text = String::from_utf8_lossy(&bytes);
        let checked = check(&text, Catalogue::builtin(), &Settings::new());
        for problem in &checked.problems {
            let _ = problem.show(&text, "p", Lang::En);
        }
        let _ = format(&text);
    }

    #[test]
    fn random_conditions_never_panic_when_they_are_worked(words in proptest::collection::vec(prop_oneof![
        Just("职工总数[上年]"), Just("营业收入[上年]"), Just("≥"), Just("/"), Just("×"), Just("0"), Just("10人"),
        Just("9999999999999999999999999999"), Just("("), Just(")"), Just("且"), Just("非"), Just("^ 99"),
        Just("申请日"), Just("- 9999999年"), Just("成立日期"), Just("满年数("), Just(","), Just("年份("), Just("居民企业"),
    ], 1..12)) {
        let text = with(&words.join(" "));
        if let Some(policy) = check(&text, Catalogue::builtin(), &Settings::new()).policy {
            let ready = policy.on(jiff::civil::date(2026, 6, 1));
            let outcome = ready.evaluate(&FactSheet::default());
            let _ = (ready.gaps(&outcome, &FactSheet::default()), ready.plan(&FactSheet::default()));
        }
    }
}
