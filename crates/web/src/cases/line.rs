//! One case as a line: of a list, a board, a calendar, of Today.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kernel::Lang;
use kernel::calendar::Calendar;
use loops::{Colour, Due, Kind, Party, State};
use store::access::{UnitId, UnitTree};
use store::cases::CaseRow;

use super::{clock, words};
use crate::frame::day;
use crate::ui::{Badge, Tone};
use crate::{App, Page, WebError};

/// The names that lines speak of, read once for a page.
pub struct Names {
    /// The units.
    pub units: UnitTree,
    /// People by the names of their accounts.
    pub people: BTreeMap<String, String>,
}

impl Names {
    /// The names that these cases speak of.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn of(app: &App, rows: &[CaseRow]) -> Result<Self, WebError> {
        let mut names = Self { units: app.store().units().await?, people: BTreeMap::new() };
        names.add(app, rows).await?;
        Ok(names)
    }

    /// The names that these cases speak of besides.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn add(&mut self, app: &App, rows: &[CaseRow]) -> Result<(), WebError> {
        let officers: BTreeSet<&str> = rows.iter().filter_map(|row| row.officer.as_deref()).collect();
        let fresh: Vec<&str> = officers.into_iter().filter(|name| !self.people.contains_key(*name)).collect();
        if !fresh.is_empty() {
            self.people.extend(app.store().names_of(fresh).await?);
        }
        Ok(())
    }

    /// A unit's name.
    pub fn unit(&self, id: UnitId) -> String {
        self.units.get(id).map(|unit| unit.name.clone()).unwrap_or_default()
    }

    /// A unit's name by its id as text.
    pub fn unit_text(&self, id: &str) -> String {
        id.parse().ok().map(UnitId).map(|id| self.unit(id)).unwrap_or_default()
    }

    /// A person's name.
    pub fn person(&self, account: &str, lang: Lang) -> String {
        self.people
            .get(account)
            .filter(|name| !name.is_empty())
            .cloned()
            .unwrap_or_else(|| crate::register::words::person(account, lang))
    }
}

/// One case as a line.
pub struct Line {
    /// Its page.
    pub address: String,
    /// Its number.
    pub number: String,
    /// Its name.
    pub title: String,
    /// Its kind.
    pub kind: &'static Kind,
    /// The enterprise, or the place.
    pub about: String,
    /// What stands under the title where there is little room: kind, number, whom it is about.
    pub under: String,
    /// Its state.
    pub state: &'static State,
    /// Whose turn it is.
    pub turn: String,
    /// Its colour with its word.
    pub colour: Option<Badge>,
    /// What its colour means.
    pub tone: Tone,
    /// What is left of its time.
    pub left: Option<Badge>,
    /// The end of its time.
    pub due: String,
    /// The day of it.
    pub day: Option<Date>,
    /// The day on which it was opened.
    pub opened: String,
    /// What was promised for what is applied for, where the list asked for it.
    pub promise: Option<String>,
}

impl Line {
    /// The line of a case.
    pub fn of(page: &Page, names: &Names, row: &CaseRow) -> Self {
        let lang = page.lang;
        let (kind, state) = (row.kind, row.state);
        let about = [row.subject_name.as_str(), row.place.as_str()].into_iter().find(|text| !text.is_empty());
        let about = about.unwrap_or_default().to_owned();
        let due = due(row).filter(|_| !state.is_end());
        let (lamp, tone) = colour(&row.colour, lang);
        // A colour that a person set never passes for the rule's.
        let lamp = match lamp {
            Some(badge) if super::colour::is_set(row) => {
                let said = format!("{}{}", badge.text, lang.pick("·人工", ", set"));
                Some(Badge::new(badge.tone, said).with_icon("pencil"))
            }
            lamp => lamp,
        };
        let under = [kind.label(lang), row.number.as_str(), about.as_str()];
        let under: Vec<&str> = under.into_iter().filter(|text| !text.is_empty()).collect();
        Self {
            address: words::address(kind.key, &row.number),
            number: row.number.clone(),
            title: if row.title.is_empty() {
                page.t("（内容已删除）", "(erased)").to_owned()
            } else {
                row.title.clone()
            },
            kind,
            under: under.join(" · "),
            about,
            state,
            turn: turn(state, row.unit, row.officer.as_deref(), names, lang),
            colour: lamp,
            tone,
            left: due.map(|due| clock::badge(due, page.now, Calendar::builtin(), lang)),
            due: due.map(clock::end).unwrap_or_default(),
            day: due.map(clock::day_of),
            opened: day::day_of(row.opened_at).to_string(),
            promise: None,
        }
    }
}

/// Whose turn it is, with the unit or the person where one is named.
pub fn turn(state: &State, unit: Option<UnitId>, officer: Option<&str>, names: &Names, lang: Lang) -> String {
    let Some(party) = state.owner() else { return String::new() };
    let named = match party {
        Party::Lead | Party::Assisting | Party::Head | Party::Second => unit.map(|unit| names.unit(unit)),
        Party::Officer => officer.map(|officer| names.person(officer, lang)),
        _ => None,
    };
    match named.filter(|named| !named.is_empty()) {
        Some(named) => format!("{}{}{named}", party.label(lang), lang.pick("：", ": ")),
        None => party.label(lang).to_owned(),
    }
}

/// A colour as a badge with its word, and what it means. An end has none.
pub fn colour(key: &str, lang: Lang) -> (Option<Badge>, Tone) {
    let Some(colour) = Colour::from_key(key) else { return (None, Tone::Shut) };
    let tone = match colour {
        Colour::Red => Tone::Late,
        Colour::Orange | Colour::Yellow => Tone::Warn,
        Colour::Green => Tone::Ok,
        Colour::Blue => Tone::Early,
        Colour::Grey => Tone::Shut,
    };
    (Some(Badge::new(tone, colour.label(lang))), tone)
}

/// The end of a case's time: a day, where the last moment is the last of a day.
pub fn due(row: &CaseRow) -> Option<Due> {
    row.due_at.map(|last| {
        let on = day::day_of(last);
        if day::end_of(on) == last { Due::Day(on) } else { Due::Moment(last) }
    })
}
