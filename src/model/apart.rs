//! Whether the pods of a workload keep apart from each other.

use super::{LabelSelector, PodAffinityTerm, Workload};

/// Where pods may be kept apart; the last two are of old.
const DOMAINS: [&str; 5] = [
    "kubernetes.io/hostname",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
];

impl Workload {
    /// Whether the pods, which are in `namespace`, are spread or repelled by what means themselves:
    /// a topology spread constraint, or an anti-affinity over nodes, zones or regions.
    #[must_use]
    pub fn keeps_apart(&self, namespace: &str) -> bool {
        let pod = self.pod();
        let spread = pod.topology_spread_constraints.iter();
        let repelled =
            pod.affinity.iter().filter_map(|affinity| affinity.pod_anti_affinity.as_ref());
        let mut terms = repelled.flat_map(|repelled| {
            let preferred = repelled.preferred.iter().map(|pods| &pods.pod_affinity_term);
            repelled.required.iter().chain(preferred)
        });
        spread
            .map(|constraint| constraint.label_selector.as_ref())
            .any(|selector| self.means(selector))
            || terms.any(|term| self.repels_itself(term, namespace))
    }

    fn means(&self, selector: Option<&LabelSelector>) -> bool {
        selector.is_some_and(|selector| selector.selects(&self.template.metadata.labels))
    }

    fn repels_itself(&self, term: &PodAffinityTerm, namespace: &str) -> bool {
        let labels = &self.template.metadata.labels;
        let is_here = match &term.namespace_selector {
            // The labels of the namespace are not at hand.
            Some(_) => true,
            None => {
                term.namespaces.is_empty() || term.namespaces.iter().any(|one| one == namespace)
            }
        };
        let means_others = term.mismatch_label_keys.iter().any(|key| labels.value(key).is_some());
        is_here
            && !means_others
            && DOMAINS.contains(&term.topology_key.as_str())
            && self.means(term.label_selector.as_ref())
    }
}
