//! What is printed, and where: reports to stdout, everything else to stderr.

use std::{
    env,
    error::Error,
    io::{self, BufWriter, ErrorKind, IsTerminal, Write},
    process::ExitCode,
};

use anyhow::Context;

use crate::{
    items::clean,
    report::{Style, without_commands},
};

use super::Exit;

/// How much is written at once, in bytes.
const BUFFER: usize = 1 << 16;
/// The longest line on stderr, in bytes.
const LINE: usize = 2048;

/// Form of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Table,
    /// For tools.
    Json,
}

/// Prints a report and ends as said. A reader that has seen enough is no failure.
pub(super) fn print(text: &str, exit: Exit) -> anyhow::Result<ExitCode> {
    print_by(exit, |out| Ok(out.write_all(text.as_bytes())?))
}

/// The same of a report that is made as it is written.
pub(super) fn print_by(
    exit: Exit,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    let mut stdout = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let written = write(&mut stdout).and_then(|()| Ok(stdout.flush()?));
    let is_closed = |error: &anyhow::Error| {
        let error = error.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    };
    match written {
        Err(error) if is_closed(&error) => Ok(Exit::Clean.into()),
        written => written.map(|()| exit.into()).context("cannot write the output"),
    }
}

/// Colours on a terminal, unless `NO_COLOR` says otherwise.
pub(super) fn style() -> Style {
    let is_refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !is_refused { Style::Coloured } else { Style::Plain }
}

/// The width of the terminal that stdout is.
pub(super) fn columns() -> Option<usize> {
    let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(columns.into())
}

/// Says something on stderr.
pub(super) fn warn(text: &str) {
    // Where stderr is gone, there is nobody to tell.
    let _ = writeln!(io::stderr(), "holystone: {}", without_commands(clean(text, LINE)));
}

/// Says on stderr why a command failed. Some libraries repeat the cause in their own text: it is
/// said once.
pub fn complain(error: &anyhow::Error) -> ExitCode {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(<dyn Error>::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    warn(&text);
    Exit::Unusable.into()
}
