use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind, ValuePattern},
};

/// Which classes Ingresses may have.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Globs of classes; without any, all classes that exist will do.
    #[schemars(with = "Vec<String>")]
    allowed: Vec<ValuePattern>,
}

check! {
    /// Ingresses have a class that exists and is allowed.
    ///
    /// ## Why
    ///
    /// The class says which controller serves the Ingress. With a class that no controller has,
    /// nobody does; with the wrong one, an internal application is on the internet.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   ingressClassName: internal
    /// ```
    ///
    /// Say in the policy which classes users may choose:
    ///
    /// ```yaml
    /// settings:
    ///   - check: ingress-class-not-allowed
    ///     parameters: {allowed: [internal, public]}
    /// ```
    ///
    /// Found are Ingresses whose class is not allowed, whose `ingressClassName` is that of no
    /// `IngressClass`, or that name no class where none is the default. The old annotation
    /// `kubernetes.io/ingress.class` names a class, too, and need not be that of an `IngressClass`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class>
    /// - Kyverno `restrict-ingress-classes`
    "ingress-class-not-allowed", Networking, Low, Core,
    Related(Lookup { kinds: &[Kind::Ingress], reads: &[Kind::IngressClass], run }),
    parameters: Parameters,
    remediation: "set `spec.ingressClassName` to a class that exists and is allowed",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let FactBody::Ingress(ingress) = &facts.body else { return Verdict::NotApplicable };
    let Parameters { allowed } = context.parameters();
    let Some(class) = ingress.class().or_else(|| cluster.default_ingress_class()) else {
        return certain(cluster, "ingress has no class, and none is the default", "none");
    };
    if !allowed.is_empty() && !allowed.iter().any(|glob| glob.matches(class)) {
        return fail(&format!("ingress class `{class}` is not allowed"), class);
    }
    let is_field = ingress.ingress_class_name.as_deref() == Some(class);
    if is_field && cluster.find(Kind::IngressClass, "", class).is_none() {
        return certain(cluster, &format!("ingress class `{class}` does not exist"), class);
    }
    Verdict::Pass
}

fn certain(cluster: &Cluster, message: &str, found: &str) -> Verdict {
    if !cluster.is_complete(Kind::IngressClass) {
        return Verdict::Unknown("the IngressClass may be elsewhere".into());
    }
    fail(message, found)
}

fn fail(message: &str, found: &str) -> Verdict {
    let wanted = "a class that exists and is allowed";
    Verdict::fail(message, [Evidence::at("/spec/ingressClassName", found.to_owned(), wanted)])
}
