use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Break, Cluster, Facts, Kind, Workload as Template},
};

/// Which workloads are judged.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Whether only workloads are judged whose pods a Service selects.
    only_behind_service: bool,
}

check! {
    /// New versions are rolled out pod by pod.
    ///
    /// ## Why
    ///
    /// With `Recreate` all old pods end before the first new one starts: every release is an outage,
    /// and one that does not start is a long one. With `OnDelete` a new template changes nothing until
    /// somebody deletes the pods.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   strategy:                    # updateStrategy for a StatefulSet or DaemonSet
    ///     type: RollingUpdate
    ///     rollingUpdate: {maxUnavailable: 1}
    /// ```
    ///
    /// Found are `Recreate`, `OnDelete`, and a rolling update whose `maxUnavailable` is 100%. What may
    /// run only once at a time, as the only user of a volume, has to be recreated: exempt it. A policy
    /// can leave out what serves nobody:
    ///
    /// ```yaml
    /// settings:
    ///   - check: rolling-update-disabled
    ///     parameters: {onlyBehindService: true}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy>
    /// - KubeLinter `no-rolling-update-strategy`, kube-score `deployment-strategy`
    "rolling-update-disabled", Reliability, Low, Core,
    Related(Lookup {
        kinds: &[Kind::Deployment, Kind::DaemonSet, Kind::StatefulSet],
        reads: &[Kind::Service],
        run,
    }),
    parameters: Parameters,
    remediation: "use `RollingUpdate`, with a `maxUnavailable` below 100%",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let Some(reason) = workload.rollout_break else { return Verdict::Pass };
    let Parameters { only_behind_service } = context.parameters();
    let namespace = &facts.key.namespace;
    if *only_behind_service && cluster.services_of(namespace, workload).next().is_none() {
        return match cluster.is_complete(Kind::Service) {
            true => Verdict::NotApplicable,
            false => Verdict::Unknown("a Service may be elsewhere".into()),
        };
    }
    let field = Template::strategy_field(facts.kind());
    let (path, found, wanted, message) = match reason {
        Break::Recreate => {
            ("type", "Recreate", "RollingUpdate", "all pods end before new ones start")
        }
        Break::OnDelete => {
            ("type", "OnDelete", "RollingUpdate", "new pods wait for the old to be deleted")
        }
        Break::AllAtOnce => (
            "rollingUpdate/maxUnavailable",
            "100%",
            "less than all",
            "a rollout may take all pods away at once",
        ),
    };
    Verdict::fail(message, [Evidence::at(format!("/spec/{field}/{path}"), found, wanted)])
}
