use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Kind, Object as ClusterObject},
};

/// Which hosts are allowed. Without an entry in any list nothing is judged.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Domains; a host has to be one of them or below one, for example `example.com`.
    approved_suffixes: Vec<String>,
    /// Texts that a host has to contain, all of them.
    must_contain: Vec<String>,
    /// Texts of which a host may contain none.
    must_not_contain: Vec<String>,
}

check! {
    /// Ingresses take hosts of approved domains only.
    ///
    /// ## Why
    ///
    /// A host of a foreign domain is a typing error, a forgotten test, or somebody who serves his
    /// own site from your cluster.
    ///
    /// ## Fix
    ///
    /// Use a host of an approved domain, or approve the domain in the policy:
    ///
    /// ```yaml
    /// settings:
    ///   - check: ingress-host-not-allowed
    ///     parameters: {approvedSuffixes: [example.com], mustNotContain: [internal]}
    /// ```
    ///
    /// Domains are compared on `.` boundaries, so that `evil-example.com` does not pass for
    /// `example.com`. A rule without host takes any, and is none of the approved ones.
    ///
    /// ## References
    ///
    /// - K8Guard `INGRESS_HOST_INVALID`
    "ingress-host-not-allowed", Networking, Medium, Core, Object(&[Kind::Ingress], run),
    parameters: Parameters,
    remediation: "use a host of an approved domain",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Ingress(ingress) = &object.body else { return Verdict::NotApplicable };
    let parameters: &Parameters = context.parameters();
    let Parameters { approved_suffixes, must_contain, must_not_contain } = parameters;
    if [approved_suffixes, must_contain, must_not_contain].iter().all(|list| list.is_empty()) {
        return Verdict::NotApplicable;
    }
    let rules = ingress.rules.iter().enumerate();
    let evidence = rules.filter_map(|(index, rule)| {
        let wanted = parameters.objection(&rule.host.to_ascii_lowercase())?;
        let found = if rule.host.is_empty() { "any host" } else { &rule.host };
        Some(Evidence::at(format!("/spec/rules/{index}/host"), found.to_owned(), wanted))
    });
    Verdict::unless_empty(evidence.collect(), |evidence| {
        let hosts: Vec<&str> = evidence.iter().map(|place| &*place.found).collect();
        format!("ingress takes hosts that are not allowed: {}", enumerate(&hosts))
    })
}

impl Parameters {
    /// What a host should be, if it is not.
    fn objection(&self, host: &str) -> Option<String> {
        let is_below = |domain: &String| {
            let domain = domain.trim_start_matches("*.").trim_matches('.').to_ascii_lowercase();
            host.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let lacks = |text: &&String| !host.contains(text.to_ascii_lowercase().as_str());
        if let Some(text) = self.must_contain.iter().find(lacks) {
            return Some(format!("a host with `{text}`"));
        }
        if let Some(text) = self.must_not_contain.iter().find(|text| !lacks(text)) {
            return Some(format!("a host without `{text}`"));
        }
        let approved = &self.approved_suffixes;
        (!approved.is_empty() && !approved.iter().any(is_below))
            .then(|| format!("a host below {}", approved.join(", ")))
    }
}
