//! What every promise needs: a real control plane, the real program beside it, and patience.

mod cluster;
mod controller;
pub mod gitops;
pub mod health;
mod objects;
mod patience;
mod proxy;
mod traffic;
mod verbs;

pub use cluster::{Cluster, Handle};
pub use controller::Controller;
pub use objects::{
    bare_pod, cluster_target, deployment, item_manifest, lamp, owned_by, policy_manifest, target,
};
pub use proxy::{Fault, Proxy};
pub use traffic::told;
pub use verbs::People;

/// The namespace that the controller lives in.
pub const OWN_NAMESPACE: &str = "holystone-system";
/// How the controller's writes show in the audit log.
pub const CONTROLLER: &str = "system:serviceaccount:holystone-system:holystone";
/// A second controller of the same rights, so that the audit log tells the two apart.
pub const SECOND: &str = "system:serviceaccount:holystone-system:second";
/// The API version of our resources.
pub const API_VERSION: &str = "holystone.dev/v1alpha1";
/// The check of most promises: critical, and about any workload.
pub const PRIVILEGED: &str = "privileged-container";
/// The `spec` of a policy that asks for [`PRIVILEGED`] only.
pub const ONLY_PRIVILEGED: &str = "{checks: {profiles: [], include: [privileged-container]}}";
