//! Reads custom resources from files as the API server reads them.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A custom resource read from a manifest: nulls are absent, and so may the spec be.
///
/// Limits and rules are left to the API server, and so are fields that it does not know.
pub fn from_manifest<R: DeserializeOwned>(
    mut manifest: Value,
) -> Result<R, serde_path_to_error::Error<serde_json::Error>> {
    drop_nulls(&mut manifest);
    if let Some(manifest) = manifest.as_object_mut() {
        manifest.entry("spec").or_insert_with(|| Map::new().into());
    }
    serde_path_to_error::deserialize(manifest)
}

/// Removes nulls, but not those in the free-form fields.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            let typed = fields.iter_mut().filter(|(name, _)| !is_free_form(name));
            typed.for_each(|(_, value)| drop_nulls(value));
        }
        Value::Array(values) => values.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn is_free_form(field: &str) -> bool {
    ["parameters", "params"].contains(&field)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use serde_json::json;

    use super::*;
    use crate::api::{ActionItem, AuditPolicy, AuditPolicySpec};

    fn policy(spec: &Value) -> AuditPolicySpec {
        let manifest = json!({
            "apiVersion": "holystone.dev/v1alpha1",
            "kind": "AuditPolicy",
            "metadata": {"name": "baseline"},
            "spec": spec,
        });
        from_manifest::<AuditPolicy>(manifest).unwrap().spec
    }

    #[test]
    fn a_policy_needs_no_spec() {
        assert_eq!(policy(&Value::Null), AuditPolicySpec::default());
    }

    #[test]
    fn a_null_means_the_default() {
        let spec = json!({
            "schedule": null,
            "scope": {"namespaces": {"include": null, "exclude": null}},
            "checks": {"profiles": null, "settings": null},
            "due": {"critical": null},
            "exemptions": null,
        });
        assert_eq!(policy(&spec), AuditPolicySpec::default());
    }

    #[test]
    fn parameters_keep_their_nulls() {
        let spec = json!({"checks": {"settings": [{"check": "a", "parameters": {"x": null}}]}});
        assert!(policy(&spec).checks.settings[0].parameters["x"].is_null());
    }

    #[test]
    fn an_error_names_the_field() {
        let item =
            json!({"metadata": {"name": "x"}, "spec": {"check": "a", "target": {"name": 1}}});
        let error = from_manifest::<ActionItem>(item).unwrap_err();
        assert_eq!(error.path().to_string(), "spec.target.name");
    }

    #[test]
    fn every_sample_is_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/samples");
        for sample in fs::read_dir(folder).unwrap() {
            let yaml = fs::read_to_string(sample.unwrap().path()).unwrap();
            let manifest: Value = serde_saphyr::from_str(&yaml).unwrap();
            let read = match manifest["kind"].as_str() {
                Some("AuditPolicy") => {
                    json!(from_manifest::<AuditPolicy>(manifest.clone()).unwrap())
                }
                Some("Kustomization") => continue,
                _ => json!(from_manifest::<ActionItem>(manifest.clone()).unwrap()),
            };
            assert_keeps(&manifest, &read, "");
        }
    }

    /// Whether all that is written was read: a misspelt field would be missing.
    fn assert_keeps(written: &Value, read: &Value, path: &str) {
        match (written, read) {
            (Value::Object(written), Value::Object(read)) => {
                for (name, value) in written {
                    let path = format!("{path}.{name}");
                    assert_keeps(value, read.get(name).unwrap_or(&Value::Null), &path);
                }
            }
            (Value::Array(written), Value::Array(read)) if written.len() == read.len() => {
                let pairs = written.iter().zip(read);
                pairs.for_each(|(written, read)| assert_keeps(written, read, path));
            }
            _ => assert_eq!(written, read, "{path}"),
        }
    }
}
