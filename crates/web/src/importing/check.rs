//! `/imports/{id}/check`: what is wrong, sort by sort and row by row, to be mended in place.

use std::borrow::Borrow;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use intake::{Fault, IntakeError, Plan};
use kernel::Lang;
use reports::sheet::column_letters;
use serde::Deserialize;
use store::StoreError;
use store::access::Action;

use crate::frame::page::Wants;
use crate::frame::path::with_query;
use crate::importing::checked::{Book, Checked, Group};
use crate::importing::checks::{self, Standing};
use crate::importing::draft::{self, Import};
use crate::importing::suggest::Suggest;
use crate::importing::{Shown, Step, steps};
use crate::ui::{Pager, Progress, figure};
use crate::{App, Page, WebError};

/// Rows on a page.
const ROWS: usize = 20;
/// Rows up to which the effect is worked out unasked.
const QUICK: u64 = 3_000;

/// Which part of the faults is shown.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct View {
    /// The sheet; the first with a fault when empty.
    #[serde(default)]
    pub s: String,
    /// The sort of fault; all when empty.
    #[serde(default)]
    pub group: String,
    /// The page, from 1.
    #[serde(default)]
    pub p: String,
}

impl View {
    fn number(&self) -> usize {
        self.p.parse().unwrap_or(1).max(1)
    }

    /// The address of this part.
    pub fn address(&self, import: &Import) -> String {
        let p = if self.number() > 1 { self.p.as_str() } else { "" };
        with_query(&import.address("check"), [("s", self.s.as_str()), ("group", self.group.as_str()), ("p", p)])
    }
}

struct Cell {
    heading: String,
    text: String,
    wrong: bool,
    mended: bool,
}

struct Wrong {
    cell: String,
    message: String,
    at: Option<usize>,
    text: String,
    heading: String,
    offer: Option<String>,
    choices: Vec<String>,
}

struct Row {
    number: u32,
    title: String,
    cells: Vec<Cell>,
    wrong: Vec<Wrong>,
}

struct Sort {
    key: String,
    text: String,
    expected: String,
    count: String,
    link: String,
    current: bool,
    offers: bool,
}

struct Tab {
    name: String,
    kind: &'static str,
    link: String,
    faults: u64,
    current: bool,
}

struct Mended {
    row: u32,
    at: usize,
    cell: String,
    text: String,
}

#[derive(Template)]
#[template(path = "importing/check_part.html")]
struct Part<'a> {
    page: &'a Page,
    import: &'a Import,
    book: &'a Book,
    checked: &'a Checked,
    tabs: Vec<Tab>,
    view: &'a View,
    sorts: Vec<Sort>,
    rows: Vec<Row>,
    mended: Vec<Mended>,
    pager: Pager<'a>,
}

impl askama::filters::HtmlSafe for Part<'_> {}

impl Part<'_> {
    fn count(&self, count: impl Borrow<u64>) -> String {
        figure::grouped(i64::try_from(*count.borrow()).unwrap_or(i64::MAX))
    }

    fn found(&self) -> String {
        self.count(self.book.sum(|sheet| sheet.found))
    }

    fn known(&self) -> String {
        self.count(self.book.sum(|sheet| sheet.identified.known))
    }

    fn new_ones(&self) -> String {
        self.count(self.book.sum(|sheet| sheet.identified.new))
    }

    fn candidates(&self) -> String {
        self.count(self.book.sum(|sheet| sheet.identified.candidates))
    }

    fn faulty(&self) -> u64 {
        self.book.sum(|sheet| sheet.faulty)
    }

    fn sound(&self) -> u64 {
        self.book.sound(&self.import.prepared)
    }

    /// Rows left out of all sheets.
    fn skipped(&self) -> u64 {
        self.import.prepared.skipped()
    }

    /// Rows left out of the sheet that is shown.
    fn skipped_rows(&self) -> Vec<u32> {
        plan_of(self.import, self.checked)
            .map(|plan| plan.skipped.iter().copied().take(200).collect())
            .unwrap_or_default()
    }

    fn skipped_here(&self) -> u64 {
        plan_of(self.import, self.checked).map_or(0, |plan| plan.skipped.len() as u64)
    }

    fn columns(&self) -> String {
        with_query(&self.import.address("columns"), [("s", self.checked.sheet.as_str())])
    }

    fn can_load(&self) -> bool {
        !self.book.is_open() && self.sound() > 0
    }

    fn effect_at_once(&self) -> bool {
        self.book.sum(|sheet| sheet.total) == 0 && self.book.sum(|sheet| sheet.found) <= QUICK
    }

    fn head(&self) -> Vec<&str> {
        self.checked.head.iter().map(|fault| fault.message.say(self.page.lang)).collect()
    }

    fn remarks(&self) -> Vec<(&'static str, String)> {
        let remarks = self.checked.remarks.iter();
        remarks.map(|(remark, count)| (remark.say(self.page.lang), self.count(count))).collect()
    }

    fn all(&self) -> String {
        View { s: self.checked.sheet.clone(), ..View::default() }.address(self.import)
    }

    fn kept_only(&self) -> bool {
        self.checked.total > (self.checked.head.len() + self.checked.wrong.len()) as u64
    }
}

#[derive(Template)]
#[template(path = "importing/check.html")]
struct CheckPage<'a> {
    page: &'a Page,
    import: &'a Import,
    part: Part<'a>,
}

impl CheckPage<'_> {
    fn steps(&self) -> Vec<Shown> {
        steps(self.page.lang, Step::Check, Some(self.import.draft.id))
    }
}

/// Shows what the check found.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Query(view): Query<View>,
) -> Result<Response, WebError> {
    match draft::open(&app, &page, &id).await? {
        Ok(import) => answer(&app, &page, &import, &view).await,
        Err(elsewhere) => Ok(page.go(&elsewhere)),
    }
}

/// The page, or the part of it that htmx puts in place after a change.
///
/// # Errors
/// What the store reports.
pub async fn answer(app: &App, page: &Page, import: &Import, view: &View) -> Result<Response, WebError> {
    let scope = page.viewer()?.scope_for(Action::Import);
    let book = match app.checks().of(app, import, &scope, checks::PATIENCE).await {
        Standing::Over(Ok(book)) => book,
        Standing::Over(Err(error)) => return unreadable(page, import, &error),
        Standing::Reading(rows) => return waiting(page, import, Step::Check, rows),
    };
    let units = app.store().units().await?;
    let units = units.in_order().into_iter().skip(1).map(|unit| unit.name.clone()).collect();
    let checked = book.sheet(&view.s);
    let suggest = Suggest { catalogue: app.catalogue(), kind: checked.kind, units, lang: page.lang };
    let part =
        Maker { page, import, book: &book, checked, plan: plan_of(import, checked), suggest: &suggest }.part(view);
    match page.wants {
        Wants::Fragment => page.show(part),
        _ => page.show(CheckPage { page, import, part }),
    }
}

/// The plan of a checked sheet.
pub(super) fn plan_of<'a>(import: &'a Import, checked: &Checked) -> Option<&'a Plan> {
    let plans = &import.prepared.plans;
    let only = || plans.first().filter(|_| plans.len() == 1);
    plans.iter().find(|plan| plan.sheet.as_deref() == Some(&checked.sheet)).or_else(only)
}

struct Maker<'a> {
    page: &'a Page,
    import: &'a Import,
    book: &'a Book,
    checked: &'a Checked,
    plan: Option<&'a Plan>,
    suggest: &'a Suggest<'a>,
}

impl<'a> Maker<'a> {
    fn part(&self, view: &'a View) -> Part<'a> {
        let group = self.checked.group(&view.group);
        let all = self.checked.faulty_rows(group);
        let pages = all.len().div_ceil(ROWS).max(1);
        let number = view.number().min(pages);
        let rows: Vec<Row> = all.iter().skip((number - 1) * ROWS).take(ROWS).map(|row| self.row(*row)).collect();
        let at = |p: usize| View { group: view.group.clone(), p: p.to_string(), ..self.whole() }.address(self.import);
        let pager = Pager {
            page: self.page,
            shown: rows.len(),
            total: i64::try_from(all.len()).ok(),
            first: (number > 2).then(|| at(1)),
            previous: (number > 1).then(|| at(number - 1)),
            next: (number < pages).then(|| at(number + 1)),
        };
        let sorts = self.checked.groups.iter().map(|group| self.sort(group, view)).collect();
        Part {
            page: self.page,
            import: self.import,
            book: self.book,
            checked: self.checked,
            tabs: self.tabs(),
            view,
            sorts,
            rows,
            mended: self.mended(),
            pager,
        }
    }

    /// All of the sheet that is shown.
    fn whole(&self) -> View {
        View { s: self.checked.sheet.clone(), ..View::default() }
    }

    /// The sheets, where there are several.
    fn tabs(&self) -> Vec<Tab> {
        let several = self.book.sheets.len() > 1;
        let tab = |sheet: &Checked| Tab {
            name: sheet.sheet.clone(),
            kind: self.page.lang.pick(sheet.kind.zh(), sheet.kind.en()),
            link: View { s: sheet.sheet.clone(), ..View::default() }.address(self.import),
            faults: sheet.total,
            current: sheet.sheet == self.checked.sheet,
        };
        self.book.sheets.iter().filter(|_| several).map(tab).collect()
    }

    fn sort(&self, group: &Group, view: &View) -> Sort {
        let offers = group.faults.iter().take(50).any(|at| self.offer(&self.checked.wrong[*at]).is_some());
        Sort {
            key: group.key.clone(),
            text: group.column.clone(),
            expected: group.expected.say(self.page.lang).to_owned(),
            count: figure::grouped(i64::try_from(group.faults.len()).unwrap_or(i64::MAX)),
            link: View { group: group.key.clone(), ..self.whole() }.address(self.import),
            current: group.key == view.group,
            offers,
        }
    }

    fn offer(&self, fault: &Fault) -> Option<String> {
        offer(self.suggest, self.checked, fault)
    }

    /// A cell as it is read: repaired, or as the sheet has it.
    fn text(&self, row: u32, at: usize) -> &str {
        let fixed = self.plan.and_then(|plan| plan.fix(row, at));
        fixed.unwrap_or_else(|| self.checked.cell(row, at))
    }

    fn row(&self, number: u32) -> Row {
        let faults: Vec<&Fault> = self.checked.wrong.iter().filter(|fault| fault.row == number).collect();
        let fixed = self.plan.and_then(|plan| plan.fixes.get(&number));
        let columns = &self.checked.map.columns;
        let cells = columns.iter().map(|column| Cell {
            heading: column.heading.clone(),
            text: self.text(number, column.index).to_owned(),
            wrong: faults.iter().any(|fault| fault.at == Some(column.index)),
            mended: fixed.is_some_and(|cells| cells.contains_key(&column.index)),
        });
        let title = ["name", "owner_name", "uscc", "owner_uscc"]
            .iter()
            .filter_map(|field| columns.iter().find(|column| column.field == *field))
            .map(|column| self.text(number, column.index))
            .find(|text| !text.is_empty());
        Row {
            number,
            title: title.unwrap_or_default().to_owned(),
            cells: cells.collect(),
            wrong: faults.into_iter().map(|fault| self.wrong(fault)).collect(),
        }
    }

    fn wrong(&self, fault: &Fault) -> Wrong {
        let choices = fault.at.and_then(|at| self.checked.map.columns.iter().find(|column| column.index == at));
        let choices = choices.and_then(|column| self.suggest.catalogue.field(&column.field));
        let choices = match choices.map(|field| (&field.kind, field.key.as_str())) {
            Some((_, "park")) => self.suggest.units.clone(),
            Some((kernel::FieldType::Choice { choices }, _)) => {
                choices.iter().map(|choice| choice.label(self.page.lang).to_owned()).collect()
            }
            Some((kernel::FieldType::Bool, _)) => vec!["是".to_owned(), "否".to_owned()],
            _ => Vec::new(),
        };
        Wrong {
            cell: fault.cell(),
            message: fault.message.say(self.page.lang).to_owned(),
            at: fault.at,
            text: fault.at.map(|at| self.text(fault.row, at).to_owned()).unwrap_or_default(),
            heading: fault.column.clone(),
            offer: self.offer(fault),
            choices,
        }
    }

    fn mended(&self) -> Vec<Mended> {
        let fixes = self.plan.into_iter().flat_map(|plan| &plan.fixes);
        let cells = fixes.flat_map(|(row, cells)| cells.iter().map(move |(at, text)| (*row, *at, text)));
        let letters = |at: usize| column_letters(u32::try_from(at + 1).unwrap_or(u32::MAX));
        cells
            .take(200)
            .map(|(row, at, text)| Mended { row, at, cell: format!("{}{row}", letters(at)), text: text.clone() })
            .collect()
    }
}

/// What may be offered in place of a faulty cell.
pub(super) fn offer(suggest: &Suggest<'_>, checked: &Checked, fault: &Fault) -> Option<String> {
    let column = checked.map.columns.iter().find(|column| Some(column.index) == fault.at)?;
    suggest.of(&column.field, &fault.found)
}

/// How far the reading of a long sheet is; asks again until it is over.
pub(super) fn reading<'a>(page: &'a Page, import: &Import, step: Step, rows: u64) -> Progress<'a> {
    let to = if step == Step::Columns { "columns" } else { "check" };
    let rows = figure::grouped(i64::try_from(rows).unwrap_or(i64::MAX));
    Progress {
        page,
        address: format!("{}?to={to}", import.address("progress")),
        done: 0,
        total: 0,
        message: match page.lang {
            Lang::Zh => format!("正在逐格检查，已读 {rows} 行"),
            Lang::En => format!("checking cell by cell, {rows} rows read"),
        },
        ended: None,
        result: None,
    }
}

#[derive(Template)]
#[template(path = "importing/waiting.html")]
struct Waiting<'a> {
    page: &'a Page,
    import: &'a Import,
    steps: Vec<Shown>,
    progress: Progress<'a>,
}

/// The page, or the part, that waits for a long sheet.
///
/// # Errors
/// A template that fails to render.
pub(super) fn waiting(page: &Page, import: &Import, step: Step, rows: u64) -> Result<Response, WebError> {
    let progress = reading(page, import, step, rows);
    if page.wants == Wants::Fragment {
        return page.show(WaitingPart { progress });
    }
    page.show(Waiting { page, import, steps: steps(page.lang, step, Some(import.draft.id)), progress })
}

#[derive(Template)]
#[template(ext = "html", source = "<div id=\"check\" class=\"card\">{{ progress }}</div>")]
struct WaitingPart<'a> {
    progress: Progress<'a>,
}

#[derive(Template)]
#[template(path = "importing/unreadable.html")]
struct Unreadable<'a> {
    page: &'a Page,
    import: &'a Import,
    why: String,
}

/// The page of a file that cannot be read to its end.
///
/// # Errors
/// What the store refused: that is no fault of the file.
pub(super) fn unreadable(page: &Page, import: &Import, error: &IntakeError) -> Result<Response, WebError> {
    if let IntakeError::Store(_) = error {
        return Err(refused(error));
    }
    let why = error.say(page.lang);
    page.show_with(StatusCode::UNPROCESSABLE_ENTITY, Unreadable { page, import, why })
}

/// What a sheet is refused for, for the reader.
pub(super) fn refused(error: &IntakeError) -> WebError {
    let (zh, en) = (error.say(Lang::Zh), error.say(Lang::En));
    match error {
        IntakeError::Store(error @ (StoreError::Busy | StoreError::Disconnected(_))) => WebError::busy(error),
        IntakeError::Store(error) => WebError::broken(error),
        _ => WebError::invalid(zh, en),
    }
}
