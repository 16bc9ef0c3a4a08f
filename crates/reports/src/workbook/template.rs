//! An empty workbook to be filled in: headings an import understands, lists to choose from, and
//! a sheet that explains every field.

use kernel::cell::{ColumnUnit, expected};
use kernel::{Catalogue, Field, FieldType, Lang, Period, PeriodKind, SubjectKind};
use rust_xlsxwriter::{DataValidation, Format, Formula, Workbook, Worksheet};

use super::WriteError;
use super::list::{Column, head_format};
use crate::sheet::column_letters;

/// The rows below the head that offer lists to choose from.
const OFFERED_ROWS: u32 = 5_000;

/// The template for one kind of subject: one row per subject, with a column for each year of the
/// fields that have years.
///
/// # Errors
/// [`WriteError::Xlsx`] when the workbook cannot be written.
pub fn template(kind: SubjectKind, catalogue: &Catalogue, years: &[i16], lang: Lang) -> Result<Vec<u8>, WriteError> {
    let fields: Vec<&Field> = catalogue.fields_of(kind).filter(|field| field.is_importable()).collect();
    let mut book = Workbook::new();
    let choices = Choices::of(&fields, lang);
    fill_head(book.add_worksheet(), kind, &fields, years, &choices, lang)?;
    explain(book.add_worksheet(), kind, &fields, lang)?;
    choices.write(book.add_worksheet())?;
    Ok(book.save_to_buffer()?)
}

/// The periods for which a field gets a column.
fn periods(field: &Field, years: &[i16]) -> Vec<Option<Period>> {
    match field.period {
        PeriodKind::None => vec![None],
        _ => years.iter().map(|year| Some(Period::Year(*year))).collect(),
    }
}

fn fill_head(
    sheet: &mut Worksheet,
    kind: SubjectKind,
    fields: &[&Field],
    years: &[i16],
    choices: &Choices,
    lang: Lang,
) -> Result<(), WriteError> {
    sheet.set_name(lang.pick(kind.zh(), kind.en()))?.set_freeze_panes(1, 0)?;
    let head = head_format();
    let mut at = 0;
    for field in fields {
        for period in periods(field, years) {
            let column = Column::of(field, kind, period, lang);
            let format = match field.kind {
                // A code of digits only would lose its last figures as a number.
                FieldType::CreditCode | FieldType::Code { .. } | FieldType::Text => Format::new().set_num_format("@"),
                FieldType::Date => Format::new().set_num_format("yyyy-mm-dd"),
                _ => Format::new(),
            };
            sheet.set_column_format(at, &format)?.set_column_width(at, column.width.max(14.0))?;
            sheet.write_string_with_format(0, at, &column.heading, &head)?;
            if let Some(list) = choices.reference(&field.key) {
                let rule = DataValidation::new().allow_list_formula(Formula::new(list));
                sheet.add_data_validation(1, at, OFFERED_ROWS, at, &rule)?;
            }
            at += 1;
        }
    }
    Ok(())
}

fn explain(sheet: &mut Worksheet, kind: SubjectKind, fields: &[&Field], lang: Lang) -> Result<(), WriteError> {
    sheet.set_name(lang.pick("填写说明", "Notes"))?.set_freeze_panes(1, 0)?;
    let head = head_format();
    let columns = [
        (lang.pick("列名", "Heading"), 30.0),
        (lang.pick("键名", "Key"), 28.0),
        (lang.pick("单位", "Unit"), 10.0),
        (lang.pick("填写内容", "What to write"), 50.0),
        (lang.pick("口径依据", "Definition"), 40.0),
    ];
    for (at, (heading, width)) in columns.into_iter().enumerate() {
        sheet.set_column_width(at as u16, width)?.write_string_with_format(0, at as u16, heading, &head)?;
    }
    for (at, field) in fields.iter().enumerate() {
        let row = at as u32 + 1;
        let what = expected(field, ColumnUnit::Own);
        sheet.write_string(row, 0, field.label(kind, lang))?.write_string(row, 1, &field.key)?;
        sheet.write_string(row, 2, &field.unit)?.write_string(row, 3, what.say(lang))?;
        sheet.write_string(row, 4, field.source.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

/// The lists to choose from, each a column of a sheet of their own: a list written into the
/// rule itself may hold no more than 255 characters.
struct Choices {
    sheet: &'static str,
    lists: Vec<(String, Vec<String>)>,
}

impl Choices {
    fn of(fields: &[&Field], lang: Lang) -> Self {
        let list = |field: &Field| match &field.kind {
            FieldType::Choice { choices } => Some(choices.iter().map(|choice| choice.label(lang).to_owned()).collect()),
            FieldType::Bool => Some(vec![lang.pick("是", "yes").to_owned(), lang.pick("否", "no").to_owned()]),
            _ => None,
        };
        let lists = fields.iter().filter_map(|field| Some((field.key.clone(), list(field)?))).collect();
        // The name has no sign that would need quoting in a reference.
        Self { sheet: lang.pick("选项", "Choices"), lists }
    }

    fn reference(&self, field: &str) -> Option<String> {
        let at = self.lists.iter().position(|(key, _)| key == field)?;
        let letters = column_letters(at as u32 + 1);
        Some(format!("={}!${letters}$2:${letters}${}", self.sheet, self.lists[at].1.len() + 1))
    }

    fn write(&self, sheet: &mut Worksheet) -> Result<(), WriteError> {
        sheet.set_name(self.sheet)?.set_hidden(true);
        for (at, (key, list)) in self.lists.iter().enumerate() {
            sheet.write_string(0, at as u16, key)?;
            for (row, choice) in list.iter().enumerate() {
                sheet.write_string(row as u32 + 1, at as u16, choice)?;
            }
        }
        Ok(())
    }
}
