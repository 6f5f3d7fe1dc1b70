//! The verbs about items: what there is, and what people do about it.

mod assign;
mod audit;
mod change;
mod choice;
mod decide;
mod dismiss;
mod filter;
mod get;
mod moment;
mod named;
mod reopen;
mod session;
mod show;
mod snooze;
mod summary;
mod taken;
mod tree;
mod written;

use std::process::ExitCode;

use clap::Subcommand;

pub(super) use named::Named;

/// What can be done about items.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    Get(get::Arguments),
    Summary(summary::Arguments),
    Show(show::Arguments),
    Tree(tree::Arguments),
    Assign(assign::Arguments),
    Dismiss(dismiss::Arguments),
    Snooze(snooze::Arguments),
    Reopen(reopen::Arguments),
    Audit(audit::Arguments),
}

impl Verb {
    pub(super) fn execute(&self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Get(arguments) => get::execute(arguments),
            Self::Summary(arguments) => summary::execute(arguments),
            Self::Show(arguments) => show::execute(arguments),
            Self::Tree(arguments) => tree::execute(arguments),
            Self::Assign(arguments) => assign::execute(arguments),
            Self::Dismiss(arguments) => dismiss::execute(arguments),
            Self::Snooze(arguments) => snooze::execute(arguments),
            Self::Reopen(arguments) => reopen::execute(arguments),
            Self::Audit(arguments) => audit::execute(arguments),
        }
    }
}
