//! What a list is asked for, as its address says: filters, order, columns, place. The address
//! carries everything, so a list can be kept, sent and exported exactly as it is seen.

use jiff::civil::Date;
use kernel::money::MoneyUnit;
use kernel::{Catalogue, Field, Money, SubjectKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use uuid::Uuid;

use super::verdict::{self, PolicyAsk};
use crate::WebError;
use crate::register::kinds::Listed;

/// Columns that are no field of the catalogue.
pub const SPECIAL: &[&str] = &["@titles", "@unit", "@conflicts", "@changed"];

/// The most columns a list shows.
pub const MOST_COLUMNS: usize = 24;

/// What a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By name.
    Name,
    /// By the revenue of the latest year.
    Revenue,
    /// By the R&D expense of the latest year.
    RdExpense,
    /// By the employees of the latest year.
    Employees,
    /// By the day of registration, or the kind's own day.
    Registered,
    /// By the moment of the last change.
    Changed,
}

impl Order {
    /// The order that a column gives, if it sorts.
    pub fn of_column(kind: SubjectKind, column: &str) -> Option<Self> {
        match column {
            "name" => Some(Order::Name),
            "operating_revenue" => Some(Order::Revenue),
            "rd_expense" => Some(Order::RdExpense),
            "year_end_employees" => Some(Order::Employees),
            "@changed" => Some(Order::Changed),
            day if day == own_day(kind) => Some(Order::Registered),
            _ => None,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Order::Name => "name",
            Order::Revenue => "revenue",
            Order::RdExpense => "rd",
            Order::Employees => "staff",
            Order::Registered => "day",
            Order::Changed => "changed",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        [Order::Name, Order::Revenue, Order::RdExpense, Order::Employees, Order::Registered, Order::Changed]
            .into_iter()
            .find(|order| order.key() == key)
    }

    /// Whether the largest stands first when a reader first asks for this order.
    pub fn begins_descending(self) -> bool {
        self != Order::Name
    }
}

/// The field whose day a kind is sorted by.
pub fn own_day(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Enterprise | SubjectKind::Institution => "registration_date",
        SubjectKind::Platform => "valid_from",
        SubjectKind::Achievement => "achievement_date",
        SubjectKind::Equipment => "equipment_bought",
        _ => "",
    }
}

/// From, to: both ends included, either open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range<T> {
    /// The least.
    pub from: Option<T>,
    /// The most.
    pub to: Option<T>,
}

impl<T> Default for Range<T> {
    fn default() -> Self {
        Self { from: None, to: None }
    }
}

impl<T> Range<T> {
    /// Whether neither end is given.
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// How the titles asked for must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TitleState {
    /// In force today.
    #[default]
    Valid,
    /// In force, but not for long.
    Expiring,
    /// In force, until a day of this year.
    ThisYear,
    /// In force, until a day of next year.
    NextYear,
    /// Held once, and no longer.
    Expired,
    /// Not held today.
    None,
}

impl TitleState {
    /// Every way.
    const ALL: [Self; 6] = [Self::Valid, Self::Expiring, Self::ThisYear, Self::NextYear, Self::Expired, Self::None];

    /// The name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            TitleState::Valid => "valid",
            TitleState::Expiring => "expiring",
            TitleState::ThisYear => "this_year",
            TitleState::NextYear => "next_year",
            TitleState::Expired => "expired",
            TitleState::None => "none",
        }
    }
}

/// What a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    /// Words of a name, code or former name.
    pub words: String,
    /// The park or bureau.
    pub unit: Option<Uuid>,
    /// A section, division, group or class of the industries.
    pub industry: String,
    /// The level.
    pub level: String,
    /// The category.
    pub category: String,
    /// A title.
    pub title: String,
    /// How the title stands.
    pub title_state: TitleState,
    /// What a policy says of it.
    pub policy: PolicyAsk,
    /// Years of registration.
    pub founded: Range<i16>,
    /// Revenue, in 万元.
    pub revenue: Range<Decimal>,
    /// R&D expense, in 万元.
    pub rd: Range<Decimal>,
    /// Employees.
    pub staff: Range<i64>,
    /// Whether sources disagree on something.
    pub conflicts: bool,
    /// Whether candidates are asked for instead of known subjects.
    pub candidates: bool,
    /// A field that must be missing.
    pub missing: String,
    /// The order, and whether the largest stands first.
    pub order: Option<(Order, bool)>,
    /// The columns after the name; none when nothing was chosen.
    pub columns: Option<Vec<String>>,
    /// Where the page begins.
    pub after: String,
}

impl Ask {
    /// Reads an address's parameters.
    ///
    /// # Errors
    /// A figure, year or choice that cannot be read, named with what was expected.
    pub fn read(query: &str, listed: &Listed, catalogue: &Catalogue) -> Result<Self, WebError> {
        let mut ask = Ask::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            if !value.is_empty() {
                ask.take(&name, value, listed, catalogue)?;
            }
        }
        Ok(ask)
    }

    fn take(&mut self, name: &str, value: &str, listed: &Listed, catalogue: &Catalogue) -> Result<(), WebError> {
        match name {
            "q" => self.words = value.chars().take(100).collect(),
            "unit" => self.unit = Some(value.parse().map_err(|_| unknown("单位", "unit", value))?),
            "industry" => self.industry = plain_code(value).ok_or_else(|| unknown("行业", "industry", value))?,
            "level" => self.level = value.to_owned(),
            "category" => self.category = value.to_owned(),
            "title" => self.title = plain_code(value).ok_or_else(|| unknown("资质", "title", value))?,
            "title_state" => {
                let found = TitleState::ALL.into_iter().find(|state| state.key() == value);
                self.title_state = found.ok_or_else(|| unknown("资质状态", "title state", value))?;
            }
            "policy" => self.policy.policy = plain_code(value).ok_or_else(|| unknown("政策", "policy", value))?,
            "verdict" => {
                let known = verdict::answer(value).ok_or_else(|| unknown("体检结论", "verdict", value))?;
                self.policy.verdict = known.key().to_owned();
            }
            "lacks" => self.policy.lacks = value.chars().take(100).collect(),
            "founded_from" => self.founded.from = Some(year(value)?),
            "founded_to" => self.founded.to = Some(year(value)?),
            "revenue_from" => self.revenue.from = Some(decimal(value)?),
            "revenue_to" => self.revenue.to = Some(decimal(value)?),
            "rd_from" => self.rd.from = Some(decimal(value)?),
            "rd_to" => self.rd.to = Some(decimal(value)?),
            "staff_from" => self.staff.from = Some(count(value)?),
            "staff_to" => self.staff.to = Some(count(value)?),
            "conflicts" => self.conflicts = value == "1",
            "candidates" => self.candidates = value == "1",
            "missing" => {
                let known = fields(listed, catalogue).any(|field| field.key == value);
                self.missing = if known { value.to_owned() } else { return Err(unknown("字段", "field", value)) };
            }
            "sort" => {
                let (key, descending) = value.strip_prefix('-').map_or((value, false), |key| (key, true));
                let order = Order::from_key(key).ok_or_else(|| unknown("排序", "order", value))?;
                self.order = Some((order, descending));
            }
            "cols" => self.columns = Some(columns(value, listed, catalogue)),
            "col" => self.columns.get_or_insert_default().extend(columns(value, listed, catalogue)),
            "after" => self.after = value.to_owned(),
            _ => {}
        }
        Ok(())
    }

    /// The parameters in a fixed order; a page begins at the top unless `place` is kept.
    pub fn parameters(&self, place: bool) -> Vec<(&'static str, String)> {
        let text = |value: &str| value.to_owned();
        let flag = |on: bool| if on { "1".to_owned() } else { String::new() };
        let decimal = |value: Option<Decimal>| value.map(|value| value.normalize().to_string()).unwrap_or_default();
        let title_state = if self.title.is_empty() || self.title_state == TitleState::Valid {
            String::new()
        } else {
            self.title_state.key().to_owned()
        };
        let order =
            self.order.map(|(order, descending)| format!("{}{}", if descending { "-" } else { "" }, order.key()));
        let [policy, verdict, lacks] = self.policy.parameters();
        let all = vec![
            ("q", text(&self.words)),
            ("unit", self.unit.map(|unit| unit.to_string()).unwrap_or_default()),
            ("industry", text(&self.industry)),
            ("level", text(&self.level)),
            ("category", text(&self.category)),
            ("title", text(&self.title)),
            ("title_state", title_state),
            policy,
            verdict,
            lacks,
            ("founded_from", self.founded.from.map(|year| year.to_string()).unwrap_or_default()),
            ("founded_to", self.founded.to.map(|year| year.to_string()).unwrap_or_default()),
            ("revenue_from", decimal(self.revenue.from)),
            ("revenue_to", decimal(self.revenue.to)),
            ("rd_from", decimal(self.rd.from)),
            ("rd_to", decimal(self.rd.to)),
            ("staff_from", self.staff.from.map(|count| count.to_string()).unwrap_or_default()),
            ("staff_to", self.staff.to.map(|count| count.to_string()).unwrap_or_default()),
            ("conflicts", flag(self.conflicts)),
            ("candidates", flag(self.candidates)),
            ("missing", text(&self.missing)),
            ("sort", order.unwrap_or_default()),
            ("cols", self.columns.as_ref().map(|columns| columns.join(",")).unwrap_or_default()),
            ("after", if place { text(&self.after) } else { String::new() }),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The same with one thing changed, from the first page.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        changed.after.clear();
        change(&mut changed);
        changed
    }

    /// The address of the list, or of its export when `path` is that.
    pub fn address(&self, path: &str, as_of: Option<Date>) -> String {
        let day = as_of.map(|day| day.to_string()).unwrap_or_default();
        let mut parameters = self.parameters(true);
        parameters.push(("asof", day));
        crate::frame::path::with_query(path, parameters.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// Whether any filter is in force.
    pub fn is_filtered(&self) -> bool {
        let rest = Ask { order: None, columns: None, after: String::new(), ..self.clone() };
        rest != Ask::default()
    }

    /// The columns to show after the name.
    pub fn shown_columns(&self, listed: &Listed) -> Vec<String> {
        let usual = || listed.columns.iter().map(|column| (*column).to_owned()).collect();
        self.columns.clone().filter(|columns| !columns.is_empty()).unwrap_or_else(usual)
    }
}

/// The fields a list of this kind can show or ask for. Personal data are in no list: they are
/// looked at one subject at a time, and each look is recorded.
pub fn fields<'a>(listed: &Listed, catalogue: &'a Catalogue) -> impl Iterator<Item = &'a Field> {
    catalogue.fields_of(listed.kind).filter(|field| field.key != "name" && field.derived.is_none() && !field.personal)
}

/// Amounts of an address as the register stores them.
pub fn fen(range: Range<Decimal>) -> Range<i64> {
    let fen = |amount: Decimal| {
        Money::from_decimal_rounded(amount, MoneyUnit::TenThousandYuan)
            .map_or(if amount.is_sign_negative() { i64::MIN + 1 } else { i64::MAX }, Money::fen)
    };
    Range { from: range.from.map(fen), to: range.to.map(fen) }
}

fn columns(value: &str, listed: &Listed, catalogue: &Catalogue) -> Vec<String> {
    let mut chosen: Vec<String> = Vec::new();
    for column in value.split(',') {
        let known = SPECIAL.contains(&column) || fields(listed, catalogue).any(|field| field.key == column);
        if known && !chosen.iter().any(|other| other == column) && chosen.len() < MOST_COLUMNS {
            chosen.push(column.to_owned());
        }
    }
    chosen
}

/// A code as tables write it; anything else cannot be one.
fn plain_code(value: &str) -> Option<String> {
    let fits = value.len() <= 40 && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    fits.then(|| value.to_owned())
}

fn year(value: &str) -> Result<i16, WebError> {
    let year: Option<i16> = value.parse().ok();
    year.filter(|year| (1900..=2200).contains(year)).ok_or_else(|| {
        WebError::bad_request(
            format!("年份“{value}”无法识别，应为 1900—2200 的四位数字，如 2016。请改正筛选条件。"),
            format!("“{value}” is not a year; write four digits such as 2016. Correct the filter."),
        )
    })
}

fn count(value: &str) -> Result<i64, WebError> {
    decimal(value)?.trunc().to_i64().ok_or_else(|| not_a_figure(value))
}

fn decimal(value: &str) -> Result<Decimal, WebError> {
    value.replace([',', '，'], "").parse().map_err(|_| not_a_figure(value))
}

fn not_a_figure(value: &str) -> WebError {
    WebError::bad_request(
        format!("“{value}”不是数字，应写作 1200 或 1200.5。请改正筛选条件。"),
        format!("“{value}” is not a figure; write it like 1200 or 1200.5. Correct the filter."),
    )
}

fn unknown(zh: &str, en: &str, value: &str) -> WebError {
    WebError::bad_request(
        format!("筛选条件“{zh}”的值“{value}”无法识别。请去掉它，或从列表中重新选择。"),
        format!("The filter “{en}” does not know “{value}”. Take it off, or choose from the list."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::kinds;

    fn read(query: &str) -> Result<Ask, WebError> {
        Ask::read(query, &kinds::LISTED[0], Catalogue::builtin())
    }

    #[test]
    fn an_address_read_and_written_again_is_the_same() {
        for query in [
            "",
            "q=%E8%BD%B4%E6%89%BF&industry=3451&title=hnte&title_state=expiring",
            "founded_from=2015&founded_to=2020&revenue_from=100.5&staff_to=300&conflicts=1",
            "policy=srdi-sme&verdict=fails&lacks=%E4%BA%BA%E5%91%98&title=hnte&title_state=none",
            "missing=rd_expense&sort=-revenue&cols=uscc,@unit,total_assets&after=abc",
        ] {
            let ask = read(query).unwrap();
            let again = ask.address("/register/enterprise", None);
            assert_eq!(read(again.split_once('?').map_or("", |(_, query)| query)).unwrap(), ask, "{query}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (query, found) in [
            ("founded_from=16", "16"),
            ("revenue_from=many", "many"),
            ("missing=no_such_field", "no_such_field"),
            ("unit=1", "“1”"),
            ("industry=%27+or+1%3D1", "' or 1=1"),
            ("sort=password", "password"),
        ] {
            let error = read(query).unwrap_err();
            assert_eq!(error.status, axum::http::StatusCode::BAD_REQUEST);
            assert!(error.zh.contains(found) && error.en.contains(found), "{}", error.zh);
        }
    }

    #[test]
    fn columns_are_fields_of_the_kind_each_once_and_never_personal_data() {
        let ask = read("cols=uscc,uscc,nonsense,contact_phone,@unit").unwrap();
        assert_eq!(ask.shown_columns(&kinds::LISTED[0]), ["uscc", "@unit"]);
    }

    #[test]
    fn changing_a_filter_begins_at_the_first_page() {
        let ask = read("q=a&after=xyz").unwrap();
        assert_eq!(ask.with(|ask| ask.conflicts = true).address("/l", None), "/l?q=a&conflicts=1");
        assert!(ask.is_filtered() && !read("sort=name").unwrap().is_filtered());
    }

    #[test]
    fn amounts_are_in_ten_thousands() {
        let range = fen(Range { from: Some("1.5".parse().unwrap()), to: Some(Decimal::MAX) });
        assert_eq!((range.from, range.to), (Some(1_500_000), Some(i64::MAX)));
    }
}
