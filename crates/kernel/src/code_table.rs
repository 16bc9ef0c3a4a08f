//! Code tables of the state: industries, divisions, fields of technology.
//!
//! A table is a text inside the program, sorted by code, and a code is found in it by halving:
//! nothing is parsed at the start and nothing is kept for a table nobody asks for. Where its lines begin is noted
//! at the first question, and a search by name builds an index, once.

use std::collections::HashMap;
use std::sync::OnceLock;

/// One table.
#[derive(Debug)]
pub struct CodeTable {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    /// The lines after the heading comments, each `code ⇥ name ⇥ parent ⇥ =current codes`.
    lines: &'static str,
    /// Where each line begins, in the order of the codes.
    starts: OnceLock<Vec<u32>>,
    by_name: OnceLock<HashMap<String, Vec<&'static str>>>,
    by_parent: OnceLock<HashMap<Option<&'static str>, Vec<Entry>>>,
}

/// One code of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The code.
    pub code: &'static str,
    /// The name of the standard.
    pub name: &'static str,
    /// The code above it, if there is one.
    pub parent: Option<&'static str>,
    /// For a code that is no longer in use: the codes that took its place, separated by spaces.
    replaced_by: Option<&'static str>,
}

impl Entry {
    /// Whether the code is in use today.
    pub fn is_current(&self) -> bool {
        self.replaced_by.is_none()
    }

    /// The codes in use that took the place of this one; empty for a code in use and for one
    /// that went without a successor.
    pub fn successors(&self) -> impl Iterator<Item = &'static str> {
        self.replaced_by.unwrap_or_default().split_ascii_whitespace()
    }
}

macro_rules! tables {
    ($($name:literal, $zh:literal, $en:literal;)*) => {
        fn tables() -> &'static [CodeTable] {
            static TABLES: OnceLock<Vec<CodeTable>> = OnceLock::new();
            TABLES.get_or_init(|| vec![$(
                CodeTable::new($name, $zh, $en, include_str!(concat!("../../../catalogue/tables/", $name, ".tsv"))),
            )*])
        }
    };
}

tables! {
    "industry", "国民经济行业分类（GB/T 4754-2017）", "Industries (GB/T 4754-2017)";
    "divisions", "行政区划代码（GB/T 2260）", "Divisions (GB/T 2260)";
    "hightech_fields", "国家重点支持的高新技术领域（国科发火〔2016〕32号）", "High-tech fields (document 32 of 2016)";
    "strategic_emerging", "战略性新兴产业分类（2018）", "Strategic emerging industries (2018)";
}

/// The table with this name, as in a field's type.
pub fn table(name: &str) -> Option<&'static CodeTable> {
    tables().iter().find(|table| table.name == name)
}

/// Every table.
pub fn all() -> &'static [CodeTable] {
    tables()
}

impl CodeTable {
    fn new(name: &'static str, zh: &'static str, en: &'static str, text: &'static str) -> Self {
        let mut lines = text;
        while lines.starts_with('#') {
            lines = lines.split_once('\n').map_or("", |(_, rest)| rest);
        }
        Self { name, zh, en, lines, starts: OnceLock::new(), by_name: OnceLock::new(), by_parent: OnceLock::new() }
    }

    /// The table's name in field types.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The title of the standard: Chinese, English.
    pub fn titles(&self) -> (&'static str, &'static str) {
        (self.zh, self.en)
    }

    /// The entry with exactly this code, in use or not.
    pub fn lookup(&self, code: &str) -> Option<Entry> {
        let starts = self.starts.get_or_init(|| starts(self.lines));
        let line = |start: u32| &self.lines[start as usize..];
        let code_of = |start: u32| line(start).split('\t').next().unwrap_or_default();
        let at = starts.binary_search_by(|start| code_of(*start).as_bytes().cmp(code.as_bytes())).ok()?;
        line(starts[at]).lines().next().and_then(entry)
    }

    /// Every entry, in the order of the codes.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        self.lines.lines().filter_map(entry)
    }

    /// The entries directly below a code, or the topmost ones for `None`.
    pub fn children<'a>(&'a self, parent: Option<&'a str>) -> impl Iterator<Item = Entry> + use<'a> {
        let below = self.by_parent.get_or_init(|| {
            let mut below: HashMap<Option<&'static str>, Vec<Entry>> = HashMap::new();
            for entry in self.entries().filter(Entry::is_current) {
                below.entry(entry.parent).or_default().push(entry);
            }
            below
        });
        below.get(&parent).into_iter().flatten().copied()
    }

    /// The entry and those above it, from the top down: 江苏省, 苏州市, 昆山市.
    pub fn path(&self, code: &str) -> Vec<Entry> {
        let mut path: Vec<Entry> = Vec::new();
        let mut next = self.lookup(code);
        while let Some(entry) = next {
            // No table is deeper than five; the bound guards against a circle in its data.
            if path.len() > 8 {
                break;
            }
            path.push(entry);
            next = entry.parent.and_then(|parent| self.lookup(parent));
        }
        path.reverse();
        path
    }

    /// The names from the top down to a code, joined: `江苏省苏州市昆山市`.
    pub fn full_name(&self, code: &str) -> String {
        self.path(code).iter().map(|entry| entry.name).collect()
    }

    /// The codes in use that have exactly this name. The names from the top down, joined, count as
    /// a name too, so that 江苏省南京市鼓楼区 is told from 福建省福州市鼓楼区.
    pub fn named(&self, name: &str) -> &[&'static str] {
        let name = name_key(name);
        self.by_name.get_or_init(|| self.index_names()).get(&name).map_or(&[], Vec::as_slice)
    }

    fn index_names(&self) -> HashMap<String, Vec<&'static str>> {
        let mut index: HashMap<String, Vec<&'static str>> = HashMap::new();
        for entry in self.entries().filter(Entry::is_current) {
            index.entry(name_key(entry.name)).or_default().push(entry.code);
            if entry.parent.is_some() {
                let codes = index.entry(name_key(&self.full_name(entry.code))).or_default();
                if !codes.contains(&entry.code) {
                    codes.push(entry.code);
                }
            }
        }
        index
    }

    /// Codes in use whose code begins with, or whose name contains, every word of `words`,
    /// in the order of the codes, at most `limit`.
    pub fn search(&self, words: &str, limit: usize) -> Vec<Entry> {
        let words: Vec<String> = words.split_whitespace().map(name_key).filter(|word| !word.is_empty()).collect();
        let fits = |entry: &Entry| {
            let name = name_key(entry.name);
            words
                .iter()
                .all(|word| entry.code.to_ascii_lowercase().starts_with(word.as_str()) || name.contains(word.as_str()))
        };
        self.entries().filter(|entry| entry.is_current() && fits(entry)).take(limit).collect()
    }
}

fn name_key(name: &str) -> String {
    crate::text::label_key(name)
}

/// Where the lines of a text begin that is shorter than four gigabytes.
fn starts(lines: &str) -> Vec<u32> {
    let mut at = 0;
    let begin = |line: &str| {
        let start = at;
        at += line.len() as u32;
        start
    };
    lines.split_inclusive('\n').map(begin).collect()
}

fn entry(line: &'static str) -> Option<Entry> {
    let mut parts = line.split('\t');
    let (code, name) = (parts.next()?, parts.next()?);
    let parent = parts.next().filter(|parent| !parent.is_empty());
    Some(Entry { code, name, parent, replaced_by: parts.next().and_then(|codes| codes.strip_prefix('=')) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_every_table_is_found_by_halving_and_its_parent_too() {
        for table in all() {
            let mut count = 0;
            let mut last = "";
            for entry in table.entries() {
                assert!(last < entry.code, "{}: {} follows {last}", table.name(), entry.code);
                assert_eq!(table.lookup(entry.code), Some(entry), "{}", entry.code);
                assert!(
                    entry.parent.is_none_or(|parent| table.lookup(parent).is_some_and(|p| p.is_current())),
                    "{}",
                    entry.code
                );
                assert!(
                    entry.successors().all(|code| table.lookup(code).is_some_and(|e| e.is_current())),
                    "{}",
                    entry.code
                );
                last = entry.code;
                count += 1;
            }
            assert_eq!(table.lines.lines().count(), count);
            for missing in ["", "!", "ZZZZ", "99999999", "0", "１"] {
                assert_eq!(table.lookup(missing), None, "{}: {missing}", table.name());
            }
        }
    }

    #[test]
    fn every_table_a_field_names_is_there() {
        for field in crate::Catalogue::builtin().fields() {
            if let crate::FieldType::Code { table: name } = &field.kind {
                assert!(table(name).is_some(), "{}: {name}", field.key);
            }
        }
    }

    #[test]
    fn an_industry_knows_its_section_and_a_division_its_city() {
        let industry = table("industry").unwrap();
        let path: Vec<&str> = industry.path("3963").iter().map(|entry| entry.code).collect();
        assert_eq!(path, ["C", "39", "396", "3963"]);
        assert_eq!(table("divisions").unwrap().full_name("320583"), "江苏省苏州市昆山市");
    }

    #[test]
    fn a_code_that_was_replaced_names_its_successor() {
        let old = table("divisions").unwrap().lookup("110103").unwrap();
        assert_eq!((old.name, old.is_current()), ("崇文区", false));
        assert_eq!(old.successors().collect::<Vec<_>>(), ["110101"]);
    }

    #[test]
    fn a_name_several_divisions_share_gives_them_all_and_the_full_name_gives_one() {
        let divisions = table("divisions").unwrap();
        assert!(divisions.named("鼓楼区").len() > 1);
        assert_eq!(divisions.named("江苏省南京市鼓楼区"), ["320106"]);
        assert_eq!(divisions.named("没有这个地方"), [""; 0]);
    }

    #[test]
    fn a_search_takes_the_beginning_of_a_code_or_a_part_of_a_name() {
        let industry = table("industry").unwrap();
        assert!(industry.search("集成电路", 10).iter().any(|entry| entry.code == "3973"));
        assert!(industry.search("397", 50).iter().all(|entry| entry.code.starts_with("397")));
        assert_eq!(industry.search("制造", 3).len(), 3);
    }
}
