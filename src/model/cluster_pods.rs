//! Look-ups of pods that are not well, or were restarted of late.

use super::{Cluster, FactBody, Facts, Kind, Named, ObjectKey, PodTrouble};

impl Facts {
    /// What is to be known of a pod that another object stands for.
    #[must_use]
    pub fn of_trouble(key: ObjectKey, trouble: Box<PodTrouble>) -> Self {
        Self { key, body: FactBody::Trouble(trouble) }
    }
}

impl Cluster {
    /// The pods of a workload that something is wrong with, by name and in its order; of a Pod, the
    /// pod itself.
    pub fn troubles<'a>(
        &'a self,
        facts: &'a Facts,
    ) -> impl Iterator<Item = (&'a str, &'a PodTrouble)> {
        let is_pod = facts.kind() == Kind::Pod;
        let itself = is_pod.then_some(facts);
        let others = (!is_pod).then(|| self.naming(Kind::Pod, Named::from(&facts.key)));
        let pods = itself.into_iter().chain(others.into_iter().flatten());
        pods.filter_map(|facts| Some((&*facts.key.name, facts.trouble()?)))
    }
}
