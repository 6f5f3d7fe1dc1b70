use crate::{
    checks::{Context, Verdict, check::check, standard},
    model::{Cluster, Facts, Kind, PodSecurityLevel},
};

check! {
    /// Pods meet the restricted Pod Security Standard.
    ///
    /// ## Why
    ///
    /// The restricted standard is what hardened pods look like. A namespace that enforces it refuses
    /// all other pods, so a workload that fails it cannot be moved there.
    ///
    /// ## Fix
    ///
    /// Most pods meet it with this:
    ///
    /// ```yaml
    /// spec:
    ///   securityContext:
    ///     runAsNonRoot: true
    ///     seccompProfile: {type: RuntimeDefault}
    ///   containers:
    ///     - name: app
    ///       securityContext:
    ///         allowPrivilegeEscalation: false
    ///         capabilities: {drop: [ALL]}
    /// ```
    ///
    /// The finding names the controls of the standard. It has those of `pod-security-baseline`, and
    /// more, some in the place of laxer ones; these checks show the fields:
    ///
    /// | control | check |
    /// |---|---|
    /// | `allowPrivilegeEscalation` | `privilege-escalation-allowed` |
    /// | `capabilities_restricted` | `capabilities-restricted-profile` |
    /// | `procMount_restricted` | `proc-mount-unmasked` with the parameter `strict` |
    /// | `restrictedVolumes` | `volume-type-restricted` |
    /// | `runAsNonRoot` | `run-as-non-root-not-enforced` |
    /// | `runAsUser` | `run-as-user-root` |
    /// | `seccompProfile_restricted` | `seccomp-profile-missing` |
    ///
    /// Pods are judged at the version that the label `pod-security.kubernetes.io/enforce-version` of
    /// their namespace names, else that of `audit-version`, else that of `warn-version`. Where there
    /// is none, or it is `latest` or newer than the cluster, it is the version of the cluster.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, restricted
    /// - CIS Kubernetes Benchmark 1.12, 5.2.1
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    "pod-security-restricted", PodSecurity, Medium, Optional,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::Namespace], run }),
    remediation: "change what the checks of the named controls show",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    standard::judge_workload(PodSecurityLevel::Restricted, facts, cluster, context)
}
