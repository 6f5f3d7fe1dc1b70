//! Checks of what workloads ask for, and of what they leave behind.

pub(super) mod config_key_unused;
pub(super) mod config_map_unused;
pub(super) mod cpu_limit_missing;
pub(super) mod cpu_limit_set;
pub(super) mod cpu_request_missing;
pub(super) mod crd_unused;
pub(super) mod empty_dir_unbounded;
pub(super) mod ephemeral_storage_unset;
pub(super) mod gateway_class_unused;
pub(super) mod job_finished_lingering;
pub(super) mod limit_request_ratio_high;
pub(super) mod memory_limit_missing;
pub(super) mod memory_request_missing;
pub(super) mod namespace_unused;
pub(super) mod priority_class_unused;
pub(super) mod pv_not_bound;
pub(super) mod pvc_not_bound;
pub(super) mod qos_best_effort;
pub(super) mod replica_set_stale;
pub(super) mod requests_not_equal_limits;
pub(super) mod resource_above_maximum;
pub(super) mod secret_unused;
pub(super) mod storage_class_unused;
