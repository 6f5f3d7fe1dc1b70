//! From findings and checks to text: tables for people, JSON and other forms for tools, Markdown
//! for the website. Each form of a scan has a file of its own.
//!
//! Texts that come from manifests are cleaned of control characters and cut to the limits of an
//! `ActionItem`, in every format.

mod access;
mod action_items;
mod answers;
mod baseline;
mod catalogue;
mod collect;
mod comparison;
mod compliance;
mod compliance_table;
mod diff;
mod explanation;
mod found;
mod github;
mod gitlab;
mod html;
mod junit;
mod lazy;
mod markdown;
mod pages;
mod parameters;
mod peers;
mod reference;
mod rule;
#[cfg(test)]
mod samples;
mod sarif;
mod sarif_types;
mod scan;
mod schema;
mod style;
mod table;
mod triage;
mod wrap;
mod xml;

pub use access::{Access, AccessReport, AccessScope, BoundRole, NamedObject, access_table};
pub use action_items::action_items;
pub use answers::{CheckAnswers, Reason};
pub use baseline::{Baseline, BaselineError, Outdated};
pub use catalogue::{CheckEntry, check_table};
pub use collect::{Judged, Locate, Spot};
pub use comparison::{Compared, Comparison, PastFinding};
pub use compliance::{
    Compliance, ControlCounts, ControlResult, NamespaceResult, Status, WorkloadResult,
};
pub use diff::{diff, shown_diff};
pub use explanation::{explanation, reasons};
pub use found::{Detail, Findings, Head};
pub use github::github;
pub use gitlab::gitlab;
pub use html::html;
pub use junit::junit;
pub use lazy::Lazy;
pub use markdown::markdown;
pub use pages::{GENERATED, Page, pages};
pub use peers::{Peer, PeerCheck, PeerId, peer, peer_table};
pub use reference::reference;
pub use sarif::sarif;
pub use scan::{
    Counts, EvidenceLine, Rendered, SCAN_FORMAT, ScanExemption, ScanFinding, ScanReport, Summary,
    TargetName, UnknownCheck,
};
pub use schema::scan_schema;
pub use style::{Style, counted};
pub use table::{scan_table, without_commands};
pub use triage::{
    Columns, Counted, ItemSummary, PolicyScore, Story, item_summary, item_table, item_tree,
    shown_value, story, summary_table, without_values,
};

/// Any report as JSON, with a line break at the end.
pub fn json<T: serde::Serialize>(report: &T) -> serde_json::Result<String> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}

/// Any report as YAML.
pub fn yaml<T: serde::Serialize>(report: &T) -> Result<String, serde_saphyr::SerializeError> {
    serde_saphyr::to_string(report)
}

/// Several reports, or objects, as YAML documents.
pub fn yaml_documents<T: serde::Serialize>(
    documents: &[T],
) -> Result<String, serde_saphyr::SerializeError> {
    documents.iter().map(|document| Ok(format!("---\n{}", yaml(document)?))).collect()
}
