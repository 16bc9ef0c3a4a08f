//! The facts of many subjects, one column a fact.

use std::collections::{BTreeMap, HashMap};

use kernel::{FactKey, SubjectKind, Value};

use super::bits::Bits;
use crate::eval::facts::Facts;
use crate::eval::outcome::Ready;
use crate::ir::{Reading, Source};

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Money, in fen.
    Money,
    /// A count, a measure or a percentage.
    Figure,
    /// A day, counted from 1970-01-01.
    Day,
    /// Yes or no.
    Truth,
    /// A code or words.
    Word,
}

impl Kind {
    /// The kind of column that holds values read so.
    pub fn of(reading: Reading) -> Self {
        match reading {
            Reading::Money => Kind::Money,
            Reading::Figure | Reading::Percent => Kind::Figure,
            Reading::Day => Kind::Day,
            Reading::Truth => Kind::Truth,
            Reading::Code => Kind::Word,
        }
    }
}

/// The largest whole number a cell holds; a larger one, or one with too many digits after the point,
/// is kept beside the column.
pub(super) const LARGEST: i64 = 1 << 56;

/// The most digits after the point that a cell holds.
const MOST_DIGITS: u32 = 9;

/// One fact of every row.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub(super) kind: Kind,
    /// Which rows know it.
    pub(super) known: Bits,
    /// Figures times ten to the power of `scale`.
    pub(super) figures: Vec<i64>,
    pub(super) scale: u32,
    pub(super) yes: Bits,
    /// Numbers of words.
    pub(super) codes: Vec<u32>,
    pub(super) words: Vec<String>,
    numbers: HashMap<String, u32>,
    /// What does not fit a cell, by row.
    pub(super) beside: BTreeMap<usize, Value>,
}

impl Column {
    /// A column without rows.
    pub fn new(kind: Kind) -> Self {
        Column {
            kind,
            known: Bits::default(),
            figures: Vec::new(),
            scale: 0,
            yes: Bits::default(),
            codes: Vec::new(),
            words: Vec::new(),
            numbers: HashMap::new(),
            beside: BTreeMap::new(),
        }
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The cells of a column of figures: fen, days, or figures times ten to the power of its scale.
    /// What stands in a row that does not know it means nothing.
    pub fn figures(&self) -> &[i64] {
        &self.figures
    }

    /// Which rows know it.
    pub fn known(&self) -> &Bits {
        &self.known
    }

    /// The numbers of the words of a column of codes.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The cells of a column of yes and no.
    pub fn yes(&self) -> &Bits {
        &self.yes
    }

    /// Adds a row.
    pub fn push(&mut self, value: Option<&Value>) {
        let row = self.len();
        let mut fits = true;
        let (mut figure, mut yes, mut code) = (0, false, 0);
        match (self.kind, value) {
            (_, None) => {}
            (Kind::Money, Some(Value::Money(amount))) => figure = amount.fen(),
            (Kind::Figure, Some(Value::Integer(count))) => match self.scaled(i128::from(*count), 0) {
                Some(found) => figure = found,
                None => fits = false,
            },
            (Kind::Figure, Some(Value::Decimal(found))) => {
                let found = found.normalize();
                match self.scaled(found.mantissa(), found.scale()) {
                    Some(found) => figure = found,
                    None => fits = false,
                }
            }
            (Kind::Day, Some(Value::Date(day))) => {
                let number = crate::eval::step::day_number(*day).whole();
                figure = number.and_then(|number| i64::try_from(number).ok()).unwrap_or(0);
            }
            (Kind::Truth, Some(Value::Bool(found))) => yes = *found,
            (Kind::Word, Some(Value::Code(word) | Value::Text(word))) => code = self.number(word),
            _ => fits = false,
        }
        fits &= (-LARGEST..=LARGEST).contains(&figure);
        if let Some(value) = value.filter(|_| !fits) {
            self.beside.insert(row, value.clone());
        }
        self.known.push(value.is_some() && fits);
        match self.kind {
            Kind::Money | Kind::Figure | Kind::Day => self.figures.push(if fits { figure } else { 0 }),
            Kind::Truth => self.yes.push(yes),
            Kind::Word => self.codes.push(code),
        }
    }

    /// A figure in the scale of the column, which grows where it must.
    fn scaled(&mut self, mantissa: i128, scale: u32) -> Option<i64> {
        let cell = |mantissa: i128, by: u32| {
            let found = mantissa.checked_mul(10_i128.checked_pow(by)?)?;
            i64::try_from(found).ok().filter(|found| (-LARGEST..=LARGEST).contains(found))
        };
        if scale > MOST_DIGITS {
            return None;
        }
        if scale > self.scale {
            let by = scale - self.scale;
            let grown: Option<Vec<i64>> = self.figures.iter().map(|found| cell((*found).into(), by)).collect();
            self.figures = grown?;
            self.scale = scale;
        }
        cell(mantissa, self.scale - scale)
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.words.len() as u32;
        self.words.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        number
    }
}

/// The records of one kind of every row.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordColumns {
    /// Which rows know their records.
    pub(super) known: Bits,
    /// Where the records of each row begin, and at last where they end.
    pub(super) starts: Vec<u32>,
    /// The row each record belongs to.
    pub(super) rows: Vec<u32>,
    pub(super) columns: HashMap<FactKey, Column>,
}

impl RecordColumns {
    /// The records of a row, by number.
    pub fn of(&self, row: usize) -> std::ops::Range<usize> {
        let at = |row: usize| self.starts.get(row).map_or(0, |start| *start as usize);
        at(row)..at(row + 1).max(at(row))
    }

    /// Every column of their fields.
    pub fn columns(&self) -> impl Iterator<Item = (&FactKey, &Column)> {
        self.columns.iter()
    }

    /// Where the records of each row begin, and at last where they end.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// The column of a field of the records.
    pub fn column(&self, key: &FactKey) -> Option<&Column> {
        self.columns.get(key)
    }
}

/// The facts that some policies ask for, of many subjects: one column a fact, and nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub(super) rows: usize,
    pub(super) columns: HashMap<FactKey, Column>,
    pub(super) records: BTreeMap<SubjectKind, RecordColumns>,
}

impl Table {
    /// A table without rows, with a column for every fact these policies ask for.
    pub fn of<'r, 'p: 'r>(policies: impl IntoIterator<Item = &'r Ready<'p>>) -> Self {
        let mut table = Table::default();
        for ready in policies {
            for (at, input) in ready.policy.inputs.iter().enumerate() {
                let key = ready.key(at);
                match (&input.source, key) {
                    (Source::Fact { .. }, Some(key)) => {
                        table.columns.entry(key.clone()).or_insert_with(|| Column::new(Kind::of(input.reading)));
                    }
                    (Source::Records(kind), _) => {
                        table.kind(*kind);
                    }
                    (Source::RecordFact { kind, .. }, Some(key)) => {
                        let columns = &mut table.kind(*kind).columns;
                        columns.entry(key.clone()).or_insert_with(|| Column::new(Kind::of(input.reading)));
                    }
                    _ => {}
                }
            }
        }
        table
    }

    fn kind(&mut self, kind: SubjectKind) -> &mut RecordColumns {
        self.records.entry(kind).or_insert_with(|| RecordColumns {
            known: Bits::default(),
            starts: vec![0],
            rows: Vec::new(),
            columns: HashMap::new(),
        })
    }

    /// Adds a subject.
    pub fn push<F: Facts + ?Sized>(&mut self, facts: &F) {
        for (key, column) in &mut self.columns {
            column.push(facts.value(key));
        }
        for (kind, records) in &mut self.records {
            let count = facts.records(*kind);
            records.known.push(count.is_some());
            let before = records.starts.last().copied().unwrap_or(0);
            records.starts.push(before + count.unwrap_or(0) as u32);
            records.rows.resize(records.rows.len() + count.unwrap_or(0), self.rows as u32);
            for record in 0..count.unwrap_or(0) {
                for (key, column) in &mut records.columns {
                    column.push(facts.record_value(*kind, record, key));
                }
            }
        }
        self.rows += 1;
    }

    /// How many subjects it holds.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The column of a fact.
    pub fn column(&self, key: &FactKey) -> Option<&Column> {
        self.columns.get(key)
    }

    /// Every column of the subjects' own facts.
    pub fn columns(&self) -> impl Iterator<Item = (&FactKey, &Column)> {
        self.columns.iter()
    }

    /// The records of a kind.
    pub fn records(&self, kind: SubjectKind) -> Option<&RecordColumns> {
        self.records.get(&kind)
    }

    /// Every kind of records.
    pub fn kinds(&self) -> impl Iterator<Item = (SubjectKind, &RecordColumns)> {
        self.records.iter().map(|(kind, records)| (*kind, records))
    }
}
