//! `/register/{kind}/export/{form}`: the list as it is shown, whole, as a file.

use std::io::{BufWriter, Read as _, Seek as _, SeekFrom};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use reports::workbook::{Column, CsvEncoding, OutCell, write_csv, write_xlsx};
use store::access::Action;

use super::ask::Ask;
use super::cells::Sheet;
use super::spread::{OutRow, spread};
use super::{past, query};
use crate::register::kinds::{self, Listed};
use crate::{App, Page, WebError};

/// The file's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Xlsx,
    Csv(CsvEncoding),
}

impl Form {
    fn from_key(key: &str) -> Option<Self> {
        match key {
            "xlsx" => Some(Form::Xlsx),
            "csv" => Some(Form::Csv(CsvEncoding::Utf8)),
            "csv-gb18030" => Some(Form::Csv(CsvEncoding::Gb18030)),
            _ => None,
        }
    }

    fn media(self) -> &'static str {
        match self {
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Form::Csv(CsvEncoding::Utf8) => "text/csv; charset=utf-8",
            Form::Csv(CsvEncoding::Gb18030) => "text/csv; charset=gb18030",
        }
    }

    fn ending(self) -> &'static str {
        if self == Form::Xlsx { "xlsx" } else { "csv" }
    }
}

/// Writes every row of the list in the viewer's rows, with the filters, order and columns of the
/// address, and records that it was taken.
///
/// # Errors
/// An unknown kind, form or filter; what the store reports; a full disk.
pub async fn export(
    State(app): State<App>,
    page: Page,
    Path((kind, form)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let listed = kinds::listed(&kind).ok_or_else(WebError::not_found)?;
    let form = Form::from_key(&form).ok_or_else(WebError::not_found)?;
    let ask = Ask::read(&page.query, listed, app.catalogue())?;
    let units = app.store().units_known_to(page.viewer()?).await?;
    let columns = ask.shown_columns(listed);
    let wanted = query::query(&ask, listed, &columns, &units, page.today);
    let reading = past::reading(&app, &page, listed, &wanted).await?;
    reading.must_be_of_the_day(&page)?;
    let wanted = query::query(&ask, listed, &columns, &units, reading.on);
    let scope = viewer.scope_for(Action::Export);
    let sheet = Sheet {
        listed,
        catalogue: app.catalogue(),
        units: &units,
        columns: &columns,
        today: reading.on,
        lang: page.lang,
    };
    let mut rows: Vec<OutRow> = Vec::new();
    reading
        .store()
        .export_rows(&wanted, &scope, |found| {
            rows.extend(found.iter().map(|row| OutRow::of(&sheet, row)));
            Ok(true)
        })
        .await?;
    app.store().record_export(&viewer.name, listed.kind, rows.len() as u64, &page.query).await?;
    let (heads, rows) = spread(&sheet, rows);
    let name = format!("{}-{}", listed.title(page.lang), reading.on);
    let bytes =
        tokio::task::spawn_blocking(move || write(form, &name, &heads, rows)).await.map_err(WebError::broken)??;
    Ok(answer(form, listed, (&page, reading.on), bytes))
}

fn write(form: Form, name: &str, heads: &[Column], rows: Vec<Vec<OutCell>>) -> Result<Vec<u8>, WebError> {
    let mut file = tempfile::tempfile().map_err(WebError::broken)?;
    match form {
        Form::Xlsx => {
            write_xlsx(BufWriter::new(&mut file), name, heads, rows).map_err(WebError::broken)?;
        }
        Form::Csv(encoding) => {
            write_csv(BufWriter::new(&mut file), encoding, heads, rows).map_err(WebError::broken)?;
        }
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(WebError::broken)?;
    file.read_to_end(&mut bytes).map_err(WebError::broken)?;
    Ok(bytes)
}

fn answer(form: Form, listed: &Listed, (page, on): (&Page, Date), bytes: Vec<u8>) -> Response {
    let plain = format!("{}-{}.{}", listed.kind.key(), on, form.ending());
    let named = format!("{}-{}.{}", listed.title(page.lang), on, form.ending());
    let encoded: String = form_urlencoded::byte_serialize(named.as_bytes()).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded.replace('+', "%20"));
    let mut response = Body::from(bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media()));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
