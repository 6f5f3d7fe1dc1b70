//! Items for people: as a list, summed up, told one by one, and as a tree.

mod age;
mod grid;
mod list;
mod live;
mod story;
mod summary;
mod tree;

pub use list::{Columns, item_table};
pub use live::{shown_value, without_values};
pub use story::{Story, story};
pub use summary::{Counted, ItemSummary, PolicyScore, item_summary, summary_table};
pub use tree::item_tree;

use crate::{
    api::{ActionItem, Severity, State, Target},
    items::clean,
};

/// The longest text of an item that is shown in one piece, in bytes.
const TEXT: usize = 600;

/// A text of an item, fit for a terminal.
fn text(text: &str) -> String {
    clean(text, TEXT)
}

/// The state of an item; before the controller has looked it is pending.
fn state(item: &ActionItem) -> State {
    item.status.as_ref().and_then(|status| status.state).unwrap_or(State::Pending)
}

fn severity(item: &ActionItem) -> Option<Severity> {
    item.status.as_ref()?.severity
}

/// `Deployment web`, without the namespace that stands elsewhere.
fn kind_and_name(target: &Target) -> String {
    text(&format!("{} {}", target.kind, target.name))
}
