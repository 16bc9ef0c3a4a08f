//! The form of an approval: one for all departments. What the register knows stands there at first with its
//! source; an answer that differs from it is kept beside what the register said and changes nothing there.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use kernel::money::MoneyUnit;
use kernel::{Catalogue, FactKey, Field, FieldType, Lang, SubjectId, SubjectKind, Value};
use loops::Given;
use loops::items::{ANSWER, Answer, AnswerFault, Ask, Item, Question, REGISTER};
use store::SubjectView;
use store::cases::CaseView;

use crate::cases::forms;
use crate::register::words;
use crate::ui::{Badge, Safe};
use crate::{App, Page, WebError};

/// What was typed, by what is asked.
pub type Typed = BTreeMap<String, String>;
/// What is wrong with it, by what is asked.
pub type Faults = BTreeMap<String, AnswerFault>;

/// What of a sent form are answers.
pub fn typed(fields: &HashMap<String, String>) -> Typed {
    let answer = |(name, value): (&String, &String)| {
        let label = name.strip_prefix(ANSWER)?;
        Some((label.to_owned(), value.trim().replace("\r\n", "\n")))
    };
    fields.iter().filter_map(answer).collect()
}

/// The enterprise whose facts stand in the form at first, within the person's rows.
///
/// # Errors
/// What the store reports.
pub async fn enterprise(
    app: &App,
    page: &Page,
    item: &Item,
    subject: Option<SubjectId>,
) -> Result<Option<SubjectView>, WebError> {
    let viewer = page.viewer()?;
    let asks = item.form.iter().any(|question| matches!(question.ask, Ask::Register(_)));
    match subject.or(viewer.enterprise).filter(|_| asks) {
        Some(subject) => Ok(app.store().subject(subject, &viewer.scope, false, None).await?),
        None => Ok(None),
    }
}

/// What the register says of a fact: its value, and in words who said it.
fn known<'s>(subject: Option<&'s SubjectView>, key: &FactKey, lang: Lang) -> Option<(&'s Value, String)> {
    let subject = subject?;
    let shown = subject.view.facts.get(key)?;
    let source = subject.statements.get(&shown.seq).and_then(|one| subject.sources.get(&one.source));
    let source = source.map(|source| format!("{} {}", words::origin(&source.origin, lang), source.title));
    Some((&shown.value, source.unwrap_or_default()))
}

/// The answers as the event keeps them, beside what the register says otherwise. With `incomplete` what is
/// missing is left to the one notice.
///
/// # Errors
/// Everything that cannot be read and, unless it may be incomplete, everything that is missing.
pub fn read(
    page: &Page,
    item: &Item,
    subject: Option<&SubjectView>,
    typed: &Typed,
    incomplete: bool,
) -> Result<BTreeMap<String, String>, Faults> {
    let (catalogue, this) = (Catalogue::builtin(), page.today.year());
    let (mut form, mut faults) = (BTreeMap::new(), Faults::new());
    for question in &item.form {
        let typed = typed.get(&question.label).map(String::as_str).unwrap_or_default();
        match question.read(typed, catalogue, this) {
            Ok(None) if question.needed && !incomplete => {
                drop(faults.insert(question.label.clone(), AnswerFault::Missing))
            }
            Ok(None) => {}
            Ok(Some(answer)) => keep(question, answer, subject, this, &mut form),
            Err(fault) => drop(faults.insert(question.label.clone(), fault)),
        }
    }
    if faults.is_empty() { Ok(form) } else { Err(faults) }
}

fn keep(
    question: &Question,
    answer: Answer,
    subject: Option<&SubjectView>,
    this: i16,
    form: &mut BTreeMap<String, String>,
) {
    let catalogue = Catalogue::builtin();
    let kept_as = question.kept_as(catalogue, this);
    let said = match (answer, question.field(catalogue)) {
        (Answer::Words(words), _) => words,
        (Answer::Value(_, value), None) => value.to_json().to_string(),
        (Answer::Value(key, value), Some(field)) => {
            if let Some((other, source)) = known(subject, &key, Lang::Zh).filter(|(known, _)| **known != value) {
                let other = words::value(field, other, Lang::Zh);
                form.insert(format!("{REGISTER}{kept_as}"), format!("{other}（{source}）"));
            }
            words::value(field, &value, Lang::Zh)
        }
    };
    form.insert(format!("{ANSWER}{kept_as}"), said);
}

/// Everything that is wrong, for whoever sent it without the page.
pub fn refusal(faults: &Faults) -> WebError {
    let say = |lang: Lang| {
        let faults = faults.iter().map(|(label, fault)| format!("{label}{}{}", lang.pick("：", ": "), fault.say(lang)));
        faults.collect::<Vec<_>>().join(lang.pick("", "; "))
    };
    WebError::invalid(say(Lang::Zh), say(Lang::En))
}

/// A question to answer.
struct Line {
    id: String,
    name: String,
    label: String,
    /// How it is typed: `text`, `date`, `choice` or `figure`.
    how: &'static str,
    /// What may be chosen: as it is kept, and as it is shown.
    choices: Vec<(String, String)>,
    value: String,
    needed: bool,
    source: String,
    fault: String,
}

#[derive(Template)]
#[template(path = "cases/answers.html")]
struct FormPart<'a> {
    page: &'a Page,
    lines: Vec<Line>,
    incomplete: bool,
}

/// The form to fill in, for the page on which an approval is opened; nothing for an item without one.
///
/// # Errors
/// A template that does not render.
pub fn part(
    page: &Page,
    item: &Item,
    subject: Option<&SubjectView>,
    typed: &Typed,
    faults: &Faults,
    incomplete: bool,
) -> Result<Option<Safe>, WebError> {
    if item.form.is_empty() {
        return Ok(None);
    }
    let lines = item.form.iter().enumerate();
    let lines = lines.map(|(at, question)| line(page, (at, question), subject, typed, faults)).collect();
    Ok(Some(Safe(FormPart { page, lines, incomplete }.render().map_err(WebError::broken)?)))
}

fn line(
    page: &Page,
    (at, question): (usize, &Question),
    subject: Option<&SubjectView>,
    typed: &Typed,
    faults: &Faults,
) -> Line {
    let (catalogue, lang) = (Catalogue::builtin(), page.lang);
    let field = question.field(catalogue);
    let key = question.fact(catalogue, page.today.year());
    let known = key.as_ref().and_then(|key| known(subject, key, lang));
    let usual = known.as_ref().zip(field).map(|((value, _), field)| plain(field, value)).unwrap_or_default();
    let (how, choices) = how(question, field, lang);
    Line {
        id: format!("answer-{at}"),
        name: format!("{ANSWER}{}", question.label),
        label: label(question, field, key.as_ref(), lang),
        how,
        choices,
        value: typed.get(&question.label).cloned().unwrap_or(usual),
        needed: question.needed,
        source: match (&known, field) {
            (Some((value, source)), Some(field)) => format!("{} · {source}", words::value(field, value, lang)),
            _ => String::new(),
        },
        fault: faults.get(&question.label).map(|fault| fault.say(lang)).unwrap_or_default(),
    }
}

/// What is asked, with what it is counted in and of which year it is.
fn label(question: &Question, field: Option<&Field>, key: Option<&FactKey>, lang: Lang) -> String {
    let (open, close) = (lang.pick("（", " ("), lang.pick("）", ")"));
    let with =
        |name: &str, unit: &str| if unit.is_empty() { name.to_owned() } else { format!("{name}{open}{unit}{close}") };
    match (&question.ask, field, key) {
        (Ask::Register(_), Some(field), Some(key)) => {
            let year = key.to_string().split_once('@').map(|(_, year)| format!(" {year}")).unwrap_or_default();
            with(&format!("{}{year}", field.label(SubjectKind::Enterprise, lang)), &field.unit)
        }
        (Ask::Number(unit), ..) => with(&question.label, unit),
        _ => question.label.clone(),
    }
}

fn how(question: &Question, field: Option<&Field>, lang: Lang) -> (&'static str, Vec<(String, String)>) {
    match (&question.ask, field.map(|field| &field.kind)) {
        (Ask::Day, _) | (_, Some(FieldType::Date)) => ("date", Vec::new()),
        (Ask::Choice(choices), _) => {
            ("choice", choices.iter().map(|choice| (choice.clone(), choice.clone())).collect())
        }
        (Ask::YesNo, _) | (_, Some(FieldType::Bool)) => {
            ("choice", YES_NO.map(|(kept, _)| (kept.to_owned(), yes_no(kept, lang))).into())
        }
        (_, Some(FieldType::Choice { choices })) => {
            let shown = choices.iter().map(|choice| choice.label(lang).to_owned());
            ("choice", shown.map(|label| (label.clone(), label)).collect())
        }
        (Ask::Number(_), _)
        | (_, Some(FieldType::Money | FieldType::Integer | FieldType::Decimal | FieldType::Percent)) => {
            ("figure", Vec::new())
        }
        _ => ("text", Vec::new()),
    }
}

/// Yes and no as they are kept, and in English.
const YES_NO: [(&str, &str); 2] = [("是", "Yes"), ("否", "No")];

/// Yes or no in the reader's language; anything else as it is.
fn yes_no(kept: &str, lang: Lang) -> String {
    let known = YES_NO.iter().find(|(one, _)| *one == kept);
    known.map_or(kept, |(zh, en)| lang.pick(zh, en)).to_owned()
}

/// A value as it is typed: a figure in the field's unit, without separators.
fn plain(field: &Field, value: &Value) -> String {
    match value {
        Value::Money(amount) => amount.to_decimal(MoneyUnit::TenThousandYuan).normalize().to_string(),
        Value::Integer(count) => count.to_string(),
        Value::Decimal(figure) => figure.normalize().to_string(),
        value => words::value(field, value, Lang::Zh),
    }
}

/// Every answer of a case, the last word of each, beside what the register said otherwise then.
fn given(found: &CaseView) -> BTreeMap<String, String> {
    let mut last = BTreeMap::new();
    for form in found.events.iter().map(|sealed| &sealed.event.given.form) {
        for (key, value) in form {
            let Some(kept) = key.strip_prefix(ANSWER) else { continue };
            let register = format!("{REGISTER}{kept}");
            last.insert(key.clone(), value.clone());
            match form.get(&register) {
                Some(said) => last.insert(register, said.clone()),
                None => last.remove(&register),
            };
        }
    }
    last
}

/// What the form of an item still lacks.
pub fn missing(item: &Item, found: &CaseView) -> Vec<String> {
    let form = given(found);
    let lacking = item.form.iter().filter(|question| question.needed && question.answer(&form).is_none());
    lacking.map(|question| question.label.clone()).collect()
}

/// Whether what is kept under a key answers a question with yes or no.
fn asks_yes_no(kept: &str, questions: &[Question]) -> bool {
    let field = Catalogue::builtin().field(kept.split('@').next().unwrap_or(kept));
    matches!(field.map(|field| &field.kind), Some(FieldType::Bool))
        || questions.iter().any(|question| question.ask == Ask::YesNo && question.label == kept)
}

/// An answer as the page of the case shows it.
struct Row {
    label: String,
    value: String,
    register: String,
    state: Option<Badge>,
}

#[derive(Template)]
#[template(path = "cases/answered.html")]
struct AnsweredPanel<'a> {
    page: &'a Page,
    rows: Vec<Row>,
}

/// The form as it was answered, for the page of the case; nothing where there is none.
///
/// # Errors
/// A template that does not render.
pub fn panel(page: &Page, item: Option<&Item>, found: &CaseView) -> Result<Option<Safe>, WebError> {
    let form = given(found);
    let questions = item.map(|item| item.form.as_slice()).unwrap_or_default();
    let mut rows: Vec<Row> = Vec::new();
    let mut shown: Vec<&str> = Vec::new();
    let answered = |kept: &str, value: &str| {
        let register = form.get(&format!("{REGISTER}{kept}")).cloned().unwrap_or_default();
        let state = (!register.is_empty()).then(|| Badge::warn(page.t("与档案不同", "differs from the register")));
        let value = if asks_yes_no(kept, questions) { yes_no(value, page.lang) } else { value.to_owned() };
        Row { label: forms::label(kept, page.lang), value, register, state }
    };
    for question in questions {
        match question.answer(&form) {
            Some((kept, value)) => {
                shown.push(kept);
                rows.push(answered(kept, value));
            }
            None => rows.push(Row {
                label: label(question, question.field(Catalogue::builtin()), None, page.lang),
                value: "—".to_owned(),
                register: String::new(),
                state: question.needed.then(|| Badge::late(page.t("未填", "not answered"))),
            }),
        }
    }
    // An item that was changed since asked for other things; they are shown all the same.
    for (key, value) in &form {
        if let Some(kept) = key.strip_prefix(ANSWER).filter(|kept| !shown.contains(kept)) {
            rows.push(answered(kept, value));
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    Ok(Some(Safe(AnsweredPanel { page, rows }.render().map_err(WebError::broken)?)))
}

/// What the applicant added to the form when completing, one line each as `面积：1200`, read by its questions.
///
/// # Errors
/// A line that answers no question of the form, or whose answer cannot be read.
pub fn completed(page: &Page, item: &Item, subject: Option<&SubjectView>, mut given: Given) -> Result<Given, WebError> {
    let Some(lines) = given.form.remove("answers") else { return Ok(given) };
    let mut typed = Typed::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (label, answer) = line.split_once(['：', ':']).unwrap_or((line, ""));
        if !item.form.iter().any(|question| question.label == label.trim()) {
            let known = item.form.iter().map(|question| question.label.as_str()).collect::<Vec<_>>().join("、");
            return Err(WebError::invalid(
                format!("表格里没有“{label}”。每行写作“名称：内容”，名称为：{known}。"),
                format!("The form does not ask for “{label}”. Write “name: answer”; the names are: {known}."),
            ));
        }
        typed.insert(label.trim().to_owned(), answer.trim().to_owned());
    }
    let form = read(page, item, subject, &typed, true).map_err(|faults| refusal(&faults))?;
    given.form.extend(form);
    Ok(given)
}
