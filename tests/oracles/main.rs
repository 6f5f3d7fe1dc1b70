//! Holds verdicts against what a real API server answers about the same objects.
//!
//! `HOLYSTONE_ORACLE=large` asks about thousands of them; `just oracle` does.
#![allow(missing_docs, unreachable_pub, reason = "nobody uses these tests as a library")]

mod authorizer;
mod discovery;
mod pod_security;
mod random;
mod schema;
mod written_versions;
