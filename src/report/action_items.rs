//! The `ActionItem`s that a cluster would hold.

use jiff::Timestamp;

use crate::{
    api::ActionItem,
    engine::{Located, Report, Target},
    items::{Book, Fate, new_item, next_status},
};

/// The namespace that the controller lives in by default, and with it the items about what is in
/// no namespace.
const OWN_NAMESPACE: &str = "holystone-system";

/// An item for each finding, as if it had been opened now. `owner` knows who is responsible for what
/// was judged.
#[must_use]
pub fn action_items<'a>(
    report: &Report,
    owner: impl Fn(&Located) -> Option<&'a str>,
    now: Timestamp,
) -> Vec<ActionItem> {
    let book = Book::new(OWN_NAMESPACE.into());
    let item = |found: &Located| {
        let mut item = new_item(found.wanted.check.id, &found.target, 0);
        item.metadata.namespace = namespace(&book, &found.target);
        let fate = Fate::Open(Box::new(found.wanted.clone()));
        item.status = next_status(None, &fate, owner(found), now);
        item
    };
    report.findings.iter().map(item).collect()
}

/// Where the item lives; nobody knows if a manifest names no namespace.
fn namespace(book: &Book, target: &Target) -> Option<String> {
    let is_nowhere =
        target.namespace.is_empty() && target.key().is_some_and(|key| key.kind.is_namespaced());
    (!is_nowhere).then(|| book.namespace_of(target).to_string())
}
