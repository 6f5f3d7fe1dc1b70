use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    api::Severity,
    checks::{Context, Evidence, Verdict, check::check},
    model::{ApiLifecycle, Kind, MinorVersion, Object, RemovedAddonApi},
};

/// For which version of Kubernetes to judge.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The version that an upgrade leads to, for example `1.40`; absent is the version of the
    /// cluster, or of `--kubernetes-version`.
    kubernetes_version: Option<MinorVersion>,
}

check! {
    /// Manifests use APIs that the cluster serves.
    ///
    /// ## Why
    ///
    /// A manifest of a removed API version cannot be applied any more. The object that it once made
    /// lives on, so that nobody notices until the day of the next release, or of a restore.
    ///
    /// ## Fix
    ///
    /// Move to the API version that replaces it; fields may have moved too:
    ///
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1   # was extensions/v1beta1
    /// kind: Ingress
    /// ```
    ///
    /// Found are objects of a built-in kind that are written in an API version which the target
    /// version of Kubernetes does not serve. The API server shows an object in any version, so in a
    /// cluster the annotation of the last `kubectl apply` and the field managers of the object tell
    /// in which version people write it; components of Kubernetes and writers of a status do not
    /// count, nor does a manager that has written in another version since. Set `kubernetesVersion`
    /// to see before an upgrade what it will break.
    ///
    /// Of add-ons the version that a cluster runs is not known. Found, at severity medium, is what no
    /// maintained release serves: the old APIs of cert-manager, External Secrets, Istio and Traefik.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/using-api/deprecation-guide/>
    /// - Pluto `removed`, kube-no-trouble, kube-linter `no-extensions-v1beta`, kube-score
    ///   `stable-version`, Trivy KSV-0107
    "api-version-removed", Versions, High, Core, Object(Kind::ANY, run),
    parameters: Parameters,
    remediation: "write the manifest in the API version that replaces it, and apply it again",
}

fn run(object: &Object, context: &Context<'_>) -> Verdict {
    if let Some(api) = RemovedAddonApi::find(&object.api_version) {
        let RemovedAddonApi { api_version, since, instead } = *api;
        let message = format!("written as `{api_version}`, not served since {since}");
        let evidence = Evidence::at("/apiVersion", api_version, instead);
        return Verdict::fail(message, [evidence]).at_severity(Severity::Medium);
    }
    let Parameters { kubernetes_version } = context.parameters();
    let minor = kubernetes_version.map_or(context.kubernetes_minor, |version| version.0);
    if ApiLifecycle::find(&object.api_version, &object.kind_name).is_none() {
        return Verdict::NotApplicable;
    }
    let (mut message, mut evidence) = (None, Vec::new());
    for written in object.written_versions() {
        let life = ApiLifecycle::find(written.api_version, written.kind);
        let removed = life.and_then(|life| Some((life, life.removed_at(minor)?)));
        let Some((life, since)) = removed else { continue };
        message.get_or_insert_with(|| format!("{written}, not served since Kubernetes 1.{since}"));
        let found = written.api_version.to_owned();
        evidence.push(Evidence::at(written.path(), found, life.successor_at(minor)));
    }
    Verdict::unless_empty(evidence, |_| message.unwrap_or_default())
}
