//! Why a sheet as a whole cannot be taken in.

use kernel::Lang;
use reports::sheet::SheetError;
use store::StoreError;

/// Why a sheet as a whole cannot be taken in. What is wrong with single cells is a
/// [`crate::Fault`] instead.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The file is no sheet, damaged, encrypted or too large.
    #[error("{}", .0.say(Lang::En))]
    Sheet(#[from] SheetError),
    /// The register refused it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No sheet of the file speaks of enterprises.
    #[error(
        "no sheet of the file speaks of enterprises: none has a column with the credit code or the name. Does the head stand in the first 15 rows?"
    )]
    NoEnterprises,
    /// A sheet was named that the file does not have.
    #[error("the file has no sheet “{name}”; its sheets are: {}", known.join(", "))]
    NoSuchSheet {
        /// The name.
        name: String,
        /// The sheets there are.
        known: Vec<String>,
    },
    /// Rows have faults, and the person did not say to leave them out.
    #[error("{faults} faults; nothing was stored. Repair them, or leave the faulty rows out")]
    Faulty {
        /// How many.
        faults: u64,
    },
}

impl IntakeError {
    /// The message for a person.
    pub fn say(&self, lang: Lang) -> String {
        match self {
            IntakeError::Sheet(error) => error.say(lang),
            IntakeError::Store(error) => error.say(lang),
            IntakeError::NoEnterprises => match lang {
                Lang::Zh => {
                    "文件中没有讲企业的工作表：表头里没有“统一社会信用代码”或“企业名称”一列。表头应在前 15 行之内。"
                        .to_owned()
                }
                Lang::En => self.to_string(),
            },
            IntakeError::NoSuchSheet { name, known } => match lang {
                Lang::Zh => format!("文件中没有叫“{name}”的工作表；有：{}。", known.join("、")),
                Lang::En => self.to_string(),
            },
            IntakeError::Faulty { faults } => match lang {
                Lang::Zh => format!("有 {faults} 处问题，什么都没有存入。请改正，或选择跳过有问题的行。"),
                Lang::En => self.to_string(),
            },
        }
    }
}
