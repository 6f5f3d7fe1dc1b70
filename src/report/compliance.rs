//! A framework, control by control: what a scan shows to be met, and what it cannot show.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    checks::{Check, Control, Framework, Source},
    engine::{Report, Target},
};

use super::{
    answers::CheckAnswers,
    scan::{TargetName, target},
    style::counted,
};

/// How the objects of a scan stand against a framework.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Compliance {
    /// The name of the framework.
    pub framework: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// How many controls there are of each status.
    pub summary: ControlCounts,
    /// The controls, in the framework's order.
    pub controls: Vec<ControlResult>,
    /// For the Pod Security Standards, the workloads of each namespace.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<NamespaceResult>,
}

/// How many there are of each status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ControlCounts {
    pub pass: usize,
    pub fail: usize,
    pub unknown: usize,
    pub manual: usize,
}

/// Whether a demand is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Objects were judged, and none fails.
    Pass,
    /// An object fails.
    Fail,
    /// Something could not be judged, or there was nothing to judge.
    Unknown,
    /// No object can show it.
    Manual,
}

impl Status {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Manual => "manual",
        }
    }
}

/// How the objects stand against one control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ControlResult {
    /// Its number or name in the framework.
    pub id: &'static str,
    /// What it demands.
    pub title: &'static str,
    /// Whether it is met.
    pub status: Status,
    /// How many objects fail it.
    pub objects: usize,
    /// Of how many of them all findings are exempt: they fail it, and somebody accepts that.
    pub exempt: usize,
    /// Why it is unknown or manual.
    pub reasons: Vec<String>,
    /// What the checks answered that stand for it.
    pub checks: Vec<CheckAnswers>,
}

/// The workloads of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NamespaceResult {
    /// The namespace; empty where manifests name none.
    pub namespace: String,
    /// How many workloads pass.
    pub passed: usize,
    /// How many do not.
    pub failed: usize,
    /// The workloads.
    pub workloads: Vec<WorkloadResult>,
}

/// One workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkloadResult {
    /// What it is called.
    pub target: TargetName,
    /// Whether it passes every control.
    pub passes: bool,
    /// The checks that it fails, or that could not judge it.
    pub fails: Vec<&'static str>,
}

impl Compliance {
    /// Holds a report against a framework. `is_all` says that the objects are all there are, so
    /// that a control about what does not exist is met.
    #[must_use]
    pub fn new(
        framework: &Framework,
        report: &Report,
        answers: &[CheckAnswers],
        is_exempt: impl Fn(usize) -> bool,
        is_all: bool,
    ) -> Self {
        let mut failing: BTreeMap<&str, Vec<(&Target, bool)>> = BTreeMap::new();
        for (position, found) in report.findings.iter().enumerate() {
            let known = failing.entry(found.wanted.check.id()).or_default();
            known.push((&found.target, is_exempt(position)));
        }
        let result = |control| {
            let checks: Vec<_> = framework.checks_of(control).collect();
            let found = checks.iter().filter_map(|check| failing.get(check.id)).flatten();
            let mut targets: BTreeMap<&Target, bool> = BTreeMap::new();
            for (target, is_exempt) in found {
                *targets.entry(target).or_insert(true) &= is_exempt;
            }
            let exempt = targets.values().filter(|is_exempt| **is_exempt).count();
            let result = judge(control, &checks, answers, targets.len(), is_all);
            ControlResult { exempt, ..result }
        };
        let controls: Vec<_> = framework.controls().map(result).collect();
        let mut summary = ControlCounts::default();
        for control in &controls {
            *summary.slot(control.status) += 1;
        }
        let namespaces = match framework.source {
            Source::Pss => namespaces(framework, report),
            _ => Vec::new(),
        };
        let Framework { name, title, .. } = framework;
        Self { framework: name, title, summary, controls, namespaces }
    }
}

impl ControlCounts {
    fn slot(&mut self, status: Status) -> &mut usize {
        match status {
            Status::Pass => &mut self.pass,
            Status::Fail => &mut self.fail,
            Status::Unknown => &mut self.unknown,
            Status::Manual => &mut self.manual,
        }
    }
}

fn judge(
    control: &Control,
    checks: &[&Check],
    answers: &[CheckAnswers],
    objects: usize,
    is_all: bool,
) -> ControlResult {
    let has_answered = |answer: &&CheckAnswers| checks.iter().any(|check| check.id == answer.check);
    let answers: Vec<_> = answers.iter().filter(has_answered).cloned().collect();
    let (status, reasons) = if checks.is_empty() {
        (Status::Manual, vec![control.manual.to_owned()])
    } else if objects > 0 {
        (Status::Fail, Vec::new())
    } else if answers.iter().any(|answer| answer.unknown > 0) {
        (Status::Unknown, answers.iter().flat_map(unknown).collect())
    } else if answers.iter().any(|answer| answer.passed > 0) {
        (Status::Pass, Vec::new())
    } else {
        nothing_judged(checks, &answers, is_all)
    };
    let Control { id, title, .. } = control;
    ControlResult { id, title, status, objects, exempt: 0, reasons, checks: answers }
}

fn unknown(answers: &CheckAnswers) -> impl Iterator<Item = String> {
    let check = &answers.check;
    answers.reasons.iter().map(move |reason| {
        let objects = counted(reason.objects, "object");
        format!("{check} could not judge {objects}: {}", reason.reason)
    })
}

/// A check that saw objects and said nothing about any may wait for its parameters.
fn nothing_judged(
    checks: &[&Check],
    answers: &[CheckAnswers],
    is_all: bool,
) -> (Status, Vec<String>) {
    let is_silent = |check: &&&Check| {
        check.parameters.is_some() && answers.iter().any(|answer| answer.check == check.id)
    };
    let silent = checks.iter().filter(is_silent).map(|check| check.id);
    let silent: Vec<_> =
        silent.map(|id| format!("{id} judges nothing until its parameters are set")).collect();
    match (silent.is_empty(), is_all) {
        (false, _) => (Status::Unknown, silent),
        (true, true) => (Status::Pass, Vec::new()),
        (true, false) => {
            (Status::Unknown, vec!["the input holds nothing that it is about".to_owned()])
        }
    }
}

fn namespaces(framework: &Framework, report: &Report) -> Vec<NamespaceResult> {
    let demanded: BTreeSet<_> = framework.checks().iter().map(|check| check.id).collect();
    let found = report.findings.iter().map(|found| (&*found.target, &found.wanted.check));
    let unknown = report.unknown.iter().map(|unjudged| (&*unjudged.target, &unjudged.check));
    let mut fails: BTreeMap<&Target, Vec<&'static str>> = BTreeMap::new();
    for (target, check) in found.chain(unknown) {
        if let Some(id) = demanded.get(check.id()) {
            fails.entry(target).or_default().push(id);
        }
    }
    let mut namespaces: BTreeMap<&str, Vec<WorkloadResult>> = BTreeMap::new();
    for workload in &report.workloads {
        let fails = fails.remove(&**workload).unwrap_or_default();
        let result = WorkloadResult { target: target(workload), passes: fails.is_empty(), fails };
        namespaces.entry(&workload.namespace).or_default().push(result);
    }
    let result = |workloads: Vec<WorkloadResult>| {
        let passed = workloads.iter().filter(|workload| workload.passes).count();
        let namespace = workloads.first().map(|first| first.target.namespace.clone());
        NamespaceResult {
            namespace: namespace.unwrap_or_default(),
            passed,
            failed: workloads.len() - passed,
            workloads,
        }
    };
    namespaces.into_values().map(result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::{
        engine::{Policy, Rules, evaluate},
        model::{Kind, decode},
        report::answers::answers,
    };

    const POD: &str = r#"{"metadata": {"name": "web", "namespace": "shop"}, "spec": {"containers":
        [{"name": "web", "image": "example.com/web:1", "securityContext": {"runAsUser": 1}}]}}"#;

    fn nsa(settings: &str, complete: bool) -> Compliance {
        let spec = format!(
            "{{scope: {{namespaces: {{exclude: []}}}}, checks: {{profiles: [nsa], settings: [{settings}]}}}}"
        );
        let policy = Policy::compile("nsa", &serde_saphyr::from_str(&spec).unwrap()).unwrap();
        let rules = Rules::new(vec![Arc::new(policy)], 36);
        let pod = decode(Kind::Pod, POD).unwrap();
        let report = evaluate(&rules, &[pod], complete, Timestamp::UNIX_EPOCH);
        let framework = Framework::find("nsa").unwrap();
        Compliance::new(framework, &report, &answers(&report), |_| false, complete)
    }

    fn control<'a>(compliance: &'a Compliance, id: &str) -> (Status, &'a [String]) {
        let found = compliance.controls.iter().find(|control| control.id == id).unwrap();
        (found.status, &found.reasons)
    }

    #[test]
    fn what_is_in_the_input_passes_or_fails() {
        let compliance = nsa("", false);
        assert_eq!(control(&compliance, "non-root-containers"), (Status::Pass, &[][..]));
        assert_eq!(control(&compliance, "immutable-file-systems"), (Status::Fail, &[][..]));
    }

    #[test]
    fn what_is_exempt_fails_and_is_counted() {
        let policy = "{checks: {profiles: [nsa]}, scope: {namespaces: {exclude: []}}}";
        let policy = Policy::compile("nsa", &serde_saphyr::from_str(policy).unwrap()).unwrap();
        let rules = Rules::new(vec![Arc::new(policy)], 36);
        let pod = decode(Kind::Pod, POD).unwrap();
        let report = evaluate(&rules, &[pod], false, Timestamp::UNIX_EPOCH);
        let framework = Framework::find("nsa").unwrap();
        let exempt = |is_exempt: bool| {
            let answers = answers(&report);
            let compliance = Compliance::new(framework, &report, &answers, |_| is_exempt, false);
            let mut controls = compliance.controls.into_iter();
            let control = controls.find(|control| control.id == "immutable-file-systems").unwrap();
            (control.status, control.objects, control.exempt)
        };
        assert_eq!(exempt(false), (Status::Fail, 1, 0));
        assert_eq!(exempt(true), (Status::Fail, 1, 1));
    }

    #[test]
    fn only_a_complete_input_proves_absence() {
        let (partial, whole) = (nsa("", false), nsa("", true));
        let (status, reasons) = control(&partial, "network-policies");
        assert_eq!(status, Status::Unknown);
        assert!(reasons[0].starts_with("network-policy-missing could not judge 1 object: "));
        assert_eq!(control(&whole, "network-policies").0, Status::Fail);
        let (status, reasons) = control(&partial, "role-based-access-control");
        assert_eq!((status, reasons.len()), (Status::Unknown, 1));
        assert_eq!(control(&whole, "role-based-access-control"), (Status::Pass, &[][..]));
    }

    #[test]
    fn a_check_without_parameters_proves_nothing() {
        let compliance = nsa("", true);
        let (status, reasons) = control(&compliance, "container-images");
        assert_eq!(status, Status::Unknown);
        assert!(reasons[0].contains("until its parameters are set"), "{reasons:?}");
        for (allowed, status) in [("example.com", Status::Pass), ("example.org", Status::Fail)] {
            let setting = format!(
                "{{check: image-registry-not-allowed, parameters: {{allowed: [{allowed}]}}}}"
            );
            assert_eq!(control(&nsa(&setting, false), "container-images").0, status);
        }
    }

    #[test]
    fn what_no_object_shows_is_manual_and_says_why() {
        let compliance = nsa("", true);
        let (status, reasons) = control(&compliance, "worker-nodes");
        assert_eq!(status, Status::Manual);
        assert_eq!(reasons, ["the network outside the cluster"]);
        let ControlCounts { pass, fail, unknown, manual } = compliance.summary;
        assert_eq!(pass + fail + unknown + manual, compliance.controls.len());
    }
}
