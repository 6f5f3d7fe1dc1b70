use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::Workload,
};

/// Which groups are low.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The lowest group that passes.
    minimum: i64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { minimum: 10_000 }
    }
}

check! {
    /// Containers run in a group with a high number.
    ///
    /// ## Why
    ///
    /// Groups of a container are groups of its node, by their numbers. A container whose group is
    /// not set runs in that of its image, which mostly is 0: the group of root.
    ///
    /// ## Fix
    ///
    /// Name a group that no node has, once for the whole pod:
    ///
    /// ```yaml
    /// securityContext:
    ///   runAsGroup: 10001
    /// ```
    ///
    /// Found are containers for which neither they nor their pod set `runAsGroup`, or whose group is
    /// below the parameter `minimum`, 10000 by default. Pods with `hostUsers: false` pass, for their
    /// groups are not those of the node. Pods with `os.name: windows` are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    /// - kube-score `container-security-context-user-group-id`, Kubesec `RunAsGroup`
    /// - Trivy KSV-0021
    "run-as-low-gid", PodSecurity, Low, Core, Workload(run),
    parameters: Parameters,
    remediation: "set `runAsGroup` to a number that no group of a node has",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    if workload.has_own_users() {
        return Verdict::Pass;
    }
    let Parameters { minimum } = context.parameters();
    let pod = workload.pod_security();
    let evidence = workload.container_securities().filter_map(|container| {
        let (group, set) = container.in_force(&pod, |security| security.run_as_group);
        let found = || group.map_or_else(|| "absent".to_owned(), |group| group.to_string());
        let wanted = || format!("at least {minimum}");
        let evidence = || Evidence::in_force(&container, set, "runAsGroup", found(), wanted());
        group.is_none_or(|group| group < *minimum).then(evidence)
    });
    Verdict::of_containers(
        evidence,
        "does not run in a group with a high number",
        "do not run in groups with high numbers",
    )
}
