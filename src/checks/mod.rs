//! The built-in checks, one file each, in the order of the documentation.

mod check;
mod efficiency;
mod frameworks;
mod grants;
mod images;
mod mappings;
mod metadata;
mod networking;
mod pod_security;
mod profiles;
mod rbac;
mod reliability;
mod secrets;
mod standard;
mod tenancy;
mod verdict;
mod versions;

pub use check::{
    Category, Check, Context, Lookup, ParameterError, ParameterSpec, Parameters, Run, Tier,
};
pub use frameworks::{Control, FRAMEWORKS, Framework};
pub(crate) use grants::Grants;
pub use mappings::{Counterpart, LeftOut, Mapping, Source, mapping};
pub use profiles::{PROFILES, profile, profile_parameters};
pub use verdict::{Evidence, Finding, Verdict, enumerate};

/// Every built-in check. A test compares this list with the folders.
pub const ALL: &[&Check] = &[
    // Pod security
    &pod_security::privileged_container::CHECK,
    &pod_security::privilege_escalation_allowed::CHECK,
    &pod_security::run_as_root_allowed::CHECK,
    &pod_security::run_as_non_root_not_enforced::CHECK,
    &pod_security::run_as_user_root::CHECK,
    &pod_security::run_as_root_group::CHECK,
    &pod_security::run_as_low_uid::CHECK,
    &pod_security::run_as_low_gid::CHECK,
    &pod_security::read_only_root_filesystem_missing::CHECK,
    &pod_security::host_network::CHECK,
    &pod_security::host_pid::CHECK,
    &pod_security::host_ipc::CHECK,
    &pod_security::host_port::CHECK,
    &pod_security::host_path_volume::CHECK,
    &pod_security::host_path_sensitive::CHECK,
    &pod_security::host_path_writable::CHECK,
    &pod_security::container_runtime_socket_mount::CHECK,
    &pod_security::host_path_subpath_symlink::CHECK,
    &pod_security::capability_dangerous_added::CHECK,
    &pod_security::capability_added_beyond_default::CHECK,
    &pod_security::capability_added::CHECK,
    &pod_security::capabilities_not_dropped_all::CHECK,
    &pod_security::capability_net_raw_not_dropped::CHECK,
    &pod_security::capabilities_restricted_profile::CHECK,
    &pod_security::seccomp_unconfined::CHECK,
    &pod_security::seccomp_profile_missing::CHECK,
    &pod_security::apparmor_profile_forbidden::CHECK,
    &pod_security::apparmor_profile_missing::CHECK,
    &pod_security::apparmor_annotation_orphan::CHECK,
    &pod_security::selinux_options_forbidden::CHECK,
    &pod_security::linux_hardening_absent::CHECK,
    &pod_security::proc_mount_unmasked::CHECK,
    &pod_security::sysctl_unsafe::CHECK,
    &pod_security::windows_host_process::CHECK,
    &pod_security::windows_run_as_administrator::CHECK,
    &pod_security::volume_type_restricted::CHECK,
    &pod_security::probe_or_hook_host_set::CHECK,
    &pod_security::host_aliases_set::CHECK,
    &pod_security::user_namespace_not_used::CHECK,
    &pod_security::security_context_missing::CHECK,
    &pod_security::container_interactive::CHECK,
    &pod_security::ephemeral_container_present::CHECK,
    &pod_security::sudo_in_entrypoint::CHECK,
    &pod_security::ssh_port_exposed::CHECK,
    &pod_security::privileged_container_port::CHECK,
    &pod_security::service_account_token_automount::CHECK,
    &pod_security::default_service_account_used::CHECK,
    &pod_security::default_service_account_automounts::CHECK,
    &pod_security::service_account_legacy_token::CHECK,
    &pod_security::fs_group_missing::CHECK,
    &pod_security::runtime_class_not_allowed::CHECK,
    &pod_security::control_plane_toleration::CHECK,
    &pod_security::pod_pinned_to_node::CHECK,
    &pod_security::tiller_deployed::CHECK,
    &pod_security::kubernetes_dashboard_deployed::CHECK,
    &pod_security::git_sync_code_execution::CHECK,
    &pod_security::capabilities_none_dropped::CHECK,
    &pod_security::pod_security_baseline::CHECK,
    &pod_security::pod_security_restricted::CHECK,
    &pod_security::namespace_workloads_below_baseline::CHECK,
    &pod_security::namespace_workloads_below_restricted::CHECK,
    // Secrets
    &secrets::secret_in_env_ref::CHECK,
    &secrets::secret_literal_in_env::CHECK,
    &secrets::secret_in_config_map::CHECK,
    &secrets::secret_literal_anywhere::CHECK,
    &secrets::sensitive_data_in_config_map::CHECK,
    &secrets::workload_mounts_secret::CHECK,
    &secrets::persistent_volume_unencrypted::CHECK,
    // Images
    &images::image_tag_mutable::CHECK,
    &images::image_not_digest_pinned::CHECK,
    &images::image_pull_policy_not_always::CHECK,
    &images::image_registry_not_allowed::CHECK,
    &images::image_registry_blocked::CHECK,
    &images::image_registry_deprecated::CHECK,
    &images::image_name_unqualified::CHECK,
    &images::image_size_excessive::CHECK,
    &images::image_pull_secrets_missing::CHECK,
    &images::image_allow_list_ambiguous::CHECK,
    // RBAC
    &rbac::cluster_admin_binding::CHECK,
    &rbac::cluster_admin_equivalent_role::CHECK,
    &rbac::rbac_wildcard_verbs::CHECK,
    &rbac::rbac_wildcard_resources::CHECK,
    &rbac::rbac_wildcard_api_groups::CHECK,
    &rbac::rbac_secret_access::CHECK,
    &rbac::rbac_pod_create::CHECK,
    &rbac::rbac_pod_exec::CHECK,
    &rbac::rbac_port_forward::CHECK,
    &rbac::rbac_escalate_bind::CHECK,
    &rbac::rbac_binding_write::CHECK,
    &rbac::rbac_impersonate::CHECK,
    &rbac::rbac_node_proxy::CHECK,
    &rbac::rbac_webhook_write::CHECK,
    &rbac::rbac_csr_approve::CHECK,
    &rbac::rbac_token_create::CHECK,
    &rbac::rbac_pv_create::CHECK,
    &rbac::rbac_network_write::CHECK,
    &rbac::rbac_config_map_write::CHECK,
    &rbac::rbac_audit_trail_delete::CHECK,
    &rbac::rbac_workload_delete::CHECK,
    &rbac::rbac_service_status_write::CHECK,
    &rbac::rbac_endpoints_write_in_edit::CHECK,
    &rbac::rbac_ephemeral_containers::CHECK,
    &rbac::rbac_node_or_pod_status_write::CHECK,
    &rbac::binding_anonymous::CHECK,
    &rbac::binding_all_authenticated::CHECK,
    &rbac::binding_system_masters::CHECK,
    &rbac::binding_default_service_account::CHECK,
    &rbac::binding_role_dangling::CHECK,
    &rbac::binding_subject_dangling::CHECK,
    &rbac::role_unused::CHECK,
    &rbac::workload_cluster_takeover::CHECK,
    &rbac::dashboard_access_granted::CHECK,
    // Tenancy
    &tenancy::namespace_owner_missing::CHECK,
    &tenancy::namespace_not_active::CHECK,
    // Networking
    &networking::network_policy_missing::CHECK,
    &networking::service_selector_dangling::CHECK,
    &networking::ingress_tls_missing::CHECK,
    &networking::ingress_wildcard_host::CHECK,
    &networking::ingress_host_not_allowed::CHECK,
    &networking::ingress_backend_dangling::CHECK,
    // Reliability
    &reliability::single_replica::CHECK,
    &reliability::liveness_probe_missing::CHECK,
    &reliability::readiness_probe_missing::CHECK,
    &reliability::pdb_missing::CHECK,
    &reliability::pdb_blocks_eviction::CHECK,
    &reliability::pdb_min_available_above_hpa_min::CHECK,
    &reliability::hpa_min_replicas_low::CHECK,
    &reliability::hpa_cannot_scale::CHECK,
    &reliability::topology_spread_missing::CHECK,
    &reliability::priority_class_missing::CHECK,
    // Efficiency
    &efficiency::cpu_request_missing::CHECK,
    &efficiency::memory_request_missing::CHECK,
    &efficiency::cpu_limit_missing::CHECK,
    &efficiency::memory_limit_missing::CHECK,
    &efficiency::cpu_limit_set::CHECK,
    &efficiency::ephemeral_storage_unset::CHECK,
    &efficiency::empty_dir_unbounded::CHECK,
    &efficiency::requests_not_equal_limits::CHECK,
    &efficiency::limit_request_ratio_high::CHECK,
    &efficiency::resource_above_maximum::CHECK,
    &efficiency::qos_best_effort::CHECK,
    &efficiency::cpu_over_allocated::CHECK,
    &efficiency::cpu_under_allocated::CHECK,
    &efficiency::memory_over_allocated::CHECK,
    &efficiency::memory_under_allocated::CHECK,
    &efficiency::container_near_limit::CHECK,
    &efficiency::node_utilisation_high::CHECK,
    &efficiency::cluster_headroom_low::CHECK,
    &efficiency::config_map_unused::CHECK,
    &efficiency::secret_unused::CHECK,
    &efficiency::config_key_unused::CHECK,
    &efficiency::service_account_unused::CHECK,
    &efficiency::pvc_unused::CHECK,
    &efficiency::pvc_not_bound::CHECK,
    &efficiency::pv_not_bound::CHECK,
    &efficiency::replica_set_stale::CHECK,
    &efficiency::job_finished_lingering::CHECK,
    &efficiency::storage_class_unused::CHECK,
    &efficiency::priority_class_unused::CHECK,
    &efficiency::crd_unused::CHECK,
    &efficiency::daemon_set_unscheduled::CHECK,
    &efficiency::namespace_unused::CHECK,
    &efficiency::gateway_class_unused::CHECK,
    // Versions
    &versions::api_version_removed::CHECK,
    &versions::api_version_deprecated::CHECK,
    &versions::cluster_version_outdated::CHECK,
    &versions::ingress_nginx_outdated::CHECK,
    &versions::known_vulnerable_component::CHECK,
    &versions::node_runtime_vulnerable::CHECK,
    &versions::deprecated_annotation_used::CHECK,
    &versions::deprecated_service_account_field::CHECK,
    // Metadata
    &metadata::required_labels_missing::CHECK,
    &metadata::required_annotations_missing::CHECK,
    &metadata::owner_label_missing::CHECK,
    &metadata::label_value_invalid::CHECK,
    &metadata::instance_label_mismatch::CHECK,
    &metadata::forbidden_annotation::CHECK,
    &metadata::duplicate_env_var::CHECK,
    &metadata::service_account_dangling::CHECK,
    &metadata::config_reference_dangling::CHECK,
    &metadata::image_pull_secret_dangling::CHECK,
    &metadata::pvc_reference_dangling::CHECK,
    &metadata::service_monitor_dangling::CHECK,
    &metadata::resource_name_missing::CHECK,
    &metadata::schema_invalid::CHECK,
    &metadata::webhook_service_dangling::CHECK,
    &metadata::finalizer_stuck::CHECK,
    &metadata::volume_attachment_dangling::CHECK,
];

/// The check of an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Check> {
    ALL.iter().copied().find(|check| check.id == id)
}
