use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, Facts, Kind},
};

check! {
    /// Custom resource definitions are used.
    ///
    /// ## Why
    ///
    /// Every definition costs the API server memory and each client a look at it; those of programs
    /// that are gone are left behind, for Helm does not delete them.
    ///
    /// ## Fix
    ///
    /// See that nothing needs it, then delete the definition:
    ///
    /// ```sh
    /// kubectl get RESOURCE -A && kubectl delete crd NAME
    /// ```
    ///
    /// Found are definitions without any object. Objects of kinds that no other check knows are not
    /// read from a cluster, so there it is unknown; `scan --complete` of an export tells.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/>
    /// - Kor `crds`
    "crd-unused", Efficiency, Info, Optional,
    Related(Lookup { kinds: &[Kind::CustomResourceDefinition], reads: &[], run }),
    remediation: "see that nothing needs it, then delete the definition",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(Body::CustomResourceDefinition(definition)) = facts.whole_body() else {
        return Verdict::NotApplicable;
    };
    let (group, kind) = (definition.group.as_str(), definition.names.kind.as_str());
    if cluster.has_any(group, kind) {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::find(group, kind).unwrap_or(Kind::Other)) {
        return Verdict::Unknown("objects of the kind are not read".into());
    }
    let evidence = Evidence::at("/spec/names/kind", "no object", "an object");
    Verdict::fail(format!("there is no {kind}"), [evidence])
}
