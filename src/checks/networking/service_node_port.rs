use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Services do not open a port on every node.
    ///
    /// ## Why
    ///
    /// A node port is open on all nodes, whatever firewalls and Ingresses are in front of the
    /// cluster: without TLS, without authentication, and past what counts and limits requests.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   type: ClusterIP      # with an Ingress or a Gateway in front
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport>
    /// - Datree `7`, kube-linter `exposed-services`, kube-score `service-type`
    "service-node-port", Networking, Low, Core, Object(&[Kind::Service], run),
    remediation: "use the type ClusterIP, with an Ingress or a Gateway in front",
    rule: Rule::object("object.spec.?type.orValue('') == 'NodePort'"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Service(service) = &object.body else { return Verdict::NotApplicable };
    if service.kind != "NodePort" {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/spec/type", "NodePort", "ClusterIP");
    Verdict::fail("service opens a port on every node", [evidence])
}
