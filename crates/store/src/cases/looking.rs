//! A person who looks at cases: who that is among the units is read once, and holds for one page.

use loops::Kind;

use super::party::{Standing, opening_parties};
use crate::access::{Action, Viewer};
use crate::{Store, StoreError};

/// A person who looks at cases, with everything that follows for them. Made for one page: posts that are
/// given to somebody else hold from the next page on.
#[derive(Debug, Clone)]
pub struct Looking {
    pub(crate) store: Store,
    pub(crate) standing: Standing,
    may_open: bool,
}

impl Store {
    /// This person, who looks at cases.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn looking(&self, viewer: &Viewer) -> Result<Looking, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        Ok(Looking { store: self.clone(), standing, may_open: viewer.can(Action::OpenCases) })
    }
}

impl Looking {
    /// The kinds of case this person may open.
    pub fn kinds_to_open(&self) -> Vec<&'static Kind> {
        if !self.may_open {
            return Vec::new();
        }
        let parties = opening_parties(&self.standing, None, None);
        let may = |kind: &&Kind| kind.opened_by.iter().any(|party| parties.contains(party));
        loops::ALL.iter().filter(may).collect()
    }
}
