use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Security, Workload},
};

/// Which containers are judged.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Also find containers whose group neither they nor their pod sets: the image decides, and
    /// most images choose the group 0.
    strict: bool,
}

check! {
    /// Containers do not run in the root group.
    ///
    /// ## Why
    ///
    /// Much of what root owns may be read and often written by its group 0 too: files of images,
    /// of volumes and of paths of the node.
    ///
    /// ## Fix
    ///
    /// Name another group, once for the whole pod:
    ///
    /// ```yaml
    /// securityContext:
    ///   runAsGroup: 10001
    ///   fsGroup: 10001
    /// ```
    ///
    /// Found are `runAsGroup: 0`, of a container or of the pod where the container sets none, and 0
    /// as `fsGroup` or among the `supplementalGroups` of the pod. What is not set passes; with the
    /// parameter `strict` a container without `runAsGroup` is found. Pods with `os.name: windows`
    /// are not judged: they have no such groups.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    /// - NSA/CISA Kubernetes Hardening Guide, non-root containers
    /// - kube-linter `run-as-non-root`, Trivy KSV-0116, Kubescape C-0013
    "run-as-root-group", PodSecurity, Low, Core, Workload(run),
    parameters: Parameters,
    remediation: "set `runAsGroup` and `fsGroup` to numbers above 0",
    rule: Rule::containers("container.?securityContext.?runAsGroup.or(variables.podSecurity.?runAsGroup).orValue(variables.params.strict \
        ? 0 : 1) == 0")
        .or_object("variables.podSecurity.?fsGroup.orValue(1) == 0 || \
        variables.podSecurity.?supplementalGroups.orValue([]).exists(group, group == 0)")
        .when("!variables.isWindows")
        .with(|context| {
            let Parameters { strict } = context.parameters();
            serde_json::json!({ "strict": strict })
        }),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let strict = context.parameters::<Parameters>().strict;
    let pod = workload.pod_security();
    let containers = workload.container_securities().filter_map(|container| {
        let (group, set) = container.in_force(&pod, |security| security.run_as_group);
        let evidence = |found| Evidence::in_force(&container, set, "runAsGroup", found, "above 0");
        match group {
            Some(0) => Some(evidence("0")),
            None if strict => Some(evidence("absent")),
            _ => None,
        }
    });
    Verdict::of_containers(
        groups_of_pod(workload, &pod).chain(containers),
        "runs in the root group",
        "run in the root group",
    )
}

/// The groups that the pod gives to all of its processes, where they are 0.
fn groups_of_pod<'workload>(
    workload: &'workload Workload,
    pod: &'workload Security<'_>,
) -> impl Iterator<Item = Evidence> + use<'workload> {
    let context = workload.pod().security_context.as_ref();
    let owner = context.filter(|context| context.fs_group == Some(0)).map(|_| "fsGroup".to_owned());
    let others = context.into_iter().flat_map(|context| context.supplemental_groups.iter());
    let others = others.enumerate().filter(|(_, group)| **group == 0);
    let others = others.map(|(index, _)| format!("supplementalGroups/{index}"));
    let fields = owner.into_iter().chain(others);
    fields.map(|field| Evidence::in_security(pod, &field, "0", "above 0"))
}
