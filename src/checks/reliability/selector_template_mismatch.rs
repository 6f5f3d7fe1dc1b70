use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Selectors of workloads select their own pods.
    ///
    /// ## Why
    ///
    /// A controller that does not find its own pods would make new ones without end, so the API server
    /// refuses it, and the release stops there.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   selector: {matchLabels: {app: web}}
    ///   template:
    ///     metadata:
    ///       labels: {app: web, tier: front}
    /// ```
    ///
    /// Found are Deployments, StatefulSets, DaemonSets and ReplicaSets whose `spec.selector` is absent,
    /// selects everything, or does not select the labels of the template; `matchExpressions` count,
    /// too.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector>
    /// - KubeLinter `mismatching-selector`, Popeye `POP-508`
    "selector-template-mismatch", Reliability, High, Core, Object(KINDS, run),
    remediation: "let `spec.selector` and the labels of the template agree",
}

const KINDS: &[Kind] = &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicaSet];

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Some(selector) = &workload.selector else {
        let evidence = Evidence::at("/spec/selector", "none", "the labels of the template");
        return Verdict::fail("there is no selector", [evidence]);
    };
    if selector.is_empty() {
        let evidence = Evidence::at("/spec/selector", "an empty one", "the labels of the template");
        return Verdict::fail("selector is empty", [evidence]);
    }
    if selector.selects(&workload.template.metadata.labels) {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/spec/selector", "other labels", "the labels of the template");
    Verdict::fail("selector does not select the labels of the template", [evidence])
}
