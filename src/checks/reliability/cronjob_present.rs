use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Kind, Object as ClusterObject, ValuePattern},
};

/// Which CronJobs are known.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Globs over names, for example `backup-*`.
    #[schemars(with = "Vec<String>")]
    allowed: Vec<ValuePattern>,
}

check! {
    /// CronJobs are known to somebody.
    ///
    /// ## Why
    ///
    /// A CronJob is a way to come back: who was in the cluster once leaves one, and it runs again
    /// after everything else was cleaned up. This check is an inventory, off by default: whoever turns
    /// it on sees each CronJob, and says which are meant to be there.
    ///
    /// ## Fix
    ///
    /// Name those that are known, and delete the others:
    ///
    /// ```yaml
    /// settings:
    ///   - check: cronjob-present
    ///     parameters: {allowed: ["backup-*", report]}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/>
    /// - Kubescape `C-0026`
    "cronjob-present", Reliability, Info, Optional, Object(&[Kind::CronJob], run),
    parameters: Parameters,
    remediation: "delete the CronJob, or name it among those that are allowed",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Parameters { allowed } = context.parameters();
    let name = object.meta.name.as_str();
    if allowed.iter().any(|pattern| pattern.matches(name)) {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/metadata/name", name.to_owned(), "a name that is allowed");
    Verdict::fail("nobody has named this CronJob among the known ones", [evidence])
}
