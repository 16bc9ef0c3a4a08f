//! `/register/{kind}/{id}/edit`: one fact put right by hand, or declared by the enterprise itself.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::catalogue::Changer;
use kernel::cell::{ColumnUnit, RawCell, expected, read_cell};
use kernel::{Catalogue, FactKey, Field, FieldType, Lang, Period, PeriodKind, SubjectId, SubjectKind};
use serde::Deserialize;
use store::access::{Action, Scope, Viewer};
use store::{Change, ChangedBy, StoreError, SubjectView};

use crate::frame::notice::Notice;
use crate::frame::{day, path};
use crate::register::subject::{address, source_address};
use crate::register::words;
use crate::{App, Page, WebError};

/// A field to choose.
struct Pick {
    label: String,
    now: String,
    address: String,
    /// Why it cannot be changed here; empty where it can.
    locked: &'static str,
}

struct PickGroup {
    title: String,
    picks: Vec<Pick>,
}

/// How a value is typed.
enum Input {
    Words,
    Long,
    Day,
    Choice(Vec<(String, String)>),
}

#[derive(Template)]
#[template(path = "register/edit_choose.html")]
struct ChoosePage<'a> {
    page: &'a Page,
    name: String,
    subject: String,
    title: &'static str,
    note: &'static str,
    years: Vec<i16>,
    year: i16,
    groups: Vec<PickGroup>,
}

#[derive(Template)]
#[template(path = "register/edit.html")]
struct EditPage<'a> {
    page: &'a Page,
    name: String,
    subject: String,
    title: &'static str,
    fact: String,
    label: String,
    now: String,
    now_source: Option<String>,
    now_who: String,
    seen: String,
    /// Whether this person's side said something that can be taken back.
    withdraws: bool,
    expected: String,
    definition: String,
    input: Input,
    typed: String,
    reason: String,
    fault: String,
    stale: String,
    declares: bool,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Sent {
    fact: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    reason: String,
    #[serde(default, rename = "do")]
    deed: String,
}

/// Who changes, and the rows they may change.
pub(crate) struct Right {
    pub(crate) by: ChangedBy,
    pub(crate) scope: Scope,
}

pub(crate) fn right(viewer: &Viewer) -> Result<Right, WebError> {
    if viewer.can(Action::Correct) {
        Ok(Right { by: ChangedBy::Zone, scope: viewer.scope_for(Action::Correct) })
    } else if viewer.can(Action::Declare) {
        Ok(Right { by: ChangedBy::Enterprise, scope: viewer.scope_for(Action::Declare) })
    } else {
        // A reader has no such page: the answer is that of an address that does not exist.
        Err(WebError::not_found())
    }
}

/// Why a field cannot be changed by this person; `None` where it can.
fn locked(field: &Field, by: ChangedBy, lang: Lang) -> Option<&'static str> {
    if field.derived.is_some() {
        return Some(lang.pick("由系统计算，请更正它所依据的数据", "computed; correct what it is computed from"));
    }
    match (field.changer, by) {
        (Changer::Authority, _) => Some(lang.pick("只随主管部门导入更新", "by its authority’s import only")),
        (Changer::Zone, ChangedBy::Enterprise) => {
            Some(lang.pick("由高新区维护，企业不能自行填报", "kept by the zone; an enterprise cannot declare it"))
        }
        _ => None,
    }
}

pub(crate) async fn find(
    app: &App,
    viewer: &Viewer,
    right: &Right,
    kind: &str,
    id: &str,
) -> Result<SubjectView, WebError> {
    let kind = SubjectKind::from_key(kind).ok_or_else(WebError::not_found)?;
    let id = SubjectId(id.parse().map_err(|_| WebError::not_found())?);
    let found = app.store().subject(id, &right.scope, viewer.personal, None).await?;
    let found =
        found.filter(|found| found.record.kind == kind && found.record.id == id).ok_or_else(WebError::not_found)?;
    if right.by.may_change(kind) { Ok(found) } else { Err(WebError::not_allowed()) }
}

/// Shows the fields to choose from, or the form of one fact.
///
/// # Errors
/// No such subject in the rows the person may change; a fact the kind does not have; a past day.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let viewer = page.viewer()?;
    let right = right(viewer)?;
    let found = find(&app, viewer, &right, &kind, &id).await?;
    let parameter = |wanted: &str| {
        form_urlencoded::parse(page.query.as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let Some(fact) = parameter("fact") else {
        let year = parameter("year").and_then(|year| year.parse().ok()).unwrap_or_else(|| page.today.year() - 1);
        return page.show(choose(&page, app.catalogue(), &found, &right, viewer, year));
    };
    let (fact, field) = read_fact(app.catalogue(), &found, viewer, &fact)?;
    if field.personal && viewer.enterprise != Some(found.record.id) {
        app.store().record_look(&viewer.name, found.record.id, &[&field.key]).await?;
    }
    let typed = found.view.value(&fact).map(|value| written(field, value, page.lang)).unwrap_or_default();
    page.show(form(&page, app.catalogue(), &found, &right, &fact, field, Typed { value: typed, ..Typed::default() }))
}

/// The fact of an address, as one of the subject's kind.
pub(crate) fn read_fact<'a>(
    catalogue: &'a Catalogue,
    found: &SubjectView,
    viewer: &Viewer,
    fact: &str,
) -> Result<(FactKey, &'a Field), WebError> {
    let fact: FactKey = fact.parse().map_err(|_| WebError::not_found())?;
    let field = catalogue.field(&fact.field).ok_or_else(WebError::not_found)?;
    let fits =
        matches!((field.period, fact.period), (PeriodKind::None, None) | (PeriodKind::Year, Some(Period::Year(_))))
            || !matches!(field.period, PeriodKind::None | PeriodKind::Year) && fact.period.is_some();
    let has = field.subjects.contains(&found.record.kind) && (viewer.personal || !field.personal);
    if has && fits { Ok((fact, field)) } else { Err(WebError::not_found()) }
}

fn choose<'a>(
    page: &'a Page,
    catalogue: &Catalogue,
    found: &SubjectView,
    right: &Right,
    viewer: &Viewer,
    year: i16,
) -> ChoosePage<'a> {
    let (lang, kind) = (page.lang, found.record.kind);
    let here = format!("{}/edit", address(kind, found.record.id));
    let pick = |field: &Field| {
        let fact = match field.period {
            PeriodKind::None => FactKey::timeless(&field.key),
            _ => FactKey::of(&field.key, Period::Year(year)),
        };
        Pick {
            label: words::fact(catalogue, kind, &fact, lang),
            now: found.view.value(&fact).map(|value| words::value(field, value, lang)).unwrap_or_default(),
            address: path::with_query(&here, [("fact", fact.to_string().as_str())]),
            locked: locked(field, right.by, lang).unwrap_or_default(),
        }
    };
    let group = |(group, fields): (&kernel::catalogue::Group, Vec<&Field>)| PickGroup {
        title: group.label(lang).to_owned(),
        picks: fields.into_iter().filter(|field| viewer.personal || !field.personal).map(pick).collect(),
    };
    let last = page.today.year();
    ChoosePage {
        name: found.record.name.clone(),
        subject: address(kind, found.record.id),
        title: title(right.by, lang),
        note: note(right.by, lang),
        years: (last - 7..=last).rev().collect(),
        year,
        groups: catalogue.groups_of(kind).map(group).collect(),
        page,
    }
}

fn title(by: ChangedBy, lang: Lang) -> &'static str {
    match by {
        ChangedBy::Zone => lang.pick("更正数据", "Correct"),
        ChangedBy::Enterprise => lang.pick("填报数据", "Declare"),
    }
}

fn note(by: ChangedBy, lang: Lang) -> &'static str {
    match by {
        ChangedBy::Zone => lang.pick(
            "更正是一条新的说法，写明理由，不覆盖原来的数据；与其他来源不同时会列入“来源不一”，由分析员核定。",
            "A correction is a new word with a reason; nothing is overwritten. Where it differs from other sources it joins the queue of conflicts.",
        ),
        ChangedBy::Enterprise => lang.pick(
            "您填报的数据以“企业填报”列出，与高新区掌握的数据不同时，由高新区核定。",
            "What you declare is listed as your own word. Where it differs from what the zone knows, the zone settles it.",
        ),
    }
}

/// What the person typed and what was wrong with it.
#[derive(Default)]
struct Typed {
    value: String,
    reason: String,
    fault: String,
    stale: String,
}

fn form<'a>(
    page: &'a Page,
    catalogue: &Catalogue,
    found: &SubjectView,
    right: &Right,
    fact: &FactKey,
    field: &Field,
    typed: Typed,
) -> EditPage<'a> {
    let (lang, kind) = (page.lang, found.record.kind);
    let shown = found.view.facts.get(fact);
    let statement = shown.and_then(|shown| found.statements.get(&shown.seq));
    let source = statement.and_then(|statement| found.sources.get(&statement.source));
    let now_who = match (statement, source) {
        (Some(statement), Some(source)) => {
            let origin = words::origin(&source.origin, lang);
            format!("{origin} · {} · {}", words::source_kind(source.kind, lang), day::minute(statement.said_at))
        }
        _ => String::new(),
    };
    let fault = match locked(field, right.by, lang) {
        Some(why) if typed.fault.is_empty() => why.to_owned(),
        _ => typed.fault,
    };
    EditPage {
        name: found.record.name.clone(),
        subject: address(kind, found.record.id),
        title: title(right.by, lang),
        fact: fact.to_string(),
        label: words::fact(catalogue, kind, fact, lang),
        now: shown.map(|shown| words::value(field, &shown.value, lang)).unwrap_or_default(),
        now_source: shown.map(|shown| source_address(shown.seq, &fact.to_string())),
        now_who,
        seen: shown.map(|shown| shown.seq.to_string()).unwrap_or_default(),
        withdraws: shown
            .is_some_and(|shown| shown.said.iter().any(|said| said.origin == own_origin(page, found, right))),
        expected: expected(field, ColumnUnit::Own).say(lang).to_owned(),
        definition: field.source.clone().unwrap_or_default(),
        input: input(field, lang),
        typed: typed.value,
        reason: typed.reason,
        fault,
        stale: typed.stale,
        declares: right.by == ChangedBy::Enterprise,
        page,
    }
}

/// Under which origin this person's changes are kept: the account's own, or the enterprise's.
fn own_origin(page: &Page, found: &SubjectView, right: &Right) -> String {
    let account = page.viewer.as_ref().map(|viewer| viewer.name.as_str()).unwrap_or_default();
    right.by.origin(found.record.id, account)
}

fn input(field: &Field, lang: Lang) -> Input {
    match &field.kind {
        FieldType::Choice { choices } => {
            Input::Choice(choices.iter().map(|choice| (choice.key.clone(), choice.label(lang).to_owned())).collect())
        }
        FieldType::Bool => Input::Choice(vec![
            ("是".to_owned(), lang.pick("是", "yes").to_owned()),
            ("否".to_owned(), lang.pick("否", "no").to_owned()),
        ]),
        FieldType::Date => Input::Day,
        FieldType::Text => Input::Long,
        _ => Input::Words,
    }
}

/// The value as the form carries it, so that sending it unchanged gives the value back.
fn written(field: &Field, value: &kernel::Value, lang: Lang) -> String {
    match (value, &field.kind) {
        (kernel::Value::Money(amount), _) => amount.to_decimal(kernel::money::MoneyUnit::TenThousandYuan).to_string(),
        (kernel::Value::Integer(count), _) => count.to_string(),
        (kernel::Value::Decimal(figure), _) => figure.normalize().to_string(),
        (kernel::Value::Bool(yes), _) => if *yes { "是" } else { "否" }.to_owned(),
        (kernel::Value::Code(code), _) => code.clone(),
        (value, _) => words::value(field, value, lang),
    }
}

/// Stores the change, or shows the form again with what was typed and what is wrong.
///
/// # Errors
/// No such subject in the rows the person may change; a past day.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let viewer = page.viewer()?;
    let right = right(viewer)?;
    let found = find(&app, viewer, &right, &kind, &id).await?;
    let (fact, field) = read_fact(app.catalogue(), &found, viewer, &sent.fact)?;
    let again = |status, found: &SubjectView, fault: String, stale: String| {
        let typed = Typed { value: sent.value.clone(), reason: sent.reason.clone(), fault, stale };
        page.show_with(status, form(&page, app.catalogue(), found, &right, &fact, field, typed))
    };
    let refused = |fault: String| again(StatusCode::UNPROCESSABLE_ENTITY, &found, fault, String::new());
    let value = if sent.deed == "withdraw" {
        None
    } else {
        match read_cell(&RawCell::Text(sent.value.clone()), field, ColumnUnit::Own) {
            Ok(Some(value)) => Some(value),
            Ok(None) => return refused(nothing_typed(field, page.lang)),
            Err(fault) => return refused(fault.say(page.lang)),
        }
    };
    let seen = match sent.seen.as_str() {
        "" => None,
        seq => Some(seq.parse().map_err(|_| WebError::not_found())?),
    };
    let change = Change { key: fact.clone(), value, seen };
    match app.store().correct(found.record.id, &[change], &sent.reason, right.by, &viewer.name).await {
        Ok(_) => {
            let said = match right.by {
                ChangedBy::Zone => page.t("已更正：", "Corrected: "),
                ChangedBy::Enterprise => page.t("已填报：", "Declared: "),
            };
            let label = words::fact(app.catalogue(), found.record.kind, &fact, page.lang);
            Ok(page.go_saying(&address(found.record.kind, found.record.id), Notice::said(format!("{said}{label}"))))
        }
        Err(StoreError::Stale) => {
            let now = find(&app, viewer, &right, &kind, &id).await?;
            again(StatusCode::CONFLICT, &now, String::new(), changed(&now, &fact, field, page.lang))
        }
        Err(StoreError::Refused(refusal)) => refused(page.t(&refusal.zh, &refusal.en).to_owned()),
        Err(error) => Err(error.into()),
    }
}

fn nothing_typed(field: &Field, lang: Lang) -> String {
    let what = expected(field, ColumnUnit::Own);
    match lang {
        Lang::Zh => format!("没有填写内容，应填写{}。", what.say(lang)),
        Lang::En => format!("Nothing was entered; expected {}.", what.say(lang)),
    }
}

/// What changed while the person was typing.
fn changed(now: &SubjectView, fact: &FactKey, field: &Field, lang: Lang) -> String {
    let shown = now.view.facts.get(fact);
    let who = shown
        .and_then(|shown| now.statements.get(&shown.seq))
        .map(|statement| statement.said_by.clone())
        .unwrap_or_default();
    let value = shown.map_or_else(
        || lang.pick("（没有值）", "(no value)").to_owned(),
        |shown| words::value(field, &shown.value, lang),
    );
    match lang {
        Lang::Zh => {
            format!("您填写期间，{who} 已改动这个数据，现为 {value}。没有保存您的更正；请核对后再决定是否提交。")
        }
        Lang::En => format!(
            "While you were typing, {who} changed this fact; it is {value} now. Yours was not stored: look at it again before you send it."
        ),
    }
}
