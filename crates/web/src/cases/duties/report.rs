//! `/cases/duty_report/{number}/report`: a unit reports its figures, or says that there is nothing to report.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use loops::Given;
use loops::duty::WHY;
use store::cases::CaseView;

use super::sheet::{Sheet, Wrong, label};
use crate::cases::{act, clock, files, line, page as case_page, words};
use crate::frame::notice::Notice;
use crate::ui::{Badge, Icon, Safe, escaped};
use crate::upload::Received;
use crate::{App, Page, WebError};

/// The key of the step by which figures are reported.
pub const FILL: &str = "fill";
/// The key of the step that says that there is nothing to report.
pub const NOTHING: &str = "nothing";

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    text: String,
    fields: BTreeMap<String, String>,
    seen: u32,
}

impl Typed {
    fn read(fields: &HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map(|value| value.trim().replace("\r\n", "\n")).unwrap_or_default();
        let figures = fields.iter().filter_map(|(name, value)| {
            let value = value.trim().to_owned();
            match (name.strip_prefix("figure."), name.strip_prefix(WHY)) {
                (Some(field), _) => Some((field.to_owned(), value)),
                (None, Some(_)) => Some((name.clone(), value)),
                (None, None) => None,
            }
        });
        Self { text: field("text"), fields: figures.collect(), seen: field("seen").parse().unwrap_or(0) }
    }

    fn given(&self, proofs: Vec<String>) -> Given {
        let text = Some(self.text.clone()).filter(|text| !text.is_empty());
        Given { text, form: self.fields.clone(), proofs, ..Given::default() }
    }
}

/// A figure to type.
struct Line {
    field: String,
    label: String,
    before: String,
    value: String,
    why: String,
    asks: String,
    fault: String,
}

#[derive(Template)]
#[template(path = "cases/duties/report.html")]
struct ReportPage<'a> {
    page: &'a Page,
    number: String,
    address: String,
    title: String,
    left: Option<Badge>,
    due: String,
    before: Option<(String, String)>,
    lines: Vec<Line>,
    typed: Typed,
    is_late: bool,
    refused: Option<String>,
}

const OWN: case_page::OwnPage =
    case_page::OwnPage { step: FILL, case: ("这份报告", "report"), deed: ("填报", "fill it in") };

fn draw<'a>(
    app: &App,
    page: &'a Page,
    found: &CaseView,
    sheet: &Sheet,
    typed: Typed,
    (wrong, refused): (Option<Wrong>, Option<String>),
) -> ReportPage<'a> {
    let wrong = wrong.unwrap_or_default();
    let shown = |field: &str| {
        let before = sheet.before.as_ref().and_then(|(_, figures)| figures.get(field));
        before.map(|figure| figure.normalize().to_string()).unwrap_or_default()
    };
    let lines = sheet.form.iter().flat_map(|form| &form.fields).map(|asked| {
        let why = typed.fields.get(&format!("{WHY}{}", asked.field)).cloned().unwrap_or_default();
        let jump = wrong.jumps.iter().find(|jump| jump.field == asked.field);
        Line {
            label: label(page, &asked.field),
            before: shown(&asked.field),
            value: typed.fields.get(&asked.field).cloned().unwrap_or_default(),
            asks: jump.map(|jump| jump.say(app.catalogue(), page.lang)).unwrap_or_default(),
            fault: wrong.faults.get(&asked.field).map(|fault| fault.say(page.lang)).unwrap_or_default(),
            field: asked.field.clone(),
            why,
        }
    });
    let due = line::due(&found.row);
    ReportPage {
        number: found.row.number.clone(),
        address: words::address("duty_report", &found.row.number),
        title: case_page::title(page, &found.row),
        left: due.map(|due| clock::badge(due, page.now, app.store().timing().calendar(), page.lang)),
        due: due.map(clock::end).unwrap_or_default(),
        before: sheet.before.as_ref().map(|(number, _)| (words::address("duty_report", number), number.clone())),
        lines: lines.collect(),
        is_late: found.row.state.key == "missing",
        typed,
        refused,
        page,
    }
}

/// Shows the form.
///
/// # Errors
/// There is no such report within the person's rows, or it is not the person's to fill in now.
pub async fn show(State(app): State<App>, page: Page, Path(number): Path<String>) -> Result<Response, WebError> {
    let found = case_page::find_to(&app, &page, "duty_report", &number, &OWN).await?;
    let sheet = Sheet::of(&app, &page, &found).await?;
    let typed = Typed { seen: found.row.seq, ..Typed::default() };
    page.show(draw(&app, &page, &found, &sheet, typed, (None, None)))
}

/// Reports the figures, or that there is nothing: whichever button was pressed.
///
/// # Errors
/// As [`show`]; a forged form; what the store reports.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    Path(number): Path<String>,
    mut received: Received,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let found = case_page::find_to(&app, &page, "duty_report", &number, &OWN).await?;
    let typed = Typed::read(&received.fields);
    let nothing = received.field("step") == NOTHING;
    let files = received.take_files();
    let sheet = Sheet::of(&app, &page, &found).await?;
    if !nothing && let Err(wrong) = sheet.judged(typed.given(Vec::new())) {
        let said = page.t(
            "有数字没有填好，或变动较大需要说明；其余内容已保留。",
            "Some figures are missing or changed much; say why. The rest is kept.",
        );
        let drawn = draw(&app, &page, &found, &sheet, typed, (Some(wrong), Some(said.to_owned())));
        return page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn);
    }
    let sent = async {
        let proofs = files::keep(&app, &page, files).await?;
        let given = if nothing { Given { form: BTreeMap::new(), ..typed.given(proofs) } } else { typed.given(proofs) };
        act::take(&app, &page, &found, typed.seen, if nothing { NOTHING } else { FILL }, given).await
    };
    match sent.await {
        Ok(_) => {
            let notice = match nothing {
                true => Notice::done(
                    page.lang,
                    "已报“零”，待负责人签字。",
                    "Nothing to report; it waits for the head’s signature.",
                ),
                false => {
                    Notice::done(page.lang, "已填报，待负责人签字。", "Reported; it waits for the head’s signature.")
                }
            };
            Ok(page.go_saying(&words::address("duty_report", &number), notice))
        }
        Err(error) if matches!(error.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) => {
            let said = error.say(page.lang).to_owned();
            page.show_with(error.status, draw(&app, &page, &found, &sheet, typed, (None, Some(said))))
        }
        Err(error) => Err(error),
    }
}

/// What comes with a step of a report, held against its form: figures are read and their jumps explained,
/// whichever way they were sent.
///
/// # Errors
/// The figures that are missing, are none, or jump without a reason; what the store reports.
pub async fn checked(app: &App, page: &Page, found: &CaseView, step: &str, given: Given) -> Result<Given, WebError> {
    if found.row.kind.key != "duty_report" || step != FILL {
        return Ok(given);
    }
    Sheet::of(app, page, found).await?.judged(given).map_err(|wrong| wrong.error())
}

/// What a report puts on the page of its case: its figures beside the last ones, and the way to fill it in.
///
/// # Errors
/// What the store reports.
pub async fn panels(app: &App, page: &Page, found: &CaseView) -> Result<Vec<Safe>, WebError> {
    if found.row.kind.key != "duty_report" {
        return Ok(Vec::new());
    }
    let mut panels: Vec<Safe> = Sheet::of(app, page, found).await?.panel(page, found).into_iter().collect();
    if found.case.nothing && matches!(found.row.state.key, "filled" | "questioned" | "signed") {
        let said = page.t(
            "零报告：本单位明确报“没有情况”。零报告是报告，不报才是缺报。",
            "Nothing to report: the unit said so. That is a report; silence is none.",
        );
        panels.push(Safe(format!(
            "<section class=\"card\" id=\"nothing\"><div class=\"card-body\">{} {said}</div></section>",
            Badge::early(page.t("零报告", "Nothing to report"))
        )));
    }
    if found.may.iter().any(|(step, _)| step.key == FILL) {
        let address = format!("{}/report", words::address("duty_report", &found.row.number));
        panels.push(Safe(format!(
            "<section class=\"card no-print\"><div class=\"card-body\"><a class=\"btn btn-primary\" href=\"{}\">{}{}</a><p class=\"form-hint mb-0\">{}</p></div></section>",
            escaped(&address),
            Icon("pencil"),
            page.t("填报，或报零", "Report, or say there is nothing"),
            page.t("有情况填数字，没有情况报“零”；不报就是缺报。", "Figures where there are any, nothing where there is none; silence is missing."),
        )));
    }
    Ok(panels)
}
