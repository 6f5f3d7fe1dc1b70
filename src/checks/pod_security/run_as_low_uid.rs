use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Rule, Verdict, check::check, low_id::LowId},
    model::Workload,
};

/// Which users are low.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The lowest user that passes.
    minimum: i64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { minimum: 10_000 }
    }
}

check! {
    /// Containers run as a user with a high number.
    ///
    /// ## Why
    ///
    /// Users of a container are users of its node, by their numbers. What leaves its container as
    /// user 1000 is the first person who has an account there, and owns that person's files.
    ///
    /// ## Fix
    ///
    /// Name a user that no node has, once for the whole pod:
    ///
    /// ```yaml
    /// securityContext:
    ///   runAsUser: 10001
    /// ```
    ///
    /// Found are containers for which neither they nor their pod set `runAsUser`, or whose user is
    /// below the parameter `minimum`, 10000 by default. Pods with `hostUsers: false` pass, for their
    /// users are not those of the node. Pods with `os.name: windows` are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    /// - kube-score `container-security-context-user-group-id`, Kubesec `RunAsUser`
    /// - Trivy KSV-0020, Checkov `CKV_K8S_40`
    "run-as-low-uid", PodSecurity, Low, Core, Workload(run),
    parameters: Parameters,
    remediation: "set `runAsUser` to a number that no user of a node has",
    rule: Rule::containers("container.?securityContext.?runAsUser.or(variables.podSecurity.?runAsUser).optMap(id, \
        id < variables.params.minimum).orValue(true)")
        .when("!variables.isWindows && !variables.hasOwnUsers")
        .with(|context| {
            let Parameters { minimum } = context.parameters();
            serde_json::json!({ "minimum": minimum })
        }),
}

const ID: LowId = LowId {
    field: "runAsUser",
    number: |security| security.run_as_user,
    singular: "does not run as a user with a high number",
    plural: "do not run as users with high numbers",
};

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { minimum } = context.parameters();
    ID.judge(workload, *minimum)
}
