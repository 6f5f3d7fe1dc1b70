use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, rule::capabilities},
    model::{Capabilities, Workload},
};

/// Which capabilities are dangerous.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Capabilities that no container may add; case and a leading `CAP_` do not matter.
    dangerous: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        let names = [
            "ALL",
            "SYS_ADMIN",
            "NET_ADMIN",
            "SYS_MODULE",
            "SYS_PTRACE",
            "SYS_RAWIO",
            "SYS_BOOT",
            "MAC_ADMIN",
            "MAC_OVERRIDE",
            "BPF",
            "PERFMON",
            "DAC_READ_SEARCH",
        ];
        Self { dangerous: names.map(str::to_owned).into() }
    }
}

check! {
    /// Containers add no capability that opens their node.
    ///
    /// ## Why
    ///
    /// Some capabilities are root by another name: `SYS_ADMIN` mounts the disks of the node,
    /// `SYS_MODULE` loads code into its kernel, `SYS_PTRACE` and `BPF` look into other processes.
    ///
    /// ## Fix
    ///
    /// Drop all capabilities, and add only the harmless one that the process needs:
    ///
    /// ```yaml
    /// securityContext:
    ///   capabilities:
    ///     drop: [ALL]
    ///     add: [NET_BIND_SERVICE]
    /// ```
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.2.9
    /// - NSA/CISA Kubernetes Hardening Guide, Linux capabilities
    /// - Polaris `dangerousCapabilities`
    "capability-dangerous-added", PodSecurity, High, Core, Workload(run),
    parameters: Parameters,
    remediation: "remove the capability from `capabilities.add`",
    rule: Rule::containers("container.?securityContext.?capabilities.?add.orValue([]).exists(name, \
        name.upperAscii() in variables.params.dangerous)")
        .with(|context| {
            let Parameters { dangerous } = context.parameters();
            serde_json::json!({ "dangerous": capabilities(dangerous) })
        }),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let list = &context.parameters::<Parameters>().dangerous;
    let is_listed = |name: &str| list.iter().any(|known| Capabilities::are_same(known, name));
    let evidence = workload.all_containers().flat_map(|place| {
        let added = place.container.added_capabilities().iter().enumerate();
        let dangerous = added.filter(|(_, name)| is_listed(name));
        dangerous
            .map(|(index, name)| {
                let field = format!("securityContext/capabilities/add/{index}");
                Evidence::in_container(&place, &field, name.to_string(), "absent")
            })
            .collect::<Vec<_>>()
    });
    Verdict::of_containers(evidence, "adds dangerous capabilities", "add dangerous capabilities")
}
