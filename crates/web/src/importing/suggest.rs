//! What may have been meant by a refused cell, where one answer stands out.

use kernel::credit_code::{CreditCode, CreditCodeError};
use kernel::{Catalogue, FieldType, Lang, SubjectKind, name};

/// Below this two names are not near enough to be offered in place of each other.
const NEAR: f64 = 0.5;

/// What may be offered in place of a cell.
pub struct Suggest<'a> {
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// What the rows speak of.
    pub kind: SubjectKind,
    /// The names of the units.
    pub units: Vec<String>,
    /// The reader's language.
    pub lang: Lang,
}

impl Suggest<'_> {
    /// The text that may have been meant, never the text itself.
    pub fn of(&self, field: &str, found: &str) -> Option<String> {
        let found = found.trim();
        if found.is_empty() {
            return None;
        }
        let meant = match field {
            "park" => nearest(found, self.units.iter().map(String::as_str)),
            _ => self.by_type(&self.catalogue.field(field)?.kind, found),
        };
        meant.filter(|meant| meant != found)
    }

    fn by_type(&self, kind: &FieldType, found: &str) -> Option<String> {
        match kind {
            FieldType::CreditCode => credit_code(found),
            FieldType::Choice { choices } => nearest(found, choices.iter().map(|choice| choice.label(self.lang))),
            FieldType::Code { table } => {
                let table = kernel::code_table::table(table)?;
                // A code that was replaced names its successor, where there is just one.
                let entry = table.lookup(found)?;
                let mut after = entry.successors();
                let (first, second) = (after.next(), after.next());
                first.filter(|_| second.is_none()).map(str::to_owned)
            }
            _ => None,
        }
    }
}

fn credit_code(found: &str) -> Option<String> {
    match CreditCode::read(found) {
        Ok(reading) => Some(reading.code.to_string()),
        Err(CreditCodeError::Character { suggestion, .. }) => suggestion.map(|code| code.to_string()),
        Err(CreditCodeError::CheckDigit { suggestion: Some(code), .. }) => Some(code.to_string()),
        Err(CreditCodeError::CheckDigit { expected, .. }) => {
            let folded: String = kernel::text::fold(found).chars().filter(|c| !c.is_whitespace()).collect();
            let first: String = folded.to_ascii_uppercase().chars().take(17).collect();
            Some(format!("{first}{expected}"))
        }
        Err(_) => None,
    }
}

fn nearest<'a>(found: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let scored = names.map(|name| (name::similarity(found, name), name));
    let best = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= NEAR).then(|| best.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_check_digit_a_look_alike_and_a_near_name_are_offered_and_nothing_else() {
        let suggest = Suggest {
            catalogue: Catalogue::builtin(),
            kind: SubjectKind::Enterprise,
            units: vec!["电气装备产业园区".into(), "软件园".into()],
            lang: Lang::Zh,
        };
        let code = CreditCode::complete("91410400MA0000001").unwrap().to_string();
        let wrong = format!("{}{}", &code[..17], if code.ends_with('0') { '1' } else { '0' });
        let mended = suggest.of("uscc", &wrong).unwrap();
        assert!(CreditCode::parse(&mended).is_ok(), "{mended}");
        assert_eq!(suggest.of("uscc", "9141"), None);
        assert_eq!(suggest.of("park", "电气装备园区").as_deref(), Some("电气装备产业园区"));
        assert_eq!(suggest.of("park", "火星"), None);
        assert_eq!(suggest.of("operating_revenue", "约一百万"), None);
    }
}
