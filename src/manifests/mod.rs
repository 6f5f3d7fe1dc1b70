//! YAML and JSON texts in, objects out, each with its place. Reading files is left to the caller.
//!
//! One bad document or object is a [`Problem`], and the others go on. No value of a document is
//! repeated in a problem: it could be a secret.

mod json;
mod lines;
mod load;
mod place;
mod scalar;
mod tree;

pub use load::{Loaded, Manifest, Problem};
pub use place::{Place, Position};

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 32 << 20;
/// The deepest nesting of maps and lists.
const MAX_DEPTH: usize = 64;
/// The most values of one text, with those that aliases repeat.
const MAX_VALUES: usize = 4_000_000;
