//! `/cases/{kind}/export`: the list as it is shown, whole, as a workbook.

use std::io::{BufWriter, Read as _, Seek as _, SeekFrom};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use reports::workbook::{Align, Column, OutCell, write_xlsx};
use store::cases::CaseRow;

use super::ask::{Ask, COLOURS};
use super::line::{Line, Names};
use super::words;
use super::{query, topics};
use crate::frame::day;
use crate::{App, Page, WebError};

/// Writes every case of the list, with the filters and the order of the address.
///
/// # Errors
/// An unknown kind or filter; what the store reports; a full disk.
pub async fn show(State(app): State<App>, page: Page, Path(kind): Path<String>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let (kind, look) = words::of(&kind).ok_or_else(WebError::not_found)?;
    let ask = Ask::read(&page.query, Some(kind))?;
    let mut found: Vec<CaseRow> = Vec::new();
    let wanted = query::query(&ask, Some(kind), page.today, 0);
    app.store()
        .export_cases(viewer, &wanted, |rows| {
            found.extend(rows);
            Ok(true)
        })
        .await?;
    let names = Names::of(&app, &found).await?;
    let mut heads = heads(&page);
    let row = |row: &CaseRow| cells(&page, &Line::of(&page, &names, row), &topics::label(&row.topic, page.lang), row);
    let mut rows: Vec<Vec<OutCell>> = found.iter().map(row).collect();
    // Only approvals are promised a time.
    if kind.key == "approval" {
        let promises = app.store().promises_of(&found).await?;
        heads.push(column(&page, ("承诺时限", "Promised within"), 16.0));
        for (cells, row) in rows.iter_mut().zip(&found) {
            cells.push(text(promises.get(&row.id).map(|promise| promise.label(page.lang)).unwrap_or_default()));
        }
    }
    let name = format!("{}-{}", look.title(page.lang), page.today);
    workbook(&name, &format!("{}-{}", kind.key, page.today), heads, rows).await
}

/// A workbook of one sheet to save, under a name in any script and one in plain letters.
///
/// # Errors
/// A full disk.
pub(crate) async fn workbook(
    name: &str,
    plain: &str,
    heads: Vec<Column>,
    rows: Vec<Vec<OutCell>>,
) -> Result<Response, WebError> {
    let sheet = name.to_owned();
    let write = move || -> Result<Vec<u8>, WebError> {
        let mut file = tempfile::tempfile().map_err(WebError::broken)?;
        write_xlsx(BufWriter::new(&mut file), &sheet, &heads, rows).map_err(WebError::broken)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(WebError::broken)?;
        file.read_to_end(&mut bytes).map_err(WebError::broken)?;
        Ok(bytes)
    };
    let bytes = tokio::task::spawn_blocking(write).await.map_err(WebError::broken)??;
    let mut response = Body::from(bytes).into_response();
    let encoded: String = form_urlencoded::byte_serialize(format!("{name}.xlsx").as_bytes()).collect();
    let disposition =
        format!("attachment; filename=\"{plain}.xlsx\"; filename*=UTF-8''{}", encoded.replace('+', "%20"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(store::files::Media::Xlsx.content_type()));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

fn column(page: &Page, (zh, en): (&'static str, &'static str), width: f64) -> Column {
    Column { heading: page.t(zh, en).to_owned(), width, align: Align::Left, format: String::new(), hidden: false }
}

fn text(words: String) -> OutCell {
    if words.is_empty() { OutCell::Empty } else { OutCell::Text(words) }
}

fn heads(page: &Page) -> Vec<Column> {
    [
        (("编号", "Number"), 16.0),
        (("事项", "Case"), 40.0),
        (("企业或地点", "About"), 30.0),
        (("类别", "Topic"), 14.0),
        (("状态", "State"), 16.0),
        (("颜色", "Colour"), 8.0),
        (("轮到", "Turn"), 24.0),
        (("到期", "Due"), 18.0),
        (("提出", "Opened"), 12.0),
        (("结束", "Ended"), 18.0),
    ]
    .map(|(heading, width)| column(page, heading, width))
    .into()
}

fn cells(page: &Page, line: &Line, topic: &str, row: &CaseRow) -> Vec<OutCell> {
    let lamp = COLOURS.iter().find(|(key, _, _)| *key == row.colour).map_or("", |(_, zh, en)| page.lang.pick(zh, en));
    let set =
        super::colour::mark(page, row).map(|mark| format!("{}{}{}", page.t("（", " ("), mark.text, page.t("）", ")")));
    let colour = format!("{lamp}{}", set.unwrap_or_default());
    let ended = row.ended_at.map(day::minute).unwrap_or_default();
    let texts = [
        line.number.as_str(),
        &line.title,
        &line.about,
        topic,
        line.state.label(page.lang),
        &colour,
        &line.turn,
        &line.due,
        &line.opened,
        &ended,
    ];
    texts.into_iter().map(|words| text(words.to_owned())).collect()
}
