//! Checks of what workloads ask for, and of what they leave behind.

pub(super) mod cpu_limit_missing;
pub(super) mod cpu_request_missing;
pub(super) mod job_finished_lingering;
pub(super) mod memory_limit_missing;
pub(super) mod memory_request_missing;
