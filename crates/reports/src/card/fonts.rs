//! The fonts cards are set in, from directories that were named and nowhere else.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fontdb::{Database, Source};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;

use super::CardError;

/// Where fonts are looked for when nobody names a directory: where Debian, Fedora, Arch and Alpine put the
/// Chinese fonts of Noto.
pub const FONT_PLACES: &[&str] = &[
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/google-noto-cjk",
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/noto",
    "/usr/local/share/fonts",
];

/// Chinese families with serifs (宋体), the best first.
const SERIF: &[&str] =
    &["noto serif cjk sc", "source han serif sc", "思源宋体", "noto serif sc", "songti sc", "simsun"];

/// Chinese families without (黑体).
const SANS: &[&str] = &["noto sans cjk sc", "source han sans sc", "思源黑体", "noto sans sc", "pingfang sc", "simhei"];

/// The fonts that were found: their names and what they cover, not the files, which are tens of megabytes.
#[derive(Debug)]
pub struct Fonts {
    faces: Vec<Face>,
    serif: String,
    sans: String,
}

/// One face of a font file, which may hold several.
#[derive(Debug)]
struct Face {
    path: PathBuf,
    index: u32,
    info: FontInfo,
}

impl Fonts {
    /// Looks for Chinese fonts in directories and those below them.
    ///
    /// # Errors
    /// None of the families is there.
    pub fn find(places: &[impl AsRef<Path>]) -> Result<Self, CardError> {
        let mut found = Database::new();
        for place in places {
            found.load_fonts_dir(place);
        }
        let wanted = |family: &str| SERIF.iter().chain(SANS).any(|name| family.eq_ignore_ascii_case(name));
        let face = |face: &fontdb::FaceInfo| {
            let Source::File(path) = &face.source else { return None };
            if !face.families.iter().any(|(family, _)| wanted(family)) {
                return None;
            }
            let info = found.with_face_data(face.id, FontInfo::new)??;
            Some(Face { path: path.clone(), index: face.index, info })
        };
        let mut faces: Vec<Face> = found.faces().filter_map(face).collect();
        // A directory is listed in any order; the same fonts are to give the same bytes.
        faces.sort_by(|a, b| (&a.path, a.index).cmp(&(&b.path, b.index)));
        let best = |families: &[&str]| {
            let is = |name: &&&str| faces.iter().any(|face| face.info.family.eq_ignore_ascii_case(name));
            families.iter().find(is).map(|name| (*name).to_owned())
        };
        let (serif, sans) = (best(SERIF), best(SANS));
        let missing = || CardError::NoFont { looked: places.iter().map(|place| place.as_ref().to_owned()).collect() };
        let either = serif.clone().or_else(|| sans.clone()).ok_or_else(missing)?;
        Ok(Fonts { faces, serif: serif.unwrap_or_else(|| either.clone()), sans: sans.unwrap_or(either) })
    }

    /// The family with serifs, or the only one there is.
    pub(super) fn serif(&self) -> &str {
        &self.serif
    }

    /// The family without, or the only one there is.
    pub(super) fn sans(&self) -> &str {
        &self.sans
    }

    /// The fonts to set cards in. Their files are read as they are needed and held until this is dropped: for
    /// one card on a server that sets one now and then, for all of them where there are many.
    pub fn case(&self) -> Case<'_> {
        let book = FontBook::from_infos(self.faces.iter().map(|face| face.info.clone()));
        let read = self.faces.iter().map(|_| OnceLock::new()).collect();
        Case { fonts: self, book: LazyHash::new(book), read }
    }
}

/// Fonts in use.
#[derive(Debug)]
pub struct Case<'f> {
    pub(super) fonts: &'f Fonts,
    pub(super) book: LazyHash<FontBook>,
    read: Vec<OnceLock<Option<Font>>>,
}

impl Case<'_> {
    /// A face by its number in the book; `None` where its file has gone since it was found.
    pub(super) fn face(&self, number: usize) -> Option<Font> {
        let face = self.fonts.faces.get(number)?;
        let read = || Font::new(Bytes::new(std::fs::read(&face.path).ok()?), face.index);
        self.read.get(number)?.get_or_init(read).clone()
    }
}
