//! Carries out what was planned: one item at a time, each call with a deadline.

use std::time::Duration;

use k8s_openapi::api::events::v1::Event;
use kube::{
    Api, Client,
    api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions},
    core::Status,
};
use serde_json::{Value, json};
use tokio::time;

use crate::{
    api::{ActionItem, ActionItemStatus, AuditPolicy, AuditPolicyStatus, FIELD_MANAGER},
    items::{Action, Identity, item_name, labels, new_item},
};

use super::{Mandate, client::CALL, rehearsal};

/// Why a write is not made that was due.
const UNCERTAIN: &str = "another replica may lead by now";

/// How a write ended.
#[derive(Debug)]
pub enum Outcome {
    /// It was done; this is the item now.
    Done(Box<ActionItem>),
    /// The item is gone.
    Gone,
    /// The item has changed since it was planned; this is what it is.
    Changed(Box<ActionItem>),
    /// Another object stands on the name.
    InTheWay(Box<ActionItem>),
    /// Its namespace is being deleted, or is gone: there is nothing to do.
    Ended,
    /// We may not write it.
    Forbidden(String),
    /// The server refuses it as it is; trying again at once is no use.
    Refused(String),
    /// The server is overloaded or does not answer: nothing may be written for a while.
    Failed {
        /// Why.
        problem: String,
        /// What the server asks for.
        retry_after: Option<Duration>,
    },
}

/// Writes items and the status of policies.
#[derive(Clone)]
pub struct Writer {
    client: Client,
    mandate: Mandate,
}

impl Writer {
    /// Writes through `client`, while the mandate lasts.
    #[must_use]
    pub fn new(client: Client, mandate: Mandate) -> Self {
        Self { client, mandate }
    }

    /// Carries out one action on the item of an identity in a namespace.
    pub async fn carry_out(
        &self,
        namespace: &str,
        identity: &Identity,
        action: &Action,
    ) -> Outcome {
        let items = Api::<ActionItem>::namespaced(self.client.clone(), namespace);
        if self.mandate.is_dry() {
            return rehearsal::carry_out(&items, namespace, identity, action).await;
        }
        if !self.mandate.is_certain() {
            return failed(&UNCERTAIN, None);
        }
        match action {
            Action::Open { attempt, status } => {
                open(&items, identity, *attempt, status, &self.mandate).await
            }
            Action::Update { name, resource_version, add_labels, status } => {
                let mut version = resource_version.clone();
                if *add_labels {
                    match label(&items, name, &version, identity).await {
                        Ok(item) => version = item.metadata.resource_version.unwrap_or_default(),
                        Err(error) => return outcome(&items, name, error).await,
                    }
                }
                set_status(&items, name, &version, status).await
            }
            Action::Delete { name, resource_version } => {
                delete(&items, name, resource_version).await
            }
        }
    }

    /// Creates an event. False when there is no place for it: a namespace that is deleted takes
    /// no new ones, and nobody will read them there.
    pub async fn tell(&self, event: &Event) -> Result<bool, kube::Error> {
        if self.mandate.is_dry() {
            return Ok(true);
        }
        self.entitled()?;
        let namespace = event.metadata.namespace.as_deref().unwrap_or_default();
        let events = Api::<Event>::namespaced(self.client.clone(), namespace);
        match in_time(events.create(&as_us(), event)).await {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if is_ending(&status) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sets the whole status of a policy; refused when the policy has another version.
    pub async fn set_policy_status(
        &self,
        name: &str,
        resource_version: Option<&str>,
        status: &AuditPolicyStatus,
    ) -> Result<AuditPolicy, kube::Error> {
        let policies = Api::<AuditPolicy>::all(self.client.clone());
        if self.mandate.is_dry() {
            return rehearsal::set_policy_status(&policies, name, status).await;
        }
        self.entitled()?;
        let patch = json!({
            "apiVersion": "holystone.dev/v1alpha1",
            "kind": "AuditPolicy",
            "metadata": { "resourceVersion": resource_version },
            "status": status,
        });
        in_time(policies.patch_status(name, &ours(), &Patch::Apply(patch))).await
    }

    fn entitled(&self) -> Result<(), kube::Error> {
        match self.mandate.is_certain() {
            true => Ok(()),
            false => Err(no_answer(UNCERTAIN)),
        }
    }
}

/// Our fields, whatever others think.
fn ours() -> PatchParams {
    PatchParams::apply(FIELD_MANAGER).force()
}

/// What we create is ours.
fn as_us() -> PostParams {
    PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() }
}

/// Creates the item and then sets its status: two writes, since a status is ignored on creation.
/// A crash between the two leaves the item Pending, which is found and healed.
async fn open(
    items: &Api<ActionItem>,
    identity: &Identity,
    attempt: u8,
    status: &ActionItemStatus,
    mandate: &Mandate,
) -> Outcome {
    let (check, target) = identity;
    let name = item_name(check, target, attempt);
    let item = new_item(check, target, attempt);
    match in_time(items.create(&as_us(), &item)).await {
        Ok(_) if !mandate.is_certain() => failed(&UNCERTAIN, None),
        Ok(created) => {
            let version = created.metadata.resource_version.unwrap_or_default();
            set_status(items, &name, &version, status).await
        }
        Err(kube::Error::Api(error)) if error.is_already_exists() => {
            match in_time(items.get_opt(&name)).await {
                Ok(Some(object)) => Outcome::InTheWay(Box::new(object)),
                Ok(None) => failed(&"the item was there and is gone again", None),
                Err(error) => outcome(items, &name, error).await,
            }
        }
        // Nothing is there to be gone: the definition of items is.
        Err(kube::Error::Api(error)) if error.is_not_found() && !is_ending(&error) => {
            failed(&error.message, None)
        }
        Err(error) => outcome(items, &name, error).await,
    }
}

/// Sets the whole status by server-side apply; refused when the item has another version.
async fn set_status(
    items: &Api<ActionItem>,
    name: &str,
    resource_version: &str,
    status: &ActionItemStatus,
) -> Outcome {
    let patch = json!({
        "apiVersion": "holystone.dev/v1alpha1",
        "kind": "ActionItem",
        "metadata": { "resourceVersion": resource_version },
        "status": status,
    });
    match in_time(items.patch_status(name, &ours(), &Patch::Apply(patch))).await {
        Ok(item) => Outcome::Done(Box::new(item)),
        Err(error) => outcome(items, name, error).await,
    }
}

/// Adds our labels to an item that somebody else created.
async fn label(
    items: &Api<ActionItem>,
    name: &str,
    resource_version: &str,
    identity: &Identity,
) -> Result<ActionItem, kube::Error> {
    let (check, target) = identity;
    let labels: Value = labels(check, target)
        .into_iter()
        .map(|(key, value)| (key, Value::String(value)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let patch = json!({ "metadata": { "labels": labels, "resourceVersion": resource_version } });
    let parameters =
        PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    in_time(items.patch(name, &parameters, &Patch::Merge(patch))).await
}

/// Deletes what was seen, and nothing that took its place since.
async fn delete(items: &Api<ActionItem>, name: &str, resource_version: &str) -> Outcome {
    let preconditions =
        Preconditions { resource_version: Some(resource_version.to_owned()), uid: None };
    let parameters = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
    match in_time(items.delete(name, &parameters)).await {
        Ok(_) => Outcome::Gone,
        Err(error) => outcome(items, name, error).await,
    }
}

async fn in_time<T>(call: impl Future<Output = Result<T, kube::Error>>) -> Result<T, kube::Error> {
    time::timeout(CALL, call)
        .await
        .unwrap_or_else(|_| Err(no_answer(&format!("no answer within {} s", CALL.as_secs()))))
}

fn no_answer(message: &str) -> kube::Error {
    kube::Error::Api(Box::new(Status::failure(message, "Timeout").with_code(504)))
}

fn failed(problem: &dyn ToString, retry_after: Option<Duration>) -> Outcome {
    Outcome::Failed { problem: problem.to_string(), retry_after }
}

/// The server does not answer, or with an object that is no item of ours: then trying again at
/// once is no use, and must not hold up the others.
fn no_status(name: &str, error: kube::Error) -> Outcome {
    match error {
        kube::Error::SerdeError(_) => Outcome::Refused(format!("`{name}` cannot be decoded")),
        error => failed(&error, None),
    }
}

/// Reads what an error means.
async fn outcome(items: &Api<ActionItem>, name: &str, error: kube::Error) -> Outcome {
    let status = match error {
        kube::Error::Api(status) => status,
        error => return no_status(name, error),
    };
    if is_ending(&status) {
        return Outcome::Ended;
    }
    match status.code {
        403 => Outcome::Forbidden(status.message.clone()),
        404 | 409 => match in_time(items.get_opt(name)).await {
            Ok(Some(item)) => Outcome::Changed(Box::new(item)),
            Ok(None) => Outcome::Gone,
            Err(error) => no_status(name, error),
        },
        // A webhook that fails, or a refusal: that item waits, the others go on.
        400..=500 if status.code != 429 => Outcome::Refused(status.message.clone()),
        _ => {
            let seconds = status.details.as_ref().map(|details| details.retry_after_seconds);
            let retry_after = seconds.filter(|seconds| *seconds > 0);
            let retry_after = retry_after.map(|seconds| Duration::from_secs(seconds.into()));
            failed(&status.message, retry_after)
        }
    }
}

/// The answers about a namespace that is being deleted or is gone, and about an object that is.
fn is_ending(status: &Status) -> bool {
    let Some(details) = &status.details else { return false };
    let is_terminating =
        |cause: &kube::core::response::StatusCause| cause.reason == "NamespaceTerminating";
    match status.code {
        403 => details.causes.iter().any(is_terminating),
        404 => details.kind == "namespaces",
        409 => status.message.contains("object is being deleted"),
        _ => false,
    }
}
