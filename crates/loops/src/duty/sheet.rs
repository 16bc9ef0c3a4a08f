//! What was typed into the form of a report: each figure read, each that is missing named. An empty figure is
//! silence; whoever means nought writes it.

use std::collections::BTreeMap;

use kernel::cell::{CellFault, ColumnUnit, RawCell, read_cell};
use kernel::money::MoneyUnit;
use kernel::{Catalogue, Lang, Value};
use rust_decimal::Decimal;

use super::{Form, Jump, Limit, jumps};

/// What stands before the name of a field under which the reason for its jump is kept.
pub const WHY: &str = "why.";

/// Why a figure cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FigureFault {
    /// Nothing was typed, which is no nought.
    #[error("{}", self.say(Lang::En))]
    Silent,
    /// What was typed is no figure of that field.
    #[error("{}", self.say(Lang::En))]
    Cell(Box<CellFault>),
}

impl FigureFault {
    /// The message for the person.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Silent, Lang::Zh) => "没有填写；没有请填 0。".into(),
            (Self::Silent, Lang::En) => "nothing was typed; write 0 where there is none".into(),
            (Self::Cell(fault), lang) => fault.say(lang),
        }
    }
}

/// The figures of a report by field, each in the field's own unit (money in 万元); or every one that
/// cannot be taken.
///
/// # Errors
/// [`FigureFault`] by field.
pub fn figures(
    form: &Form,
    typed: &BTreeMap<String, String>,
    catalogue: &Catalogue,
) -> Result<BTreeMap<String, Decimal>, BTreeMap<String, FigureFault>> {
    let (mut read, mut faults) = (BTreeMap::new(), BTreeMap::new());
    // A field that a later catalogue no longer has is asked of nobody.
    for (asked, field) in form.fields.iter().filter_map(|asked| Some((asked, catalogue.field(&asked.field)?))) {
        let text = typed.get(&asked.field).cloned().unwrap_or_default();
        match read_cell(&RawCell::Text(text), field, ColumnUnit::Own) {
            Ok(Some(value)) => match figure(&value) {
                Some(figure) => drop(read.insert(asked.field.clone(), figure)),
                None => drop(faults.insert(asked.field.clone(), FigureFault::Silent)),
            },
            Ok(None) => drop(faults.insert(asked.field.clone(), FigureFault::Silent)),
            Err(fault) => drop(faults.insert(asked.field.clone(), FigureFault::Cell(fault))),
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

fn figure(value: &Value) -> Option<Decimal> {
    match value {
        Value::Money(amount) => Some(amount.to_decimal(MoneyUnit::TenThousandYuan).normalize()),
        Value::Integer(count) => Some(Decimal::from(*count)),
        Value::Decimal(figure) => Some(figure.normalize()),
        Value::Bool(_) | Value::Date(_) | Value::Text(_) | Value::Code(_) => None,
    }
}

/// The figures that an earlier report kept; what is none is left out.
pub fn kept(form: &BTreeMap<String, String>) -> BTreeMap<String, Decimal> {
    let figures = form.iter().filter(|(key, _)| !key.starts_with(WHY));
    figures.filter_map(|(key, value)| Some((key.clone(), value.parse().ok()?))).collect()
}

/// The jumps since the last report that nobody explained yet.
pub fn unexplained(
    form: &Form,
    before: &BTreeMap<String, Decimal>,
    now: &BTreeMap<String, Decimal>,
    typed: &BTreeMap<String, String>,
) -> Vec<Jump> {
    let never = Limit { percent: Decimal::MAX, least: Decimal::ZERO };
    let explained = |jump: &Jump| typed.get(&format!("{WHY}{}", jump.field)).is_some_and(|why| !why.trim().is_empty());
    let mut found = jumps(before, now, &form.limits(), never);
    found.retain(|jump| !explained(jump));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duty::Asked;

    fn form() -> Form {
        let asked = |field: &str| Asked { field: field.into(), percent: 20, least: 5 };
        Form {
            key: "daily".into(),
            title: "日报".into(),
            fields: vec![asked("total_staff"), asked("industrial_output")],
        }
    }

    fn typed(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_empty_figure_is_silence_and_a_nought_is_a_figure() {
        let read = |fields: &[(&str, &str)]| figures(&form(), &typed(fields), Catalogue::builtin());
        let good = read(&[("total_staff", "0"), ("industrial_output", "1,200.50")]).unwrap();
        assert_eq!(good["total_staff"], Decimal::ZERO);
        assert_eq!(good["industrial_output"].to_string(), "1200.5");
        let faults = read(&[("total_staff", " "), ("industrial_output", "很多")]).unwrap_err();
        assert_eq!(faults["total_staff"], FigureFault::Silent);
        assert!(faults["industrial_output"].say(Lang::Zh).contains("很多"), "{faults:?}");
        assert_eq!(read(&[("total_staff", "—"), ("industrial_output", "1")]).unwrap_err().len(), 1);
    }

    #[test]
    fn a_jump_waits_for_its_reason_and_no_longer() {
        let before = kept(&typed(&[("total_staff", "200"), ("industrial_output", "100"), ("why.total_staff", "7")]));
        assert_eq!(before.len(), 2, "a reason is no figure");
        let now = kept(&typed(&[("total_staff", "120"), ("industrial_output", "101")]));
        let open = |fields: &[(&str, &str)]| unexplained(&form(), &before, &now, &typed(fields));
        assert_eq!(open(&[]).iter().map(|jump| jump.field.as_str()).collect::<Vec<_>>(), ["total_staff"]);
        assert_eq!(open(&[("why.total_staff", " ")]).len(), 1);
        assert_eq!(open(&[("why.total_staff", "两家企业轮休")]).len(), 0);
        assert_eq!(unexplained(&form(), &BTreeMap::new(), &now, &BTreeMap::new()), [], "nothing to compare with");
    }
}
