use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Probe, Workload},
};

/// What probes may be set to; what is not given is not judged.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Bounds of `initialDelaySeconds`, which is 0 by default.
    initial_delay_seconds: Range,
    /// Bounds of `periodSeconds`, which is 10 by default.
    period_seconds: Range,
    /// Bounds of `timeoutSeconds`, which is 1 by default.
    timeout_seconds: Range,
    /// Bounds of `successThreshold`, which is 1 by default.
    success_threshold: Range,
    /// Bounds of `failureThreshold`, which is 3 by default.
    failure_threshold: Range,
}

/// A least and a greatest number, both allowed themselves.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Range {
    /// The least number.
    min: Option<i32>,
    /// The greatest number.
    max: Option<i32>,
}

check! {
    /// Probes have sensible settings.
    ///
    /// ## Why
    ///
    /// A probe that may take longer than its period is not asked as often as is written there, and a
    /// hanging process is noticed late. Beyond that, what is sensible depends on the applications: a
    /// policy can set bounds.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// livenessProbe:
    ///   httpGet: {path: /livez, port: http}
    ///   periodSeconds: 10
    ///   timeoutSeconds: 2
    /// ```
    ///
    /// Found are `timeoutSeconds` above `periodSeconds`, and what a policy does not allow, in all
    /// three probes of regular containers and sidecars, after the API server's defaults:
    ///
    /// ```yaml
    /// settings:
    ///   - check: probe-settings-out-of-range
    ///     parameters:
    ///       periodSeconds: {min: 5, max: 60}
    ///       failureThreshold: {min: 2}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>
    /// - Datree 55 to 59
    "probe-settings-out-of-range", Reliability, Low, Standard, Workload(run),
    parameters: Parameters,
    remediation: "keep `timeoutSeconds` within `periodSeconds`, and settings within their bounds",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let parameters = context.parameters();
    let evidence = workload.running_containers().flat_map(|place| {
        place.container.probes().flat_map(move |(field, probe)| {
            violations(parameters, probe).map(move |(setting, found, wanted)| {
                let field = format!("{field}/{setting}");
                Evidence::in_container(&place, &field, found.to_string(), wanted)
            })
        })
    });
    Verdict::of_containers(
        evidence,
        "has a probe with a setting out of range",
        "have probes with settings out of range",
    )
}

/// The settings that are not allowed, with what is there and what is wanted.
fn violations(
    parameters: &Parameters,
    probe: &Probe,
) -> impl Iterator<Item = (&'static str, i32, String)> {
    let settings = [
        ("initialDelaySeconds", probe.initial_delay_seconds, &parameters.initial_delay_seconds),
        ("periodSeconds", probe.period_seconds, &parameters.period_seconds),
        ("timeoutSeconds", probe.timeout_seconds, &parameters.timeout_seconds),
        ("successThreshold", probe.success_threshold, &parameters.success_threshold),
        ("failureThreshold", probe.failure_threshold, &parameters.failure_threshold),
    ];
    let period = probe.period_seconds;
    settings.into_iter().filter_map(move |(name, found, range)| {
        let wanted = match range {
            Range { min: Some(min), .. } if found < *min => format!("at least {min}"),
            Range { max: Some(max), .. } if found > *max => format!("at most {max}"),
            _ if name == "timeoutSeconds" && found > period => format!("at most {period}"),
            _ => return None,
        };
        Some((name, found, wanted))
    })
}
