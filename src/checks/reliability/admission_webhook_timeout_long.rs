use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, enumerate},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Admission webhooks answer within ten seconds.
    ///
    /// ## Why
    ///
    /// The API server waits for a webhook while somebody waits for the API server: one that hangs
    /// makes every write that it is asked about take as long as its timeout, and several of them add
    /// up to more than clients are willing to wait.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// webhooks:
    ///   - name: check.example.com
    ///     timeoutSeconds: 5
    /// ```
    ///
    /// Found are webhooks with a `timeoutSeconds` above 10, which is the default.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/>
    /// - Clusterlint `admission-controller-webhook-timeout`
    "admission-webhook-timeout-long", Reliability, Low, Standard, Object(KINDS, run),
    remediation: "lower `timeoutSeconds` to 10 or less",
    rule: Rule::object("object.?webhooks.orValue([]).exists(webhook, \
        webhook.?timeoutSeconds.orValue(10) > 10)"),
}

const KINDS: &[Kind] = &[Kind::ValidatingWebhookConfiguration, Kind::MutatingWebhookConfiguration];

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::WebhookConfiguration(configuration) = &object.body else {
        return Verdict::NotApplicable;
    };
    let webhooks = configuration.webhooks.iter().enumerate();
    let slow = webhooks.filter_map(|(index, webhook)| {
        let seconds = webhook.timeout_seconds.filter(|seconds| *seconds > 10)?;
        let path = format!("/webhooks/{index}/timeoutSeconds");
        Some((webhook.name.as_str(), Evidence::at(path, seconds.to_string(), "at most 10")))
    });
    let (names, evidence): (Vec<_>, Vec<_>) = slow.unzip();
    Verdict::unless_empty(evidence, |_| {
        format!("requests may wait more than ten seconds for {}", enumerate(&names))
    })
}
