//! Every name of the register in memory, with what lists are sorted by.
//!
//! Names lie in one text per kind, an entry for each subject, and a search runs through it as fast
//! as memory is read. It is the same for both databases and needs no extension of either.

use std::cmp::Ordering;
use std::collections::HashMap;

use kernel::SubjectKind;
use memchr::memmem;
use uuid::Uuid;

use super::derive::State;
use super::list::Sort;
use super::page::{Cursor, Place};

/// Every name at one revision.
#[derive(Clone, Default)]
pub(super) struct Names {
    pub(super) revision: i64,
    by_kind: HashMap<String, Lines>,
}

/// One subject as a search sees it.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) id: Uuid,
    pub(super) unit: Option<Uuid>,
    pub(super) state: State,
    pub(super) revenue: i64,
    pub(super) rd_expense: i64,
    pub(super) employees: i64,
    pub(super) registered_on: Box<str>,
    pub(super) changed_at: i64,
    /// Where its names begin in the text, and how long the first of them is.
    pub(super) start: u32,
    pub(super) name: u32,
    /// Whether a later entry of the same subject counts in its stead.
    pub(super) old: bool,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            id: Uuid::nil(),
            unit: None,
            state: State::Empty,
            revenue: 0,
            rd_expense: 0,
            employees: 0,
            registered_on: Box::default(),
            changed_at: 0,
            start: 0,
            name: 0,
            old: false,
        }
    }
}

/// The names of one kind: an entry for each subject in one text.
#[derive(Clone, Default)]
pub(super) struct Lines {
    text: String,
    entries: Vec<Entry>,
    /// Where in the text each entry begins.
    starts: Vec<u32>,
    /// The place in `entries` that counts for a subject; others are older.
    latest: HashMap<Uuid, u32>,
}

/// The order of a list.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub(super) sort: Sort,
    pub(super) descending: bool,
}

/// A value of the sorted column: what [`Place`] is, without owning it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum At<'a> {
    Number(i64),
    Word(&'a str),
}

/// Ends an entry; no name holds it.
const END: char = '\u{0}';

impl Names {
    /// The names of one kind.
    pub(super) fn of(&self, kind: SubjectKind) -> Option<&Lines> {
        self.by_kind.get(kind.key())
    }

    /// Adds a subject; what was known of it before no longer counts.
    pub(super) fn add(&mut self, kind: String, entry: Entry, search_text: &str) {
        self.by_kind.entry(kind).or_default().add(entry, search_text);
    }

    /// Forgets everything once more entries are old than count, so that it is read anew.
    pub(super) fn drop_worn(&mut self) {
        if self.by_kind.values().any(Lines::is_worn) {
            *self = Names::default();
        }
    }
}

impl Lines {
    fn add(&mut self, mut entry: Entry, search_text: &str) {
        let (Ok(start), Ok(place)) = (u32::try_from(self.text.len()), u32::try_from(self.entries.len())) else {
            return;
        };
        entry.start = start;
        entry.name = search_text.find('\n').and_then(|end| u32::try_from(end).ok()).unwrap_or(0);
        self.text.push_str(search_text);
        self.text.push(END);
        if let Some(before) = self.latest.insert(entry.id, place) {
            self.entries[before as usize].old = true;
        }
        self.starts.push(start);
        self.entries.push(entry);
    }

    fn is_worn(&self) -> bool {
        self.entries.len() > 1_000 && self.entries.len() > self.latest.len() * 2
    }

    /// The subjects whose names or codes hold the word, each once.
    pub(super) fn holding<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Entry> {
        let finder = memmem::Finder::new(word.as_bytes()).into_owned();
        let (mut from, mut next) = (0, 0);
        std::iter::from_fn(move || {
            loop {
                let hit = from + finder.find(self.text.as_bytes().get(from..)?)?;
                // Hits only go forward, so the entry that was hit is found by going on from the last.
                while self.starts.get(next).is_some_and(|start| *start as usize <= hit) {
                    next += 1;
                }
                from = self.starts.get(next).map_or(self.text.len(), |start| *start as usize);
                let entry = &self.entries[next - 1];
                if !entry.old {
                    return Some(entry);
                }
            }
        })
    }

    fn place<'a>(&'a self, entry: &'a Entry, sort: Sort) -> At<'a> {
        match sort {
            Sort::Name => {
                let start = entry.start as usize;
                At::Word(self.text.get(start..start + entry.name as usize).unwrap_or_default())
            }
            Sort::Revenue => At::Number(entry.revenue),
            Sort::RdExpense => At::Number(entry.rd_expense),
            Sort::Employees => At::Number(entry.employees),
            Sort::Registered => At::Word(&entry.registered_on),
            Sort::Changed => At::Number(entry.changed_at),
        }
    }

    /// The order of the list; what is missing comes last in either direction.
    pub(super) fn compare(&self, one: &Entry, other: &Entry, order: Order) -> Ordering {
        let (one, other) = ((self.place(one, order.sort), one.id), (self.place(other, order.sort), other.id));
        in_order((&one.0, one.1), (&other.0, other.1), order)
    }

    /// Whether an entry comes after the place where a page ended.
    pub(super) fn is_behind(&self, entry: &Entry, after: &Cursor, order: Order) -> bool {
        let here = self.place(entry, order.sort);
        in_order((&here, entry.id), (&at(&after.place), after.id), order) == Ordering::Greater
    }
}

fn at(place: &Place) -> At<'_> {
    match place {
        Place::Number(number) => At::Number(*number),
        Place::Word(word) => At::Word(word),
    }
}

fn in_order(one: (&At<'_>, Uuid), other: (&At<'_>, Uuid), order: Order) -> Ordering {
    if order.descending {
        // The smallest of all stands for what is missing, so the largest first has it last.
        return other.cmp(&one);
    }
    let missing = order.sort.missing();
    let missing = at(&missing);
    (*one.0 == missing).cmp(&(*other.0 == missing)).then(one.cmp(&other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(subjects: &[(u128, &str, i64)]) -> Lines {
        let mut lines = Lines::default();
        for (id, names, revenue) in subjects {
            lines.add(Entry { id: Uuid::from_u128(*id), revenue: *revenue, ..Entry::default() }, names);
        }
        lines
    }

    fn found(lines: &Lines, word: &str) -> Vec<u128> {
        lines.holding(word).map(|entry| entry.id.as_u128()).collect()
    }

    #[test]
    fn the_latest_entry_of_a_subject_counts_and_others_do_not() {
        let mut lines = lines(&[(1, "先手科技有限公司\n91410100ma", 5), (2, "后手科技有限公司\n\n老字号", 3)]);
        assert_eq!(found(&lines, "科技"), [1, 2]);
        assert_eq!(found(&lines, "公司"), [1, 2], "a word found twice in one entry tells of it once");
        assert_eq!(found(&lines, "老字"), [2]);
        assert_eq!(found(&lines, "没有"), [0_u128; 0]);
        lines.add(Entry { id: Uuid::from_u128(1), ..Entry::default() }, "改名公司\n");
        assert_eq!(found(&lines, "先手"), [0_u128; 0]);
        assert_eq!(found(&lines, "改名"), [1]);
    }

    #[test]
    fn what_is_missing_comes_last_in_either_direction() {
        let lines = lines(&[(1, "甲\n", i64::MIN), (2, "\n9141", 7), (3, "丙\n", 9), (4, "乙\n", 7)]);
        for (sort, descending, expected) in [
            (Sort::Revenue, false, [2, 4, 3, 1]),
            (Sort::Revenue, true, [3, 4, 2, 1]),
            (Sort::Name, false, [3, 4, 1, 2]),
            (Sort::Name, true, [1, 4, 3, 2]),
        ] {
            let order = Order { sort, descending };
            let mut entries: Vec<&Entry> = lines.entries.iter().collect();
            entries.sort_by(|one, other| lines.compare(one, other, order));
            let ids: Vec<u128> = entries.iter().map(|entry| entry.id.as_u128()).collect();
            assert_eq!(ids, expected, "{sort:?} {descending}");
            for (at, entry) in entries.iter().enumerate() {
                let place = match lines.place(entry, sort) {
                    At::Number(number) => Place::Number(number),
                    At::Word(word) => Place::Word(word.to_owned()),
                };
                let after = Cursor { place, id: entry.id };
                let behind = entries.iter().filter(|other| lines.is_behind(other, &after, order)).count();
                assert_eq!(behind, entries.len() - at - 1);
            }
        }
    }
}
