//! Profiles: named sets of checks, and the parameters that they imply. Those of standards and of
//! Polaris are the checks that the mapping names for them.

use serde_json::{Value, json};

use super::{ALL, Check, FRAMEWORKS, Source, Tier, mapping};

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

/// The checks of a profile, in the order of [`ALL`]; `None` when there is no such profile.
#[must_use]
pub fn profile(name: &str) -> Option<Vec<&'static Check>> {
    let selects: fn(&Check) -> bool = match name {
        "recommended" => |check| check.tier != Tier::Optional,
        "k8guard" => |check| K8GUARD.contains(&check.id),
        "polaris" => |check| mapping(check.id).same(Source::Polaris).next().is_some(),
        "all" => |_| true,
        standard => {
            let mut frameworks = FRAMEWORKS.iter();
            let framework = frameworks.find(|framework| framework.profile == standard)?;
            return Some(framework.checks());
        }
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

    fn ids(name: &str) -> Vec<&'static str> {
        profile(name).unwrap().into_iter().map(|check| check.id).collect()
    }

    #[test]
    fn every_listed_check_exists_once() {
        let listed: BTreeSet<_> = K8GUARD.iter().copied().collect();
        assert_eq!(listed.len(), K8GUARD.len());
        assert_eq!(ids("k8guard").into_iter().collect::<BTreeSet<_>>(), listed);
    }

    #[test]
    fn profiles_of_standards_and_tools_have_what_these_demand() {
        for (name, has, lacks) in [
            ("polaris", "priority-class-missing", "image-not-digest-pinned"),
            ("pss-baseline", "privileged-container", "capabilities-restricted-profile"),
            ("pss-restricted", "capabilities-restricted-profile", "capabilities-not-dropped-all"),
            ("pss-restricted", "privileged-container", "single-replica"),
            ("cis", "cluster-admin-binding", "single-replica"),
            ("nsa", "network-policy-missing", "single-replica"),
        ] {
            assert!(ids(name).contains(&has), "{name} lacks {has}");
            assert!(!ids(name).contains(&lacks), "{name} has {lacks}");
        }
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
