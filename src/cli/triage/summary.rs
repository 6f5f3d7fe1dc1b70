//! `holystone summary`: how many items there are, where, on what, and whose.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::{
    api::AuditPolicy,
    inventory::{self, Problem, Query, Source},
    report,
};

use super::{
    super::{
        output::{print, style, warn},
        scan::now,
    },
    choice::{Found, Selectors},
    session::{Connection, Place, Session},
    written,
};

/// Sum up items: by severity, namespace, target and owner, and how well each policy is kept.
#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    selectors: Selectors,
    /// Form of the output.
    #[arg(long, short, value_enum, default_value = "table", value_name = "FORM")]
    output: Form,
    #[command(flatten)]
    connection: Connection,
}

/// Form of a summary.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// For people.
    Table,
    Json,
    Yaml,
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { place, selectors, output, connection } = arguments;
    let (now, session) = (now()?, connection.open()?);
    let Found { items, exit } = session.find(place, selectors, &[])?;
    let summary = report::item_summary(&items, &policies(&session), now);
    let text = match output {
        Form::Table => report::summary_table(&summary, now, style()),
        Form::Json => written::shown(report::json(&summary)?),
        Form::Yaml => written::shown(report::yaml(&summary)?),
    };
    print(&text, exit)
}

/// The policies; people of a namespace often may not read them, and miss nothing of their own.
fn policies(session: &Session) -> Vec<AuditPolicy> {
    let listed = inventory::list_own(&session.client, Source::Policies, Query::default());
    match session.wait(listed) {
        Ok((mut policies, _)) => {
            policies.sort_by(|a: &AuditPolicy, b| a.metadata.name.cmp(&b.metadata.name));
            policies
        }
        Err(Problem::Forbidden(what)) => {
            warn(&format!("scores are not shown: you may not list {what}"));
            Vec::new()
        }
        Err(problem) => {
            warn(&format!("scores are not shown: {problem}"));
            Vec::new()
        }
    }
}
