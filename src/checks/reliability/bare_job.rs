use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Kind, Object as ClusterObject},
};

check! {
    /// Jobs are made by a controller.
    ///
    /// ## Why
    ///
    /// A Job that somebody has made by hand runs once, in nobody's name, and from no file in Git.
    ///
    /// ## Fix
    ///
    /// Let a CronJob make it, or the operator or workflow that it belongs to:
    ///
    /// ```yaml
    /// kind: CronJob
    /// spec:
    ///   schedule: "0 3 * * *"
    ///   jobTemplate: {}
    /// ```
    ///
    /// Found are Jobs without an owner reference that says `controller: true`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/job/>
    /// - Kyverno `restrict-jobs`
    "bare-job", Reliability, Info, Optional, Object(&[Kind::Job], run),
    remediation: "make Jobs from a CronJob",
    rule: Rule::object("!object.metadata.?ownerReferences.orValue([]).exists(owner, \
        owner.?controller.orValue(false))"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    if object.meta.controller().is_some() {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/metadata/ownerReferences", "no controller", "a CronJob");
    Verdict::fail("no controller manages the Job", [evidence])
}
