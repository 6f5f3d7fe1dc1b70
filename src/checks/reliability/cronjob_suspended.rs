use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// CronJobs are not suspended.
    ///
    /// ## Why
    ///
    /// What was suspended for a night of maintenance is easily forgotten, and the backup with it.
    ///
    /// ## Fix
    ///
    /// Resume it, or delete it:
    ///
    /// ```yaml
    /// spec:
    ///   suspend: false
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension>
    /// - Popeye `POP-1500`
    "cronjob-suspended", Reliability, Info, Optional, Object(&[Kind::CronJob], run),
    remediation: "set `suspend` to false, or delete the CronJob",
    rule: Rule::object("object.spec.?suspend.orValue(false)"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Some(cron) = &workload.cron else { return Verdict::NotApplicable };
    if !cron.suspend {
        return Verdict::Pass;
    }
    Verdict::fail(
        "it is suspended, and makes no Jobs",
        [Evidence::at("/spec/suspend", "true", "false")],
    )
}
