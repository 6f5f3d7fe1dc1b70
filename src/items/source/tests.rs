use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::model::Place;

/// Objects of a cluster, by kind and name.
type World = BTreeMap<(&'static str, &'static str), Value>;

fn world(objects: Vec<(&'static str, &'static str, Value)>) -> World {
    objects.into_iter().map(|(kind, name, object)| ((kind, name), object)).collect()
}

fn deployed(by: Deployer, file: Option<(&str, &str)>) -> Deployed {
    let built_from =
        file.map(|(path, repo)| BuiltFrom { path: path.to_owned(), repo: repo.to_owned() });
    Deployed { by, built_from }
}

fn place(namespace: &str, name: &str) -> Place {
    Place::parse(namespace, name).unwrap()
}

/// Follows a trail through a world, as far as it leads, and tells the source in one line.
fn told(deployed: &Deployed, world: &World) -> String {
    shown(&refined(followed(Trail::of(deployed), world), deployed.built_from.as_ref()))
}

fn followed(mut trail: Trail, world: &World) -> Source {
    for _ in 0..9 {
        let is_next = |kind: &str, name: &str| {
            trail.next.as_ref().is_some_and(|next| (&*next.kind, &*next.name) == (kind, name))
        };
        let found = world.iter().find(|((kind, name), _)| is_next(kind, name));
        let Some((_, found)) = found else { return trail.source };
        trail = trail.follow(&found.to_string());
    }
    panic!("the trail does not end: {trail:?}");
}

fn shown(source: &Source) -> String {
    let Source { tool, kind, namespace, name, url, path } = source;
    let parts = [tool, kind, namespace, name, url, path];
    parts.map(|part| part.as_deref().unwrap_or("-")).join(" ")
}

fn kustomization() -> Deployer {
    Deployer::Kustomization(place("flux-system", "apps"))
}

fn application() -> Deployer {
    Deployer::Application(place("", "shop"))
}

fn release() -> Deployer {
    Deployer::HelmRelease(place("shop", "web"))
}

/// What Flux applies bears its labels.
fn committed(mut object: Value) -> Value {
    object["metadata"] = json!({"name": "web", "namespace": "shop", "labels": {
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
    }});
    object
}

fn git() -> (&'static str, &'static str, Value) {
    ("GitRepository", "fleet", json!({"spec": {"url": "ssh://git@github.com/org/fleet.git"}}))
}

fn apps(path: &str, kind: &str) -> (&'static str, &'static str, Value) {
    let reference = json!({"kind": kind, "name": "fleet"});
    ("Kustomization", "apps", json!({"spec": {"path": path, "sourceRef": reference}}))
}

#[test]
fn a_kustomization_leads_to_its_folder() {
    let git = world(vec![apps("./apps/shop", "GitRepository"), git()]);
    let plain = deployed(kustomization(), None);
    let expected = "flux Kustomization flux-system apps https://github.com/org/fleet apps/shop";
    assert_eq!(told(&plain, &git), expected);
    let file = deployed(kustomization(), Some(("../base/web.yaml", "")));
    let expected = expected.replace("apps/shop", "apps/base/web.yaml");
    assert_eq!(told(&file, &git), expected);
    let remote =
        deployed(kustomization(), Some(("web.yaml", "https://token@example.com/base.git")));
    let expected = "flux Kustomization flux-system apps https://example.com/base web.yaml";
    assert_eq!(told(&remote, &git), expected);

    let made = json!({
        "spec": {"url": "oci://ghcr.io/org/fleet"},
        "status": {"artifact": {"metadata": {
            "org.opencontainers.image.source": "https://github.com/org/fleet.git",
        }}},
    });
    let oci = |object: Value| {
        world(vec![apps("./", "OCIRepository"), ("OCIRepository", "fleet", object)])
    };
    let expected = "flux Kustomization flux-system apps https://github.com/org/fleet -";
    assert_eq!(told(&plain, &oci(made)), expected);
    let bare = json!({"spec": {"url": "oci://ghcr.io/org/fleet"}});
    let expected = "flux Kustomization flux-system apps oci://ghcr.io/org/fleet -";
    assert_eq!(told(&plain, &oci(bare)), expected);
    let bucket = json!({"spec": {"endpoint": "minio.example.com", "bucketName": "fleet"}});
    let bucket = world(vec![apps("apps", "Bucket"), ("Bucket", "fleet", bucket)]);
    let expected = "flux Kustomization flux-system apps https://minio.example.com/fleet apps";
    assert_eq!(told(&plain, &bucket), expected);
}

#[test]
fn a_trail_that_breaks_off_tells_what_labels_told() {
    let file = Some(("web.yaml", ""));
    let nothing = World::new();
    for (by, expected) in [
        (kustomization(), "flux Kustomization flux-system apps - -"),
        (release(), "flux HelmRelease shop web - -"),
        (application(), "argocd Application - shop - -"),
        (Deployer::Release(place("shop", "web")), "helm - shop web - -"),
    ] {
        assert_eq!(told(&deployed(by, file), &nothing), expected);
    }
    let half = world(vec![apps("apps", "GitRepository")]);
    let expected = "flux Kustomization flux-system apps - apps";
    assert_eq!(told(&deployed(kustomization(), file), &half), expected);
    for odd in [json!(null), json!([1]), json!({"spec": 1}), json!({"spec": {"sourceRef": 7}})] {
        let odd = world(vec![("Kustomization", "apps", odd)]);
        let expected = "flux Kustomization flux-system apps - -";
        assert_eq!(told(&deployed(kustomization(), None), &odd), expected);
    }
    let forged = json!({"spec": {"sourceRef": {"kind": "Secret", "name": "fleet"}}});
    let trail = Trail::of(&deployed(kustomization(), None)).follow(&forged.to_string());
    assert_eq!(trail.next, None);
    let forged = json!({"spec": {"sourceRef": {"kind": "GitRepository", "name": "../x"}}});
    let trail = Trail::of(&deployed(kustomization(), None)).follow(&forged.to_string());
    assert_eq!(trail.next, None);
}

#[test]
fn a_release_is_edited_where_it_is_committed() {
    let chart = json!({"spec": {"chart": {"spec": {
        "chart": "web", "sourceRef": {"kind": "HelmRepository", "name": "charts"},
    }}}});
    let charts = json!({"spec": {"url": "https://user:pass@charts.example.com"}});
    let repository = ("HelmRepository", "charts", charts);
    let by_hand = world(vec![("HelmRelease", "web", chart.clone()), repository]);
    let plain = deployed(release(), None);
    let expected = "flux HelmRelease shop web https://charts.example.com web";
    assert_eq!(told(&plain, &by_hand), expected);

    let release = ("HelmRelease", "web", committed(chart));
    let by_git = world(vec![release, apps("./apps", "GitRepository"), git()]);
    let expected = "flux HelmRelease shop web https://github.com/org/fleet apps";
    assert_eq!(told(&plain, &by_git), expected);

    let reference = |kind: &str| json!({"spec": {"chartRef": {"kind": kind, "name": "web"}}});
    let oci = world(vec![
        ("HelmRelease", "web", reference("OCIRepository")),
        ("OCIRepository", "web", json!({"spec": {"url": "oci://ghcr.io/org/web"}})),
    ]);
    assert_eq!(told(&plain, &oci), "flux HelmRelease shop web oci://ghcr.io/org/web -");
    let in_git = json!({"spec": {
        "chart": "./charts/web", "sourceRef": {"kind": "GitRepository", "name": "fleet"},
    }});
    let chart = world(vec![
        ("HelmRelease", "web", reference("HelmChart")),
        ("HelmChart", "web", in_git),
        git(),
    ]);
    let expected = "flux HelmRelease shop web https://github.com/org/fleet charts/web";
    assert_eq!(told(&plain, &chart), expected);
}

#[test]
fn an_application_tells_what_people_edit() {
    let git = "git@github.com:org/fleet.git";
    let charts = json!({
        "repoURL": "https://charts.example.com", "chart": "web",
        "helm": {"valueFiles": ["values.yaml", "$values/shop/web.yaml"]},
    });
    for (spec, expected) in [
        (json!({"source": {"repoURL": git, "path": "shop"}}), "https://github.com/org/fleet shop"),
        (json!({"source": charts}), "https://charts.example.com web"),
        (
            json!({"sources": [charts, {"repoURL": git, "ref": "values"}]}),
            "https://github.com/org/fleet shop/web.yaml",
        ),
        (
            json!({"sources": [charts, {"repoURL": git, "path": "extra", "ref": "x"}]}),
            "https://github.com/org/fleet extra",
        ),
        (
            json!({
                "sourceHydrator": {
                    "drySource": {"repoURL": git, "path": "dry"},
                    "syncSource": {"targetBranch": "env/prod", "path": "wet"},
                },
                "source": {"repoURL": git, "path": "wet"},
            }),
            "https://github.com/org/fleet dry",
        ),
        (json!({}), "- -"),
        (json!({"sources": [null, 1]}), "- -"),
    ] {
        let object = json!({"metadata": {"name": "shop", "namespace": "argocd"}, "spec": spec});
        let known = world(vec![("Application", "shop", object)]);
        let told = told(&deployed(application(), None), &known);
        assert_eq!(told, format!("argocd Application argocd shop {expected}"));
    }
}

#[test]
fn a_release_may_be_an_applications() {
    let release_object = json!({"metadata": {
        "name": "web", "namespace": "shop",
        "annotations": {
            "argocd.argoproj.io/tracking-id": "shop:helm.toolkit.fluxcd.io/HelmRelease:shop/web",
        },
    }});
    let object = json!({
        "metadata": {"namespace": "argocd"},
        "spec": {"source": {"repoURL": "https://github.com/org/fleet", "path": "shop"}},
    });
    let known =
        world(vec![("HelmRelease", "web", release_object), ("Application", "shop", object)]);
    let expected = "flux HelmRelease shop web https://github.com/org/fleet shop";
    assert_eq!(told(&deployed(release(), None), &known), expected);
}

#[test]
fn what_is_judged_through_what_it_owns_is_looked_up_itself() {
    let rollout = object("argoproj.io", "Rollout", "shop", "web");
    let known = world(vec![
        ("Rollout", "web", committed(json!({}))),
        apps("./apps", "GitRepository"),
        git(),
    ]);
    let source = followed(Trail::about(rollout.clone()), &known);
    let expected = "flux Kustomization flux-system apps https://github.com/org/fleet apps";
    assert_eq!(shown(&source), expected);
    assert!(!Trail::is_of_a_tool(&rollout));
    let release = object(HELM, "HelmRelease", "shop", "web");
    let known = world(vec![
        ("HelmRelease", "web", committed(json!({"spec": {"chart": {"spec": {"chart": "x"}}}}))),
        apps("./apps", "GitRepository"),
        git(),
    ]);
    assert_eq!(shown(&followed(Trail::about(release), &known)), expected);
    let bare = world(vec![("Rollout", "web", json!({"metadata": {"name": "web"}}))]);
    assert_eq!(followed(Trail::about(rollout), &bare), Source::default());
}

#[test]
fn only_a_tool_or_a_file_may_be_known() {
    let nothing = World::new();
    let tool = deployed(Deployer::Tool(Tool::Terraform), None);
    assert_eq!(told(&tool, &nothing), "terraform - - - - -");
    let file = deployed(Deployer::Tool(Tool::Kustomize), Some(("base/web.yaml", "")));
    assert_eq!(told(&file, &nothing), "kustomize - - - - base/web.yaml");
    let remote = Some(("base/web.yaml", "https://github.com/org/base?ref=v1"));
    let remote = deployed(Deployer::Tool(Tool::Kustomize), remote);
    assert_eq!(
        told(&remote, &nothing),
        "kustomize - - - https://github.com/org/base base/web.yaml"
    );
}

#[test]
fn a_source_keeps_to_the_limits_of_the_schema() {
    let long = "x".repeat(2000);
    let spec = json!({"source": {"repoURL": format!("https://example.com/{long}"), "path": long}});
    let known = world(vec![("Application", "shop", json!({"spec": spec}))]);
    let expected = "argocd Application - shop - -";
    assert_eq!(told(&deployed(application(), None), &known), expected);
}
