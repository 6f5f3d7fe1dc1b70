use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind, workloads_and},
};

check! {
    /// Secrets are used.
    ///
    /// ## Why
    ///
    /// A Secret that nothing needs can leak all the same, and is never changed.
    ///
    /// ## Fix
    ///
    /// Revoke what it holds and delete it, or exempt it where a program reads it over the API.
    ///
    /// Found is a Secret that no pod template, ServiceAccount, Ingress or Gateway names. Left out
    /// are those that another object owns, those of Helm releases, tokens of ServiceAccounts and of
    /// nodes. Without the right to list Secrets nothing is judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/secret/>
    /// - Popeye `POP-400`, Clusterlint `unused-secrets`, Kor `secrets`
    "secret-unused", Efficiency, Low, Standard,
    Related(Lookup { kinds: &[Kind::Secret], reads: READS, run }),
    remediation: "revoke what it holds and delete the Secret",
}

const READS: &[Kind] = workloads_and![ServiceAccount, Ingress, Gateway];

/// What Kubernetes and Helm keep in Secrets for themselves.
const TYPES_OF_SYSTEMS: &[&str] =
    &["helm.sh/release.v1", "kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Configuration(secret) = &facts.body else { return Verdict::NotApplicable };
    let (namespace, name) = (&facts.key.namespace, &facts.key.name);
    let is_of_system = TYPES_OF_SYSTEMS.contains(&secret.kind.as_str());
    if secret.is_owned || is_of_system || namespace.starts_with("kube-") {
        return Verdict::NotApplicable;
    }
    if cluster.is_used(Kind::Secret, namespace, name) {
        return Verdict::Pass;
    }
    if !READS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("what uses it may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "named by nothing", "a user");
    Verdict::fail("nothing uses the Secret", [evidence])
}
