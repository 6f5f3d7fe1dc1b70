use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, ContainerKind, Kind, Object as ClusterObject},
};

check! {
    /// Pods hold no containers of a debugging session.
    ///
    /// ## Why
    ///
    /// `kubectl debug` puts a container with a shell and tools beside the process. It cannot be
    /// removed again: it stays as long as its pod, for whoever finds it.
    ///
    /// ## Fix
    ///
    /// Delete the pod; its controller makes a new one. What should not be debugged so can be
    /// withheld by RBAC:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods]          # not pods/ephemeralcontainers
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Judged are Pods that no controller of Kubernetes made: those that one made are judged by its
    /// template, which has no such containers. Off by default.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/>
    /// - Kyverno `block-ephemeral-containers`
    "ephemeral-container-present", PodSecurity, Info, Optional, Object(&[Kind::Pod], run),
    remediation: "delete the pod after debugging",
    rule: Rule::object("variables.pod.?ephemeralContainers.orValue([]).size() > 0"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let places = workload.all_containers().filter(|place| place.kind == ContainerKind::Ephemeral);
    let evidence = places.map(|place| Evidence::in_container(&place, "", "present", "absent"));
    Verdict::of_containers(
        evidence,
        "is left from a debugging session",
        "are left from debugging sessions",
    )
}
