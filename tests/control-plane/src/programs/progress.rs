//! What is told while programs are made.

use std::fmt::Display;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// Writes lines to the standard error, each with the time since the start.
pub(super) struct Progress {
    started: Instant,
}

impl Progress {
    pub(super) fn start() -> Self {
        Self { started: Instant::now() }
    }

    pub(super) fn say(&self, line: impl Display) {
        let elapsed = self.started.elapsed().as_secs_f64();
        // Written directly, because test harnesses swallow what `eprintln!` prints; and if nobody
        // reads it, the work goes on.
        let _ = writeln!(io::stderr(), "control plane {elapsed:6.1} s: {line}");
    }
}

/// Says when it is time for another sign of life.
pub(super) struct Heartbeat {
    last: Instant,
}

impl Heartbeat {
    const INTERVAL: Duration = Duration::from_secs(20);

    pub(super) fn start() -> Self {
        Self { last: Instant::now() }
    }

    pub(super) fn is_due(&mut self) -> bool {
        let due = self.last.elapsed() >= Self::INTERVAL;
        if due {
            self.last = Instant::now();
        }
        due
    }
}
