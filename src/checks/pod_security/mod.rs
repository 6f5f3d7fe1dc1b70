//! Checks of what a pod may do on its node.

pub(super) mod apparmor_profile_forbidden;
pub(super) mod capabilities_not_dropped_all;
pub(super) mod capabilities_restricted_profile;
pub(super) mod capability_added;
pub(super) mod capability_added_beyond_default;
pub(super) mod capability_dangerous_added;
pub(super) mod host_ipc;
pub(super) mod host_network;
pub(super) mod host_path_volume;
pub(super) mod host_pid;
pub(super) mod host_port;
pub(super) mod privilege_escalation_allowed;
pub(super) mod privileged_container;
pub(super) mod probe_or_hook_host_set;
pub(super) mod proc_mount_unmasked;
pub(super) mod read_only_root_filesystem_missing;
pub(super) mod run_as_non_root_not_enforced;
pub(super) mod run_as_root_allowed;
pub(super) mod run_as_user_root;
pub(super) mod seccomp_profile_missing;
pub(super) mod seccomp_unconfined;
pub(super) mod selinux_options_forbidden;
pub(super) mod service_account_token_automount;
pub(super) mod sysctl_unsafe;
pub(super) mod volume_type_restricted;
pub(super) mod windows_host_process;
