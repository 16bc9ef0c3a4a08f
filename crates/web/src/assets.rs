//! The style sheets, scripts and icons that pages use, built into the binary.
//!
//! An address carries the first characters of the file's hash, so a browser may keep the file
//! for ever and still sees a new one at once. Each file is compressed once, when it is first asked for.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, OnceLock};

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../assets"]
struct Embedded;

struct Asset {
    bytes: Vec<u8>,
    compressed: OnceLock<Vec<u8>>,
    media: &'static str,
    tag: String,
}

static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    Embedded::iter().filter_map(|name| Some((name.to_string(), Asset::read(&name, Embedded::get(&name)?)))).collect()
});

static ADDRESSES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|(name, asset)| {
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
            (name.clone(), format!("/assets/{stem}.{}.{extension}", asset.tag))
        })
        .collect()
});

/// How many characters of the hash an address carries.
const TAG: usize = 12;

impl Asset {
    fn read(name: &str, file: rust_embed::EmbeddedFile) -> Self {
        let media = match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        };
        let mut tag = hex::encode(file.metadata.sha256_hash());
        tag.truncate(TAG);
        Self { bytes: file.data.into_owned(), compressed: OnceLock::new(), media, tag }
    }

    fn compressed(&self) -> &[u8] {
        self.compressed.get_or_init(|| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            // Writing to a Vec cannot fail; an empty result would be caught by the test below.
            let _ = encoder.write_all(&self.bytes);
            encoder.finish().unwrap_or_default()
        })
    }
}

/// The address of an embedded file, with its hash. The plain address where there is no such file.
pub fn address(name: &str) -> &str {
    ADDRESSES.get(name).map_or(name, String::as_str)
}

/// Serves one embedded file: for ever under its hashed address, checked each time under its plain one.
pub async fn serve(Path(asked): Path<String>, headers: HeaderMap) -> Response {
    let Some((asset, forever)) = find(&asked) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", asset.tag);
    let keep = if forever { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let gzip = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|accepted| accepted.to_str().ok())
        .is_some_and(|accepted| accepted.contains("gzip"));
    let mut response = if known.is_some_and(|known| known.contains(&tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if gzip {
        let mut response = Body::from(asset.compressed()).into_response();
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    } else {
        Body::from(asset.bytes.as_slice()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The file asked for, and whether its address carries its hash.
fn find(asked: &str) -> Option<(&'static Asset, bool)> {
    if let Some(asset) = ASSETS.get(asked) {
        return Some((asset, false));
    }
    let (rest, extension) = asked.rsplit_once('.')?;
    let (stem, tag) = rest.rsplit_once('.')?;
    let asset = ASSETS.get(&format!("{stem}.{extension}"))?;
    (asset.tag == tag).then_some((asset, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn directory() -> std::path::PathBuf {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
    }

    #[test]
    fn every_file_is_the_one_its_checksum_names_and_none_is_unlisted() {
        let listed: std::collections::BTreeMap<String, String> = std::fs::read_to_string(directory().join("CHECKSUMS"))
            .unwrap()
            .lines()
            .map(|line| line.split_once("  ").map(|(sum, name)| (name.to_owned(), sum.to_owned())).unwrap())
            .collect();
        let found: std::collections::BTreeMap<String, String> = std::fs::read_dir(directory())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "CHECKSUMS")
            .map(|name| {
                let bytes = std::fs::read(directory().join(&name)).unwrap();
                (name, hex::encode(Sha256::digest(&bytes)))
            })
            .collect();
        assert_eq!(listed, found, "run: (cd assets && sha256sum $(ls | grep -v CHECKSUMS) > CHECKSUMS)");
    }

    #[test]
    fn the_notice_names_every_vendored_file_and_its_licence() {
        let notice = std::fs::read_to_string(directory().join("NOTICE")).unwrap();
        for name in ["tabler.min.css", "htmx.min.js", "icons.svg"] {
            assert!(notice.contains(name), "{name}");
        }
        assert!(notice.contains("MIT License") && notice.contains("Zero-Clause BSD"));
    }

    #[tokio::test]
    async fn a_hashed_address_is_kept_for_ever_and_a_wrong_hash_is_not_found() {
        let address = address("house.css");
        let name = address.strip_prefix("/assets/").unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let response = serve(Path(name.clone()), headers.clone()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        headers.insert(header::IF_NONE_MATCH, response.headers()[header::ETAG].clone());
        assert_eq!(serve(Path(name), headers).await.status(), StatusCode::NOT_MODIFIED);
        let wrong = serve(Path("house.000000000000.css".to_owned()), HeaderMap::new()).await;
        assert_eq!(wrong.status(), StatusCode::NOT_FOUND);
        let outside = serve(Path("../Cargo.toml".to_owned()), HeaderMap::new()).await;
        assert_eq!(outside.status(), StatusCode::NOT_FOUND);
    }
}
