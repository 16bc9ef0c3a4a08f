//! Whose row is whose: the rows of all sheets gathered by credit code, else by name.

use std::collections::{BTreeMap, HashMap};

use kernel::lang::Said;
use kernel::{Catalogue, FactKey, Lang, Period, SubjectKind, Value, name};

use super::{Firms, Known, cells, place, said_field};
use crate::doubles::text;
use crate::fault::{Fault, MOST_KEPT};
use crate::read::{ReadRow, ReadSheet};

/// Where enterprises are found again.
#[derive(Default)]
struct Index {
    by_code: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
}

impl Firms {
    /// Gathers the rows of every enterprise, its records after it.
    pub(super) fn join(&mut self) {
        let mut index = Index::default();
        let order = |record: bool| move |(_, kind): &(usize, &SubjectKind)| kind.is_record() == record;
        let own: Vec<usize> = self.kinds.iter().enumerate().filter(order(false)).map(|(nth, _)| nth).collect();
        let records: Vec<usize> = self.kinds.iter().enumerate().filter(order(true)).map(|(nth, _)| nth).collect();
        for nth in own {
            let refused = refused_codes(self, nth, "uscc");
            for at in 0..self.sheets[nth].rows.len() {
                let sheet = &self.sheets[nth];
                let row = &sheet.rows[at];
                let code = code_of(sheet, row, "uscc", &refused);
                let mut said = value(sheet, row, "name");
                if code.is_empty() && said.is_empty() {
                    // Nobody is named, and still there is something to check.
                    said = place(sheet, row, None);
                }
                let firm = index.find_or_add(&code, &said, &mut self.firms);
                self.firms[firm].rows.push((nth, at));
            }
        }
        self.dispute();
        for nth in records {
            self.join_records(nth, &index);
        }
    }

    fn join_records(&mut self, nth: usize, index: &Index) {
        let refused = refused_codes(self, nth, "owner_uscc");
        let sheet = &self.sheets[nth];
        let mut of_nobody = Vec::new();
        for (at, row) in sheet.rows.iter().enumerate() {
            let (code, said) = (code_of(sheet, row, "owner_uscc", &refused), value(sheet, row, "owner_name"));
            match index.find(&code, &said) {
                Some(firm) => self.firms[firm].rows.push((nth, at)),
                None => of_nobody.push(row.number),
            }
        }
        if let Some(first) = of_nobody.first() {
            let (sheet, count) = (&sheet.sheet, of_nobody.len());
            self.notes.push(Said::new(
                format!("工作表“{sheet}”有 {count} 行不属于表中任何企业（第一处为第 {first} 行），未读。"),
                format!("{count} rows of the sheet “{sheet}” belong to no enterprise of the file (the first is row {first}) and were not read."),
            ));
        }
    }

    /// Finds facts that two rows of one enterprise state differently. Nobody can tell which is true,
    /// so neither is taken.
    fn dispute(&mut self) {
        for known in self.firms.iter_mut().filter(|known| known.rows.len() > 1) {
            type Said<'a> = (&'a Value, String);
            let mut said: BTreeMap<(FactKey, Option<Period>), Said<'_>> = BTreeMap::new();
            for &(nth, at) in &known.rows {
                let (sheet, row) = (&self.sheets[nth], &self.sheets[nth].rows[at]);
                for (key, value, column) in cells(sheet, row) {
                    let naming = matches!(key.field.as_str(), "uscc" | "name");
                    // What simply is so may be another in another year.
                    let year = row.year.filter(|_| key.period.is_none());
                    let here = place(sheet, row, Some(column));
                    let (before, there) = said.entry((key.clone(), year)).or_insert_with(|| (value, here.clone()));
                    if *before == value || naming || !known.disputed.insert(key.clone()) {
                        continue;
                    }
                    let fault = disputed(sheet, row, column, &key, [(*before, there), (value, &here)]);
                    self.faults_total += 1;
                    if self.faults.len() < MOST_KEPT {
                        self.faults.push(fault);
                    }
                }
            }
        }
    }
}

fn disputed(sheet: &ReadSheet, row: &ReadRow, column: usize, key: &FactKey, said: [(&Value, &str); 2]) -> Fault {
    let [(before, there), (found, here)] = said;
    let field = Catalogue::builtin().field(&key.field);
    let shown = |value: &Value, lang| field.map_or_else(|| text(value), |field| field.show(value, lang));
    let both = |lang| (shown(before, lang), shown(found, lang));
    let ((before_zh, found_zh), (before_en, found_en)) = (both(Lang::Zh), both(Lang::En));
    let heading = sheet.map.columns.iter().find(|one| one.index == column).map(|one| one.heading.clone());
    let (label, period) = (said_field(&key.field), key.period.map(|period| format!(" {period}")).unwrap_or_default());
    Fault {
        sheet: sheet.sheet.clone(),
        row: row.number,
        at: Some(column),
        column: heading.unwrap_or_default(),
        found: found_zh.clone(),
        expected: Said::new(format!("与 {there} 一致"), format!("the same as in {there}")),
        message: Said::new(
            format!("“{}{period}”在 {there} 与 {here} 不一致（{before_zh}、{found_zh}），两处都未采用。", label.zh),
            format!(
                "“{}{period}” differs between {there} and {here} ({before_en}, {found_en}); neither is taken.",
                label.en
            ),
        ),
    }
}

/// The codes as written in cells that hold no valid code: an enterprise is called by them all the same.
fn refused_codes(firms: &Firms, nth: usize, field: &str) -> HashMap<u32, String> {
    let sheet = &firms.sheets[nth];
    let Some(column) = sheet.map.column_of(field).map(|column| column.index) else { return HashMap::new() };
    let of_code = firms.faults.iter().filter(|fault| fault.sheet == sheet.sheet && fault.at == Some(column));
    of_code.map(|fault| (fault.row, fault.found.trim().to_owned())).collect()
}

fn code_of(sheet: &ReadSheet, row: &ReadRow, field: &str, refused: &HashMap<u32, String>) -> String {
    let read = value(sheet, row, field);
    if read.is_empty() { refused.get(&row.number).cloned().unwrap_or_default() } else { read }
}

fn value(sheet: &ReadSheet, row: &ReadRow, field: &str) -> String {
    sheet.value(row, field).map(text).unwrap_or_default()
}

impl Index {
    fn find(&self, code: &str, said: &str) -> Option<usize> {
        let by_code = self.by_code.get(&code.to_uppercase()).filter(|_| !code.is_empty());
        // A code that is written and unknown is somebody else's, whatever the name.
        let by_name = self.by_name.get(&name::normal(said)).filter(|_| code.is_empty() && !said.is_empty());
        by_code.or(by_name).copied()
    }

    fn find_or_add(&mut self, code: &str, said: &str, firms: &mut Vec<Known>) -> usize {
        let firm = self.find(code, said).unwrap_or_else(|| {
            firms.push(Known { code: code.to_owned(), name: said.to_owned(), ..Known::default() });
            firms.len() - 1
        });
        if !code.is_empty() {
            self.by_code.entry(code.to_uppercase()).or_insert(firm);
        }
        if !said.is_empty() {
            self.by_name.entry(name::normal(said)).or_insert(firm);
            let known = &mut firms[firm];
            if known.name.is_empty() {
                known.name = said.to_owned();
            }
        }
        firm
    }
}
