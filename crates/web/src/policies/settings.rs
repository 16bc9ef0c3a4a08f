//! `/policies/settings`: the place the zone lies in, and the figures of settings (参数) that a place sets.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Lang;
use policy::problem::Severity;
use policy::{Library, Settings};
use store::policies::PLACE;

use super::words;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// The longest place or figure, in characters.
const LONGEST: usize = 40;

/// One setting of one policy.
struct SettingRow {
    key: String,
    name: String,
    /// What the text itself says.
    usual: String,
    owner: String,
    value: String,
    fault: String,
}

/// The settings of one policy.
struct Group {
    title: String,
    address: String,
    rows: Vec<SettingRow>,
}

#[derive(Template)]
#[template(path = "policies/settings.html")]
struct SettingsPage<'a> {
    page: &'a Page,
    place: String,
    place_fault: String,
    places: Vec<String>,
    groups: Vec<Group>,
}

/// Shows what is chosen.
///
/// # Errors
/// A template that fails to render.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let library = app.library();
    let entered: BTreeMap<String, String> = library.settings().clone();
    let place = library.place().to_owned();
    draw(&app, &page, StatusCode::OK, place, &entered, &Faults::default())
}

#[derive(Default)]
struct Faults {
    place: String,
    settings: BTreeMap<String, String>,
}

fn draw(
    app: &App,
    page: &Page,
    status: StatusCode,
    place: String,
    entered: &BTreeMap<String, String>,
    faults: &Faults,
) -> Result<Response, WebError> {
    let shelf = app.library();
    // What the texts say themselves stands beside what the zone chose.
    let (plain, _) = shelf.with(None, &place, &Settings::new());
    let groups = groups(page, &plain, entered, faults);
    let places = shelf.places().to_vec();
    page.show_with(status, SettingsPage { page, place, place_fault: faults.place.clone(), places, groups })
}

fn groups(page: &Page, plain: &Library, entered: &BTreeMap<String, String>, faults: &Faults) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    let current = plain.policies().iter().filter(|policy| policy.until.is_none_or(|until| until >= page.today));
    for policy in current.filter(|policy| !policy.settings.is_empty()) {
        let mut rows = Vec::new();
        for setting in &policy.settings {
            let key = format!("{}.{}", policy.id, setting.name);
            if seen.insert(key.clone(), ()).is_none() {
                rows.push(SettingRow {
                    name: setting.name_in(page.lang).to_owned(),
                    usual: setting.value.clone().unwrap_or_default(),
                    owner: setting.owner.clone().unwrap_or_default(),
                    value: entered.get(&key).cloned().unwrap_or_default(),
                    fault: faults.settings.get(&key).cloned().unwrap_or_default(),
                    key,
                });
            }
        }
        if !rows.is_empty() {
            let title = policy.title_in(page.lang).to_owned();
            groups.push(Group { title, address: words::address(policy), rows });
        }
    }
    groups
}

/// Chooses the place and the figures. A figure that its policy cannot take is refused.
///
/// # Errors
/// What the store reports.
pub async fn change(
    State(app): State<App>,
    page: Page,
    Form(entered): Form<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let shelf = app.library();
    let place = entered.get(PLACE).map(|place| place.trim().to_owned()).unwrap_or_default();
    let figures: BTreeMap<String, String> = entered
        .iter()
        .filter_map(|(key, value)| Some((key.strip_prefix("set.")?.to_owned(), value.trim().to_owned())))
        .collect();
    let set: Settings = figures
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let faults = faults(&page, &app, &place, &set);
    if !faults.place.is_empty() || !faults.settings.is_empty() {
        return draw(&app, &page, StatusCode::UNPROCESSABLE_ENTITY, place, &figures, &faults);
    }
    let mut wanted = figures;
    // What was chosen for a policy that this place does not have is taken back.
    for key in shelf.settings().keys() {
        wanted.entry(key.clone()).or_default();
    }
    wanted.insert(PLACE.to_owned(), place);
    let changed = app.store().choose_for_policies(&wanted, &viewer.name).await?;
    if changed == 0 {
        return Ok(page.go_saying("/policies", Notice::done(page.lang, "没有改动。", "Nothing was changed.")));
    }
    app.refresh_library().await?;
    let notice = Notice::done(
        page.lang,
        "已保存。全部企业将按新的政策库重新体检。",
        "Saved. Every enterprise is checked up on anew by the policies as they are now.",
    );
    Ok(page.go_saying("/policies", notice))
}

fn faults(page: &Page, app: &App, place: &str, set: &Settings) -> Faults {
    let mut faults = Faults::default();
    let shelf = app.library();
    if place.chars().count() > LONGEST || place.chars().any(char::is_control) {
        faults.place = page.t("所在地最多 40 个字。", "At most 40 characters.").to_owned();
    } else if place.contains("国家") {
        faults.place = page
            .t("请写省、市、区，如：河南郑州。", "Name a province, a city, a district, such as 河南郑州.")
            .to_owned();
    }
    let (plain, _) = shelf.with(None, place, &Settings::new());
    let (library, remarks) = shelf.with(None, place, set);
    for (key, value) in set {
        let (id, name) = key.split_once('.').unwrap_or_default();
        let has = |library: &Library| {
            let of = library.policies().iter().filter(|policy| policy.id == id);
            of.filter(|policy| policy.settings.iter().any(|setting| setting.name == name)).count()
        };
        let (before, after) = (has(&plain), has(&library));
        // A figure that cannot be read, or that counts something else, leaves no policy behind.
        if after < before || value.chars().count() > LONGEST {
            let remark = remarks.iter().find(|remark| {
                remark.problem.severity == Severity::Error && remark.problem.message.zh.contains(value.as_str())
            });
            let remark = remark.or_else(|| remarks.iter().find(|remark| remark.problem.severity == Severity::Error));
            let said = remark.map(|remark| remark.problem.message.say(page.lang).to_owned()).unwrap_or_default();
            let hint =
                page.t("请写数和单位，如 5000元、30万元、50%。", "Write a figure and its unit, such as 5000元 or 50%.");
            let stop = if page.lang == Lang::Zh { "。" } else { ". " };
            faults.settings.insert(key.clone(), format!("{said}{stop}{hint}"));
        }
    }
    faults
}
