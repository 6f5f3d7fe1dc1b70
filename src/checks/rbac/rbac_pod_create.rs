use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles do not let their subjects create pods.
    ///
    /// ## Why
    ///
    /// Who creates a pod in a namespace may run it as every ServiceAccount of the namespace, mount
    /// every Secret in it, and, where no policy forbids it, take over the node.
    ///
    /// ## Fix
    ///
    /// Leave deployments to the pipeline, and let people read:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules that allow `create` on Pods, Deployments, StatefulSets, DaemonSets,
    /// ReplicaSets, ReplicationControllers, Jobs or CronJobs. A rule with `resourceNames` never
    /// allows that: what is to be created has no name yet. What every cluster comes with is not
    /// judged, nor what an aggregated role has from roles that are judged themselves; a role that
    /// nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.4
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation>
    /// - kube-linter `access-to-create-pods`, Trivy KSV-0048, Kubescape C-0188
    "rbac-pod-create", Rbac, Medium, Core,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "allow `create` on workloads to those only who deploy",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| {
        let apps = ["deployments", "statefulsets", "daemonsets", "replicasets"];
        let resources = [
            ("", &["pods", "replicationcontrollers"][..]),
            ("apps", &apps),
            ("batch", &["jobs", "cronjobs"]),
        ];
        resources.into_iter().any(|(group, names)| rule.allows_all(group, names, &["create"]))
    },
    field: "",
    wanted: "no `create` of workloads",
    message: "role allows creating pods",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
