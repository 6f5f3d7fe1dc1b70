//! What a definition on a server lacks of ours: an older one refuses a status with newer fields.

use std::fmt;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, CustomResourceDefinitionVersion, JSON, JSONSchemaProps,
    JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// So many gaps are named; the rest is counted.
const NAMED: usize = 3;

/// What a definition lacks. Nothing, where it is as new as ours or newer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Fields by their paths, such as `status.evidence[].wanted`; of those below only the topmost.
    fields: Vec<String>,
    /// Versions that are not served, and values that a field does not take.
    others: Vec<String>,
}

impl Gaps {
    /// What `served` lacks of what `needed` has.
    #[must_use]
    pub fn between(served: &CustomResourceDefinition, needed: &CustomResourceDefinition) -> Self {
        let mut gaps = Self::default();
        for needed in &needed.spec.versions {
            let mut versions = served.spec.versions.iter().filter(|version| version.served);
            let served = versions.find(|version| version.name == needed.name);
            match (served.and_then(root), root(needed)) {
                (Some(served), Some(needed)) => gaps.compare("", served, needed),
                (None, Some(_)) => gaps.others.push(format!("version {}", needed.name)),
                (_, None) => {}
            }
        }
        gaps
    }

    /// Whether nothing is lacking.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.others.is_empty()
    }

    /// A status without the fields that the server does not know. One that cannot do without them
    /// stays whole.
    #[must_use]
    pub fn left_out_of<T: Serialize + DeserializeOwned>(&self, status: T) -> T {
        if self.fields.is_empty() {
            return status;
        }
        let mut object = json!({ "status": status });
        self.fields.iter().for_each(|path| remove(&mut object, path));
        serde_json::from_value(object["status"].take()).unwrap_or(status)
    }

    fn compare(&mut self, path: &str, served: &JSONSchemaProps, needed: &JSONSchemaProps) {
        if served.x_kubernetes_preserve_unknown_fields == Some(true) {
            return;
        }
        let known = served.properties.as_ref();
        for (name, needed) in needed.properties.iter().flatten() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match known.and_then(|properties| properties.get(name)) {
                Some(served) => self.compare(&path, served, needed),
                None => self.fields.push(path),
            }
        }
        if let (Some(served), Some(needed)) = (elements(served), elements(needed)) {
            self.compare(&format!("{path}[]"), served, needed);
        }
        let taken = served.enum_.as_ref();
        let is_new = |value: &&JSON| taken.is_some_and(|values| !values.contains(value));
        for JSON(value) in needed.enum_.iter().flatten().filter(is_new) {
            self.others.push(format!("{path}={}", value.as_str().unwrap_or_default()));
        }
    }
}

/// The first gaps, and how many more there are.
impl fmt::Display for Gaps {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<&str> = self.fields.iter().chain(&self.others).map(String::as_str).collect();
        let (named, more) = all.split_at(all.len().min(NAMED));
        formatter.write_str(&named.join(", "))?;
        match more.len() {
            0 => Ok(()),
            count => write!(formatter, " and {count} more"),
        }
    }
}

fn root(version: &CustomResourceDefinitionVersion) -> Option<&JSONSchemaProps> {
    version.schema.as_ref()?.open_api_v3_schema.as_ref()
}

/// The schema of what a list or a map holds.
fn elements(schema: &JSONSchemaProps) -> Option<&JSONSchemaProps> {
    match (&schema.items, &schema.additional_properties) {
        (Some(JSONSchemaPropsOrArray::Schema(items)), _) => Some(items),
        (_, Some(JSONSchemaPropsOrBool::Schema(values))) => Some(values),
        _ => None,
    }
}

/// Takes a field out, of each element where the path leads through a list or a map.
fn remove(value: &mut Value, path: &str) {
    let Some(fields) = value.as_object_mut() else { return };
    let Some((name, rest)) = path.split_once('.') else {
        fields.remove(path);
        return;
    };
    let list = name.strip_suffix("[]");
    match (fields.get_mut(list.unwrap_or(name)), list) {
        (Some(Value::Array(elements)), Some(_)) => {
            elements.iter_mut().for_each(|element| remove(element, rest));
        }
        (Some(Value::Object(values)), Some(_)) => {
            values.values_mut().for_each(|element| remove(element, rest));
        }
        (Some(value), None) => remove(value, rest),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ActionItemStatus, Evidence, State, crds, set_item_condition};

    fn items() -> CustomResourceDefinition {
        crds().into_iter().next().unwrap()
    }

    /// The definition of items as JSON, with one place changed.
    fn changed(pointer: &str, change: impl Fn(&mut Value)) -> CustomResourceDefinition {
        let mut definition = serde_json::to_value(items()).unwrap();
        let schema = "/spec/versions/0/schema/openAPIV3Schema";
        change(definition.pointer_mut(&format!("{schema}{pointer}")).expect(pointer));
        serde_json::from_value(definition).unwrap()
    }

    fn lacking(pointer: &str, name: &str) -> Gaps {
        let older = changed(pointer, |fields| {
            fields.as_object_mut().unwrap().remove(name).expect(name);
        });
        Gaps::between(&older, &items())
    }

    const STATUS: &str = "/properties/status/properties";
    const EVIDENCE: &str = "/properties/status/properties/evidence/items/properties";

    #[test]
    fn the_same_and_a_newer_definition_lack_nothing() {
        for definition in crds() {
            assert_eq!(Gaps::between(&definition, &definition), Gaps::default());
        }
        let newer = changed(STATUS, |fields| fields["brandNew"] = json!({ "type": "string" }));
        assert!(Gaps::between(&newer, &items()).is_empty());
        assert_eq!(Gaps::between(&items(), &newer).to_string(), "status.brandNew");
    }

    #[test]
    fn each_field_that_is_missing_is_found() {
        assert_eq!(lacking(STATUS, "remediation").to_string(), "status.remediation");
        assert_eq!(lacking(STATUS, "evidence").to_string(), "status.evidence");
        assert_eq!(lacking(EVIDENCE, "wanted").to_string(), "status.evidence[].wanted");
        assert_eq!(lacking("/properties", "status").to_string(), "status");
        let bare = changed(STATUS, |fields| *fields = json!({}));
        let told = Gaps::between(&bare, &items()).to_string();
        assert!(
            told.starts_with("status.category, status.conditions, status.dueAt and "),
            "{told}"
        );
    }

    #[test]
    fn values_and_versions_that_are_missing_are_found() {
        let older = changed(&format!("{STATUS}/state/enum"), |values| {
            values.as_array_mut().unwrap().retain(|state| state != "Exempt");
        });
        let gaps = Gaps::between(&older, &items());
        assert_eq!(gaps.to_string(), "status.state=Exempt");
        let status = ActionItemStatus { state: Some(State::Exempt), ..Default::default() };
        assert_eq!(gaps.left_out_of(status.clone()), status, "no value takes its place");

        let mut other = items();
        other.spec.versions[0].served = false;
        assert_eq!(Gaps::between(&other, &items()).to_string(), "version v1alpha1");
    }

    #[test]
    fn what_takes_any_field_lacks_none() {
        let open = changed("/properties/status", |status| {
            *status = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
        });
        assert!(Gaps::between(&open, &items()).is_empty());
    }

    #[test]
    fn only_what_is_lacking_is_left_out() {
        let wanted = |wanted: &str| Evidence {
            path: "/spec".to_owned(),
            wanted: Some(wanted.to_owned()),
            ..Evidence::default()
        };
        let status = ActionItemStatus {
            state: Some(State::Open),
            remediation: Some("repair it".to_owned()),
            evidence: vec![wanted("a"), wanted("b")],
            ..ActionItemStatus::default()
        };
        assert_eq!(Gaps::default().left_out_of(status.clone()), status);
        let shorter = lacking(STATUS, "remediation").left_out_of(status.clone());
        assert_eq!(shorter, ActionItemStatus { remediation: None, ..status.clone() });
        let poorer = lacking(EVIDENCE, "wanted").left_out_of(status.clone());
        let evidence = vec![Evidence { wanted: None, ..wanted("") }; 2];
        assert_eq!(poorer, ActionItemStatus { evidence, ..status });
    }

    #[test]
    fn a_status_that_cannot_do_without_a_field_stays_whole() {
        let gaps = lacking("/properties/status/properties/conditions/items/properties", "reason");
        assert_eq!(gaps.to_string(), "status.conditions[].reason");
        let mut status = ActionItemStatus::default();
        let now = jiff::Timestamp::UNIX_EPOCH;
        set_item_condition(&mut status.conditions, "Resolved", true, "Fixed", "it passes", now);
        assert_eq!(gaps.left_out_of(status.clone()), status);
    }
}
