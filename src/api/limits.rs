//! How long the texts and lists that the controller writes may be.
//!
//! The API server counts characters, so a text of as many bytes fits too.

/// The longest `status.message` of an item.
pub const MESSAGE: usize = 256;
/// The longest `status.remediation` of an item.
pub const REMEDIATION: usize = 160;
/// The most entries of `status.policies` of an item.
pub const POLICIES: usize = 16;
/// The most entries of `status.evidence` of an item.
pub const EVIDENCE: usize = 20;
/// The longest `path` of a piece of evidence.
pub const EVIDENCE_PATH: usize = 256;
/// The longest `found` and `wanted` of a piece of evidence.
pub const EVIDENCE_VALUE: usize = 64;
/// The longest `status.exemption.note` of an item.
pub const EXEMPTION_NOTE: usize = 128;
/// The longest `status.owner` of an item.
pub const OWNER: usize = 128;
/// The longest `url` and `path` of the source of an item.
pub const SOURCE_LOCATION: usize = 256;
/// The longest `message` of a condition of an item.
pub const ITEM_CONDITION_MESSAGE: usize = 256;
/// The longest `message` of a condition of a policy.
pub const CONDITION_MESSAGE: usize = 2048;
/// The most entries of `status.coverage` of a policy.
pub const COVERAGE: usize = 256;
/// The longest `problem` of a covered kind, and `reason` of a rejected check.
pub const PROBLEM: usize = 256;
/// The longest `field` of a rejected check.
pub const FIELD: usize = 128;
/// An exemption that accepts findings of more objects than this is too broad.
pub const OBJECTS_OF_EXEMPTION: usize = 100;
/// The most entries of `status.unusedExemptions` of a policy.
pub const UNUSED_EXEMPTIONS: usize = 64;
/// The longest entry of `status.unusedExemptions`.
pub const UNUSED_EXEMPTION: usize = 256;
/// The most entries of `status.rejectedChecks` of a policy.
pub const REJECTED_CHECKS: usize = 64;
/// The longest `status.lastHandledRequest` of a policy.
pub const REQUEST: usize = 256;
