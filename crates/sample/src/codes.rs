//! Unified social credit codes in a registration division that nobody uses.

/// Registered with the market regulator (9), an enterprise (1), in division 990001, which the
/// state's table of divisions does not contain and does not intend: 99 is no province.
const ENTERPRISE: &str = "91990001";
/// An institution (事业单位, 12) in the same division.
const INSTITUTION: &str = "12990001";

const CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The credit code of the sample's enterprise number `number`.
pub fn enterprise(number: usize) -> String {
    code(ENTERPRISE, number)
}

/// The credit code of the sample's institution number `number`.
pub fn institution(number: usize) -> String {
    code(INSTITUTION, number)
}

fn code(registration: &str, number: usize) -> String {
    // Numbers are spread, so that neighbours in the register do not look alike; the factor is
    // prime to 31⁶, so no two numbers meet.
    let mut left = (number * 48_611_993 + 7_340_033) % 31_usize.pow(6);
    let mut body = String::from("MA");
    for _ in 0..6 {
        body.push(char::from(CHARACTERS[left % 31]));
        left /= 31;
    }
    let organisation = format!("{body}{}", organisation_check(&body));
    let stem = format!("{registration}{organisation}");
    let check = credit_check(&stem);
    format!("{stem}{check}")
}

/// The check character of an organisation code (GB 11714-1997): letters count from A = 10.
fn organisation_check(body: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(36).unwrap_or(0) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

/// The check character of a credit code (GB 32100-2015).
fn credit_check(stem: &str) -> char {
    let mut weight = 1;
    let mut sum = 0;
    for byte in stem.bytes() {
        sum += weight * CHARACTERS.iter().position(|&one| one == byte).unwrap_or(0);
        weight = weight * 3 % 31;
    }
    char::from(CHARACTERS[(31 - sum % 31) % 31])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_agrees_with_codes_in_the_open() {
        for code in ["912201011239989159", "91320691MAK668409U", "91310101MAK9940Q47", "913306815877655972"] {
            assert_eq!(code.chars().last(), Some(credit_check(&code[..17])), "{code}");
        }
        assert_eq!(organisation_check("MAK66840"), '9');
    }

    #[test]
    fn no_two_numbers_give_the_same_code() {
        let codes: std::collections::HashSet<String> = (0..20_000).map(enterprise).collect();
        assert_eq!(codes.len(), 20_000);
    }
}
