//! Minding the cases: what time alone changes is done when its moment comes.

use std::time::Duration;

use kernel::Lang;
use store::cases::Tick;

use super::duties::opening::{Opened, open_due};
use crate::App;
use crate::visits::opening::Planner;

/// How often the clock is looked at. Nothing is counted by it: a step taken late by it stands with the
/// moment at which it was taken, and days are days.
const SLEEP: Duration = Duration::from_secs(20);

/// Lets the clock act until the server stops.
pub async fn run(app: App) {
    // The calendar, the scheme of colours or the kinds may be others than when the server last ran.
    match app.store().recount_cases().await {
        Ok((looked, changed)) => tracing::debug!(looked, changed, "open cases were counted anew"),
        Err(error) => tracing::warn!(%error, "open cases could not be counted anew"),
    }
    let (mut said, mut opened) = (Vec::new(), Opened::default());
    let mut visits = Planner::default();
    loop {
        visits.look(&app).await;
        match open_due(&app, &mut opened).await {
            Ok(left) => left.iter().for_each(|why| tracing::warn!(why, "a report could not be opened")),
            Err(error) => tracing::warn!(%error, "the reports due could not be opened; trying again"),
        }
        match app.store().tick().await {
            Ok(tick) => tell(&tick, &mut said),
            Err(error) => tracing::warn!(%error, "the clock of the cases could not be looked at; trying again"),
        }
        tokio::time::sleep(SLEEP).await;
    }
}

/// Says what could not be counted, once, for as long as it stays so.
fn tell(tick: &Tick, said: &mut Vec<String>) {
    let left: Vec<String> = tick.left_out.iter().map(|left| left.say(Lang::En)).collect();
    for why in left.iter().filter(|why| !said.contains(why)) {
        tracing::warn!(why, "a case was left as it is");
    }
    *said = left;
}
