//! Checks of Services, Ingresses and network policies.

pub(super) mod ingress_backend_dangling;
pub(super) mod ingress_host_not_allowed;
pub(super) mod ingress_tls_missing;
pub(super) mod ingress_wildcard_host;
pub(super) mod network_policy_missing;
pub(super) mod service_selector_dangling;
