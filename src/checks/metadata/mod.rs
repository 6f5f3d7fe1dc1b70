//! Checks of labels and annotations.

pub(super) mod required_annotations_missing;
pub(super) mod required_labels_missing;
