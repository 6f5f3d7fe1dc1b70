//! `holystone reopen`: items whose decision is taken away.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::api::{ActionItem, ExemptionOrigin};

use super::{
    change::{Deed, Many, Waiting},
    filter,
};

/// Take a decision away: what still fails opens again.
#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// Items: NAME, ai/NAME or actionitem/NAME.
    #[arg(value_name = "ITEM")]
    items: Vec<String>,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    many: Many,
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { items, waiting, many } = arguments;
    many.change(
        &many.session()?,
        items,
        &Deed { done: "reopened", usual: filter::decided, fields: &fields, waiting },
    )
}

fn fields(item: &ActionItem) -> Result<Value, String> {
    if item.spec.decision.is_some() {
        return Ok(json!({ "decision": null }));
    }
    let exemption = item.status.as_ref().and_then(|status| status.exemption.as_ref());
    let from = exemption.and_then(|exemption| ExemptionOrigin::parse(exemption.from.as_deref()?));
    Err(match from {
        Some(ExemptionOrigin::Policy) => "a policy exempts it; change its spec.exemptions",
        Some(ExemptionOrigin::Annotation) => {
            "an annotation exempts it; change holystone.dev/exempt on the object"
        }
        _ => "there is no decision on it",
    }
    .to_owned())
}
