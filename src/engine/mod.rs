//! Pure: policies and objects in, findings out. The controller and `scan` call the same functions,
//! so that the live set and the offline one are equal.

mod findings;
mod known;
mod lists;
mod merge;
mod owned;
mod pattern;
mod policy;
mod record;
mod rules;
mod scan;
mod scope;
mod shared;
mod subject;
mod verdicts;

pub use findings::Findings;
pub use known::owner;
pub use merge::{Standing, Wanted};
pub use pattern::{Pattern, PatternError};
pub use policy::{Policy, PolicyError, Rejected};
pub use rules::{Evaluation, MAX_POLICIES, Part, PolicySet, Rules};
pub use scan::{Located, Report, Unjudged, evaluate};
pub use scope::Scope;
pub use subject::{Subject, Target};
pub use verdicts::Verdicts;
