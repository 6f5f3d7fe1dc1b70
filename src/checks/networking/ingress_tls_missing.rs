use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

/// What else counts as TLS.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Annotations that say that TLS ends before the Ingress, for example
    /// `alb.ingress.kubernetes.io/certificate-arn`; any value but an empty one will do. With a value
    /// (`kubernetes.io/ingress.allow-http=false`) no other will.
    annotations: Vec<String>,
}

check! {
    /// Ingresses use TLS.
    ///
    /// ## Why
    ///
    /// Without TLS, passwords, cookies and data travel in plain text, and whoever stands in
    /// between reads and changes them.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   tls:
    ///     - hosts: [shop.example.com]
    ///       secretName: shop-example-com-tls
    /// ```
    ///
    /// Where a load balancer in front ends TLS and an annotation says so, name the annotation in
    /// the policy:
    ///
    /// ```yaml
    /// settings:
    ///   - check: ingress-tls-missing
    ///     parameters: {annotations: [alb.ingress.kubernetes.io/certificate-arn]}
    /// ```
    ///
    /// An annotation may be asked for with its value: `kubernetes.io/ingress.allow-http=false`. An
    /// entry of `spec.tls` without a Secret takes the certificate of the controller, and counts.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/ingress/#tls>
    /// - Polaris `tlsSettingsMissing`, Gatekeeper `httpsonly`, Kyverno `require-ingress-https`
    "ingress-tls-missing", Networking, Medium, Core, Object(&[Kind::Ingress], run),
    parameters: Parameters,
    remediation: "configure `spec.tls` with a certificate",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Ingress(ingress) = &object.body else { return Verdict::NotApplicable };
    let Parameters { annotations } = context.parameters();
    let ends_before = annotations.iter().any(|entry| {
        let (key, wanted) =
            entry.split_once('=').map_or((&**entry, None), |(key, value)| (key, Some(value)));
        let value = object.meta.annotations.value(key).unwrap_or_default().trim();
        wanted.map_or(!value.is_empty(), |wanted| value == wanted)
    });
    if ends_before || !ingress.tls.is_empty() {
        return Verdict::Pass;
    }
    Verdict::fail("ingress has no TLS", [Evidence::at("/spec/tls", "none", "certificate")])
}
