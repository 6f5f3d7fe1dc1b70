//! Checks of where images come from, and which ones they are.

pub(super) mod image_pull_policy_not_always;
pub(super) mod image_registry_not_allowed;
pub(super) mod image_size_excessive;
pub(super) mod image_tag_mutable;
