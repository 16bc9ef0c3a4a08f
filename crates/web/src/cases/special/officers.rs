//! `/officers`: one chief service officer for each firm: who has none, how much each has to do, and who is
//! assigned.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Lang, SubjectId, SubjectKind};
use store::access::Action;
use store::cases::OfficerLoad;

use crate::cases::line::Names;
use crate::frame::notice::Notice;
use crate::frame::path;
use crate::register::subject;
use crate::ui::{Badge, figure};
use crate::{App, Page, WebError};

/// Firms on a page.
const ROWS: u64 = 50;

/// A firm without an officer.
struct Firm {
    id: String,
    name: String,
    address: String,
    unit: String,
    left: String,
}

/// An officer, and how much there is to do.
struct Officer {
    account: String,
    name: String,
    unit: String,
    firms: u64,
    open: u64,
    left: Option<Badge>,
}

#[derive(Template)]
#[template(path = "cases/officers.html")]
struct OfficersPage<'a> {
    page: &'a Page,
    firms: Vec<Firm>,
    total: String,
    range: String,
    next: Option<String>,
    previous: Option<String>,
    officers: Vec<Officer>,
    may_assign: bool,
    refused: Option<String>,
}

/// Shows who serves whom.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let drawn = draw(&app, &page, None).await?;
    page.show(drawn)
}

async fn draw<'a>(app: &App, page: &'a Page, refused: Option<String>) -> Result<OfficersPage<'a>, WebError> {
    let viewer = page.viewer()?;
    let asked = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "skip");
    let skip: u64 = asked.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let (found, total) = app.store().firms_without_officer(viewer, skip, ROWS).await?;
    let names = Names::of(app, &[]).await?;
    let firms = found.into_iter().map(|firm| Firm {
        id: firm.subject.to_string(),
        name: firm.name,
        address: subject::address(SubjectKind::Enterprise, firm.subject),
        unit: firm.unit.map(|unit| names.unit(unit)).unwrap_or_default(),
        left: firm.left.unwrap_or_default(),
    });
    let firms: Vec<Firm> = firms.collect();
    let loads = app.store().officer_loads().await?;
    let officer = |load: OfficerLoad| Officer {
        name: if load.display_name.is_empty() { load.account.clone() } else { load.display_name },
        unit: names.unit(load.unit),
        firms: load.firms,
        open: load.open,
        left: (!load.serves).then(|| Badge::late(page.t("已不在岗", "has left"))),
        account: load.account,
    };
    let turned = |skip: u64| path::with_query("/officers", [("skip", skip.to_string().as_str())]);
    Ok(OfficersPage {
        range: if firms.is_empty() { String::new() } else { format!("{}–{}", skip + 1, skip + firms.len() as u64) },
        next: (skip + ROWS < total).then(|| turned(skip + ROWS)),
        previous: (skip > 0).then(|| turned(skip.saturating_sub(ROWS))),
        total: figure::grouped(i64::try_from(total).unwrap_or(i64::MAX)),
        firms,
        officers: loads.into_iter().map(officer).collect(),
        may_assign: page.can(Action::AssignOfficers),
        refused,
        page,
    })
}

/// `POST /officers`: makes one account the officer of the firms that were chosen.
///
/// # Errors
/// A firm outside the person's rows; what the store reports.
pub async fn assign(
    State(app): State<App>,
    page: Page,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let firms: Vec<SubjectId> =
        sent.iter().filter(|(name, _)| name == "firm").filter_map(|(_, id)| id.parse().ok().map(SubjectId)).collect();
    let account = sent.iter().find(|(name, _)| name == "officer").map(|(_, value)| value.trim()).unwrap_or_default();
    let refused = if firms.is_empty() {
        Some(page.t("没有选企业。请勾选要指定服务员的企业。", "No firm was chosen; tick those to assign.").to_owned())
    } else if account.is_empty() {
        Some(page.t("没有选服务员。请选择由谁服务。", "No officer was chosen; say who serves them.").to_owned())
    } else {
        match app.store().assign_officer(viewer, &firms, Some(account)).await {
            Ok(changed) => {
                let said = match page.lang {
                    Lang::Zh => format!("已为 {changed} 家企业指定首席服务员。"),
                    Lang::En => format!("{changed} firms have their chief service officer."),
                };
                return Ok(page.go_saying("/officers", Notice::said(said)));
            }
            Err(store::StoreError::Refused(refusal)) => Some(page.t(&refusal.zh, &refusal.en).to_owned()),
            Err(error) => return Err(error.into()),
        }
    };
    let drawn = draw(&app, &page, refused).await?;
    page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
}
