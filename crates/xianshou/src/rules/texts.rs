//! Policy texts: from files, directories or the library, read together.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use kernel::Catalogue;
use policy::layout::LONGEST;
use policy::library::{Remark, TEXTS};
use policy::parse::parse;
use policy::problem::{Problem, Span};
use policy::tree::Tree;
use policy::{Library, Policy, Settings};

/// The most files of one run; a directory with more is some other directory.
const MOST_FILES: usize = 10_000;

/// A policy text.
pub struct Text {
    /// Where it was read, as people write it.
    pub file: String,
    /// The text.
    pub source: String,
}

/// The texts of some places, and what kept others from being read.
pub struct Texts {
    /// The texts.
    pub texts: Vec<Text>,
    /// Why others could not be read.
    pub remarks: Vec<Remark>,
}

/// A policy and the file it was read from.
pub struct Found {
    /// The file.
    pub file: String,
    /// The policy.
    pub policy: Policy,
}

/// The texts of these files and directories; of the library where none is named.
pub fn gather(places: &[PathBuf]) -> Texts {
    let mut found = Texts { texts: Vec::new(), remarks: Vec::new() };
    if places.is_empty() {
        found.texts = TEXTS.iter().map(|(file, source)| text(file, source)).collect();
    }
    for place in places {
        if place.is_dir() {
            let mut files = Vec::new();
            walk(place, &mut files);
            files.sort();
            if files.is_empty() {
                found.remarks.push(unread(
                    place,
                    "no-policies",
                    "目录中没有 .policy 文件",
                    "there is no .policy file in the directory",
                ));
            }
            files.iter().for_each(|file| found.take(file));
        } else {
            found.take(place);
        }
    }
    found
}

fn text(file: &str, source: &str) -> Text {
    Text { file: file.to_owned(), source: source.to_owned() }
}

/// The policy files below a directory. Links are not followed, so there is no going round.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if files.len() >= MOST_FILES {
            return;
        } else if is_folder {
            walk(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "policy") {
            files.push(path);
        }
    }
}

impl Texts {
    fn take(&mut self, path: &Path) {
        match read(path) {
            Ok(text) => self.texts.push(text),
            Err(remark) => self.remarks.push(*remark),
        }
    }
}

/// Reads one file, no further than a policy may be long.
fn read(path: &Path) -> Result<Text, Box<Remark>> {
    let mut bytes = Vec::new();
    let refused = |error: std::io::Error| {
        let (zh, en) = (format!("无法读取：{error}"), format!("cannot be read: {error}"));
        Box::new(unread(path, "unreadable", zh, en))
    };
    let file = std::fs::File::open(path).map_err(refused)?;
    let size = file.metadata().map_err(refused)?.len();
    file.take(LONGEST as u64 + 1).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() > LONGEST {
        let (zh, en) = (
            format!("文件有 {size} 字节，政策文件最多 {LONGEST} 字节；一个文件写一个政策版本"),
            format!("the file has {size} bytes; a policy has at most {LONGEST}: one version of one policy per file"),
        );
        return Err(Box::new(unread(path, "too-long", zh, en)));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").map(<[u8]>::to_vec).unwrap_or(bytes);
    match String::from_utf8(bytes) {
        Ok(source) if source.contains('\0') => Err(not_text(path, 0, &source.as_bytes()[..zero(&source)])),
        Ok(source) => Ok(Text { file: path.display().to_string(), source }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            Err(not_text(path, bytes.get(at).copied().unwrap_or_default(), &bytes[..at]))
        }
    }
}

fn zero(source: &str) -> usize {
    source.find('\0').unwrap_or_default()
}

/// A file that holds something else than text: the first such byte, and what stands before it.
fn not_text(path: &Path, byte: u8, before: &[u8]) -> Box<Remark> {
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let (zh, en) = (
        format!("第 {line} 行有字节 0x{byte:02X}，不是 UTF-8 文本；政策文件须存为 UTF-8"),
        format!("line {line} has the byte 0x{byte:02X}, which is no UTF-8 text; save the policy as UTF-8"),
    );
    Box::new(unread(path, "not-text", zh, en))
}

fn unread(path: &Path, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Remark {
    Remark {
        file: path.display().to_string(),
        source: String::new(),
        problem: Problem::error(code, Span::default(), zh, en),
    }
}

/// The policies of these texts and everything there is to say about them. A place's override that
/// stands alone takes what it overrides from the library.
pub fn policies(texts: &[Text]) -> (Vec<Found>, Vec<Remark>) {
    let trees: Vec<(&Text, Tree)> = texts.iter().map(|text| (text, parse(&text.source).0)).collect();
    let (overrides, whole): (Vec<_>, Vec<_>) = trees.iter().partition(|(_, tree)| tree.overrides.is_some());
    let (catalogue, settings) = (Catalogue::builtin(), Settings::new());
    let pairs = |some: &[&(&Text, Tree)]| -> Vec<(String, String)> {
        some.iter().map(|(text, _)| (text.file.clone(), text.source.clone())).collect()
    };
    let named = pairs(&whole);
    let borrowed = named.iter().map(|(file, source)| (file.as_str(), source.as_str()));
    let (library, mut remarks) = Library::read(borrowed, catalogue, "", &settings);
    let mut found: Vec<Found> = Vec::new();
    for policy in library.policies() {
        found.extend(
            whole.iter().find(|(text, _)| text.source == policy.source).map(|(text, _)| found_in(text, policy)),
        );
    }
    let places: BTreeSet<&str> = overrides.iter().map(|(_, tree)| tree.level.text.as_str()).collect();
    for place in places {
        let own: Vec<_> = overrides.iter().copied().filter(|(_, tree)| tree.level.text == place).collect();
        let all: Vec<(String, String)> = pairs(&own).into_iter().chain(named.clone()).chain(lent(&whole)).collect();
        let borrowed = all.iter().map(|(file, source)| (file.as_str(), source.as_str()));
        let (library, said) = Library::read(borrowed, catalogue, place, &settings);
        // What is wrong with the texts that are overridden has been said, or is the library's.
        let own_file = |remark: &Remark| own.iter().any(|(text, _)| text.file == remark.file);
        remarks.extend(
            said.into_iter().filter(|remark| own_file(remark) && remark.problem.span.start <= remark.source.len()),
        );
        for policy in library.policies().iter().filter(|policy| policy.level == place) {
            let from = own.iter().find(|(text, _)| policy.source.starts_with(&text.source));
            found.extend(from.map(|(text, _)| found_in(text, policy)));
        }
    }
    let order = |file: &str| texts.iter().position(|text| text.file == file).unwrap_or(texts.len());
    found.sort_by_key(|one| order(&one.file));
    remarks.sort_by_key(|remark| order(&remark.file));
    (found, remarks)
}

fn found_in(text: &Text, policy: &Policy) -> Found {
    Found { file: text.file.clone(), policy: policy.clone() }
}

/// The texts of the library that a place's override may stand on: those that are not among the
/// texts themselves.
fn lent(whole: &[&(&Text, Tree)]) -> Vec<(String, String)> {
    let own = |source: &str| {
        let tree = parse(source).0;
        tree.overrides.is_some()
            || whole.iter().any(|(_, known)| {
                known.id.text == tree.id.text && known.force.map(|force| force.0) == tree.force.map(|force| force.0)
            })
    };
    TEXTS
        .iter()
        .filter(|(_, source)| !own(source))
        .map(|(file, source)| ((*file).to_owned(), (*source).to_owned()))
        .collect()
}
