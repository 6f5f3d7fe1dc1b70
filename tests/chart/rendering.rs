//! What the chart renders, by both generations of Helm, and what `config` renders.

use serde_json::Value;

use crate::{
    manifests::Objects,
    tools::{chart, helms, holds, kustomize, root, value_set, value_sets},
};

#[test]
fn both_generations_are_there() {
    for helm in helms() {
        let version = helm.run(&["version", "--template={{.Version}}"]).out;
        assert!(version.starts_with(&format!("v{}.", helm.generation)), "{version}");
    }
}

#[test]
fn both_generations_render_the_same() {
    let helms = helms();
    for values in value_sets() {
        let rendered: Vec<_> = helms.iter().map(|helm| helm.render_set(&values)).collect();
        rendered.windows(2).for_each(|pair| assert_eq!(pair[0], pair[1], "{}", values.display()));
    }
}

#[test]
fn lint_has_no_complaint() {
    for helm in helms() {
        for values in value_sets() {
            let values = format!("--values={}", values.display());
            let chart = chart().display().to_string();
            let answer = helm.run(&["lint", "--strict", &chart, &values]);
            assert!(answer.is_good, "{values}: {}{}", answer.out, answer.problem);
        }
    }
}

#[test]
fn nonsense_is_refused() {
    let nonsense = [
        ("replicas=2", "replicas"),
        ("replicaCount=two", "replicaCount"),
        ("image.pullPolicy=Sometimes", "pullPolicy"),
        ("image.digest=sha256:abc", "digest"),
        ("flags.max-item=10", "max-item"),
        ("log.format=xml", "format"),
        ("networkPolicy.apiServerPorts={70000}", "apiServerPorts"),
        ("serviceMonitor.interval=often", "interval"),
        ("rbac.tenantRoles=perhaps", "tenantRoles"),
        ("defaultPolicy.name=Base_line", "name"),
        ("commonLabels.team.name=shop", "commonLabels"),
    ];
    for helm in helms() {
        let chart = chart().display().to_string();
        for (value, word) in nonsense {
            let answer = helm.run(&["template", "holystone", &chart, "--set", value]);
            assert!(!answer.is_good, "{value} is taken");
            assert!(answer.problem.contains(word), "{value}: {}", answer.problem);
        }
        let global = helm.run(&["template", "holystone", &chart, "--set=global.team=shop"]);
        assert!(global.is_good, "{}", global.problem);
    }
}

#[test]
fn values_reach_the_program() {
    for helm in helms() {
        let objects = helm.render_set(&value_set("full"));
        let container = &objects.one("Deployment")["spec"]["template"]["spec"]["containers"][0];
        let arguments: Vec<_> = container["args"].as_array().unwrap().iter().collect();
        let wanted = [
            "run",
            "--listen=0.0.0.0:8080",
            "--log=info,holystone=debug",
            "--log-format=text",
            "--lease-duration=30",
            "--max-items=2000000",
            "--owner-keys=example.com/team,owner",
            "--page-size=500",
        ];
        assert_eq!(arguments, wanted);
    }
}

#[test]
fn another_release_in_another_namespace_is_a_whole() {
    for helm in helms() {
        let chart = chart().display().to_string();
        for values in value_sets() {
            let values = format!("--values={}", values.display());
            let command = ["template", "auditor", &chart, "--namespace=platform", &values];
            let answer = helm.run(&command);
            for (key, object) in Objects::read(&answer.out).0 {
                let text = object.to_string();
                assert!(!text.contains("holystone-system"), "{key}: {text}");
                let namespace = object["metadata"]["namespace"].as_str().unwrap_or("platform");
                assert_eq!(namespace, "platform", "{key}");
            }
        }
    }
}

#[test]
fn alerts_can_be_left_out_and_labelled() {
    let alerts = root().join("charts/holystone/files/alerts.yaml");
    let alerts = std::fs::read_to_string(alerts).expect("there are alerts");
    let alerts: Value = serde_saphyr::from_str(&alerts).unwrap();
    let count = |groups: &Value| -> usize {
        let groups = groups.as_array().unwrap().iter();
        groups.map(|group| group["rules"].as_array().unwrap().len()).sum()
    };
    for helm in helms() {
        let objects = helm.render_set(&value_set("monitoring"));
        let groups = &objects.one("PrometheusRule")["spec"]["groups"];
        assert_eq!(count(groups) + 1, count(&alerts["groups"]), "one is disabled");
        for rule in
            groups.as_array().unwrap().iter().filter_map(|it| it["rules"].as_array()).flatten()
        {
            assert_eq!(rule["labels"]["team"], "platform", "{rule}");
            assert!(rule["labels"]["severity"].is_string(), "{rule}");
        }
    }
}

/// The defaults of the chart are what `config/default` holds, but for the namespace, which Helm
/// makes by itself, the Job of `helm test`, and what tells that Helm was there.
#[test]
fn kustomize_renders_the_same() {
    for helm in helms() {
        let Some(built) = kustomize("default") else { return };
        let mut built = Objects::read(&built);
        let namespace = built.0.remove("Namespace /holystone-system").expect("it is there");
        let label = &namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"];
        assert_eq!(label, "restricted");
        let mut rendered = helm.render(&[]);
        rendered.0.retain(|_, object| object["metadata"]["annotations"]["helm.sh/hook"].is_null());
        rendered.0.values_mut().for_each(forget_helm);
        for (key, object) in &rendered.0 {
            assert!(built.0.get(key) == Some(object), "{key}: {:?}\n{object}", built.0.get(key));
        }
        assert_eq!(built.0.len(), rendered.0.len());
    }
}

/// What `config/monitoring` and `config/tenants` hold is what the chart can switch on.
#[test]
fn options_of_kustomize_are_those_of_the_chart() {
    let switches = [
        ("tenants", "rbac.tenantRoles=true"),
        (
            "monitoring",
            "serviceMonitor.enabled=true,prometheusRule.enabled=true,dashboard.enabled=true",
        ),
    ];
    for helm in helms() {
        let plain = helm.render(&[]);
        for (folder, switch) in switches {
            let mut more = helm.render(&["--set", switch]);
            more.0.retain(|key, _| !plain.0.contains_key(key));
            more.0.values_mut().for_each(forget_helm);
            more.0.values_mut().for_each(|it| forget(it, "labels", |key| key.starts_with("app.")));
            if folder == "monitoring" {
                let text: Vec<_> = more.0.values().map(serde_saphyr::to_string).collect();
                let text = text.into_iter().collect::<Result<Vec<_>, _>>().unwrap().join("---\n");
                let head = "# Written by `BLESS=1 cargo test --test chart`, from the chart.\n";
                holds(&root().join("config/monitoring/monitoring.yaml"), &format!("{head}{text}"));
            }
            let Some(built) = kustomize(folder) else { return };
            assert_eq!(Objects::read(&built), more, "{folder}");
        }
    }
}

fn forget_helm(object: &mut Value) {
    let is_helms = |key: &str| key.starts_with("helm.sh/") || key == "app.kubernetes.io/managed-by";
    forget(object, "labels", is_helms);
    forget(object, "annotations", is_helms);
    if let Some(template) = object.pointer_mut("/spec/template") {
        forget(template, "labels", is_helms);
    }
}

fn forget(object: &mut Value, field: &str, is_forgotten: impl Fn(&str) -> bool) {
    let metadata = object["metadata"].as_object_mut().expect("it has metadata");
    if let Some(map) = metadata.get_mut(field).and_then(Value::as_object_mut) {
        map.retain(|key, _| !is_forgotten(key));
        if map.is_empty() {
            metadata.remove(field);
        }
    }
}
