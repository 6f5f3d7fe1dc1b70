use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// CronJobs have a starting deadline.
    ///
    /// ## Why
    ///
    /// Without a deadline, a CronJob that could not run when it was due, because the control plane
    /// was down or its last Job still ran, starts as soon as it can: a nightly job at noon.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   schedule: "0 3 * * *"
    ///   startingDeadlineSeconds: 3600
    /// ```
    ///
    /// Found is also a deadline below ten seconds: Kubernetes does not promise to be that punctual.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline>
    /// - kube-score `cronjob-has-deadline`
    "cronjob-deadline-missing", Reliability, Low, Standard, Object(&[Kind::CronJob], run),
    remediation: "set `startingDeadlineSeconds`, to 10 or more",
    rule: Rule::object("object.spec.?startingDeadlineSeconds.orValue(0) < 10"),
}

/// The shortest deadline that can be relied on, in seconds.
const SHORTEST: i64 = 10;

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Some(cron) = &workload.cron else { return Verdict::NotApplicable };
    let (found, message) = match cron.starting_deadline_seconds {
        Some(seconds) if seconds >= SHORTEST => return Verdict::Pass,
        Some(seconds) => (seconds.to_string(), "starting deadline is below ten seconds"),
        None => ("none".to_owned(), "there is no starting deadline"),
    };
    let evidence = Evidence::at("/spec/startingDeadlineSeconds", found, "at least 10");
    Verdict::fail(message, [evidence])
}
