//! Checks of namespaces and who answers for them.

pub(super) mod namespace_not_active;
pub(super) mod namespace_owner_missing;
