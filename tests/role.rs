//! The role of the controller lets it read every kind that checks look at, but for what takes a
//! right of its own.

use holystone::model::Kind;
use serde_json::Value;

fn may_list(manifest: &str, kind: Kind) -> bool {
    let role: Value = serde_saphyr::from_str(manifest.split("\n---\n").next().unwrap()).unwrap();
    let holds = |rule: &Value, field: &str, wanted: &str| {
        rule[field].as_array().is_some_and(|values| values.iter().any(|value| value == wanted))
    };
    role["rules"].as_array().unwrap().iter().any(|rule| {
        holds(rule, "apiGroups", kind.group())
            && holds(rule, "resources", kind.plural())
            && holds(rule, "verbs", "list")
            && (kind.is_polled() || holds(rule, "verbs", "watch"))
    })
}

#[test]
fn every_kind_can_be_read() {
    let role = include_str!("../config/rbac/role.yaml");
    let secrets = include_str!("../config/rbac/secrets.yaml");
    for kind in Kind::ALL {
        assert_eq!(may_list(role, kind), !kind.needs_grant(), "{kind}");
        assert_eq!(may_list(secrets, kind), kind.needs_grant(), "{kind}");
    }
}
