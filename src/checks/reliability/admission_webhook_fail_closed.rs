use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, Facts, Kind, LabelSelector, Labels, ObjectKey, Webhook, WebhookRule},
};

check! {
    /// Admission webhooks that must answer cannot lock the cluster.
    ///
    /// ## Why
    ///
    /// With `failurePolicy: Fail`, what a webhook does not answer is refused. If it is asked about the
    /// pods of `kube-system`, an outage of the webhook keeps network and DNS from starting: what it
    /// would need itself to come back. And a webhook that nobody answers for refuses everything now.
    ///
    /// ## Fix
    ///
    /// Leave system namespaces out, or let requests through when there is no answer
    /// (`failurePolicy: Ignore`):
    ///
    /// ```yaml
    /// webhooks:
    ///   - name: check.example.com
    ///     failurePolicy: Fail
    ///     namespaceSelector:
    ///       matchExpressions:
    ///         - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}
    /// ```
    ///
    /// Found are webhooks of the policy `Fail`, the default, that are asked about the creation of pods
    /// in `kube-system`, and those whose Service does not exist or has no ready endpoint. A webhook with
    /// `matchConditions`, or with an `objectSelector` that pods have to be labelled for, may leave
    /// system pods out, and is only found for its Service.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/>
    /// - Kubescape `C-0036`, `C-0039`
    "admission-webhook-fail-closed", Reliability, High, Standard,
    Related(Lookup { kinds: KINDS, reads: READS, run }),
    remediation: "leave `kube-system` out by `namespaceSelector`, or set `failurePolicy: Ignore`",
}

const KINDS: &[Kind] = &[Kind::ValidatingWebhookConfiguration, Kind::MutatingWebhookConfiguration];
const READS: &[Kind] = &[Kind::Namespace, Kind::Service, Kind::EndpointSlice];

/// The namespace that the cluster cannot do without, and the label that the API server gives it.
const SYSTEM: &str = "kube-system";
const NAME: &str = "kubernetes.io/metadata.name";

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(Body::WebhookConfiguration(configuration)) = facts.whole_body() else {
        return Verdict::NotApplicable;
    };
    let mut problems = Vec::new();
    let mut unknown = None;
    let webhooks = configuration.webhooks.iter().enumerate();
    for (index, webhook) in webhooks.filter(|(_, webhook)| webhook.failure_policy == "Fail") {
        for answer in [judge_scope(webhook, cluster), judge_service(webhook, cluster)] {
            match answer {
                Ok(None) => {}
                Ok(Some((field, fact))) => problems.push((index, webhook, field, fact)),
                Err(reason) => unknown = Some(reason),
            }
        }
    }
    let Some((_, webhook, _, fact)) = problems.first() else {
        return unknown.map_or(Verdict::Pass, |reason| Verdict::Unknown(reason.into()));
    };
    let message = format!("webhook `{}` must answer, and {fact}", webhook.name);
    let evidence = problems.iter().map(|(index, _, field, fact)| {
        let wanted = match *field {
            SCOPE => "a selector that leaves it out",
            _ => "a Service that answers",
        };
        Evidence::at(format!("/webhooks/{index}/{field}"), fact.clone(), wanted)
    });
    Verdict::fail(message, evidence.collect::<Vec<_>>())
}

/// The field that says which namespaces a webhook is asked about.
const SCOPE: &str = "namespaceSelector";

/// The field that is wrong, and the fact; or why that cannot be known.
type Answer = Result<Option<(&'static str, String)>, &'static str>;

fn judge_scope(webhook: &Webhook, cluster: &Cluster) -> Answer {
    let by_label = webhook.object_selector.as_ref();
    let is_for_some = by_label.is_some_and(|selector| !selector.selects(&Labels::default()))
        || !webhook.match_conditions.is_empty();
    if is_for_some || !webhook.rules.iter().any(creates_pods) {
        return Ok(None);
    }
    let labels = cluster.namespace_labels(SYSTEM);
    let selects = webhook.namespace_selector.as_ref().is_none_or(|selector| {
        selector.selects_by(|key| match key {
            NAME => Some(SYSTEM),
            key => labels.and_then(|labels| labels.value(key)),
        })
    });
    let by_name = webhook.namespace_selector.as_ref().is_none_or(is_of_name_only);
    let is_certain = by_name || labels.is_some() || cluster.is_complete(Kind::Namespace);
    match (selects, is_certain) {
        (true, true) => Ok(Some((SCOPE, format!("is asked about the pods of `{SYSTEM}`")))),
        (_, false) => Err("the labels of `kube-system` are not known"),
        (false, true) => Ok(None),
    }
}

/// The one label that a namespace has for certain.
fn is_of_name_only(selector: &LabelSelector) -> bool {
    selector.match_labels.iter().all(|(key, _)| key == NAME)
        && selector.match_expressions.iter().all(|requirement| requirement.key == NAME)
}

fn creates_pods(rule: &WebhookRule) -> bool {
    let has = |list: &[compact_str::CompactString], wanted: &[&str]| {
        list.iter().any(|one| wanted.contains(&one.as_str()))
    };
    has(&rule.api_groups, &["", "*"])
        && has(&rule.api_versions, &["v1", "*"])
        && has(&rule.operations, &["CREATE", "*"])
        && has(&rule.resources, &["pods", "pods/*", "*", "*/*"])
        && rule.scope != "Cluster"
}

fn judge_service(webhook: &Webhook, cluster: &Cluster) -> Answer {
    let Some(service) = &webhook.client_config.service else { return Ok(None) };
    let field = "clientConfig/service";
    let name = format!("its Service `{}/{}`", service.namespace, service.name);
    if cluster.service(&service.namespace, &service.name).is_none() {
        return match cluster.is_complete(Kind::Service) {
            true => Ok(Some((field, format!("{name} does not exist")))),
            false => Err("its Service may be elsewhere"),
        };
    }
    let key = ObjectKey {
        kind: Kind::Service,
        namespace: service.namespace.as_str().into(),
        name: service.name.as_str().into(),
    };
    // A cluster has a slice for each Service that selects pods; files have none.
    let mut slices = cluster.slices_of(&key).peekable();
    let is_known = slices.peek().is_some();
    let is_ready = slices.any(|slice| slice.ready > 0);
    match (is_known, is_ready) {
        (true, false) if cluster.is_complete(Kind::EndpointSlice) => {
            Ok(Some((field, format!("{name} has no ready endpoint"))))
        }
        (true, false) => Err("other endpoints of its Service may be elsewhere"),
        _ => Ok(None),
    }
}
