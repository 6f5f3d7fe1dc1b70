use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Kind, Workload},
};

check! {
    /// Pods that are to run for ever are restarted always.
    ///
    /// ## Why
    ///
    /// Deployments, StatefulSets, DaemonSets, ReplicaSets and ReplicationControllers take no other
    /// `restartPolicy` than `Always`: the API server refuses the object, and the release stops there.
    ///
    /// ## Fix
    ///
    /// Leave the field out, or make what ends by itself a Job:
    ///
    /// ```yaml
    /// spec:
    ///   template:
    ///     spec:
    ///       restartPolicy: Always      # the default
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy>
    /// - KubeLinter `restart-policy`
    "restart-policy-not-always", Reliability, Low, Standard, Workload(run),
    remediation: "leave `restartPolicy` out, or use a Job",
    rule: Rule::object("!(variables.pod.?restartPolicy.orValue('') in ['', 'Always'])")
        .when("object.kind in ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', \
        'ReplicationController']"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let is_kept_running = matches!(
        workload.kind,
        Kind::Deployment
            | Kind::StatefulSet
            | Kind::DaemonSet
            | Kind::ReplicaSet
            | Kind::ReplicationController
    );
    if !is_kept_running {
        return Verdict::NotApplicable;
    }
    match workload.pod().restart_policy.as_deref() {
        None | Some("" | "Always") => Verdict::Pass,
        Some(policy) => {
            let path = workload.pod_path("restartPolicy");
            let message = format!(
                "`restartPolicy` is `{policy}`, and a {} takes `Always` only",
                workload.kind
            );
            Verdict::fail(message, [Evidence::at(path, policy.to_owned(), "Always")])
        }
    }
}
