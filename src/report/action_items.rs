//! The `ActionItem`s that a cluster would hold.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    api::ActionItem,
    engine::{Acceptance, Located, Report, Rules, Target, Wanted},
    items::{Book, Failing, Fate, new_item, next_status},
};

/// The namespace that the controller lives in by default, and with it the items about what is in
/// no namespace.
const OWN_NAMESPACE: &str = "holystone-system";

/// An item for each finding, as if it had been opened now; `acceptances` are by their positions.
/// `owner` knows who is responsible for what was judged.
#[must_use]
pub fn action_items<'a>(
    rules: &Rules,
    report: &Report,
    acceptances: &BTreeMap<usize, Acceptance>,
    owner: impl Fn(&Located) -> Option<&'a str>,
    now: Timestamp,
) -> Vec<ActionItem> {
    let book = Book::new(OWN_NAMESPACE.into());
    let item = |(index, found): (usize, &Located)| {
        let mut item = new_item(found.wanted.check.id(), &found.target, 0);
        item.metadata.namespace = namespace(&book, &found.target);
        let wanted = Wanted::clone(&found.wanted);
        let acceptance = acceptances.get(&index).cloned();
        let acceptance = acceptance.unwrap_or_else(|| Acceptance::of_none(wanted.severity));
        let due = rules.due(&wanted);
        let fate = Fate::Fail(Box::new(Failing { wanted, acceptance, due, source: None }));
        item.status = next_status(None, &fate, owner(found), now);
        item
    };
    report.findings.iter().enumerate().map(item).collect()
}

/// Where the item lives; nobody knows if a manifest names no namespace.
fn namespace(book: &Book, target: &Target) -> Option<String> {
    let is_nowhere =
        target.namespace.is_empty() && target.key().is_some_and(|key| key.kind.is_namespaced());
    (!is_nowhere).then(|| book.namespace_of(target).to_string())
}
