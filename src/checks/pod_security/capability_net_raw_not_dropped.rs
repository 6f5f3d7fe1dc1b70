use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers drop the capability `NET_RAW`.
    ///
    /// ## Why
    ///
    /// Runtimes grant `NET_RAW` unasked. With it a process that runs as root forges packets: it
    /// answers for other pods in its network, and reads or alters what they say (CVE-2020-10749).
    ///
    /// ## Fix
    ///
    /// Drop it in each container, best with all others:
    ///
    /// ```yaml
    /// securityContext:
    ///   capabilities:
    ///     drop: [ALL]
    /// ```
    ///
    /// Found are containers whose `drop` names neither `NET_RAW` nor `ALL`, in capitals or not. The
    /// spelling `CAP_NET_RAW` does not count: Kubernetes names capabilities without `CAP_`, and
    /// runtimes put it before the name themselves. Pods with `os.name: windows` are not judged.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.2.8
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    /// - kube-linter `drop-net-raw-capability`, Trivy KSV-0119, Checkov `CKV_K8S_28`
    "capability-net-raw-not-dropped", PodSecurity, Medium, Core, Workload(run),
    remediation: "set `capabilities.drop: [ALL]` on every container, or `NET_RAW` at least",
    rule: Rule::containers("!container.?securityContext.?capabilities.?drop.orValue([]).exists(name, \
        name.upperAscii() in ['ALL', 'NET_RAW'])")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().filter_map(|place| {
        let dropped = place.container.dropped_capabilities();
        let is_raw =
            |name: &str| ["ALL", "NET_RAW"].iter().any(|raw| name.eq_ignore_ascii_case(raw));
        if dropped.iter().any(|name| is_raw(name)) {
            return None;
        }
        let found = if dropped.is_empty() { "absent".into() } else { dropped.join(", ") };
        let field = "securityContext/capabilities/drop";
        Some(Evidence::in_container(&place, field, found, "NET_RAW"))
    });
    Verdict::of_containers(
        evidence,
        "keeps the capability `NET_RAW`",
        "keep the capability `NET_RAW`",
    )
}
