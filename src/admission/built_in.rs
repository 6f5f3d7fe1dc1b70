//! Checks of the catalogue as policies of admission.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    checks::{Check, Context, Rule},
    engine::{AnyCheck, Enabled},
    model::Kind,
};

use super::{
    Named, ResourceRule, Said, Validation, obstacle,
    scope::Reach,
    text::{literal, quoted},
    words,
};

const BAD: &str = "bad";

/// The check, if it is one of the catalogue.
pub(super) fn find(enabled: &Enabled) -> Option<&'static Check> {
    match &enabled.check {
        AnyCheck::BuiltIn(check) => Some(check),
        AnyCheck::Custom(_) => None,
    }
}

/// Says a check of the catalogue.
pub(super) fn say(enabled: &Enabled, minor: u16) -> Result<Said, &'static str> {
    let check = find(enabled).ok_or("it is not of the catalogue")?;
    if let Some(why) = obstacle(check) {
        return Err(why);
    }
    let rule = check.rule.ok_or("it is not written in CEL")?;
    // What depends on the time has no rule.
    let context = Context::new(&enabled.parameters, minor, Timestamp::UNIX_EPOCH);
    Ok(Said {
        reaches: vec![reach(check.run.kinds())],
        conditions: Vec::new(),
        variables: variables(&rule, rule.params.map(|params| params(&context)), minor),
        validations: vec![validation(check, &rule)],
    })
}

fn reach(kinds: &[Kind]) -> Reach {
    let rules = kinds.iter().map(|kind| {
        let mut rule = ResourceRule::of(kind.group(), Some(*kind), &[]);
        if *kind == Kind::Pod {
            rule.resources.push("pods/ephemeralcontainers".to_owned());
        }
        rule
    });
    let has_namespaces = kinds.contains(&Kind::Namespace);
    Reach { rules: rules.collect(), has_namespaces, ..Reach::default() }
}

fn variables(rule: &Rule, params: Option<Value>, minor: u16) -> Vec<Named> {
    let list = rule.containers.map(|(which, _)| format!("variables.{}", which.word()));
    let containers = rule.containers.map_or("", |(_, bad)| bad);
    let texts = [rule.when, rule.object, containers, list.as_deref().unwrap_or_default()];
    let is_named = |name: &str| texts.iter().any(|text| words::names(text, name));
    let mut variables: Vec<Named> = Vec::new();
    if is_named("minor") {
        variables.push(Named::new("minor", minor.to_string()));
    }
    if let Some(params) = params.filter(|_| is_named("params")) {
        variables.push(Named::new("params", literal(&params)));
    }
    let words = words::used(&texts).into_iter();
    variables.extend(words.map(|(name, expression)| Named::new(name, expression)));
    if let Some(list) = list {
        let bad = format!(
            "{list}.filter(container, {containers}).map(container, container.?name.orValue(''))"
        );
        variables.push(Named::new(BAD, bad));
    }
    variables
}

fn validation(check: &Check, rule: &Rule) -> Validation {
    let Rule { when, object, containers, .. } = *rule;
    let is_bad = [
        (!object.is_empty()).then(|| format!("!({object})")),
        containers.map(|_| format!("variables.{BAD}.size() == 0")),
    ];
    let is_good: Vec<_> = is_bad.into_iter().flatten().collect();
    let is_good = is_good.join(" && ");
    let expression = match (when, containers) {
        ("", _) => is_good,
        (when, _) => format!("!({when}) || {is_good}"),
    };
    let title = check.title.trim().trim_end_matches('.');
    let remedy = check.remediation;
    let names = containers.map(|_| {
        let start = quoted(title);
        let end = quoted(&format!(": {remedy}"));
        format!(
            "{start} + (variables.{BAD}.size() == 0 ? '' : ' (' + variables.{BAD}.join(', ') + ')') + {end}"
        )
    });
    Validation {
        expression,
        message: format!("{title}: {remedy}"),
        message_expression: names,
        reason: Validation::REASON,
    }
}
