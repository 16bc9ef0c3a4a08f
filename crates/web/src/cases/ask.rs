//! What a list of cases is asked for, as its address says it.

use jiff::civil::Date;
use kernel::Lang;
use loops::Kind;
use uuid::Uuid;

use crate::WebError;
use crate::frame::day::monday_of;
use crate::frame::path;

/// Which cases, by whether they have come to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// Those that wait for somebody.
    #[default]
    Open,
    /// Those whose time has passed.
    Overdue,
    /// Those that are due within seven days.
    Soon,
    /// Those that are at their end.
    Ended,
    /// All of them.
    All,
}

impl Which {
    /// Every way, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Open, Self::Overdue, Self::Soon, Self::Ended, Self::All];

    /// The name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Which::Open => "open",
            Which::Overdue => "overdue",
            Which::Soon => "soon",
            Which::Ended => "ended",
            Which::All => "all",
        }
    }

    /// The word on the page.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Which::Open => lang.pick("在办", "Open"),
            Which::Overdue => lang.pick("逾期", "Overdue"),
            Which::Soon => lang.pick("七日内到期", "Due within seven days"),
            Which::Ended => lang.pick("已结束", "At their end"),
            Which::All => lang.pick("全部", "All"),
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|which| which.key() == key)
    }
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// What is due first stands first.
    #[default]
    Due,
    /// By number.
    Number,
    /// By when they were opened.
    Opened,
    /// By when somebody last acted.
    Changed,
}

impl Order {
    /// The name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Order::Due => "due",
            Order::Number => "number",
            Order::Opened => "opened",
            Order::Changed => "changed",
        }
    }

    /// Whether the largest stands first when a reader first asks for this order.
    pub fn begins_descending(self) -> bool {
        self != Order::Due
    }

    fn from_key(key: &str) -> Option<Self> {
        [Order::Due, Order::Number, Order::Opened, Order::Changed].into_iter().find(|order| order.key() == key)
    }
}

/// From when on something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// This day.
    Day(Date),
    /// The Monday of the week in which the list is read: a view that was kept last month means this week too.
    ThisWeek,
}

impl Since {
    /// What stands for the present week in addresses.
    const WEEK: &'static str = "week";

    fn read(name: &str, value: &str) -> Result<Self, WebError> {
        if value == Self::WEEK { Ok(Self::ThisWeek) } else { Ok(Self::Day(day(name, value)?)) }
    }

    fn key(self) -> String {
        match self {
            Self::Day(day) => day.to_string(),
            Self::ThisWeek => Self::WEEK.to_owned(),
        }
    }

    /// The day it means.
    pub fn on(self, today: Date) -> Date {
        match self {
            Self::Day(day) => day,
            Self::ThisWeek => monday_of(today),
        }
    }
}

/// What a list of cases is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Words of the number, the title or the enterprise.
    pub words: String,
    /// Open, overdue, ended.
    pub which: Which,
    /// Whether only those where it is the reader's own turn.
    pub mine: bool,
    /// A state's key.
    pub state: Option<&'static str>,
    /// The unit in charge.
    pub unit: Option<Uuid>,
    /// The colour's key.
    pub colour: Option<String>,
    /// The enterprise it is about.
    pub subject: Option<Uuid>,
    /// The topic.
    pub topic: String,
    /// Due on this day or later.
    pub due_from: Option<Date>,
    /// Due on this day or earlier.
    pub due_to: Option<Date>,
    /// Opened on this day or later.
    pub opened_from: Option<Date>,
    /// Opened on this day or earlier.
    pub opened_to: Option<Date>,
    /// Ended on this day or later.
    pub ended_from: Option<Date>,
    /// Ended on this day or earlier.
    pub ended_to: Option<Date>,
    /// With an event on this day or later.
    pub changed_from: Option<Since>,
    /// What it is sorted by.
    pub order: Order,
    /// Whether the largest stands first.
    pub descending: bool,
    /// Where the page begins.
    pub after: Option<String>,
}

/// The colours a case may have, each with its word.
pub const COLOURS: [(&str, &str, &str); 6] = [
    ("red", "红", "Red"),
    ("orange", "橙", "Orange"),
    ("yellow", "黄", "Yellow"),
    ("green", "绿", "Green"),
    ("blue", "蓝", "Blue"),
    ("grey", "灰", "Grey"),
];

impl Ask {
    /// Reads the parameters of an address; of one kind, or of all of them.
    ///
    /// # Errors
    /// A parameter that cannot be read, named with what belongs there.
    pub fn read(query: &str, kind: Option<&'static Kind>) -> Result<Self, WebError> {
        let mut ask = Ask::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match name.as_ref() {
                "q" => ask.words = value.chars().take(100).collect(),
                "which" => {
                    ask.which = Which::from_key(value)
                        .ok_or_else(|| wrong("which", value, &keys(&Which::ALL.map(Which::key))))?
                }
                "mine" => ask.mine = value == "1",
                "state" => {
                    let states = kind.iter().flat_map(|kind| kind.states);
                    let known: Vec<&str> = states.map(|state| state.key).collect();
                    let state = kind.and_then(|kind| kind.state(value));
                    ask.state = Some(state.ok_or_else(|| wrong("state", value, &keys(&known)))?.key);
                }
                "unit" => ask.unit = Some(id("unit", value)?),
                "subject" => ask.subject = Some(id("subject", value)?),
                "colour" => {
                    let known = COLOURS.map(|(key, _, _)| key);
                    let colour = known.into_iter().find(|known| *known == value);
                    ask.colour = Some(colour.ok_or_else(|| wrong("colour", value, &keys(&known)))?.to_owned());
                }
                "topic" => ask.topic = value.chars().take(60).collect(),
                "due_from" => ask.due_from = Some(day("due_from", value)?),
                "due_to" => ask.due_to = Some(day("due_to", value)?),
                "opened_from" => ask.opened_from = Some(day("opened_from", value)?),
                "opened_to" => ask.opened_to = Some(day("opened_to", value)?),
                "ended_from" => ask.ended_from = Some(day("ended_from", value)?),
                "ended_to" => ask.ended_to = Some(day("ended_to", value)?),
                "changed_from" => ask.changed_from = Some(Since::read("changed_from", value)?),
                "sort" => {
                    let (key, descending) = value.strip_prefix('-').map_or((value, false), |key| (key, true));
                    ask.order =
                        Order::from_key(key).ok_or_else(|| wrong("sort", value, "due, number, opened, changed"))?;
                    ask.descending = descending;
                }
                "after" => ask.after = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(ask)
    }

    /// The parameters that say this, without the place in the list.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let sort = format!("{}{}", if self.descending { "-" } else { "" }, self.order.key());
        let usual = Ask::default();
        let all = [
            ("q", self.words.clone()),
            ("which", if self.which == usual.which { String::new() } else { self.which.key().to_owned() }),
            ("mine", if self.mine { "1".to_owned() } else { String::new() }),
            ("state", self.state.unwrap_or_default().to_owned()),
            ("unit", id(self.unit)),
            ("colour", self.colour.clone().unwrap_or_default()),
            ("subject", id(self.subject)),
            ("topic", self.topic.clone()),
            ("due_from", day(self.due_from)),
            ("due_to", day(self.due_to)),
            ("opened_from", day(self.opened_from)),
            ("opened_to", day(self.opened_to)),
            ("ended_from", day(self.ended_from)),
            ("ended_to", day(self.ended_to)),
            ("changed_from", self.changed_from.map(Since::key).unwrap_or_default()),
            (
                "sort",
                if (self.order, self.descending) == (usual.order, usual.descending) { String::new() } else { sort },
            ),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The address that says this.
    pub fn address(&self, base: &str) -> String {
        let parameters = self.parameters();
        path::with_query(base, parameters.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// The same, changed, from the first page on.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut ask = Self { after: None, ..self.clone() };
        change(&mut ask);
        ask
    }

    /// Whether anything narrows the list.
    pub fn is_filtered(&self) -> bool {
        let plain = Ask { order: self.order, descending: self.descending, after: self.after.clone(), ..Ask::default() };
        *self != plain
    }
}

fn keys(known: &[&str]) -> String {
    known.join(", ")
}

fn id(name: &str, value: &str) -> Result<Uuid, WebError> {
    value.parse().map_err(|_| wrong(name, value, "UUID"))
}

fn day(name: &str, value: &str) -> Result<Date, WebError> {
    value.parse().map_err(|_| wrong(name, value, "2026-11-22"))
}

fn wrong(name: &str, value: &str, expected: &str) -> WebError {
    let value: String = value.chars().take(60).collect();
    WebError::bad_request(
        format!("条件 {name} 的值“{value}”无法识别，应为：{expected}。请重新选择条件。"),
        format!("The filter {name} says “{value}”; expected: {expected}. Choose the filter again."),
    )
    .found(value, expected, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Ask, WebError> {
        Ask::read(query, loops::by_key("matter"))
    }

    #[test]
    fn an_address_read_and_written_again_is_the_same() {
        for query in [
            "",
            "q=%E7%94%A8%E7%94%B5&which=overdue&mine=1&state=underway",
            "unit=01890000-0000-7000-8000-000000000001&colour=red&topic=%E7%94%A8%E7%94%B5",
            "due_from=2026-11-01&due_to=2026-11-30&sort=-number&which=all&opened_from=2026-10-01&ended_to=2026-11-30",
            "which=all&changed_from=2026-11-16&sort=-changed",
            "which=all&changed_from=week",
        ] {
            let ask = read(query).unwrap();
            let address = ask.address("/cases/matter");
            let again = address.split_once('?').map_or("", |(_, query)| query);
            assert_eq!(read(again).unwrap(), ask, "{query}");
        }
    }

    #[test]
    fn this_week_is_the_week_in_which_the_list_is_read() {
        let ask = read("changed_from=week").unwrap();
        for (today, monday) in [("2026-11-22", "2026-11-16"), ("2026-12-07", "2026-12-07")] {
            let since = ask.changed_from.unwrap().on(today.parse().unwrap());
            assert_eq!(since.to_string(), monday);
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for query in [
            "which=x",
            "state=visited",
            "unit=1",
            "colour=pink",
            "due_from=16",
            "changed_from=monday",
            "sort=password",
            "subject=%27",
        ] {
            let error = read(query).unwrap_err();
            assert_eq!(error.status.as_u16(), 400, "{query}");
            let found = query.split_once('=').unwrap().1.replace("%27", "'");
            assert!(error.zh.contains(&found) && error.en.contains(&found), "{}", error.zh);
        }
    }

    #[test]
    fn changing_a_filter_begins_at_the_first_page() {
        let ask = read("q=a&after=xyz").unwrap();
        assert_eq!(ask.with(|ask| ask.mine = true).address("/l"), "/l?q=a&mine=1");
        assert!(ask.is_filtered() && !read("sort=-number").unwrap().is_filtered());
    }
}
