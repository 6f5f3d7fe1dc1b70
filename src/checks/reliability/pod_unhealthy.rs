use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, Facts, Illness, Kind, WorkloadFacts},
};

/// How long pods may take to become ready.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// For so many minutes a pod may be scheduled, started, or not ready.
    #[schemars(range(min = 0))]
    minutes: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { minutes: 10 }
    }
}

check! {
    /// Pods run and are ready.
    ///
    /// ## Why
    ///
    /// A pod that crashes again and again, or whose image cannot be pulled, does nothing for anybody.
    /// Its workload goes on with fewer pods, or with those of the last version.
    ///
    /// ## Fix
    ///
    /// Look at the pod and at what it said before it ended:
    ///
    /// ```sh
    /// kubectl describe pod NAME
    /// kubectl logs NAME --previous
    /// ```
    ///
    /// Found are pods that have failed or were evicted, whose containers wait for another reason than
    /// to be created (`CrashLoopBackOff`, `ImagePullBackOff`, `CreateContainerConfigError`), whose
    /// containers have ended with an error and are not restarted, and that have not been ready, or not
    /// been scheduled, for ten minutes. A crash loop lasts until a container has run for ten minutes.
    /// They are reported on the workload that they belong to. A Job that has completed is not judged,
    /// nor are the Jobs of a CronJob. A policy can set another time:
    ///
    /// ```yaml
    /// settings:
    ///   - check: pod-unhealthy
    ///     parameters: {minutes: 30}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/>
    /// - Popeye `POP-200` to `POP-207`
    "pod-unhealthy", Reliability, Medium, Standard,
    RelatedTimed(Lookup { kinds: Kind::RUNNING, reads: &[Kind::Pod], run }),
    parameters: Parameters,
    remediation: "look at the events of the pod, and at the log of its last container",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload().filter(|workload| !workload.is_owned) else {
        return Verdict::NotApplicable;
    };
    if workload.has_completed {
        return Verdict::NotApplicable;
    }
    let Parameters { minutes } = context.parameters();
    let patience = i64::from(*minutes) * 60;
    let ill = cluster.troubles(facts).filter_map(|(pod, trouble)| {
        let illness = trouble.illness.as_ref()?;
        illness.holds(context.now(), patience).then_some((pod, illness))
    });
    let ill: Vec<_> = ill.collect();
    if ill.is_empty() {
        return match facts.kind() == Kind::Pod || cluster.is_complete(Kind::Pod) {
            true => Verdict::Pass,
            false => Verdict::Unknown("its pods may be elsewhere".into()),
        };
    }
    let reasons: BTreeSet<&str> = ill.iter().map(|(_, illness)| illness.reason.as_str()).collect();
    let reasons = enumerate(&Vec::from_iter(reasons));
    let pods = if facts.kind() == Kind::Pod { "pod is" } else { "pods are" };
    Verdict::fail(format!("{pods} not well: {reasons}"), evidence(facts, workload, &ill))
}

/// One place for each container, and one for what is about the pod.
fn evidence(facts: &Facts, workload: &WorkloadFacts, ill: &[(&str, &Illness)]) -> Vec<Evidence> {
    let mut containers: BTreeMap<&str, Vec<(&str, &Illness)>> = BTreeMap::new();
    for (pod, illness) in ill {
        containers.entry(&illness.container).or_default().push((pod, illness));
    }
    let places = containers.into_iter().map(|(container, ill)| {
        let reasons: BTreeSet<&str> =
            ill.iter().map(|(_, illness)| illness.reason.as_str()).collect();
        let reasons = enumerate(&Vec::from_iter(reasons));
        let pods: Vec<&str> = ill.iter().map(|(pod, _)| *pod).collect();
        let (path, found) = match facts.kind() {
            Kind::Pod => (ill[0].1.path, reasons),
            _ => (workload.template_path, format!("{reasons} in {}", enumerate(&pods))),
        };
        Evidence { container: container.into(), ..Evidence::at(path, found, "pods that are ready") }
    });
    places.collect()
}
