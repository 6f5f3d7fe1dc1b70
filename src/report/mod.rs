//! From findings and checks to text: tables for people, JSON for tools, Markdown for the website.
//!
//! Texts that come from manifests are cleaned of control characters and cut to the limits of an
//! `ActionItem`, in every format.

mod access;
mod answers;
mod catalogue;
mod compliance;
mod compliance_table;
mod explanation;
mod pages;
mod parameters;
mod peers;
mod scan;
mod style;
mod table;

pub use access::{Access, AccessReport, AccessScope, BoundRole, NamedObject, access_table};
pub use answers::{CheckAnswers, Reason};
pub use catalogue::{CheckEntry, check_table};
pub use compliance::{
    Compliance, ControlCounts, ControlResult, NamespaceResult, Status, WorkloadResult,
};
pub use explanation::explanation;
pub use pages::{GENERATED, Page, pages};
pub use peers::{Peer, PeerCheck, PeerId, peer, peer_table};
pub use scan::{Counts, EvidenceLine, OpenFinding, ScanReport, Summary, TargetName, UnknownCheck};
pub use style::Style;
pub use table::scan_table;

/// Any report as JSON, with a line break at the end.
pub fn json<T: serde::Serialize>(report: &T) -> serde_json::Result<String> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}
