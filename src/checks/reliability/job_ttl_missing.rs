use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Finished Jobs are cleaned up once, and by themselves.
    ///
    /// ## Why
    ///
    /// A Job stays after its end, and so do its pods, until somebody deletes them: they fill etcd, and
    /// every list of pods. The Jobs of a CronJob are cleaned up by its history limits; with a time to
    /// live beside these, the last runs are gone when somebody wants to see why they failed.
    ///
    /// ## Fix
    ///
    /// On a Job by itself:
    ///
    /// ```yaml
    /// spec:
    ///   ttlSecondsAfterFinished: 86400
    /// ```
    ///
    /// On a CronJob, leave it out, and set `successfulJobsHistoryLimit` and `failedJobsHistoryLimit`.
    ///
    /// Found are Jobs without `ttlSecondsAfterFinished` that no other object manages, and CronJobs
    /// whose `jobTemplate` has it.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/>
    /// - KubeLinter `job-ttl-seconds-after-finished`
    "job-ttl-missing", Reliability, Low, Standard, Object(&[Kind::Job, Kind::CronJob], run),
    remediation: "set `ttlSecondsAfterFinished` on a Job, and leave it out of a CronJob",
    rule: Rule::object("object.kind == 'Job' ? !has(object.spec.ttlSecondsAfterFinished) : \
        object.spec.?jobTemplate.?spec.?ttlSecondsAfterFinished.hasValue()")
        .when("object.kind == 'CronJob' || \
        !object.metadata.?ownerReferences.orValue([]).exists(owner, \
        owner.?controller.orValue(false))"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    match (object.kind, workload.ttl_seconds_after_finished) {
        (Kind::Job, _) if object.meta.controller().is_some() => Verdict::NotApplicable,
        (Kind::Job, None) => {
            let path = "/spec/ttlSecondsAfterFinished";
            let evidence = Evidence::at(path, "none", "a number of seconds");
            Verdict::fail("nothing cleans up the Job when it is done", [evidence])
        }
        (Kind::CronJob, Some(seconds)) => {
            let path = "/spec/jobTemplate/spec/ttlSecondsAfterFinished";
            let evidence = Evidence::at(path, seconds.to_string(), "none, but history limits");
            Verdict::fail("a time to live stands beside the history limits", [evidence])
        }
        _ => Verdict::Pass,
    }
}
