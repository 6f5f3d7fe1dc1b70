//! Checks of what keeps workloads available.

pub(super) mod hpa_cannot_scale;
pub(super) mod hpa_min_replicas_low;
pub(super) mod liveness_probe_missing;
pub(super) mod pdb_blocks_eviction;
pub(super) mod pdb_min_available_above_hpa_min;
pub(super) mod pdb_missing;
pub(super) mod priority_class_missing;
pub(super) mod readiness_probe_missing;
pub(super) mod single_replica;
pub(super) mod topology_spread_missing;
