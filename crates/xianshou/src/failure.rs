//! How a command ends.

use std::path::PathBuf;
use std::process::ExitCode;

use kernel::Lang;
use store::StoreError;

/// The exit codes, which scripts may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// It could not be done, `verify` found an altered row, or `policy` found something: a case
    /// that fails, a text out of form, a difference where one was asked for.
    Failed = 1,
    /// The input is faulty: `import` stored nothing, or a policy or spreadsheet cannot be read.
    Faults = 2,
    /// The command line itself was not understood.
    Usage = 64,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command could not be carried out, for a person.
#[derive(Debug)]
pub enum Failure {
    /// The register refused or was not reached.
    Store(StoreError),
    /// Something else, in Chinese and English.
    Said(String, String),
    /// What was given cannot be worked with, in Chinese and English.
    Faulty(String, String),
}

impl Failure {
    /// A failure in both languages.
    pub fn said(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Said(zh.into(), en.into())
    }

    /// What was given cannot be worked with, in both languages.
    pub fn faulty(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Faulty(zh.into(), en.into())
    }

    /// A file that could not be read or written.
    pub fn file(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        let path = path.into();
        let path = path.display();
        Self::said(format!("无法读写 {path}：{error}。"), format!("cannot read or write {path}: {error}"))
    }

    /// The message in the user's language.
    pub fn say(&self, lang: Lang) -> String {
        match self {
            Failure::Store(error) => error.say(lang),
            Failure::Said(zh, en) | Failure::Faulty(zh, en) => lang.pick(zh, en).to_owned(),
        }
    }

    /// The exit code it ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Failure::Store(_) | Failure::Said(..) => Exit::Failed,
            Failure::Faulty(..) => Exit::Faults,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
