//! In which API versions people write an object: the API server shows it in any version that is
//! asked for, whatever it was sent.

use std::fmt;

use super::{ManagedFields, Meta, Object, Tool, lenient::LAST_APPLIED};

/// An API version in which somebody writes an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<'object> {
    /// Who writes it.
    pub by: Writer<'object>,
    /// Group and version.
    pub api_version: &'object str,
    /// The kind.
    pub kind: &'object str,
}

/// Who writes an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer<'object> {
    /// Whoever keeps the file; of an object of a cluster, it is the version that was asked for.
    Manifest,
    /// The last `kubectl apply`.
    LastApplied,
    /// A field manager.
    Manager(&'object str),
}

impl Written<'_> {
    /// JSON pointer of what tells it.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self.by {
            Writer::Manifest => "/apiVersion",
            Writer::LastApplied => {
                "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"
            }
            Writer::Manager(_) => "/metadata/managedFields",
        }
    }
}

impl fmt::Display for Written<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, api_version, kind } = self;
        match by {
            Writer::Manifest => write!(formatter, "written as `{api_version}` {kind}"),
            Writer::LastApplied => write!(formatter, "last applied as `{api_version}` {kind}"),
            Writer::Manager(name) => {
                write!(formatter, "written by `{name}` as `{api_version}` {kind}")
            }
        }
    }
}

impl Object {
    /// The API versions in which the object is written: its own, that of the last applied manifest,
    /// and those of its field managers.
    pub fn written_versions(&self) -> impl Iterator<Item = Written<'_>> {
        let kind = self.kind_name.as_str();
        let written = move |by, api_version| Written { by, api_version, kind };
        let applied = self.meta.annotations.value(LAST_APPLIED);
        let applied = applied.filter(|version| !version.is_empty() && *version != self.api_version);
        let managers = self.meta.managed_fields.iter();
        std::iter::once(written(Writer::Manifest, self.api_version.as_str()))
            .chain(applied.map(move |version| written(Writer::LastApplied, version)))
            .chain(managers.map(move |entry| {
                written(Writer::Manager(entry.manager.as_str()), entry.api_version.as_str())
            }))
    }
}

/// The components of Kubernetes: which version they write is the matter of its own upgrade.
const COMPONENTS: [&str; 6] = [
    "before-first-apply",
    "cloud-controller-manager",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
];

impl Meta {
    /// Notes which tool writes the object, and keeps only the field managers that write the object itself in another version than
    /// `api_version`, and did so when they wrote it last. An entry of an `Update` stays for as long
    /// as one of its fields is unchanged, even when its manager has long moved to another version.
    pub(super) fn keep_other_writers(&mut self, api_version: &str) {
        let mut entries = std::mem::take(&mut self.managed_fields.0);
        let own = entries.iter().filter(|entry| entry.subresource.is_empty());
        self.tool = own.filter_map(|entry| Tool::of_manager(&entry.manager)).min();
        let has_manifest = self.annotations.value(LAST_APPLIED).is_some();
        entries.retain(|entry| {
            entry.subresource.is_empty()
                && !COMPONENTS.contains(&entry.manager.as_str())
                && !(has_manifest && entry.manager == "kubectl-client-side-apply")
        });
        // Two writes of one second have the same time; then the version that is read was the last.
        let moment = |entry: &ManagedFields| (entry.time, entry.api_version == api_version);
        let is_last = |entry: &ManagedFields| {
            let its = entries.iter().filter(|other| other.person() == entry.person());
            its.map(moment).max() == Some(moment(entry))
        };
        let others = entries.iter().filter(|entry| entry.api_version != api_version);
        self.managed_fields.0 = others.filter(|entry| is_last(entry)).cloned().collect();
        // When it was written says nothing more, and changes all the time.
        self.managed_fields.0.iter_mut().for_each(|entry| entry.time = None);
    }
}

impl ManagedFields {
    /// All that is done by `kubectl` is done by people, and has several names.
    fn person(&self) -> &str {
        match self.manager.starts_with("kubectl") {
            true => "kubectl",
            false => &self.manager,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, decode};

    /// What is written, of an autoscaler with these entries of `managedFields`.
    fn written(annotation: &str, entries: &[(&str, &str, &str, &str)]) -> Vec<String> {
        let entries: Vec<_> = entries
            .iter()
            .map(|(manager, version, subresource, day)| {
                serde_json::json!({
                    "manager": manager, "operation": "Update", "apiVersion": version,
                    "subresource": subresource, "time": format!("2026-01-{day}T00:00:00Z"),
                })
            })
            .collect();
        let mut json = serde_json::json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web", "managedFields": entries},
        });
        if !annotation.is_empty() {
            let manifest = format!(r#"{{"apiVersion": "{annotation}"}}"#);
            json["metadata"]["annotations"] = serde_json::json!({LAST_APPLIED: manifest});
        }
        let object = decode(Kind::HorizontalPodAutoscaler, &json.to_string()).unwrap();
        let found = object.written_versions().skip(1);
        found.map(|written| format!("{:?} {}", written.by, written.api_version)).collect()
    }

    const OLD: &str = "autoscaling/v2beta2";

    #[test]
    fn the_last_manifest_and_the_managers_are_told() {
        assert_eq!(
            written(OLD, &[("helm", OLD, "", "01")]),
            [format!("LastApplied {OLD}"), format!("Manager(\"helm\") {OLD}")]
        );
        assert!(written("autoscaling/v2", &[("helm", "autoscaling/v2", "", "01")]).is_empty());
    }

    #[test]
    fn a_manager_that_moved_on_is_not() {
        let entries = [("helm", OLD, "", "01"), ("helm", "autoscaling/v2", "", "02")];
        assert!(written("", &entries).is_empty());
        let entries = [("helm", OLD, "", "01"), ("helm", "autoscaling/v2", "", "01")];
        assert!(written("", &entries).is_empty());
        let entries = [("kubectl-create", OLD, "", "01"), ("kubectl", "autoscaling/v2", "", "02")];
        assert!(written("", &entries).is_empty());
        let entries = [("helm", "autoscaling/v2", "", "01"), ("helm", OLD, "", "02")];
        assert_eq!(written("", &entries), [format!("Manager(\"helm\") {OLD}")]);
    }

    #[test]
    fn the_last_manifest_is_more_than_what_is_left_of_old_ones() {
        let entries = [("kubectl-client-side-apply", OLD, "", "01")];
        assert!(written("autoscaling/v2", &entries).is_empty());
        assert_eq!(written("", &entries).len(), 1);
    }

    #[test]
    fn a_status_and_the_cluster_itself_are_nobody() {
        assert!(written("", &[("keda", OLD, "status", "01")]).is_empty());
        assert!(written("", &[("kube-controller-manager", OLD, "", "01")]).is_empty());
    }
}
