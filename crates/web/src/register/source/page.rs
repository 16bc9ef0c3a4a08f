//! `/register/statements/{seq}?fact=…`: the source of a number, as a page of its own and as a
//! panel beside the subject.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use kernel::view::Said;
use kernel::{Catalogue, FactKey, Field, Lang, Place, Shown, SourceKind, Value};
use store::access::{Action, Viewer};
use store::{StatementView, SubjectView};

use super::excerpt::{self, Excerpt, may_read_files};
use crate::frame::page::Wants;
use crate::frame::{day, path};
use crate::register::figures::Mark;
use crate::register::subject::{address, source_address};
use crate::register::{amount, words};
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// One origin's word.
struct Word {
    origin: String,
    kind: &'static str,
    when: String,
    text: String,
    exact: String,
    apart: String,
    shown: bool,
    here: bool,
    address: String,
}

/// One statement of the fact's history.
struct Past {
    when: String,
    who: String,
    source: String,
    text: String,
    reason: String,
    undone: bool,
    here: bool,
    address: String,
}

/// What both the page and the panel show.
struct Origin<'a> {
    page: &'a Page,
    subject: String,
    subject_address: String,
    fact: String,
    text: String,
    exact: String,
    definition: String,
    mark: Mark,
    origin: String,
    kind: &'static str,
    when: String,
    by: String,
    reason: String,
    title: String,
    load_address: Option<String>,
    place: String,
    undone: bool,
    erased: bool,
    excerpt: Option<Excerpt>,
    words: Vec<Word>,
    rule: &'static str,
    why: String,
    history: Vec<Past>,
    download: Option<String>,
    edit: Option<String>,
    settle: Option<String>,
    here: String,
}

impl Origin<'_> {
    fn badge(&self) -> Option<Badge> {
        let text = self.mark.say(self.page.lang);
        match self.mark {
            Mark::Agreed => None,
            Mark::Disputed(_) => Some(Badge::late(text).with_icon("arrows-diff")),
            Mark::Settled => Some(Badge::ok(text)),
        }
    }
}

#[derive(Template)]
#[template(path = "register/source.html")]
struct SourcePage<'a> {
    page: &'a Page,
    it: Origin<'a>,
}

#[derive(Template)]
#[template(path = "register/source_panel.html")]
struct SourcePanel<'a> {
    page: &'a Page,
    it: Origin<'a>,
}

/// Shows where one fact of one statement comes from.
///
/// # Errors
/// No such statement or fact, or it speaks of a subject outside the viewer's rows: the same answer.
pub async fn show(State(app): State<App>, page: Page, Path(seq): Path<String>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let seq: i64 = seq.parse().map_err(|_| WebError::not_found())?;
    let asked = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "fact").map(|(_, fact)| fact);
    let said = app.store().statement(seq, &viewer.scope, viewer.personal).await?.ok_or_else(WebError::not_found)?;
    let fact: FactKey = match asked {
        Some(fact) => fact.parse().map_err(|_| WebError::not_found())?,
        None => said.statement.values.keys().next().cloned().ok_or_else(WebError::not_found)?,
    };
    let field = app.catalogue().field(&fact.field).ok_or_else(WebError::not_found)?;
    if !said.statement.values.contains_key(&fact) && said.erased_at.is_none() {
        return Err(WebError::not_found());
    }
    let subject = app
        .store()
        .subject(said.statement.subject, &viewer.scope, viewer.personal, page.as_of_moment())
        .await?
        .ok_or_else(WebError::not_found)?;
    if field.personal && viewer.enterprise != Some(subject.record.id) {
        app.store().record_look(&viewer.name, subject.record.id, &[&field.key]).await?;
    }
    let excerpt = excerpt::read(&app, viewer, &said.source, &said.statement.place, &fact, page.lang).await?;
    let it = make(&page, viewer, app.catalogue(), field, &fact, &said, &subject, excerpt);
    match page.wants {
        Wants::Fragment => page.show(SourcePanel { page: &page, it }),
        _ => page.show(SourcePage { page: &page, it }),
    }
}

#[allow(clippy::too_many_arguments, reason = "everything the panel shows comes from these, read once by the handler")]
fn make<'a>(
    page: &'a Page,
    viewer: &Viewer,
    catalogue: &Catalogue,
    field: &Field,
    fact: &FactKey,
    said: &StatementView,
    subject: &SubjectView,
    excerpt: Option<Excerpt>,
) -> Origin<'a> {
    let (lang, record) = (page.lang, &subject.record);
    let (statement, source) = (&said.statement, &said.source);
    let shown = subject.view.facts.get(fact);
    let value = statement.values.get(fact).and_then(Option::as_ref);
    let mark = shown.map_or(Mark::Agreed, Mark::of);
    let single = source.kind.is_single_act();
    let open = page.as_of.is_none();
    let edit = open && (viewer.can(Action::Correct) || viewer.can(Action::Declare));
    Origin {
        page,
        subject: record.name.clone(),
        subject_address: page.link(&address(record.kind, record.id)),
        fact: words::fact(catalogue, record.kind, fact, lang),
        text: value.map_or_else(
            || lang.pick("（撤回了先前的说法）", "(withdrawn)").to_owned(),
            |value| words::value(field, value, lang),
        ),
        exact: value.map(|value| exact(value, lang)).unwrap_or_default(),
        definition: field.source.clone().unwrap_or_default(),
        mark,
        origin: words::origin(&source.origin, lang),
        kind: words::source_kind(source.kind, lang),
        when: day::minute(statement.said_at),
        by: page.person(&statement.said_by),
        reason: statement.reason.clone().unwrap_or_default(),
        title: source.title.clone(),
        load_address: match source.kind {
            // The title of a visit's source is its number.
            SourceKind::Visit if viewer.can(Action::ReadCases) => {
                Some(crate::cases::words::address("visit", &source.title))
            }
            _ => (!single && crate::register::loads::may_see(viewer, source)).then(|| format!("/loads/{}", source.id)),
        },
        place: place(&statement.place, excerpt.as_ref(), lang),
        undone: source.undone_at.is_some(),
        erased: said.erased_at.is_some(),
        words: shown.map(|shown| said_words(shown, subject, field, fact, statement.seq, page)).unwrap_or_default(),
        rule: words::trust_rule(lang),
        why: shown.map(|shown| why(shown, subject, lang)).unwrap_or_default(),
        history: history(subject, field, fact, statement.seq, page),
        download: (source.file_hash.is_some() && may_read_files(viewer)).then(|| format!("/loads/{}/file", source.id)),
        edit: edit.then(|| {
            path::with_query(
                &format!("{}/edit", address(record.kind, record.id)),
                [("fact", fact.to_string().as_str())],
            )
        }),
        settle: (open && mark.is_disputed() && viewer.can(Action::Settle))
            .then(|| path::with_query(&format!("/conflicts/{}", record.id), [("fact", fact.to_string().as_str())])),
        here: page.link(&source_address(statement.seq, &fact.to_string())),
        excerpt,
    }
}

/// The exact form of a value, where what is shown is shorter.
fn exact(value: &Value, lang: Lang) -> String {
    match value {
        // In English the amount is written out already.
        Value::Money(money) if lang == Lang::Zh => amount::exact(*money, lang),
        _ => String::new(),
    }
}

fn place(place: &Place, excerpt: Option<&Excerpt>, lang: Lang) -> String {
    let Place::Row { sheet, row } = place else { return String::new() };
    let cell =
        excerpt.map(|excerpt| excerpt.place.as_str()).filter(|cell| cell.starts_with(|c: char| c.is_ascii_uppercase()));
    match (lang, cell) {
        (Lang::Zh, Some(cell)) => format!("工作表“{sheet}” 第 {row} 行 · 单元格 {cell}"),
        (Lang::Zh, None) => format!("工作表“{sheet}” 第 {row} 行"),
        (Lang::En, Some(cell)) => format!("sheet “{sheet}”, row {row}, cell {cell}"),
        (Lang::En, None) => format!("sheet “{sheet}”, row {row}"),
    }
}

fn said_words(
    shown: &Shown,
    subject: &SubjectView,
    field: &Field,
    fact: &FactKey,
    here: i64,
    page: &Page,
) -> Vec<Word> {
    let lang = page.lang;
    let word = |said: &Said| {
        let statement = subject.statements.get(&said.seq);
        let source = statement.and_then(|statement| subject.sources.get(&statement.source));
        let apart = amount::apart(&shown.value, &said.value).filter(|share| !share.is_zero());
        Word {
            origin: words::origin(&said.origin, lang),
            kind: source.map(|source| words::source_kind(source.kind, lang)).unwrap_or_default(),
            when: statement.map(|statement| day::minute(statement.said_at)).unwrap_or_default(),
            text: words::value(field, &said.value, lang),
            exact: exact(&said.value, lang),
            apart: apart
                .map(|share| format!("{}{share} %", if share.is_sign_negative() { "" } else { "+" }))
                .unwrap_or_default(),
            shown: said.value == shown.value,
            here: said.seq == here,
            address: page.link(&source_address(said.seq, &fact.to_string())),
        }
    };
    shown.said.iter().map(word).collect()
}

/// Why this word is shown and no other.
fn why(shown: &Shown, subject: &SubjectView, lang: Lang) -> String {
    let kind = subject
        .statements
        .get(&shown.seq)
        .and_then(|statement| subject.sources.get(&statement.source))
        .map(|source| words::source_kind(source.kind, lang))
        .unwrap_or_default();
    match (shown.standing, lang) {
        (kernel::Standing::Settled(seq), Lang::Zh) => format!("来源不一，已由第 {seq} 号陈述核定，显示核定值。"),
        (kernel::Standing::Settled(seq), Lang::En) => format!("Sources disagreed; statement {seq} settled it."),
        (kernel::Standing::Disputed, Lang::Zh) => format!("来源不一，尚未核定。现显示可信度最高的“{kind}”的说法。"),
        (kernel::Standing::Disputed, Lang::En) => {
            format!("Sources disagree and nobody has settled it; the most trusted word is shown ({kind}).")
        }
        (kernel::Standing::Agreed, Lang::Zh) if shown.said.len() > 1 => {
            format!("{} 个来源说法一致。", shown.said.len())
        }
        (kernel::Standing::Agreed, Lang::En) if shown.said.len() > 1 => format!("{} sources agree.", shown.said.len()),
        (kernel::Standing::Agreed, _) => lang.pick("只有一个来源。", "There is one source.").to_owned(),
    }
}

/// Every statement of the fact, the latest first, superseded and undone ones too.
fn history(subject: &SubjectView, field: &Field, fact: &FactKey, here: i64, page: &Page) -> Vec<Past> {
    let lang = page.lang;
    let past = |statement: &kernel::Statement| {
        let value = statement.values.get(fact)?;
        let source = subject.sources.get(&statement.source)?;
        if page.as_of_moment().is_some_and(|moment| statement.said_at > moment) {
            return None;
        }
        Some(Past {
            when: day::minute(statement.said_at),
            who: page.person(&statement.said_by),
            source: if source.title.is_empty() {
                words::source_kind(source.kind, lang).to_owned()
            } else {
                source.title.clone()
            },
            text: value
                .as_ref()
                .map_or_else(|| lang.pick("撤回", "withdrawn").to_owned(), |value| words::value(field, value, lang)),
            reason: statement.reason.clone().unwrap_or_default(),
            undone: source.undone_at.is_some(),
            here: statement.seq == here,
            address: page.link(&source_address(statement.seq, &fact.to_string())),
        })
    };
    // Records have statements of their own among these; only the subject's speak of this fact.
    let own = subject.statements.values().rev();
    own.filter(|statement| {
        statement.subject == subject.record.id || subject.merged.iter().any(|row| row.id == statement.subject)
    })
    .filter_map(past)
    .collect()
}
