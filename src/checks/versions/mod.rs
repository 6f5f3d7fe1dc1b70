//! Checks of what is too old: APIs, the cluster, its components, and ways to write a manifest.

pub(super) mod api_version_deprecated;
pub(super) mod api_version_removed;
pub(super) mod cluster_version_outdated;
pub(super) mod deprecated_annotation_used;
pub(super) mod deprecated_service_account_field;
pub(super) mod ingress_nginx_outdated;
pub(super) mod known_vulnerable_component;
pub(super) mod node_runtime_vulnerable;
