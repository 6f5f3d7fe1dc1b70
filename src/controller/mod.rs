//! The running controller: start everything, keep it going, stop everything.

mod auditor;
mod audits;
mod confirm;
mod definitions;
mod events;
mod follow;
mod moments;
mod observe;
mod owners;
mod per_minute;
mod planning;
mod policies;
mod queue;
mod reading;
mod sharing;
mod sources;
mod start;
mod statuses;
mod summary;
mod write;

pub use start::{Error, Options, run};
