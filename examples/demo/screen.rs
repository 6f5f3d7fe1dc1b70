//! What is printed: plain lines that read well in a log, with bold headings on a terminal.

use std::{
    env,
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// Tells what happens, with the time since the start.
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn step(&self, text: &str) {
        say(&format!("{:>7.1} s  {text}", self.0.elapsed().as_secs_f64()));
    }
}

/// A line.
pub(crate) fn say(line: &str) {
    // Where nobody reads, there is nobody to tell.
    let _ = writeln!(io::stdout(), "{line}");
}

/// A line with room above.
pub(crate) fn paragraph(text: &str) {
    say(&format!("\n{text}"));
}

/// A line with room above and below, set off on a terminal.
pub(crate) fn heading(text: &str) {
    paragraph(&format!("{}\n", bold(text)));
}

/// A command, as it is typed, above what it prints.
pub(crate) fn command(text: &str) {
    paragraph(&bold(&format!("$ {text}")));
}

/// How long something took after the moment it is measured from.
pub(crate) fn after(elapsed: Duration, text: &str) {
    say(&format!("{:>6} ms  {text}", elapsed.as_millis()));
}

/// Why the show ends early. Some libraries repeat the cause in their own text: it is said once.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    let _ = writeln!(io::stderr(), "cargo demo: {text}");
}

fn bold(text: &str) -> String {
    let is_refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !is_refused {
        format!("\u{1b}[1m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}
