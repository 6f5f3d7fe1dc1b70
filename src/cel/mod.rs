//! Expressions of users in the Common Expression Language, with the environment of Kubernetes 1.36:
//! what compiles here compiles in a `ValidatingAdmissionPolicy` and gives the same answer.

pub mod cost;
pub mod error;
pub mod functions;
pub mod types;
pub mod value;
