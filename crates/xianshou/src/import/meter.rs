//! How far a long file has come, on standard error.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use intake::Stage;
use kernel::Lang;

use crate::talk::Talk;

/// A file that is done before this needs no telling.
const PATIENCE: Duration = Duration::from_millis(700);

/// Tells on standard error how far an import has come: one line that is written over and over on
/// a terminal, a line for each step elsewhere.
pub struct Meter {
    lang: Lang,
    terminal: bool,
    asked: bool,
    last: Option<(std::mem::Discriminant<Stage>, Instant)>,
    begun: Instant,
    written: bool,
}

impl Meter {
    /// A meter that tells where a person looks on, or where it was asked for.
    pub fn new(talk: &Talk, asked: bool) -> Self {
        let terminal = std::io::stderr().is_terminal() && !talk.json;
        Self { lang: talk.lang, terminal, asked, last: None, begun: Instant::now(), written: false }
    }

    /// Takes note of how far it has come.
    pub fn tell(&mut self, stage: Stage) {
        let now = Instant::now();
        if !self.asked && (!self.terminal || now - self.begun < PATIENCE) {
            return;
        }
        let step = std::mem::discriminant(&stage);
        let pause = Duration::from_millis(if self.terminal { 150 } else { 2_000 });
        if self.last.is_some_and(|(last, at)| last == step && now - at < pause) {
            return;
        }
        self.last = Some((step, now));
        let words = self.words(stage);
        let mut err = std::io::stderr().lock();
        // Standard error may be closed; an import is not given up for that.
        let _ = match self.terminal {
            true => write!(err, "\r\x1b[K{words}"),
            false => writeln!(err, "{words}"),
        };
        let _ = err.flush();
        self.written = true;
    }

    /// Clears the line for the answer.
    pub fn end(&mut self) {
        if self.terminal && self.written {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    fn words(&self, stage: Stage) -> String {
        match (stage, self.lang) {
            (Stage::Reading(rows), Lang::Zh) => format!("正在读取：{rows} 行"),
            (Stage::Reading(rows), Lang::En) => format!("Reading: {rows} rows"),
            (Stage::Matching(rows), Lang::Zh) => format!("正在与台账核对：{rows} 行"),
            (Stage::Matching(rows), Lang::En) => format!("Holding {rows} rows against the register"),
            (Stage::Storing(done, rows), Lang::Zh) => format!("正在存入：{done} / {rows} 行"),
            (Stage::Storing(done, rows), Lang::En) => format!("Storing: {done} of {rows} rows"),
        }
    }
}
