//! What pods and nodes use, as `metrics.k8s.io` reports it.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::{Labels, List, Quantity, mirror::mirror};

mirror! {
    /// What is read of `PodMetrics`.
    pub struct PodMetrics {
        pub containers: List<ContainerUsage>,
    }

    /// What one container uses: `cpu` and `memory`.
    pub struct ContainerUsage {
        pub name: CompactString,
        pub usage: BTreeMap<CompactString, Quantity>,
    }

    /// What is read of `NodeMetrics`.
    pub struct NodeMetrics {
        pub usage: BTreeMap<CompactString, Quantity>,
    }
}

/// Measurements that are kept of a container: with one in five minutes, those of an hour.
const WINDOW: usize = 12;

/// An amount of both resources that are measured: thousandths of a CPU, and bytes of memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Amount {
    /// Thousandths of a CPU.
    pub cpu: u64,
    /// Bytes.
    pub memory: u64,
}

impl Amount {
    /// Reads `cpu` and `memory` of a list of quantities; what is absent or negative is zero.
    #[must_use]
    pub fn of(quantities: &BTreeMap<CompactString, Quantity>) -> Self {
        let millis = |name| quantities.get(name).and_then(Quantity::millis).unwrap_or_default();
        Self {
            cpu: u64::try_from(millis("cpu")).unwrap_or_default(),
            memory: u64::try_from(millis("memory") / 1000).unwrap_or_default(),
        }
    }

    /// Itself, and the other where it is zero.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let or = |own, other| if own == 0 { other } else { own };
        Self { cpu: or(self.cpu, other.cpu), memory: or(self.memory, other.memory) }
    }

    /// The larger of both, resource by resource.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self { cpu: self.cpu.max(other.cpu), memory: self.memory.max(other.memory) }
    }
}

/// What the containers of a pod have used lately.
#[derive(Clone, Debug, PartialEq)]
pub struct PodUsage {
    /// The labels of the pod.
    pub labels: Labels,
    /// By name, the measurements, the oldest first.
    pub containers: Vec<(CompactString, Vec<Amount>)>,
}

impl PodUsage {
    /// One measurement.
    #[must_use]
    pub fn of(labels: &Labels, metrics: &PodMetrics) -> Self {
        let containers = metrics.containers.iter();
        let containers = containers
            .map(|container| (container.name.clone(), vec![Amount::of(&container.usage)]));
        Self { labels: labels.clone(), containers: containers.collect() }
    }

    /// Puts earlier measurements of the same containers before its own.
    pub(super) fn follow(&mut self, earlier: &Self) {
        for (name, amounts) in &mut self.containers {
            let known = earlier.containers.iter().find(|(known, _)| known == name);
            let Some((_, known)) = known else { continue };
            let kept = known.len().min(WINDOW - 1);
            amounts.splice(0..0, known[known.len() - kept..].iter().copied());
        }
    }
}

/// What one container of a workload uses, over all its pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The highest of each resource that any pod has lately used.
    pub highest: Amount,
    /// The highest of each resource that any pod uses now.
    pub latest: Amount,
    /// How many measurements there are of the pod that was measured longest.
    pub measurements: usize,
}

impl Usage {
    pub(super) fn add(&mut self, amounts: &[Amount]) {
        let highest = amounts.iter().copied().fold(Amount::default(), Amount::max);
        self.highest = self.highest.max(highest);
        self.latest = self.latest.max(amounts.last().copied().unwrap_or_default());
        self.measurements = self.measurements.max(amounts.len());
    }
}
