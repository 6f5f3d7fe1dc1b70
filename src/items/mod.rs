//! The life of an `ActionItem`. Pure: findings, existing items and the time in; what to write out.

mod book;
mod fate;
mod identity;
mod life;
mod retention;
mod text;

pub use book::{Action, Book, Identity, Item};
pub use fate::{Failing, Fate, Presence, fate};
pub use identity::{belongs, item_name, labels, new_item, slug};
pub use life::next_status;
pub use retention::kept_until;
pub use text::{clean, cut};
