use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{IntOrString, Workload},
};

check! {
    /// Probes name their ports.
    ///
    /// ## Why
    ///
    /// A number that stands in `ports`, in three probes and in a Service is changed in some of these
    /// places and forgotten in another.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// ports:
    ///   - {name: http, containerPort: 8080}
    /// readinessProbe:
    ///   httpGet: {path: /readyz, port: http}
    /// ```
    ///
    /// Found are `httpGet` probes of regular containers and sidecars whose port is a number.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>
    /// - Popeye `POP-105`
    "probe-port-unnamed", Reliability, Info, Optional, Workload(run),
    remediation: "name the port in `ports`, and probe it by name",
    rule: Rule::running("[?container.?livenessProbe, ?container.?readinessProbe, \
        ?container.?startupProbe].exists(probe, type(probe.?httpGet.?port.orValue('')) == int)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.running_containers().flat_map(|place| {
        place.container.probes().filter_map(move |(field, probe)| {
            match probe.http_get.as_ref()?.port.as_ref()? {
                IntOrString::Int(number) => {
                    let field = [field, "/httpGet/port"].concat();
                    Some(Evidence::in_container(&place, &field, number.to_string(), "a name"))
                }
                IntOrString::String(_) => None,
            }
        })
    });
    Verdict::of_containers(evidence, "probes a port by number", "probe ports by number")
}
