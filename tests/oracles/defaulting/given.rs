//! What an object only gets in a cluster: no file can say it, and no default is its source.

use holystone::model::Kind;
use serde_json::Value;

use super::case::Case;
use crate::fields;

/// Fields that are those that were sent: of all kinds, and of some. The reason stands above each.
const ALL: &[&str] = &[
    // When and by whom it was made, and how often it changed.
    "/metadata/uid",
    "/metadata/creationTimestamp",
    "/metadata/generation",
    "/metadata/managedFields",
    // Said by controllers.
    "/status",
    // An internal counter of DaemonSets, written as an annotation.
    "/metadata/annotations/deprecated.daemonset.template.generation",
];

const SERVICE: &[&str] = &[
    // Allocated; the families are those of the cluster's addresses.
    "/spec/clusterIP",
    "/spec/clusterIPs",
    "/spec/ipFamilies",
    "/spec/ipFamilyPolicy",
    "/spec/healthCheckNodePort",
];

/// The server fills each of these with the other; a check tells of files that write the old one.
const ACCOUNT: &[&str] = &["/serviceAccount", "/serviceAccountName"];

/// A Job's pods are told from others by labels with its uid.
const JOB_LABELS: &[&str] = &[
    "batch.kubernetes.io~1controller-uid",
    "batch.kubernetes.io~1job-name",
    "controller-uid",
    "job-name",
];

/// What the server would store, as if a file held it.
pub fn without(case: &Case, mut stored: Value) -> Value {
    let of_kind = if case.kind == Kind::Service { SERVICE } else { &[] };
    let mut places: Vec<String> = ALL.iter().chain(of_kind).map(ToString::to_string).collect();
    if case.kind.is_workload() {
        let spec = match case.kind {
            Kind::Pod => "/spec",
            Kind::PodTemplate => "/template/spec",
            Kind::CronJob => "/spec/jobTemplate/spec/template/spec",
            _ => "/spec/template/spec",
        };
        places.extend(ACCOUNT.iter().map(|field| format!("{spec}{field}")));
    }
    for place in &places {
        match case.object.pointer(place) {
            Some(sent) => fields::put(&mut stored, place, sent.clone()),
            None => fields::remove(&mut stored, place),
        }
    }
    if case.kind == Kind::Job {
        for label in JOB_LABELS {
            fields::remove(&mut stored, &format!("/metadata/labels/{label}"));
            fields::remove(&mut stored, &format!("/spec/template/metadata/labels/{label}"));
        }
    }
    stored
}
