//! Checks of labels and annotations, and of whether an object is a correct one at all.

pub(super) mod config_reference_dangling;
pub(super) mod duplicate_env_var;
pub(super) mod finalizer_stuck;
pub(super) mod forbidden_annotation;
pub(super) mod image_pull_secret_dangling;
pub(super) mod instance_label_mismatch;
pub(super) mod label_value_invalid;
pub(super) mod owner_label_missing;
pub(super) mod pvc_reference_dangling;
pub(super) mod required_annotations_missing;
pub(super) mod required_labels_missing;
pub(super) mod resource_name_missing;
pub(super) mod schema_invalid;
pub(super) mod service_account_dangling;
pub(super) mod service_monitor_dangling;
pub(super) mod volume_attachment_dangling;
pub(super) mod webhook_service_dangling;
