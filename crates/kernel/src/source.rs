//! Where facts come from, and how far each kind of source is trusted.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Identifies a source. Time-ordered, made by `store`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub Uuid);

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a source came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A sheet of a workbook or a csv file.
    Sheet,
    /// A form an enterprise filled in about itself.
    Declaration,
    /// What an officer noted on a visit: seen, or told on the spot.
    Visit,
    /// One value put right by an officer, with a reason.
    Correction,
    /// A person's decision between sources that disagree.
    Settlement,
    /// Another system, over an interface.
    System,
    /// A document that was read.
    Document,
    /// The generator of the sample zone.
    Sample,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: &'static [SourceKind] = &[
        SourceKind::Sheet,
        SourceKind::Declaration,
        SourceKind::Visit,
        SourceKind::Correction,
        SourceKind::Settlement,
        SourceKind::System,
        SourceKind::Document,
        SourceKind::Sample,
    ];

    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            SourceKind::Sheet => "sheet",
            SourceKind::Declaration => "declaration",
            SourceKind::Visit => "visit",
            SourceKind::Correction => "correction",
            SourceKind::Settlement => "settlement",
            SourceKind::System => "system",
            SourceKind::Document => "document",
            SourceKind::Sample => "sample",
        }
    }

    /// The kind with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.key() == key)
    }

    /// The name in the interface: Chinese, English.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            SourceKind::Sheet => ("表格", "Spreadsheet"),
            SourceKind::Declaration => ("企业填报", "Declaration"),
            SourceKind::Visit => ("走访", "Visit"),
            SourceKind::Correction => ("人工更正", "Correction"),
            SourceKind::Settlement => ("核定", "Settlement"),
            SourceKind::System => ("系统对接", "System"),
            SourceKind::Document => ("文件", "Document"),
            SourceKind::Sample => ("样例", "Sample"),
        }
    }

    /// Whether it is a single act of a person, and no list that is loaded, undone and opened again.
    pub fn is_single_act(self) -> bool {
        matches!(self, SourceKind::Correction | SourceKind::Settlement | SourceKind::Declaration | SourceKind::Visit)
    }

    /// The default rule of trust: of two sources that disagree, the one with the higher rank
    /// is shown until a person settles it. Equal ranks: the later one.
    pub fn trust(self) -> u8 {
        match self {
            SourceKind::Settlement => 100,
            SourceKind::Correction => 60,
            SourceKind::System => 50,
            SourceKind::Sheet => 40,
            SourceKind::Document => 30,
            SourceKind::Visit => 25,
            SourceKind::Declaration => 20,
            SourceKind::Sample => 10,
        }
    }
}

/// A source as the fold needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which source.
    pub id: SourceId,
    /// How it came to us.
    pub kind: SourceKind,
    /// Who speaks: 统计办, 税务局, the enterprise itself, an officer. A later statement of the
    /// same origin supersedes its earlier one; statements of two origins can disagree.
    pub origin: String,
    /// The moment its load was undone, if it was.
    pub undone_at: Option<jiff::Timestamp>,
}
