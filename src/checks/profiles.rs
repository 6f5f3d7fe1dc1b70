//! Profiles: named sets of checks, and the parameters that they imply.

use serde_json::{Value, json};

use super::{ALL, Check, Tier};

/// The names of all profiles.
pub const PROFILES: &[&str] =
    &["recommended", "k8guard", "polaris", "pss-baseline", "pss-restricted", "cis", "nsa", "all"];

/// The eight violations of `K8Guard`; one of them is two checks here.
const K8GUARD: &[&str] = &[
    "privileged-container",
    "host-path-volume",
    "capability-added",
    "image-registry-not-allowed",
    "image-size-excessive",
    "namespace-owner-missing",
    "ingress-host-not-allowed",
    "ingress-wildcard-host",
    "single-replica",
];

/// What Polaris checks too.
const POLARIS: &[&str] = &[
    "privileged-container",
    "privilege-escalation-allowed",
    "run-as-root-allowed",
    "read-only-root-filesystem-missing",
    "host-network",
    "host-pid",
    "host-ipc",
    "host-port",
    "host-path-volume",
    "capability-dangerous-added",
    "capabilities-not-dropped-all",
    "proc-mount-unmasked",
    "windows-host-process",
    "service-account-token-automount",
    "secret-literal-in-env",
    "image-tag-mutable",
    "image-pull-policy-not-always",
    "cluster-admin-binding",
    "cluster-admin-equivalent-role",
    "rbac-pod-exec",
    "ingress-tls-missing",
    "network-policy-missing",
    "single-replica",
    "liveness-probe-missing",
    "readiness-probe-missing",
    "topology-spread-missing",
    "priority-class-missing",
    "pdb-missing",
    "pdb-blocks-eviction",
    "pdb-min-available-above-hpa-min",
    "hpa-min-replicas-low",
    "hpa-cannot-scale",
    "cpu-request-missing",
    "memory-request-missing",
    "cpu-limit-missing",
    "memory-limit-missing",
];

/// The controls of the baseline Pod Security Standard, at whatever version is audited.
const PSS_BASELINE: &[&str] = &[
    "privileged-container",
    "host-network",
    "host-pid",
    "host-ipc",
    "host-port",
    "host-path-volume",
    "capability-added-beyond-default",
    "seccomp-unconfined",
    "apparmor-profile-forbidden",
    "selinux-options-forbidden",
    "proc-mount-unmasked",
    "sysctl-unsafe",
    "windows-host-process",
    "probe-or-hook-host-set",
];

/// What the restricted Pod Security Standard adds to the baseline.
const PSS_RESTRICTED: &[&str] = &[
    "privilege-escalation-allowed",
    "run-as-non-root-not-enforced",
    "run-as-user-root",
    "capabilities-restricted-profile",
    "seccomp-profile-missing",
    "volume-type-restricted",
];

/// Section 5 of the CIS Kubernetes Benchmark 1.12.
const CIS: &[&str] = &[
    // 5.1 RBAC and service accounts
    "cluster-admin-binding",
    "cluster-admin-equivalent-role",
    "rbac-wildcard-verbs",
    "rbac-wildcard-resources",
    "service-account-token-automount",
    // 5.2 Pod security
    "privileged-container",
    "host-pid",
    "host-ipc",
    "host-network",
    "privilege-escalation-allowed",
    "run-as-root-allowed",
    "run-as-non-root-not-enforced",
    "capability-dangerous-added",
    "capability-added-beyond-default",
    "capabilities-not-dropped-all",
    "capabilities-restricted-profile",
    "windows-host-process",
    "host-path-volume",
    "host-port",
    // 5.6 General policies
    "seccomp-profile-missing",
];

/// The Kubernetes Hardening Guide of NSA and CISA.
const NSA: &[&str] = &[
    "privileged-container",
    "privilege-escalation-allowed",
    "run-as-root-allowed",
    "read-only-root-filesystem-missing",
    "host-network",
    "host-pid",
    "host-ipc",
    "host-port",
    "capability-dangerous-added",
    "seccomp-profile-missing",
    "selinux-options-forbidden",
    "service-account-token-automount",
    "secret-literal-in-env",
    "image-registry-not-allowed",
    "cluster-admin-binding",
    "rbac-pod-exec",
    "network-policy-missing",
    "cpu-limit-missing",
    "memory-limit-missing",
];

/// The checks of a profile, in the order of [`ALL`]; `None` when there is no such profile.
#[must_use]
pub fn profile(name: &str) -> Option<Vec<&'static Check>> {
    let selects: fn(&Check) -> bool = match name {
        "recommended" => |check| check.tier != Tier::Optional,
        "k8guard" => |check| K8GUARD.contains(&check.id),
        "polaris" => |check| POLARIS.contains(&check.id),
        "pss-baseline" => |check| PSS_BASELINE.contains(&check.id),
        "pss-restricted" => {
            |check| PSS_BASELINE.contains(&check.id) || PSS_RESTRICTED.contains(&check.id)
        }
        "cis" => |check| CIS.contains(&check.id),
        "nsa" => |check| NSA.contains(&check.id),
        "all" => |_| true,
        _ => return None,
    };
    Some(ALL.iter().copied().filter(|check| selects(check)).collect())
}

/// The parameters that a profile implies for a check, where a policy sets none itself: the Pod
/// Security Standards judge some pods that the check alone leaves out.
#[must_use]
pub fn profile_parameters(profile: &str, check: &str) -> Option<Value> {
    match (profile, check) {
        ("pss-baseline" | "pss-restricted", "host-port")
        | ("pss-restricted", "proc-mount-unmasked") => Some(json!({"strict": true})),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const LISTS: [&[&str]; 6] = [K8GUARD, POLARIS, PSS_BASELINE, PSS_RESTRICTED, CIS, NSA];

    fn ids(name: &str) -> Vec<&'static str> {
        profile(name).unwrap().into_iter().map(|check| check.id).collect()
    }

    #[test]
    fn every_listed_check_exists() {
        let known: BTreeSet<_> = ALL.iter().map(|check| check.id).collect();
        let listed: BTreeSet<_> = LISTS.iter().copied().flatten().copied().collect();
        let missing: Vec<_> = listed.difference(&known).collect();
        assert!(missing.is_empty(), "no such checks: {missing:?}");
    }

    #[test]
    fn no_list_names_a_check_twice() {
        for list in LISTS {
            let distinct: BTreeSet<_> = list.iter().collect();
            assert_eq!(distinct.len(), list.len(), "{list:?}");
        }
        let shared = PSS_RESTRICTED.iter().find(|id| PSS_BASELINE.contains(id));
        assert_eq!(shared, None, "the restricted standard only adds");
    }

    #[test]
    fn every_profile_keeps_the_order_of_the_catalogue() {
        let all = ids("all");
        for name in PROFILES {
            let found = ids(name);
            let in_order: Vec<_> = all.iter().copied().filter(|id| found.contains(id)).collect();
            assert_eq!(found, in_order, "{name}");
            assert!(!found.is_empty(), "{name}");
        }
        assert!(profile("no-such-profile").is_none());
    }

    #[test]
    fn recommended_leaves_out_what_is_optional() {
        let recommended = ids("recommended");
        for check in ALL {
            let wanted = check.tier != Tier::Optional;
            assert_eq!(recommended.contains(&check.id), wanted, "{}", check.id);
        }
    }

    #[test]
    fn the_checks_take_what_the_profiles_imply() {
        for name in PROFILES {
            for check in profile(name).unwrap() {
                let parameters = profile_parameters(name, check.id);
                check.parse_parameters(parameters.as_ref()).unwrap();
            }
        }
        assert!(profile_parameters("pss-baseline", "proc-mount-unmasked").is_none());
        assert!(profile_parameters("pss-restricted", "proc-mount-unmasked").is_some());
    }
}
