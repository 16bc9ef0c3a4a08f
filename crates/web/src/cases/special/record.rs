//! `/cases/visit/{number}/record`: a visit is written up at the factory gate: whom we met, where, what was
//! seen, pictures, and the problems, each of which becomes a matter in the same act.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Lang;
use loops::{Given, Spot};
use store::cases::CaseView;

use crate::cases::{act, begin, files, page as case_page, topics, words};
use crate::frame::notice::Notice;
use crate::upload::Received;
use crate::{App, Page, WebError};

/// How many problems one record takes.
const PROBLEMS: usize = 5;

/// The key of the step that records a visit.
pub(super) const RECORD: &str = "record";

/// A problem that was found.
#[derive(Debug, Clone, Default)]
struct Problem {
    title: String,
    topic: String,
    text: String,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    people: String,
    place: String,
    spot: String,
    text: String,
    wishes: String,
    handed_over: String,
    problems: Vec<Problem>,
    seen: u32,
}

impl Typed {
    fn read(fields: &HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map(|value| value.trim().replace("\r\n", "\n")).unwrap_or_default();
        let problem = |at: usize| Problem {
            title: field(&format!("problem.{at}.title")),
            topic: field(&format!("problem.{at}.topic")),
            text: field(&format!("problem.{at}.text")),
        };
        Self {
            people: field("people"),
            place: field("place"),
            spot: field("spot"),
            text: field("text"),
            wishes: field("wishes"),
            handed_over: field("handed_over"),
            problems: (0..PROBLEMS).map(problem).collect(),
            seen: field("seen").parse().unwrap_or(0),
        }
    }

    /// The problems that were written down: those with a title.
    fn found(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| !problem.title.is_empty())
    }

    fn given(&self, proofs: Vec<String>) -> Given {
        let fields = [
            ("people", &self.people),
            ("place", &self.place),
            ("wishes", &self.wishes),
            ("handed_over", &self.handed_over),
        ];
        let form = fields.into_iter().filter(|(_, value)| !value.is_empty());
        Given {
            text: Some(self.text.clone()).filter(|text| !text.is_empty()),
            form: form.map(|(key, value)| (key.to_owned(), value.clone())).collect::<BTreeMap<_, _>>(),
            spot: spot(&self.spot),
            proofs,
            ..Given::default()
        }
    }
}

/// A place as the device gave it: `34.81234, 113.55432 (±8 m)`. What is not one is no place.
fn spot(text: &str) -> Option<Spot> {
    let text = text.split('(').next()?;
    let (latitude, longitude) = text.split_once(',')?;
    let millionths = |text: &str, most: f64| {
        let degrees: f64 = text.trim().parse().ok()?;
        (degrees.abs() <= most).then(|| (degrees * 1e6).round() as i32)
    };
    Some(Spot { latitude: millionths(latitude, 90.0)?, longitude: millionths(longitude, 180.0)?, at: None })
}

#[derive(Template)]
#[template(path = "cases/record.html")]
struct RecordPage<'a> {
    page: &'a Page,
    number: String,
    address: String,
    firm: String,
    typed: Typed,
    topics: Vec<(&'static str, &'static str)>,
    refused: Option<String>,
}

/// The visit, if this person may record it now.
async fn open(app: &App, page: &Page, number: &str) -> Result<CaseView, WebError> {
    let found = case_page::find(app, page, "visit", number).await?;
    if found.may.iter().any(|(step, _)| step.key == RECORD) {
        return Ok(found);
    }
    let state = (found.row.state.zh, found.row.state.en);
    Err(WebError::conflict(
        format!("这次走访现为“{}”，您不能填写记录。", state.0),
        format!("The visit is “{}”; you cannot write it up.", state.1),
    )
    .way_out(words::address("visit", number), "看这次走访", "See the visit"))
}

fn draw<'a>(page: &'a Page, found: &CaseView, typed: Typed, refused: Option<String>) -> RecordPage<'a> {
    RecordPage {
        number: found.row.number.clone(),
        address: words::address("visit", &found.row.number),
        firm: found.row.subject_name.clone(),
        topics: topics::ALL.iter().map(|topic| (topic.key, topic.label(page.lang))).collect(),
        typed,
        refused,
        page,
    }
}

/// Shows the form.
///
/// # Errors
/// There is no such visit within the person's rows, or it is not the person's to record now.
pub async fn show(State(app): State<App>, page: Page, Path(number): Path<String>) -> Result<Response, WebError> {
    let found = open(&app, &page, &number).await?;
    let typed = Typed { seen: found.row.seq, problems: vec![Problem::default(); PROBLEMS], ..Typed::default() };
    page.show(draw(&page, &found, typed, None))
}

/// Records the visit, and raises its problems as matters that come out of it.
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
    let found = open(&app, &page, &number).await?;
    let typed = Typed::read(&received.fields);
    let files = received.take_files();
    match record(&app, &page, &found, &typed, files).await {
        Ok(raised) => {
            let said = match page.lang {
                Lang::Zh if raised == 0 => "走访已记录。".to_owned(),
                Lang::Zh => format!("走访已记录，{raised} 个问题已转为诉求。"),
                Lang::En if raised == 0 => "The visit is recorded.".to_owned(),
                Lang::En => format!("The visit is recorded; {raised} problems became matters."),
            };
            Ok(page.go_saying(&words::address("visit", &number), Notice::said(said)))
        }
        Err(error) if matches!(error.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) => {
            let said = error.say(page.lang).to_owned();
            page.show_with(error.status, draw(&page, &found, typed, Some(said)))
        }
        Err(error) => Err(error),
    }
}

async fn record(
    app: &App,
    page: &Page,
    found: &CaseView,
    typed: &Typed,
    files: Vec<crate::upload::SentFile>,
) -> Result<usize, WebError> {
    let matter = loops::by_key("matter").ok_or_else(|| WebError::broken("there is no kind “matter”"))?;
    if typed.text.is_empty() {
        return Err(WebError::invalid(
            "请写下走访记录：看到了什么，企业说了什么。",
            "Write down what was seen and said.",
        ));
    }
    let proofs = files::keep(app, page, files).await?;
    // The record comes first: where somebody else recorded the visit meanwhile, no matter is raised twice.
    act::take(app, page, found, typed.seen, RECORD, typed.given(proofs.clone())).await?;
    let mut raised = 0;
    for problem in typed.found() {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let given = Given {
            title: some(&problem.title),
            topic: some(&problem.topic),
            text: some(&problem.text),
            place: some(&typed.place),
            subject: found.row.subject.map(|subject| subject.to_string()),
            parent: Some(found.row.id.to_string()),
            proofs: proofs.clone(),
            ..Given::default()
        };
        begin::open_as_asked(app, page, matter, given).await?;
        raised += 1;
    }
    Ok(raised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_the_device_wrote_it_and_nothing_else_is_one() {
        let found = spot("34.81234, 113.55432 (±8 m)").unwrap();
        assert_eq!((found.latitude, found.longitude), (34_812_340, 113_554_320));
        for wrong in ["", "二期厂房", "91, 0", "34.8", "a, b", "0, 181"] {
            assert_eq!(spot(wrong), None, "{wrong}");
        }
    }
}
