//! `holystone show`: all that there is to say about one item.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use crate::{
    api::{ActionItem, AuditPolicy},
    checks::{self, Category},
    engine::{self, Target},
    inventory::{self, Problem, Source},
    manifests::{self, Change, Edited, Manifest},
    report::{self, Story, without_values},
};

use super::{
    super::{
        output::{columns, print, style},
        scan::now,
    },
    choice::{Found, Selectors},
    session::{Connection, Place, Session},
};

/// Tell all about an item: why it matters, what the object holds now, what remedies it, where that is
/// edited, and its history.
#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// Items: NAME, ai/NAME or actionitem/NAME.
    #[arg(value_name = "ITEM", required = true)]
    items: Vec<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    connection: Connection,
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { items: names, place, connection } = arguments;
    let (now, session) = (now()?, connection.open()?);
    let Found { items, exit } = session.find(place, &Selectors::default(), names)?;
    let told = items.iter().map(|item| {
        let object = session.object(item);
        let told = Story {
            item,
            why: session.why(&item.spec.check),
            live: live(item, &object),
            fix: fix(item, &object),
        };
        report::story(&told, now, style(), columns())
    });
    print(&told.collect::<Vec<_>>().join("\n\n"), exit)
}

impl Session {
    /// The object that an item is about, or why it cannot be looked at.
    fn object(&self, item: &ActionItem) -> Result<Value, String> {
        let target = Target::from(&item.spec.target);
        match self.wait(inventory::find_whole(&self.client, &target)) {
            Ok(Some(object)) => Ok(object),
            Ok(None) => Err(format!("{target} is gone")),
            Err(Problem::Forbidden(what)) => {
                Err(format!("what it holds now is not known: you may not get {what} there"))
            }
            Err(problem) => Err(format!("what it holds now is not known: {problem}")),
        }
    }

    /// What a check demands, and why.
    fn why(&self, id: &str) -> Vec<String> {
        if let Some(check) = checks::find(id) {
            let first = format!("{id}: {}", check.title.trim());
            return [first].into_iter().chain(report::reasons(check)).collect();
        }
        let Some((name, own)) = id.split_once('.') else { return Vec::new() };
        let policy = inventory::find_own::<AuditPolicy>(&self.client, Source::Policies, None, name);
        let Ok(Some(policy)) = self.wait(policy) else {
            return vec![format!("{id} is a check of the policy {name}")];
        };
        let checks = policy.spec.checks.custom;
        let Some(check) = checks.into_iter().find(|check| check.id == own) else {
            return Vec::new();
        };
        let documentation = check.documentation.unwrap_or_default();
        let paragraphs = documentation.split("\n\n").map(|text| text.replace('\n', " "));
        let paragraphs = paragraphs.filter(|text| !text.trim().is_empty());
        [format!("{id}: {}", check.title)].into_iter().chain(paragraphs).collect()
    }
}

/// What stands at the paths of the evidence now.
fn live(item: &ActionItem, object: &Result<Value, String>) -> Result<Vec<String>, String> {
    let object = object.as_ref().map_err(String::clone)?;
    let Some(status) = &item.status else { return Ok(Vec::new()) };
    // What such checks find is what should not be shown.
    let is_secret = status.category.as_deref() == Some(Category::Secrets.as_str());
    let told = |path: &str| match report::shown_value(object, path) {
        value if is_secret && value != "absent" => "still there".to_owned(),
        value => value,
    };
    Ok(status.evidence.iter().map(|evidence| told(&evidence.path)).collect())
}

/// What remedies a finding where there is but one way, over the object as it is now.
fn fix(item: &ActionItem, object: &Result<Value, String>) -> Result<String, String> {
    let nothing = || Err(String::new());
    let (Ok(object), Some(status)) = (object, &item.status) else { return nothing() };
    let Some(check) = checks::find(&item.spec.check).filter(|check| !check.fixes.is_empty()) else {
        return nothing();
    };
    let evidence = status
        .evidence
        .iter()
        .map(|evidence| (evidence.path.as_str(), evidence.found.as_deref().unwrap_or_default()));
    let Some(steps) = engine::remedy(check.fixes, evidence) else {
        return Err("there is more than one way to do it".to_owned());
    };
    let file = format!("{}.yaml", item.spec.target.name);
    let before = report::yaml(&manifest(object)).map_err(|error| error.to_string())?;
    let mut loaded = Manifest::default();
    loaded.add(&file, &before);
    let Some(place) = loaded.objects.pop().map(|object| object.place) else { return nothing() };
    let Edited { text: after, outcomes } = manifests::edit(&before, &[Change { place, steps }]);
    match outcomes.into_iter().next() {
        Some(Err(refusal)) => Err(refusal.to_string()),
        _ if before == after => Err("the object has it already".to_owned()),
        _ => Ok(report::diff(&file, &before, &after)),
    }
}

/// The object as people would write it, without what the server adds and what annotations may hold.
fn manifest(object: &Value) -> Value {
    let mut object = without_values(object);
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
        if let Some(Value::Object(meta)) = fields.get_mut("metadata") {
            meta.retain(|name, _| matches!(name.as_str(), "name" | "namespace" | "labels"));
        }
    }
    if let Some(Value::Object(meta)) = object.pointer_mut("/spec/template/metadata") {
        meta.remove("annotations");
    }
    object
}
