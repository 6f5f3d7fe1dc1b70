//! Checks of how secrets reach their readers.

pub(super) mod persistent_volume_unencrypted;
pub(super) mod secret_in_config_map;
pub(super) mod secret_in_env_ref;
pub(super) mod secret_literal_anywhere;
pub(super) mod secret_literal_in_env;
pub(super) mod sensitive_data_in_config_map;
pub(super) mod workload_mounts_secret;
