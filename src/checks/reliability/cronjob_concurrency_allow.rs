use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// CronJobs do not run beside themselves.
    ///
    /// ## Why
    ///
    /// With `concurrencyPolicy: Allow`, the default, a Job that takes longer than its period is
    /// joined by the next, and that by another. They work on the same data, and together fill the
    /// node.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   concurrencyPolicy: Forbid     # or Replace, when only the newest run counts
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy>
    /// - Datree 24
    "cronjob-concurrency-allow", Reliability, Low, Standard, Object(&[Kind::CronJob], run),
    remediation: "set `concurrencyPolicy` to `Forbid` or `Replace`",
    rule: Rule::object("object.spec.?concurrencyPolicy.orValue('') in ['', 'Allow']"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Some(cron) = &workload.cron else { return Verdict::NotApplicable };
    if cron.concurrency_policy != "Allow" {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/spec/concurrencyPolicy", "Allow", "Forbid or Replace");
    Verdict::fail("its Jobs may run beside each other", [evidence])
}
