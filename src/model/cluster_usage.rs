//! Look-ups of what workloads and nodes use and ask for.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use compact_str::CompactString;

use super::{
    Amount, Body, Cluster, ContainerResources, FactBody, Facts, Kind, ObjectKey, PodUsage, Usage,
    WorkloadFacts,
};

/// The measured pods of a namespace, by each of their labels.
pub(super) type Measured = HashMap<(CompactString, CompactString), Vec<Arc<str>>>;

/// What a container asks for, and what is known of its needs.
#[derive(Clone, Copy, Debug)]
pub struct Size<'facts> {
    /// What it asks for.
    pub resources: &'facts ContainerResources,
    /// What a `VerticalPodAutoscaler` recommends.
    pub recommended: Option<Amount>,
    /// What its pods use.
    pub usage: Option<Usage>,
}

impl Size<'_> {
    /// What it needs: what is recommended, else the highest use of the last hour where there are at
    /// least so many measurements.
    #[must_use]
    pub fn need(&self, measurements: usize) -> Option<Amount> {
        let usage = self.usage.filter(|usage| usage.measurements >= measurements);
        self.recommended.or(usage.map(|usage| usage.highest))
    }
}

impl Cluster {
    /// What the containers of a workload use, by name; empty where no pod of it is measured.
    #[must_use]
    pub fn usage_of(&self, namespace: &str, workload: &WorkloadFacts) -> BTreeMap<&str, Usage> {
        let mut found = BTreeMap::<&str, Usage>::new();
        let measured = self.measured_in(namespace);
        let with_label = workload.pod_labels.iter().map(|label| measured.get(label));
        // The rarest label tells most.
        let candidates = with_label.map(|pods| pods.map_or(&[][..], Vec::as_slice));
        let candidates = candidates.min_by_key(|pods| pods.len()).unwrap_or_default();
        for name in candidates {
            let Some(usage) = self.pod_usage(namespace, name) else { continue };
            let has = |(key, value): &(CompactString, CompactString)| {
                usage.labels.value(key) == Some(value)
            };
            if workload.pod_labels.iter().all(has) {
                for (container, amounts) in &usage.containers {
                    found.entry(container).or_default().add(amounts);
                }
            }
        }
        found
    }

    fn pod_usage(&self, namespace: &str, name: &str) -> Option<&PodUsage> {
        match &self.find(Kind::PodMetrics, namespace, name)?.body {
            FactBody::Usage(usage) => Some(usage),
            _ => None,
        }
    }

    pub(super) fn forget_measured(&mut self, namespace: Option<&str>) {
        let Ok(measured) = self.measured.get_mut() else { return };
        match namespace {
            Some(namespace) => drop(measured.remove(namespace)),
            None => measured.clear(),
        }
    }

    fn measured_in(&self, namespace: &str) -> Arc<Measured> {
        let known = self.measured.lock().ok().and_then(|known| known.get(namespace).cloned());
        known.unwrap_or_else(|| {
            let mut found = Measured::default();
            for facts in self.all_in(Kind::PodMetrics, namespace) {
                let FactBody::Usage(usage) = &facts.body else { continue };
                for (key, value) in usage.labels.iter() {
                    let pods = found.entry((key.into(), value.into())).or_default();
                    pods.push(Arc::clone(&facts.key.name));
                }
            }
            let found = Arc::new(found);
            if let Ok(mut known) = self.measured.lock() {
                known.insert(namespace.into(), Arc::clone(&found));
            }
            found
        })
    }

    /// What a `VerticalPodAutoscaler` recommends for the containers of a workload, by name.
    #[must_use]
    pub fn recommended_for(&self, target: &ObjectKey) -> BTreeMap<&str, Amount> {
        let is_for = |facts: &&Facts| match facts.whole_body() {
            Some(Body::VerticalPodAutoscaler(scaler)) => {
                scaler.spec.target_ref.as_ref().is_some_and(|reference| {
                    reference.kind == target.kind.name() && *reference.name == *target.name
                })
            }
            _ => false,
        };
        let scaler = self.all_in(Kind::VerticalPodAutoscaler, &target.namespace).find(is_for);
        let Some(Body::VerticalPodAutoscaler(scaler)) = scaler.and_then(Facts::whole_body) else {
            return BTreeMap::new();
        };
        let recommendation = scaler.status.recommendation.iter();
        let containers = recommendation.flat_map(|found| &found.container_recommendations);
        containers
            .map(|container| (container.container_name.as_str(), Amount::of(&container.target)))
            .collect()
    }

    /// What the containers of a workload ask for, beside what they use or should ask for.
    #[must_use]
    pub fn sizes_of<'facts>(&'facts self, facts: &'facts Facts) -> Vec<Size<'facts>> {
        let Some(workload) = facts.workload() else { return Vec::new() };
        let recommended = self.recommended_for(&facts.key);
        let used = self.usage_of(&facts.key.namespace, workload);
        let sizes = workload.resources.iter().map(|resources| {
            let name = resources.container.as_str();
            Size {
                resources,
                recommended: recommended.get(name).copied(),
                usage: used.get(name).copied(),
            }
        });
        sizes.collect()
    }

    /// What a node uses now.
    #[must_use]
    pub fn node_usage(&self, node: &str) -> Option<Amount> {
        match self.find(Kind::NodeMetrics, "", node)?.whole_body()? {
            Body::NodeMetrics(metrics) => Some(Amount::of(&metrics.usage)),
            _ => None,
        }
    }

    /// What the nodes that take pods can give.
    #[must_use]
    pub fn allocatable(&self) -> Amount {
        let nodes = self.all(Kind::Node).filter_map(|facts| match &facts.body {
            FactBody::Node(node) if !node.spec.unschedulable => Some(node.allocatable()),
            _ => None,
        });
        nodes.fold(Amount::default(), |sum, node| Amount {
            cpu: sum.cpu.saturating_add(node.cpu),
            memory: sum.memory.saturating_add(node.memory),
        })
    }

    /// What all workloads together request; where an autoscaler sets the number of pods, its
    /// highest counts.
    #[must_use]
    pub fn requested(&self) -> Amount {
        let nodes = self.count(Kind::Node) as u64;
        let workloads = Kind::WORKLOADS.iter().flat_map(|kind| self.all(*kind));
        workloads.fold(Amount::default(), |sum, facts| {
            let Some(workload) = facts.workload().filter(|workload| !workload.is_owned) else {
                return sum;
            };
            let pods = match facts.kind() {
                Kind::PodTemplate | Kind::CronJob | Kind::Job => 0,
                Kind::DaemonSet => nodes,
                Kind::Pod => 1,
                _ => u64::try_from(self.most_replicas(&facts.key, workload)).unwrap_or_default(),
            };
            let of_pod = workload.requested();
            Amount {
                cpu: sum.cpu.saturating_add(of_pod.cpu.saturating_mul(pods)),
                memory: sum.memory.saturating_add(of_pod.memory.saturating_mul(pods)),
            }
        })
    }
}
