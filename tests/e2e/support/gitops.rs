//! The kinds of Flux and Argo CD, as far as tests need them, and what these tools do.

use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::Cluster;

pub const KUSTOMIZE: &str = "kustomize.toolkit.fluxcd.io/v1";
pub const HELM: &str = "helm.toolkit.fluxcd.io/v2";
pub const FLUX_SOURCE: &str = "source.toolkit.fluxcd.io/v1";
pub const ARGO: &str = "argoproj.io/v1alpha1";

/// What an administrator adds to the controller's rights, so that it finds sources.
pub const RIGHTS: &str = include_str!("../../../config/rbac/gitops.yaml");

/// API version, kind and plural.
const KINDS: [(&str, &str, &str); 8] = [
    (KUSTOMIZE, "Kustomization", "kustomizations"),
    (HELM, "HelmRelease", "helmreleases"),
    (FLUX_SOURCE, "GitRepository", "gitrepositories"),
    (FLUX_SOURCE, "OCIRepository", "ocirepositories"),
    (FLUX_SOURCE, "HelmRepository", "helmrepositories"),
    (FLUX_SOURCE, "HelmChart", "helmcharts"),
    (FLUX_SOURCE, "Bucket", "buckets"),
    (ARGO, "Application", "applications"),
];

impl Cluster {
    /// Defines the kinds, with any content.
    pub async fn install_gitops(&self) {
        for (api_version, kind, plural) in KINDS {
            let (group, version) = api_version.split_once('/').expect("it has a group");
            let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
            let definition = json!({
                "apiVersion": "apiextensions.k8s.io/v1",
                "kind": "CustomResourceDefinition",
                "metadata": { "name": format!("{plural}.{group}") },
                "spec": {
                    "group": group,
                    "names": { "kind": kind, "plural": plural, "singular": kind.to_lowercase() },
                    "scope": "Namespaced",
                    "versions": [{
                        "name": version,
                        "served": true,
                        "storage": true,
                        "schema": { "openAPIV3Schema": schema },
                    }],
                },
            });
            self.apply(&definition.to_string()).await;
        }
        for (api_version, _, plural) in KINDS {
            self.eventually(&format!("{plural} are served"), async || {
                self.definition_is_served(api_version, plural).await.then_some(())
            })
            .await;
        }
    }

    /// Applies an object as a tool does: under its own name, and by force.
    pub async fn apply_as(&self, manager: &str, object: &Value) {
        let text = |pointer: &str| {
            let text = object.pointer(pointer).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let namespace = text("/metadata/namespace");
        let api = self.api(&text("/apiVersion"), &text("/kind"), &namespace);
        let parameters = PatchParams::apply(manager).force();
        let applied = api.patch(&text("/metadata/name"), &parameters, &Patch::Apply(object)).await;
        applied.expect("the server takes it");
    }
}
