//! Frameworks: the controls of a standard, and the checks that stand for each.

use super::{ALL, Check, Source, mapping};

/// A standard that a cluster can be held against.
#[derive(Debug)]
pub struct Framework {
    /// Its name in arguments.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The profile that runs its checks.
    pub profile: &'static str,
    /// Where its controls are mapped.
    pub source: Source,
    parts: &'static [&'static [Control]],
}

/// One demand of a framework.
#[derive(Debug)]
pub struct Control {
    /// Its number or name in the framework.
    pub id: &'static str,
    /// What it demands, in a few words.
    pub title: &'static str,
    /// Why no object can show whether it is met; empty where checks judge it.
    pub manual: &'static str,
}

impl Framework {
    /// The framework of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        FRAMEWORKS.iter().find(|framework| framework.name == name)
    }

    /// Its controls, in their own order.
    pub fn controls(&self) -> impl Iterator<Item = &'static Control> {
        self.parts.iter().copied().flatten()
    }

    /// The checks that stand for its controls, in the order of [`ALL`].
    #[must_use]
    pub fn checks(&self) -> Vec<&'static Check> {
        let is_ours = |check: &&Check| self.controls().any(|control| self.is_for(check, control));
        ALL.iter().copied().filter(is_ours).collect()
    }

    /// The checks that stand for a control, in the order of [`ALL`].
    pub fn checks_of(&self, control: &Control) -> impl Iterator<Item = &'static Check> {
        ALL.iter().copied().filter(|check| self.is_for(check, control))
    }

    fn is_for(&self, check: &Check, control: &Control) -> bool {
        mapping(check.id).same(self.source).any(|id| id == control.id)
    }
}

/// Every framework.
pub const FRAMEWORKS: &[Framework] = &[
    Framework {
        name: "cis-1.12",
        title: "CIS Kubernetes Benchmark 1.12, section 5",
        profile: "cis",
        source: Source::Cis,
        parts: &[CIS],
    },
    Framework {
        name: "nsa",
        title: "NSA/CISA Kubernetes Hardening Guide 1.2",
        profile: "nsa",
        source: Source::Nsa,
        parts: &[NSA],
    },
    Framework {
        name: "pss-baseline",
        title: "Pod Security Standards, baseline",
        profile: "pss-baseline",
        source: Source::Pss,
        parts: &[PSS_BASELINE],
    },
    Framework {
        name: "pss-restricted",
        title: "Pod Security Standards, restricted",
        profile: "pss-restricted",
        source: Source::Pss,
        parts: &[PSS_BASELINE, PSS_RESTRICTED],
    },
];

const fn judged(id: &'static str, title: &'static str) -> Control {
    Control { id, title, manual: "" }
}

const fn manual(id: &'static str, title: &'static str, manual: &'static str) -> Control {
    Control { id, title, manual }
}

const CIS: &[Control] = &[
    judged("5.1.1", "The role cluster-admin only where it is required"),
    judged("5.1.2", "Minimise access to secrets"),
    judged("5.1.3", "Minimise wildcards in roles"),
    judged("5.1.4", "Minimise access to create pods"),
    judged("5.1.5", "Default service accounts are not used"),
    judged("5.1.6", "Service account tokens only where they are needed"),
    judged("5.1.7", "Avoid the group system:masters"),
    judged("5.1.8", "Limit bind, impersonate and escalate"),
    judged("5.1.9", "Minimise access to create persistent volumes"),
    judged("5.1.10", "Minimise access to the proxy of nodes"),
    judged("5.1.11", "Minimise access to approve certificate requests"),
    judged("5.1.12", "Minimise access to webhook configurations"),
    judged("5.1.13", "Minimise access to create tokens"),
    judged("5.2.1", "A control over pod security is active"),
    judged("5.2.2", "Minimise privileged containers"),
    judged("5.2.3", "Minimise the host's process namespace"),
    judged("5.2.4", "Minimise the host's IPC namespace"),
    judged("5.2.5", "Minimise the host's network"),
    judged("5.2.6", "Minimise privilege escalation"),
    judged("5.2.7", "Minimise containers that run as root"),
    judged("5.2.8", "Minimise the capability NET_RAW"),
    judged("5.2.9", "Minimise capabilities"),
    judged("5.2.10", "Minimise Windows HostProcess containers"),
    judged("5.2.11", "Minimise hostPath volumes"),
    judged("5.2.12", "Minimise hostPorts"),
    manual("5.3.1", "The network plugin supports NetworkPolicies", "no object says what it does"),
    judged("5.3.2", "All namespaces have NetworkPolicies"),
    judged("5.4.1", "Secrets as files rather than environment variables"),
    manual("5.4.2", "Consider external storage of secrets", "a decision that no object shows"),
    manual("5.5.1", "Image provenance is verified", "signatures are in the registry"),
    manual("5.6.1", "Namespaces are boundaries", "only people know what belongs together"),
    judged("5.6.2", "A seccomp profile is set"),
    judged("5.6.3", "A security context is set"),
    judged("5.6.4", "The namespace default is not used"),
];

const FLAGS: &str = "flags and files of the control plane, which no object shows";

const NSA: &[Control] = &[
    // Pod security
    judged("non-root-containers", "Non-root containers"),
    judged("immutable-file-systems", "Immutable container file systems"),
    judged("container-images", "Building secure container images"),
    judged("pod-security-enforcement", "Pod security enforcement"),
    judged("service-account-tokens", "Protecting Pod service account tokens"),
    judged("container-environments", "Hardening container environments"),
    // Network separation and hardening
    judged("namespaces", "Namespaces"),
    judged("network-policies", "Network policies"),
    judged("resource-policies", "Resource policies"),
    manual("control-plane", "Control plane hardening", FLAGS),
    manual("worker-nodes", "Worker node segmentation", "the network outside the cluster"),
    manual("encryption", "Encryption", FLAGS),
    judged("secrets", "Secrets"),
    judged("cloud-infrastructure", "Protecting sensitive cloud infrastructure"),
    // Authentication and authorization
    manual("authentication", "Authentication", FLAGS),
    judged("role-based-access-control", "Role-based access control"),
    // Audit logging and threat detection
    manual("audit-logging", "Audit logging", FLAGS),
    manual("threat-detection", "Threat detection", "a service outside the cluster's objects"),
    // Upgrading and application security practices
    judged("upgrades", "Upgrading and application security practices"),
];

const PSS_BASELINE: &[Control] = &[
    judged("windowsHostProcess", "HostProcess"),
    judged("hostNamespaces", "Host namespaces"),
    judged("privileged", "Privileged containers"),
    judged("capabilities_baseline", "Capabilities"),
    judged("hostPathVolumes", "HostPath volumes"),
    judged("hostPorts", "Host ports"),
    judged("appArmorProfile", "AppArmor"),
    judged("seLinuxOptions", "SELinux"),
    judged("procMount", "/proc mount type"),
    judged("seccompProfile_baseline", "Seccomp"),
    judged("sysctls", "Sysctls"),
    judged("hostProbesAndHostLifecycle", "Host probes and lifecycle hooks"),
];

const PSS_RESTRICTED: &[Control] = &[
    judged("procMount_restricted", "/proc mount type, user namespaces included"),
    judged("restrictedVolumes", "Volume types"),
    judged("allowPrivilegeEscalation", "Privilege escalation"),
    judged("runAsNonRoot", "Running as non-root"),
    judged("runAsUser", "Running as non-root user"),
    judged("seccompProfile_restricted", "Seccomp profile set"),
    judged("capabilities_restricted", "Capabilities dropped"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_id_that_is_mapped_is_a_control() {
        for framework in FRAMEWORKS {
            let controls: BTreeSet<_> = framework.controls().map(|control| control.id).collect();
            assert_eq!(controls.len(), framework.controls().count(), "{}", framework.name);
        }
        let of_source = |source| {
            let frameworks = FRAMEWORKS.iter().filter(move |known| known.source == source);
            frameworks.flat_map(Framework::controls).map(|control| control.id)
        };
        for check in ALL {
            for counterpart in mapping(check.id).iter().filter(|known| known.source.is_standard()) {
                let is_control = of_source(counterpart.source).any(|id| id == counterpart.id);
                assert!(is_control, "{}: {}", check.id, counterpart.id);
            }
        }
    }

    #[test]
    fn the_number_of_controls_is_the_published_one() {
        let counts: Vec<_> =
            FRAMEWORKS.iter().map(|framework| framework.controls().count()).collect();
        assert_eq!(counts, [34, 19, 12, 19]);
    }

    #[test]
    fn the_restricted_standard_holds_the_baseline() {
        let ids = |name| Framework::find(name).unwrap().checks().into_iter().map(|check| check.id);
        let restricted: BTreeSet<_> = ids("pss-restricted").collect();
        assert!(ids("pss-baseline").all(|id| restricted.contains(id)));
        assert!(Framework::find("no-such-framework").is_none());
    }
}
