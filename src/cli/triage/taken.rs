//! Whether the controller has taken in a decision, and what came of it.

use crate::{
    api::{
        ActionItem, ActionItemStatus, Decision, ExemptionInForce, ExemptionOrigin, State,
        expires_at, limits,
    },
    items::clean,
};

/// What came of a decision.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// The controller has not looked at it.
    NotYet,
    /// What it meant; the text goes on after `is`.
    AsMeant(String),
    /// Something else.
    Otherwise(String),
}

/// Where a status says why a decision does not count.
const REFUSED: &str = "; decision: ";

/// Compares an item as it was written with what it is now. The status of an item does not say which `spec`
/// it is about: it does if it was written since, or says what it would say.
pub(super) fn taken(written: &ActionItem, now: &ActionItem) -> Taken {
    let nothing = ActionItemStatus::default();
    let status = now.status.as_ref().unwrap_or(&nothing);
    let is_newer = now.metadata.resource_version != written.metadata.resource_version;
    match (&now.spec.decision, status.state) {
        _ if now.spec.decision != written.spec.decision => {
            Taken::Otherwise("decided anew by somebody else".to_owned())
        }
        (_, None | Some(State::Pending)) => Taken::NotYet,
        (_, Some(State::Resolved)) => Taken::AsMeant("Resolved".to_owned()),
        (decision, Some(State::Exempt)) => exempt(decision.as_ref(), status, is_newer),
        (None, Some(State::Open)) => match refusal(status) {
            Some(_) if !is_newer => Taken::NotYet,
            _ => Taken::AsMeant("Open".to_owned()),
        },
        (Some(_), Some(State::Open)) => match refusal(status) {
            Some(reason) if is_newer => Taken::Otherwise(format!("still Open: {reason}")),
            _ => Taken::NotYet,
        },
    }
}

fn exempt(decision: Option<&Decision>, status: &ActionItemStatus, is_newer: bool) -> Taken {
    let nothing = ExemptionInForce::default();
    let exemption = status.exemption.as_ref().unwrap_or(&nothing);
    let from = exemption.from.as_deref().unwrap_or_default();
    let is_decision = from == ExemptionOrigin::Decision.as_str();
    match decision {
        None if is_decision => Taken::NotYet,
        None => Taken::Otherwise(format!("still Exempt, by {}", origin(from))),
        Some(_) if !is_decision => Taken::AsMeant(format!("Exempt already, by {}", origin(from))),
        Some(decision)
            if says(exemption, decision) || (is_newer && is_about(exemption, decision)) =>
        {
            let until = exemption.until.as_ref().map(|until| format!(" until {}", until.0));
            Taken::AsMeant(format!("Exempt{}", until.unwrap_or_default()))
        }
        Some(_) => Taken::NotYet,
    }
}

/// Where an exemption is written, in words.
fn origin(from: &str) -> String {
    match ExemptionOrigin::parse(from) {
        Some(ExemptionOrigin::Policy) => "a policy".to_owned(),
        Some(ExemptionOrigin::Annotation) => "an annotation of the object".to_owned(),
        _ => clean(from, 32),
    }
}

fn refusal(status: &ActionItemStatus) -> Option<String> {
    let (_, reason) = status.message.as_deref()?.split_once(REFUSED)?;
    Some(clean(reason, limits::MESSAGE))
}

/// Whether an exemption is that of a decision; its end may have been cut.
fn is_about(exemption: &ExemptionInForce, decision: &Decision) -> bool {
    let note = decision.note.as_ref().map(|note| clean(note, limits::EXEMPTION_NOTE));
    exemption.reason.as_deref() == Some(decision.reason.as_str()) && exemption.note == note
}

fn says(exemption: &ExemptionInForce, decision: &Decision) -> bool {
    let until = decision.until.as_deref().and_then(|until| expires_at(until).ok());
    is_about(exemption, decision) && exemption.until.as_ref().map(|until| until.0) == until
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn item(version: &str, decision: &Value, status: &Value) -> ActionItem {
        let item = json!({
            "apiVersion": "holystone.dev/v1alpha1", "kind": "ActionItem",
            "metadata": {"name": "x", "namespace": "shop", "resourceVersion": version},
            "spec": {
                "check": "host-pid", "target": {"kind": "Pod", "namespace": "shop", "name": "web"},
                "decision": decision,
            },
            "status": status,
        });
        serde_json::from_value(item).unwrap()
    }

    fn answer(decision: &Value, status: &Value, is_newer: bool) -> Taken {
        let written = item("1", decision, &json!(null));
        taken(&written, &item(if is_newer { "2" } else { "1" }, decision, status))
    }

    fn exempt(from: &str, until: &str) -> Value {
        let exemption = json!({ "from": from, "reason": "risk-accepted", "until": until });
        json!({ "state": "Exempt", "exemption": exemption })
    }

    #[test]
    fn a_decision_is_taken_in_when_the_status_says_it() {
        let decision = json!({"reason": "risk-accepted", "until": "2027-01-31"});
        let open = json!({"state": "Open", "message": "it fails"});
        assert_eq!(answer(&decision, &open, false), Taken::NotYet);
        assert_eq!(answer(&decision, &open, true), Taken::NotYet, "somebody else wrote");
        let as_meant = |text: &str| Taken::AsMeant(text.to_owned());
        let status = exempt("decision", "2027-02-01T00:00:00Z");
        assert_eq!(
            answer(&decision, &status, false),
            as_meant("Exempt until 2027-02-01T00:00:00Z")
        );
        let cut = exempt("decision", "2026-12-01T00:00:00Z");
        assert_eq!(answer(&decision, &cut, false), Taken::NotYet, "that was another one");
        assert_eq!(answer(&decision, &cut, true), as_meant("Exempt until 2026-12-01T00:00:00Z"));
        let policy = exempt("policy", "2026-12-01T00:00:00Z");
        assert_eq!(answer(&decision, &policy, false), as_meant("Exempt already, by a policy"));
        assert_eq!(answer(&decision, &json!({"state": "Resolved"}), false), as_meant("Resolved"));
    }

    #[test]
    fn what_does_not_count_is_told_with_its_reason() {
        let decision = json!({"reason": "risk-accepted"});
        let message = "it fails; decision: policy `baseline` asks for a note";
        let refused = json!({"state": "Open", "message": message});
        assert_eq!(answer(&decision, &refused, false), Taken::NotYet, "that was about another one");
        let told = "still Open: policy `baseline` asks for a note".to_owned();
        assert_eq!(answer(&decision, &refused, true), Taken::Otherwise(told));
        let (one, other) = (item("1", &decision, &refused), item("2", &json!(null), &refused));
        assert!(matches!(taken(&one, &other), Taken::Otherwise(_)), "somebody took it away");
    }

    #[test]
    fn without_a_decision_an_item_opens_again() {
        let none = json!(null);
        let dismissed = exempt("decision", "2026-12-01T00:00:00Z");
        assert_eq!(answer(&none, &dismissed, true), Taken::NotYet);
        let open = json!({"state": "Open", "message": "it fails"});
        assert_eq!(answer(&none, &open, false), Taken::AsMeant("Open".to_owned()));
        let annotated = exempt("annotation", "2026-12-01T00:00:00Z");
        let told = "still Exempt, by an annotation of the object".to_owned();
        assert_eq!(answer(&none, &annotated, true), Taken::Otherwise(told));
    }
}
