use proptest::prelude::*;

use super::*;

/// Codes on public registers, and one printed on a public page with a wrong check digit.
const REAL: [&str; 7] = [
    "912201011239989159",
    "91320691MAK668409U",
    "91320583MAK4C7NC6F",
    "91320594MAK7ATQQ17",
    "91310101MAK9940Q47",
    "913306815877655972",
    "913303006807061374",
];

#[test]
fn real_codes_are_read_and_the_organisation_code_inside_fits() {
    for text in REAL {
        let code = CreditCode::parse(text).expect(text);
        assert_eq!(code.as_str(), text);
        assert!(code.organisation_code_fits(), "{text}");
    }
}

#[test]
fn a_wrong_check_digit_names_the_right_one() {
    for (text, found, expected) in [("91350100M000100Y4Z", None, '3'), ("91320115MAED2PCC0L", Some('L'), 'E')] {
        assert_eq!(check_digit(&text[..17]), Some(expected));
        let Err(error) = CreditCode::parse(text) else { panic!("{text} was read") };
        if let Some(found) = found {
            assert!(
                matches!(error, CreditCodeError::CheckDigit { found: f, expected: e, .. } if f == found && e == expected)
            );
            assert!(error.say(Lang::Zh).starts_with("第 18 位校验码应为 E，表中为 L。"), "{}", error.say(Lang::Zh));
        }
    }
}

#[test]
fn a_character_no_code_contains_is_named_with_its_place_and_what_it_looks_like() {
    let error = CreditCode::parse("91320691MAK6684O9U").expect_err("O is not in the alphabet");
    let CreditCodeError::Character { place, found, meant, suggestion } = &error else { panic!("{error:?}") };
    assert_eq!((*place, *found, *meant), (16, 'O', Some('0')));
    assert_eq!(suggestion.map(|code| code.to_string()).as_deref(), Some("91320691MAK668409U"));
    assert_eq!(
        error.say(Lang::Zh),
        "第 16 位是 O，代码中不使用这个字符，是否应为 0。可能是 91320691MAK668409U，请核对营业执照。"
    );
}

#[test]
fn exchanged_neighbours_lead_to_the_code_that_was_meant_or_to_none() {
    let (mut led, mut all) = (0, 0);
    for text in REAL {
        for at in (0..17).filter(|&at| text.as_bytes()[at] != text.as_bytes()[at + 1]) {
            let mut bytes = text.as_bytes().to_vec();
            bytes.swap(at, at + 1);
            let Err(CreditCodeError::CheckDigit { suggestion, .. }) =
                CreditCode::parse(str::from_utf8(&bytes).unwrap())
            else {
                panic!("{text} with {at} exchanged was read")
            };
            all += 1;
            if let Some(code) = suggestion {
                assert_eq!(code.as_str(), text);
                led += 1;
            }
        }
    }
    assert!(led * 3 > all, "only {led} of {all} slips led back to the code");
}

#[test]
fn full_width_and_lower_case_are_folded_and_that_is_said() {
    let reading = CreditCode::read(" ９１320691mak668409u ").expect("a folded code");
    assert_eq!((reading.code.as_str(), reading.folded), ("91320691MAK668409U", true));
    assert!(!CreditCode::read(REAL[0]).expect("plain").folded);
}

#[test]
fn other_numbers_are_told_apart() {
    for (text, part) in [
        ("320691000012345", "15 位注册号"),
        ("MAK668409", "组织机构代码"),
        ("9.13206E+17", "科学计数法"),
        ("", "0 位"),
        ("统一社会信用代码", "8 位"),
    ] {
        let said = CreditCode::parse(text).expect_err(text).say(Lang::Zh);
        assert!(said.contains(part), "{text}: {said}");
    }
}

#[test]
fn a_code_is_made_from_its_parts() {
    let code = CreditCode::from_parts("91", "320691", "MAK66840").expect("parts that fit");
    assert_eq!(code.as_str(), "91320691MAK668409U");
    assert_eq!(code.division(), "320691");
    assert_eq!(CreditCode::from_parts("91", "32O691", "MAK66840"), None);
    assert_eq!(CreditCode::complete("短"), None);
}

fn any_code() -> impl Strategy<Value = CreditCode> {
    proptest::collection::vec(0..31_usize, 17).prop_map(|values| {
        let first: String = values.into_iter().map(|value| char::from(ALPHABET[value])).collect();
        CreditCode::complete(&first).expect("17 characters of the alphabet")
    })
}

proptest! {
    #[test]
    fn every_change_of_one_character_is_found(code in any_code(), place in 0..18_usize, value in 0..31_usize) {
        let mut bytes = code.as_str().as_bytes().to_vec();
        prop_assume!(bytes[place] != ALPHABET[value]);
        bytes[place] = ALPHABET[value];
        let changed = String::from_utf8(bytes).expect("ascii");
        prop_assert!(CreditCode::parse(&changed).is_err());
    }

    #[test]
    fn every_exchange_of_neighbours_is_found(code in any_code(), place in 0..17_usize) {
        let mut bytes = code.as_str().as_bytes().to_vec();
        prop_assume!(bytes[place] != bytes[place + 1]);
        bytes.swap(place, place + 1);
        prop_assert!(CreditCode::parse(&String::from_utf8(bytes).expect("ascii")).is_err());
    }

    #[test]
    fn no_text_makes_reading_a_code_panic(text in "\\PC{0,24}") {
        let _ = CreditCode::parse(&text).map_err(|error| (error.say(Lang::Zh), error.say(Lang::En)));
    }
}
