//! `holystone assign`: who takes care of items.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};

use crate::api::ActionItem;

use super::{
    change::{Deed, Many, Waiting},
    filter,
};

/// The caller, whatever the name is.
const ME: &str = "@me";

/// Say who takes care of items.
#[derive(Args, Debug)]
#[command(override_usage = "holystone assign [OPTIONS] <ITEM>... <WHO>\n       \
                      holystone assign [OPTIONS] --nobody <ITEM>...\n       \
                      holystone assign [OPTIONS] <--all|-l SELECTOR> <WHO>")]
pub(in crate::cli) struct Arguments {
    /// Items as NAME, ai/NAME or actionitem/NAME, then who takes care of them; @me is yourself.
    #[arg(value_name = "ITEM|WHO")]
    words: Vec<String>,
    /// Take the name away that is there.
    #[arg(long)]
    nobody: bool,
    #[command(flatten)]
    many: Many,
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { words, nobody, many } = arguments;
    let (names, who) = match &**words {
        names if *nobody => (names, None),
        [names @ .., who] => (names, Some(who.as_str())),
        [] => bail!(
            "say who takes care of which items, as in holystone assign ITEM alice@example.com"
        ),
    };
    let session = many.session()?;
    let who = match who {
        Some(ME) => Some(session.caller()?),
        who => who.map(str::to_owned),
    };
    if who.as_ref().is_some_and(|who| who.is_empty() || who.chars().count() > 128) {
        bail!("who takes care of an item has a name of 1 to 128 characters");
    }
    let fields = |_: &ActionItem| -> Result<Value, String> { Ok(json!({ "assignee": who })) };
    let done = match &who {
        Some(who) => format!("assigned to {}", crate::items::clean(who, 128)),
        None => "assigned to nobody".to_owned(),
    };
    many.change(
        &session,
        names,
        &Deed {
            done: &done,
            usual: filter::unresolved,
            fields: &fields,
            waiting: &Waiting::default(),
        },
    )
}
