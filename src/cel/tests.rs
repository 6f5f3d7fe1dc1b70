//! What expressions are and cost: the semantics in which engines differ, and bombs.

mod bombs;
mod libraries;

use serde_json::json;

use super::types::Type;
use super::value::Value;
use super::{Activation, Budget, Environment, VARIABLES, Variables};

fn environment() -> Environment {
    Environment::new().variable("object", Type::Dyn)
}

fn run(expression: &str) -> Result<String, String> {
    let object = json!({
        "kind": "Pod",
        "metadata": { "labels": { "app": "web" }, "annotations": null },
        "spec": { "replicas": 3, "ratio": 1.5, "names": ["a", "b"] },
    });
    let program = environment().compile(expression).map_err(|error| error.to_string())?;
    let activation = Activation::new().with("object", &object);
    let outcome = program.evaluate(&activation, &mut Budget::new(Budget::EXPRESSION));
    outcome.map(|value| written(&value)).map_err(|error| error.to_string())
}

fn written(value: &Value<'_>) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::String(text) => text.to_string(),
        Value::List(list) => {
            format!("{:?}", list.iter().map(|item| written(&item)).collect::<Vec<_>>())
        }
        other => format!("{other:?}"),
    }
}

#[track_caller]
fn holds(expression: &str) {
    assert_eq!(run(expression).as_deref(), Ok("true"), "{expression}");
}

#[track_caller]
fn fails(expression: &str, text: &str) {
    assert_eq!(run(expression), Err(text.to_owned()), "{expression}");
}

#[test]
fn numbers_are_equal_across_types_and_never_mix() {
    holds("dyn(1) == 1.0 && dyn(1u) == 1 && dyn(1.0) in [1, 2] && dyn(1u) in {1: true}");
    holds("1 < 1.5 && 2u > 1 && dyn(1) != '1'");
    fails("object.spec.replicas + 1.0", "no such overload");
    fails("1 + 1u", "1:3: found no matching overload for '_+_' applied to '(int, uint)'");
    fails("9223372036854775807 + 1", "integer overflow");
    fails("-9223372036854775808 / -1", "integer overflow");
    fails("1 % 0", "modulus by zero");
    holds("0.0 / 0.0 != 0.0 / 0.0");
    fails("0.0 / 0.0 < 1.0", "NaN values cannot be ordered");
}

#[test]
fn what_decides_outweighs_errors() {
    holds("1 / 0 > 0 || true");
    holds("!(1 / 0 > 0 && false)");
    holds("![0, 8].all(x, 4 / x > 1) && [0, 2].exists(x, 4 / x > 1)");
    fails("[0, 1].exists_one(x, 4 / x > 1)", "division by zero");
    fails("[1, 0, 2].all(x, 4 / x > 1)", "division by zero");
    fails("dyn('x') && true", "no such overload");
    fails("[1, 2].filter(x, x / 0 > 1)", "division by zero");
}

#[test]
fn a_null_field_is_there() {
    holds("has(object.metadata.annotations) && object.metadata.annotations == null");
    holds("!has(object.metadata.missing) && object.metadata.?missing.orValue('x') == 'x'");
    fails("object.metadata.missing", "no such key: missing");
    fails("object.metadata.annotations.all(k, true)", "got 'types.Null', expected iterable type");
    holds("object.?metadata.?annotations.?x.hasValue() == false");
    holds("object.spec.names[?5].hasValue() == false && object.spec.names[?1] == optional.of('b')");
}

#[test]
fn literals_are_uniform() {
    fails("[1, 'a']", "1:5: expected type 'int' but found 'string'");
    fails("[object.kind, 'a']", "1:15: expected type 'dyn' but found 'string'");
    fails("{'a': 1, 'b': 'c'}", "1:15: expected type 'int' but found 'string'");
    holds("{1: 'a', 1: 'b'}[1] == 'b'");
    holds("[?object.spec.?none, dyn('x')] == ['x'] && {?'a': optional.none()} == {}");
}

#[test]
fn macros_know_two_variables() {
    holds("[5, 6].all(i, v, v == i + 5) && {'a': 1}.exists(k, v, k == 'a' && v == 1)");
    assert_eq!(run("[10, 20].transformList(i, v, i > 0, v)").as_deref(), Ok(r#"["20"]"#));
    holds("['x', 'y'].transformMapEntry(i, v, {v: i}) == {'x': 0, 'y': 1}");
    fails("['x', 'x'].transformMapEntry(i, v, {v: i})", "insert failed: key x already exists");
    fails("[1].all(x, x, true)", "1:12: duplicate variable name: x");
    holds("optional.of(2).optMap(x, x * 2) == optional.of(4)");
    holds("optional.of([1]).optFlatMap(x, x[?3]) == optional.none()");
    holds("[1, 2].all(x, [3, 4].all(x, x > 2))");
    fails(
        "cel.bind(x, 1, x)",
        "1:1: undeclared reference to 'cel' (in container '')\n1:9: undeclared reference to 'bind' (in container '')\n1:10: undeclared reference to 'x' (in container '')\n1:16: undeclared reference to 'x' (in container '')",
    );
}

#[test]
fn errors_name_line_and_column() {
    fails("true &&\n  missing", "2:3: undeclared reference to 'missing' (in container '')");
    fails("1 +", "1:4: Syntax error: mismatched input '<EOF>'");
    fails("'a'.matches('(')", "1:13: invalid matches argument");
    fails("duration('1d')", "1:10: invalid duration argument");
    fails("has(object)", "1:5: invalid argument to has() macro");
    fails("namespace.x", "1:1: reserved identifier: namespace");
    fails(
        "1.all(x, true)",
        "1:1: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
    );
}

#[test]
fn results_have_types() {
    let of = |text: &str| environment().compile(text).map(|program| program.result().to_string());
    assert_eq!(of("object.kind").as_deref(), Ok("dyn"));
    assert_eq!(of("object.kind == 'Pod'").as_deref(), Ok("bool"));
    assert_eq!(of("[1].map(x, string(x))").as_deref(), Ok("list(string)"));
    assert_eq!(of("{'a': [1u]}.?a").as_deref(), Ok("optional_type(list(uint))"));
    assert_eq!(of("[]").as_deref(), Ok("list(dyn)"));
    assert_eq!(of("type(1)").as_deref(), Ok("type(int)"));
}

#[test]
fn variables_are_lazy() {
    let mut environment = environment()
        .variable("variables", Type::Opaque(VARIABLES.into(), [].into()))
        .object_type(VARIABLES, &[]);
    let mut programs = Vec::new();
    for (name, text) in [("bad", "1 / 0"), ("one", "object.a + 1"), ("two", "variables.one * 2")] {
        let program = environment.compile(text).expect(text);
        environment = environment.object_type(VARIABLES, &[(name, program.result().clone())]);
        programs.push((name.to_owned(), program));
    }
    let object = json!({ "a": 20 });
    let bad = "composited variable \"bad\" fails to evaluate: division by zero";
    let cases = [
        ("variables.two == 42 || variables.bad == 1", Ok("true")),
        ("has(variables.two)", Ok("true")),
        ("has(variables.bad)", Err(bad)),
    ];
    let cases = cases.map(|(text, expected)| (environment.compile(text).expect(text), expected));
    let variables = Variables::new(&programs, Activation::new().with("object", &object));
    let activation = variables.activation();
    for (program, expected) in &cases {
        let outcome = program.evaluate(&activation, &mut Budget::new(Budget::EXPRESSION));
        let outcome = outcome.map(|value| written(&value)).map_err(|error| error.to_string());
        assert_eq!(outcome.as_deref().map_err(String::as_str), *expected);
    }
    let error =
        environment.compile("variables.none").map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(error, Err("1:10: undefined field 'none'".to_owned()));
}

fn cost(expression: &str) -> u64 {
    let program = environment().compile(expression).expect(expression);
    let object = json!({ "a": { "b": "text" } });
    let mut budget = Budget::new(Budget::EXPRESSION);
    let outcome = program.evaluate(&Activation::new().with("object", &object), &mut budget);
    assert!(outcome.is_ok(), "{expression}");
    budget.spent()
}

#[test]
fn costs_are_those_of_kubernetes() {
    for (expression, expected) in [
        ("true", 0),
        ("object.a.b == 'text'", 4),
        ("has(object.a.b)", 2),
        ("[1, 2, 3].all(x, true)", 10),
        ("[1, 2, 3].map(x, x * 2)", 43),
        ("'abc'.contains('b')", 1),
        ("'abcdefghijk'.startsWith('a')", 2),
        ("'abcdefghijk' + 'a'", 2),
        ("object.a.b.matches('[a-z]+')", 5),
    ] {
        assert_eq!(cost(expression), expected, "{expression}");
        let program = environment().compile(expression).expect(expression);
        let estimated = program.cost();
        assert!(
            estimated.min <= expected && expected <= estimated.max,
            "{expression}: {estimated:?}"
        );
    }
}
