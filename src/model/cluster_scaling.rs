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

/// Whether what is to be scaled is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is.
    Here,
    /// There is none of that name.
    Nowhere,
    /// There is, or may be, and it cannot be scaled.
    Unfit,
    /// The group has no such kind.
    NoSuchKind,
    /// It cannot be known; the text says why.
    Unknown(&'static str),
}

/// Groups whose kinds are all known here, as far as they make pods; the last one is empty by now.
const OWN_GROUPS: [&str; 4] = ["", "apps", "batch", "extensions"];

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

    /// Whether it is the autoscaler that KEDA makes of a `ScaledObject`.
    #[must_use]
    pub fn is_made_by_scaled_object(&self) -> bool {
        matches!(
            &self.body,
            FactBody::HorizontalPodAutoscaler(scaler) if scaler.scaled_object.is_some()
        )
    }

    fn bounds(&self) -> Option<Bounds> {
        match &self.body {
            FactBody::HorizontalPodAutoscaler(scaler) => Some(scaler.bounds()),
            FactBody::Whole(whole) => whole.body.bounds(),
            _ => None,
        }
    }
}

impl<'a> Named<'a> {
    /// What an object of a namespace scales.
    #[must_use]
    pub fn target(namespace: &'a str, target: &'a ScaleTarget) -> Self {
        Self { group: target.group(), kind: &target.kind, namespace, name: &target.name }
    }
}

impl Cluster {
    /// Looks for what an object of a namespace scales, of kinds that can be.
    #[must_use]
    pub fn scaled(&self, namespace: &str, target: &ScaleTarget, kinds: &[Kind]) -> Found {
        let kind = Kind::find(target.group(), &target.kind);
        match kind.filter(|kind| kind.group() == target.group()) {
            None if OWN_GROUPS.contains(&target.group()) => Found::NoSuchKind,
            None => Found::Unknown("objects of the target's kind are not read"),
            Some(kind) if !kinds.contains(&kind) => Found::Unfit,
            Some(kind) if self.find(kind, namespace, &target.name).is_some() => Found::Here,
            // Those that another workload makes are not kept.
            Some(Kind::ReplicaSet | Kind::Job) => Found::Unknown("another workload may make it"),
            Some(kind) if self.is_complete(kind) => Found::Nowhere,
            Some(_) => Found::Unknown("the target may be elsewhere"),
        }
    }

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
