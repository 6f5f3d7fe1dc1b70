use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Kind, Reach},
};

check! {
    /// Roles do not let their subjects change admission webhooks.
    ///
    /// ## Why
    ///
    /// A webhook sees every object that is written, Secrets among them, and may change or refuse
    /// it. Who writes the configuration can read and alter the whole cluster, and switch off the
    /// policies that guard it.
    ///
    /// ## Fix
    ///
    /// Reserve them to administrators, and let others read them:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [admissionregistration.k8s.io]
    ///     resources: [validatingwebhookconfigurations, mutatingwebhookconfigurations]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules of ClusterRoles that allow `create`, `update`, `patch` or `delete` on
    /// ValidatingWebhookConfigurations or MutatingWebhookConfigurations, be it of one name. It
    /// needs a ClusterRoleBinding. What every cluster comes with is not judged, nor what an
    /// aggregated role has from roles that are judged themselves; a role that nobody is bound to
    /// is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.12
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#control-admission-webhooks>
    /// - Trivy KSV-0114, Checkov `CKV_K8S_155`, Kubescape C-0281
    "rbac-webhook-write", Rbac, High, Core,
    Related(Lookup { kinds: &[Kind::ClusterRole], reads: Grants::READS, run }),
    remediation: "reserve the writing of webhook configurations to administrators",
}

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        let webhooks = ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"];
        let verbs = ["create", "update", "patch", "delete"];
        reach == Reach::Cluster && rule.allows("admissionregistration.k8s.io", &webhooks, &verbs)
    },
    field: "",
    wanted: "webhooks are read only",
    message: "role allows changing admission webhooks",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
