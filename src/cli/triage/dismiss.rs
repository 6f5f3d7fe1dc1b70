//! `holystone dismiss`: items that are accepted.

use std::process::ExitCode;

use clap::Args;

use crate::api::ExemptionReason;

use super::{
    change::{Many, Waiting},
    decide::{Wish, parse_reason, reasons},
};

/// Accept findings, for good or for a time: they become Exempt and stay visible.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Arguments {
    /// Items: NAME, ai/NAME or actionitem/NAME.
    #[arg(value_name = "ITEM")]
    items: Vec<String>,
    /// Why they are accepted.
    #[arg(long, value_name = "REASON", value_parser = reasons())]
    reason: String,
    /// What a reader should know, for example a ticket.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// When it ends: 90d, a date (through that day, UTC) or a time. Without it, it does not.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    many: Many,
}

const EXAMPLES: &str = "\
Examples:
  holystone dismiss -n shop ai/web-host-pid-x7k2m9qv4t --reason risk-accepted --note SEC-12
  holystone dismiss -n logging --all --check 'host-path-*' --reason working-as-intended --until 2027-01-31";

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { items, reason, note, until, waiting, many } = arguments;
    let reason: ExemptionReason = parse_reason(reason)?;
    let wish = Wish { reason, note: note.as_deref(), until: until.as_deref() };
    wish.carry_out("dismissed", items, many, waiting)
}
