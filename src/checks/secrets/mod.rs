//! Checks of how secrets reach their readers.

pub(super) mod secret_literal_in_env;
