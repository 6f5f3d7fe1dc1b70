//! `holystone rbac`: the roles of somebody.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use crate::{
    model::{Rbac, Who},
    report::{self, AccessReport},
};

use super::{
    access::Live,
    output::{Format, print, style},
};

/// List the roles of a user, a group or a ServiceAccount.
///
/// What is bound to the groups that follow from who it is, as `system:authenticated`, is listed,
/// too. Other groups of a user are not known here: ask for them by name.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Name of a user, a group or a ServiceAccount; or NAMESPACE/NAME,
    /// system:serviceaccount:NAMESPACE:NAME.
    #[arg(value_name = "SUBJECT")]
    subject: String,
    /// Files, folders, or - for stdin.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Namespace of objects in files that name none.
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<String>,
    #[command(flatten)]
    live: Live,
    /// Form of the output.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { subject, paths, namespace, live, format } = arguments;
    let graph = live.read(paths, namespace.as_deref(), None)?;
    let rbac = graph.cluster.rbac();
    let meant = meant(rbac, subject);
    let access = meant.into_iter().flat_map(|who| rbac.bindings_of(who));
    let report = AccessReport::new(&format!("roles of {subject}"), &graph.cluster, access);
    let text = match format {
        Format::Table => report::access_table(&report, style()),
        Format::Json => report::json(&report)?,
    };
    print(&text, graph.exit)
}

/// Everybody whom bindings call so; whom none does is a user.
fn meant<'a>(rbac: Rbac<'a>, subject: &'a str) -> Vec<Who<'a>> {
    let mut meant = rbac.named(subject);
    let account = subject.split_once('/').filter(|(namespace, name)| {
        let is_plain = |text: &str| !text.is_empty() && !text.contains(['/', ':']);
        is_plain(namespace) && is_plain(name)
    });
    meant.extend(account.map(|(namespace, name)| Who::Account { namespace, name }));
    if meant.is_empty() {
        meant.push(Who::user(subject));
    }
    meant
}
