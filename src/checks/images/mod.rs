//! Checks of where images come from, and which ones they are.

pub(super) mod image_allow_list_ambiguous;
pub(super) mod image_name_unqualified;
pub(super) mod image_not_digest_pinned;
pub(super) mod image_pull_policy_not_always;
pub(super) mod image_pull_secrets_missing;
pub(super) mod image_registry_blocked;
pub(super) mod image_registry_deprecated;
pub(super) mod image_registry_not_allowed;
pub(super) mod image_size_excessive;
pub(super) mod image_tag_mutable;
