//! The backup file itself: compressed lines of JSON between a heading and a seal.
//!
//! The first line says what the file is, the last one seals everything before it with a
//! SHA-256. Reading and writing run on a thread of their own, a block at a time, so memory
//! stays bounded however large the zone is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::backup::Fault;

/// The word by which a backup is known.
const FORMAT: &str = "xianshou-backup";
/// The version of the file's own form.
const VERSION: u32 = 1;
/// How many blocks may wait between the database and the file.
const WAITING: usize = 4;
/// No line of a backup is longer: a chunk of a file in hexadecimal, with room to spare.
const LONGEST_LINE: u64 = 64 << 20;

/// The heads of the two chains, as `verify` finds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last row; 0 for an empty chain.
    pub seq: i64,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

/// The heading of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Always `xianshou-backup`.
    pub format: String,
    /// The version of the file's form.
    pub version: u32,
    /// The version of the database's tables.
    pub schema: usize,
    /// The zone.
    pub zone: String,
    /// When it was made, in microseconds since 1970.
    pub made_at: i64,
    /// The head of each chain at that moment.
    pub chains: BTreeMap<String, Head>,
}

impl Heading {
    /// The heading of a backup made now by this program.
    pub(crate) fn new(schema: usize, zone: &str, made_at: i64, chains: BTreeMap<String, Head>) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, schema, zone: zone.to_owned(), made_at, chains }
    }
}

/// The seal at the end of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// How many rows of each table went before.
    pub rows: BTreeMap<String, u64>,
    /// The SHA-256 of every byte before this line, in hexadecimal.
    pub sha256: String,
}

/// One line of a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// Rows of a table follow, with these columns.
    Table { name: String, columns: Vec<String> },
    /// The end.
    Seal(Seal),
    /// A row of the table named last.
    #[serde(untagged)]
    Row(Vec<serde_json::Value>),
}

/// A backup being written, into a file beside its final name until it is whole.
pub(crate) struct Writer {
    blocks: mpsc::Sender<String>,
    thread: JoinHandle<Result<String, Fault>>,
    partial: PathBuf,
    path: PathBuf,
}

impl Writer {
    /// Begins a file; one that exists is never overwritten.
    pub(crate) fn begin(path: &Path, heading: &Heading) -> Result<Self, Fault> {
        if path.exists() {
            return Err(Fault::Exists(path.to_owned()));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = path.with_file_name(name);
        let file = File::create(&partial).map_err(|error| Fault::io(&partial, error))?;
        let (blocks, waiting) = mpsc::channel(WAITING);
        let place = partial.clone();
        let mut first = serde_json::to_string(heading).unwrap_or_default();
        first.push('\n');
        let thread = tokio::task::spawn_blocking(move || write_blocks(file, first, waiting, &place));
        Ok(Self { blocks, thread, partial, path: path.to_owned() })
    }

    /// Adds whole lines.
    pub(crate) async fn add(&self, block: String) -> Result<(), Fault> {
        // A closed channel means that the thread met an error, which `seal` reports.
        self.blocks.send(block).await.map_err(|_| Fault::Stopped(self.partial.clone()))
    }

    /// Seals the file and gives it its name.
    pub(crate) async fn seal(self, rows: BTreeMap<String, u64>) -> Result<Seal, Fault> {
        let line = serde_json::to_string(&rows).unwrap_or_default();
        // The last block is marked by its first byte: the thread completes it with the hash.
        let sent = self.blocks.send(format!("\0{line}")).await;
        drop(self.blocks);
        let written = self.thread.await.unwrap_or_else(|_| Err(Fault::Stopped(self.partial.clone())));
        let named = match (written, sent) {
            (Ok(sha256), Ok(())) => std::fs::rename(&self.partial, &self.path)
                .map(|()| sha256)
                .map_err(|error| Fault::io(&self.path, error)),
            (Ok(_), Err(_)) => Err(Fault::Stopped(self.partial.clone())),
            (Err(fault), _) => Err(fault),
        };
        if named.is_err() {
            let _ = std::fs::remove_file(&self.partial);
        }
        Ok(Seal { rows, sha256: named? })
    }

    /// Gives up: what has been written is removed. Returns the reason when it was the file's.
    pub(crate) async fn abandon(self) -> Option<Fault> {
        drop(self.blocks);
        let found = self.thread.await;
        let _ = std::fs::remove_file(&self.partial);
        match found {
            Ok(Err(fault @ Fault::Io(..))) => Some(fault),
            _ => None,
        }
    }
}

fn write_blocks(file: File, first: String, mut blocks: mpsc::Receiver<String>, place: &Path) -> Result<String, Fault> {
    let io = |error| Fault::io(place, error);
    let mut out = GzEncoder::new(BufWriter::with_capacity(1 << 18, file), Compression::new(3));
    let mut hasher = Sha256::new();
    let mut next = Some(first);
    while let Some(block) = next {
        if let Some(rows) = block.strip_prefix('\0') {
            let sha256 = hex::encode(hasher.finalize());
            let seal = format!("{{\"seal\":{{\"rows\":{rows},\"sha256\":\"{sha256}\"}}}}\n");
            out.write_all(seal.as_bytes()).map_err(io)?;
            let file = out.finish().map_err(io)?.into_inner().map_err(|error| io(error.into_error()))?;
            file.sync_all().map_err(io)?;
            return Ok(sha256);
        }
        hasher.update(block.as_bytes());
        out.write_all(block.as_bytes()).map_err(io)?;
        next = blocks.blocking_recv();
    }
    Err(Fault::Stopped(place.to_owned()))
}

/// A backup being read: its heading, and its lines a block at a time.
pub(crate) struct Reader {
    /// The heading.
    pub(crate) heading: Heading,
    lines: mpsc::Receiver<Result<Vec<Line>, Fault>>,
}

impl Reader {
    /// Opens a backup and reads its heading.
    pub(crate) async fn open(path: &Path) -> Result<Self, Fault> {
        let (sender, mut lines) = mpsc::channel(WAITING);
        let (head, heading) = tokio::sync::oneshot::channel();
        let place = path.to_owned();
        tokio::task::spawn_blocking(move || {
            if let Err(fault) = read_blocks(&place, head, &sender) {
                // Nobody listens once the restore has been given up.
                let _ = sender.blocking_send(Err(fault));
            }
        });
        match heading.await {
            Ok(heading) => Ok(Self { heading, lines }),
            Err(_) => match lines.recv().await {
                Some(Err(fault)) => Err(fault),
                _ => Err(Fault::Alien(path.to_owned())),
            },
        }
    }

    /// The next lines; the seal is the last of them, and `None` follows it.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Line>>, Fault> {
        self.lines.recv().await.transpose()
    }
}

fn read_blocks(
    path: &Path,
    head: tokio::sync::oneshot::Sender<Heading>,
    blocks: &mpsc::Sender<Result<Vec<Line>, Fault>>,
) -> Result<(), Fault> {
    let file = File::open(path).map_err(|error| Fault::io(path, error))?;
    let mut input = BufReader::with_capacity(1 << 18, GzDecoder::new(BufReader::new(file)));
    let mut hasher = Sha256::new();
    let mut text = String::new();
    let heading = match read_line(&mut input, &mut text) {
        Ok(true) => serde_json::from_str::<Heading>(&text).ok().filter(|heading| heading.format == FORMAT),
        _ => None,
    };
    let heading = heading.ok_or_else(|| Fault::Alien(path.to_owned()))?;
    if heading.version != VERSION {
        return Err(Fault::OtherForm { found: heading.version, known: VERSION });
    }
    hasher.update(text.as_bytes());
    if head.send(heading).is_err() {
        return Ok(());
    }
    let mut number = 1_u64;
    let mut block = Vec::new();
    let mut weight = 0;
    loop {
        number += 1;
        let read = read_line(&mut input, &mut text).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Fault::Truncated(number),
            _ => Fault::Damaged(number),
        })?;
        if !read {
            return Err(Fault::Truncated(number));
        }
        let line: Line = serde_json::from_str(&text).map_err(|_| Fault::Damaged(number))?;
        if let Line::Seal(seal) = &line {
            let found = hex::encode(std::mem::take(&mut hasher).finalize());
            if found != seal.sha256 || !matches!(read_line(&mut input, &mut text), Ok(false)) {
                return Err(Fault::Altered);
            }
            block.push(line);
            let _ = blocks.blocking_send(Ok(block));
            return Ok(());
        }
        hasher.update(text.as_bytes());
        weight += text.len();
        block.push(line);
        if weight > 1 << 18 {
            weight = 0;
            if blocks.blocking_send(Ok(std::mem::take(&mut block))).is_err() {
                return Ok(());
            }
        }
    }
}

/// Reads one whole line with its end; `false` at the end of the file.
fn read_line(input: &mut impl BufRead, text: &mut String) -> std::io::Result<bool> {
    text.clear();
    let read = input.take(LONGEST_LINE).read_line(text)?;
    if read > 0 && !text.ends_with('\n') {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(read > 0)
}
