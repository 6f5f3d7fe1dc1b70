use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{TopologySpreadConstraint, Workload},
};

check! {
    /// Topology spread constraints are complete.
    ///
    /// ## Why
    ///
    /// A constraint without selector counts no pods, and spreads nothing. One with an impossible
    /// value is refused by the API server: of a template only when the pods are made.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// topologySpreadConstraints:
    ///   - maxSkew: 1
    ///     topologyKey: topology.kubernetes.io/zone
    ///     whenUnsatisfiable: ScheduleAnyway
    ///     labelSelector: {matchLabels: {app: web}}
    /// ```
    ///
    /// Found are constraints without `labelSelector` or `topologyKey`, with a `maxSkew` or
    /// `minDomains` below one, with a `whenUnsatisfiable` that is neither `DoNotSchedule` nor
    /// `ScheduleAnyway`, and with `minDomains` where pods are scheduled anyway.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/>
    /// - kube-score `pod-topology-spread-constraints`
    "topology-spread-invalid", Reliability, Low, Standard, Workload(run),
    remediation: "complete the constraint: selector, topology key, `maxSkew`, `whenUnsatisfiable`",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let constraints = workload.pod().topology_spread_constraints.iter().enumerate();
    let evidence = constraints.flat_map(|(index, constraint)| {
        problems(constraint).map(move |(field, found, wanted)| {
            let field = format!("topologySpreadConstraints/{index}/{field}");
            Evidence::at(workload.pod_path(&field), found, wanted)
        })
    });
    Verdict::unless_empty(evidence.collect(), |_| {
        "a topology spread constraint is not complete".to_owned()
    })
}

/// Each wrong field, what is there and what is wanted.
fn problems(
    constraint: &TopologySpreadConstraint,
) -> impl Iterator<Item = (&'static str, String, &'static str)> {
    let TopologySpreadConstraint { max_skew, min_domains, .. } = constraint;
    let when = constraint.when_unsatisfiable.as_str();
    let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let is_known = matches!(when, "DoNotSchedule" | "ScheduleAnyway");
    let domains = min_domains.map(|domains| domains.to_string());
    let few = min_domains.is_some_and(|domains| domains < 1);
    let idle = min_domains.is_some() && when == "ScheduleAnyway";
    [
        constraint.label_selector.is_none().then(|| ("labelSelector", "none".into(), "a selector")),
        constraint
            .topology_key
            .is_empty()
            .then(|| ("topologyKey", "none".into(), "a label of nodes")),
        (*max_skew < 1).then(|| ("maxSkew", max_skew.to_string(), "at least 1")),
        (!is_known)
            .then(|| ("whenUnsatisfiable", or_none(when), "DoNotSchedule or ScheduleAnyway")),
        domains.filter(|_| few || idle).map(|domains| {
            ("minDomains", domains, if few { "at least 1" } else { "none, or DoNotSchedule" })
        }),
    ]
    .into_iter()
    .flatten()
}
