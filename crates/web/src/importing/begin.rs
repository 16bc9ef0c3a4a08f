//! `/imports/new`: what the sheet speaks of, who speaks in it, and the file itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use intake::{IntakeError, Wanted};
use kernel::SubjectKind;
use reports::sheet::{Format, Limits, Workbook};
use store::files::Media;

use crate::importing::draft::{self, Import, Prepared};
use crate::importing::{KINDS, Shown, Step, checks, kind, sheets, steps};
use crate::ui::figure;
use crate::upload::{Received, SentFile};
use crate::{App, Page, WebError};

/// What the form sends where each sheet is taken for what it reads like.
const EACH: &str = "each";
/// The longest name of who speaks.
const LONGEST_ORIGIN: usize = 60;

#[derive(Template)]
#[template(path = "importing/new.html")]
struct NewPage<'a> {
    page: &'a Page,
    kind: String,
    origin: String,
    origins: Vec<String>,
    largest: String,
    refused: Option<String>,
}

impl NewPage<'_> {
    fn steps(&self) -> Vec<Shown> {
        steps(self.page.lang, Step::File, None)
    }

    fn kinds(&self, records: bool) -> Vec<(&'static str, &'static str)> {
        let of_sort = KINDS.iter().filter(|kind| kind.is_record() == records);
        of_sort.map(|kind| (kind.key(), self.page.lang.pick(kind.zh(), kind.en()))).collect()
    }
}

/// Shows the form.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let wanted = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "kind");
    let wanted = wanted.and_then(|(_, key)| kind(&key)).map_or(EACH, SubjectKind::key);
    let form = form(&app, &page, wanted.to_owned(), String::new(), None).await?;
    page.show(form)
}

/// The form with what was entered, and the names that were used before to choose from.
async fn form<'a>(
    app: &App,
    page: &'a Page,
    kind: String,
    origin: String,
    refused: Option<String>,
) -> Result<NewPage<'a>, WebError> {
    let viewer = page.viewer()?;
    let loads = app.store().loads(None, 200).await?;
    let own = app.store().units().await?.get(viewer.unit).map(|unit| unit.name.clone()).unwrap_or_default();
    let last = loads.iter().find(|load| load.by == viewer.name).map(|load| load.origin.clone());
    let used: BTreeSet<String> = loads.into_iter().map(|load| load.origin).chain([own.clone()]).collect();
    let origin = if origin.is_empty() { last.unwrap_or(own) } else { origin };
    let origins = used.into_iter().filter(|name| !name.is_empty()).take(100).collect();
    let largest = figure::size(app.settings().largest_upload as u64);
    Ok(NewPage { page, kind, origin, origins, largest, refused })
}

/// Takes the file, makes a draft of it and goes on to its columns. What is wrong with the file is
/// said on the form, and what was entered stays.
///
/// # Errors
/// A forged form; what the store reports.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    received: Result<Received, WebError>,
) -> Result<Response, WebError> {
    let mut received = match received {
        Ok(received) => received,
        Err(error) if matches!(error.status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::BAD_REQUEST) => {
            let said = Some(error.say(page.lang).to_owned());
            let form = form(&app, &page, EACH.to_owned(), String::new(), said).await?;
            return page.show_with(error.status, form);
        }
        Err(error) => return Err(error),
    };
    let entered = (received.field("kind").to_owned(), received.field("origin").trim().to_owned());
    match take(&app, &page, &entered, received.take_file()).await {
        Ok(import) => Ok(page.go(&import.address("columns"))),
        Err(error) if error.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let said = Some(error.say(page.lang).to_owned());
            let form = form(&app, &page, entered.0, entered.1, said).await?;
            page.show_with(StatusCode::UNPROCESSABLE_ENTITY, form)
        }
        Err(error) => Err(error),
    }
}

async fn take(
    app: &App,
    page: &Page,
    (entered_kind, origin): &(String, String),
    file: Result<SentFile, WebError>,
) -> Result<Import, WebError> {
    let kind = kind(entered_kind);
    if kind.is_none() && entered_kind != EACH {
        return Err(WebError::invalid(
            "请选择这张表说的是什么：企业、机构、资质等，或由系统认出。",
            "Choose what the sheet is about: enterprises, institutions, titles …, or let it be recognised.",
        ));
    }
    if origin.is_empty() || origin.chars().count() > LONGEST_ORIGIN {
        return Err(WebError::invalid(
            format!("请填写来源方，不超过 {LONGEST_ORIGIN} 字，如“统计办”。"),
            format!("Say who speaks in the sheet in at most {LONGEST_ORIGIN} characters, such as 统计办."),
        ));
    }
    let SentFile { name, bytes } = file?;
    let bytes: Arc<[u8]> = bytes.into();
    let (media, plans, left) = {
        let (bytes, catalogue) = (bytes.clone(), app.catalogue().clone());
        let look = move || {
            let media = first_look(bytes.clone())?;
            let (plans, left) = sheets::choose(bytes, &Wanted { kind, ..Wanted::default() }, &catalogue)?;
            Ok((media, plans, left))
        };
        checks::blocking(look).await.map_err(|error| super::check::refused(&error))?
    };
    let by = &page.viewer()?.name;
    let kept = app.store().keep_bytes(&bytes, media, &name, by).await?;
    let prepared = Prepared { origin: origin.clone(), plans, left };
    let draft = app.store().begin_draft(&kept.hash, &name, prepared.plans[0].kind.key(), by).await?;
    let mut import = Import { draft, prepared };
    draft::save(app, &mut import).await?;
    Ok(import)
}

/// Opens the file and reads its first rows: what cannot be read is refused before it is kept.
fn first_look(bytes: Arc<[u8]>) -> Result<Media, IntakeError> {
    let mut book = Workbook::open(bytes, Limits::default())?;
    let format = book.format();
    let sheets = book.sheets();
    let first = sheets.iter().find(|sheet| sheet.worksheet && !sheet.hidden);
    let first = first.or_else(|| sheets.iter().find(|sheet| sheet.worksheet)).map(|sheet| sheet.name.clone());
    let mut rows = book.rows(&first.unwrap_or_default())?;
    for _ in 0..20 {
        if rows.next_row()?.is_none() {
            break;
        }
    }
    Ok(match format {
        Format::Xlsx => Media::Xlsx,
        Format::Xls => Media::Xls,
        Format::Csv => Media::Csv,
    })
}
