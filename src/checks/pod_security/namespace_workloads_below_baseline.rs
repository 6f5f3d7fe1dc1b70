use crate::{
    checks::{Context, Verdict, check::check, standard},
    model::{Cluster, Facts, Kind, PodSecurityLevel},
};

check! {
    /// All workloads of a namespace meet the baseline Pod Security Standard.
    ///
    /// ## Why
    ///
    /// Only then can the namespace enforce the standard without refusing pods that run in it today.
    /// Until it does, the next workload may be worse.
    ///
    /// ## Fix
    ///
    /// Change the workloads that the finding names, see `pod-security-baseline`. When there are none
    /// left, let the namespace keep it so:
    ///
    /// ```yaml
    /// metadata:
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: baseline
    ///     pod-security.kubernetes.io/warn: restricted
    /// ```
    ///
    /// Counted are workloads that no other workload makes, at the version of the standard that the
    /// labels of the namespace name, else that of the cluster; one that is scaled to zero counts too.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline
    /// - CIS Kubernetes Benchmark 1.12, 5.2.1
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-namespace-labels/>
    "namespace-workloads-below-baseline", PodSecurity, Medium, Optional,
    Related(Lookup { kinds: &[Kind::Namespace], reads: Kind::WORKLOADS, run }),
    remediation: "mend the workloads, then set the label `pod-security.kubernetes.io/enforce`",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    standard::judge_namespace(PodSecurityLevel::Baseline, facts, cluster, context)
}
