//! What people write: decisions and assignments on items, requests on policies. Never more than what was
//! asked for, and never over what somebody else wrote in the meantime.

use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{
    Api, Client, ResourceExt,
    api::{Patch, PatchParams, PostParams},
    core::Status,
};
use serde_json::{Value, json};

use crate::{
    api::{ActionItem, AuditPolicy, REQUESTED_AT_ANNOTATION},
    items::{clean, root},
};

/// The name under which the changes of people show in `managedFields`.
const MANAGER: &str = "kubectl-holystone";
/// The controller writes the status of an item now and then; more often than this it is not at once.
const ATTEMPTS: usize = 8;
/// The longest answer of the server that is told, in bytes.
const ANSWER: usize = 600;
const ITEMS: &str = "actionitems.holystone.dev";
const POLICIES: &str = "auditpolicies.holystone.dev";

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Somebody else changed the `spec` after it was read.
    #[error("somebody else has changed it in the meantime; look at it, and try again")]
    Changed,
    /// It is not there any more.
    #[error("it is gone")]
    Gone,
    /// A right is missing: the resource, and where.
    #[error("you may not patch {0} {1}; ask for the ClusterRole {role}", role = role_for(.0))]
    Forbidden(&'static str, String),
    /// The server, or an admission policy, refuses it as it is.
    #[error("the API server refuses it: {0}")]
    Refused(String),
    /// The server does not answer.
    #[error("the API server does not answer: {0}")]
    Unavailable(String),
}

/// Who is asking, by the name that the API server knows.
pub async fn caller(client: &Client) -> Result<String, WriteError> {
    let reviews = Api::<SelfSubjectReview>::all(client.clone());
    let review = reviews.create(&PostParams::default(), &SelfSubjectReview::default()).await;
    let review = review.map_err(|error| WriteError::of(error, ("selfsubjectreviews", "")))?;
    let user = review.status.and_then(|status| status.user_info);
    let name = user.and_then(|user| user.username).filter(|name| !name.is_empty());
    name.ok_or_else(|| WriteError::Unavailable("it does not tell who you are".to_owned()))
}

/// Merges fields into the `spec` of an item as it was read. Where the controller has written since, it is
/// tried again; where the `spec` has changed, nothing is written.
pub async fn change_spec(
    client: &Client,
    item: &ActionItem,
    fields: &Value,
    is_dry: bool,
) -> Result<ActionItem, WriteError> {
    let (namespace, name) = (item.namespace().unwrap_or_default(), item.name_any());
    let items = Api::<ActionItem>::namespaced(client.clone(), &namespace);
    let place = format!("in namespace {namespace}");
    let mut version = item.resource_version();
    for _ in 0..ATTEMPTS {
        let patch = json!({ "metadata": { "resourceVersion": version }, "spec": fields });
        match items.patch(&name, &parameters(is_dry), &Patch::Merge(patch)).await {
            Ok(item) => return Ok(item),
            Err(kube::Error::Api(status)) if status.code == 409 => {}
            Err(error) => return Err(WriteError::of(error, (ITEMS, &place))),
        }
        match items.get_opt(&name).await {
            Ok(Some(now)) if now.uid() != item.uid() => return Err(WriteError::Gone),
            Ok(Some(now)) if now.spec != item.spec => return Err(WriteError::Changed),
            Ok(Some(now)) => version = now.resource_version(),
            Ok(None) => return Err(WriteError::Gone),
            Err(error) => return Err(WriteError::of(error, (ITEMS, &place))),
        }
    }
    Err(WriteError::Changed)
}

/// Asks for a full audit by a policy; `request` is a value that was not used before.
pub async fn request_audit(
    client: &Client,
    policy: &str,
    request: &str,
) -> Result<AuditPolicy, WriteError> {
    let policies = Api::<AuditPolicy>::all(client.clone());
    let patch = json!({ "metadata": { "annotations": { REQUESTED_AT_ANNOTATION: request } } });
    let patched = policies.patch(policy, &parameters(false), &Patch::Merge(patch)).await;
    patched.map_err(|error| WriteError::of(error, (POLICIES, "")))
}

/// The role of config/tenants/roles.yaml that may change a resource.
fn role_for(resource: &str) -> &'static str {
    match resource {
        POLICIES => "holystone-policy-editor",
        _ => "holystone-triager",
    }
}

fn parameters(is_dry: bool) -> PatchParams {
    let field_manager = Some(MANAGER.to_owned());
    PatchParams { field_manager, dry_run: is_dry, ..PatchParams::default() }
}

impl WriteError {
    fn of(error: kube::Error, (resource, place): (&'static str, &str)) -> Self {
        match error {
            kube::Error::Api(status) => Self::answered(&status, (resource, place)),
            error => Self::Unavailable(root(&error, ANSWER)),
        }
    }

    /// An admission policy may answer with the same code as a missing right.
    fn answered(status: &Status, (resource, place): (&'static str, &str)) -> Self {
        let told = clean(&status.message, ANSWER);
        match status.code {
            403 if told.contains(" cannot patch resource ") => {
                Self::Forbidden(resource, place.to_owned())
            }
            404 => Self::Gone,
            400..500 => Self::Refused(told),
            _ => Self::Unavailable(told),
        }
    }
}
