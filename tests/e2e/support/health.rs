//! What tools make of our objects: by kstatus, the Lua of Argo CD, the CEL of Flux.

use holystone::cel::{Activation, Budget, Environment, types::Type, value};
use mlua::{Function, Lua, LuaOptions, LuaSerdeExt, StdLib, Table, serde::SerializeOptions};
use serde_json::Value;

const ARGO_CM: &str = include_str!("../../../contrib/argocd/argocd-cm.yaml");

/// What a tool says of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    InProgress,
    Failed,
    Current,
    Terminating,
}

/// The published rules of kstatus for custom resources, in their order: the first that says
/// something counts.
pub fn kstatus(object: &Value) -> Health {
    let rules: [fn(&Value) -> Option<Health>; 5] = [
        |object| {
            let deleted = object["metadata"]["deletionTimestamp"].as_str();
            deleted.filter(|time| !time.is_empty()).map(|_| Health::Terminating)
        },
        |object| {
            let observed = object["status"]["observedGeneration"].as_i64()?;
            let present = object["metadata"]["generation"].as_i64()?;
            (observed != present).then_some(Health::InProgress)
        },
        |object| {
            conditions(object).find_map(|condition| {
                match (condition["type"].as_str()?, condition["status"].as_str()?) {
                    ("Reconciling", "True") => Some(Health::InProgress),
                    ("Stalled", "True") => Some(Health::Failed),
                    _ => None,
                }
            })
        },
        |object| {
            let ready = conditions(object).find(|condition| condition["type"] == "Ready")?;
            Some(if ready["status"] == "True" { Health::Current } else { Health::InProgress })
        },
        |_| Some(Health::Current),
    ];
    rules.iter().find_map(|rule| rule(object)).expect("the last rule always says something")
}

fn conditions(object: &Value) -> impl Iterator<Item = &Value> {
    object["status"]["conditions"].as_array().into_iter().flatten()
}

/// What Flux says by the expressions of a file of ours, in the order of Flux.
pub fn flux(file: &str, object: &Value) -> Health {
    let kustomization: Value = serde_saphyr::from_str(file).expect("the file is YAML");
    let checks = &kustomization["spec"]["healthCheckExprs"][0];
    assert_eq!(checks["apiVersion"], object["apiVersion"]);
    assert_eq!(checks["kind"], object["kind"]);
    for (word, health) in [
        ("inProgress", Health::InProgress),
        ("failed", Health::Failed),
        ("current", Health::Current),
    ] {
        if holds(checks[word].as_str().expect("an expression"), object) {
            return health;
        }
    }
    Health::InProgress
}

/// The variables are the fields of the object; what fails is no answer, and Flux waits.
fn holds(expression: &str, object: &Value) -> bool {
    let fields = object.as_object().expect("it is an object");
    let environment = fields
        .keys()
        .fold(Environment::new(), |environment, field| environment.variable(field, Type::Dyn));
    let program = environment.compile(expression);
    let program = program.unwrap_or_else(|error| panic!("{expression}: {error}"));
    let activation = fields
        .iter()
        .fold(Activation::new(), |activation, (field, content)| activation.with(field, content));
    let mut budget = Budget::new(Budget::EXPRESSION);
    match program.evaluate(&activation, &mut budget) {
        Ok(value::Value::Bool(holds)) => holds,
        other => {
            assert!(other.is_err(), "{expression} is no condition");
            false
        }
    }
}

/// What Argo CD does with an object, by the customizations that we ship.
pub struct ArgoCd {
    keys: Value,
}

impl ArgoCd {
    pub fn new() -> Self {
        let configuration: Value = serde_saphyr::from_str(ARGO_CM).expect("the file is YAML");
        Self { keys: configuration["data"].clone() }
    }

    fn key(&self, customization: &str, object: &Value) -> &str {
        let kind = object["kind"].as_str().expect("it has a kind");
        let key = format!("resource.customizations.{customization}.holystone.dev_{kind}");
        self.keys[&key].as_str().unwrap_or_else(|| panic!("there is no {key}"))
    }

    /// Health and message.
    pub fn health(&self, object: &Value) -> (String, String) {
        let answer: Value = run(self.key("health", object), object);
        let text = |field: &str| answer[field].as_str().expect("it is said").to_owned();
        (text("status"), text("message"))
    }

    /// The actions that are offered.
    pub fn offered(&self, object: &Value) -> Vec<String> {
        let actions = run(actions(self.key("actions", object))["discovery.lua"].as_str(), object);
        let actions = actions.as_object().expect("a table").iter();
        let offered = actions.filter(|(_, action)| action["disabled"] != true);
        offered.map(|(name, _)| name.clone()).collect()
    }

    /// The object as an action makes it.
    pub fn act(&self, action: &str, object: &Value) -> Value {
        assert!(self.offered(object).iter().any(|offered| offered == action), "{action}");
        let actions = actions(self.key("actions", object));
        let mut known = actions["definitions"].as_array().expect("a list").iter();
        let known = known.find(|known| known["name"] == action).expect("it is defined");
        with_empty_lists(run(known["action.lua"].as_str(), object), object)
    }
}

/// An empty table is a map or a list: what was an empty list is one, as Argo CD has it.
fn with_empty_lists(made: Value, from: &Value) -> Value {
    match made {
        Value::Object(fields) if fields.is_empty() && from.is_array() => from.clone(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(field, value)| {
                let value = with_empty_lists(value, &from[&field]);
                (field, value)
            })
            .collect(),
        Value::Array(values) => {
            let pairs = values.into_iter().enumerate();
            pairs.map(|(index, value)| with_empty_lists(value, &from[index])).collect()
        }
        other => other,
    }
}

fn actions(text: &str) -> Value {
    serde_saphyr::from_str(text).expect("the actions are YAML")
}

/// Runs Lua as Argo CD does: version 5.1, with base, table, and of `os` the time only; `obj` is the
/// object, without what is null.
fn run<'a>(script: impl Into<Option<&'a str>>, object: &Value) -> Value {
    let script = script.into().expect("there is a script");
    let lua = Lua::new_with(StdLib::TABLE | StdLib::OS, LuaOptions::default()).expect("Lua starts");
    let globals = lua.globals();
    let os: Table = globals.get("os").expect("it is loaded");
    let safe = lua.create_table().expect("a table");
    for name in ["date", "time"] {
        safe.set(name, os.get::<Function>(name).expect("a function")).expect("it is set");
    }
    globals.set("os", safe).expect("it is set");
    let plain = SerializeOptions::new().set_array_metatable(false).serialize_none_to_null(false);
    let plain = plain.serialize_unit_to_null(false);
    let object = lua.to_value_with(object, plain).expect("the object is a table");
    globals.set("obj", object).expect("it is set");
    let answer: mlua::Value = lua.load(script).eval().unwrap_or_else(|error| panic!("{error}"));
    lua.from_value(answer).expect("the answer is a table")
}
