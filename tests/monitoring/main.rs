//! What people are told: alerts, the dashboard, and the metrics below them, with the real Prometheus
//! and its promtool.
#![allow(missing_docs, unreachable_pub, reason = "nobody uses these tests as a library")]

mod alerts;
mod tools;
