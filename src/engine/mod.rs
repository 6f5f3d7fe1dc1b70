//! Pure: policies and objects in, findings out. The controller and `scan` call the same functions,
//! so that the live set and the offline one are equal.

mod among;
mod any_check;
mod contents;
mod custom;
mod exemption;
mod findings;
mod judge;
mod known;
mod lists;
mod merge;
mod own_checks;
mod owned;
mod pattern;
mod policy;
mod record;
mod remedy;
mod respect;
mod rules;
mod scan;
mod scope;
mod score;
mod shared;
mod subject;
mod verdicts;
mod whole;

pub use among::Scan;
pub use any_check::AnyCheck;
pub use contents::Contents;
pub use custom::{CustomCheck, View};
pub use exemption::{
    About, Acceptance, Accepted, Circumstances, Exemption, Marks, SelfService, accept,
};
pub use findings::Findings;
pub use judge::{Judge, Judged};
pub use known::owner;
pub use merge::{Standing, Wanted};
pub use pattern::{Pattern, PatternError};
pub use policy::{Enabled, Policy, PolicyError, Rejected, RejectedPlace};
pub use remedy::Step;
pub use respect::RESPECTABLE;
pub use rules::{Evaluation, MAX_POLICIES, Part, PolicySet, Rules};
pub use scan::{Located, Report, Unjudged, evaluate};
pub use scope::Scope;
pub use score::Score;
pub use subject::{Subject, Target};
pub use verdicts::Verdicts;
