//! Unified social credit codes in a registration division that nobody uses.

use kernel::credit_code::{ALPHABET, CreditCode};

/// The state's table of divisions does not contain 990001 and does not intend it: 99 is no province.
const DIVISION: &str = "990001";
/// Registered with the market regulator (9), an enterprise (1).
const ENTERPRISE: &str = "91";
/// Registered with the office of public institutions (1), an institution (2).
const INSTITUTION: &str = "12";

/// The credit code of the sample's enterprise number `number`.
pub fn enterprise(number: usize) -> String {
    code(ENTERPRISE, number)
}

/// The credit code of the sample's institution number `number`.
pub fn institution(number: usize) -> String {
    code(INSTITUTION, number)
}

fn code(category: &str, number: usize) -> String {
    // Numbers are spread, so that neighbours in the register do not look alike; the factor is
    // prime to 31⁶, so no two numbers meet.
    let mut left = (number * 48_611_993 + 7_340_033) % 31_usize.pow(6);
    let mut body = String::from("MA");
    for _ in 0..6 {
        body.push(char::from(ALPHABET[left % 31]));
        left /= 31;
    }
    // Eight characters of the alphabet always make a code.
    CreditCode::from_parts(category, DIVISION, &body).map_or_else(String::new, |code| code.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_numbers_give_the_same_code_and_every_code_is_valid() {
        let codes: std::collections::HashSet<String> = (0..20_000).map(enterprise).collect();
        assert_eq!(codes.len(), 20_000);
        assert!(codes.iter().all(|code| CreditCode::parse(code).is_ok_and(|code| code.organisation_code_fits())));
        assert!(CreditCode::parse(&institution(7)).is_ok());
    }
}
