//! `holystone export`: checks in the words of others.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum, builder::PossibleValuesParser};

use crate::{
    admission::{self, Action, Document, Exported, Order},
    api::{AuditPolicySpec, Severity},
    checks,
    engine::Policy,
    report,
};

use super::{
    Exit,
    output::{print, warn},
    policies,
    scan::{now, parse_minor},
};

/// Export checks, for the API server to enforce.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, Subcommand)]
enum Form {
    Vap(Box<Vap>),
}

/// Write checks as `ValidatingAdmissionPolicies` and their bindings, for `kubectl apply -f -`.
///
/// What cannot be said there is told on stderr: checks that look up other objects, that depend on the
/// time, or that are not written in CEL.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
struct Vap {
    /// File with an `AuditPolicy` to export, or - for stdin; may be repeated. Its scope, its settings
    /// and its exemptions are exported with its checks.
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,
    /// Profile to export; may be repeated. Without --policy, system namespaces are left out.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(checks::PROFILES))]
    profile: Vec<String>,
    /// Check to export: an id, a glob or a category; may be repeated. On top of --profile and
    /// --policy.
    #[arg(long, value_name = "ID")]
    check: Vec<String>,
    /// Check to leave out, in the same words; may be repeated.
    #[arg(long, value_name = "ID")]
    exclude: Vec<String>,
    /// What the API server does about a violation; may be repeated, but not deny beside warn.
    #[arg(long, value_name = "ACTION", value_enum, default_value = "audit")]
    action: Vec<ActionName>,
    /// Refuse also what an expression fails on, which the audit does not know about.
    #[arg(long)]
    fail_closed: bool,
    /// Kubernetes version of the cluster, 1.30 or later.
    #[arg(long, value_name = "1.xx", default_value = "1.36", value_parser = parse_minor)]
    kubernetes_version: u16,
    /// List instead which of the checks can be exported, and why others cannot.
    #[arg(long)]
    list: bool,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  something was exported, or listed
  2  the arguments or a policy cannot be used
  3  none of the checks can be exported";

/// What the API server does about a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ActionName {
    /// Write it into the audit log.
    Audit,
    /// Warn whoever sent the object.
    Warn,
    /// Refuse the object.
    Deny,
}

impl From<ActionName> for Action {
    fn from(name: ActionName) -> Self {
        match name {
            ActionName::Audit => Self::Audit,
            ActionName::Warn => Self::Warn,
            ActionName::Deny => Self::Deny,
        }
    }
}

/// The first minor version that serves what is exported.
const FIRST: u16 = 30;
/// How policies of admission are called that no `AuditPolicy` names.
const NAME: &str = "holystone";

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Form::Vap(arguments) = &arguments.form;
    let actions = arguments.actions()?;
    if arguments.kubernetes_version < FIRST {
        bail!("Kubernetes serves these policies since 1.{FIRST}; name a later version");
    }
    let now = now()?;
    let mut all = Exported::default();
    for (name, spec) in arguments.policies()? {
        let policy = Policy::compile(&name, &spec)?;
        let mut rejected = policy.rejected.iter().filter(|rejected| rejected.place.is_none());
        if let Some(rejected) = rejected.next() {
            bail!("`{}`: {}", rejected.id, rejected.reason);
        }
        let exported = admission::export(&Order {
            spec: &spec,
            policy: &policy,
            actions: &actions,
            is_closed: arguments.fail_closed,
            kubernetes_minor: arguments.kubernetes_version,
            now,
        });
        all.documents.extend(exported.documents);
        all.checks.extend(exported.checks);
        all.left_out.extend(exported.left_out);
        all.remarks.extend(exported.remarks);
    }
    if arguments.list {
        return print(&listed(&all), Exit::Clean);
    }
    all.left_out.iter().for_each(|(id, why)| warn(&format!("{id} is left out: {why}")));
    all.remarks.iter().for_each(|remark| warn(remark));
    let exit = if all.documents.is_empty() { Exit::Incomplete } else { Exit::Clean };
    print(&report::yaml_documents::<Document>(&all.documents)?, exit)
}

impl Vap {
    fn actions(&self) -> anyhow::Result<Vec<Action>> {
        let mut actions: Vec<Action> = self.action.iter().copied().map(Action::from).collect();
        actions.sort_unstable();
        actions.dedup();
        if actions.contains(&Action::Deny) && actions.contains(&Action::Warn) {
            bail!("the API server does not take deny beside warn; choose one of them");
        }
        Ok(actions)
    }

    /// The policies with their names.
    fn policies(&self) -> anyhow::Result<Vec<(String, AuditPolicySpec)>> {
        let mut all = Vec::new();
        for file in &self.policy {
            for (name, mut spec) in policies::written(file)? {
                self.choose(&mut spec);
                all.push((name, spec));
            }
        }
        if !self.profile.is_empty() || (all.is_empty() && !self.check.is_empty()) {
            let mut spec = AuditPolicySpec { severity_floor: Severity::Info, ..Default::default() };
            spec.checks.profiles.clone_from(&self.profile);
            self.choose(&mut spec);
            all.push((NAME.to_owned(), spec));
        }
        if all.is_empty() && self.list {
            let mut spec = AuditPolicySpec { severity_floor: Severity::Info, ..Default::default() };
            spec.checks.profiles = vec!["all".to_owned()];
            self.choose(&mut spec);
            all.push((NAME.to_owned(), spec));
        }
        if all.is_empty() {
            bail!("say what to export: --policy FILE, --profile NAME or --check ID");
        }
        Ok(all)
    }

    fn choose(&self, spec: &mut AuditPolicySpec) {
        spec.checks.include.extend_from_slice(&self.check);
        spec.checks.exclude.extend_from_slice(&self.exclude);
    }
}

/// The checks and whether they can be exported, one a line.
fn listed(exported: &Exported) -> String {
    let mut text = Vec::new();
    let width = exported.checks.iter().chain(exported.left_out.iter().map(|(id, _)| id));
    let width = width.map(String::len).max().unwrap_or_default();
    for id in &exported.checks {
        let _ = writeln!(text, "{id:width$}  yes");
    }
    for (id, why) in &exported.left_out {
        let _ = writeln!(text, "{id:width$}  no: {why}");
    }
    String::from_utf8_lossy(&text).into_owned()
}
