//! `/cultivation/radar`: holders of a title whose ratios drift under a threshold, before the title is lost.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use checkup::{Drift, Radar};
use jiff::civil::Date;
use kernel::{FactKey, SubjectId, SubjectKind, Value};
use policy::FactSheet;
use store::access::Scope;

use super::steps::{STEPS, Step};
use crate::kept::Kept;
use crate::policies::population::{Person, each};
use crate::policies::shelf::Shelf;
use crate::ui::{Empty, Icon};
use crate::{App, Page, WebError};

/// The most enterprises that the page names for one title.
const MOST_NAMED: usize = 100;

/// A holder with what drifts.
#[derive(Debug)]
pub(crate) struct Holder {
    step: &'static Step,
    id: SubjectId,
    name: String,
    drifts: Vec<Drift>,
}

/// What drifts, kept until the register, the library or the day change: a large register is looked through
/// once and not for every reader.
#[derive(Debug, Default)]
pub(crate) struct Drifts(Kept<(i64, String, Date), Vec<Holder>>);

impl Drifts {
    async fn within(&self, app: &App, scope: &Scope, on: Date) -> Result<Arc<Vec<Holder>>, WebError> {
        let library = app.library();
        let stamp = (app.store().revision().await?, library.mark().to_owned(), on);
        Ok(self.0.within(stamp, scope, look(app, &library, scope, on)).await?)
    }
}

async fn look(app: &App, library: &Shelf, scope: &Scope, on: Date) -> Result<Vec<Holder>, store::StoreError> {
    let radars: Vec<(&'static Step, Radar<'_>)> =
        STEPS.iter().filter_map(|step| Some((step, Radar::new(library.policy(step.policy, on)?, on)))).collect();
    let mut found = Vec::new();
    each(app, scope, |people| {
        for Person { id, name, sheet, .. } in people {
            for (step, radar) in &radars {
                let drifts = if holds(&sheet, step.title, on) { radar.look(&sheet) } else { Vec::new() };
                if !drifts.is_empty() {
                    found.push(Holder { step, id, name: name.clone(), drifts });
                }
            }
        }
    })
    .await?;
    Ok(found)
}

/// Whether a record says that the title is held on a day.
fn holds(sheet: &FactSheet, title: &str, on: Date) -> bool {
    let records = sheet.records.get(&SubjectKind::Title).map(Vec::as_slice).unwrap_or_default();
    records.iter().any(|record| {
        let of = |field: &str| record.get(&FactKey::timeless(field));
        let day = |field: &str| match of(field) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        matches!(of("qualification_code"), Some(Value::Code(code)) if code == title)
            && day("valid_from").is_none_or(|from| from <= on)
            && day("valid_to").is_none_or(|to| on <= to)
    })
}

/// One ratio of one enterprise as the page shows it.
struct Row {
    name: String,
    address: String,
    condition: String,
    text: String,
    years: Vec<String>,
    edge: String,
    margin: String,
    next: String,
}

/// The holders of one title.
struct Title {
    name: String,
    policy: String,
    years: Vec<String>,
    rows: Vec<Row>,
    more: usize,
}

#[derive(Template)]
#[template(path = "cultivation/radar.html")]
struct RadarPage<'a> {
    page: &'a Page,
    titles: Vec<Title>,
    empty: Empty<'a>,
}

/// Shows whose ratios drift, by title, the nearest to the threshold first.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    if let Some(own) = viewer.enterprise {
        return Ok(page.go(&format!("/enterprises/{own}/checkup")));
    }
    let found = app.drifts().within(&app, &viewer.scope, page.today).await?;
    let titles = STEPS.iter().filter_map(|step| title(&app, &page, step, &found));
    let template = RadarPage {
        titles: titles.collect(),
        empty: Empty {
            icon: Icon("circle-check"),
            title: page.t("没有走低到门槛的比率", "No ratio drifts to a threshold"),
            what: page.t(
                "持有资质的企业中，没有哪家的比率现在达标而按上年的走势明年会不达标。",
                "Of the holders of a title, none has a ratio that suffices now and would not next year if it moved as it did last year.",
            ),
            action: None,
        },
        page: &page,
    };
    page.show(template)
}

fn title(app: &App, page: &Page, step: &'static Step, found: &[Holder]) -> Option<Title> {
    let lang = page.lang;
    let mut own: Vec<(&Holder, &Drift)> = found
        .iter()
        .filter(|holder| holder.step == step)
        .flat_map(|holder| holder.drifts.iter().map(move |drift| (holder, drift)))
        .collect();
    let (_, first) = own.first()?;
    // Ratios are of the year before the year of application.
    let years = first.years.iter().map(|(year, _)| (year - 1).to_string()).collect();
    own.sort_by_key(|(_, drift)| drift.margin.range.lo);
    let row = |(holder, drift): &(&Holder, &Drift)| Row {
        name: holder.name.clone(),
        address: page.link(&format!("/enterprises/{}/checkup/{}", holder.id, step.policy)),
        condition: drift.condition.name_in(lang).to_owned(),
        text: drift.text.clone(),
        years: drift
            .years
            .iter()
            .map(|(_, figure)| figure.as_ref().map_or_else(|| "—".to_owned(), |figure| figure.say_to(lang, 2)))
            .collect(),
        edge: format!("{} {}", drift.sign, drift.edge.say_to(lang, 2)),
        margin: drift.margin.say_to(lang, 2),
        next: drift.next.say_to(lang, 2),
    };
    let choice = app.catalogue().field("qualification_code").and_then(|field| field.choice(step.title));
    Some(Title {
        name: choice.map_or(step.title, |choice| choice.label(lang)).to_owned(),
        policy: app.library().policy(step.policy, page.today).map(policy::Policy::version).unwrap_or_default(),
        years,
        more: own.len().saturating_sub(MOST_NAMED),
        rows: own.iter().take(MOST_NAMED).map(row).collect(),
    })
}
