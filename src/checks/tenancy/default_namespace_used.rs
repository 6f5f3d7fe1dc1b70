use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Kind, Object as ClusterObject, workloads_and},
};

/// What counts as the default namespace.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Whether manifests that name no namespace are left alone, for example because Kustomize, Helm
    /// or Argo CD name it later.
    allow_absent: bool,
}

const KINDS: &[Kind] = workloads_and![
    Service,
    ConfigMap,
    ServiceAccount,
    Role,
    RoleBinding,
    Ingress,
    PersistentVolumeClaim,
    HorizontalPodAutoscaler,
    PodDisruptionBudget
];

/// What Kubernetes itself keeps in the namespace.
const BUILT_IN: &[(Kind, &str)] = &[
    (Kind::Service, "kubernetes"),
    (Kind::ConfigMap, "kube-root-ca.crt"),
    (Kind::ServiceAccount, "default"),
];

check! {
    /// Nothing lives in the namespace `default`.
    ///
    /// ## Why
    ///
    /// What is applied without a namespace lands in `default`, beside everything else that was:
    /// quotas, network policies and roles cannot tell the owners apart, and nobody dares to delete.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// metadata:
    ///   namespace: shop
    /// ```
    ///
    /// Found are workloads, Services, Ingresses, `ConfigMaps`, accounts, roles and their bindings,
    /// claims, autoscalers and disruption budgets. A manifest without namespace counts, for that is
    /// where it goes; where something names the namespace later, tell `scan` by `--namespace`, or
    /// the policy:
    ///
    /// ```yaml
    /// settings:
    ///   - check: default-namespace-used
    ///     parameters: {allowAbsent: true}
    /// ```
    ///
    /// What Kubernetes itself keeps there is left alone. Secrets are not read for this.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/>
    /// - CIS Kubernetes Benchmark 1.12, 5.6.4
    "default-namespace-used", Tenancy, Low, Core, Object(KINDS, run),
    parameters: Parameters,
    remediation: "use a namespace of its own",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Parameters { allow_absent } = context.parameters();
    let meta = &object.meta;
    if BUILT_IN.iter().any(|(kind, name)| *kind == object.kind && *name == meta.name) {
        return Verdict::NotApplicable;
    }
    let namespace = meta.namespace.as_deref().unwrap_or_default();
    let found = match namespace {
        "" if *allow_absent => return Verdict::NotApplicable,
        "" => "none",
        "default" => "default",
        _ => return Verdict::Pass,
    };
    let evidence = Evidence::at("/metadata/namespace", found, "a namespace of its own");
    let message = match found {
        "none" => "object names no namespace, and so lands in `default`",
        _ => "object is in the namespace `default`",
    };
    Verdict::fail(message, [evidence])
}
