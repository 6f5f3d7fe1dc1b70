//! The life of an `ActionItem`. Pure: findings, existing items and the time in; what to write out.

mod book;
mod budget;
mod fate;
mod identity;
mod life;
mod repository;
mod retention;
mod source;
mod text;
mod transition;

pub use book::{Action, Book, Identity, InTheWay, Item};
pub use budget::{Budget, Claim, Limits, Rank};
pub use fate::{Failing, Fate, Presence, fate};
pub use identity::{belongs, item_name, labels, new_item, slug};
pub use life::{is_failing, next_status};
pub use repository::{path_in, repository};
pub use retention::kept_until;
pub use source::{Trail, refined};
pub use text::{clean, cut, root};
pub use transition::{Stage, Transition};
