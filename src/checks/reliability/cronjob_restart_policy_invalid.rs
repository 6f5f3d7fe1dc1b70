use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Kind, Workload},
};

check! {
    /// Pods of Jobs and CronJobs are restarted on failure, or never.
    ///
    /// ## Why
    ///
    /// A Job ends; a pod that is restarted always does not. The API server refuses a Job whose
    /// `restartPolicy` is `Always`, and that is what an absent one means.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   template:
    ///     spec:
    ///       restartPolicy: OnFailure   # or Never, to keep the pods of failed attempts
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-template>
    /// - kube-score `cronjob-restartpolicy`
    "cronjob-restart-policy-invalid", Reliability, Medium, Standard, Workload(run),
    remediation: "set `restartPolicy` to `OnFailure` or `Never`",
    rule: Rule::object("!(variables.pod.?restartPolicy.orValue('') in ['OnFailure', 'Never'])")
        .when("object.kind in ['Job', 'CronJob']"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if !matches!(workload.kind, Kind::Job | Kind::CronJob) {
        return Verdict::NotApplicable;
    }
    let found = match workload.pod().restart_policy.as_deref() {
        Some("OnFailure" | "Never") => return Verdict::Pass,
        None | Some("") => "none, which is Always".to_owned(),
        Some(policy) => policy.to_owned(),
    };
    let path = workload.pod_path("restartPolicy");
    let evidence = Evidence::at(path, found, "OnFailure or Never");
    Verdict::fail("pods of a Job may not be restarted always", [evidence])
}
