//! Reads manifests and asks every check about each object, alone and among the others.

use holystone::{
    checks::{ALL, Context},
    manifests::{Loaded, Manifest},
    model::{Cluster, Facts, Kind},
};
use jiff::Timestamp;

/// Versions of Kubernetes, by their minor number, that objects are judged for.
const MINORS: [u16; 4] = [0, 24, 36, u16::MAX];

/// Judges what a text holds; tells how many objects were taken, and how many problems told.
pub(crate) fn judge(text: &str) -> usize {
    let mut manifest = Manifest::default();
    manifest.add("hostile.yaml", text);
    let mut cluster = Cluster::default();
    for &kind in Kind::ANY {
        cluster.set_complete(kind, true);
    }
    for Loaded { content, .. } in &manifest.objects {
        match content.kind {
            Kind::Other => cluster.insert_other(content),
            _ => drop(cluster.insert(Facts::of(content))),
        }
    }
    for check in ALL {
        let parameters = check.parse_parameters(None).expect("every check has defaults");
        for minor in MINORS {
            let context = Context::new(&parameters, minor, Timestamp::UNIX_EPOCH);
            for Loaded { content, .. } in &manifest.objects {
                let _ = check.judge(content, &cluster, &context);
            }
        }
    }
    manifest.objects.len() + manifest.problems.len()
}
