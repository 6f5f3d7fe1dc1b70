//! Owners of kinds that checks do not know: who is at the top, and whether they are still there.

use std::time::Duration;

use kube::{
    Api, Client, ResourceExt,
    api::{DynamicObject, PartialObjectMeta},
    core::ApiResource,
    discovery::Scope,
};
use tokio::time;

use crate::engine::Target;

use super::named::look_up;

/// Owners of owners are followed so far.
const DEPTH: usize = 8;
/// One look takes no longer than this.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is known of an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// It exists, and this is at the top of its own owners: often itself. What lies above may not
    /// be readable, or is cluster-scoped, and then nobody's team's.
    Top(Target),
    /// It does not exist, though its kind is served.
    Missing,
    /// Its kind is not served.
    Unserved,
    /// It may not be read, or nobody answers.
    Unreadable,
}

/// One step upwards.
enum Step {
    Up(Target),
    Top,
    Missing,
    Unserved,
    Unreadable,
}

/// Looks for an owner and follows its controllers to the top.
pub async fn find_owner(client: Client, target: Target) -> Owner {
    let mut top = target;
    for depth in 0..DEPTH {
        let step = time::timeout(PATIENCE, step(&client, &top)).await;
        match step.unwrap_or(Step::Unreadable) {
            Step::Up(next) => top = next,
            Step::Missing if depth == 0 => return Owner::Missing,
            Step::Unserved if depth == 0 => return Owner::Unserved,
            Step::Unreadable if depth == 0 => return Owner::Unreadable,
            Step::Top | Step::Missing | Step::Unserved | Step::Unreadable => break,
        }
    }
    Owner::Top(top)
}

async fn step(client: &Client, target: &Target) -> Step {
    let resource = match resource(client, target).await {
        Served::InNamespaces(resource) => resource,
        Served::ForTheCluster => return Step::Top,
        Served::Not => return Step::Unserved,
        Served::Unknown => return Step::Unreadable,
    };
    let namespace = &target.namespace;
    let api: Api<PartialObjectMeta<DynamicObject>> =
        Api::namespaced_with(client.clone(), namespace, &resource);
    let meta = match api.get_opt(&target.name).await {
        Ok(Some(meta)) => meta,
        Ok(None) => return Step::Missing,
        Err(_) => return Step::Unreadable,
    };
    let mut owners = meta.owner_references().iter();
    let Some(owner) = owners.find(|owner| owner.controller == Some(true)) else {
        return Step::Top;
    };
    let next = Target {
        group: owner.api_version.split_once('/').map_or("", |(group, _)| group).into(),
        kind: owner.kind.as_str().into(),
        namespace: namespace.clone(),
        name: owner.name.as_str().into(),
    };
    match self::resource(client, &next).await {
        Served::InNamespaces(_) => Step::Up(next),
        _ => Step::Top,
    }
}

/// How a kind is served.
enum Served {
    InNamespaces(ApiResource),
    ForTheCluster,
    Not,
    Unknown,
}

async fn resource(client: &Client, target: &Target) -> Served {
    match look_up(client, &target.group, &target.kind, &[]).await {
        Ok(Some((resource, capabilities))) if capabilities.scope == Scope::Namespaced => {
            Served::InNamespaces(resource)
        }
        Ok(Some(_)) => Served::ForTheCluster,
        Ok(None) => Served::Not,
        Err(_) => Served::Unknown,
    }
}
