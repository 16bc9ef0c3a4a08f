//! `/conflicts`: the queue, the oldest first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::ToSpan as _;
use kernel::{SubjectId, SubjectKind};
use rust_decimal::Decimal;
use store::access::{Action, Scope, UnitId, UnitTree, Viewer};
use store::{ConflictCursor, ConflictFilter, ConflictView};

use super::{Word, widest, words_of};
use crate::frame::{day, path};
use crate::register::{kinds, subject, words};
use crate::ui::{Chip, Chips, Empty, Pager};
use crate::{App, Page, WebError};

/// Conflicts on a page.
const PAGE: usize = 50;
/// How many are looked through for those of a size or age.
const LOOK: u64 = 400;

struct Row {
    pick: String,
    subject: String,
    address: String,
    fact: String,
    since: String,
    settle: String,
    words: Vec<Word>,
}

/// A choice of a filter: value, words, whether it is in force.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "register/conflicts.html")]
struct QueuePage<'a> {
    page: &'a Page,
    can_settle: bool,
    fields: Vec<Choice>,
    kinds: Vec<Choice>,
    units: Vec<Choice>,
    ages: Vec<Choice>,
    sizes: Vec<Choice>,
    chips: Chips<'a>,
    rows: Vec<Row>,
    origins: Vec<String>,
    empty: Empty<'a>,
    pager: Pager<'a>,
}

impl QueuePage<'_> {
    /// The filters: parameter, label, choices.
    fn filters(&self) -> [(&'static str, &str, &[Choice]); 5] {
        let page = self.page;
        [
            ("kind", page.t("类别", "Kind"), &self.kinds),
            ("field", page.t("字段", "Field"), &self.fields),
            ("unit", page.t("园区/单位", "Unit"), &self.units),
            ("age", page.t("存在时间", "Age"), &self.ages),
            ("size", page.t("相差", "Apart"), &self.sizes),
        ]
    }

    fn origin_name(&self, origin: &str) -> String {
        words::origin(origin, self.page.lang)
    }
}

/// What the queue is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ask {
    field: String,
    kind: Option<SubjectKind>,
    subject: Option<SubjectId>,
    unit: Option<UnitId>,
    /// At least this many days old.
    age: Option<i64>,
    /// At least this far apart, in percent.
    size: Option<i64>,
    after: Option<ConflictCursor>,
}

impl Ask {
    fn read(query: &str) -> Self {
        let mut ask = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
            match name.as_ref() {
                "field" => ask.field = value.into_owned(),
                "kind" => ask.kind = SubjectKind::from_key(&value),
                "subject" => ask.subject = value.parse().ok().map(SubjectId),
                "unit" => ask.unit = value.parse().ok().map(UnitId),
                "age" => ask.age = value.parse().ok(),
                "size" => ask.size = value.parse().ok(),
                "after" => ask.after = read_cursor(&value),
                _ => {}
            }
        }
        ask
    }

    fn address(&self) -> String {
        let text = |value: Option<String>| value.unwrap_or_default();
        let parameters = [
            ("field", self.field.clone()),
            ("kind", text(self.kind.map(|kind| kind.key().to_owned()))),
            ("subject", text(self.subject.map(|id| id.to_string()))),
            ("unit", text(self.unit.map(|id| id.to_string()))),
            ("age", text(self.age.map(|days| days.to_string()))),
            ("size", text(self.size.map(|share| share.to_string()))),
            ("after", text(self.after.as_ref().map(write_cursor))),
        ];
        path::with_query("/conflicts", parameters.iter().map(|(name, value)| (*name, value.as_str())))
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { after: None, ..self.clone() };
        change(&mut changed);
        changed
    }

    fn takes(&self, row: &ConflictView, now: jiff::Timestamp) -> bool {
        let old = self.age.is_none_or(|days| row.since <= now.checked_sub((days * 24).hours()).unwrap_or(now));
        let wide = self
            .size
            .is_none_or(|least| widest(&row.said, &row.shown).is_some_and(|share| share >= Decimal::from(least)));
        old && wide
    }
}

/// A place in the queue as addresses carry it.
pub(crate) fn write_cursor(at: &ConflictCursor) -> String {
    format!("{}~{}~{}", at.since, at.subject, at.fact)
}

/// A place in the queue, read from an address.
pub(crate) fn read_cursor(text: &str) -> Option<ConflictCursor> {
    let mut parts = text.splitn(3, '~');
    let (since, subject, fact) = (parts.next()?, parts.next()?, parts.next()?);
    Some(ConflictCursor {
        since: since.parse().ok()?,
        subject: SubjectId(subject.parse().ok()?),
        fact: fact.to_owned(),
    })
}

/// The viewer's rows, narrowed to a unit and those below it.
fn narrowed(scope: &Scope, unit: Option<UnitId>, units: &UnitTree) -> Scope {
    let Some(unit) = unit else { return scope.clone() };
    let mut wanted = units.below(unit);
    wanted.push(unit);
    match scope {
        Scope::Zone => Scope::Units(wanted),
        Scope::Units(own) => Scope::Units(wanted.into_iter().filter(|unit| own.contains(unit)).collect()),
        other => other.clone(),
    }
}

/// Shows the open conflicts within the viewer's rows.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let ask = Ask::read(&page.query);
    let units = app.store().units().await?;
    let scope = narrowed(&viewer.scope, ask.unit, &units);
    let filter = ConflictFilter {
        field: Some(ask.field.clone()).filter(|field| !field.is_empty()),
        subject: ask.subject,
        kind: ask.kind,
        without_personal: !viewer.personal,
    };
    let sifted = ask.age.is_some() || ask.size.is_some();
    let limit = if sifted { LOOK } else { PAGE as u64 };
    let found = app.store().conflicts(&scope, &filter, ask.after.as_ref(), limit).await?;
    let mut rows: Vec<ConflictView> = found.rows.into_iter().filter(|row| ask.takes(row, page.now)).collect();
    let mut next = found.next;
    if rows.len() > PAGE {
        rows.truncate(PAGE);
        next = rows.last().map(|row| ConflictCursor {
            since: row.since.as_microsecond(),
            subject: row.subject,
            fact: row.key.to_string(),
        });
    }
    let total = (!sifted).then(|| i64::try_from(found.total).unwrap_or(i64::MAX));
    page.show(make(&app, &page, viewer, &ask, &units, rows, next, total))
}

#[allow(clippy::too_many_arguments, reason = "everything the queue shows comes from these, read once by the handler")]
fn make<'a>(
    app: &App,
    page: &'a Page,
    viewer: &Viewer,
    ask: &Ask,
    units: &UnitTree,
    found: Vec<ConflictView>,
    next: Option<ConflictCursor>,
    total: Option<i64>,
) -> QueuePage<'a> {
    let lang = page.lang;
    let mut origins: Vec<String> = found.iter().flat_map(|row| &row.said).map(|said| said.origin.clone()).collect();
    origins.sort();
    origins.dedup();
    let rows: Vec<Row> = found.iter().filter_map(|row| make_row(app, page, row)).collect();
    let shown = rows.len();
    QueuePage {
        can_settle: page.as_of.is_none() && viewer.can(Action::Settle),
        fields: fields(app, ask, lang),
        kinds: kinds::LISTED
            .iter()
            .map(|listed| (listed.kind.key().to_owned(), listed.title(lang).to_owned(), ask.kind == Some(listed.kind)))
            .collect(),
        units: unit_choices(units, viewer, ask.unit),
        ages: [7, 30, 90]
            .map(|days| {
                (
                    days.to_string(),
                    format!("{} {days} {}", page.t("超过", "over"), page.t("天", "days")),
                    ask.age == Some(days),
                )
            })
            .to_vec(),
        sizes: [1, 5, 20, 50]
            .map(|share| (share.to_string(), format!("≥ {share} %"), ask.size == Some(share)))
            .to_vec(),
        chips: Chips { page, chips: chips(app, page, ask, units), without_all: "/conflicts".to_owned() },
        empty: Empty {
            icon: page.icon("circle-check"),
            title: page.t("没有待核定的来源不一", "No open conflicts"),
            what: page.t(
                "两个来源对同一数据说法不同时，会列在这里，等待核定；两种说法都会保留。",
                "When two sources disagree on a fact it waits here to be settled; both words are kept.",
            ),
            action: None,
        },
        pager: Pager::keyed(page, &ask.with(|_| ()).address(), "after", next.as_ref().map(write_cursor))
            .of(shown, total),
        rows,
        origins,
        page,
    }
}

fn make_row(app: &App, page: &Page, row: &ConflictView) -> Option<Row> {
    let lang = page.lang;
    let fact = row.key.to_string();
    let field = app.catalogue().field(&row.key.field)?;
    Some(Row {
        pick: format!("{}|{fact}", row.subject),
        subject: row.name.clone(),
        address: subject::address(row.kind, row.subject),
        fact: words::fact(app.catalogue(), row.kind, &row.key, lang),
        since: day::ago(row.since, page.now, lang),
        settle: path::with_query(&format!("/conflicts/{}", row.subject), [("fact", fact.as_str())]),
        words: words_of(&row.said, &row.shown, field, &fact, lang),
    })
}

fn fields(app: &App, ask: &Ask, lang: kernel::Lang) -> Vec<Choice> {
    let kind = ask.kind.unwrap_or(SubjectKind::Enterprise);
    app.catalogue()
        .fields_of(kind)
        .filter(|field| field.derived.is_none() && !field.personal)
        .map(|field| (field.key.clone(), field.label(kind, lang).to_owned(), ask.field == field.key))
        .collect()
}

fn unit_choices(units: &UnitTree, viewer: &Viewer, now: Option<UnitId>) -> Vec<Choice> {
    let seen = |id: UnitId| match &viewer.scope {
        Scope::Zone => true,
        Scope::Units(own) => own.contains(&id),
        _ => false,
    };
    let units = units.in_order().into_iter().filter(|unit| seen(unit.id));
    units.map(|unit| (unit.id.to_string(), unit.name.clone(), now == Some(unit.id))).collect()
}

fn chips(app: &App, page: &Page, ask: &Ask, units: &UnitTree) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut chip = |label: &str, value: String, without: Ask| {
        chips.push(Chip { text: format!("{label}{}{value}", page.t("：", ": ")), without: without.address() });
    };
    if !ask.field.is_empty() {
        let label = app.catalogue().field(&ask.field).map_or(ask.field.as_str(), |field| page.t(&field.zh, &field.en));
        chip(page.t("字段", "Field"), label.to_owned(), ask.with(|ask| ask.field.clear()));
    }
    if let Some(kind) = ask.kind {
        chip(page.t("类别", "Kind"), page.t(kind.zh(), kind.en()).to_owned(), ask.with(|ask| ask.kind = None));
    }
    if ask.subject.is_some() {
        chip(
            page.t("主体", "Subject"),
            page.t("只看一个主体", "one only").to_owned(),
            ask.with(|ask| ask.subject = None),
        );
    }
    if let Some(unit) = ask.unit {
        let name = units.get(unit).map(|unit| unit.name.clone()).unwrap_or_default();
        chip(page.t("园区/单位", "Unit"), name, ask.with(|ask| ask.unit = None));
    }
    if let Some(days) = ask.age {
        chip(page.t("存在", "Open for"), format!("≥ {days} {}", page.t("天", "days")), ask.with(|ask| ask.age = None));
    }
    if let Some(share) = ask.size {
        chip(page.t("相差", "Apart"), format!("≥ {share} %"), ask.with(|ask| ask.size = None));
    }
    chips
}
