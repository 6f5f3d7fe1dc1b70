use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::{Control, Workload},
};

/// Which pods are judged.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Also judge pods in a user namespace of their own, as the restricted Pod Security Standard
    /// does.
    strict: bool,
}

check! {
    /// Containers see a masked `/proc`.
    ///
    /// ## Why
    ///
    /// Runtimes hide or write-protect the parts of `/proc` that tell about the node or change its
    /// kernel. An unmasked `/proc` gives them back to the container.
    ///
    /// ## Fix
    ///
    /// Leave the field out:
    ///
    /// ```yaml
    /// securityContext:
    ///   procMount: Default
    /// ```
    ///
    /// From Kubernetes 1.35, pods with `hostUsers: false` are not judged, since nested containers
    /// need it and their root is nobody on the node; with the parameter `strict` they are.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `procMount` (1.0 and later; not with `hostUsers:
    ///   false` since 1.35)
    /// - Pod Security Standards, restricted, control `procMount_restricted` (1.35 and later): the
    ///   parameter `strict`
    /// - Polaris `procMount`
    "proc-mount-unmasked", PodSecurity, Medium, Core, Workload(run),
    parameters: Parameters,
    remediation: "remove `procMount`",
    fixes: &[Fix::set("securityContext/procMount", "Default")],
    rule: Rule::containers("container.?securityContext.?procMount.orValue('Default') != 'Default'")
        .when("variables.params.strict || !variables.hasOwnUsers || variables.minor < 35")
        .with(|context| {
            let Parameters { strict } = context.parameters();
            serde_json::json!({ "strict": strict })
        }),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let strict = context.parameters::<Parameters>().strict;
    if !strict && !workload.is_judged_by(Control::ProcMount, context.kubernetes_minor) {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().filter_map(|place| {
        let mount = place.container.unmasked_proc()?.to_owned();
        Some(Evidence::in_container(&place, "securityContext/procMount", mount, "Default"))
    });
    Verdict::of_containers(evidence, "has an unmasked `/proc`", "have an unmasked `/proc`")
}
