//! What a dry run tells of the writes that it does not make, and what it takes for their results.

use kube::{Api, ResourceExt};

use crate::{
    api::{ActionItem, ActionItemStatus, AuditPolicy, AuditPolicyStatus},
    items::{Action, Identity, item_name, new_item},
};

use super::write::Outcome;

/// Tells of an action on an item, and answers as if it was done.
pub(super) async fn carry_out(
    items: &Api<ActionItem>,
    namespace: &str,
    (check, target): &Identity,
    action: &Action,
) -> Outcome {
    let (name, status) = match action {
        Action::Open { attempt, status } => (item_name(check, target, *attempt), status),
        Action::Update { name, status, .. } => (name.to_string(), status),
        Action::Delete { name, .. } => {
            tracing::info!(namespace, item = %name, "would delete");
            return Outcome::Gone;
        }
    };
    tell(namespace, &name, status);
    // What people wrote on an item that is there stays on it; one of a dry run is nowhere.
    let there = items.get_opt(&name).await.ok().flatten();
    let mut item = there.unwrap_or_else(|| new_item(check, target, 0));
    item.metadata.name = Some(name);
    item.metadata.namespace.get_or_insert_with(|| namespace.to_owned());
    item.status = Some((**status).clone());
    Outcome::Done(Box::new(item))
}

fn tell(namespace: &str, name: &str, status: &ActionItemStatus) {
    let state = status.state.map_or("", |state| state.as_str());
    let severity = status.severity.map_or("", |severity| severity.as_str());
    let reason = status.reason.as_deref().unwrap_or_default();
    let found = status.message.as_deref().unwrap_or_default();
    tracing::info!(namespace, item = name, state, reason, severity, found, "would write");
}

/// Tells of the status of a policy, and answers as if it was set.
pub(super) async fn set_policy_status(
    policies: &Api<AuditPolicy>,
    name: &str,
    status: &AuditPolicyStatus,
) -> Result<AuditPolicy, kube::Error> {
    let mut policy = policies.get(name).await?;
    let ready = status.conditions.iter().find(|condition| condition.type_ == "Ready");
    let ready = ready.map_or("", |ready| ready.message.as_str());
    tracing::info!(policy = policy.name_any(), ready, "would set its status");
    policy.status = Some(status.clone());
    Ok(policy)
}
