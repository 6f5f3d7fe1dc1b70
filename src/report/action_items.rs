//! The `ActionItem`s that a cluster would hold.

use jiff::Timestamp;

use crate::{
    api::{ActionItem, ActionItemStatus, ExemptionInForce, Reason, State, limits, whole_seconds},
    engine::{Acceptance, Accepted, Located, Report, Target},
    items::{Book, Fate, clean, new_item, next_status},
};

/// The namespace that the controller lives in by default, and with it the items about what is in
/// no namespace.
const OWN_NAMESPACE: &str = "holystone-system";

/// An item for each finding, as if it had been opened now; `acceptances` are those of the findings.
/// `owner` knows who is responsible for what was judged.
#[must_use]
pub fn action_items<'a>(
    report: &Report,
    acceptances: &[Acceptance],
    owner: impl Fn(&Located) -> Option<&'a str>,
    now: Timestamp,
) -> Vec<ActionItem> {
    let book = Book::new(OWN_NAMESPACE.into());
    let item = |(found, acceptance): (&Located, &Acceptance)| {
        let mut item = new_item(found.wanted.check.id(), &found.target, 0);
        item.metadata.namespace = namespace(&book, &found.target);
        let fate = Fate::Open(Box::new(found.wanted.clone()));
        item.status = next_status(None, &fate, owner(found), now);
        if let Some(status) = &mut item.status {
            settle(status, acceptance, now);
        }
        item
    };
    report.findings.iter().zip(acceptances).map(item).collect()
}

/// What an exemption makes of the status of an item.
fn settle(status: &mut ActionItemStatus, acceptance: &Acceptance, now: Timestamp) {
    status.severity = Some(acceptance.severity);
    status.severity_rank = Some(acceptance.severity.rank());
    let Some(Accepted { origin, reason, note, until }) = &acceptance.in_force else { return };
    status.state = Some(State::Exempt);
    status.reason = Some(Reason::Exempted.as_str().to_owned());
    status.exemption = Some(ExemptionInForce {
        from: Some(origin.as_str().to_owned()),
        reason: reason.map(|reason| reason.as_str().to_owned()),
        note: note.as_ref().map(|note| clean(note, limits::EXEMPTION_NOTE)),
        since: Some(whole_seconds(now)),
        until: until.map(whole_seconds),
    });
}

/// Where the item lives; nobody knows if a manifest names no namespace.
fn namespace(book: &Book, target: &Target) -> Option<String> {
    let is_nowhere =
        target.namespace.is_empty() && target.key().is_some_and(|key| key.kind.is_namespaced());
    (!is_nowhere).then(|| book.namespace_of(target).to_string())
}
