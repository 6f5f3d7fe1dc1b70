//! The checks that look at other namespaces.

/// Checks of objects in a namespace whose answer may depend on what is in another one. All others are
/// answered by what is in the namespace, and what is in none.
pub const LOOK_ELSEWHERE: &[&str] = &[
    "gateway-backend-dangling",
    "hostile-workload-co-tenancy",
    "ingress-host-path-conflict",
    "metrics-server-missing",
    "network-policy-peer-dangling",
    "secret-unused",
    "service-account-unused",
    "service-monitor-dangling",
    "workload-cluster-takeover",
    "workload-internet-exposed",
];
