use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Kind, Object as ClusterObject},
};

check! {
    /// Pods are made by a controller.
    ///
    /// ## Why
    ///
    /// A pod by itself is gone with its node: nothing makes it anew, and a drain either stops before
    /// it or deletes it for good.
    ///
    /// ## Fix
    ///
    /// Let a Deployment, StatefulSet, DaemonSet or Job make it:
    ///
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// spec:
    ///   replicas: 2
    ///   template: {}
    /// ```
    ///
    /// Found are Pods without an owner reference that says `controller: true`. Static pods, which the
    /// kubelet runs from a file, are not judged, nor are those of `kubectl debug`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/#working-with-pods>
    /// - Kubescape `C-0073`, Popeye `POP-208`
    "bare-pod", Reliability, Low, Core, Object(&[Kind::Pod], run),
    remediation: "let a Deployment, StatefulSet, DaemonSet or Job make the pod",
    rule: Rule::object("!object.metadata.?ownerReferences.orValue([]).exists(owner, \
        owner.?controller.orValue(false))")
        .when("!object.metadata.?annotations[?'kubernetes.io/config.mirror'].hasValue() && \
        object.metadata.?labels[?'app.kubernetes.io/managed-by'].orValue('') != 'kubectl-debug'"),
}

/// Set by the kubelet on what stands for a static pod.
const MIRROR: &str = "kubernetes.io/config.mirror";
/// Set by `kubectl debug` on pods for nodes.
const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "kubectl-debug");

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let meta = &object.meta;
    let is_static = meta.annotations.value(MIRROR).is_some();
    let is_for_debugging = meta.labels.value(MANAGED_BY.0) == Some(MANAGED_BY.1);
    if is_static || is_for_debugging {
        return Verdict::NotApplicable;
    }
    if meta.controller().is_some() {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/metadata/ownerReferences", "no controller", "a controller");
    Verdict::fail("no controller manages the pod", [evidence])
}
