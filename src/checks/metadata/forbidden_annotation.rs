use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Kind, Labels, Object as ClusterObject, ValuePattern},
};

/// Which annotations and labels nobody may set.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Globs of annotation keys, for example `*.beta.kubernetes.io/*`.
    #[schemars(with = "Vec<String>")]
    annotations: Vec<ValuePattern>,
    /// Globs of label keys.
    #[schemars(with = "Vec<String>")]
    labels: Vec<ValuePattern>,
}

check! {
    /// Objects have no annotation or label that is forbidden.
    ///
    /// ## Why
    ///
    /// Annotations switch on what a cluster's add-ons can do: they bypass a proxy, open a load
    /// balancer, or read a file. What a platform does not want it has to look for.
    ///
    /// ## Fix
    ///
    /// Remove the annotation, or change the policy:
    ///
    /// ```yaml
    /// settings:
    ///   - check: forbidden-annotation
    ///     parameters:
    ///       annotations: ["sidecar.istio.io/inject", "nginx.ingress.kubernetes.io/*-snippet"]
    ///       labels: ["legacy-*"]
    /// ```
    ///
    /// Every object that is read for another check is judged. Without a key nothing is.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/>
    /// - kube-linter `forbidden-annotation`, Kyverno `restrict-annotations`
    "forbidden-annotation", Metadata, Low, Standard, Object(Kind::ANY, run),
    parameters: Parameters,
    remediation: "remove the annotation or label that the policy forbids",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Parameters { annotations, labels } = context.parameters();
    if annotations.is_empty() && labels.is_empty() {
        return Verdict::NotApplicable;
    }
    let meta = &object.meta;
    let found: Vec<_> = forbidden(annotations, &meta.annotations)
        .map(|key| ("annotations", key))
        .chain(forbidden(labels, &meta.labels).map(|key| ("labels", key)))
        .collect();
    let evidence = found.iter().map(|(field, key)| {
        let pointer = key.replace('~', "~0").replace('/', "~1");
        Evidence::at(format!("/metadata/{field}/{pointer}"), "present", "absent")
    });
    Verdict::unless_empty(evidence.collect(), |_| {
        let keys: Vec<&str> = found.iter().map(|(_, key)| *key).collect();
        format!("{} forbidden", enumerate(&keys) + if keys.len() == 1 { " is" } else { " are" })
    })
}

fn forbidden<'labels>(
    keys: &[ValuePattern],
    entries: &'labels Labels,
) -> impl Iterator<Item = &'labels str> {
    let is_forbidden = |key: &&str| keys.iter().any(|pattern| pattern.matches(key));
    entries.iter().map(|(key, _)| key).filter(is_forbidden)
}
