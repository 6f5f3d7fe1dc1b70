//! Checks of namespaces, who answers for them, and what keeps tenants apart.

pub(super) mod critical_addon_priority_missing;
pub(super) mod default_namespace_used;
pub(super) mod hostile_workload_co_tenancy;
pub(super) mod namespace_limit_range_missing;
pub(super) mod namespace_not_active;
pub(super) mod namespace_owner_missing;
pub(super) mod namespace_pod_security_label_missing;
pub(super) mod namespace_pod_security_privileged;
pub(super) mod namespace_resource_quota_missing;
pub(super) mod priority_class_not_allowed;
pub(super) mod required_entities_missing;
pub(super) mod system_namespace_used;
