//! How long the item of a finding is kept that is resolved.

use jiff::{SignedDuration, Timestamp};

use crate::api::{Reason, State, expires_at};

use super::Item;

/// How long an item is kept whose object is gone and that nobody has touched: objects that come and
/// go must not pile up items.
const ORPHANED: SignedDuration = SignedDuration::from_hours(1);

/// Until when an item is kept, where policies keep items for `retention`; without an end while it is
/// not resolved, while somebody else has committed it, or while a decision waits for its finding to
/// come back.
#[must_use]
pub fn kept_until(item: &Item, retention: SignedDuration) -> Option<Timestamp> {
    let status = &item.status;
    if status.state != Some(State::Resolved) || item.is_committed {
        return None;
    }
    let is_gone = status.reason.as_deref() == Some(Reason::TargetDeleted.as_str());
    let retention = if is_gone && !item.is_triaged { retention.min(ORPHANED) } else { retention };
    let end = status.resolved_at.as_ref()?.0.checked_add(retention).ok()?;
    match item.decision.as_deref().filter(|_| !is_gone) {
        None => Some(end),
        Some(decision) => {
            let decided = expires_at(decision.until.as_deref()?).unwrap_or(end);
            Some(end.max(decided))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        api::ActionItem,
        engine::Target,
        items::{Book, new_item},
    };

    const RESOLVED: &str = "2026-11-01T00:00:00Z";
    const WEEK: SignedDuration = SignedDuration::from_hours(168);

    /// Until when an item is kept that was resolved for a reason, with these fields in its spec.
    fn kept(reason: &str, spec: &Value, manager: &str) -> Option<String> {
        let target = Target {
            group: "apps".into(),
            kind: "Deployment".into(),
            namespace: "shop".into(),
            name: "web".into(),
        };
        let mut item = json!(new_item("privileged-container", &target, 0));
        item["metadata"]["namespace"] = json!("shop");
        item["metadata"]["managedFields"] = json!([{
            "manager": manager, "operation": "Apply",
            "fieldsV1": {"f:spec": {"f:check": {}, "f:target": {}}},
        }]);
        item["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        item["status"] = json!({"state": "Resolved", "reason": reason, "resolvedAt": RESOLVED});
        let item: ActionItem = serde_json::from_value(item).unwrap();
        let mut book = Book::new("holystone-system".into());
        let identity = book.observe(&item).unwrap();
        kept_until(book.item(&identity).unwrap(), WEEK).map(|end| end.to_string())
    }

    #[test]
    fn what_people_want_is_kept_longer() {
        let nothing = json!({});
        let end = |text: &str| Some(text.to_owned());
        let decision =
            |until: Option<&str>| json!({"decision": {"reason": "false-positive", "until": until}});
        assert_eq!(kept("Fixed", &nothing, "holystone"), end("2026-11-08T00:00:00Z"));
        assert_eq!(kept("TargetDeleted", &nothing, "holystone"), end("2026-11-01T01:00:00Z"));
        let assigned = json!({"assignee": "alice@example.com"});
        assert_eq!(kept("TargetDeleted", &assigned, "holystone"), end("2026-11-08T00:00:00Z"));
        assert_eq!(kept("NoFinding", &nothing, "flux"), None, "it stands in Git");
        assert_eq!(kept("Fixed", &decision(None), "holystone"), None);
        let later = decision(Some("2026-12-31"));
        assert_eq!(kept("Fixed", &later, "holystone"), end("2027-01-01T00:00:00Z"));
        let sooner = decision(Some("2026-11-02"));
        assert_eq!(kept("Fixed", &sooner, "holystone"), end("2026-11-08T00:00:00Z"));
    }
}
