//! The world the typesetter sees: one template, one card, the fonts, and nothing else.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue as _};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use super::fonts::Case;

const TEMPLATE: &str = include_str!("card.typ");

/// A card on its way to paper.
pub(super) struct Paper<'f> {
    library: LazyHash<Library>,
    template: Source,
    case: &'f Case<'f>,
}

impl<'f> Paper<'f> {
    /// A card, given in JSON, with the fonts to set it in.
    pub(super) fn new(card: &str, case: &'f Case<'f>, close: bool) -> Self {
        let mut inputs = Dict::new();
        inputs.insert("card".into(), card.into_value());
        inputs.insert("serif".into(), case.fonts.serif().into_value());
        inputs.insert("sans".into(), case.fonts.sans().into_value());
        inputs.insert("close".into(), close.into_value());
        let library = LazyHash::new(Library::builder().with_inputs(inputs).build());
        Paper { library, template: Source::detached(TEMPLATE), case }
    }
}

impl World for Paper<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.case.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.case.face(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
