use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Kind, Object as ClusterObject, credential, is_named_secret},
};

check! {
    /// Secrets do not stand in ConfigMaps.
    ///
    /// ## Why
    ///
    /// A ConfigMap is read by far more people and programs than a Secret: rights to it are given
    /// freely, it is not encrypted at rest, and it is shown in full by every tool.
    ///
    /// ## Fix
    ///
    /// Move the value into a Secret, and change it, for it is known:
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Secret
    /// metadata: {name: db, namespace: shop}
    /// stringData: {password: …}
    /// ```
    ///
    /// A value is taken for a secret by its form (a private key, a JWT, the tokens of AWS, GitHub,
    /// GitLab, Google, Slack, Stripe and other vendors) or by its key (`password`, `token`,
    /// `api_key`, `client.secret`, …), unless it is empty, a number, a flag, a path, an address or
    /// a template (`$(X)`, `${X}`, `{{ x }}`). The value itself is never shown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/configmap/>
    /// - NSA/CISA Kubernetes Hardening Guide, protect secrets
    /// - Polaris `sensitiveConfigmapContent`, Trivy `KSV-0109`
    "secret-in-config-map", Secrets, High, Core, Object(&[Kind::ConfigMap], run),
    remediation: "move the value into a Secret, and change it",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::ConfigMap(map) = &object.body else { return Verdict::NotApplicable };
    let mut keys = Vec::new();
    let evidence = map.data.iter().flatten().filter_map(|(key, value)| {
        let value = value.trim();
        let literal = || is_named_secret(key, value).then_some("a literal");
        let holds = credential(value).or_else(literal)?;
        keys.push(key.as_str());
        let path = format!("/data/{}", key.replace('~', "~0").replace('/', "~1"));
        Some(Evidence::at(path, format!("`{key}` holds {holds}"), "a Secret"))
    });
    let evidence: Vec<_> = evidence.collect();
    Verdict::unless_empty(evidence, |_| match keys.as_slice() {
        [key] => format!("key {} holds a secret in plain text", enumerate(&[key])),
        keys => format!("keys {} hold secrets in plain text", enumerate(keys)),
    })
}
