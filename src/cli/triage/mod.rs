//! The verbs about items: what there is, and what people do about it.

mod choice;
mod filter;
mod get;
mod moment;
mod session;
mod show;
mod summary;
mod written;

use std::process::ExitCode;

use clap::Subcommand;

/// What can be done about items.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    Get(get::Arguments),
    Summary(summary::Arguments),
    Show(show::Arguments),
}

impl Verb {
    pub(super) fn execute(&self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Get(arguments) => get::execute(arguments),
            Self::Summary(arguments) => summary::execute(arguments),
            Self::Show(arguments) => show::execute(arguments),
        }
    }
}
