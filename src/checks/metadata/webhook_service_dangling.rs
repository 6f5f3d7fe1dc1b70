use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, Facts, Kind, ServiceReference},
};

check! {
    /// Webhooks and aggregated APIs lead to Services that exist.
    ///
    /// ## Why
    ///
    /// The API server calls the Service for every request that a webhook is asked about, and for
    /// every object of an aggregated API or of a converted kind. Where the Service is gone, these
    /// requests fail: deployments stop, namespaces are not deleted any more.
    ///
    /// ## Fix
    ///
    /// Install the program that the Service belongs to again, or delete what still refers to it:
    ///
    /// ```sh
    /// kubectl delete validatingwebhookconfiguration NAME
    /// ```
    ///
    /// Found are `clientConfig.service` of webhooks, `spec.service` of an aggregated API, and the
    /// conversion webhook of a custom resource, where their Service does not exist.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>
    /// - Clusterlint `admission-controller-webhook`
    "webhook-service-dangling", Metadata, High, Standard,
    Related(Lookup { kinds: KINDS, reads: &[Kind::Service], run }),
    remediation: "install what the Service belongs to, or delete the webhook",
}

const KINDS: &[Kind] = &[
    Kind::CustomResourceDefinition,
    Kind::ApiService,
    Kind::ValidatingWebhookConfiguration,
    Kind::MutatingWebhookConfiguration,
];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(body) = facts.whole_body() else { return Verdict::NotApplicable };
    let mut missing = references(body);
    missing.retain(|(_, service)| cluster.service(&service.namespace, &service.name).is_none());
    let Some((_, first)) = missing.first() else { return Verdict::Pass };
    if !cluster.is_complete(Kind::Service) {
        return Verdict::Unknown("the Service may be elsewhere".into());
    }
    let (namespace, name) = (&first.namespace, &first.name);
    let message = format!("refers to Service `{namespace}/{name}`, which does not exist");
    let evidence = missing.iter().map(|(path, service)| {
        let found = format!("`{}/{}`", service.namespace, service.name);
        Evidence::at(path.clone(), found, "a Service that exists")
    });
    Verdict::fail(message, evidence.collect::<Vec<_>>())
}

/// The Services that an object refers to, each with its JSON pointer.
fn references(body: &Body) -> Vec<(String, &ServiceReference)> {
    match body {
        Body::WebhookConfiguration(configuration) => {
            let webhooks = configuration.webhooks.iter().enumerate();
            let references = webhooks.filter_map(|(index, webhook)| {
                let service = webhook.client_config.service.as_ref()?;
                Some((format!("/webhooks/{index}/clientConfig/service"), service))
            });
            references.collect()
        }
        Body::ApiService(api) => {
            api.service.iter().map(|service| ("/spec/service".to_owned(), service)).collect()
        }
        Body::CustomResourceDefinition(definition) => {
            let webhook = definition.conversion.as_ref().and_then(|by| by.webhook.as_ref());
            let config = webhook.and_then(|webhook| webhook.client_config.as_ref());
            let service = config.and_then(|config| config.service.as_ref());
            let path = "/spec/conversion/webhook/clientConfig/service".to_owned();
            service.map(|service| (path, service)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
