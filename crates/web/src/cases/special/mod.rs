//! What only some kinds have on the page of a case.

use store::cases::CaseView;

use super::line::Names;
use crate::ui::Safe;
use crate::{App, Page, WebError};

/// The parts that the kind of a case puts on its page, between what it is about and what may be done.
///
/// # Errors
/// What the store reports.
pub async fn panels(app: &App, page: &Page, found: &CaseView, names: &Names) -> Result<Vec<Safe>, WebError> {
    let _ = (app, page, found, names);
    Ok(Vec::new())
}
