//! The service card (服务明白卡) as a PDF on A4, set by Typst.
//!
//! What a card says reaches the typesetter as data and never as markup, so that a name with `#` or `*` in
//! it is printed as it is written. The same card gives the same bytes: there is no clock, no file and no
//! network within reach of the page.

mod fonts;
mod paper;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use checkup::Card;
use kernel::Lang;
use typst::diag::{Severity, SourceDiagnostic};
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

pub use fonts::{Case, FONT_PLACES, Fonts};
use paper::Paper;

/// Why a card could not be set.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// There is no Chinese font where fonts were looked for.
    #[error("no Chinese font in {}; install fonts-noto-cjk, or name a directory of fonts", list(.looked))]
    NoFont {
        /// The directories that were looked in.
        looked: Vec<PathBuf>,
    },
    /// The typesetter refused, in its own words.
    #[error("the card could not be set: {0}")]
    Refused(String),
}

fn list(places: &[PathBuf]) -> String {
    places.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join(", ")
}

impl CardError {
    /// The message for the person who asked for the card.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (CardError::NoFont { looked }, Lang::Zh) => format!(
                "没有找到中文字体（找过 {}）。请在服务器上安装 Debian 软件包 fonts-noto-cjk，或用 --fonts 指明字体目录。",
                looked.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join("、")
            ),
            (CardError::NoFont { looked }, Lang::En) => format!(
                "No Chinese font was found in {}. Install the Debian package fonts-noto-cjk on the server, or name a \
                 directory of fonts with --fonts.",
                list(looked)
            ),
            (CardError::Refused(why), Lang::Zh) => format!("卡片排版失败：{why}"),
            (CardError::Refused(why), Lang::En) => format!("The card could not be set: {why}"),
        }
    }
}

/// Sets a card as an A4 file that meets PDF/A-2a and PDF/UA-1. One page where its text fits in one, closer set if need be.
///
/// Setting takes some tens of milliseconds of work and is not for a thread that answers others.
///
/// # Errors
/// What the typesetter refuses, which no text of a card should bring about.
pub fn pdf(card: &Card, case: &Case<'_>) -> Result<Vec<u8>, CardError> {
    let made = set(card, case);
    // What was remembered of this card and its fonts is of no use to the next one.
    typst::comemo::evict(0);
    made
}

fn set(card: &Card, case: &Case<'_>) -> Result<Vec<u8>, CardError> {
    let text = serde_json::to_string(card).map_err(|error| CardError::Refused(error.to_string()))?;
    let usual = lay_out(&Paper::new(&text, case, false))?;
    let document = match usual.pages().len() {
        0 | 1 => usual,
        long => {
            let close = lay_out(&Paper::new(&text, case, true))?;
            if close.pages().len() < long { close } else { usual }
        }
    };
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| CardError::Refused(error.message().to_string()))?;
    let options = PdfOptions {
        standards,
        creator: Smart::Custom(Some("Xianshou".to_owned())),
        ident: Smart::Custom(format!("{} {}", card.bearer.code, card.number)),
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| refused(&errors))
}

fn lay_out(paper: &Paper<'_>) -> Result<PagedDocument, CardError> {
    typst::compile(paper).output.map_err(|errors| refused(&errors))
}

fn refused(errors: &[SourceDiagnostic]) -> CardError {
    let told = errors.iter().filter(|it| it.severity == Severity::Error).map(|it| it.message.to_string());
    CardError::Refused(told.collect::<Vec<_>>().join("; "))
}
