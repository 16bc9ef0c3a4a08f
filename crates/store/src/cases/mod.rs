//! Cases: matters, visits, duty reports, tasks, approvals, documents, inspections, assistance.
//!
//! What may happen in a case is said by [`loops`]; here it is stored, found again and told to people.
//! A case is the fold of its events, which are only ever appended: each in the chain of its own case and
//! in one chain of the zone. Beside them lies the head, the present view with the columns that lists need.
//!
//! # For pages
//!
//! ```ignore
//! // A form to open a case, and the step itself. The part in the case (asker, desk, lead …) follows from
//! // the account, the case and who is assigned; no page passes it.
//! let kinds = store.kinds_to_open(&viewer).await?;
//! let given = Given { title: Some("停电".into()), topic: Some("power".into()), subject: Some(firm.to_string()), ..Given::default() };
//! let row = store.open_case(&viewer, kind, given).await?;            // row.number == "SQ-2026-00017"
//!
//! // The page of a case: what happened, and which steps this person may take (with what each needs).
//! let view = store.case(&viewer, row.id).await?.ok_or(StoreError::NotFound)?;
//! for (step, party) in &view.may { /* step.key, step.label(lang), step.needs */ }
//!
//! // A step. `seen` is view.row.seq, sent back by the form; whoever was second is told so.
//! match store.act_on_case(&viewer, row.id, seen, "dispatch", Given { unit: Some(unit.to_string()), ..Given::default() }).await {
//!     Err(StoreError::Case(refusal)) => refusal.say(lang),           // shown beside the form, nothing stored
//!     Err(error) => error.say(lang),
//!     Ok(row) => row.state.label(lang).to_owned(),
//! };
//!
//! // Lists, boards, calendars, figures: all within what the person may see.
//! let page = store.cases(&viewer, &CaseQuery { filter, ..CaseQuery::default() }).await?;   // page.next → `after`
//! let total = store.count_cases(&viewer, &filter).await?;
//! let today = store.today(&viewer, 20).await?;                        // what waits for this person
//! let lanes = store.case_board(&viewer, kind, &filter, 10).await?;
//! let days = store.case_calendar(&viewer, &filter, (first, last), 500).await?;
//! let units = store.cases_by_unit(&viewer, &filter).await?;
//! ```
//!
//! Units and subjects stand in events by their ids as text, files by their hash, persons by their account
//! names. Files of a step are kept first ([`Store::keep_file`](crate::Store::keep_file)); a step with a
//! file that is not there is refused.

mod act;
mod board;
mod choice;
mod colour;
mod counting;
mod delivery;
mod erase;
pub(crate) mod events;
mod family;
#[cfg(feature = "testing")]
mod fill;
mod filter;
mod folds;
mod given;
pub(crate) mod head;
mod list;
mod looking;
mod moving;
mod notice;
mod occasion;
mod officers;
mod open;
mod outbox;
mod own_page;
mod parts;
mod party;
mod posts;
mod recount;
mod row;
mod said;
mod serving;
mod setting;
mod sight;
mod taken_over;
pub(crate) mod tally;
mod tick;
mod timing;
mod today;
mod view;
mod visiting;
mod webhook;

pub use board::{Lane, UnitCount};
pub use choice::LoopSetting;
pub use counting::OpenCases;
pub use delivery::{Notice, NoticeState};
#[cfg(feature = "testing")]
pub use fill::Filled;
pub use filter::CaseFilter;
pub use given::{LONGEST_TEXT, LONGEST_TITLE, MOST_FIELDS, MOST_PROOFS};
pub use list::{CasePage, CaseQuery, CaseSort};
pub use looking::Looking;
pub use notice::{ENDED, TIME, YOUR_TURN};
pub use officers::Service;
pub use open::CLOCK;
pub use outbox::{CLAIM, MAIL_BOUNCED, MOST_TRIES};
pub use party::{Post, Posts, Standing, parties};
pub use row::{CaseId, CaseRow};
pub use serving::{OfficerLoad, Unserved};
pub use setting::{Channel, PAGE, Setting};
pub use taken_over::{PastCase, PastStep};
pub use tick::{LeftOut, Tick};
pub use timing::{Painted, Timing};
pub use today::Today;
pub use view::CaseView;
pub use visiting::{ToSee, VisitKnown, WrittenUp};
pub use webhook::{CHANNEL as WEBHOOK, NewTarget, Target, TargetKind};
