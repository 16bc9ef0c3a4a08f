//! Unified social credit codes (统一社会信用代码, GB 32100-2015).

use std::fmt;

use crate::lang::Lang;
use crate::text;

/// The 31 characters of the standard, each at the place of its value (GB 32100-2015, table 2).
/// I, O, S, V and Z are left out because they are read as 1, 0, 5, U and 2.
pub const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The weight of places 1 to 17: 3^(place − 1) mod 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// The weights of the organisation code inside, places 9 to 16 (GB 11714-1997).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Characters that are mistaken for each other; at least one of each pair is in the alphabet.
const LOOK_ALIKES: [(u8, u8); 10] = [
    (b'I', b'1'),
    (b'O', b'0'),
    (b'S', b'5'),
    (b'Z', b'2'),
    (b'V', b'U'),
    (b'B', b'8'),
    (b'D', b'0'),
    (b'Q', b'0'),
    (b'L', b'1'),
    (b'G', b'6'),
];

/// A valid unified social credit code: 18 characters whose check digit is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode([u8; 18]);

/// A code that was read, with what was done to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditCodeReading {
    /// The code.
    pub code: CreditCode,
    /// Whether full-width or lower-case characters, or spaces, were folded away.
    pub folded: bool,
}

/// Why a text is not a unified social credit code. Places count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum CreditCodeError {
    /// Not 18 characters.
    Length {
        /// How many there are.
        found: usize,
    },
    /// A spreadsheet showed the code as a number (9.13E+17) and its last digits are lost.
    Rounded,
    /// A character outside the alphabet.
    Character {
        /// Its place, from 1.
        place: usize,
        /// The character.
        found: char,
        /// The character it is commonly mistaken for.
        meant: Option<char>,
        /// The whole code with every look-alike replaced, where that makes it valid.
        suggestion: Option<CreditCode>,
    },
    /// The 18th character does not fit the first 17.
    CheckDigit {
        /// The 18th character as it stands.
        found: char,
        /// What it should be if the first 17 are right.
        expected: char,
        /// The only code one slip away (two neighbours exchanged, one look-alike) that is valid.
        suggestion: Option<CreditCode>,
    },
}

impl CreditCode {
    /// Reads a code, folding full-width and lower-case characters and dropping spaces.
    pub fn parse(text: &str) -> Result<Self, CreditCodeError> {
        Self::read(text).map(|reading| reading.code)
    }

    /// Reads a code as [`CreditCode::parse`] does and says whether anything was folded.
    pub fn read(text: &str) -> Result<CreditCodeReading, CreditCodeError> {
        let folded: String =
            text::fold(text).chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        if folded.contains("E+") {
            return Err(CreditCodeError::Rounded);
        }
        let found = folded.chars().count();
        if found != 18 {
            return Err(CreditCodeError::Length { found });
        }
        let characters: Vec<char> = folded.chars().collect();
        if let Some(at) = characters.iter().position(|c| value_of(*c).is_none()) {
            return Err(wrong_character(&characters, at));
        }
        let mut bytes = [0; 18];
        bytes.copy_from_slice(folded.as_bytes());
        let code = CreditCode(bytes);
        match check_byte(&bytes) {
            Some(expected) if expected == bytes[17] => Ok(CreditCodeReading { code, folded: folded != text }),
            Some(expected) => Err(CreditCodeError::CheckDigit {
                found: char::from(bytes[17]),
                expected: char::from(expected),
                suggestion: one_slip_away(&bytes),
            }),
            None => Err(CreditCodeError::Length { found }),
        }
    }

    /// The code with these first 17 characters. `None` unless they are 17 of the alphabet.
    pub fn complete(first17: &str) -> Option<Self> {
        let check = check_digit(first17)?;
        let mut bytes = [0; 18];
        bytes[..17].copy_from_slice(first17.as_bytes());
        bytes[17] = u8::try_from(check).ok()?;
        Some(Self(bytes))
    }

    /// The code of a subject by its parts: registering authority and category (`91` is an
    /// enterprise), the six digits of its division, the first eight characters of its
    /// organisation code. Both check digits are computed. `None` where a part does not fit.
    pub fn from_parts(category: &str, division: &str, organisation: &str) -> Option<Self> {
        let parts_fit = category.len() == 2
            && division.len() == 6
            && division.bytes().all(|b| b.is_ascii_digit())
            && organisation.len() == 8;
        let check = if parts_fit { organisation_check_digit(organisation)? } else { return None };
        Self::complete(&format!("{category}{division}{organisation}{check}"))
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        // Every byte comes from the alphabet, which is ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The division where it was registered (places 3 to 8, GB/T 2260).
    pub fn division(&self) -> &str {
        &self.as_str()[2..8]
    }

    /// Whether the organisation code inside (places 9 to 17) has the check digit of GB 11714-1997.
    /// Real codes given out since the reform keep it, so a miss is worth a look but not a refusal.
    pub fn organisation_code_fits(&self) -> bool {
        organisation_check_digit(&self.as_str()[8..16]) == self.as_str()[16..17].chars().next()
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for CreditCode {
    type Err = CreditCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The check digit that belongs after these 17 characters (GB 32100-2015, 5.5).
/// `None` unless they are 17 characters of the alphabet.
pub fn check_digit(first17: &str) -> Option<char> {
    let bytes: &[u8; 17] = first17.as_bytes().try_into().ok()?;
    check_byte(bytes).map(char::from)
}

/// The check digit of an organisation code after its first eight characters (GB 11714-1997).
pub fn organisation_check_digit(first8: &str) -> Option<char> {
    if first8.len() != 8 {
        return None;
    }
    let sum: Option<u32> =
        first8.chars().zip(ORGANISATION_WEIGHTS).map(|(c, weight)| c.to_digit(36).map(|value| value * weight)).sum();
    Some(match 11 - sum? % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10)?,
    })
}

fn check_byte(bytes: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (byte, weight) in bytes.iter().zip(WEIGHTS) {
        sum += value_of(char::from(*byte))? * weight;
    }
    Some(ALPHABET[((31 - sum % 31) % 31) as usize])
}

fn value_of(c: char) -> Option<u32> {
    let byte = u8::try_from(c).ok()?;
    ALPHABET.iter().position(|b| *b == byte).and_then(|at| u32::try_from(at).ok())
}

/// The character of the alphabet that a character outside it is commonly mistaken for.
fn meant_by(c: char) -> Option<char> {
    let byte = u8::try_from(c).ok()?;
    LOOK_ALIKES.iter().find(|(wrong, _)| *wrong == byte).map(|(_, meant)| char::from(*meant))
}

fn wrong_character(characters: &[char], at: usize) -> CreditCodeError {
    let found = characters[at];
    let replaced: Option<String> =
        characters.iter().map(|c| if value_of(*c).is_some() { Some(*c) } else { meant_by(*c) }).collect();
    let suggestion = replaced.and_then(|code| CreditCode::complete(&code[..17]).filter(|whole| whole.as_str() == code));
    CreditCodeError::Character { place: at + 1, found, meant: meant_by(found), suggestion }
}

/// The only valid code that differs by one exchange of neighbours or one look-alike, if there is just one.
fn one_slip_away(bytes: &[u8; 18]) -> Option<CreditCode> {
    let mut found: Option<[u8; 18]> = None;
    let mut several = false;
    let mut consider = |candidate: [u8; 18]| {
        if check_byte(&candidate) == Some(candidate[17]) && found.is_none_or(|other| other != candidate) {
            several |= found.is_some();
            found = Some(candidate);
        }
    };
    for at in 0..18 {
        if at < 17 && bytes[at] != bytes[at + 1] {
            let mut candidate = *bytes;
            candidate.swap(at, at + 1);
            consider(candidate);
        }
        for (one, other) in LOOK_ALIKES {
            for (from, to) in [(one, other), (other, one)] {
                if bytes[at] == from {
                    let mut candidate = *bytes;
                    candidate[at] = to;
                    consider(candidate);
                }
            }
        }
    }
    found.filter(|_| !several).map(CreditCode)
}

impl CreditCodeError {
    /// The message for the person who has to put it right.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Length { found }, Lang::Zh) => {
                format!("统一社会信用代码应为 18 位，表中为 {found} 位。{}", other_number(*found, lang))
            }
            (Self::Length { found }, Lang::En) => {
                format!(
                    "A unified social credit code has 18 characters; here are {found}. {}",
                    other_number(*found, lang)
                )
            }
            (Self::Rounded, Lang::Zh) => {
                "代码被当作数字保存成了科学计数法，末几位已经丢失。请将该列设为文本格式后重新录入。".to_owned()
            }
            (Self::Rounded, Lang::En) => {
                "The code was kept as a number and its last digits are lost. Set the column to text and enter it again."
                    .to_owned()
            }
            (Self::Character { place, found, meant, suggestion }, Lang::Zh) => {
                let meant = meant.map(|c| format!("，是否应为 {c}")).unwrap_or_default();
                format!("第 {place} 位是 {found}，代码中不使用这个字符{meant}。{}", suggest(suggestion, lang))
            }
            (Self::Character { place, found, meant, suggestion }, Lang::En) => {
                let meant = meant.map(|c| format!("; perhaps {c} is meant")).unwrap_or_default();
                format!("Character {place} is {found}, which no code contains{meant}. {}", suggest(suggestion, lang))
            }
            (Self::CheckDigit { found, expected, suggestion }, Lang::Zh) => {
                format!("第 18 位校验码应为 {expected}，表中为 {found}。{}", suggest(suggestion, lang))
            }
            (Self::CheckDigit { found, expected, suggestion }, Lang::En) => {
                format!(
                    "The check digit (character 18) should be {expected}; here it is {found}. {}",
                    suggest(suggestion, lang)
                )
            }
        }
    }
}

fn suggest(suggestion: &Option<CreditCode>, lang: Lang) -> String {
    match (suggestion, lang) {
        (Some(code), Lang::Zh) => format!("可能是 {code}，请核对营业执照。"),
        (Some(code), Lang::En) => format!("Perhaps {code} is meant. Please check the business licence."),
        (None, _) => lang.pick("请核对营业执照。", "Please check the business licence.").to_owned(),
    }
}

fn other_number(length: usize, lang: Lang) -> &'static str {
    match length {
        15 => lang.pick(
            "这可能是旧的 15 位注册号，请换成营业执照上的 18 位代码。",
            "This may be an old registration number of 15 digits; use the 18 characters on the business licence.",
        ),
        9 | 10 => lang.pick(
            "这可能是旧的组织机构代码，请换成营业执照上的 18 位代码。",
            "This may be an old organisation code; use the 18 characters on the business licence.",
        ),
        _ => lang.pick("请核对营业执照。", "Please check the business licence."),
    }
}

#[cfg(test)]
#[path = "credit_code_tests.rs"]
mod tests;
