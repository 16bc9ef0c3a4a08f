//! `/imports`: a sheet on its way into the register, in four steps.
//!
//! A person chooses a file ([`begin`]), says which of its sheets are taken in and what each speaks of
//! ([`sheets`]), confirms what their columns mean ([`columns`]), repairs or
//! leaves out what is wrong ([`check`], [`repair`]), and stores all of it or nothing ([`load`],
//! done by [`job`]). What was decided is a [`draft::Prepared`], kept in the draft, so that the
//! work can be left at any moment and taken up again on another machine. Reading a long sheet
//! takes seconds; [`checks`] does it once for each version of a draft, off the request.

pub mod begin;
pub mod blank;
pub mod check;
pub mod checked;
pub mod checks;
pub mod column_form;
pub mod columns;
pub mod draft;
pub mod effect;
pub mod job;
pub mod load;
pub mod marked;
pub mod overview;
pub mod repair;
pub mod sheets;
pub mod suggest;

pub use intake::KINDS;
use kernel::SubjectKind;

/// The kind with this key, where it can be imported.
pub fn kind(key: &str) -> Option<SubjectKind> {
    SubjectKind::from_key(key).filter(|kind| KINDS.contains(kind))
}

/// The steps of an import, for the bar at the top of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Choosing the file.
    File,
    /// What the columns mean.
    Columns,
    /// What is wrong.
    Check,
    /// Storing it.
    Load,
}

/// One step as the bar shows it.
pub struct Shown {
    /// Its number.
    pub number: usize,
    /// Its name in the reader's language.
    pub name: &'static str,
    /// Where it is; none for one that cannot be gone to.
    pub link: Option<String>,
    /// Whether it is the page being shown.
    pub current: bool,
    /// Whether it lies behind.
    pub done: bool,
}

/// The bar of steps on the page of one of them; `id` is the draft's, once there is one.
pub fn steps(lang: kernel::Lang, current: Step, id: Option<uuid::Uuid>) -> Vec<Shown> {
    let all = [
        (Step::File, lang.pick("选择文件", "File"), ""),
        (Step::Columns, lang.pick("核对各列", "Columns"), "columns"),
        (Step::Check, lang.pick("检查与修改", "Check and mend"), "check"),
        (Step::Load, lang.pick("导入", "Load"), ""),
    ];
    all.into_iter()
        .zip(1..)
        .map(|((step, name, page), number)| {
            let reachable = current != Step::Load && step != current && !page.is_empty();
            let link = id.filter(|_| reachable).map(|id| format!("/imports/{id}/{page}"));
            Shown { number, name, link, current: step == current, done: step < current }
        })
        .collect()
}
