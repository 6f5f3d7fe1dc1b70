use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

/// How long a finished Job may stay.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Days after the end.
    days: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { days: 7 }
    }
}

check! {
    /// Finished Jobs go away.
    ///
    /// ## Why
    ///
    /// A finished Job keeps its pods and their logs, which fill the API server's store, every list
    /// and every dashboard.
    ///
    /// ## Fix
    ///
    /// Delete it, and let the next one delete itself:
    ///
    /// ```yaml
    /// apiVersion: batch/v1
    /// kind: Job
    /// spec:
    ///   ttlSecondsAfterFinished: 86400
    /// ```
    ///
    /// Jobs with that field are not judged, nor are those that a CronJob or another controller
    /// owns and cleans up.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/>
    "job-finished-lingering", Efficiency, Info, Optional, Timed(&[Kind::Job], run),
    parameters: Parameters,
    remediation: "delete the Job; set `ttlSecondsAfterFinished` on the next one",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Workload(job) = &object.body else { return Verdict::NotApplicable };
    let Parameters { days } = context.parameters();
    if job.ttl_seconds_after_finished.is_some() || object.meta.controller().is_some() {
        return Verdict::NotApplicable;
    }
    let Some(end) = job.finished_at.and_then(|end| Timestamp::from_second(end).ok()) else {
        return Verdict::Pass;
    };
    if context.now().duration_since(end) <= SignedDuration::from_hours(24 * i64::from(*days)) {
        return Verdict::Pass;
    }
    let evidence =
        Evidence::at("/status/conditions", end.to_string(), format!("gone in {days} days"));
    Verdict::fail(format!("job is finished since {end}, and still there"), [evidence])
}
