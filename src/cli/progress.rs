//! What takes long is told on a terminal.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// From when on it is told, and how often.
const PATIENCE: Duration = Duration::from_secs(1);
const PACE: Duration = Duration::from_millis(100);

/// One line on stderr that is written again and again, and wiped in the end.
#[derive(Debug)]
pub(super) struct Progress {
    next: Option<Instant>,
    is_shown: bool,
}

impl Progress {
    /// Starts to count the time; without a terminal nothing is told.
    pub(super) fn start() -> Self {
        let next = io::stderr().is_terminal().then(|| Instant::now() + PATIENCE);
        Self { next, is_shown: false }
    }

    /// Tells what is being done, if it is time to.
    pub(super) fn tell(&mut self, text: impl FnOnce() -> String) {
        let now = Instant::now();
        if self.next.is_some_and(|next| next <= now) {
            self.next = Some(now + PACE);
            self.write(&text());
        }
    }

    fn write(&mut self, text: &str) {
        // Where stderr is gone, there is nobody to tell.
        let _ = write!(io::stderr(), "\r\u{1b}[K{text}");
        self.is_shown = !text.is_empty();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            self.write("");
        }
    }
}
