//! One event of a case's history: who did what when, why, and with which files.

use askama::Template;
use loops::duty::WHY;
use loops::{Kind, Mark, Sealed};

use super::files::{self, FileLink};
use super::line::Names;
use super::special::extras;
use super::{forms, topics, words};
use crate::frame::day;
use crate::register::amount;
use crate::ui::Tone;
use crate::{App, Page, WebError};

/// One event, ready to print.
#[derive(Template)]
#[template(path = "cases/happened.html")]
pub struct Happened<'a> {
    page: &'a Page,
    at: String,
    when: String,
    what: String,
    who: String,
    led_to: &'static str,
    lines: Vec<String>,
    text: String,
    files: Vec<FileLink>,
    tone: Tone,
}

impl askama::filters::HtmlSafe for Happened<'_> {}

impl<'a> Happened<'a> {
    /// The events of a case at this address, in their order.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn all(
        app: &App,
        page: &'a Page,
        kind: &Kind,
        address: &str,
        events: &[Sealed],
        names: &Names,
    ) -> Result<Vec<Self>, WebError> {
        let mut all = Vec::new();
        for sealed in events {
            let files = files::links(app, address, &sealed.event.given.proofs).await?;
            all.push(Self::of(page, kind, sealed, names, files));
        }
        Ok(all)
    }

    fn of(page: &'a Page, kind: &Kind, sealed: &Sealed, names: &Names, files: Vec<FileLink>) -> Self {
        let (event, lang) = (&sealed.event, page.lang);
        let step = kind.step(&event.step);
        let what = match step {
            Some(step) => words::capital(step.label(lang)),
            None => page.t("提出", "Opened").to_owned(),
        };
        let person = names.person(&event.by.person, lang);
        let party = event.by.party.label(lang);
        let who = if event.by.party == loops::Party::Clock { party.to_owned() } else { format!("{person} · {party}") };
        let leads = step.and_then(|step| step.to).and_then(|key| kind.state(key));
        let erased = page.t("（内容已依法删除）", "(the words were erased by law)");
        let given = &event.given;
        Self {
            page,
            at: event.at.to_string(),
            when: day::minute(event.at),
            what,
            who,
            led_to: leads.map_or("", |state| state.label(lang)),
            lines: lines(page, sealed, names),
            text: if sealed.erased.is_some() { erased.to_owned() } else { given.text.clone().unwrap_or_default() },
            files,
            tone: match step.and_then(|step| step.mark) {
                _ if step.is_some_and(|step| step.reopens) => Tone::Late,
                Some(Mark::Returns | Mark::WithoutEffect) => Tone::Late,
                Some(Mark::Chases) => Tone::Warn,
                _ if leads.is_some_and(loops::State::is_end) => Tone::Ok,
                _ => Tone::Shut,
            },
        }
    }
}

/// The terms of an event, each as a line.
fn lines(page: &Page, sealed: &Sealed, names: &Names) -> Vec<String> {
    let (given, lang) = (&sealed.event.given, page.lang);
    let line = |zh: &str, en: &str, value: &str| format!("{}{}{value}", page.t(zh, en), page.t("：", ": "));
    let mut lines = Vec::new();
    if let Some(unit) = &given.unit {
        lines.push(line("主办单位", "Lead unit", &names.unit_text(unit)));
    }
    if !given.assisting.is_empty() {
        let units: Vec<String> = given.assisting.iter().map(|unit| names.unit_text(unit)).collect();
        lines.push(line("协办单位", "Assisting", &units.join(page.t("、", ", "))));
    }
    if let Some(rating) = given.rating {
        lines.push(line("评价", "Rating", words::rating(rating, lang)));
    }
    if let Some(until) = given.until {
        lines.push(line("期限", "To be done by", &until.to_string()));
    }
    if let Some(topic) = &given.topic {
        lines.push(line("类别", "Topic", &topics::label(topic, lang)));
    }
    if let Some(amount) = given.amount {
        lines.push(line("本次完成", "Done", &amount::shown(amount)));
    }
    if let Some(person) = &given.person {
        lines.push(line("责任人", "Person", person));
    }
    if given.signed {
        lines.push(page.t("已签字", "Signed").to_owned());
    }
    if let Some(spot) = given.spot {
        let at = spot.at.map(day::minute).unwrap_or_default();
        let place = format!("{:.5}, {:.5} {at}", f64::from(spot.latitude) / 1e6, f64::from(spot.longitude) / 1e6);
        lines.push(line("记录地点", "Recorded at", place.trim()));
    }
    for (key, value) in &given.form {
        let value = extras::value(key, value, lang);
        let label = match key.strip_prefix(WHY) {
            Some(field) => format!("{}{}", forms::label(field, lang), page.t("变动原因", ", why it changed")),
            None => forms::label(key, lang),
        };
        lines.push(format!("{label}{}{value}", page.t("：", ": ")));
    }
    lines
}
