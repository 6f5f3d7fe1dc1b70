use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, Facts, Kind},
};

check! {
    /// Priority classes are used.
    ///
    /// ## Why
    ///
    /// A class that no pod has is a choice that somebody makes by mistake, and a high one may push
    /// others off their nodes.
    ///
    /// ## Fix
    ///
    /// Delete it. The classes `system-…` and the default class are always needed.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>
    /// - Kor `priorityclasses`
    "priority-class-unused", Efficiency, Info, Optional,
    Related(Lookup { kinds: &[Kind::PriorityClass], reads: Kind::WORKLOADS, run }),
    remediation: "delete the class",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(Body::PriorityClass(class)) = facts.whole_body() else {
        return Verdict::NotApplicable;
    };
    let name = &facts.key.name;
    if name.starts_with("system-") || class.global_default == Some(true) {
        return Verdict::NotApplicable;
    }
    if cluster.uses_priority_class(name) {
        return Verdict::Pass;
    }
    if !Kind::WORKLOADS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("what uses it may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "named by no pod template", "a user");
    Verdict::fail("no pod template uses the class", [evidence])
}
