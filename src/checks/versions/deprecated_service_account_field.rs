use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::Workload,
};

check! {
    /// The account of pods is named by `serviceAccountName`.
    ///
    /// ## Why
    ///
    /// `serviceAccount` is an old name of the same field. Where both are set, `serviceAccountName`
    /// wins, and pods run as another account than a reader of the manifest may think.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   serviceAccountName: web
    /// ```
    ///
    /// Found is a `serviceAccount` beside a `serviceAccountName` that is absent, empty or different.
    /// The API server copies one to the other, so that objects of a cluster carry both and pass.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/>
    /// - kube-linter `deprecated-service-account-field`, kubeaudit `asat`, Kubescape C-0294
    "deprecated-service-account-field", Versions, Low, Core, Workload(run),
    remediation: "name the account by `serviceAccountName`, and drop `serviceAccount`",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let pod = workload.pod();
    let Some(old) = pod.service_account.as_deref().filter(|name| !name.is_empty()) else {
        return Verdict::Pass;
    };
    let message = match pod.service_account_name.as_deref().unwrap_or_default() {
        name if name == old => return Verdict::Pass,
        "" => "pods name their account by `serviceAccount`".to_owned(),
        name => format!("pods run as `{name}`, though `serviceAccount` names `{old}`"),
    };
    let evidence = Evidence::at(workload.pod_path("serviceAccount"), old.to_owned(), "absent");
    Verdict::fail(message, [evidence])
}
