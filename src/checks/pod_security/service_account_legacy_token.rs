use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, FactBody, Facts, Kind, ServiceAccount},
};

/// The type of a Secret that the token controller fills in.
const TOKEN: &str = "kubernetes.io/service-account-token";

check! {
    /// No Secret holds the token of a ServiceAccount.
    ///
    /// ## Why
    ///
    /// A token in a Secret never expires, is bound to no pod, and is copied by everybody who may
    /// read Secrets. Until Kubernetes 1.23 each account got one.
    ///
    /// ## Fix
    ///
    /// Delete the Secret, and have the kubelet ask for a token that lives as long as the pod:
    ///
    /// ```yaml
    /// volumes:
    ///   - name: token
    ///     projected:
    ///       sources:
    ///         - serviceAccountToken:
    ///             path: token
    ///             expirationSeconds: 3600
    /// ```
    ///
    /// Found are Secrets of the type `kubernetes.io/service-account-token`, and accounts whose
    /// `secrets` name one. What a Secret is that cannot be read is not known.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token>
    /// - Kyverno `check-serviceaccount-secrets`, `deny-secret-service-account-token-type`
    "service-account-legacy-token", PodSecurity, Medium, Standard,
    Related(Lookup {
        kinds: &[Kind::Secret, Kind::ServiceAccount],
        reads: &[Kind::Secret],
        run
    }),
    remediation: "delete the Secret; use projected tokens, or `kubectl create token`",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    match &facts.body {
        FactBody::Configuration(secret) if secret.kind == TOKEN => {
            let evidence = Evidence::at("/type", TOKEN, "no token");
            Verdict::fail("the Secret holds a token that never expires", [evidence])
        }
        FactBody::Configuration(_) => Verdict::Pass,
        FactBody::ServiceAccount(account) => of_account(account, facts, cluster),
        _ => Verdict::NotApplicable,
    }
}

fn of_account(account: &ServiceAccount, facts: &Facts, cluster: &Cluster) -> Verdict {
    let is_token = |name: &str| is_token(name, facts, cluster);
    let secrets = account.secrets.iter().enumerate();
    let (names, evidence): (Vec<&str>, Vec<_>) = secrets
        .filter(|(_, secret)| is_token(&secret.name) == Some(true))
        .map(|(index, secret)| {
            let path = format!("/secrets/{index}");
            (secret.name.as_str(), Evidence::at(path, secret.name.to_string(), "absent"))
        })
        .unzip();
    if evidence.is_empty() && account.secrets.iter().any(|one| is_token(&one.name).is_none()) {
        return Verdict::Unknown("the Secrets of the account cannot be read".into());
    }
    Verdict::unless_empty(evidence, |_| {
        format!("the account has tokens that never expire: {}", enumerate(&names))
    })
}

/// `None` where it cannot be known.
fn is_token(name: &str, facts: &Facts, cluster: &Cluster) -> Option<bool> {
    match cluster.find(Kind::Secret, &facts.key.namespace, name).map(|secret| &secret.body) {
        Some(FactBody::Configuration(secret)) => Some(secret.kind == TOKEN),
        _ => cluster.is_complete(Kind::Secret).then_some(false),
    }
}
