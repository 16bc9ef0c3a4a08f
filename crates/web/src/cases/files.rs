//! Pictures and papers that come with a step, and that open from a case's history.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use loops::Sealed;
use store::files::Media;

use super::page;
use crate::ui::figure;
use crate::upload::SentFile;
use crate::{App, Page, WebError};

/// The most files that one step takes.
const MOST: usize = 20;

/// A file as a link.
pub struct FileLink {
    /// Where it opens.
    pub address: String,
    /// Its name.
    pub name: String,
    /// Its size in words.
    pub size: String,
    /// Whether it is a picture that a browser shows.
    pub is_picture: bool,
}

/// What a file is, by its first bytes and, for what is a zip, by its name. What it calls itself counts
/// for nothing else.
fn media(file: &SentFile) -> Option<Media> {
    let name = file.name.to_lowercase();
    match file.bytes.as_slice() {
        [0xFF, 0xD8, 0xFF, ..] => Some(Media::Jpeg),
        [0x89, b'P', b'N', b'G', ..] => Some(Media::Png),
        [b'%', b'P', b'D', b'F', ..] => Some(Media::Pdf),
        [b'P', b'K', 3, 4, ..] if name.ends_with(".docx") => Some(Media::Docx),
        [b'P', b'K', 3, 4, ..] if name.ends_with(".xlsx") => Some(Media::Xlsx),
        [0xD0, 0xCF, 0x11, 0xE0, ..] if name.ends_with(".xls") => Some(Media::Xls),
        bytes if name.ends_with(".csv") && !bytes.contains(&0) => Some(Media::Csv),
        _ => None,
    }
}

/// Keeps the files of a form; their hashes, in the order in which they were chosen.
///
/// # Errors
/// A file of another kind, an empty one, or too many; what the store reports.
pub async fn keep(app: &App, page: &Page, files: Vec<SentFile>) -> Result<Vec<String>, WebError> {
    if files.len() > MOST {
        let count = files.len();
        return Err(WebError::invalid(
            format!("选了 {count} 个文件，一次最多 {MOST} 个。请分几次办理，或合并成一个 PDF。"),
            format!("{count} files were chosen; {MOST} are taken at once. Send them in parts, or as one PDF."),
        ));
    }
    let mut kinds = Vec::new();
    for file in &files {
        let kind = media(file).ok_or_else(|| {
            WebError::invalid(
                format!("文件“{}”不能作为附件：应为照片（jpg、png）、PDF、xlsx、xls、csv 或 docx，且不为空。", file.name),
                format!("“{}” cannot be attached: a picture (jpg, png), PDF, xlsx, xls, csv or docx is taken, and not an empty one.", file.name),
            )
        })?;
        kinds.push(kind);
    }
    let by = &page.viewer()?.name;
    let mut hashes = Vec::new();
    for (file, media) in files.iter().zip(kinds) {
        let hash = app.store().keep_bytes(&file.bytes, media, &file.name, by).await?.hash;
        if !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
    Ok(hashes)
}

/// The files of a case as links.
///
/// # Errors
/// What the store reports.
pub async fn links(app: &App, address: &str, hashes: &[String]) -> Result<Vec<FileLink>, WebError> {
    let mut links = Vec::new();
    for hash in hashes {
        if let Some(kept) = app.store().file(hash).await? {
            links.push(FileLink {
                address: format!("{address}/files/{hash}"),
                name: kept.name,
                size: figure::size(kept.size),
                is_picture: matches!(kept.media, Media::Jpeg | Media::Png),
            });
        }
    }
    Ok(links)
}

/// `GET /cases/{kind}/{number}/files/{hash}`: a file of a case, for whoever may see the case.
///
/// # Errors
/// There is no such case within the person's rows, or no such file in it.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((kind, number, hash)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let found = page::find(&app, &page, &kind, &number).await?;
    let is_of_case = |sealed: &Sealed| sealed.event.given.proofs.contains(&hash);
    if !found.events.iter().any(is_of_case) {
        return Err(WebError::not_found());
    }
    let kept = app.store().file(&hash).await?.ok_or_else(WebError::not_found)?;
    let bytes = app.store().file_bytes(&hash).await?;
    let mut response = Body::from(bytes).into_response();
    // A picture or a PDF is shown; everything else is saved, so that no program is begun by it.
    let shown = matches!(kept.media, Media::Jpeg | Media::Png | Media::Pdf);
    let how = if shown { "inline" } else { "attachment" };
    let encoded: String = form_urlencoded::byte_serialize(kept.name.as_bytes()).collect();
    let disposition =
        format!("{how}; filename=\"file.{}\"; filename*=UTF-8''{}", kept.media.key(), encoded.replace('+', "%20"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kept.media.content_type()));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say_whatever_it_is_called() {
        for (name, bytes, expected) in [
            ("a.txt", &[0xFF, 0xD8, 0xFF, 0xE0][..], Some(Media::Jpeg)),
            ("a.jpg", b"\x89PNG\r\n", Some(Media::Png)),
            ("a", b"%PDF-1.7", Some(Media::Pdf)),
            ("a.DOCX", b"PK\x03\x04", Some(Media::Docx)),
            ("a.zip", b"PK\x03\x04", None),
            ("a.jpg", b"<html><script>", None),
            ("a.csv", b"a,b\n", Some(Media::Csv)),
            ("a.csv", b"a\0b", None),
            ("a.pdf", b"", None),
        ] {
            let file = SentFile { name: name.to_owned(), bytes: bytes.to_vec() };
            assert_eq!(media(&file), expected, "{name}");
        }
    }
}
