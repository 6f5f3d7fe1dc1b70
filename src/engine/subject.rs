//! On which object a finding is reported: the one at the top of the owners.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, LazyLock},
};

use crate::{
    api,
    model::{Body, Kind, Meta, Object, ObjectKey},
};

/// The object that an item is about. It need not be of a kind that checks know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The API group; empty for the core group.
    pub group: Arc<str>,
    /// The kind.
    pub kind: Arc<str>,
    /// The namespace; empty for a cluster-scoped object.
    pub namespace: Arc<str>,
    /// The name.
    pub name: Arc<str>,
}

/// Group and name of the kinds of the catalogue, once for all targets.
static NAMES: LazyLock<HashMap<Kind, [Arc<str>; 2]>> =
    LazyLock::new(|| Kind::ALL.into_iter().map(|kind| (kind, names(kind))).collect());

fn names(kind: Kind) -> [Arc<str>; 2] {
    [kind.group().into(), kind.name().into()]
}

impl From<&ObjectKey> for Target {
    fn from(key: &ObjectKey) -> Self {
        let [group, kind] = NAMES.get(&key.kind).cloned().unwrap_or_else(|| names(key.kind));
        let (namespace, name) = (Arc::clone(&key.namespace), Arc::clone(&key.name));
        Self { group, kind, namespace, name }
    }
}

impl From<&Object> for Target {
    fn from(object: &Object) -> Self {
        let target = Self::from(&object.key());
        match object.kind {
            Kind::Other => Self {
                group: object.group().into(),
                kind: object.kind_name.as_str().into(),
                ..target
            },
            _ => target,
        }
    }
}

impl From<&api::Target> for Target {
    fn from(target: &api::Target) -> Self {
        Self {
            group: target.group.as_str().into(),
            kind: target.kind.as_str().into(),
            namespace: target.namespace.as_deref().unwrap_or_default().into(),
            name: target.name.as_str().into(),
        }
    }
}

impl Target {
    /// The target as it stands in the `spec` of an item.
    #[must_use]
    pub fn to_api(&self) -> api::Target {
        api::Target {
            group: self.group.to_string(),
            kind: self.kind.to_string(),
            namespace: (!self.namespace.is_empty()).then(|| self.namespace.to_string()),
            name: self.name.to_string(),
        }
    }

    /// The namespace that items about it live in: its own, of a Namespace itself, and ours for other
    /// cluster-scoped objects.
    #[must_use]
    pub fn home<'a>(&'a self, ours: &'a Arc<str>) -> &'a Arc<str> {
        match (&*self.namespace, &*self.group, &*self.kind) {
            ("", "", "Namespace") => &self.name,
            ("", ..) => ours,
            _ => &self.namespace,
        }
    }

    /// The key of the object, if its kind is read.
    #[must_use]
    pub fn key(&self) -> Option<ObjectKey> {
        let kind = Kind::find_named(&self.group, &self.kind)?;
        let (namespace, name) = (Arc::clone(&self.namespace), Arc::clone(&self.name));
        Some(ObjectKey { kind, namespace, name })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, namespace, name, .. } = self;
        if namespace.is_empty() {
            write!(formatter, "{kind} {name}")
        } else {
            write!(formatter, "{kind} {namespace}/{name}")
        }
    }
}

/// What is to be done with an object that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// It is judged for itself.
    Itself,
    /// Its owner is judged instead: a pod of a Deployment, a Job of a `CronJob`.
    Owned,
    /// It is judged, and reported on an owner of a kind that has no template that we know.
    OnBehalfOf(Target),
}

impl Subject {
    /// Follows the controller reference of a workload by one step. Other kinds, and static pods,
    /// which a Node owns, are judged for themselves.
    #[must_use]
    pub fn of(kind: Kind, meta: &Meta) -> Self {
        let Some(owner) = meta.controller().filter(|_| kind.is_workload()) else {
            return Self::Itself;
        };
        match Kind::find(owner.group(), &owner.kind) {
            Some(Kind::Node) if kind == Kind::Pod => Self::Itself,
            Some(owner) if owner.makes(kind) => Self::Owned,
            _ => Self::OnBehalfOf(Target {
                group: owner.group().into(),
                kind: owner.kind.as_str().into(),
                namespace: meta.namespace.as_deref().unwrap_or_default().into(),
                name: owner.name.as_str().into(),
            }),
        }
    }
}

/// An old `ReplicaSet` of a custom owner runs nothing.
pub(super) fn is_scaled_down(object: &Object) -> bool {
    matches!(&object.body, Body::Workload(workload) if workload.replicas == Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::decode_meta;

    fn subject(kind: Kind, owner: &str) -> Subject {
        let json = format!(
            r#"{{"metadata": {{"name": "x", "namespace": "shop", "ownerReferences": [{owner}]}}}}"#
        );
        Subject::of(kind, &decode_meta(kind, &json).unwrap())
    }

    #[test]
    fn the_owner_is_judged_where_it_has_the_template() {
        let replica_set =
            r#"{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "controller": true}"#;
        assert_eq!(subject(Kind::Pod, replica_set), Subject::Owned);
        assert_eq!(subject(Kind::Service, replica_set), Subject::Itself);
        let node = r#"{"apiVersion": "v1", "kind": "Node", "name": "one", "controller": true}"#;
        assert_eq!(subject(Kind::Pod, node), Subject::Itself);
        // A template says nothing about an object that its kind does not make.
        let json =
            r#"{"apiVersion": "batch/v1", "kind": "CronJob", "name": "x", "controller": true}"#;
        assert!(matches!(subject(Kind::DaemonSet, json), Subject::OnBehalfOf(_)));
        let not_controller = r#"{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web"}"#;
        assert_eq!(subject(Kind::Pod, not_controller), Subject::Itself);
    }

    #[test]
    fn a_custom_owner_is_reported() {
        let rollout = r#"{"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web",
            "controller": true}"#;
        let Subject::OnBehalfOf(target) = subject(Kind::ReplicaSet, rollout) else { panic!() };
        assert_eq!(target.to_string(), "Rollout shop/web");
        assert_eq!(&*target.group, "argoproj.io");
    }
}
