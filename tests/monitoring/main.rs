//! What people are told: alerts, the dashboard, and the metrics below them, with the real Prometheus
//! and its promtool.
#![allow(missing_docs, unreachable_pub, reason = "nobody uses these tests as a library")]

mod alerts;
mod cluster;
mod dashboard;
mod server;
#[path = "../e2e/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the other promises need the rest of it")]
mod support;
mod tools;
