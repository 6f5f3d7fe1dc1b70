use crate::{
    checks::{Context, Verdict, check::check, standard},
    model::{Cluster, Facts, Kind, PodSecurityLevel},
};

check! {
    /// Pods meet the baseline Pod Security Standard.
    ///
    /// ## Why
    ///
    /// The baseline forbids what is known to turn a container into control of its node. A namespace
    /// that enforces it refuses all other pods, so a workload that fails it cannot be moved there.
    ///
    /// ## Fix
    ///
    /// The finding names the controls of the standard; these checks show the fields:
    ///
    /// | control | check |
    /// |---|---|
    /// | `appArmorProfile` | `apparmor-profile-forbidden` |
    /// | `capabilities_baseline` | `capability-added-beyond-default` |
    /// | `hostNamespaces` | `host-network`, `host-pid`, `host-ipc` |
    /// | `hostPathVolumes` | `host-path-volume` |
    /// | `hostPorts` | `host-port` |
    /// | `hostProbesAndHostLifecycle` | `probe-or-hook-host-set` |
    /// | `privileged` | `privileged-container` |
    /// | `procMount` | `proc-mount-unmasked` |
    /// | `seLinuxOptions` | `selinux-options-forbidden` |
    /// | `seccompProfile_baseline` | `seccomp-unconfined` |
    /// | `sysctls` | `sysctl-unsafe` |
    /// | `windowsHostProcess` | `windows-host-process` |
    ///
    /// Then let the namespace keep it so:
    ///
    /// ```yaml
    /// metadata:
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: baseline
    /// ```
    ///
    /// Pods are judged at the version that the label `pod-security.kubernetes.io/enforce-version` of
    /// their namespace names, else that of `audit-version`, else that of `warn-version`. Where there
    /// is none, or it is `latest` or newer than the cluster, it is the version of the cluster.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline
    /// - CIS Kubernetes Benchmark 1.12, 5.2.1
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    "pod-security-baseline", PodSecurity, High, Optional,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::Namespace], run }),
    remediation: "change what the checks of the named controls show",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    standard::judge_workload(PodSecurityLevel::Baseline, facts, cluster, context)
}
