//! Custom checks as policies of admission.

use serde_json::Value;

use crate::{
    api::{self, CustomCheck, KindMatch},
    cel,
    model::Kind,
};

use super::{
    Named, ResourceRule, Said, Validation,
    scope::Reach,
    text::{list, literal, selects},
};

const PARAMS: &str = "params";

/// Says a custom check that compiles.
pub(super) fn say(check: &CustomCheck) -> Result<Said, String> {
    let constants = literal(&Value::Object(check.params.clone()));
    let taken = |name: &String| check.variables.iter().any(|variable| variable.name == *name);
    let mut name = PARAMS.to_owned();
    while taken(&name) {
        name.push('_');
    }
    let rewrite = |text: &str, with: &str| match check.params.is_empty() {
        true => Ok(text.to_owned()),
        false => cel::replace(text, PARAMS, with).map_err(|error| error.to_string()),
    };
    // Conditions cannot read variables.
    let in_condition = |text: &str| rewrite(text, &constants);
    let inlined = format!("variables.{name}");
    let in_variable = |text: &str| rewrite(text, &inlined);
    let mut variables = Vec::new();
    if !check.params.is_empty() {
        variables.push(Named::new(&name, constants.clone()));
    }
    for variable in &check.variables {
        variables.push(Named::new(&variable.name, in_variable(&variable.expression)?));
    }
    let conditions = check.match_conditions.iter().map(|condition| {
        // Names of conditions begin and end with a letter or a digit.
        let name = condition.name.trim_matches('_');
        Ok(Named::new(name, in_condition(&condition.expression)?))
    });
    let validations = check.validations.iter();
    let validations = validations.map(|validation| say_validation(check, validation, in_variable));
    let said = Said {
        reaches: reaches(check),
        conditions: conditions.collect::<Result<_, String>>()?,
        variables,
        validations: validations.collect::<Result<_, String>>()?,
    };
    hold(&said)?;
    Ok(said)
}

fn say_validation(
    check: &CustomCheck,
    validation: &api::Validation,
    rewrite: impl Fn(&str) -> Result<String, String>,
) -> Result<Validation, String> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let message = one_line(validation.message.as_deref().unwrap_or_default());
    Ok(Validation {
        expression: rewrite(&validation.expression)?,
        message: if message.is_empty() { one_line(&check.title) } else { message },
        message_expression: validation.message_expression.as_deref().map(rewrite).transpose()?,
        reason: Validation::REASON,
    })
}

/// A loop that calls something `params` does not survive that the constants are called otherwise.
fn hold(said: &Said) -> Result<(), String> {
    let environment = cel::Environment::admission();
    let environment = said.variables.iter().try_fold(environment, |known, variable| {
        let program = known.compile(&variable.expression)?;
        Ok(known.object_type(cel::VARIABLES, &[(&variable.name, program.result().clone())]))
    });
    let compiled = environment.and_then(|environment| {
        let validations = said.validations.iter();
        let mut texts = validations
            .flat_map(|one| [Some(&one.expression), one.message_expression.as_ref()])
            .flatten()
            .chain(said.conditions.iter().map(|condition| &condition.expression));
        texts.try_for_each(|text| environment.compile(text).map(drop))
    });
    compiled.map_err(|error: cel::error::CompileError| {
        format!("`params` cannot be written into it: {error}")
    })
}

/// What it judges. Entries with the same selectors go together; a policy has one selector of
/// namespaces.
fn reaches(check: &CustomCheck) -> Vec<Reach> {
    let mut groups: Vec<Vec<&KindMatch>> = Vec::new();
    for entry in &check.matches {
        let is_alike = |group: &&mut Vec<&KindMatch>| {
            group.first().is_some_and(|first| {
                first.namespace_selector == entry.namespace_selector
                    && first.object_selector == entry.object_selector
            })
        };
        match groups.iter_mut().find(is_alike) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups.iter().map(|group| reach(group)).collect()
}

fn reach(entries: &[&KindMatch]) -> Reach {
    let first = entries.first();
    let mut reach = Reach {
        namespaces: first.and_then(|entry| entry.namespace_selector.clone()),
        ..Reach::default()
    };
    let objects = first.and_then(|entry| selects(entry.object_selector.as_ref()?, "object"));
    reach.conditions.extend(objects.map(|text| Named::new("matched-object", text)));
    let mut kinds: Vec<&String> = Vec::new();
    let mut is_vague = false;
    for entry in entries {
        for group in &entry.api_groups {
            for kind in &entry.kinds {
                let known = Kind::find(group, kind).filter(|known| known.group() == group);
                is_vague |= known.is_none();
                reach.has_namespaces |= known == Some(Kind::Namespace);
                reach.rules.push(ResourceRule::of(group, known, &entry.api_versions));
                kinds.push(kind);
            }
        }
    }
    if is_vague {
        kinds.sort_unstable();
        kinds.dedup();
        let expression = format!("object.kind in {}", list(&kinds));
        reach.conditions.push(Named::new("matched-kind", expression));
    }
    reach
}
