use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Kind, PolicyRule, Reach},
};

check! {
    /// Roles do not let their subjects approve certificates.
    ///
    /// ## Why
    ///
    /// A signed certificate is an identity: who approves requests can become any user, any node,
    /// and a member of any group, for as long as the certificate is valid.
    ///
    /// ## Fix
    ///
    /// Reserve approval to administrators, or name a signer that the API server does not trust:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [certificates.k8s.io]
    ///     resources: [signers]
    ///     resourceNames: [example.com/internal]
    ///     verbs: [approve]
    /// ```
    ///
    /// Found are rules of ClusterRoles that allow `update` or `patch` on
    /// `certificatesigningrequests/approval`, where another rule allows `approve` on `signers`: on
    /// all, or on one of `kubernetes.io`. It needs a ClusterRoleBinding. What every cluster comes
    /// with is not judged, nor what an aggregated role has from roles that are judged themselves;
    /// a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.11
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#csrs-and-certificate-issuing>
    /// - Checkov `CKV_K8S_156`, Kubescape C-0280, Kyverno `restrict-clusterrole-csr`
    "rbac-csr-approve", Rbac, High, Core,
    Related(Lookup { kinds: &[Kind::ClusterRole], reads: Grants::READS, run }),
    remediation: "reserve the approval of certificates to administrators",
}

const GROUP: &str = "certificates.k8s.io";

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        let resources = ["certificatesigningrequests/approval"];
        reach == Reach::Cluster && rule.allows(GROUP, &resources, &["update", "patch"])
    },
    field: "",
    wanted: "no approval",
    message: "role allows approving certificates",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let rbac = cluster.rbac();
    let approves = || {
        let roles = [facts].into_iter().chain(rbac.wholes(facts));
        roles.into_iter().any(|role| rbac.any_rule(role, allows_signer))
    };
    match GRANTS.judge(facts, cluster) {
        Verdict::Fail(_) if !approves() => Verdict::Pass,
        verdict => verdict,
    }
}

/// Whether a rule allows approval for a signer whose certificates the API server or the kubelet
/// trusts.
fn allows_signer(rule: &PolicyRule) -> bool {
    let names = &rule.resource_names;
    rule.allows(GROUP, &["signers"], &["approve"])
        && (names.is_empty() || names.iter().any(|name| name.starts_with("kubernetes.io/")))
}
