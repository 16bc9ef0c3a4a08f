//! `/cases/visit/{number}/record`: a visit is written up at the factory gate: whom we met, where, what was
//! seen, pictures, the card handed over, figures, and the problems: figures become facts of the firm and
//! problems matters in the same act.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use kernel::Lang;
use loops::{Given, Spot};
use store::NewCard;
use store::access::Action;
use store::cases::{CaseView, WrittenUp};

use crate::cases::{act, files, page as case_page, topics, words};
use crate::checkup::card;
use crate::frame::notice::Notice;
use crate::upload::Received;
use crate::visits::figures;
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
    /// To which office or post the service card went; empty where none was handed over.
    card_to: String,
    figures: Vec<figures::Typed>,
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
            card_to: field("card_to"),
            figures: figures::Typed::read(fields),
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
            ("card_to", &self.card_to),
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

/// A place as the device gave it, with the moment where it told one: `34.81234, 113.55432 (±8 m,
/// 2026-11-22T02:31:00Z)`. What is not one is no place.
pub fn spot(text: &str) -> Option<Spot> {
    let (text, more) = text.split_once('(').unwrap_or((text, ""));
    let at = more.trim_end_matches(')').rsplit(',').find_map(|part| part.trim().parse::<Timestamp>().ok());
    let (latitude, longitude) = text.split_once(',')?;
    let millionths = |text: &str, most: f64| {
        let degrees: f64 = text.trim().parse().ok()?;
        (degrees.abs() <= most).then(|| (degrees * 1e6).round() as i32)
    };
    Some(Spot { latitude: millionths(latitude, 90.0)?, longitude: millionths(longitude, 180.0)?, at })
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
    choices: figures::Choices,
    years: Vec<String>,
    has_firm: bool,
    refused: Option<String>,
}

const OWN: case_page::OwnPage =
    case_page::OwnPage { step: RECORD, case: ("这次走访", "visit"), deed: ("填写记录", "write it up") };

fn draw<'a>(app: &App, page: &'a Page, found: &CaseView, typed: Typed, refused: Option<String>) -> RecordPage<'a> {
    RecordPage {
        choices: figures::choices(app.catalogue(), page.lang),
        years: figures::years(page.today.year()),
        has_firm: found.row.subject.is_some() && page.can(Action::Correct),
        number: found.row.number.clone(),
        address: words::address("visit", &found.row.number),
        firm: if found.row.subject_name.is_empty() { found.row.title.clone() } else { found.row.subject_name.clone() },
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
    let found = case_page::find_to(&app, &page, "visit", &number, &OWN).await?;
    let typed = Typed { seen: found.row.seq, ..Typed::read(&HashMap::new()) };
    page.show(draw(&app, &page, &found, typed, None))
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
    let found = case_page::find_to(&app, &page, "visit", &number, &OWN).await?;
    let typed = Typed::read(&received.fields);
    let files = received.take_files();
    match record(&app, &page, &found, &typed, files).await {
        Ok(done) => Ok(page.go_saying(&words::address("visit", &number), Notice::said(done.say(page.lang)))),
        Err(error) if matches!(error.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) => {
            let said = error.say(page.lang).to_owned();
            page.show_with(error.status, draw(&app, &page, &found, typed, Some(said)))
        }
        Err(error) => Err(error),
    }
}

/// What came out of a visit.
struct Done {
    problems: usize,
    figures: usize,
    card: bool,
}

impl Done {
    fn say(&self, lang: Lang) -> String {
        let mut said = vec![lang.pick("走访已记录", "The visit is recorded").to_owned()];
        let count = |zh: String, en: String| if lang == Lang::Zh { zh } else { en };
        if self.problems > 0 {
            let many = self.problems;
            said.push(count(format!("{many} 个问题已转为诉求"), format!("{many} problems became matters")));
        }
        if self.figures > 0 {
            let many = self.figures;
            said.push(count(format!("{many} 项数据已记入企业档案"), format!("{many} figures are facts of the firm")));
        }
        if self.card {
            said.push(lang.pick("服务明白卡已登记送达", "the service card is logged").to_owned());
        }
        format!("{}{}", said.join(lang.pick("，", "; ")), lang.pick("。", "."))
    }
}

async fn record(
    app: &App,
    page: &Page,
    found: &CaseView,
    typed: &Typed,
    files: Vec<crate::upload::SentFile>,
) -> Result<Done, WebError> {
    if typed.text.is_empty() {
        return Err(WebError::invalid(
            "请写下走访记录：看到了什么，企业说了什么。",
            "Write down what was seen and said.",
        ));
    }
    let facts = figures::facts(app.catalogue(), &typed.figures, page.today.year())?;
    if found.row.subject.is_none() && !(facts.is_empty() && typed.card_to.is_empty()) {
        return Err(WebError::invalid(
            "这次走访不是某一家企业的，不能记企业数据，也没有企业的明白卡。",
            "This visit is of no single firm: it takes no figures and has no card.",
        ));
    }
    let card = handed_over(app, page, found, typed).await?;
    let proofs = files::keep(app, page, files).await?;
    let mut given = typed.given(proofs.clone());
    given
        .form
        .extend(facts.iter().map(|(key, value)| (key.to_string(), figures::written(app.catalogue(), key, value))));
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let problem = |problem: &Problem| Given {
        title: some(&problem.title),
        topic: some(&problem.topic),
        text: some(&problem.text),
        place: some(&typed.place),
        proofs: proofs.clone(),
        ..Given::default()
    };
    let problems: Vec<Given> = typed.found().map(problem).collect();
    let done = Done { problems: problems.len(), figures: facts.len(), card: card.is_some() };
    // One act: where somebody else recorded the visit meanwhile, nothing of this is stored.
    let written = WrittenUp { given, figures: facts, problems, card };
    app.store().record_visit(page.viewer()?, found.row.id, typed.seen, written).await.map_err(act::said)?;
    Ok(done)
}

/// The service card of the firm as it is today, where one was handed over.
async fn handed_over(app: &App, page: &Page, found: &CaseView, typed: &Typed) -> Result<Option<NewCard>, WebError> {
    match found.row.subject {
        Some(firm) if !typed.card_to.is_empty() => card::as_of_today(app, page, firm, &typed.card_to).await.map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_the_device_wrote_it_and_nothing_else_is_one() {
        let found = spot("34.81234, 113.55432 (±8 m)").unwrap();
        assert_eq!((found.latitude, found.longitude, found.at), (34_812_340, 113_554_320, None));
        let timed = spot("34.81234, 113.55432 (±8 m, 2026-11-22T02:31:00Z)").unwrap();
        assert_eq!(timed.at.unwrap().to_string(), "2026-11-22T02:31:00Z");
        for wrong in ["", "二期厂房", "91, 0", "34.8", "a, b", "0, 181"] {
            assert_eq!(spot(wrong), None, "{wrong}");
        }
    }
}
