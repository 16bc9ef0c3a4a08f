//! What was found altered, and how it is said.

use kernel::Lang;

/// Where a flaw lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ledger {
    /// The chain of statements.
    Statement,
    /// The chain of events: the log.
    Event,
    /// The list of sources, checked against the log.
    Source,
    /// The current views, checked against the fold of the statements.
    Subject,
    /// The chain of events of cases.
    Case,
    /// The heads of cases, checked against the fold of their events.
    CaseHead,
    /// The kept tally of cases, checked against the cases.
    CaseTally,
}

impl Ledger {
    /// The name in reports for programs: the table's.
    pub fn key(self) -> &'static str {
        match self {
            Ledger::Statement => "statement",
            Ledger::Event => "event",
            Ledger::Source => "source",
            Ledger::Subject => "subject",
            Ledger::Case => "case_event",
            Ledger::CaseHead => "case_head",
            Ledger::CaseTally => "case_tally",
        }
    }

    /// The name in the interface.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Ledger::Statement => lang.pick("陈述", "statement"),
            Ledger::Event => lang.pick("日志", "event"),
            Ledger::Source => lang.pick("来源", "source"),
            Ledger::Subject => lang.pick("主体", "subject"),
            Ledger::Case => lang.pick("事项记录", "case event"),
            Ledger::CaseHead => lang.pick("事项", "case"),
            Ledger::CaseTally => lang.pick("事项计数", "count of cases"),
        }
    }
}

/// What is wrong with the first row that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The row's number is missing; the next one there is, is given.
    Missing {
        /// The number found in its place.
        found: i64,
    },
    /// The rows after this one were cut off: the chain's recorded end lies further on.
    CutOff {
        /// The number the end should have.
        end: i64,
    },
    /// Rows were added behind the chain's recorded end.
    BehindEnd {
        /// The number the end has.
        end: i64,
    },
    /// The row's values are not those whose hash was chained.
    Values,
    /// The row's values are gone without the mark of an erasure, or marked although they are there.
    Erasure,
    /// The stored hash of the values is not the one that was chained.
    ValuesHash,
    /// One of the row's own columns is not what was chained; where [`Flaw::before`] names the row
    /// before it, that one may have been altered instead.
    Columns,
    /// The row's stored hash is not its own.
    Hash,
    /// The recorded end of the chain is not the last row's hash, or is missing.
    End,
    /// What stands in this column is not what the events or statements say.
    Derived {
        /// The column.
        column: &'static str,
    },
    /// A row that should be there is missing, or one is there that should not be.
    Extra {
        /// The table.
        table: &'static str,
    },
}

/// The first altered row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where it lies.
    pub ledger: Ledger,
    /// The row: its number in a chain, its id elsewhere.
    pub row: String,
    /// What is wrong.
    pub wrong: Wrong,
    /// The row before, where it may be the altered one instead: altered and its hash computed anew,
    /// it leaves the same trace, and nothing in the chain tells the two apart.
    pub before: Option<i64>,
}

impl Flaw {
    pub(crate) fn at(ledger: Ledger, row: impl ToString, wrong: Wrong) -> Self {
        Self { ledger, row: row.to_string(), wrong, before: None }
    }

    pub(crate) fn or_before(self, before: Option<i64>) -> Self {
        Self { before, ..self }
    }

    /// Every row that may be the altered one.
    pub fn rows(&self) -> Vec<String> {
        self.before.map(|before| before.to_string()).into_iter().chain([self.row.clone()]).collect()
    }

    /// The flaw in words, naming the row and what differs.
    pub fn say(&self, lang: Lang) -> String {
        let row = &self.row;
        match (self.before, lang) {
            (Some(before), Lang::Zh) => format!(
                "{}第 {before} 行或第 {row} 行：第 {row} 行与前一行接不上。或者第 {row} 行除内容外的某一列被改动，或者第 {before} 行被改动后重新计算了哈希；请将两行都与备份核对。",
                self.ledger.name(lang)
            ),
            (Some(before), Lang::En) => format!(
                "{} row {before} or row {row}: row {row} does not follow the one before it. Either one of its columns was altered, or row {before} was altered and its hash computed anew; hold both against a backup.",
                self.ledger.name(lang)
            ),
            (None, Lang::Zh) => format!("{}第 {row} 行：{}", self.ledger.name(lang), self.wrong.zh()),
            (None, Lang::En) => format!("{} row {row}: {}", self.ledger.name(lang), self.wrong.en()),
        }
    }
}

impl Wrong {
    fn zh(&self) -> String {
        match self {
            Wrong::Missing { found } => format!("该行缺失，其后是第 {found} 行。"),
            Wrong::CutOff { end } => format!("其后的行被截去，链条登记的末端是第 {end} 行。"),
            Wrong::BehindEnd { end } => format!("该行在链条登记的末端（第 {end} 行）之后，是私自添加的。"),
            Wrong::Values => "内容与入链时的哈希不符，内容被改动。".to_owned(),
            Wrong::Erasure => "内容缺失却没有删除标记，或有删除标记而内容仍在。".to_owned(),
            Wrong::ValuesHash => "内容的哈希与入链时不符，该哈希被改动。".to_owned(),
            Wrong::Columns => "除内容外的某一列与入链时不符，被改动。".to_owned(),
            Wrong::Hash => "所存的行哈希不是该行的哈希，行哈希被改动。".to_owned(),
            Wrong::End => {
                "链条登记的末端与最后一行不符，或已缺失：最后一行被改动后重新计算了哈希，或登记的末端被改动。"
                    .to_owned()
            }
            Wrong::Derived { column } => format!("{column} 列与日志、陈述或事项记录推算的不符，被改动。"),
            Wrong::Extra { table } => format!("{table} 表中与之对应的行缺失或多余。"),
        }
    }

    fn en(&self) -> String {
        match self {
            Wrong::Missing { found } => format!("it is missing; row {found} stands in its place."),
            Wrong::CutOff { end } => format!("the rows behind it were cut off; the chain's recorded end is row {end}."),
            Wrong::BehindEnd { end } => format!("it lies behind the chain's recorded end, row {end}: it was added."),
            Wrong::Values => "its values are not those whose hash was chained: they were altered.".to_owned(),
            Wrong::Erasure => "its values are gone without the mark of an erasure, or marked but there.".to_owned(),
            Wrong::ValuesHash => "the hash of its values is not the one that was chained.".to_owned(),
            Wrong::Columns => "one of its own columns is not what was chained: it was altered.".to_owned(),
            Wrong::Hash => "its stored hash is not its own: the hash was altered.".to_owned(),
            Wrong::End => {
                "the chain's recorded end is not the last row's, or is missing: the last row was altered and hashed anew, or the recorded end was altered."
                    .to_owned()
            },
            Wrong::Derived { column } => format!("its {column} is not what the events or statements say."),
            Wrong::Extra { table } => format!("a row of table {table} that belongs to it is missing or too many."),
        }
    }
}
