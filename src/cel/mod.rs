//! Expressions of users in the Common Expression Language, with the environment of Kubernetes 1.36:
//! what compiles here compiles in a `ValidatingAdmissionPolicy` and gives the same answer.

mod check;
pub mod cost;
mod environment;
pub mod error;
mod estimate;
mod eval;
pub mod functions;
mod limits;
mod parser;
mod pattern;
mod plan;
mod program;
mod registry;
#[cfg(test)]
mod tests;
pub mod types;
mod url;
pub mod value;
mod variables;

pub use environment::{Environment, replace};
pub use program::{Activation, Budget, Program};
pub use variables::{VARIABLES, Variables};
