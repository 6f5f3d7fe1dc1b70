//! `holystone get`: items as a list.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::report::{self, Columns};

use super::{
    super::{
        output::{print, style, warn},
        scan::now,
    },
    choice::{Found, Selectors, sort},
    filter::{self, Filter},
    session::{Connection, Place},
    written,
};

/// List items, the worst first.
///
/// Without names, these are all of a namespace but resolved ones.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Arguments {
    /// Items: NAME, ai/NAME or actionitem/NAME.
    #[arg(value_name = "ITEM")]
    items: Vec<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    selectors: Selectors,
    #[command(flatten)]
    filter: Filter,
    /// Form of the output.
    #[arg(long, short, value_enum, default_value = "table", value_name = "FORM")]
    output: Form,
    #[command(flatten)]
    connection: Connection,
}

const EXAMPLES: &str = "\
Examples:
  holystone get -A --severity high --unassigned
  holystone get -n shop --overdue -o wide
  holystone get -A --new-since 24h -o name
  holystone get -n shop --check 'host-*' --state all";

/// Form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Table,
    /// The same with due dates, people, policies and facts.
    Wide,
    Json,
    Yaml,
    /// Only the names, as kubectl takes them.
    Name,
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { items: names, place, selectors, filter, output, connection } = arguments;
    let (now, session) = (now()?, connection.open()?);
    let Found { mut items, exit } = session.find(place, selectors, names)?;
    let usual = if names.is_empty() { filter::unresolved } else { filter::named };
    filter.keep(&mut items, usual, now)?;
    sort(&mut items);
    let is_one = names.len() == 1 && items.len() == 1;
    let text = match output {
        Form::Table | Form::Wide if items.is_empty() => {
            warn(&nothing(session.namespaces(place).as_deref()));
            String::new()
        }
        Form::Table | Form::Wide => {
            let namespace =
                items.iter().any(|item| item.metadata.namespace != items[0].metadata.namespace);
            let columns = Columns {
                namespace: namespace || place.all_namespaces || place.namespace.len() > 1,
                wide: *output == Form::Wide,
            };
            report::item_table(&items, columns, now, style())
        }
        Form::Json => written::shown(report::json(&written::whole(items, is_one))?),
        Form::Yaml => written::shown(report::yaml(&written::whole(items, is_one))?),
        Form::Name => items.iter().map(|item| written::name(item) + "\n").collect(),
    };
    print(&text, exit)
}

fn nothing(namespaces: Option<&[String]>) -> String {
    match namespaces {
        None => "no such items found".to_owned(),
        Some(namespaces) => format!("no such items found in namespace {}", namespaces.join(", ")),
    }
}
