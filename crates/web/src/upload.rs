//! A form that carries a file: read with a bound, and its token checked before the file is taken.

use std::collections::HashMap;

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;

use crate::frame::token;
use crate::{App, Page, WebError};

/// A file as it was sent, whole in memory; its size is bounded by the settings.
#[derive(Debug, Clone)]
pub struct SentFile {
    /// The name it had on the sender's disk, without directories.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A form with files. The form's token must be its first field; a template writes
/// `{{ page.csrf_field() }}` right after the `<form>` tag.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// The fields that are no file.
    pub fields: HashMap<String, String>,
    /// The file, the last where several were chosen; none when none was.
    pub file: Option<SentFile>,
    /// The files chosen before it, in their order.
    pub earlier: Vec<SentFile>,
}

impl Received {
    /// A field that is no file; empty when it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Every file that was chosen, in the order in which they were sent.
    pub fn take_files(&mut self) -> Vec<SentFile> {
        let mut files = std::mem::take(&mut self.earlier);
        files.extend(self.file.take());
        files
    }

    /// The file.
    ///
    /// # Errors
    /// None was chosen, or it is empty.
    pub fn take_file(&mut self) -> Result<SentFile, WebError> {
        match self.file.take() {
            Some(file) if !file.bytes.is_empty() => Ok(file),
            Some(file) => Err(WebError::invalid(
                format!("文件“{}”是空的。请检查后重新选择。", file.name),
                format!("The file “{}” is empty. Check it and choose again.", file.name),
            )),
            None => Err(WebError::invalid(
                "没有选择文件。请选择一个 xlsx、xls 或 csv 文件。",
                "No file was chosen. Choose an xlsx, xls or csv file.",
            )),
        }
    }
}

impl FromRequest<App> for Received {
    type Rejection = WebError;

    async fn from_request(request: Request, app: &App) -> Result<Self, WebError> {
        let page =
            request.extensions().get::<Page>().cloned().ok_or_else(|| WebError::broken("no frame around an upload"))?;
        let by_header = request
            .headers()
            .get(token::HEADER)
            .and_then(|found| found.to_str().ok())
            .is_some_and(|found| token::is_same(found, &page.csrf));
        let by_program = page.viewer.is_some() && page.session.is_none();
        let largest = app.settings().largest_upload;
        let wrong = |error: MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => WebError::file_too_large(largest),
            _ => WebError::bad_request(
                "上传中断或格式不对，请重新选择文件上传。",
                "The upload broke off or is malformed; choose the file again.",
            )
            .caused_by(error),
        };
        let mut form = Multipart::from_request(request, app).await.map_err(|error| {
            WebError::bad_request(
                "这里须上传文件。请从页面选择文件提交。",
                "A file is expected here; send it from the page.",
            )
            .caused_by(error)
        })?;
        let mut trusted = by_header || by_program;
        let mut received = Received::default();
        while let Some(field) = form.next_field().await.map_err(wrong)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == token::FIELD {
                trusted |= token::is_same(&field.text().await.map_err(wrong)?, &page.csrf);
                continue;
            }
            if !trusted {
                return Err(WebError::forged());
            }
            match field.file_name().map(base_name) {
                Some(file_name) => {
                    let bytes = field.bytes().await.map_err(wrong)?.to_vec();
                    // A browser sends a nameless, empty part for a file field left alone.
                    if !(file_name.is_empty() && bytes.is_empty()) {
                        let before = received.file.replace(SentFile { name: file_name, bytes });
                        received.earlier.extend(before);
                    }
                }
                None => {
                    received.fields.insert(name, field.text().await.map_err(wrong)?);
                }
            }
        }
        if trusted { Ok(received) } else { Err(WebError::forged()) }
    }
}

/// A file's name without directories or control characters, at most 200 characters.
fn base_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_and_control_characters_are_cut_off_a_files_name() {
        assert_eq!(base_name("C:\\报表\\企业年报.xlsx"), "企业年报.xlsx");
        assert_eq!(base_name("../../etc/pass\nwd"), "passwd");
        assert_eq!(base_name(&"长".repeat(300)).chars().count(), 200);
    }
}
