//! Holystone audits Kubernetes clusters and keeps one `ActionItem` per open finding.

pub mod admission;
pub mod api;
pub mod cel;
pub mod checks;
pub mod cli;
pub mod cluster_io;
pub mod controller;
pub mod engine;
pub mod inventory;
pub mod items;
pub mod manifests;
pub mod metrics;
pub mod model;
pub mod report;
pub mod schedule;
pub mod schema;
pub mod server;
