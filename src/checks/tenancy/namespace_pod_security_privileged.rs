use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Kind, Object as ClusterObject, is_system_namespace},
};

check! {
    /// Namespaces do not enforce the standard `privileged`, which forbids nothing.
    ///
    /// ## Why
    ///
    /// A label that says `privileged` looks like a policy and is none: every pod is let in.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// metadata:
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: baseline
    /// ```
    ///
    /// Where a node agent needs more than `baseline`, give it a namespace of its own and exempt that.
    /// Namespaces of Kubernetes (`kube-…`) are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    /// - CIS Kubernetes Benchmark 1.12, 5.2.2
    /// - Kyverno `deny-privileged-profile`
    "namespace-pod-security-privileged", Tenancy, Medium, Core, Object(&[Kind::Namespace], run),
    remediation: "set the label `pod-security.kubernetes.io/enforce` to `baseline` or `restricted`",
    rule: Rule::object("object.metadata.?labels[?'pod-security.kubernetes.io/enforce'].orValue('') \
        == 'privileged'")
        .when("!(object.metadata.name in ['kube-system', 'kube-public', 'kube-node-lease'])"),
}

fn run(namespace: &ClusterObject, _: &Context<'_>) -> Verdict {
    let meta = &namespace.meta;
    if is_system_namespace(&meta.name) {
        return Verdict::NotApplicable;
    }
    if meta.labels.value("pod-security.kubernetes.io/enforce") != Some("privileged") {
        return Verdict::Pass;
    }
    let path = "/metadata/labels/pod-security.kubernetes.io~1enforce";
    let evidence = Evidence::at(path, "privileged", "baseline or restricted");
    Verdict::fail("namespace lets in privileged pods", [evidence])
}
