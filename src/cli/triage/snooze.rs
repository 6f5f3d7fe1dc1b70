//! `holystone snooze`: items that are accepted for a time.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::{
    change::{Many, Waiting},
    decide::{Wish, parse_reason, reasons},
};

/// Accept findings for a time: they are Exempt, and open again at its end.
#[derive(Args, Debug)]
#[command(
    override_usage = "holystone snooze [OPTIONS] <ITEM>... <TIME>\n       \
                      holystone snooze [OPTIONS] <--all|-l SELECTOR> <TIME>",
    after_help = EXAMPLES
)]
pub(in crate::cli) struct Arguments {
    /// Items as NAME, ai/NAME or actionitem/NAME, then for how long, such as 14d or 36h, or until which
    /// date or time.
    #[arg(value_name = "ITEM|TIME")]
    words: Vec<String>,
    /// Why they are accepted.
    #[arg(long, value_name = "REASON", value_parser = reasons(), default_value = "risk-accepted")]
    reason: String,
    /// What a reader should know, for example a ticket.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    many: Many,
}

const EXAMPLES: &str = "\
Examples:
  holystone snooze -n shop ai/web-host-pid-x7k2m9qv4t 14d --note 'after the sale'
  holystone snooze -n shop --all --owner team-cart@example.com 2027-01-31";

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { words, reason, note, waiting, many } = arguments;
    let [items @ .., until] = &**words else {
        bail!("say which items, and for how long, as in holystone snooze ITEM 14d");
    };
    let wish = Wish { reason: parse_reason(reason)?, note: note.as_deref(), until: Some(until) };
    wish.carry_out("snoozed", items, many, waiting)
}
