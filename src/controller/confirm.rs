//! Makes sure that a policy is really gone: deleting the definition of policies looks exactly like
//! deleting every policy.

use std::{collections::BTreeSet, time::Instant};

use jiff::Timestamp;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client, ResourceExt,
    api::{ListParams, PartialObjectMeta},
};
use tokio::task::JoinSet;

use crate::api::AuditPolicy;

/// What a confirming list has shown.
#[derive(Debug)]
pub(super) struct Confirmed {
    /// The policies that exist.
    pub(super) present: BTreeSet<String>,
    /// When the definition of policies was created.
    pub(super) defined_at: Option<Timestamp>,
}

/// The confirming list that runs, and when the next one may.
pub(super) struct Confirming {
    pub(super) running: JoinSet<Result<Confirmed, String>>,
    pub(super) not_before: Instant,
}

impl Confirming {
    pub(super) fn new() -> Self {
        Self { running: JoinSet::new(), not_before: Instant::now() }
    }
}

/// Lists the policies, provided that their definition is established and stays.
pub(super) async fn confirm(client: Client) -> Result<Confirmed, String> {
    let definitions = Api::<CustomResourceDefinition>::all(client.clone());
    let definition = definitions
        .get("auditpolicies.holystone.dev")
        .await
        .map_err(|error| format!("the definition of AuditPolicy cannot be read: {error}"))?;
    if definition.metadata.deletion_timestamp.is_some() {
        return Err("the definition of AuditPolicy is being deleted".to_owned());
    }
    let conditions = definition.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let is_established = conditions
        .filter(|condition| condition.type_ == "Established")
        .any(|condition| condition.status == "True");
    if !is_established {
        return Err("the definition of AuditPolicy is not established".to_owned());
    }
    let policies = Api::<PartialObjectMeta<AuditPolicy>>::all(client);
    let list = policies
        .list(&ListParams::default())
        .await
        .map_err(|error| format!("the policies cannot be listed: {error}"))?;
    Ok(Confirmed {
        present: list.items.iter().map(ResourceExt::name_any).collect(),
        defined_at: definition.metadata.creation_timestamp.map(|time| time.0),
    })
}
