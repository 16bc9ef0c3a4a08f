//! Uploaded files, kept under the SHA-256 of their bytes, so that a source can be opened at its
//! very cell years later. They lie in the database, in chunks: one backup holds everything.

use std::path::Path;

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::clock::moment;
use crate::{Event, Store, StoreError, Tx};

/// No larger file is kept, in bytes, unless the caller sets another bound.
pub const LARGEST: u64 = 64 << 20;
/// Bytes in one chunk.
const CHUNK: usize = 1 << 20;

/// The kinds of file that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// A workbook of Excel 2007 and later.
    Xlsx,
    /// A workbook of Excel 97 to 2003.
    Xls,
    /// Comma-separated text.
    Csv,
    /// A document as it is printed.
    Pdf,
    /// A document of Word 2007 and later.
    Docx,
    /// A photograph.
    Jpeg,
    /// A picture.
    Png,
    /// A picture as phones and browsers make it.
    Webp,
}

impl Media {
    /// Every kind.
    pub const ALL: &'static [Media] =
        &[Media::Xlsx, Media::Xls, Media::Csv, Media::Pdf, Media::Docx, Media::Jpeg, Media::Png, Media::Webp];

    /// The name in tables, and the usual ending of a file's name.
    pub fn key(self) -> &'static str {
        match self {
            Media::Xlsx => "xlsx",
            Media::Xls => "xls",
            Media::Csv => "csv",
            Media::Pdf => "pdf",
            Media::Docx => "docx",
            Media::Jpeg => "jpg",
            Media::Png => "png",
            Media::Webp => "webp",
        }
    }

    /// The kind with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|media| media.key() == key)
    }

    /// The type by which a browser knows it.
    pub fn content_type(self) -> &'static str {
        match self {
            Media::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Media::Xls => "application/vnd.ms-excel",
            Media::Csv => "text/csv",
            Media::Pdf => "application/pdf",
            Media::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Media::Jpeg => "image/jpeg",
            Media::Png => "image/png",
            Media::Webp => "image/webp",
        }
    }
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// The SHA-256 of its bytes, in lower-case hexadecimal: its key.
    pub hash: String,
    /// What kind of file it is.
    pub media: Media,
    /// Its size in bytes.
    pub size: u64,
    /// The name under which it first came.
    pub name: String,
    /// When it first came.
    pub kept_at: Timestamp,
    /// The account that first brought it.
    pub kept_by: String,
}

#[derive(FromQueryResult)]
struct FileRow {
    hash: String,
    media: String,
    size: i64,
    name: String,
    kept_at: i64,
    kept_by: String,
}

impl FileRow {
    fn file(self) -> Result<KeptFile, StoreError> {
        let media = Media::from_key(&self.media)
            .ok_or_else(|| StoreError::Corrupt(format!("file {} is of unknown kind “{}”", self.hash, self.media)))?;
        Ok(KeptFile {
            hash: self.hash,
            media,
            size: self.size.unsigned_abs(),
            name: self.name,
            kept_at: moment(self.kept_at),
            kept_by: self.kept_by,
        })
    }
}

async fn find(connection: &impl ConnectionTrait, zone: &str, hash: &str) -> Result<Option<KeptFile>, StoreError> {
    let query = Query::select()
        .columns(["hash", "media", "size", "name", "kept_at", "kept_by"])
        .from("file")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("hash").eq(hash))
        .to_owned();
    let row = connection.query_one(&query).await?;
    row.map(|row| FileRow::from_query_result(&row, "")?.file()).transpose()
}

impl Store {
    /// Keeps the file at `path`, read a chunk at a time. Bytes that are kept already are not kept
    /// twice: the first file of that content is returned.
    ///
    /// # Errors
    /// A refusal when the file is empty, larger than `largest`, cannot be read, or changes while it
    /// is read.
    pub async fn keep_file(
        &self,
        path: &Path,
        media: Media,
        name: &str,
        largest: u64,
        by: &str,
    ) -> Result<KeptFile, StoreError> {
        let (hash, size) = hash_of(path, largest).await?;
        let (hash, name) = (hash.as_str(), shown_name(name));
        let name = name.as_str();
        self.write(|tx| async move {
            if let Some(kept) = find(tx.connection(), tx.zone_id(), hash).await? {
                return Ok(kept);
            }
            let mut file = tokio::fs::File::open(path).await.map_err(|error| unreadable(name, &error))?;
            let mut hasher = Sha256::new();
            let mut no = 0_i64;
            loop {
                let chunk = next_chunk(&mut file, name).await?;
                if chunk.is_empty() {
                    break;
                }
                hasher.update(&chunk);
                insert_chunk(&tx, hash, no, chunk).await?;
                no += 1;
            }
            if hex::encode(hasher.finalize()) != hash {
                return Err(StoreError::refused(
                    format!("文件“{name}”在读取时被改动。请重新上传。"),
                    format!("the file “{name}” changed while it was read; upload it again"),
                ));
            }
            insert_file(
                &tx,
                KeptFile { hash: hash.into(), media, size, name: name.into(), kept_at: tx.now(), kept_by: by.into() },
            )
            .await
        })
        .await
    }

    /// Keeps bytes that are in memory already, as [`Store::keep_file`] keeps a file.
    ///
    /// # Errors
    /// A refusal when there are none, or more than [`LARGEST`].
    pub async fn keep_bytes(&self, bytes: &[u8], media: Media, name: &str, by: &str) -> Result<KeptFile, StoreError> {
        let size = bytes.len() as u64;
        check_size(size, LARGEST)?;
        let (hash, name) = (hex::encode(Sha256::digest(bytes)), shown_name(name));
        let (hash, name) = (hash.as_str(), name.as_str());
        self.write(|tx| async move {
            if let Some(kept) = find(tx.connection(), tx.zone_id(), hash).await? {
                return Ok(kept);
            }
            for (no, chunk) in (0_i64..).zip(bytes.chunks(CHUNK)) {
                insert_chunk(&tx, hash, no, chunk.to_vec()).await?;
            }
            insert_file(
                &tx,
                KeptFile { hash: hash.into(), media, size, name: name.into(), kept_at: tx.now(), kept_by: by.into() },
            )
            .await
        })
        .await
    }

    /// What is known of a kept file, by its hash.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn file(&self, hash: &str) -> Result<Option<KeptFile>, StoreError> {
        find(self.reader(), self.zone_id(), hash).await
    }

    /// Writes a kept file's bytes into `out`, a chunk at a time.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Corrupt`] when the bytes are not those that were
    /// kept (`out` has then received some of them); a refusal when `out` does not take them.
    pub async fn read_file(&self, hash: &str, out: &mut (impl AsyncWrite + Unpin)) -> Result<KeptFile, StoreError> {
        let kept = self.file(hash).await?.ok_or(StoreError::NotFound)?;
        let mut hasher = Sha256::new();
        let mut size = 0;
        for no in 0.. {
            let Some(chunk) = self.chunk(hash, no).await? else { break };
            hasher.update(&chunk);
            size += chunk.len() as u64;
            out.write_all(&chunk).await.map_err(|error| unreadable(&kept.name, &error))?;
        }
        out.flush().await.map_err(|error| unreadable(&kept.name, &error))?;
        if size != kept.size || hex::encode(hasher.finalize()) != kept.hash {
            return Err(StoreError::Corrupt(format!("the bytes of file {hash} are not those that were kept")));
        }
        Ok(kept)
    }

    /// A kept file's bytes in memory.
    ///
    /// # Errors
    /// As [`Store::read_file`].
    pub async fn file_bytes(&self, hash: &str) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        self.read_file(hash, &mut bytes).await?;
        Ok(bytes)
    }

    /// One chunk of a kept file, counted from 0, for a caller that streams; `None` behind the last.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn chunk(&self, hash: &str, no: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let query = Query::select()
            .column("bytes")
            .from("file_chunk")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("hash").eq(hash))
            .and_where(Expr::col("no").eq(no))
            .to_owned();
        let row = self.reader().query_one(&query).await?;
        Ok(row.map(|row| row.try_get_by("bytes")).transpose()?)
    }
}

async fn hash_of(path: &Path, largest: u64) -> Result<(String, u64), StoreError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut file = tokio::fs::File::open(path).await.map_err(|error| unreadable(&name, &error))?;
    let (mut hasher, mut size) = (Sha256::new(), 0);
    loop {
        let chunk = next_chunk(&mut file, &name).await?;
        if chunk.is_empty() {
            check_size(size, largest)?;
            return Ok((hex::encode(hasher.finalize()), size));
        }
        size += chunk.len() as u64;
        if size > largest {
            check_size(size, largest)?;
        }
        hasher.update(&chunk);
    }
}

async fn next_chunk(file: &mut tokio::fs::File, name: &str) -> Result<Vec<u8>, StoreError> {
    let mut chunk = Vec::with_capacity(CHUNK);
    file.take(CHUNK as u64).read_to_end(&mut chunk).await.map_err(|error| unreadable(name, &error))?;
    Ok(chunk)
}

fn check_size(size: u64, largest: u64) -> Result<(), StoreError> {
    if size == 0 {
        return Err(StoreError::refused(
            "文件是空的。请选择有内容的 xlsx、xls 或 csv 文件。",
            "the file is empty; choose an xlsx, xls or csv file with content",
        ));
    }
    if size > largest {
        let most = largest >> 20;
        return Err(StoreError::refused(
            format!("文件超过 {most} MB，不能保存。请拆成几个文件，或删去图片后再上传。"),
            format!(
                "the file is larger than {most} MB and is not kept; split it, or remove its pictures, and try again"
            ),
        ));
    }
    Ok(())
}

/// The last part of a path, without characters that could trick whoever reads it.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
        .take(200)
        .collect()
}

fn unreadable(name: &str, error: &std::io::Error) -> StoreError {
    StoreError::refused(
        format!("无法读写文件“{name}”：{error}。请重试。"),
        format!("the file “{name}” cannot be read or written: {error}; try again"),
    )
}

async fn insert_chunk(tx: &Tx, hash: &str, no: i64, bytes: Vec<u8>) -> Result<(), StoreError> {
    let insert = Query::insert()
        .into_table("file_chunk")
        .columns(["zone", "hash", "no", "bytes"])
        .values_panic([tx.zone_id().into(), hash.into(), no.into(), bytes.into()])
        .to_owned();
    tx.connection().execute(&insert).await?;
    Ok(())
}

async fn insert_file(tx: &Tx, file: KeptFile) -> Result<KeptFile, StoreError> {
    let insert = Query::insert()
        .into_table("file")
        .columns(["zone", "hash", "media", "size", "name", "kept_at", "kept_by"])
        .values_panic([
            tx.zone_id().into(),
            file.hash.as_str().into(),
            file.media.key().into(),
            i64::try_from(file.size).unwrap_or(i64::MAX).into(),
            file.name.as_str().into(),
            file.kept_at.as_microsecond().into(),
            file.kept_by.as_str().into(),
        ])
        .to_owned();
    tx.connection().execute(&insert).await?;
    let event = Event::new("file.kept", file.kept_by.as_str()).about("file", &file.hash);
    tx.append_event(event.with(json!({"media": file.media.key(), "size": file.size}))).await?;
    Ok(file)
}
