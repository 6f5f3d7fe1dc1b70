use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, rule::capabilities},
    model::{Capabilities, Workload},
};

/// Which capabilities may be added.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Capabilities that containers may add, for example `NET_BIND_SERVICE`; none by default. Case
    /// and a leading `CAP_` do not matter.
    allowed: Vec<String>,
}

check! {
    /// Containers add no capabilities.
    ///
    /// ## Why
    ///
    /// Most programs need no capability at all: each one that is added deserves a reason, and a
    /// name in the policy.
    ///
    /// ## Fix
    ///
    /// Remove it; to listen on a port below 1024, listen on a higher one and map it in the Service:
    ///
    /// ```yaml
    /// securityContext:
    ///   capabilities:
    ///     drop: [ALL]
    /// ```
    ///
    /// Or allow it for everyone in the policy: `parameters: {allowed: [NET_BIND_SERVICE]}`. Some
    /// capabilities are worse than others: see `capability-added-beyond-default` and
    /// `capability-dangerous-added`.
    ///
    /// ## References
    ///
    /// - K8Guard `CAPABILITIES`
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    "capability-added", PodSecurity, Low, Core, Workload(run),
    parameters: Parameters,
    remediation: "remove the capability, or allow it in the policy",
    rule: Rule::containers("container.?securityContext.?capabilities.?add.orValue([]).exists(name, \
        !(name.upperAscii() in variables.params.allowed))")
        .with(|context| {
            let Parameters { allowed } = context.parameters();
            serde_json::json!({ "allowed": capabilities(allowed) })
        }),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let list = &context.parameters::<Parameters>().allowed;
    let is_listed = |name: &str| list.iter().any(|known| Capabilities::are_same(known, name));
    let evidence = workload.all_containers().flat_map(|place| {
        let added = place.container.added_capabilities().iter().enumerate();
        let others = added.filter(|(_, name)| !is_listed(name));
        others
            .map(|(index, name)| {
                let field = format!("securityContext/capabilities/add/{index}");
                Evidence::in_container(&place, &field, name.to_string(), "absent")
            })
            .collect::<Vec<_>>()
    });
    Verdict::of_containers(evidence, "adds capabilities", "add capabilities")
}
