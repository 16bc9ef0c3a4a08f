//! By which rule cases have their colours: the scheme the zone picked, and why a case has its own.

use std::sync::{Arc, PoisonError, RwLock};

use askama::Template;
use axum::extract::{Form, State};
use axum::response::Response;
use jiff::Timestamp;
use kernel::Lang;
use kernel::calendar::Calendar;
use loops::Case;
use loops::colour::{Painter, Scheme, by_id, schemes};
use store::access::Action;
use store::cases::{Painted, Timing};
use store::{Store, StoreError};

use super::line;
use crate::frame::notice::Notice;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// Under which key the zone keeps its choice.
const KEY: &str = "colours";

/// The scheme in use, shared with the store that paints by it.
#[derive(Clone)]
pub struct Colours(Arc<RwLock<Option<Painter<'static>>>>);

impl Colours {
    /// The scheme the zone picked; the usual one where it never did.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn read(store: &Store) -> Result<Self, StoreError> {
        let colours = Self(Arc::default());
        colours.refresh(store).await?;
        Ok(colours)
    }

    /// Reads the choice again.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        let chosen = store.loop_setting(KEY).await?;
        // One that this release does not bring gives way to the usual one.
        let scheme = chosen.and_then(|setting| by_id(setting.text.trim())).or_else(|| schemes().first());
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = scheme.map(Scheme::ready);
        Ok(())
    }

    /// The working days, and the rule of the scheme that is picked at the time.
    pub fn timing(&self) -> Timing {
        let (chosen, plain) = (self.clone(), Timing::plain());
        Timing::new(Calendar::builtin().clone(), move |case, at, calendar| match chosen.painter() {
            Some(painter) => Painted::by(&painter, case, at, calendar),
            None => plain.paint(case, at),
        })
    }

    fn painter(&self) -> Option<Painter<'static>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why a case has its colour: the lamp that is lit and the scheme. Empty where no lamp speaks of it.
    pub fn why(&self, case: &Case, at: Timestamp, calendar: &Calendar, lang: Lang) -> String {
        let Some(painter) = self.painter() else { return String::new() };
        let Ok(painted) = loops::colour(case, case.plan.as_ref(), at, calendar, &painter) else { return String::new() };
        let scheme = painter.scheme();
        match (painted.condition, lang) {
            (None, _) => String::new(),
            (Some(lamp), Lang::Zh) => format!("{}（{}）", scheme.lamp(lamp, lang), scheme.label(lang)),
            (Some(lamp), Lang::En) => format!("{} ({})", scheme.lamp(lamp, lang), scheme.label(lang)),
        }
    }
}

/// One scheme to pick.
struct Choice {
    id: &'static str,
    label: &'static str,
    document: String,
    notes: Vec<&'static str>,
    lamps: Vec<(Option<Badge>, &'static str)>,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "cases/colours.html")]
struct ColoursPage<'a> {
    page: &'a Page,
    choices: Vec<Choice>,
    may_choose: bool,
    version: i64,
}

/// Shows every scheme with its lamps.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let version = app.store().loop_setting(KEY).await?.map_or(0, |setting| setting.version);
    let painter = app.colours().painter();
    let used = painter.as_ref().map(|painter| painter.scheme().id());
    let choices = schemes().iter().map(|scheme| choice(scheme, used, page.lang)).collect();
    let may_choose = page.viewer()?.can(Action::ManageLoops);
    page.show(ColoursPage { page: &page, choices, may_choose, version })
}

fn choice(scheme: &'static Scheme, used: Option<&str>, lang: Lang) -> Choice {
    let lamps = scheme.lamps_in(lang).map(|(colour, name)| (line::colour(colour.key(), lang).0, name)).collect();
    Choice {
        id: scheme.id(),
        label: scheme.label(lang),
        document: scheme.documents().join(lang.pick("；", "; ")),
        // The notes of a text are in the language of the regulation.
        notes: scheme.notes().filter(|_| lang == Lang::Zh).collect(),
        lamps,
        chosen: used == Some(scheme.id()),
    }
}

/// The scheme that is picked.
#[derive(Debug, serde::Deserialize)]
pub struct Picked {
    scheme: String,
    #[serde(default)]
    seen: i64,
}

/// Picks a scheme; every open case is given its colour anew.
///
/// # Errors
/// What the store reports; somebody else picked in between.
pub async fn pick(State(app): State<App>, page: Page, Form(picked): Form<Picked>) -> Result<Response, WebError> {
    let scheme = by_id(&picked.scheme).ok_or_else(|| {
        WebError::bad_request("没有这个亮灯方案，请从列表中选择。", "There is no such scheme; choose one of the list.")
    })?;
    app.store().decide_loop_setting(page.viewer()?, KEY, scheme.id(), picked.seen).await?;
    app.colours().refresh(app.store()).await?;
    let (_, changed) = app.store().recount_cases().await?;
    let notice = Notice::done(
        page.lang,
        &format!("已改用“{}”，{changed} 件在办事项的颜色或日期随之改变。", scheme.label(Lang::Zh)),
        &format!("“{}” is in use; the colour or day of {changed} open cases changed.", scheme.label(Lang::En)),
    );
    Ok(page.go_saying("/colours", notice))
}
