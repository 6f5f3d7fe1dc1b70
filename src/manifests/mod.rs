//! YAML and JSON texts in, objects out, each with its place. Reading files is left to the caller.
//!
//! One bad document or object is a [`Problem`], and the others go on. No value of a document is
//! repeated in a problem: it could be a secret.

#[cfg(any(test, fuzzing))]
mod alike;
mod documents;
mod edit;
mod json;
mod layout;
mod load;
mod node;
mod place;
mod plain;
mod scalar;
mod tree;
mod written;

#[cfg(fuzzing)]
pub use alike::compare_readers;
pub use edit::{Change, Edited, Refusal, edit};
pub use load::{Loaded, Manifest, Problem, values};
pub use place::{Place, Position};

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 32 << 20;
/// The longest document of a text, in bytes.
const MAX_DOCUMENT: usize = 10 << 20;
/// The deepest nesting of maps and lists.
const MAX_DEPTH: usize = 64;
