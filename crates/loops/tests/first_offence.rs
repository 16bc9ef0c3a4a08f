//! What the policy advises on first offences, by its own cases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::Lang;
use loops::first_offence::{Ground, advise};
use policy::{Library, Policy, Settings};

/// The policy with figures that a zone has set.
fn with(set: &Settings, check: impl Fn(&Policy)) {
    let (library, _) = Library::builtin("", set);
    check(library.policy("first-violation", jiff::civil::date(2026, 6, 1)).unwrap());
}

#[test]
fn each_ground_is_advised_where_it_holds_and_a_person_decides() {
    with(&Settings::new(), |policy| {
        for (case, grounds) in [
            ("初次违法危害轻微按期改正", vec![Ground::First]),
            ("改正晚一天", vec![]),
            ("不是初次", vec![]),
            ("不是初次但轻微且无后果", vec![Ground::Slight]),
            ("没有主观过错", vec![Ground::NoFault]),
            ("没有待处理案件", vec![]),
            ("周期以前的案件不算", vec![Ground::First]),
        ] {
            let found = policy.cases.iter().find(|known| known.name == case).unwrap_or_else(|| panic!("{case}"));
            let advice = advise(policy, &found.facts, found.on, Lang::Zh);
            assert_eq!(advice.grounds, grounds, "{case}");
            assert!(advice.missing.is_empty(), "{case}: {:?}", advice.missing);
            assert!(advice.say(Lang::Zh).contains("由办案人员决定"), "{}", advice.say(Lang::Zh));
        }
        let open = policy.cases.iter().find(|known| known.name == "危害后果未定").unwrap();
        let advice = advise(policy, &open.facts, open.on, Lang::Zh);
        assert_eq!(advice.say(Lang::Zh), "还缺 危害后果程度，暂不能提出建议。");
    });
}

#[test]
fn a_zone_sets_the_period_within_which_an_offence_is_the_first() {
    let set = Settings::from([("first-violation.初次周期".to_owned(), "6个月".to_owned())]);
    with(&set, |policy| {
        let again = policy.cases.iter().find(|known| known.name == "不是初次").unwrap();
        assert_eq!(advise(policy, &again.facts, again.on, Lang::Zh).grounds, [Ground::First]);
    });
}
