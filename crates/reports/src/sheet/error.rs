//! Why a file could not be read as a sheet, in words for the person who uploaded it.

use std::fmt;

use kernel::Lang;

use super::column_letters;

/// What a file turned out to be when it is no sheet we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No bytes at all.
    Empty,
    /// A PDF document.
    Pdf,
    /// A web page, which some systems hand out under the name `.xls`.
    WebPage,
    /// An XML spreadsheet of 2003, or another XML file.
    Xml,
    /// A binary workbook, `.xlsb`.
    BinaryWorkbook,
    /// An OpenDocument spreadsheet, `.ods`.
    OpenDocument,
    /// A Word or PowerPoint document.
    OtherOffice,
    /// A zip archive without a workbook in it.
    Archive,
    /// A picture.
    Picture,
    /// Rich text.
    RichText,
    /// Bytes of some other kind.
    Unknown,
}

impl Kind {
    fn name(self, lang: Lang) -> &'static str {
        match self {
            Kind::Empty => lang.pick("空文件", "an empty file"),
            Kind::Pdf => lang.pick("PDF 文档", "a PDF document"),
            Kind::WebPage => lang.pick("网页（扩展名可能是 .xls）", "a web page (its name may end in .xls)"),
            Kind::Xml => lang.pick("XML 文件", "an XML file"),
            Kind::BinaryWorkbook => lang.pick("xlsb 二进制工作簿", "a binary workbook (xlsb)"),
            Kind::OpenDocument => lang.pick("OpenDocument 表格（ods）", "an OpenDocument spreadsheet (ods)"),
            Kind::OtherOffice => lang.pick("Word 或 PowerPoint 文档", "a Word or PowerPoint document"),
            Kind::Archive => lang.pick("压缩包", "a zip archive"),
            Kind::Picture => lang.pick("图片", "a picture"),
            Kind::RichText => lang.pick("RTF 文档", "a rich text document"),
            Kind::Unknown => lang.pick("无法识别的二进制文件", "a binary file of an unknown kind"),
        }
    }
}

/// A measure of a workbook that went past its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Bytes of the uploaded file.
    FileBytes,
    /// Bytes of all parts, inflated.
    InflatedBytes,
    /// Bytes of one part, inflated.
    PartBytes,
    /// Inflated size divided by packed size.
    Ratio,
    /// Parts.
    Parts,
    /// Sheets.
    Sheets,
    /// Different texts.
    Texts,
    /// Cell styles.
    Styles,
    /// Cells of an xls.
    GridCells,
}

impl Measure {
    fn name(self, lang: Lang) -> &'static str {
        match self {
            Measure::FileBytes => lang.pick("文件大小", "the file's size"),
            Measure::InflatedBytes => lang.pick("解压后的总大小", "the inflated size"),
            Measure::PartBytes => lang.pick("单个部件解压后的大小", "the inflated size of one part"),
            Measure::Ratio => lang.pick("压缩比", "the compression ratio"),
            Measure::Parts => lang.pick("部件数", "the number of parts"),
            Measure::Sheets => lang.pick("工作表数", "the number of sheets"),
            Measure::Texts => lang.pick("不同文本数", "the number of texts"),
            Measure::Styles => lang.pick("单元格样式数", "the number of cell styles"),
            Measure::GridCells => lang.pick("单元格区域", "the area of cells"),
        }
    }

    fn written(self, value: u64) -> String {
        match self {
            Measure::FileBytes | Measure::InflatedBytes | Measure::PartBytes => bytes(value),
            Measure::Ratio => format!("{value}:1"),
            _ => value.to_string(),
        }
    }
}

/// Why a file could not be read as a sheet. Every variant says what was found, what was
/// expected and what to do: [`SheetError::say`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetError {
    /// The file is no sheet.
    NotASheet(Kind),
    /// The workbook asks for a password.
    Encrypted,
    /// The workbook is cut off or damaged; the reader's own words are kept for the log.
    Damaged(String),
    /// The workbook holds no worksheet: only charts, dialogs or macros.
    NoWorksheet,
    /// A measure went past its limit: a huge file, or one made to exhaust the reader.
    TooLarge {
        /// Which measure.
        measure: Measure,
        /// How much was found.
        found: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// A value stands below the last row that is read.
    TooManyRows {
        /// The sheet.
        sheet: String,
        /// The row with the value, from 1.
        found: u32,
        /// The last row allowed.
        limit: u32,
    },
    /// A value stands right of the last column that is read.
    TooManyColumns {
        /// The sheet.
        sheet: String,
        /// The row, from 1.
        row: u32,
        /// The column with the value, from 1.
        found: u32,
        /// The last column allowed.
        limit: u32,
    },
    /// Bytes that are neither UTF-8 nor GB18030.
    Encoding {
        /// The line, from 1.
        line: u64,
        /// The byte's place in the file, from 1.
        byte: u64,
        /// The byte.
        found: u8,
    },
    /// A byte of value zero in a text file.
    Nul {
        /// The line, from 1.
        line: u64,
        /// The byte's place in the file, from 1.
        byte: u64,
    },
    /// A cell that is too long, in a csv file mostly after a quotation mark that never closes.
    CellTooLong {
        /// The sheet.
        sheet: String,
        /// The row, from 1.
        row: u32,
        /// The column, from 1.
        column: u32,
        /// Characters allowed.
        limit: usize,
    },
    /// A sheet without any value.
    EmptySheet {
        /// The sheet.
        sheet: String,
    },
    /// No sheet of this name.
    NoSuchSheet {
        /// The name asked for.
        wanted: String,
        /// The sheets there are.
        have: Vec<String>,
    },
    /// The file could not be opened.
    Unreadable(String),
}

/// The three parts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// What to do.
    pub advice: String,
}

impl SheetError {
    /// The message in one piece.
    pub fn say(&self, lang: Lang) -> String {
        let Told { found, expected, advice } = self.tell(lang);
        match lang {
            Lang::Zh => format!("{found}；应为{expected}。{advice}。"),
            Lang::En => format!("Found {found}; expected {expected}. {advice}."),
        }
    }

    /// The message in its three parts.
    pub fn tell(&self, lang: Lang) -> Told {
        let told = |found: String, expected: String, advice: &str| Told { found, expected, advice: advice.to_owned() };
        let sheet = || lang.pick("xlsx、xls 或 csv 表格", "an xlsx, xls or csv sheet").to_owned();
        let save_again = lang.pick(
            "请用 Excel 或 WPS 打开后另存为 xlsx 再上传",
            "Open it in Excel or WPS, save it as xlsx and upload that",
        );
        match self {
            SheetError::NotASheet(kind) => match lang {
                Lang::Zh => told(format!("文件是{}", kind.name(lang)), sheet(), save_again),
                Lang::En => told(kind.name(lang).to_owned(), sheet(), save_again),
            },
            SheetError::Encrypted => told(
                lang.pick("工作簿设有打开密码", "a workbook with a password").to_owned(),
                lang.pick("未加密的工作簿", "a workbook without one").to_owned(),
                lang.pick(
                    "请在 Excel 中取消打开密码后另存再上传",
                    "Remove the password in Excel, save it and upload it again",
                ),
            ),
            SheetError::Damaged(_) => told(
                lang.pick("文件不完整或已损坏", "a file that is cut off or damaged").to_owned(),
                lang.pick("完整的表格文件", "a whole one").to_owned(),
                lang.pick(
                    "请重新下载，或用 Excel 打开后另存为 xlsx 再上传",
                    "Download it again, or open it in Excel and save it as xlsx",
                ),
            ),
            SheetError::NoWorksheet => told(
                lang.pick("工作簿中只有图表、对话框或宏", "a workbook with only charts, dialogs or macros").to_owned(),
                lang.pick("至少一张工作表", "at least one worksheet").to_owned(),
                lang.pick("请把数据放入普通工作表后再上传", "Put the figures on an ordinary worksheet"),
            ),
            SheetError::TooLarge { measure, found, limit } => told(
                match lang {
                    Lang::Zh => format!("{}为 {}", measure.name(lang), measure.written(*found)),
                    Lang::En => format!("{} of {}", measure.name(lang), measure.written(*found)),
                },
                match lang {
                    Lang::Zh => format!("不超过 {}", measure.written(*limit)),
                    Lang::En => format!("at most {}", measure.written(*limit)),
                },
                lang.pick(
                    "请删去图片、空白格式和无关工作表，或分成几个文件上传",
                    "Remove pictures, blank formatting and other sheets, or split the file",
                ),
            ),
            _ => self.tell_place(lang),
        }
    }

    /// The messages that name a place in the file.
    fn tell_place(&self, lang: Lang) -> Told {
        let told = |found: String, expected: String, advice: &str| Told { found, expected, advice: advice.to_owned() };
        let clear = lang
            .pick("请清除多余的内容和格式，或分成几个文件上传", "Clear what does not belong there, or split the file");
        match self {
            SheetError::TooManyRows { sheet, found, limit } => match lang {
                Lang::Zh => told(format!("“{sheet}”第 {found} 行仍有内容"), format!("最多 {limit} 行"), clear),
                Lang::En => {
                    told(format!("a value in row {found} of “{sheet}”"), format!("at most {limit} rows"), clear)
                }
            },
            SheetError::TooManyColumns { sheet, row, found, limit } => {
                let (at, last) = (column_letters(*found), column_letters(*limit));
                match lang {
                    Lang::Zh => {
                        told(format!("“{sheet}”{at}{row} 仍有内容"), format!("最多到 {last} 列（{limit} 列）"), clear)
                    }
                    Lang::En => told(
                        format!("a value in {at}{row} of “{sheet}”"),
                        format!("at most {limit} columns (to {last})"),
                        clear,
                    ),
                }
            }
            SheetError::Encoding { line, byte, found } => {
                let advice = lang.pick(
                    "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”再上传",
                    "In Excel, save it as “CSV UTF-8 (comma delimited)” and upload that",
                );
                match lang {
                    Lang::Zh => told(
                        format!("第 {line} 行（第 {byte} 个字节）的字节 0x{found:02X} 不成字符"),
                        "UTF-8 或 GB18030 编码的文本".into(),
                        advice,
                    ),
                    Lang::En => told(
                        format!("byte 0x{found:02X} on line {line} (byte {byte}), which is no character"),
                        "text in UTF-8 or GB18030".into(),
                        advice,
                    ),
                }
            }
            SheetError::Nul { line, byte } => {
                let advice = lang.pick("文件可能已损坏，请重新导出", "The file may be damaged: export it again");
                match lang {
                    Lang::Zh => told(format!("第 {line} 行（第 {byte} 个字节）是空字符（NUL）"), "文本".into(), advice),
                    Lang::En => told(format!("a NUL byte on line {line} (byte {byte})"), "text".into(), advice),
                }
            }
            SheetError::CellTooLong { sheet, row, column, limit } => {
                let at = column_letters(*column);
                let advice = lang.pick("请检查该处的引号是否成对", "Check that quotation marks there come in pairs");
                match lang {
                    Lang::Zh => {
                        told(format!("“{sheet}”{at}{row} 的内容过长"), format!("每格不超过 {limit} 个字符"), advice)
                    }
                    Lang::En => told(
                        format!("a very long cell at {at}{row} of “{sheet}”"),
                        format!("at most {limit} characters in a cell"),
                        advice,
                    ),
                }
            }
            SheetError::EmptySheet { sheet } => {
                let advice = lang.pick(
                    "请选择有数据的工作表，或使用导入模板",
                    "Choose the sheet with the figures, or start from the template",
                );
                match lang {
                    Lang::Zh => told(format!("工作表“{sheet}”没有内容"), "一行表头和若干数据行".into(), advice),
                    Lang::En => {
                        told(format!("an empty sheet “{sheet}”"), "a heading row and rows of values".into(), advice)
                    }
                }
            }
            SheetError::NoSuchSheet { wanted, have } => match lang {
                Lang::Zh => {
                    told(format!("没有名为“{wanted}”的工作表"), format!("以下之一：{}", have.join("、")), "请从中选择")
                }
                Lang::En => told(
                    format!("no sheet named “{wanted}”"),
                    format!("one of {}", have.join(", ")),
                    "Choose one of them",
                ),
            },
            SheetError::Unreadable(why) => match lang {
                Lang::Zh => told(format!("文件无法打开（{why}）"), "可读取的文件".into(), "请检查路径和权限"),
                Lang::En => told(
                    format!("a file that cannot be opened ({why})"),
                    "a readable file".into(),
                    "Check the path and its permissions",
                ),
            },
            _ => self.tell(lang),
        }
    }
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))?;
        match self {
            SheetError::Damaged(why) if !why.is_empty() => write!(f, " ({why})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for SheetError {}

/// A number of bytes as people read it.
fn bytes(value: u64) -> String {
    match value {
        v if v >= 1 << 30 => format!("{:.1} GiB", v as f64 / f64::from(1 << 30)),
        v if v >= 1 << 20 => format!("{:.1} MiB", v as f64 / f64::from(1 << 20)),
        v => format!("{v} B"),
    }
}
