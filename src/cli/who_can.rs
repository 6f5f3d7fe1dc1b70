//! `holystone who-can`: everybody who may do something.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;
use clap::Args;

use crate::{
    api,
    model::{Asked, Kind, Request, Span},
    report::{self, AccessReport},
};

use super::{
    access::Live,
    output::{Format, print, style},
    text::STDIN,
};

/// Say who may do something, and by which binding.
#[derive(Args, Debug)]
#[command(
    override_usage = "holystone who-can [OPTIONS] <VERB> <RESOURCE> [NAME] <PATH>...\n       \
                      holystone who-can [OPTIONS] --cluster <VERB> <RESOURCE> [NAME]",
    after_help = EXAMPLES
)]
pub(super) struct Arguments {
    /// What is done: get, list, create, delete, escalate …
    #[arg(value_name = "VERB")]
    verb: String,
    /// With what: RESOURCE[/SUBRESOURCE][.GROUP], or a path of the API server such as /metrics.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// Name of the object, then files, folders, or - for stdin. The first one is a file where there
    /// is one of that name.
    #[arg(value_name = "NAME|PATH")]
    rest: Vec<String>,
    /// Namespace where it is done, and of objects in files that name none. Without it, everybody is
    /// listed who may do it in some namespace.
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<String>,
    #[command(flatten)]
    live: Live,
    /// Form of the output.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  holystone who-can create pods/exec -n shop manifests/
  holystone who-can update deployments.apps web -n shop --cluster
  holystone who-can patch ai -n shop --cluster
  holystone who-can get /metrics --cluster";

/// Resources beside those of the kinds that checks know that are in no namespace.
const CLUSTER_SCOPED: [(&str, &str); 7] = [
    (api::GROUP, "auditpolicies"),
    ("", "users"),
    ("", "groups"),
    ("authentication.k8s.io", "uids"),
    ("authentication.k8s.io", "userextras"),
    ("certificates.k8s.io", "certificatesigningrequests"),
    ("certificates.k8s.io", "signers"),
];

/// Our own resources, by all names that kubectl knows.
const OWN: [(&str, &str); 6] = [
    ("ai", "actionitems"),
    ("actionitem", "actionitems"),
    ("actionitems", "actionitems"),
    ("apol", "auditpolicies"),
    ("auditpolicy", "auditpolicies"),
    ("auditpolicies", "auditpolicies"),
];

/// What is asked for, as it was written.
struct Wanted<'a> {
    group: &'a str,
    resource: &'a str,
    subresource: &'a str,
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { verb, resource, live, namespace, .. } = arguments;
    let is_url = resource.starts_with('/');
    let (name, paths) = name_and_paths(&arguments.rest, live.is_meant());
    if is_url && name.is_some() {
        bail!("a path of the API server has no named objects; leave out the name");
    }
    let name = name.unwrap_or_default();
    let parsed = Wanted::parse(resource);
    let span = if is_url { Span::Cluster } else { parsed.span(name, namespace.as_deref()) };
    let asked = if is_url { Asked::Url(resource) } else { parsed.asked(name) };
    let only = match span {
        Span::Namespace(namespace) => Some(namespace),
        _ => None,
    };
    let graph = live.read(&paths, namespace.as_deref(), only)?;
    let rbac = graph.cluster.rbac();
    let bindings = rbac.who_can(&Request { verb, asked }, span);
    let access = bindings.into_iter().flat_map(|facts| {
        let subjects = facts.binding().into_iter().flat_map(|binding| binding.subjects.iter());
        subjects.filter_map(move |subject| Some((subject.who(facts.key.scope())?, facts)))
    });
    let question = match span {
        _ if is_url => format!("who can {verb} {resource}"),
        Span::Cluster => format!("who can {verb} {parsed}{}", quoted(name)),
        Span::Namespace(namespace) => {
            format!("who can {verb} {parsed}{} in namespace {namespace}", quoted(name))
        }
        Span::Anywhere => format!("who can {verb} {parsed}{} in some namespace", quoted(name)),
    };
    let report = AccessReport::new(&question, &graph.cluster, access);
    let report = report.with_missing_roles(&graph.cluster);
    let text = match arguments.format {
        Format::Table => report::access_table(&report, style()),
        Format::Json => report::json(&report)?,
    };
    print(&text, graph.exit)
}

/// The name of the object, if one is given: what comes before the files, and is none.
fn name_and_paths(rest: &[String], is_live: bool) -> (Option<&str>, Vec<PathBuf>) {
    let is_path = |text: &String| text == STDIN || Path::new(text).exists();
    let (name, paths) = match rest {
        [name, paths @ ..] if is_live || (!paths.is_empty() && !is_path(name)) => {
            (Some(name.as_str()), paths)
        }
        paths => (None, paths),
    };
    (name, paths.iter().map(PathBuf::from).collect())
}

fn split_group(text: &str) -> (&str, Option<&str>) {
    text.split_once('.').map_or((text, None), |(name, group)| (name, Some(group)))
}

fn quoted(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(" named {name}") }
}

impl<'a> Wanted<'a> {
    /// Reads RESOURCE[/SUBRESOURCE][.GROUP]. Without a group it is that of the kind, if it is known.
    fn parse(text: &'a str) -> Self {
        let (resource, subresource) = text.split_once('/').unwrap_or((text, ""));
        let (resource, of_resource) = split_group(resource);
        let (subresource, of_subresource) = split_group(subresource);
        let group = of_resource.or(of_subresource);
        let own = OWN.iter().find(|(name, _)| *name == resource);
        if let Some((_, resource)) = own.filter(|_| group.is_none_or(|group| group == api::GROUP)) {
            return Self { group: api::GROUP, resource, subresource };
        }
        let kind = Kind::of_resource(resource);
        match kind.filter(|kind| group.is_none_or(|group| group == kind.group())) {
            Some(kind) => Self { group: kind.group(), resource: kind.plural(), subresource },
            None => Self { group: group.unwrap_or_default(), resource, subresource },
        }
    }

    fn asked(&self, name: &'a str) -> Asked<'a> {
        let Self { group, resource, subresource } = *self;
        Asked::Resource { group, resource, subresource, name }
    }

    /// Where it is done. What is in no namespace is done in none, but for a Namespace itself.
    fn span(&self, name: &'a str, namespace: Option<&'a str>) -> Span<'a> {
        let Self { group, resource, .. } = *self;
        if (group, resource) == ("", "namespaces") && !name.is_empty() {
            return Span::Namespace(name);
        }
        let kind = Kind::of_resource(resource).filter(|kind| kind.group() == group);
        let is_namespaced =
            kind.is_none_or(Kind::is_namespaced) && !CLUSTER_SCOPED.contains(&(group, resource));
        match (is_namespaced, namespace) {
            (false, _) => Span::Cluster,
            (true, Some(namespace)) => Span::Namespace(namespace),
            (true, None) => Span::Anywhere,
        }
    }
}

impl std::fmt::Display for Wanted<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { group, resource, subresource } = self;
        formatter.write_str(resource)?;
        if !subresource.is_empty() {
            write!(formatter, "/{subresource}")?;
        }
        if group.is_empty() { Ok(()) } else { write!(formatter, ".{group}") }
    }
}
