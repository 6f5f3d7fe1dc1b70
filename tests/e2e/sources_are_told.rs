//! An item tells from where its object is deployed: the tool, its object, repository and path. What
//! cannot be looked up holds nothing back, and is not written later.

use std::time::{Duration, Instant};

use holystone::api::{ActionItem, Source, State};
use serde_json::{Value, json};

use crate::support::{
    Cluster, Fault, ONLY_PRIVILEGED, PRIVILEGED, Proxy, deployment,
    gitops::{HELM, RIGHTS},
    owned_by, target, told,
};

const FLUX: &str = "flux Kustomization flux-system apps";
const FLEET: &str = "https://github.com/org/fleet";

/// What deploys the shop.
const TOOLS: &str = "
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {url: ssh://git@github.com/org/fleet.git}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps/shop, sourceRef: {kind: GitRepository, name: fleet}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: fleet, namespace: flux-system}
spec: {url: oci://ghcr.io/org/fleet}
status:
  artifact:
    metadata: {org.opencontainers.image.source: https://user:pass@github.com/org/fleet.git}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: oci, namespace: flux-system}
spec: {path: ./, sourceRef: {kind: OCIRepository, name: fleet}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: committed
  namespace: shop
  labels:
    kustomize.toolkit.fluxcd.io/name: apps
    kustomize.toolkit.fluxcd.io/namespace: flux-system
spec: {chartRef: {kind: HelmChart, name: web}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: by-hand, namespace: shop}
spec: {chartRef: {kind: HelmChart, name: web}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmChart
metadata: {name: web, namespace: shop}
spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: shop}
spec: {url: https://token@charts.example.com}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec: {source: {repoURL: git@github.com:org/fleet.git, path: shop}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: team-a}
spec: {source: {repoURL: git@github.com:org/fleet.git, path: team-a}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: values, namespace: argocd}
spec:
  sources:
    - repoURL: https://charts.example.com
      chart: web
      helm: {valueFiles: [$values/shop/web.yaml]}
    - {repoURL: git@github.com:org/fleet.git, ref: values}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: hydrated, namespace: argocd}
spec:
  sourceHydrator:
    drySource: {repoURL: git@github.com:org/fleet.git, path: dry}
";

async fn install(cluster: &Cluster) {
    cluster.install_gitops().await;
    for namespace in ["flux-system", "argocd", "team-a", "shop"] {
        cluster.create_namespace(namespace).await;
    }
    cluster.apply(TOOLS).await;
}

fn kustomized(name: &str) -> Value {
    json!({
        "kustomize.toolkit.fluxcd.io/name": name,
        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
    })
}

fn released(name: &str) -> Value {
    json!({ "helm.toolkit.fluxcd.io/name": name, "helm.toolkit.fluxcd.io/namespace": "shop" })
}

/// A privileged Deployment of the shop with such metadata.
fn marked(name: &str, metadata: &Value) -> Value {
    let mut object: Value = serde_json::from_str(&deployment("shop", name, true)).unwrap();
    for (field, value) in metadata.as_object().into_iter().flatten() {
        object["metadata"][field] = value.clone();
    }
    object
}

fn tracked(id: &str) -> Value {
    json!({ "annotations": { "argocd.argoproj.io/tracking-id": id } })
}

async fn opened(cluster: &Cluster, name: &str) -> ActionItem {
    let target = target("apps", "Deployment", "shop", name);
    cluster.item_becomes(PRIVILEGED, &target, State::Open).await
}

fn shown(item: &ActionItem) -> String {
    let source = item.status.as_ref().unwrap().source.clone().unwrap_or_default();
    let Source { tool, kind, namespace, name, url, path } = source;
    [tool, kind, namespace, name, url, path].map(|part| part.unwrap_or("-".to_owned())).join(" ")
}

#[tokio::test]
async fn each_tool_is_followed_to_what_people_edit() {
    let cluster = Cluster::start().await;
    install(&cluster).await;
    cluster.apply(RIGHTS).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    let origin = json!({ "config.kubernetes.io/origin": "path: ../base/web.yaml\n" });
    let helm = json!({
        "labels": { "app.kubernetes.io/managed-by": "Helm" },
        "annotations": {
            "meta.helm.sh/release-name": "web",
            "meta.helm.sh/release-namespace": "shop",
        },
    });
    let instance = json!({ "labels": { "app.kubernetes.io/instance": "shop" } });
    for (name, manager, metadata, expected) in [
        (
            "flux",
            "kustomize-controller",
            json!({ "labels": kustomized("apps") }),
            format!("{FLUX} {FLEET} apps/shop"),
        ),
        (
            "file",
            "kustomize-controller",
            json!({ "labels": kustomized("apps"), "annotations": origin }),
            format!("{FLUX} {FLEET} apps/base/web.yaml"),
        ),
        (
            "oci",
            "kustomize-controller",
            json!({ "labels": kustomized("oci") }),
            format!("flux Kustomization flux-system oci {FLEET} -"),
        ),
        (
            "gone",
            "kustomize-controller",
            json!({ "labels": kustomized("gone") }),
            "flux Kustomization flux-system gone - -".to_owned(),
        ),
        (
            "committed",
            "helm-controller",
            json!({ "labels": released("committed") }),
            format!("flux HelmRelease shop committed {FLEET} apps/shop"),
        ),
        (
            "by-hand",
            "helm-controller",
            json!({ "labels": released("by-hand") }),
            "flux HelmRelease shop by-hand https://charts.example.com web".to_owned(),
        ),
        (
            "argo",
            "argocd-controller",
            tracked("shop:apps/Deployment:shop/argo"),
            format!("argocd Application argocd shop {FLEET} shop"),
        ),
        (
            "apart",
            "argocd-controller",
            tracked("team-a_shop:apps/Deployment:shop/apart"),
            format!("argocd Application team-a shop {FLEET} team-a"),
        ),
        (
            "values",
            "argocd-controller",
            tracked("values:apps/Deployment:shop/values"),
            format!("argocd Application argocd values {FLEET} shop/web.yaml"),
        ),
        (
            "hydrated",
            "argocd-controller",
            tracked("hydrated:apps/Deployment:shop/hydrated"),
            format!("argocd Application argocd hydrated {FLEET} dry"),
        ),
        (
            "labelled",
            "argocd-controller",
            instance.clone(),
            format!("argocd Application argocd shop {FLEET} shop"),
        ),
        ("forged", "test", tracked("shop:apps/Deployment:shop/argo"), "- - - - - -".to_owned()),
        ("a-chart", "helm", helm, "helm - shop web - -".to_owned()),
        ("chart-label", "helm", instance, "helm - - - - -".to_owned()),
        (
            "built",
            "test",
            json!({ "annotations": { "config.kubernetes.io/origin": "path: base/web.yaml" } }),
            "kustomize - - - - base/web.yaml".to_owned(),
        ),
        ("terraform", "Terraform", json!({}), "terraform - - - - -".to_owned()),
        ("nobody", "test", json!({}), "- - - - - -".to_owned()),
    ] {
        cluster.apply_as(manager, &marked(name, &metadata)).await;
        assert_eq!(shown(&opened(&cluster, name).await), expected, "{name}");
    }
}

#[tokio::test]
async fn the_owner_of_what_is_judged_is_asked() {
    let cluster = Cluster::start().await;
    install(&cluster).await;
    cluster.apply(RIGHTS).await;
    // Any kind that may be read will do.
    let uid = cluster.object(HELM, "HelmRelease", "shop", "committed").uid().await;
    let owner = owned_by(HELM, "HelmRelease", "committed", &uid);
    cluster.apply(&marked("web", &owner["metadata"]).to_string()).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    let release = target("helm.toolkit.fluxcd.io", "HelmRelease", "shop", "committed");
    let item = cluster.item_becomes(PRIVILEGED, &release, State::Open).await;
    assert_eq!(shown(&item), format!("{FLUX} {FLEET} apps/shop"));
}

#[tokio::test]
async fn what_may_not_be_read_holds_nothing_back_and_is_not_written_later() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let flux = marked("flux", &json!({ "labels": kustomized("apps") }));
    cluster.apply(&flux.to_string()).await;
    let argo = marked("argo", &tracked("shop:apps/Deployment:shop/argo"));
    cluster.apply(&argo.to_string()).await;
    // Nothing of the tools is installed, and then nothing of it may be read.
    let controller = cluster.controller();
    assert_eq!(shown(&opened(&cluster, "flux").await), format!("{FLUX} - -"));
    assert_eq!(shown(&opened(&cluster, "argo").await), "argocd Application - shop - -");
    install(&cluster).await;
    let later = marked("later", &json!({ "labels": kustomized("oci") }));
    cluster.apply(&later.to_string()).await;
    let expected = "flux Kustomization flux-system oci - -";
    assert_eq!(shown(&opened(&cluster, "later").await), expected);
    cluster.audited("baseline").await;
    controller.stop();

    // It may now, and items stay as they are.
    cluster.apply(RIGHTS).await;
    let (mark, items) = (cluster.mark(), cluster.items().await);
    let _controller = cluster.controller();
    cluster.audit_now("baseline").await;
    cluster.comes_to_rest().await;
    let writes = cluster.writes_since(mark).about("holystone.dev", "actionitems");
    assert_eq!(writes.len(), 0, "{}", told(&writes));
    assert_eq!(cluster.items().await, items);

    // What opens again tells it.
    cluster.apply(&deployment("shop", "flux", false)).await;
    let target = target("apps", "Deployment", "shop", "flux");
    cluster.item_is_resolved(PRIVILEGED, &target, "Fixed").await;
    cluster.apply(&flux.to_string()).await;
    assert_eq!(shown(&opened(&cluster, "flux").await), format!("{FLUX} {FLEET} apps/shop"));
}

#[tokio::test]
async fn what_does_not_answer_is_not_waited_for() {
    let cluster = Cluster::start().await;
    install(&cluster).await;
    cluster.apply(RIGHTS).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let proxy = Proxy::start(&cluster).await;
    proxy.set([Fault::Delay("/kustomizations/", Duration::from_mins(2))]);
    let _controller = proxy.controller_with(&[]);
    cluster.audited("baseline").await;
    let started = Instant::now();
    cluster.apply(&marked("flux", &json!({ "labels": kustomized("apps") })).to_string()).await;
    assert_eq!(shown(&opened(&cluster, "flux").await), format!("{FLUX} - -"));
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    // The others of that Kustomization do not wait at all.
    cluster.apply(&marked("next", &json!({ "labels": kustomized("apps") })).to_string()).await;
    let started = Instant::now();
    opened(&cluster, "next").await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}
