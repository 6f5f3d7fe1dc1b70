//! Kubernetes' own schemas: what an object has that the API server would refuse, and what it lacks.
//!
//! A field that is unknown or of a wrong type is what server-side validation (`fieldValidation:
//! Strict`) names. In `status`, which the API server writes, nothing else is asked for.

mod compare;
mod document;
mod fault;
mod near;
mod syntax;
mod table;

pub use document::{Document, Form};
pub use fault::{Fault, Fit, Wrong};

/// How many faults of one object are told, as by the API server.
pub const MAX_FAULTS: usize = 100;

/// The faults of an object; `None` where Kubernetes has no schema for the version and kind.
#[must_use]
pub fn faults(api_version: &str, kind: &str, object: &impl Document) -> Option<Vec<Fault>> {
    let table = table::kubernetes();
    Some(compare::compare(table, table.find(api_version, kind)?, object))
}

/// The Kubernetes version that the schemas are of, such as `1.36.3`.
#[must_use]
pub fn version() -> &'static str {
    table::kubernetes().version
}

/// The minor version of that.
#[must_use]
pub fn minor() -> u16 {
    let minor = version().split('.').nth(1);
    minor.and_then(|minor| minor.parse().ok()).unwrap_or_default()
}
