//! The chart and the kustomizations, rendered by the real tools and tried on a real API server.
//!
//! `BLESS=1` writes what is generated: the definitions in the chart and in `config/crd`, the table
//! of values in the chart's README, and `config/monitoring`.
#![allow(missing_docs, unreachable_pub, reason = "nobody uses these tests as a library")]

mod definitions;
mod lifecycle;
mod manifests;
mod rendering;
mod rights;
mod scan;
mod server;
mod tools;
mod values;
