//! Holds verdicts against what a real API server answers about the same objects.
//!
//! `HOLYSTONE_ORACLE=large` asks about thousands of them; `just oracle` does.
#![allow(missing_docs, unreachable_pub, reason = "nobody uses these tests as a library")]

#[path = "../admission/mod.rs"]
mod admission;
mod authorizer;
mod cel;
mod defaulting;
mod discovery;
mod exported;
mod fields;
#[path = "../fixtures/mod.rs"]
mod fixtures;
mod pod_security;
mod post;
mod quantities;
mod random;
mod schema;
mod selectors;
mod written_versions;
mod yaml;

/// Whether thousands of objects are asked about.
fn is_large() -> bool {
    std::env::var("HOLYSTONE_ORACLE").is_ok_and(|size| size == "large")
}
