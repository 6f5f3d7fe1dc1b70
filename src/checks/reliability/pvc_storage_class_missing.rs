use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, FactBody, Facts, Kind},
};

/// Whether a default will do.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Whether every claim has to name a class, even where there is a default one.
    required: bool,
}

check! {
    /// Volume claims have a storage class.
    ///
    /// ## Why
    ///
    /// A claim that names no class gets the default one. Where the cluster has none, nobody makes a
    /// volume for it, and its pods wait for ever.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   storageClassName: fast
    /// ```
    ///
    /// Found are claims, and claim templates of StatefulSets, without `storageClassName` in a cluster
    /// without default class. The empty name asks for a volume that somebody has made by hand, and so
    /// does a claim with `volumeName`. A policy can demand that each claim names its class:
    ///
    /// ```yaml
    /// settings:
    ///   - check: pvc-storage-class-missing
    ///     parameters: {required: true}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass>
    /// - Kyverno `require-storageclass`
    "pvc-storage-class-missing", Reliability, Info, Optional,
    Related(Lookup {
        kinds: &[Kind::PersistentVolumeClaim, Kind::StatefulSet],
        reads: &[Kind::StorageClass],
        run,
    }),
    parameters: Parameters,
    remediation: "set `storageClassName`",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Parameters { required } = context.parameters();
    let is_missing = |class: Option<&str>| match class {
        None => true,
        Some(class) => *required && class.is_empty(),
    };
    let paths = unclassed(facts, is_missing);
    if paths.is_empty() {
        return Verdict::Pass;
    }
    if !required {
        if cluster.default_storage_class().is_some() {
            return Verdict::Pass;
        }
        if !cluster.is_complete(Kind::StorageClass) {
            return Verdict::Unknown("the cluster may have a default storage class".into());
        }
    }
    let message = if *required {
        "a claim names no storage class"
    } else {
        "a claim names no storage class, and the cluster has no default"
    };
    let evidence = paths.into_iter().map(|path| Evidence::at(path, "none", "a storage class"));
    Verdict::fail(message, evidence.collect::<Vec<_>>())
}

/// JSON pointers of the classes that are missing.
fn unclassed(facts: &Facts, is_missing: impl Fn(Option<&str>) -> bool) -> Vec<String> {
    match &facts.body {
        FactBody::Workload(workload) => {
            let claims = workload.claims.iter().enumerate();
            let missing = claims.filter(|(_, (_, class))| is_missing(class.as_deref()));
            let path = |index| format!("/spec/volumeClaimTemplates/{index}/spec/storageClassName");
            missing.map(|(index, _)| path(index)).collect()
        }
        FactBody::Whole(whole) => match &whole.body {
            Body::PersistentVolumeClaim(claim)
                if claim.spec.volume_name.is_empty()
                    && is_missing(claim.spec.storage_class_name.as_deref()) =>
            {
                vec!["/spec/storageClassName".to_owned()]
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
