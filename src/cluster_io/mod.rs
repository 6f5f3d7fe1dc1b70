//! The only code that writes to the cluster, and the clients that everything else uses.

mod client;
mod event;
mod leader;
mod lease;
mod mandate;
mod rehearsal;
mod triage;
mod write;

pub use client::{ClientError, Clients, kubernetes_minor};
pub use event::Told;
pub use leader::{Leader, LeaderError};
pub use lease::{LeaseTimes, Step, next_step};
pub use mandate::Mandate;
pub use triage::{WriteError, caller, change_spec, request_audit};
pub use write::{Outcome, Writer};
