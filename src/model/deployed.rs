//! What an object says of who deploys it, and from which file.

use compact_str::CompactString;
use serde::Deserialize;

use super::{Kind, Labels, Meta};

const KUSTOMIZATION: [&str; 2] =
    ["kustomize.toolkit.fluxcd.io/namespace", "kustomize.toolkit.fluxcd.io/name"];
const HELM_RELEASE: [&str; 2] = ["helm.toolkit.fluxcd.io/namespace", "helm.toolkit.fluxcd.io/name"];
const RELEASE: [&str; 2] = ["meta.helm.sh/release-namespace", "meta.helm.sh/release-name"];
const TRACKING_ID: &str = "argocd.argoproj.io/tracking-id";
const INSTANCE: &str = "app.kubernetes.io/instance";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const BUILT_FROM: &str = "config.kubernetes.io/origin";
/// What kustomize writes of an origin is far shorter.
const LONGEST_ORIGIN: usize = 2048;

/// A tool that deploys objects; of two field managers the first in this order is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Flux.
    Flux,
    /// Argo CD.
    ArgoCd,
    /// Terraform.
    Terraform,
    /// Helm.
    Helm,
    /// Kustomize.
    Kustomize,
    /// People, by hand or in a pipeline.
    Kubectl,
}

impl Tool {
    /// As it stands in the status of an item.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flux => "flux",
            Self::ArgoCd => "argocd",
            Self::Terraform => "terraform",
            Self::Helm => "helm",
            Self::Kustomize => "kustomize",
            Self::Kubectl => "kubectl",
        }
    }

    /// The tool that writes under the name of a field manager.
    pub(super) fn of_manager(manager: &str) -> Option<Self> {
        match manager {
            "kustomize-controller" | "helm-controller" => Some(Self::Flux),
            "argocd-controller" | "argocd-application-controller" => Some(Self::ArgoCd),
            "Terraform" => Some(Self::Terraform),
            "helm" => Some(Self::Helm),
            "kubectl" | "kubectl-client-side-apply" | "kubectl-create" => Some(Self::Kubectl),
            _ => None,
        }
    }
}

/// Who deploys an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Deployer {
    /// A Kustomization of Flux.
    Kustomization(Place),
    /// A `HelmRelease` of Flux.
    HelmRelease(Place),
    /// An Application of Argo CD; its namespace is empty where that is the one of Argo CD.
    Application(Place),
    /// A release of Helm, which no object stands for.
    Release(Place),
    /// Only the tool is known.
    Tool(Tool),
}

/// Namespace and name of what deploys an object. Both have the form of such names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The namespace.
    pub namespace: CompactString,
    /// The name.
    pub name: CompactString,
}

/// What an object says of where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Deployed {
    /// Who deploys it.
    pub by: Deployer,
    /// The file that kustomize has built it from.
    pub built_from: Option<BuiltFrom>,
}

/// The file that kustomize says it has built an object from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BuiltFrom {
    /// Where the file is, seen from the kustomization, or in `repo`.
    pub path: String,
    /// The repository, if it is another one.
    pub repo: String,
}

impl BuiltFrom {
    /// Reads the annotation of kustomize, if there is one that names a file.
    #[must_use]
    pub fn of(annotations: &Labels) -> Option<Self> {
        #[derive(Default, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        struct Origin {
            path: String,
            repo: String,
            /// The file that a generated object is configured in.
            configured_in: String,
        }
        let text = annotations.value(BUILT_FROM).filter(|text| text.len() <= LONGEST_ORIGIN)?;
        let Origin { path, repo, configured_in } = serde_saphyr::from_str(text).ok()?;
        let path = if path.is_empty() { configured_in } else { path };
        (!path.is_empty()).then_some(Self { path, repo })
    }
}

impl Deployed {
    /// What the metadata of an object of a kind tells: what is most certain comes first. A
    /// tracking id has to name the object itself, else the object is a copy of the one it names.
    #[must_use]
    pub fn of((group, kind): (&str, &str), meta: &Meta) -> Option<Self> {
        let built_from = BuiltFrom::of(&meta.annotations);
        let by = flux(meta)
            .or_else(|| tracked(group, kind, meta))
            .or_else(|| labelled(meta))
            .or_else(|| release(meta))
            .or_else(|| built_from.is_some().then_some(Deployer::Tool(Tool::Kustomize)))
            .or_else(|| meta.tool.map(Deployer::Tool))?;
        Some(Self { by, built_from })
    }

    /// The same of an object of a kind that checks know.
    #[must_use]
    pub fn of_kind(kind: Kind, meta: &Meta) -> Option<Self> {
        Self::of((kind.group(), kind.name()), meta)
    }
}

fn flux(meta: &Meta) -> Option<Deployer> {
    let kustomization = place(&meta.labels, KUSTOMIZATION).map(Deployer::Kustomization);
    kustomization.or_else(|| place(&meta.labels, HELM_RELEASE).map(Deployer::HelmRelease))
}

fn place(labels: &Labels, [namespace, name]: [&str; 2]) -> Option<Place> {
    Place::parse(labels.value(namespace)?, labels.value(name)?).filter(Place::is_complete)
}

/// `<application>:<group>/<kind>:<namespace>/<name>`. The id of an object outside of any namespace
/// bears the namespace that the application deploys to.
fn tracked(group: &str, kind: &str, meta: &Meta) -> Option<Deployer> {
    let (application, object) = meta.annotations.value(TRACKING_ID)?.split_once(':')?;
    let (its_kind, its_name) = object.split_once(':')?;
    let (namespace, name) = its_name.split_once('/')?;
    let is_here = meta.namespace.as_deref().is_none_or(|own| own == namespace);
    let is_itself = its_kind.split_once('/') == Some((group, kind)) && name == meta.name;
    if is_here && is_itself { self::application(application) } else { None }
}

/// The label of Argo CD, which others use too: it only counts on what Argo CD writes, and does not
/// track by annotation.
fn labelled(meta: &Meta) -> Option<Deployer> {
    let is_tracked_so =
        meta.tool == Some(Tool::ArgoCd) && meta.annotations.value(TRACKING_ID).is_none();
    application(meta.labels.value(INSTANCE).filter(|_| is_tracked_so)?)
}

/// An application in a namespace of its own is told as `<namespace>_<name>`.
fn application(text: &str) -> Option<Deployer> {
    let (namespace, name) = text.split_once('_').unwrap_or(("", text));
    Place::parse(namespace, name).map(Deployer::Application)
}

fn release(meta: &Meta) -> Option<Deployer> {
    let is_helm = meta.labels.value(MANAGED_BY) == Some("Helm");
    place(&meta.annotations, RELEASE).filter(|_| is_helm).map(Deployer::Release)
}

impl Place {
    /// Takes only what may be a namespace, or empty, and what may be a name: both go into the
    /// addresses of requests.
    #[must_use]
    pub fn parse(namespace: &str, name: &str) -> Option<Self> {
        let is_namespace = namespace.is_empty() || is_name(namespace, 63);
        (is_namespace && is_name(name, 253))
            .then(|| Self { namespace: namespace.into(), name: name.into() })
    }

    fn is_complete(&self) -> bool {
        !self.namespace.is_empty()
    }
}

fn is_name(text: &str, longest: usize) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let has_ends =
        text.bytes().next().is_some_and(is_inner) && text.bytes().next_back().is_some_and(is_inner);
    has_ends
        && text.len() <= longest
        && text.bytes().all(|byte| is_inner(byte) || matches!(byte, b'-' | b'.'))
        && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::decode;

    fn deployed(metadata: &Value) -> Option<Deployed> {
        let mut object = json!({"metadata": {"name": "web", "namespace": "shop"}});
        for (field, value) in metadata.as_object().unwrap() {
            object["metadata"][field] = value.clone();
        }
        let object = decode(Kind::Deployment, &object.to_string()).unwrap();
        Deployed::of_kind(Kind::Deployment, &object.meta)
    }

    fn by(metadata: &Value) -> Option<Deployer> {
        deployed(metadata).map(|deployed| deployed.by)
    }

    fn at(namespace: &str, name: &str) -> Place {
        Place { namespace: namespace.into(), name: name.into() }
    }

    fn written_by(manager: &str) -> Value {
        json!([{"manager": manager, "operation": "Apply", "apiVersion": "apps/v1"}])
    }

    #[test]
    fn labels_of_flux_name_its_objects() {
        let labels = json!({"labels": {
            "kustomize.toolkit.fluxcd.io/name": "apps",
            "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        }});
        assert_eq!(by(&labels), Some(Deployer::Kustomization(at("flux-system", "apps"))));
        let labels = json!({"labels": {
            "helm.toolkit.fluxcd.io/name": "web",
            "helm.toolkit.fluxcd.io/namespace": "shop",
        }, "annotations": {
            "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop",
        }});
        assert_eq!(by(&labels), Some(Deployer::HelmRelease(at("shop", "web"))));
        let half = json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}});
        assert_eq!(by(&half), None);
    }

    #[test]
    fn a_tracking_id_names_the_object_itself() {
        let id = |text: &str| by(&json!({"annotations": {TRACKING_ID: text}}));
        let shop = Some(Deployer::Application(at("", "shop")));
        assert_eq!(id("shop:apps/Deployment:shop/web"), shop);
        let elsewhere = Some(Deployer::Application(at("team-a", "shop")));
        assert_eq!(id("team-a_shop:apps/Deployment:shop/web"), elsewhere);
        for forged in [
            "shop:apps/Deployment:shop/api",
            "shop:apps/Deployment:other/web",
            "shop:apps/StatefulSet:shop/web",
            "shop:/Deployment:shop/web",
            "shop:apps/Deployment:web",
            "../secrets:apps/Deployment:shop/web",
            "a_b_c:apps/Deployment:shop/web",
            "shop",
            "",
        ] {
            assert_eq!(id(forged), None, "{forged}");
        }
    }

    #[test]
    fn an_id_of_what_is_in_no_namespace_bears_any() {
        let json = json!({"metadata": {"name": "system:web", "annotations": {
            TRACKING_ID: "shop:rbac.authorization.k8s.io/ClusterRole:shop/system:web",
        }}});
        let object = decode(Kind::ClusterRole, &json.to_string()).unwrap();
        let deployed = Deployed::of_kind(Kind::ClusterRole, &object.meta).unwrap();
        assert_eq!(deployed.by, Deployer::Application(at("", "shop")));
    }

    #[test]
    fn the_label_of_an_instance_counts_on_what_argo_cd_writes() {
        let labels = json!({INSTANCE: "shop"});
        let by_argo = json!({"labels": labels, "managedFields": written_by("argocd-controller")});
        assert_eq!(by(&by_argo), Some(Deployer::Application(at("", "shop"))));
        let by_helm = json!({"labels": labels, "managedFields": written_by("helm")});
        assert_eq!(by(&by_helm), Some(Deployer::Tool(Tool::Helm)));
        let copied = json!({
            "labels": labels, "managedFields": written_by("argocd-controller"),
            "annotations": {TRACKING_ID: "shop:apps/Deployment:shop/api"},
        });
        assert_eq!(by(&copied), Some(Deployer::Tool(Tool::ArgoCd)));
    }

    #[test]
    fn plain_helm_names_its_release() {
        let annotations =
            json!({"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop"});
        let helm = json!({"labels": {MANAGED_BY: "Helm"}, "annotations": annotations});
        assert_eq!(by(&helm), Some(Deployer::Release(at("shop", "web"))));
        assert_eq!(by(&json!({"annotations": annotations})), None);
    }

    #[test]
    fn kustomize_names_the_file() {
        let origin = |text: &str| deployed(&json!({"annotations": {BUILT_FROM: text}}));
        let local = origin("path: ../base/web.yaml\n").unwrap();
        assert_eq!(local.by, Deployer::Tool(Tool::Kustomize));
        assert_eq!(local.built_from.unwrap().path, "../base/web.yaml");
        let generated =
            origin("configuredIn: kustomization.yaml\nconfiguredBy: {kind: X}").unwrap();
        assert_eq!(generated.built_from.unwrap().path, "kustomization.yaml");
        for broken in ["", "[", "repo: x", "path: [a]", &format!("path: {}", "x".repeat(3000))] {
            assert_eq!(origin(broken), None, "{broken}");
        }
    }

    #[test]
    fn field_managers_are_the_last_resort() {
        for (manager, tool) in [
            ("kustomize-controller", Tool::Flux),
            ("argocd-controller", Tool::ArgoCd),
            ("Terraform", Tool::Terraform),
            ("kubectl-client-side-apply", Tool::Kubectl),
        ] {
            let told = by(&json!({"managedFields": written_by(manager)}));
            assert_eq!(told, Some(Deployer::Tool(tool)), "{manager}");
        }
        assert_eq!(by(&json!({"managedFields": written_by("kubectl-rollout")})), None);
        let status = json!([{"manager": "helm", "apiVersion": "apps/v1", "subresource": "status"}]);
        assert_eq!(by(&json!({"managedFields": status})), None);
        let both = json!([
            {"manager": "kubectl-client-side-apply", "apiVersion": "apps/v1"},
            {"manager": "kustomize-controller", "apiVersion": "apps/v1"},
        ]);
        assert_eq!(by(&json!({"managedFields": both})), Some(Deployer::Tool(Tool::Flux)));
    }

    #[test]
    fn what_is_no_name_is_ignored() {
        for name in ["", "a/b", "..", "a..b", "A", "-a", "a-", &"a".repeat(254)] {
            assert_eq!(Place::parse("shop", name), None, "{name}");
        }
        assert_eq!(Place::parse(&"a".repeat(64), "web"), None);
    }
}
