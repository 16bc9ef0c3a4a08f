//! What only some kinds have on the page of a case.

pub mod answers;
pub mod approval;
pub mod extras;
pub mod grid;
pub mod inspection;
pub mod item_form;
pub mod items;
pub mod lists;
pub mod officers;
pub mod record;
pub mod rounds;
pub mod routes;
pub mod speed;

use store::access::Action;
use store::cases::CaseView;

use super::duties::report;
use super::line::Names;
use super::{tasks, words};
use crate::ui::{Icon, Safe, escaped};
use crate::{App, Page, WebError};

/// The parts that the kind of a case puts on its page, between what it is about and what may be done.
///
/// # Errors
/// What the store reports.
pub async fn panels(app: &App, page: &Page, found: &CaseView, names: &Names) -> Result<Vec<Safe>, WebError> {
    let mut panels = Vec::new();
    if let Some(panel) = record_panel(page, found) {
        panels.push(panel);
    }
    panels.extend(report::panels(app, page, found).await?);
    panels.extend(tasks::panel(page, found));
    if let Some(route) = routes::proposed(app, page, found).await? {
        panels.push(route_panel(page, &routes::lines(page, &route, names)));
    }
    if let Some(panel) = resources_panel(page, found)? {
        panels.push(panel);
    }
    panels.extend(inspection::panels(app, page, found).await?);
    panels.extend(approval::panels(app, page, found).await?);
    Ok(panels)
}

/// Where the rules send a matter, and why: each unit that a rule named, what came of it, and its load.
fn route_panel(page: &Page, lines: &[String]) -> Safe {
    let lines: String = lines.iter().map(|line| format!("<li>{}</li>", escaped(line))).collect();
    let rules = match page.can(Action::ManageLoops) {
        true => {
            format!("<div class=\"card-actions\"><a href=\"/routing\">{}</a></div>", page.t("看分派规则", "the rules"))
        }
        false => String::new(),
    };
    Safe(format!(
        "<section class=\"card x-prefer\" id=\"route\"><div class=\"card-header\"><h2 class=\"card-title\">{}</h2>{rules}</div><ul class=\"x-route\">{lines}</ul></section>",
        page.t("按规则应分派给", "Where the rules send it"),
    ))
}

/// The way from a matter or a visit to the resources that may answer its need.
fn resources_panel(page: &Page, found: &CaseView) -> Result<Option<Safe>, WebError> {
    let kind = found.row.kind.key;
    if !matches!(kind, "matter" | "visit") || page.is_of_enterprise() {
        return Ok(None);
    }
    let case = format!("{kind}/{}", found.row.number);
    let address = crate::frame::path::with_query("/resources", [("case", case.as_str())]);
    Ok(Some(Safe(format!(
        "<p class=\"no-print my-3\"><a class=\"btn\" href=\"{}\">{}{}</a></p>",
        escaped(&address),
        Icon("building-community"),
        page.t("找能解决的资源（1+6+N）", "Find resources that may answer it"),
    ))))
}

/// Whether a step has a page of its own, which takes the place of its form.
pub fn has_own_page(kind: &str, step: &str) -> bool {
    let own = [("visit", record::RECORD), ("duty_report", report::FILL), ("duty_report", report::NOTHING)];
    own.contains(&(kind, step))
}

/// The way to the page on which a visit is written up.
fn record_panel(page: &Page, found: &CaseView) -> Option<Safe> {
    let kind = found.row.kind.key;
    found.may.iter().find(|(step, _)| (kind, step.key) == ("visit", record::RECORD))?;
    let address = format!("{}/record", words::address(kind, &found.row.number));
    let said = page.t("填写走访记录", "Write up the visit");
    let hint = page.t(
        "在手机上填写：位置、照片、发现的问题；没有网络时草稿留在本机。",
        "On the phone: position, pictures, problems; without a network the draft stays on the device.",
    );
    Some(Safe(format!(
        "<section class=\"card no-print\"><div class=\"card-body\"><a class=\"btn btn-primary\" href=\"{}\">{}{said}</a><p class=\"form-hint mb-0\">{hint}</p></div></section>",
        escaped(&address),
        Icon("pencil"),
    )))
}
