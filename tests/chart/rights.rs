//! No role of ours reaches further than it says, whatever is switched on.

use serde_json::Value;

use crate::tools::{helms, value_sets};

/// These grant rights, or the identity of others.
const NEVER: [&str; 4] = ["*", "escalate", "bind", "impersonate"];

#[test]
fn no_role_reaches_too_far() {
    for helm in helms() {
        for values in value_sets() {
            let objects = helm.render_set(&values);
            for role in objects.of_kind("ClusterRole").chain(objects.of_kind("Role")) {
                let name = role["metadata"]["name"].as_str().unwrap();
                for rule in role["rules"].as_array().unwrap() {
                    holds_back(name, rule);
                }
            }
        }
    }
}

fn holds_back(name: &str, rule: &Value) {
    let words =
        |field: &str| rule[field].as_array().into_iter().flatten().filter_map(Value::as_str);
    let all = words("apiGroups").chain(words("resources")).chain(words("verbs"));
    for word in all {
        assert!(!NEVER.contains(&word), "{name}: {rule}");
    }
    assert!(rule["nonResourceURLs"].is_null(), "{name}: {rule}");
    if words("resources").any(|resource| resource.starts_with("secrets")) {
        assert!(name.ends_with("-secrets"), "{name} reads Secrets: {rule}");
        assert_eq!(words("verbs").collect::<Vec<_>>(), ["list", "watch"]);
    }
}

/// With the defaults the controller writes its own objects only.
#[test]
fn the_controller_writes_what_is_its_own() {
    for helm in helms() {
        let objects = helm.render(&[]);
        let all = objects.of_kind("ClusterRole").chain(objects.of_kind("Role"));
        let own = all.filter(|role| role["metadata"]["name"] == "holystone");
        let rules = own.flat_map(|role| role["rules"].as_array().unwrap());
        for rule in rules {
            let reads = |verb: &Value| ["get", "list", "watch"].contains(&verb.as_str().unwrap());
            if !rule["verbs"].as_array().unwrap().iter().all(reads) {
                let group = rule["apiGroups"][0].as_str().unwrap();
                let own = ["holystone.dev", "events.k8s.io", "coordination.k8s.io"];
                assert!(own.contains(&group), "{rule}");
            }
        }
    }
}
