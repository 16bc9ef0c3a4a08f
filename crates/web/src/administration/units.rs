//! The tree of units: the zone, its bureaux, its parks.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::StoreError;
use store::access::{Hand, Unit, UnitId, UnitKind, UnitTree};
use uuid::Uuid;

use crate::frame::notice::Notice;
use crate::ui::{Badge, Confirm, Icon, Tone};
use crate::{App, Page, WebError};

/// One unit in a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its id.
    pub id: UnitId,
    /// Its name, set in by its depth.
    pub text: String,
    /// Whether it is the one chosen now.
    pub chosen: bool,
}

/// The units that can be chosen, each before those below it.
pub fn choices(units: &UnitTree, chosen: Option<UnitId>) -> Vec<Choice> {
    units
        .in_order()
        .into_iter()
        .filter(|unit| unit.closed_at.is_none())
        .map(|unit| {
            let depth = units.path(unit.id).len().saturating_sub(1);
            Choice {
                id: unit.id,
                text: format!("{}{}", "　".repeat(depth), unit.name),
                chosen: chosen == Some(unit.id),
            }
        })
        .collect()
}

#[derive(Template)]
#[template(path = "administration/units.html")]
struct UnitsPage<'a> {
    page: &'a Page,
    units: UnitTree,
    refused: Option<String>,
    name: &'a str,
}

impl UnitsPage<'_> {
    fn rows(&self) -> Vec<&Unit> {
        self.units.in_order()
    }

    fn depth(&self, unit: &Unit) -> usize {
        self.units.path(unit.id).len().saturating_sub(1).min(6)
    }

    fn choices(&self) -> Vec<Choice> {
        choices(&self.units, self.units.top().map(|unit| unit.id))
    }

    fn kinds(&self) -> [UnitKind; 2] {
        [UnitKind::Bureau, UnitKind::Park]
    }

    /// Where a unit can be moved: anywhere but below itself.
    fn parents(&self, unit: &Unit) -> Vec<Choice> {
        let below = self.units.below(unit.id);
        choices(&self.units, unit.parent).into_iter().filter(|choice| !below.contains(&choice.id)).collect()
    }

    fn retire_button(&self, unit: &Unit) -> Confirm<'_> {
        let page = self.page;
        Confirm {
            page,
            id: format!("retire-{}", unit.id),
            button: page.t("停用", "Retire"),
            icon: Icon("ban"),
            title: format!("{}“{}”？", page.t("停用单位", "Retire the unit "), unit.name),
            consequence: page.t("停用后不能再选用，历史记录保留。下面还有单位、账号或台账记录时不能停用。", "It can no longer be chosen; what it did stays. A unit that still has units, accounts or register rows cannot be retired.").to_owned(),
            action: format!("/administration/units/{}/retire", unit.id),
            fields: Vec::new(),
            reason: "",
            tone: Tone::Late,
            small: true,
        }
    }

    fn closed_badge(&self) -> Badge {
        Badge::shut(self.page.t("已停用", "Retired")).with_icon("ban")
    }
}

async fn draw(
    app: &App,
    page: &Page,
    status: StatusCode,
    refused: Option<String>,
    name: &str,
) -> Result<Response, WebError> {
    let units = app.store().units().await?;
    page.show_with(status, UnitsPage { page, units, refused, name })
}

async fn after(app: &App, page: &Page, done: Result<Notice, StoreError>, name: &str) -> Result<Response, WebError> {
    match done {
        Ok(notice) => Ok(page.go_saying("/administration/units", notice)),
        Err(StoreError::Refused(refusal)) => {
            let why = page.t(&refusal.zh, &refusal.en).to_owned();
            draw(app, page, StatusCode::UNPROCESSABLE_ENTITY, Some(why), name).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows the tree.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    draw(&app, &page, StatusCode::OK, None, "").await
}

/// A new unit.
#[derive(Deserialize)]
pub struct Created {
    name: String,
    kind: String,
    parent: Option<Uuid>,
}

/// Makes a unit; the first of a zone is its top.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn create(State(app): State<App>, page: Page, Form(created): Form<Created>) -> Result<Response, WebError> {
    let hand = Hand::Viewer(page.viewer()?);
    let kind = if created.parent.is_none() { Some(UnitKind::Zone) } else { UnitKind::from_key(&created.kind) };
    let kind =
        kind.ok_or_else(|| WebError::bad_request("单位类别应为部门或园区。", "A unit is a bureau or a park."))?;
    let done = app.store().create_unit(hand, created.parent.map(UnitId), kind, &created.name).await;
    after(&app, &page, done.map(|_| Notice::done(page.lang, "单位已建立。", "The unit was made.")), &created.name).await
}

/// A unit's name and the unit above it.
#[derive(Deserialize)]
pub struct Changed {
    name: String,
    parent: Option<Uuid>,
}

/// Renames a unit, or moves it with everything below it.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn change(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(changed): Form<Changed>,
) -> Result<Response, WebError> {
    let hand = Hand::Viewer(page.viewer()?);
    let units = app.store().units().await?;
    let unit = units.get(UnitId(id)).ok_or_else(WebError::not_found)?;
    let parent = changed.parent.map(UnitId).filter(|parent| unit.parent.is_some_and(|was| was != *parent));
    let mut done = Ok(());
    if changed.name.trim() != unit.name {
        done = app.store().rename_unit(hand, unit.id, &changed.name).await;
    }
    if let (Ok(()), Some(parent)) = (&done, parent) {
        done = app.store().move_unit(hand, unit.id, parent).await;
    }
    after(&app, &page, done.map(|()| Notice::done(page.lang, "已保存。", "Saved.")), "").await
}

/// Retires a unit that nothing stands under any more.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn retire(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let done = app.store().retire_unit(Hand::Viewer(page.viewer()?), UnitId(id)).await;
    after(&app, &page, done.map(|()| Notice::done(page.lang, "单位已停用。", "The unit was retired.")), "").await
}
