use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Rule, Verdict, check::check, low_id::LowId},
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
    rule: Rule::containers("container.?securityContext.?runAsGroup.or(variables.podSecurity.?runAsGroup).optMap(id, \
        id < variables.params.minimum).orValue(true)")
        .when("!variables.isWindows && !variables.hasOwnUsers")
        .with(|context| {
            let Parameters { minimum } = context.parameters();
            serde_json::json!({ "minimum": minimum })
        }),
}

const ID: LowId = LowId {
    field: "runAsGroup",
    number: |security| security.run_as_group,
    singular: "does not run in a group with a high number",
    plural: "do not run in groups with high numbers",
};

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { minimum } = context.parameters();
    ID.judge(workload, *minimum)
}
