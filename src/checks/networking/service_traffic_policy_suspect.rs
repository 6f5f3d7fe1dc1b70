use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Services send outside traffic where it is expected.
    ///
    /// ## Why
    ///
    /// With the policy `Cluster`, what comes through a load balancer has the address of a node, so
    /// that logs and rules by address are wrong. With `Local`, a node port answers only on nodes that
    /// run a pod, and nothing tells callers which these are.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   type: LoadBalancer
    ///   externalTrafficPolicy: Local     # of a NodePort: Cluster
    /// ```
    ///
    /// Found are load balancers with `Cluster`, which is the default, and node ports with `Local`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip>
    /// - Popeye `POP-1107`, `POP-1108`
    "service-traffic-policy-suspect", Networking, Info, Optional, Object(&[Kind::Service], run),
    remediation: "use `externalTrafficPolicy: Local` for load balancers, `Cluster` for node ports",
    rule: Rule::object("object.spec.?type.orValue('') == 'LoadBalancer' && \
        object.spec.?externalTrafficPolicy.orValue('Cluster') == 'Cluster' || \
        object.spec.?type.orValue('') == 'NodePort' && \
        object.spec.?externalTrafficPolicy.orValue('') == 'Local'"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Service(service) = &object.body else { return Verdict::NotApplicable };
    let (message, wanted) = match (&*service.kind, &*service.external_traffic_policy) {
        ("LoadBalancer", "Cluster") => ("pods do not see who calls the load balancer", "Local"),
        ("NodePort", "Local") => ("node port answers only on nodes that run a pod", "Cluster"),
        _ => return Verdict::Pass,
    };
    let found = service.external_traffic_policy.to_string();
    Verdict::fail(message, [Evidence::at("/spec/externalTrafficPolicy", found, wanted)])
}
