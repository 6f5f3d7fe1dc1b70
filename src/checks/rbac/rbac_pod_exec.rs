use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Roles do not let their subjects run commands in pods.
    ///
    /// ## Why
    ///
    /// Whoever may `exec` or `attach` is every pod that the role covers: reads its files, Secrets
    /// and token, and acts with its rights.
    ///
    /// ## Fix
    ///
    /// Remove `pods/exec` and `pods/attach`; give them for the time of an incident only:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, pods/log]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// `get` is enough, since both work over a WebSocket, too. The finding is about the role,
    /// whoever is bound to it. `pods/*` means nothing to the authorizer and is not a finding; what
    /// every cluster comes with is not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Polaris `clusterrolePodExecAttach`, `rolePodExecAttach`
    "rbac-pod-exec", Rbac, High, Core, Object(&[Kind::ClusterRole, Kind::Role], run),
    remediation: "remove `pods/exec` and `pods/attach` from the role",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Role(role) = &object.body else { return Verdict::NotApplicable };
    if object.is_rbac_default() {
        return Verdict::NotApplicable;
    }
    let rules = role.rules.iter().enumerate();
    let open = rules
        .filter(|(_, rule)| rule.allows("", &["pods/exec", "pods/attach"], &["create", "get"]));
    let evidence = open.map(|(index, rule)| {
        let found = format!("{} on {}", rule.verbs.join(", "), rule.resources.join(", "));
        Evidence::at(format!("/rules/{index}"), found, "neither pods/exec nor pods/attach")
    });
    Verdict::unless_empty(evidence.collect(), |_| "role allows commands in pods".to_owned())
}
