//! Exported policies give the verdict of the check that they come from, by our own CEL;
//! `tests/oracles/exported.rs` asks a real API server.
#![allow(missing_docs, reason = "nobody uses these tests as a library")]

mod admission;
mod fixtures;

use std::collections::BTreeSet;

use admission::{admits, export_all, export_of};
use fixtures::{folder, object, read};
use holystone::{
    admission::Exported,
    api::{AuditPolicySpec, Severity},
    checks::{self, Context, Verdict},
    model::Cluster,
    report,
};
use serde_json::Value;

/// An object as the API server would hold it: what is null is not there, and quantities are texts.
fn settle(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            for list in ["requests", "limits"] {
                let quantities = fields.get_mut(list).and_then(Value::as_object_mut);
                for quantity in quantities.into_iter().flat_map(|list| list.values_mut()) {
                    let text = quantity.as_str().map_or(quantity.to_string(), str::to_owned);
                    *quantity = Value::String(if text.is_empty() { "0".into() } else { text });
                }
            }
            fields.values_mut().for_each(settle);
        }
        Value::Array(items) => items.iter_mut().for_each(settle),
        _ => {}
    }
}

#[test]
fn every_rule_agrees_with_its_check() {
    let (mut problems, mut said, mut failing) = (Vec::new(), 0, 0);
    for check in checks::ALL.iter().filter(|check| check.rule.is_some()) {
        let mut of_check = [0, 0];
        let path = folder().join(format!("{}.yaml", check.id));
        for fixture in read(&path) {
            for document in &fixture.documents {
                let minor = document.kubernetes_minor.unwrap_or(fixture.kubernetes_minor);
                // Policies of admission are that old, and see an object in its latest version.
                let minor = minor.max(30);
                let parameters = document.parameters.as_ref().or(fixture.parameters.as_ref());
                let judged = object(&path, document);
                if !check.run.kinds().contains(&judged.kind)
                    || judged.api_version != judged.kind.api_version()
                {
                    continue;
                }
                let parsed = check.parse_parameters(parameters).unwrap();
                let context = Context::new(&parsed, minor, fixture.now);
                let verdict = check.judge(&judged, &Cluster::default(), &context);
                let mut json: Value = serde_saphyr::from_str(&document.text).unwrap();
                settle(&mut json);
                let exported = export_of(check, parameters, minor);
                let denied = admits(&exported, &json);
                let is_bad = matches!(verdict, Verdict::Fail(_));
                said += 1;
                failing += usize::from(is_bad);
                of_check[usize::from(is_bad)] += 1;
                if denied.is_err() != is_bad {
                    problems.push(format!(
                        "{}: the check says {verdict:?}, the policy {denied:?}\n{}",
                        check.id, document.text
                    ));
                }
            }
        }
        if of_check.contains(&0) {
            problems.push(format!("{}: nothing good or nothing bad was asked", check.id));
        }
    }
    println!("{said} objects, {failing} of them bad");
    assert!(problems.is_empty(), "{} differ:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn what_is_written_is_what_is_meant() {
    let mut spec = AuditPolicySpec { severity_floor: Severity::Info, ..Default::default() };
    spec.checks.profiles = vec!["all".to_owned()];
    let Exported { documents, checks: exported, left_out, .. } = export_all("all", &spec, 36);
    let said = checks::ALL.iter().filter(|check| check.rule.is_some()).count();
    assert_eq!((exported.len(), exported.len() + left_out.len()), (said, checks::ALL.len()));
    let text = report::yaml_documents(&documents).unwrap();
    let read: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    let meant: Vec<_> =
        documents.iter().map(|document| serde_json::to_value(document).unwrap()).collect();
    assert_eq!(read, meant);
    let names: BTreeSet<_> = meant
        .iter()
        .map(|document| (document["kind"].to_string(), document["metadata"]["name"].to_string()))
        .collect();
    assert_eq!(names.len(), meant.len());
}
