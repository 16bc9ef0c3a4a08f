//! `/cases/{kind}/lists`: the red and the black list (红黑榜), beside the rule that made it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use loops::closure::{List, Window, list_schemes, unit_figures};
use store::cases::CaseFilter;

use crate::cases::figures;
use crate::cases::line::Names;
use crate::cases::tabs::Tabs;
use crate::cases::words::{self, Look};
use crate::frame::path;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// One unit on a list, with the reasons.
struct ListedUnit {
    name: String,
    badge: Badge,
    on_time: String,
    base: String,
    reasons: Vec<String>,
    cases: String,
    object: String,
}

#[derive(Template)]
#[template(path = "cases/lists.html")]
struct ListsPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    from: Date,
    to: Date,
    scheme: String,
    rule: Vec<String>,
    units: Vec<ListedUnit>,
}

/// Shows the lists within the viewer's rows.
///
/// # Errors
/// An unknown kind; days that cannot be read or counted; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(kind): Path<String>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let (kind, look) = words::of(&kind).ok_or_else(WebError::not_found)?;
    let window = figures::window(&page)?;
    let scheme =
        list_schemes().first().ok_or_else(|| WebError::broken("no rule for the lists comes with the program"))?;
    let filter = CaseFilter { kinds: vec![kind.key.to_owned()], opened_by: Some(window.to), ..CaseFilter::default() };
    let found = app.store().case_folds(viewer, &filter).await?;
    let calendar = app.store().timing().calendar();
    let until = crate::frame::day::end_of(window.to).min(page.now);
    let counted = unit_figures(found.iter().map(|(_, case)| case), window, until, calendar);
    let figures =
        counted.map_err(|error| WebError::invalid(error.say(kernel::Lang::Zh), error.say(kernel::Lang::En)))?;
    let names = Names::of(&app, &[]).await?;
    let ready = scheme.ready();
    let units = scheme.lists(&ready, &figures).into_iter().map(|listed| {
        let name = names.unit_text(&listed.unit);
        let on_time = figures.get(&listed.unit).map(|one| one.on_time).unwrap_or_default();
        let label = listed.list.label(page.lang);
        let badge = match listed.list {
            // A red list is an honour: its colour would say the opposite.
            List::Red => Badge::ok(label).with_icon("medal"),
            List::Black => Badge::late(label),
            List::Neither | List::TooFew => Badge::shut(label),
        };
        ListedUnit {
            badge,
            on_time: on_time.percent().map_or_else(|| "—".to_owned(), |percent| format!("{:.1}%", percent.round_dp(1))),
            base: format!("{}/{}", on_time.part, on_time.base),
            reasons: listed.reasons.iter().map(|reason| reason.lines(page.lang)).collect(),
            cases: path::with_query(&look.path(), [("unit", listed.unit.as_str()), ("which", "all")]),
            object: objection(&page, look, &name, window),
            name,
        }
    });
    page.show(ListsPage {
        tabs: Tabs::of(&page, look, "lists"),
        from: window.from,
        to: window.to,
        scheme: scheme.policy.title_in(page.lang).to_owned(),
        rule: scheme.policy.source.lines().map(str::to_owned).collect(),
        units: units.collect(),
        look,
        page: &page,
    })
}

/// Where a unit objects: a matter with its title written already.
fn objection(page: &Page, look: &Look, unit: &str, window: Window) -> String {
    let title = match page.lang {
        kernel::Lang::Zh => format!("对{}红黑榜的异议：{unit}（{} 至 {}）", look.zh, window.from, window.to),
        kernel::Lang::En => format!("Objection to the lists: {unit} ({} to {})", window.from, window.to),
    };
    path::with_query("/cases/matter/new", [("title", title.as_str()), ("topic", "other")])
}
