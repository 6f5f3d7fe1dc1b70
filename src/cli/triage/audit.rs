//! `holystone audit`: a full audit now, and what came of it.

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;

use crate::{
    api::{
        AuditPolicy, AuditPolicyStatus, Condition, ConditionStatus, Findings, LastAudit, Severity,
    },
    cluster_io,
    inventory::{self, Problem, Query, Source},
    items::clean,
    report,
};

use super::{
    super::{
        Exit,
        output::{print, warn},
        progress::Progress,
    },
    session::{Connection, Session, parse_patience},
};

/// The pause between looks at a policy.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest text of a condition that is told, in bytes.
const TEXT: usize = 400;

/// Ask for a full audit now.
#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// Policies; otherwise all that are not suspended.
    #[arg(value_name = "POLICY")]
    policies: Vec<String>,
    /// Wait until the audits are complete, and say what they have found.
    #[arg(long)]
    wait: bool,
    /// How long to wait.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_patience, requires = "wait")]
    timeout: Duration,
    #[command(flatten)]
    connection: Connection,
}

/// How an audit stands.
enum Stage {
    Waiting,
    Done,
    /// It will not be, and why.
    Never(String),
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { policies: names, wait, timeout, connection } = arguments;
    let session = connection.open()?;
    let names = session.active(names)?;
    let request = Timestamp::now().to_string();
    for name in &names {
        let asked = cluster_io::request_audit(&session.client, name, &request);
        session.wait(asked).with_context(|| format!("no audit by {name} was asked for"))?;
    }
    if !wait {
        let line = |name: &String| format!("auditpolicy.holystone.dev/{name} audit requested\n");
        return print(&names.iter().map(line).collect::<Vec<_>>().concat(), Exit::Clean);
    }
    let started = Instant::now();
    let (mut text, mut exit) = (String::new(), Exit::Clean);
    for name in &names {
        let policy = session.audited(name, &request, (started, *timeout))?;
        let status = policy.status.unwrap_or_default();
        text.push_str(&told(name, &status));
        if let Some(problem) = condition(&status, "Degraded", ConditionStatus::True) {
            warn(&format!("{name}: {}", clean(&problem.message, TEXT)));
            exit = Exit::Incomplete;
        }
    }
    print(&text, exit)
}

impl Session {
    /// The policies of these names; without names, all that are not suspended.
    fn active(&self, names: &[String]) -> anyhow::Result<Vec<String>> {
        let refused = |problem: Problem, verb: &str| self.policy_error(&problem, verb);
        let policies: Vec<AuditPolicy> = if names.is_empty() {
            let listed = inventory::list_own(&self.client, Source::Policies, Query::default());
            let (policies, _) = self.wait(listed).map_err(|problem| refused(problem, "list"))?;
            let policies = policies.into_iter();
            policies.filter(|policy: &AuditPolicy| !policy.spec.suspend).collect()
        } else {
            let one = |name: &String| {
                let name = name.rsplit('/').next().unwrap_or_default();
                let found = inventory::find_own(&self.client, Source::Policies, None, name);
                let found = self.wait(found).map_err(|problem| refused(problem, "get"))?;
                found.with_context(|| format!("there is no AuditPolicy {name}"))
            };
            names.iter().map(one).collect::<anyhow::Result<_>>()?
        };
        if let Some(policy) = policies.iter().find(|policy| policy.spec.suspend) {
            let name = policy.metadata.name.as_deref().unwrap_or_default();
            bail!("the policy {name} is suspended; set spec.suspend to false first");
        }
        if policies.is_empty() {
            bail!("there is no AuditPolicy that is not suspended; apply one first");
        }
        let names = policies.into_iter().filter_map(|policy| policy.metadata.name);
        Ok(names.collect())
    }

    /// Waits for the answer to a request.
    fn audited(
        &self,
        name: &str,
        request: &str,
        (started, patience): (Instant, Duration),
    ) -> anyhow::Result<AuditPolicy> {
        if !io::stderr().is_terminal() {
            warn(&format!("{name}: waiting for the audit"));
        }
        let mut progress = Progress::start();
        loop {
            let found = inventory::find_own(&self.client, Source::Policies, None, name);
            let found = self.wait(found).map_err(|problem| self.policy_error(&problem, "get"))?;
            let policy: AuditPolicy =
                found.with_context(|| format!("the policy {name} is gone"))?;
            match stage(&policy, request) {
                Stage::Done => return Ok(policy),
                Stage::Never(why) => bail!("no audit by {name}: {why}"),
                Stage::Waiting => {}
            }
            let seconds = started.elapsed().as_secs();
            if started.elapsed() > patience {
                bail!(
                    "the audit by {name} is not complete after {seconds} s; does the controller run?"
                );
            }
            progress.tell(|| format!("{name}: waiting for the audit, {seconds} s"));
            self.pause(PAUSE);
        }
    }

    fn policy_error(&self, problem: &Problem, verb: &str) -> anyhow::Error {
        match problem {
            Problem::Forbidden(what) => anyhow::anyhow!(
                "you may not {verb} {what}; ask for the ClusterRole holystone-auditor, or who has it to \
                 audit"
            ),
            problem => self.error(problem, verb, None),
        }
    }
}

fn stage(policy: &AuditPolicy, request: &str) -> Stage {
    let Some(status) = &policy.status else { return Stage::Waiting };
    if status.last_handled_request.as_deref() == Some(request) {
        return Stage::Done;
    }
    let is_current = status.observed_generation == policy.metadata.generation;
    match condition(status, "Stalled", ConditionStatus::True).filter(|_| is_current) {
        Some(stalled) => Stage::Never(clean(&stalled.message, TEXT)),
        None => Stage::Waiting,
    }
}

fn condition<'a>(
    status: &'a AuditPolicyStatus,
    name: &str,
    wanted: ConditionStatus,
) -> Option<&'a Condition> {
    status.conditions.iter().find(|it| it.type_ == name && it.status == wanted)
}

/// What an audit has found, in a line.
fn told(name: &str, status: &AuditPolicyStatus) -> String {
    let LastAudit { objects, evaluations, .. } = status.last_audit.clone().unwrap_or_default();
    let Findings { mut open, exempt, overdue, .. } = status.findings.unwrap_or_default();
    let open = Severity::ALL.into_iter().filter_map(|severity| {
        let count = *open.of(severity);
        (count > 0).then(|| format!("{count} {severity}"))
    });
    let rest = [(exempt, "exempt"), (overdue, "overdue")].into_iter();
    let rest = rest.filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let found: Vec<_> = open.chain(rest).collect();
    let found = if found.is_empty() { "nothing open".to_owned() } else { found.join(", ") };
    let score = status.score.map(|score| format!("; score {score}")).unwrap_or_default();
    let objects = report::counted(objects as usize, "object");
    let checks = report::counted(evaluations as usize, "check");
    format!("{name}: {objects} judged, {checks} answered: {found}{score}\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(generation: i64, stalled: &str) -> AuditPolicy {
        let policy = json!({
            "apiVersion": "holystone.dev/v1alpha1", "kind": "AuditPolicy",
            "metadata": {"name": "baseline", "generation": generation}, "spec": {},
            "status": {
                "observedGeneration": 2, "lastHandledRequest": "one", "score": 97,
                "conditions": [{
                    "type": "Stalled", "status": stalled, "reason": "x", "message": "a bad schedule",
                    "lastTransitionTime": "2026-11-21T00:00:00Z",
                }],
                "lastAudit": {"trigger": "request", "objects": 179, "evaluations": 2025},
                "findings": {"open": {"critical": 1, "high": 9}, "exempt": 2},
            },
        });
        serde_json::from_value(policy).unwrap()
    }

    #[test]
    fn an_audit_is_done_when_its_request_is_answered() {
        assert!(matches!(stage(&policy(2, "False"), "one"), Stage::Done));
        assert!(matches!(stage(&policy(2, "False"), "two"), Stage::Waiting));
        let Stage::Never(why) = stage(&policy(2, "True"), "two") else { panic!("it is stalled") };
        assert_eq!(why, "a bad schedule");
        assert!(matches!(stage(&policy(3, "True"), "two"), Stage::Waiting), "it was edited since");
    }

    #[test]
    fn an_audit_is_told_in_a_line() {
        let told = told("baseline", &policy(2, "False").status.unwrap());
        let expected = "baseline: 179 objects judged, 2025 checks answered: 1 critical, 9 high, \
                        2 exempt; score 97\n";
        assert_eq!(told, expected);
    }
}
