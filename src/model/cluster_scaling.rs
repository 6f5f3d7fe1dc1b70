//! What scales what: autoscalers and their targets.

use super::{
    Body, Cluster, FactBody, Facts, Kind, LabelSelector, Named, ObjectKey, ScaleTarget,
    WorkloadFacts,
};

/// Between how many replicas a workload is scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub least: i32,
    /// At most.
    pub most: i32,
    /// JSON pointer of the least number.
    pub least_path: &'static str,
    /// JSON pointer of the greatest number.
    pub most_path: &'static str,
}

impl Body {
    /// The bounds that a `HorizontalPodAutoscaler` or a `ScaledObject` sets. The autoscaler that a
    /// `ScaledObject` makes has none of its own.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::HorizontalPodAutoscaler(scaler) if scaler.scaled_object.is_none() => {
                Some(scaler.bounds())
            }
            Self::ScaledObject(scaler) => Some(scaler.bounds()),
            _ => None,
        }
    }
}

impl Facts {
    /// What a `HorizontalPodAutoscaler`, a `ScaledObject` or a `VerticalPodAutoscaler` scales.
    #[must_use]
    pub fn scale_target(&self) -> Option<&ScaleTarget> {
        match &self.body {
            FactBody::HorizontalPodAutoscaler(scaler) => Some(&scaler.scale_target_ref),
            FactBody::Whole(whole) => match &whole.body {
                Body::ScaledObject(scaler) => Some(&scaler.scale_target_ref),
                Body::VerticalPodAutoscaler(scaler) => scaler.spec.target_ref.as_ref(),
                _ => None,
            },
            _ => None,
        }
    }

    fn bounds(&self) -> Option<Bounds> {
        match &self.body {
            FactBody::HorizontalPodAutoscaler(scaler) => Some(scaler.bounds()),
            FactBody::Whole(whole) => whole.body.bounds(),
            _ => None,
        }
    }
}

impl Cluster {
    /// What scales an object horizontally: each `ScaledObject`, and each `HorizontalPodAutoscaler`
    /// that none of them makes.
    pub fn autoscalers_of<'a>(&'a self, target: Named<'a>) -> impl Iterator<Item = &'a Facts> {
        let is_made = |facts: &&Facts| match &facts.body {
            FactBody::HorizontalPodAutoscaler(scaler) => {
                scaler.scaled_object.as_deref().is_some_and(|name| {
                    self.find(Kind::ScaledObject, target.namespace, name).is_some()
                })
            }
            _ => false,
        };
        self.naming(Kind::HorizontalPodAutoscaler, target)
            .filter(move |facts| !is_made(facts))
            .chain(self.naming(Kind::ScaledObject, target))
    }

    /// The bounds that an autoscaler sets for a workload; the lowest, if several do.
    #[must_use]
    pub fn bounds_of(&self, target: &ObjectKey) -> Option<Bounds> {
        let bounds = self.autoscalers_of(target.into()).filter_map(Facts::bounds);
        bounds.min_by_key(|bounds| (bounds.least, bounds.most))
    }

    /// The replicas that a workload really has at least: the autoscaler's minimum where one
    /// targets it, else its own number. What is scaled to zero is left alone by autoscalers.
    #[must_use]
    pub fn least_replicas(&self, key: &ObjectKey, workload: &WorkloadFacts) -> i64 {
        let own = workload.replicas.unwrap_or(1);
        if own == 0 {
            return 0;
        }
        self.bounds_of(key).map_or(own, |bounds| bounds.least).into()
    }

    /// The replicas that a workload may have at most: the autoscaler's maximum where one targets it,
    /// else its own number.
    #[must_use]
    pub fn most_replicas(&self, key: &ObjectKey, workload: &WorkloadFacts) -> i64 {
        let own = workload.replicas.unwrap_or(1);
        if own == 0 {
            return 0;
        }
        self.bounds_of(key).map_or(own, |bounds| bounds.most).into()
    }

    /// How many pods a selector selects at least; `None` where a workload has no number of its
    /// own, as a `DaemonSet`.
    #[must_use]
    pub fn least_pods(&self, namespace: &str, selector: &LabelSelector) -> Option<i64> {
        let workloads = self.workloads_in(namespace).filter(|(facts, workload)| {
            facts.kind() != Kind::PodTemplate
                && !workload.is_owned
                && workload.is_selected_by(selector)
        });
        let numbers = workloads.map(|(facts, workload)| match (facts.kind(), workload.replicas) {
            (Kind::Pod, _) => Some(1),
            (_, Some(_)) => Some(self.least_replicas(&facts.key, workload)),
            (_, None) => None,
        });
        numbers.sum()
    }
}
