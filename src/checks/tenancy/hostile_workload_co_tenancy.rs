use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, Facts, Kind, workloads_and},
};

/// Who a tenant is. Without a label nothing is judged.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The label of Namespaces that names the tenant.
    tenant_label: Option<String>,
}

check! {
    /// Workloads of different tenants run on different nodes.
    ///
    /// ## Why
    ///
    /// Containers of a node share its kernel. Who breaks out of one, or only keeps its disk and
    /// caches busy, has the others of the node; a tenant who is not trusted needs nodes of his own.
    ///
    /// ## Fix
    ///
    /// Give each tenant a pool of nodes with a taint and a label, and send his pods there:
    ///
    /// ```yaml
    /// spec:
    ///   template:
    ///     spec:
    ///       nodeSelector: {example.com/tenant: shop}
    ///       tolerations: [{key: example.com/tenant, value: shop, effect: NoSchedule}]
    /// ```
    ///
    /// The policy says which label of a Namespace names the tenant:
    ///
    /// ```yaml
    /// settings:
    ///   - check: hostile-workload-co-tenancy
    ///     parameters: {tenantLabel: example.com/tenant}
    /// ```
    ///
    /// Found are workloads whose `nodeSelector` (but for system and architecture) is that of a
    /// workload of another tenant; without one, they share all nodes that have no taint. Affinity is
    /// not read. Namespaces without the label belong to no tenant.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/multi-tenancy/#node-isolation>
    "hostile-workload-co-tenancy", Tenancy, Info, Optional,
    RelatedTimed(Lookup { kinds: Kind::WORKLOADS, reads: workloads_and![Namespace], run }),
    parameters: Parameters,
    remediation: "give each tenant nodes of its own, by taints and node selectors",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let (Parameters { tenant_label: Some(label) }, Some(workload)) =
        (context.parameters(), facts.workload())
    else {
        return Verdict::NotApplicable;
    };
    let tenant_of = |namespace: &str| cluster.namespace_labels(namespace)?.value(label);
    let Some(own) = tenant_of(&facts.key.namespace) else { return Verdict::NotApplicable };
    let tenants = cluster.namespaces_in_pool(&workload.pool).filter_map(tenant_of);
    let others: BTreeSet<&str> = tenants.filter(|tenant| *tenant != own).collect();
    if others.is_empty() {
        return Verdict::Pass;
    }
    let others: Vec<&str> = others.into_iter().collect();
    let path = format!("{}/nodeSelector", workload.spec_path);
    let pairs = workload.pool.iter().map(|(key, value)| format!("{key}={value}"));
    let found = pairs.collect::<Vec<_>>().join(",");
    let found = if found.is_empty() { "any node".to_owned() } else { found };
    let message = format!("pods may run on the nodes of other tenants: {}", enumerate(&others));
    Verdict::fail(message, [Evidence::at(path, found, "nodes of the tenant alone")])
}
