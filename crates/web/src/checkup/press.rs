//! Where cards are set: one at a time, away from the threads that answer.

use std::path::PathBuf;
use std::sync::Arc;

use axum::http::StatusCode;
use checkup::Card;
use kernel::Lang;
use reports::card::{CardError, Fonts};
use tokio::sync::{Mutex, Semaphore};

use crate::WebError;

/// Cards that may wait to be set, the one that is being set among them: some seconds of waiting.
const WAITING: usize = 16;

/// The typesetter with its fonts, which are looked for when the first card is asked for. While a card is set
/// the next one waits: setting takes a core and the memory of the fonts.
pub(crate) struct Press {
    places: Vec<PathBuf>,
    fonts: Mutex<Option<Arc<Fonts>>>,
    places_in_line: Semaphore,
}

impl Press {
    /// A typesetter that looks for fonts in these directories.
    pub(crate) fn new(places: Vec<PathBuf>) -> Self {
        Press { places, fonts: Mutex::new(None), places_in_line: Semaphore::new(WAITING) }
    }

    /// Takes every place in the line.
    #[cfg(test)]
    pub(crate) fn crowd(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.places_in_line.try_acquire_many(WAITING as u32).unwrap()
    }

    /// Sets a card.
    ///
    /// # Errors
    /// There is no Chinese font; it is looked for again with the next card, since one may be installed by then.
    /// So many wait already that this one would be given up before its turn.
    pub(crate) async fn pdf(&self, card: Card) -> Result<Vec<u8>, WebError> {
        let Ok(_place) = self.places_in_line.try_acquire() else {
            return Err(WebError::too_many(
                format!("已有 {WAITING} 张明白卡在排队排版，请过一分钟再试。"),
                format!("{WAITING} cards are waiting to be set already; try again in a minute."),
            ));
        };
        let mut held = self.fonts.lock().await;
        let (fonts, places) = (held.clone(), self.places.clone());
        let work = move || {
            let fonts = fonts.map_or_else(|| Fonts::find(&places).map(Arc::new), Ok)?;
            let bytes = reports::card::pdf(&card, &fonts.case())?;
            Ok((fonts, bytes))
        };
        let done: Result<(Arc<Fonts>, Vec<u8>), CardError> =
            tokio::task::spawn_blocking(work).await.map_err(WebError::broken)?;
        let (fonts, bytes) = done.map_err(|error| refused(&error))?;
        *held = Some(fonts);
        Ok(bytes)
    }
}

fn refused(error: &CardError) -> WebError {
    match error {
        CardError::NoFont { .. } => {
            WebError::new(StatusCode::NOT_IMPLEMENTED, error.say(Lang::Zh), error.say(Lang::En)).caused_by(error)
        }
        CardError::Refused(_) => WebError::broken(error),
    }
}
