//! One record of the audit log.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;

/// What one request did, at one stage of it.
#[derive(Clone, Debug)]
pub struct Record {
    /// How far the request had come. Writes have one record, at [`Stage::ResponseComplete`].
    pub stage: Stage,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    pub verb: String,
    /// Path and query of the request.
    pub uri: String,
    /// The authenticated user.
    pub user: String,
    /// The user that was impersonated, if any.
    pub impersonated_user: Option<String>,
    /// What the client calls itself; empty if it does not say.
    pub user_agent: String,
    /// The API group; empty for the core group and for paths that are no resources.
    pub group: String,
    /// The plural name of the kind, such as `deployments`; empty for paths that are no resources.
    pub resource: String,
    /// Such as `status` or `token`; empty for the object itself.
    pub subresource: String,
    /// Empty for requests that are not in a namespace.
    pub namespace: String,
    /// Empty for requests that name no object, and for new objects whose name the server makes.
    pub name: String,
    /// The HTTP status of the answer; 0 when there was none yet.
    pub code: u16,
    /// When the request came in.
    pub received: Timestamp,
    /// The body of a write to the group `holystone.dev`.
    pub request: Option<Value>,
}

/// How far a request had come.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Stage {
    /// The request was received. The policy leaves these out.
    RequestReceived,
    /// The head of the answer to a long-running request, such as a watch, was sent.
    ResponseStarted,
    /// The answer was sent.
    ResponseComplete,
    /// The API server failed on the request.
    Panic,
}

impl Record {
    pub(super) fn parse(line: &[u8]) -> Result<Self, Error> {
        let event: Event = serde_json::from_slice(line).map_err(Error::ParseAudit)?;
        Ok(event.into())
    }

    /// Whether the request asked to change something, and not only to try (dry run) or to learn
    /// what it may do. Whether it was granted is told by [`Record::succeeded`].
    #[must_use]
    pub fn is_write(&self) -> bool {
        let changing = ["create", "update", "patch", "delete", "deletecollection"];
        changing.contains(&self.verb.as_str())
            && !self.uri.contains("dryRun=All")
            && self.group != "authorization.k8s.io"
    }

    /// Whether the API server did what was asked.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Whether the request was about this resource, or one of its subresources.
    #[must_use]
    pub fn is_about(&self, group: &str, resource: &str) -> bool {
        self.group == group && self.resource == resource
    }
}

/// The fields of `audit.k8s.io/v1` that we read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    stage: Stage,
    verb: String,
    #[serde(rename = "requestURI")]
    uri: String,
    user: User,
    impersonated_user: Option<User>,
    #[serde(default)]
    user_agent: String,
    #[serde(default)]
    object_ref: ObjectReference,
    #[serde(default)]
    response_status: ResponseStatus,
    request_received_timestamp: Timestamp,
    request_object: Option<Value>,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    username: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ObjectReference {
    api_group: String,
    resource: String,
    subresource: String,
    namespace: String,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResponseStatus {
    code: u16,
}

impl From<Event> for Record {
    fn from(event: Event) -> Self {
        Self {
            stage: event.stage,
            verb: event.verb,
            uri: event.uri,
            user: event.user.username,
            impersonated_user: event.impersonated_user.map(|user| user.username),
            user_agent: event.user_agent,
            group: event.object_ref.api_group,
            resource: event.object_ref.resource,
            subresource: event.object_ref.subresource,
            namespace: event.object_ref.namespace,
            name: event.object_ref.name,
            code: event.response_status.code,
            received: event.request_received_timestamp,
            request: event.request_object,
        }
    }
}
