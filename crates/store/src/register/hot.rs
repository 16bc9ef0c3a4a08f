//! The columns of a subject that lists filter and sort by, taken from its view.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::view::View;
use kernel::{FactKey, SubjectKind, Value};

use super::normal::{code_key, name_key, several};

/// A figure nobody reported: smaller than every figure there is.
pub(crate) const NO_FIGURE: i64 = i64::MIN;

/// The hot columns of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hot {
    pub(crate) name: String,
    pub(crate) name_key: String,
    pub(crate) search_text: String,
    pub(crate) code: String,
    pub(crate) park: Option<String>,
    pub(crate) industry: String,
    pub(crate) region: String,
    pub(crate) level: String,
    pub(crate) category: String,
    pub(crate) registered_on: String,
    pub(crate) figures_year: i64,
    pub(crate) revenue: i64,
    pub(crate) rd_expense: i64,
    pub(crate) employees: i64,
}

/// The fields from which a kind of subject takes its hot columns; the first that has a value counts.
pub(crate) struct HotFields {
    pub(crate) name: &'static [&'static str],
    pub(crate) code: &'static str,
    level: &'static str,
    category: &'static str,
    day: &'static str,
}

/// The field with the day a unit's enterprises are counted by: the park.
pub(crate) const PARK: &str = "park";

/// The hot fields of a kind.
pub(crate) fn fields_of(kind: SubjectKind) -> HotFields {
    let hot = |name, code, level, category, day| HotFields { name, code, level, category, day };
    match kind {
        SubjectKind::Enterprise => hot(&["name"], "uscc", "size_class", "legal_form", "registration_date"),
        SubjectKind::Institution => {
            hot(&["name"], "institution_code", "education_level", "institution_type", "registration_date")
        }
        SubjectKind::Platform => hot(&["name"], "platform_code", "platform_level", "platform_type", "valid_from"),
        SubjectKind::Achievement => {
            hot(&["name"], "achievement_code", "achievement_maturity", "platform_field", "achievement_date")
        }
        SubjectKind::Equipment => hot(&["name"], "equipment_code", "", "platform_field", "equipment_bought"),
        SubjectKind::Person => hot(&["name"], "", "person_level", "platform_field", ""),
        SubjectKind::Project => hot(&["name"], "project_code", "project_level", "project_type", "project_start"),
        SubjectKind::ChainNode => hot(&["name"], "chain_code", "chain_position", "chain_name", ""),
        SubjectKind::Unit | SubjectKind::Zone => hot(&["name"], "unit_code", "", "unit_type", ""),
        SubjectKind::Title => hot(
            &["qualification_name", "qualification_code"],
            "cert_no",
            "title_level",
            "qualification_code",
            "valid_from",
        ),
        SubjectKind::IntellectualProperty => {
            hot(&["ip_name", "ip_id"], "ip_id", "ip_class", "ip_type", "ip_grant_date")
        }
        SubjectKind::Financing => hot(&["financing_round"], "", "", "financing_round", "round_date"),
        SubjectKind::Contract => {
            hot(&["contract_name", "registered_no"], "registered_no", "", "tech_contract_type", "registered_date")
        }
        SubjectKind::Award => hot(&["award_name"], "cert_no", "award_level", "award_grade", ""),
        SubjectKind::Penalty => hot(&["penalty_history", "penalty_no"], "penalty_no", "harm_level", "", "penalty_date"),
        SubjectKind::Incident => hot(&["incident_type"], "", "incident_level", "incident_type", "incident_date"),
    }
}

/// Facts that are shown: of a view, or of the only statement there is.
pub(crate) trait Facts {
    /// The fact of `field` for the latest period there is.
    fn latest(&self, field: &str) -> Option<(&FactKey, &Value)>;
    /// The value of a fact.
    fn value(&self, key: &FactKey) -> Option<&Value>;
}

impl Facts for View {
    fn latest(&self, field: &str) -> Option<(&FactKey, &Value)> {
        View::latest(self, field).map(|(key, shown)| (key, &shown.value))
    }

    fn value(&self, key: &FactKey) -> Option<&Value> {
        View::value(self, key)
    }
}

/// What one statement says is what is shown where nothing else was said.
pub(crate) struct SaidOnce<'a> {
    values: &'a BTreeMap<FactKey, Option<Value>>,
    /// The latest fact of each field, in the order of the fields: asked for a dozen times a row.
    latest: Vec<(&'a FactKey, &'a Value)>,
}

impl<'a> SaidOnce<'a> {
    pub(crate) fn of(values: &'a BTreeMap<FactKey, Option<Value>>) -> Self {
        let mut latest: Vec<(&FactKey, &Value)> = Vec::with_capacity(values.len());
        for (key, value) in values.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
            match latest.last_mut() {
                Some(last) if last.0.field == key.field => *last = (key, value),
                _ => latest.push((key, value)),
            }
        }
        Self { values, latest }
    }
}

impl Facts for SaidOnce<'_> {
    fn latest(&self, field: &str) -> Option<(&FactKey, &Value)> {
        let at = self.latest.binary_search_by(|(key, _)| key.field.as_str().cmp(field)).ok()?;
        Some(self.latest[at])
    }

    fn value(&self, key: &FactKey) -> Option<&Value> {
        self.values.get(key)?.as_ref()
    }
}

/// Takes the hot columns from the facts that are shown.
pub(crate) fn hot(kind: SubjectKind, view: &impl Facts) -> Hot {
    let fields = fields_of(kind);
    let word = |field: &str| view.latest(field).map(|(_, value)| plain(value)).unwrap_or_default();
    let name = fields.name.iter().map(|field| word(field)).find(|name| !name.is_empty()).unwrap_or_default();
    let own_code = word("uscc");
    let code = if own_code.is_empty() { word(fields.code) } else { own_code };
    let name_key = name_key(&name);
    let figures = figures(view);
    Hot {
        search_text: search_text(view, &name_key, &code),
        name_key,
        name,
        code,
        park: view.latest(PARK).map(|(_, value)| plain(value)),
        industry: word("industry_code"),
        region: word("registered_region_code"),
        level: word(fields.level),
        category: word(fields.category),
        registered_on: word(fields.day),
        figures_year: figures.0,
        revenue: figures.1,
        rd_expense: figures.2,
        employees: figures.3,
    }
}

/// What a search looks through: names, other names and codes, each on a line.
fn search_text(view: &impl Facts, name_key: &str, code: &str) -> String {
    let mut text = format!("{name_key}\n{}", code.to_lowercase());
    for field in ["former_names", "short_name", "english_name", "stock_code"] {
        let Some((_, value)) = view.latest(field) else { continue };
        for other in several(&plain(value)) {
            text.push('\n');
            text.push_str(&super::normal::name_key(other));
        }
    }
    text
}

/// The latest year with a revenue, or where none was ever reported with any figure, and that
/// year's figures: year, revenue in fen, R&D expense in fen, employees.
fn figures(view: &impl Facts) -> (i64, i64, i64, i64) {
    let year_of = |field: &str| view.latest(field).and_then(|(key, _)| key.period);
    let fallback = || year_of("rd_expense").max(year_of("year_end_employees"));
    let Some(period) = year_of("operating_revenue").or_else(fallback) else {
        return (0, NO_FIGURE, NO_FIGURE, NO_FIGURE);
    };
    let figure = |field: &str| match view.value(&FactKey::of(field, period)) {
        Some(Value::Money(amount)) => amount.fen(),
        Some(Value::Integer(count)) => *count,
        _ => NO_FIGURE,
    };
    (i64::from(period.year()), figure("operating_revenue"), figure("rd_expense"), figure("year_end_employees"))
}

/// A value as bare words: for names, codes and days.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Code(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::Integer(count) => count.to_string(),
        Value::Decimal(figure) => figure.normalize().to_string(),
        Value::Money(amount) => amount.fen().to_string(),
        Value::Bool(yes) => yes.to_string(),
    }
}

/// A day as it is stored in a hot column; empty where there is none.
pub(crate) fn read_day(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// The code of a subject in the form under which codes are compared.
pub(crate) fn identifying_code(value: &Value) -> String {
    code_key(&plain(value))
}
