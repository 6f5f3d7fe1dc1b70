//! Starts a real etcd and kube-apiserver, and on request a kube-controller-manager, for tests,
//! benchmarks and the demo.
//!
//! ```text
//! Builder ──► launch ──► programs      where the executables come from
//!               │   ├──► credentials ──► certificates, kubeconfig
//!               │   └──► servers ──► child     processes that die with their parent
//!               ▼
//!          ControlPlane ──► access (service accounts), audit (who wrote what)
//! ```
//!
//! A [`ControlPlane`] owns its servers and a temporary folder. Dropping it ends the servers and
//! removes the folder; so does the death of the owning process, however it dies.

mod access;
mod audit;
mod builder;
mod certificates;
mod child;
mod credentials;
mod error;
mod folder;
mod kubeconfig;
mod launch;
mod plane;
mod programs;
mod servers;

pub use audit::{Audit, Mark, Record, Records, Stage};
pub use builder::Builder;
pub use error::Error;
pub use plane::ControlPlane;
pub use programs::{Program, Prometheus, locate, locate_prometheus};
pub use servers::Server;
