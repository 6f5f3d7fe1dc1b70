//! Compiles any text as an expression of a custom check, and runs it within the budget.

use holystone::cel::{Activation, Budget, Environment, value::Value};
use serde_json::json;

/// Runs a text over an object; tells whether it is an expression, and whether it has a value.
pub(crate) fn run(text: &str) -> (bool, bool) {
    let Ok(program) = Environment::admission().compile(text) else { return (false, false) };
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "web", "namespace": "shop", "labels": { "app": "web" } },
        "spec": { "replicas": 3, "ratio": 1.5, "nothing": null, "list": [3, 1, 2],
            "template": { "spec": { "containers": [{ "name": "é", "image": "r.io/a:1" }] } } },
    });
    let params = json!({ "limit": 10, "names": ["a", "b"] });
    let activation = Activation::new()
        .with("object", &object)
        .with("params", &params)
        .with("namespaceObject", Value::Null);
    let mut budget = Budget::new(Budget::EXPRESSION);
    let has_value = program.evaluate(&activation, &mut budget).is_ok();
    assert!(budget.spent() <= Budget::EXPRESSION, "{}", budget.spent());
    (true, has_value)
}
