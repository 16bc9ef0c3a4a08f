//! A policy named on the command line: a file, or the library's by id, day and place.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use policy::library::Remark;
use policy::problem::{Severity, nearest};
use policy::{Library, Policy, Settings};

use super::texts::{gather, policies};
use crate::failure::Failure;

/// Why there is no such policy.
pub enum Refused {
    /// It cannot be found.
    Failure(Failure),
    /// Its text has errors.
    Remarks(Vec<Remark>),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Refused::Failure(failure)
    }
}

/// The policy of a word: a file, or `id`, `id@first day`, `id@first day@place`. An id alone is the
/// version in force on the day.
pub fn policy(word: &str, on: Date) -> Result<Policy, Refused> {
    let path = Path::new(word);
    if word.ends_with(".policy") || word.contains(['/', '\\']) || path.is_file() {
        return of_file(path);
    }
    let mut parts = word.splitn(3, '@');
    let (id, from, place) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let library = Library::builtin(place.unwrap_or_default(), &Settings::new()).0;
    let found = match from.map(str::parse::<Date>) {
        None => library.policy(id, on),
        Some(Ok(from)) => {
            let mut versions = library.policies().iter().filter(|known| known.id == id && known.from == from);
            versions.find(|known| place.is_none_or(|place| known.level == place))
        }
        Some(Err(_)) => None,
    };
    match found {
        Some(policy) => Ok(policy.clone()),
        None => Err(unknown(&library, word, id, on).into()),
    }
}

fn of_file(path: &Path) -> Result<Policy, Refused> {
    let mut read = gather(&[PathBuf::from(path)]);
    let (mut found, remarks) = policies(&read.texts);
    read.remarks.extend(remarks);
    read.remarks.retain(|remark| remark.problem.severity == Severity::Error);
    match (read.remarks.is_empty(), found.len()) {
        (true, 1) => Ok(found.remove(0).policy),
        (false, _) => Err(Refused::Remarks(read.remarks)),
        (true, count) => {
            let file = path.display();
            Err(Failure::faulty(
                format!("{file} 中有 {count} 个政策，请指明一个文件。"),
                format!("{file} holds {count} policies; name one file"),
            )
            .into())
        }
    }
}

fn unknown(library: &Library, word: &str, id: &str, on: Date) -> Failure {
    let versions: Vec<String> =
        library.policies().iter().filter(|policy| policy.id == id).map(Policy::version).collect();
    if !versions.is_empty() {
        return Failure::faulty(
            format!("没有政策“{word}”的版本在 {on} 施行；有这些版本：{}。", versions.join("、")),
            format!("no version of “{word}” is in force on {on}; there are: {}", versions.join(", ")),
        );
    }
    let mut known: Vec<&str> = library.policies().iter().map(|policy| policy.id.as_str()).collect();
    known.dedup();
    let near = nearest(id, known.iter().copied());
    let (zh, en) = match near.is_empty() {
        true => (format!("有：{}", known.join("、")), format!("there are: {}", known.join(", "))),
        false => (format!("是否指 {}？", near.join("、")), format!("did you mean {}?", near.join(", "))),
    };
    Failure::faulty(
        format!("没有政策“{word}”，也没有这个文件。{zh}"),
        format!("there is no policy “{word}” and no such file; {en}"),
    )
}
