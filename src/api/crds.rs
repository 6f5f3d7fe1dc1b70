//! The definitions of the custom resources, as they are committed and installed.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSON, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use kube::CustomResourceExt;
use serde_json::{Value, json};

use super::{ActionItem, AuditPolicy, schema};

/// The definitions of both custom resources.
#[must_use]
pub fn crds() -> [CustomResourceDefinition; 2] {
    [finished(ActionItem::crd(), finish_item), finished(AuditPolicy::crd(), finish_policy)]
}

/// Both definitions as one stream of YAML documents.
pub fn crds_yaml() -> Result<String, serde_saphyr::SerializeError> {
    let documents = files()?.into_iter().map(|(_, yaml)| format!("---\n{yaml}"));
    Ok(documents.collect::<Vec<_>>().concat())
}

/// The files under `crds/`: their names, and what they hold.
pub fn files() -> Result<Vec<(String, String)>, serde_saphyr::SerializeError> {
    let file = |definition: CustomResourceDefinition| {
        let name = format!("{}.yaml", definition.spec.names.plural);
        Ok((name, serde_saphyr::to_string(&definition)?))
    };
    crds().into_iter().map(file).collect()
}

/// The definition with what the derive cannot say.
fn finished(
    mut definition: CustomResourceDefinition,
    finish: fn(&mut JSONSchemaProps),
) -> CustomResourceDefinition {
    let schemas = definition.spec.versions.iter_mut().filter_map(|version| version.schema.as_mut());
    for root in schemas.filter_map(|schema| schema.open_api_v3_schema.as_mut()) {
        root.title = None;
        tidy(root);
        forget_defaults(property(root, "status"));
        finish(root);
    }
    definition
}

/// From POST to the first status an item is pending.
fn finish_item(root: &mut JSONSchemaProps) {
    let status = property(root, "status");
    status.default = Some(JSON(json!({})));
    property(status, "state").default = Some(JSON(json!("Pending")));
}

/// A policy has a short name, no need of a spec, and is in progress until the controller has looked.
fn finish_policy(root: &mut JSONSchemaProps) {
    root.required = Some(vec!["metadata".to_owned()]);
    let metadata = property(root, "metadata");
    metadata.type_ = Some("object".to_owned());
    let name = property(metadata, "name");
    name.description = Some("The name of the policy; it begins the ids of its checks.".to_owned());
    name.type_ = Some("string".to_owned());
    name.max_length = Some(30);
    name.pattern = Some(schema::NAME.to_owned());
    property(root, "spec").default = Some(JSON(json!({})));
    property(root, "status").default = Some(JSON(json!({"observedGeneration": -1})));
}

/// Removes what the API server refuses or warns about.
///
/// Without `nullable` a null counts as absent; unsigned formats are unknown to it.
fn tidy(schema: &mut JSONSchemaProps) {
    schema.nullable = None;
    if schema.format.as_ref().is_some_and(|format| format.starts_with("uint")) {
        schema.format = Some("int64".to_owned());
    }
    schema.default.take_if(|default| default.0 == Value::Null);
    children(schema).for_each(tidy);
}

/// Leaves every field of a status to the controller.
fn forget_defaults(schema: &mut JSONSchemaProps) {
    schema.default = None;
    children(schema).for_each(forget_defaults);
}

fn property<'a>(schema: &'a mut JSONSchemaProps, name: &str) -> &'a mut JSONSchemaProps {
    schema.properties.get_or_insert_default().entry(name.to_owned()).or_default()
}

fn children(schema: &mut JSONSchemaProps) -> impl Iterator<Item = &mut JSONSchemaProps> {
    let properties = schema.properties.iter_mut().flat_map(|properties| properties.values_mut());
    let items = schema.items.iter_mut().flat_map(|items| match items {
        JSONSchemaPropsOrArray::Schema(one) => std::slice::from_mut(one.as_mut()),
        JSONSchemaPropsOrArray::Schemas(several) => several.as_mut_slice(),
    });
    let values = schema.additional_properties.iter_mut().filter_map(|values| match values {
        JSONSchemaPropsOrBool::Schema(schema) => Some(schema.as_mut()),
        JSONSchemaPropsOrBool::Bool(_) => None,
    });
    properties.chain(items).chain(values)
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use super::*;

    fn roots() -> Vec<JSONSchemaProps> {
        let root = |definition: CustomResourceDefinition| {
            definition.spec.versions[0].schema.clone().unwrap().open_api_v3_schema.unwrap()
        };
        crds().into_iter().map(root).collect()
    }

    /// Every schema below, with its path.
    fn walk(
        path: &str,
        schema: &mut JSONSchemaProps,
        visit: &mut dyn FnMut(&str, &JSONSchemaProps),
    ) {
        visit(path, schema);
        for (name, property) in schema.properties.iter_mut().flatten() {
            walk(&format!("{path}.{name}"), property, visit);
        }
        schema.properties = None;
        children(schema).for_each(|child| walk(&format!("{path}[]"), child, visit));
    }

    fn walk_all(mut visit: impl FnMut(&str, &JSONSchemaProps)) {
        for mut root in roots() {
            walk("", &mut root, &mut visit);
        }
    }

    #[test]
    fn the_definitions_are_always_the_same() {
        assert_eq!(crds_yaml().unwrap(), crds_yaml().unwrap());
        let names: Vec<_> = files().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["actionitems.yaml", "auditpolicies.yaml"]);
    }

    /// With `BLESS=1` in the environment it writes the files.
    #[test]
    fn the_committed_files_are_up_to_date() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
        for (name, yaml) in files().unwrap() {
            let path = folder.join(&name);
            if env::var_os("BLESS").is_some() {
                fs::write(&path, &yaml).unwrap();
            }
            assert!(fs::read_to_string(&path).unwrap() == yaml, "crds/{name} is old: set BLESS=1");
        }
    }

    #[test]
    fn the_yaml_holds_the_definitions() {
        let read: Vec<CustomResourceDefinition> =
            serde_saphyr::from_multiple(&crds_yaml().unwrap()).unwrap();
        assert_eq!(read, crds());
    }

    #[test]
    fn every_property_is_explained() {
        walk_all(|path, schema| {
            // The API server explains the metadata, and refuses other words about it.
            if path == ".metadata" {
                return;
            }
            let scalar_item = path.ends_with("[]") && schema.properties.is_none();
            let explained = schema.description.as_ref().is_some_and(|text| text.ends_with('.'));
            assert!(explained || scalar_item, "{path} has no description");
        });
    }

    #[test]
    fn every_text_and_list_has_a_limit() {
        walk_all(|path, schema| {
            let limited = match schema.type_.as_deref() {
                Some("string") => {
                    schema.max_length.or(schema.enum_.as_ref().map(|_| 0)).is_some()
                        || schema.format.is_some()
                }
                Some("array") => schema.max_items.is_some(),
                _ => true,
            };
            assert!(limited, "{path} has no limit");
        });
    }

    #[test]
    fn the_api_server_understands_every_keyword() {
        walk_all(|path, schema| {
            assert!(schema.nullable.is_none(), "{path} is nullable");
            assert!(schema.type_.is_some(), "{path} has no type");
            let format = schema.format.as_deref().unwrap_or("int64");
            assert!(["int64", "date-time"].contains(&format), "{path} has format {format}");
            let nulls = schema.enum_.iter().flatten().filter(|value| value.0.is_null());
            assert_eq!(nulls.count(), 0, "{path} lists null");
        });
    }

    #[test]
    fn a_newer_controller_may_write_an_older_status() {
        walk_all(|path, schema| {
            let in_status = path.starts_with(".status.") && !path.contains(".conditions[]");
            if !in_status {
                return;
            }
            assert_eq!(schema.required, None, "{path} requires fields");
            let closed = [".status.state", ".status.severity"].contains(&path);
            assert_eq!(schema.enum_.is_some(), closed, "{path} lists its values");
        });
    }

    #[test]
    fn no_rule_runs_on_a_whole_object() {
        for root in roots() {
            assert_eq!(root.x_kubernetes_validations, None);
        }
    }

    #[test]
    fn a_list_that_is_merged_requires_its_key() {
        walk_all(|path, schema| {
            for key in schema.x_kubernetes_list_map_keys.iter().flatten() {
                let Some(JSONSchemaPropsOrArray::Schema(items)) = &schema.items else {
                    panic!("{path} has no items");
                };
                assert!(items.required.iter().flatten().any(|name| name == key), "{path}: {key}");
            }
        });
    }
}
