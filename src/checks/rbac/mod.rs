//! Checks of roles and bindings.

pub(super) mod binding_role_dangling;
pub(super) mod cluster_admin_binding;
pub(super) mod cluster_admin_equivalent_role;
pub(super) mod rbac_pod_exec;
pub(super) mod rbac_wildcard_resources;
pub(super) mod rbac_wildcard_verbs;
pub(super) mod workload_cluster_takeover;
