//! `GET /api/v1/subjects/{kind}/export/{form}`: a list as a file, exactly as the page exports it.

use axum::extract::{Path, State};
use axum::response::Response;

use super::asked::{self, Asked};
use super::subjects::Wanted;
use crate::register::list;
use crate::{App, Page, WebError};

/// A whole list as a file, with the filters, order and columns of the list. `after` and `limit`
/// are not read: a file holds every row.
#[utoipa::path(get, path = "/api/v1/subjects/{kind}/export/{form}", operation_id = "export", tag = "Register",
    params(
        ("kind" = String, Path, description = "enterprise, institution, platform, achievement, equipment or person"),
        ("form" = String, Path, description = "xlsx, csv (UTF-8) or csv-gb18030"),
        Wanted,
    ),
    responses((status = 200, description = "The file", content(
        (Vec<u8> = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub async fn file(
    app: State<App>,
    page: Page,
    Path((kind, form)): Path<(String, String)>,
    _: Asked<Wanted>,
) -> Result<Response, WebError> {
    asked::listed(&kind)?;
    list::export(app, page, Path((kind, form))).await
}
