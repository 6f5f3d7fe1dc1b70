use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{PodSpec, Workload as Template},
};

/// How many dots a name needs to be looked up as it is.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The highest `ndots` that is allowed.
    max: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { max: 2 }
    }
}

check! {
    /// Pods look up names outside of the cluster at once.
    ///
    /// ## Why
    ///
    /// Kubernetes sets `ndots: 5`: `api.example.com` is first looked up in three or more domains of
    /// the cluster, for IPv4 and IPv6 each, before it is looked up as it is. That is most of the load
    /// of a cluster's DNS, and latency for every connection to the outside.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   template:
    ///     spec:
    ///       dnsConfig:
    ///         options: [{name: ndots, value: "2"}]
    /// ```
    ///
    /// Names of Services are found as before (`web`, `web.shop`). Only pods with the DNS policy
    /// `ClusterFirst` are judged, which is the default; in the network of the node it means that of
    /// the node.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config>
    /// - kube-linter `dnsconfig-options`, Kyverno `add-ndots`
    "dns-ndots-not-set", Networking, Info, Optional, Workload(run),
    parameters: Parameters,
    remediation: "set the DNS option `ndots` to 2",
}

fn run(workload: &Template, context: &Context<'_>) -> Verdict {
    let Parameters { max } = context.parameters();
    let pod = workload.pod();
    if pod.dns_policy.as_deref() != Some("ClusterFirst") || pod.host_network == Some(true) {
        return Verdict::NotApplicable;
    }
    let set = ndots(pod);
    if set.and_then(|value| value.parse::<u32>().ok()).is_some_and(|value| value <= *max) {
        return Verdict::Pass;
    }
    let (message, found) = match set {
        Some(value) => (format!("`ndots` is `{value}`"), value.to_owned()),
        None => ("`ndots` is not set, and so 5".to_owned(), "none".to_owned()),
    };
    let path = workload.pod_path("dnsConfig/options");
    Verdict::fail(message, [Evidence::at(path, found, format!("at most {max}"))])
}

/// The last one counts.
fn ndots(pod: &PodSpec) -> Option<&str> {
    let mut options = pod.dns_config.as_ref()?.options.iter().rev();
    options.find(|option| option.name == "ndots")?.value.as_deref()
}
