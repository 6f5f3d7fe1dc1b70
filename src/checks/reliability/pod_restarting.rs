use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, Facts, Kind},
};

/// How often containers may be restarted.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The most restarts of one container since its pod was made.
    #[schemars(range(min = 0))]
    restarts: u32,
    /// Restarts count when the last one was in so many hours; at most a week.
    #[serde(deserialize_with = "within_a_week")]
    #[schemars(range(min = 1, max = 168))]
    hours: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { restarts: 5, hours: 24 }
    }
}

/// What is longer ago is not kept.
fn within_a_week<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        hours @ 1..=168 => Ok(hours),
        hours => Err(serde::de::Error::custom(format!("{hours} is not between 1 and 168"))),
    }
}

check! {
    /// Containers are not restarted again and again.
    ///
    /// ## Why
    ///
    /// A container that is killed for its memory every few hours looks well whenever somebody looks.
    /// Each time its requests are lost, and what it was working on is begun anew.
    ///
    /// ## Fix
    ///
    /// Look at why the container ended, and at what it said:
    ///
    /// ```sh
    /// kubectl describe pod NAME      # Last State: OOMKilled, Error, exit code
    /// kubectl logs NAME --previous
    /// ```
    ///
    /// Found are containers with more than five restarts, the last of them within a day. They are
    /// reported on the workload that their pod belongs to. A policy can set other numbers:
    ///
    /// ```yaml
    /// settings:
    ///   - check: pod-restarting
    ///     parameters: {restarts: 20, hours: 6}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy>
    /// - Popeye `POP-205`
    "pod-restarting", Reliability, Low, Standard,
    RelatedTimed(Lookup { kinds: Kind::RUNNING, reads: &[Kind::Pod], run }),
    parameters: Parameters,
    remediation: "look at the last state of the container, and at its previous log",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload().filter(|workload| !workload.is_owned) else {
        return Verdict::NotApplicable;
    };
    let Parameters { restarts: most, hours } = context.parameters();
    let since = context.now().as_second() - i64::from(*hours) * 3600;
    let mut containers: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (pod, trouble) in cluster.troubles(facts) {
        let often = trouble
            .restarts
            .iter()
            .filter(|restart| i64::from(restart.count) > i64::from(*most) && restart.last >= since);
        for restart in often {
            containers.entry((&restart.container, restart.path)).or_default().push(pod);
        }
    }
    let is_pod = facts.kind() == Kind::Pod;
    if containers.is_empty() && !is_pod && !cluster.is_complete(Kind::Pod) {
        return Verdict::Unknown("its pods may be elsewhere".into());
    }
    // How often exactly is not said: it would change with every restart.
    let evidence = containers.into_iter().map(|((container, path), pods)| {
        let path = if is_pod { path } else { workload.template_path };
        let found = format!("more than {most} restarts in {}", enumerate(&pods));
        let wanted = format!("at most {most} restarts");
        Evidence { container: container.into(), ..Evidence::at(path, found, wanted) }
    });
    Verdict::of_containers(
        evidence,
        "is restarted again and again",
        "are restarted again and again",
    )
}
