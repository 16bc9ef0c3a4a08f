//! The book of duties of a zone: its forms, made of fields of the catalogue, and who must report which.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::calendar::{Calendar, CalendarError};
use kernel::{Catalogue, FieldType, Lang};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Duty, Expected, Limit, Rhythm, expected};
use crate::closure::Window;

/// The most figures a form asks for.
const MOST_FIELDS: usize = 30;
/// How many days back a report is still opened that should have been: a server that stood still for a
/// month catches up.
const BACK: i64 = 35;

/// One figure of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The field of the catalogue.
    pub field: String,
    /// By how many per cent it may change before it has to be explained.
    pub percent: u32,
    /// A change smaller than this, in the field's unit, asks for nothing.
    #[serde(default)]
    pub least: u32,
}

/// What is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Its key in occasions; without a colon.
    pub key: String,
    /// Its name, such as 防汛日报.
    pub title: String,
    /// Its figures in their order; a form without any asks for words alone.
    pub fields: Vec<Asked>,
}

impl Form {
    /// By how much each figure may change.
    pub fn limits(&self) -> BTreeMap<String, Limit> {
        let limit = |asked: &Asked| Limit { percent: Decimal::from(asked.percent), least: Decimal::from(asked.least) };
        self.fields.iter().map(|asked| (asked.field.clone(), limit(asked))).collect()
    }
}

/// The forms and duties of a zone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Book {
    /// What is reported.
    pub forms: Vec<Form>,
    /// Who must report it by when. A duty that ended stays, with its last day.
    pub duties: Vec<Duty>,
}

/// What is wrong with a form or a duty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A form has no name.
    #[error("{}", self.say(Lang::En))]
    NoTitle,
    /// A form of this key or name is there already.
    #[error("{}", self.say(Lang::En))]
    Twice(String),
    /// A key cannot stand in an occasion.
    #[error("{}", self.say(Lang::En))]
    Key(String),
    /// A field is none of the catalogue, or holds no figure.
    #[error("{}", self.say(Lang::En))]
    NoFigure(String),
    /// A form asks for too much.
    #[error("{}", self.say(Lang::En))]
    TooMany(usize),
    /// A duty names a form that is not there.
    #[error("{}", self.say(Lang::En))]
    NoForm(String),
    /// A duty falls on no day, or on an hour that no day has.
    #[error("{}", self.say(Lang::En))]
    NoTime,
    /// A duty ends before it begins.
    #[error("{}", self.say(Lang::En))]
    Backwards(Date, Date),
}

impl Fault {
    /// The message for the person.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::NoTitle, Lang::Zh) => "请填写报表名称。".into(),
            (Self::NoTitle, Lang::En) => "give the form a name".into(),
            (Self::Twice(name), Lang::Zh) => format!("已有名为“{name}”的报表，请换一个名称。"),
            (Self::Twice(name), Lang::En) => format!("there is a form “{name}” already; choose another name"),
            (Self::Key(key), Lang::Zh) => format!("报表代号“{key}”只能用小写字母、数字和连字符。"),
            (Self::Key(key), Lang::En) => format!("the key “{key}” may hold small letters, digits and hyphens only"),
            (Self::NoFigure(field), Lang::Zh) => format!("“{field}”不是数值指标，请从指标目录中选择。"),
            (Self::NoFigure(field), Lang::En) => format!("“{field}” is no figure; choose one of the catalogue"),
            (Self::TooMany(found), Lang::Zh) => format!("一张报表最多 {MOST_FIELDS} 项指标，现有 {found} 项。"),
            (Self::TooMany(found), Lang::En) => format!("a form takes {MOST_FIELDS} figures, not {found}"),
            (Self::NoForm(form), Lang::Zh) => format!("没有“{form}”这张报表，请从列表中选择。"),
            (Self::NoForm(form), Lang::En) => format!("there is no form “{form}”; choose one of the list"),
            (Self::NoTime, Lang::Zh) => "请选择每周几或每月几日，以及 1 至 24 点中的一个钟点。".into(),
            (Self::NoTime, Lang::En) => "choose a day of the week or month, and an hour from 1 to 24".into(),
            (Self::Backwards(from, until), Lang::Zh) => format!("结束日 {until} 早于开始日 {from}。"),
            (Self::Backwards(from, until), Lang::En) => format!("it ends on {until}, before it begins on {from}"),
        }
    }
}

impl Book {
    /// The form with this key.
    pub fn form(&self, key: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.key == key)
    }

    /// The key of the next form, such as `f-001`, which no form has.
    pub fn next_key(&self) -> String {
        let key = (1..).map(|at: usize| format!("f-{at:03}")).find(|key| self.form(key).is_none());
        key.unwrap_or_default()
    }

    /// Everything that is wrong with it.
    pub fn faults(&self, catalogue: &Catalogue) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (at, form) in self.forms.iter().enumerate() {
            if form.title.trim().is_empty() {
                faults.push(Fault::NoTitle);
            }
            if self.forms[..at].iter().any(|other| other.key == form.key || other.title == form.title) {
                faults.push(Fault::Twice(form.title.clone()));
            }
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if form.key.is_empty() || form.key.len() > 40 || !form.key.chars().all(fits) {
                faults.push(Fault::Key(form.key.clone()));
            }
            if form.fields.len() > MOST_FIELDS {
                faults.push(Fault::TooMany(form.fields.len()));
            }
            let is_figure = |asked: &&Asked| catalogue.field(&asked.field).is_some_and(|field| is_figure(&field.kind));
            faults
                .extend(form.fields.iter().filter(|one| !is_figure(one)).map(|one| Fault::NoFigure(one.field.clone())));
        }
        for duty in &self.duties {
            if self.form(&duty.form).is_none() {
                faults.push(Fault::NoForm(duty.form.clone()));
            }
            let falls = match duty.rhythm {
                Rhythm::Daily | Rhythm::WorkingDays => true,
                Rhythm::Weekly(on) => (1..=7).contains(&on),
                Rhythm::Monthly(on) => (1..=31).contains(&on),
            };
            if !falls || !(1..=24).contains(&duty.by_hour) || !(0..=28).contains(&duty.ahead) {
                faults.push(Fault::NoTime);
            }
            if let Some(until) = duty.until.filter(|until| *until < duty.from) {
                faults.push(Fault::Backwards(duty.from, until));
            }
        }
        faults
    }

    /// The reports that should be open on a day: those of the last weeks that may have been missed while
    /// nobody minded, and those whose day to open has come. Duties whose days cannot be counted are named
    /// beside them; the others go on.
    pub fn open_on(&self, today: Date, calendar: &Calendar) -> (Vec<Expected>, Vec<(Duty, CalendarError)>) {
        let (mut due, mut uncounted) = (Vec::new(), Vec::new());
        for duty in &self.duties {
            let ahead = i64::from(duty.ahead.max(0));
            let within = Window { from: today.saturating_sub(BACK.days()), to: today.saturating_add(ahead.days()) };
            match expected(std::slice::from_ref(duty), within, calendar) {
                Ok(found) => due.extend(found.into_iter().filter(|one| one.opens <= today)),
                Err(error) => uncounted.push((duty.clone(), error)),
            }
        }
        due.sort();
        due.dedup_by(|a, b| a.occasion() == b.occasion());
        (due, uncounted)
    }
}

/// Whether a field holds a figure that can be compared.
fn is_figure(kind: &FieldType) -> bool {
    matches!(kind, FieldType::Money | FieldType::Integer | FieldType::Decimal | FieldType::Percent)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::duty::Occasion;

    fn book() -> Book {
        let asked = Asked { field: "total_staff".into(), percent: 20, least: 5 };
        let form = Form { key: "daily".into(), title: "运行日报".into(), fields: vec![asked] };
        let duty = Duty {
            form: "daily".into(),
            unit: "甲".into(),
            rhythm: Rhythm::Daily,
            by_hour: 18,
            from: date(2026, 5, 1),
            until: None,
            ahead: 0,
        };
        Book { forms: vec![form], duties: vec![duty] }
    }

    /// What is wrong with the book once this was changed.
    fn wrong(change: impl FnOnce(&mut Book)) -> Vec<Fault> {
        let mut book = book();
        change(&mut book);
        book.faults(Catalogue::builtin())
    }

    #[test]
    fn a_form_or_duty_that_could_never_be_met_is_named() {
        assert_eq!(wrong(|_| ()), []);
        assert_eq!(wrong(|book| book.forms[0].fields[0].field = "name".into()), [Fault::NoFigure("name".into())]);
        assert_eq!(wrong(|book| book.forms[0].title = " ".into()), [Fault::NoTitle]);
        assert_eq!(wrong(|book| book.duties[0].form = "weekly".into()), [Fault::NoForm("weekly".into())]);
        assert_eq!(wrong(|book| book.duties[0].rhythm = Rhythm::Weekly(8)), [Fault::NoTime]);
        assert_eq!(wrong(|book| book.duties[0].by_hour = 25), [Fault::NoTime]);
        let day = date(2026, 4, 30);
        assert_eq!(wrong(|book| book.duties[0].until = Some(day)), [Fault::Backwards(date(2026, 5, 1), day)]);
        assert_eq!(wrong(|book| book.forms[0].key = "a:b".into()).len(), 2, "the key, and the duty without its form");
        assert_eq!(
            wrong(|book| book.forms.push(Form { key: "other".into(), ..book.forms[0].clone() })),
            [Fault::Twice("运行日报".into())]
        );
        assert_eq!(book().next_key(), "f-001");
    }

    #[test]
    fn what_was_missed_while_nobody_minded_is_opened_and_what_lies_ahead_waits_for_its_day() {
        let days = |book: &Book, today| -> Vec<Date> {
            let (due, uncounted) = book.open_on(today, Calendar::builtin());
            assert!(uncounted.is_empty());
            due.into_iter().map(|one| one.day).collect()
        };
        assert_eq!(days(&book(), date(2026, 4, 30)), []);
        assert_eq!(days(&book(), date(2026, 5, 3)), [date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3)]);
        assert_eq!(days(&book(), date(2026, 12, 1)).len(), 36, "no further back than five weeks");
        let mut monthly = book();
        monthly.duties[0].rhythm = Rhythm::Monthly(5);
        monthly.duties[0].ahead = 3;
        assert_eq!(days(&monthly, date(2026, 5, 1)), []);
        assert_eq!(days(&monthly, date(2026, 5, 2)), [date(2026, 5, 5)]);
        // The same duty written down twice asks for one report.
        let mut twice = book();
        twice.duties.push(Duty { by_hour: 20, ..twice.duties[0].clone() });
        assert_eq!(days(&twice, date(2026, 5, 1)), [date(2026, 5, 1)]);
    }

    #[test]
    fn duties_beyond_the_known_calendar_are_named_and_hold_up_no_other() {
        let mut book = book();
        book.duties.push(Duty { rhythm: Rhythm::WorkingDays, unit: "乙".into(), ..book.duties[0].clone() });
        let (due, uncounted) = book.open_on(date(2027, 1, 2), Calendar::builtin());
        assert_eq!((due.len(), uncounted.len(), uncounted[0].0.unit.as_str()), (36, 1, "乙"));
    }

    #[test]
    fn an_occasion_is_read_back_as_it_was_written() {
        let (due, _) = book().open_on(date(2026, 5, 1), Calendar::builtin());
        let text = due[0].occasion();
        let read = Occasion::read(&text).unwrap();
        assert_eq!((read.form, read.unit, read.day), ("daily", "甲", date(2026, 5, 1)));
        assert_eq!(read.before(), ("duty:daily:甲:".into(), "duty:daily:甲:2026-05-01".into()));
        for wrong in ["", "duty:a", "duty:a:b:c", "visit:a:b:2026-05-01"] {
            assert_eq!(Occasion::read(wrong), None, "{wrong}");
        }
    }
}
