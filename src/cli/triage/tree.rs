//! `holystone tree`: items below the objects that they are about.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use crate::{api::ActionItem, model::Kind, report};

use super::{
    super::{
        output::{columns, print, style, warn},
        scan::now,
    },
    choice::{Found, Selectors},
    filter::{self, Filter},
    session::{Connection, Place, parse_namespace},
};

/// Show items as a tree: namespaces, the objects in them, and what is found on each.
///
/// Pods and replica sets stand for what has made them: their findings are on the object at the top.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Arguments {
    /// A namespace, or one object of it as KIND/NAME; otherwise the namespace of the context.
    #[arg(value_name = "NAMESPACE|KIND/NAME")]
    what: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    selectors: Selectors,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    connection: Connection,
}

const EXAMPLES: &str = "\
Examples:
  holystone tree shop
  holystone tree deployment/web -n shop
  holystone tree -A --severity high";

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { what, place, selectors, filter, connection } = arguments;
    let mut place = place.clone();
    let object = match what.as_deref().map(|what| what.split_once('/').ok_or(what)) {
        Some(Ok(object)) => Some(object),
        Some(Err(namespace)) => {
            if place.all_namespaces || !place.namespace.is_empty() {
                bail!("name the namespace once: as an argument, or with -n or -A");
            }
            place.namespace = vec![parse_namespace(namespace).map_err(anyhow::Error::msg)?];
            None
        }
        None => None,
    };
    let (now, session) = (now()?, connection.open()?);
    let Found { mut items, exit } = session.find(&place, selectors, &[])?;
    filter.keep(&mut items, filter::unresolved, now)?;
    items.retain(|item| object.is_none_or(|object| is_about(item, object)));
    if items.is_empty() {
        warn("no such items found");
    }
    print(&report::item_tree(&items, style(), columns()), exit)
}

/// Whether an item is about an object; the kind may be written as kubectl takes it.
fn is_about(item: &ActionItem, (kind, name): (&str, &str)) -> bool {
    let target = &item.spec.target;
    let (kind, _) = kind.split_once('.').unwrap_or((kind, ""));
    let known = Kind::of_resource(&kind.to_ascii_lowercase());
    let is_kind = target.kind.eq_ignore_ascii_case(kind)
        || known.is_some_and(|known| known.name() == target.kind);
    is_kind && target.name == name
}
