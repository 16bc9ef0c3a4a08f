//! `/imports/{id}/columns`: what each column is taken for, to be confirmed or put right.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use intake::Plan;
use kernel::heading::{GuessedColumn, Meaning};
use kernel::{Catalogue, Field, Lang, Period};
use reports::sheet::column_letters;
use store::access::Action;

use crate::importing::check::{self, unreadable, waiting};
use crate::importing::checked::{Book, Checked};
use crate::importing::checks::{self, Standing};
use crate::importing::column_form::{Entered, Wrong};
use crate::importing::draft::{self, Import};
use crate::importing::sheets::{self, Sheet};
use crate::importing::{KINDS, Shown, Step, steps};
use crate::register::words;
use crate::ui::Badge;
use crate::{App, Page, WebError};

struct Row {
    index: usize,
    letters: String,
    heading: String,
    samples: String,
    field: String,
    period: String,
    unit: String,
    is_year: bool,
    skipped: bool,
    state: Badge,
    wrong: Option<String>,
    offer: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "importing/columns.html")]
struct ColumnsPage<'a> {
    page: &'a Page,
    import: &'a Import,
    checked: &'a Checked,
    sheets: Vec<Sheet>,
    refused_sheets: Option<String>,
    rows: Vec<Row>,
    fields: Vec<(String, String)>,
    period: String,
    asks_period: bool,
    of_whole: Vec<String>,
    refused: bool,
}

impl ColumnsPage<'_> {
    fn steps(&self) -> Vec<Shown> {
        steps(self.page.lang, Step::Columns, Some(self.import.draft.id))
    }

    fn kinds(&self) -> String {
        words::kinds(&self.import.prepared.kinds(), self.page.lang)
    }

    fn kind_options(&self) -> Vec<(&'static str, &'static str)> {
        KINDS.iter().map(|kind| (kind.key(), self.page.lang.pick(kind.zh(), kind.en()))).collect()
    }

    fn skips_unknown(&self) -> bool {
        check::plan_of(self.import, self.checked).is_some_and(|plan| plan.skip_unknown)
    }

    fn open(&self) -> usize {
        self.rows.iter().filter(|row| row.wrong.is_some()).count()
    }
}

/// Shows the columns.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let import = match draft::open(&app, &page, &id).await? {
        Ok(import) => import,
        Err(elsewhere) => return Ok(page.go(&elsewhere)),
    };
    answer(&app, &page, &import, &wanted(&page), Entry::Nothing).await
}

/// The sheet whose columns are asked for.
fn wanted(page: &Page) -> String {
    let mut asked = form_urlencoded::parse(page.query.as_bytes());
    asked.find(|(name, _)| name == "s").map(|(_, sheet)| sheet.into_owned()).unwrap_or_default()
}

/// What was sent and could not be taken.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    /// Nothing was sent.
    Nothing,
    /// Columns, and what is wrong with them.
    Columns(&'a Entered, &'a [Wrong]),
    /// The choice of sheets was refused with these words.
    Sheets(&'a str),
}

pub(super) async fn answer(
    app: &App,
    page: &Page,
    import: &Import,
    sheet: &str,
    entry: Entry<'_>,
) -> Result<Response, WebError> {
    let scope = page.viewer()?.scope_for(Action::Import);
    let book = match app.checks().of(app, import, &scope, checks::PATIENCE).await {
        Standing::Over(Ok(book)) => book,
        Standing::Over(Err(error)) => return unreadable(page, import, &error),
        Standing::Reading(rows) => return waiting(page, import, Step::Columns, rows),
    };
    let status = match entry {
        Entry::Nothing => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page.show_with(status, made(app, page, import, (&book, open_sheet(&book, sheet)), entry))
}

/// The sheet with this name; where none is named the first whose head is not understood, else the first.
fn open_sheet<'a>(book: &'a Book, name: &str) -> &'a Checked {
    let named = book.sheets.iter().find(|sheet| sheet.sheet == name);
    let open = || book.sheets.iter().find(|sheet| !sheet.head.is_empty());
    named.or_else(open).unwrap_or(&book.sheets[0])
}

fn made<'a>(
    app: &App,
    page: &'a Page,
    import: &'a Import,
    (book, checked): (&'a Book, &'a Checked),
    entry: Entry<'_>,
) -> ColumnsPage<'a> {
    let (kind, lang) = (checked.kind, page.lang);
    let entered = match entry {
        Entry::Columns(entered, wrong) => Some((entered, wrong)),
        _ => None,
    };
    let catalogue = app.catalogue();
    let plan = check::plan_of(import, checked);
    let maker = Maker { catalogue, plan, checked, lang };
    let mut rows: Vec<Row> = checked.guess.columns.iter().map(|column| maker.row(column)).collect();
    if let Some((entered, wrong)) = entered {
        rows.iter_mut().for_each(|row| typed(row, entered, wrong, lang));
    }
    let fields = catalogue.groups_of(kind).flat_map(|(group, fields)| {
        fields.into_iter().filter(|field| field.is_importable()).map(move |field| {
            let unit = if field.unit.is_empty() { String::new() } else { format!(" · {}", field.unit) };
            (field.label(kind, lang).to_owned(), format!("{}{unit}", group.label(lang)))
        })
    });
    let lacking = checked.guess.columns.iter().any(|column| matches!(column.meaning, Meaning::NoPeriod { .. }));
    let period = plan.and_then(|plan| plan.period);
    let period_text = match entered {
        Some((entered, _)) => entered.period.clone(),
        None => period.or(checked.guess.title_period).map(|period| period.to_string()).unwrap_or_default(),
    };
    ColumnsPage {
        page,
        import,
        checked,
        sheets: sheets::shown(page, import, book, checked),
        refused_sheets: match entry {
            Entry::Sheets(why) => Some(why.to_owned()),
            _ => None,
        },
        rows,
        fields: fields.collect(),
        period: period_text,
        asks_period: lacking || period.is_some(),
        of_whole: checked
            .head
            .iter()
            .filter(|fault| fault.at.is_none())
            .map(|f| f.message.say(lang).to_owned())
            .collect(),
        refused: entered.is_some(),
    }
}

/// What was typed stands again, with what is wrong with it.
fn typed(row: &mut Row, entered: &Entered, wrong: &[Wrong], lang: Lang) {
    if let Some(column) = entered.columns.get(&row.index) {
        (row.field, row.period, row.unit) = (column.field.clone(), column.period.clone(), column.unit.clone());
        row.skipped = column.skip;
    }
    if let Some(wrong) = wrong.iter().find(|wrong| wrong.column == row.index) {
        row.wrong = Some(wrong.said.say(lang).to_owned());
        row.state = Badge::late(lang.pick("请改正", "To mend"));
    }
}

struct Maker<'a> {
    catalogue: &'a Catalogue,
    plan: Option<&'a Plan>,
    checked: &'a Checked,
    lang: Lang,
}

impl Maker<'_> {
    fn label(&self, key: &str) -> String {
        let label = |field: &Field| field.label(self.checked.kind, self.lang).to_owned();
        self.catalogue.field(key).map_or_else(|| key.to_owned(), label)
    }

    fn row(&self, column: &GuessedColumn) -> Row {
        let chosen = self.plan.is_some_and(|plan| plan.columns.contains_key(&column.index));
        let fault = self.checked.head.iter().find(|fault| fault.at == Some(column.index));
        let (field, period, unit) = self.taken(column);
        let offer = match &column.meaning {
            Meaning::Unknown { nearest: Some(key) } => Some((key.clone(), self.label(key))),
            _ => None,
        };
        Row {
            index: column.index,
            letters: column_letters(u32::try_from(column.index + 1).unwrap_or(u32::MAX)),
            heading: column.heading.clone(),
            samples: self.checked.samples.get(column.index).map(|samples| samples.join(" · ")).unwrap_or_default(),
            field,
            period,
            unit,
            is_year: column.meaning == Meaning::YearOfRow,
            skipped: column.meaning == Meaning::Ignored,
            state: self.state(column, chosen),
            wrong: fault.map(|fault| fault.message.say(self.lang).to_owned()),
            offer,
        }
    }

    /// The texts of the inputs: field, period, unit.
    fn taken(&self, column: &GuessedColumn) -> (String, String, String) {
        use kernel::heading::ColumnPeriod;
        let of_row = || self.lang.pick("随行", "of row").to_owned();
        let unit = |key: &str, unit: kernel::cell::ColumnUnit| {
            self.catalogue.field(key).map(|field| unit.written(field)).unwrap_or_default()
        };
        match &column.meaning {
            Meaning::Field { field, period, unit: written } => {
                let period = match period {
                    ColumnPeriod::None => String::new(),
                    ColumnPeriod::OfRow => of_row(),
                    ColumnPeriod::Fixed(period) => period.to_string(),
                };
                (self.label(field), period, unit(field, *written))
            }
            Meaning::NoPeriod { field, unit: written } => (self.label(field), String::new(), unit(field, *written)),
            Meaning::WrongPeriod { field, period } => (self.label(field), period.to_string(), String::new()),
            Meaning::WrongUnit { field, unit } => (self.label(field), String::new(), unit.clone()),
            Meaning::Twice { field, .. } => (self.label(field), String::new(), String::new()),
            Meaning::Derived { field } => (self.label(field), String::new(), String::new()),
            Meaning::YearOfRow | Meaning::Ignored | Meaning::Empty | Meaning::Unknown { .. } => Default::default(),
        }
    }

    fn state(&self, column: &GuessedColumn, chosen: bool) -> Badge {
        let pick = |zh: &'static str, en: &'static str| self.lang.pick(zh, en);
        match &column.meaning {
            Meaning::Field { .. } if chosen => Badge::ok(pick("您指定的", "Your choice")).with_icon("user"),
            Meaning::Field { .. } => Badge::ok(pick("已认出", "Recognised")),
            Meaning::YearOfRow => Badge::ok(pick("每行的年度", "Year of the row")),
            Meaning::Ignored => Badge::shut(pick("跳过", "Skipped")),
            Meaning::Empty => Badge::shut(pick("没有表头", "No heading")),
            Meaning::Unknown { nearest: Some(_) } => Badge::warn(pick("请确认", "To confirm")),
            Meaning::Unknown { nearest: None } => Badge::late(pick("不认识", "Unknown")),
            Meaning::NoPeriod { .. } => Badge::late(pick("缺年份", "No year")),
            Meaning::WrongPeriod { .. } => Badge::late(pick("年份不符", "Period does not fit")),
            Meaning::WrongUnit { .. } => Badge::late(pick("单位不符", "Unit does not fit")),
            Meaning::Derived { .. } => Badge::warn(pick("由系统计算", "Computed by the register")),
            Meaning::Twice { .. } => Badge::late(pick("重复的列", "A second column")),
        }
    }
}

/// Takes what was decided about the columns and goes on to the check; what does not fit is said
/// beside the column, and what was typed stays.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let import = match draft::open(&app, &page, &id).await? {
        Ok(import) => import,
        Err(elsewhere) => return Ok(page.go(&elsewhere)),
    };
    let scope = page.viewer()?.scope_for(Action::Import);
    let book = match app.checks().of(&app, &import, &scope, checks::PATIENCE).await {
        Standing::Over(Ok(book)) => book,
        Standing::Over(Err(error)) => return unreadable(&page, &import, &error),
        Standing::Reading(rows) => return waiting(&page, &import, Step::Columns, rows),
    };
    let named = fields.iter().find(|(name, _)| name == "s").map_or("", |(_, sheet)| sheet.as_str());
    let checked = open_sheet(&book, named);
    let Some(before) = check::plan_of(&import, checked) else { return Err(sheets::gone()) };
    let entered = Entered::read(&fields, app.catalogue(), checked.kind, page.lang);
    let plan = match entered.decide(before, &checked.guess, app.catalogue()) {
        Ok(plan) => plan,
        Err(wrong) => {
            return answer(&app, &page, &import, &checked.sheet, Entry::Columns(&entered, &wrong)).await;
        }
    };
    let import = draft::change(&app, &page, &id, |prepared| {
        // Repairs made meanwhile in another tab stay, and so does what was said of the sheet there.
        if let Some(own) = prepared.plan_mut(&checked.sheet).filter(|own| own.kind == plan.kind) {
            let (fixes, skipped) = (own.fixes.clone(), own.skipped.clone());
            *own = Plan { fixes, skipped, ..plan.clone() };
        }
    })
    .await?;
    let open = match app.checks().of(&app, &import, &scope, checks::PATIENCE).await {
        Standing::Over(Ok(book)) => book.is_open(),
        _ => false,
    };
    Ok(page.go(&import.address(if open { "columns" } else { "check" })))
}

/// Asked while a long sheet is read: how far it is, or the page itself once it is over.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn progress(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let import = draft::own(&app, &page, &id).await?;
    let to_columns = page.query.contains("columns");
    let step = if to_columns { Step::Columns } else { Step::Check };
    let scope = page.viewer()?.scope_for(Action::Import);
    match app.checks().of(&app, &import, &scope, std::time::Duration::ZERO).await {
        Standing::Reading(rows) if page.wants == crate::frame::page::Wants::Fragment => {
            page.show(check::reading(&page, &import, step, rows))
        }
        _ => Ok(page.go(&import.address(if to_columns { "columns" } else { "check" }))),
    }
}

/// The period a person typed.
pub(super) fn period(text: &str) -> Option<Period> {
    let folded = kernel::text::fold(text);
    kernel::heading::read_period(folded.trim()).or_else(|| folded.trim().parse().ok())
}
