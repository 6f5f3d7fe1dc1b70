//! Look-ups of tenants: who shares nodes with whom.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{Cluster, Kind, Labels};

/// The namespaces whose pods ask for nodes with the same labels, by these labels.
pub(super) type Pools = HashMap<Labels, BTreeSet<Arc<str>>>;

impl Cluster {
    /// The namespaces whose pods ask for nodes with these labels.
    pub fn namespaces_in_pool(&self, pool: &Labels) -> impl Iterator<Item = &str> {
        let pools = self.pools.get_or_init(|| self.find_pools());
        pools.get(pool).into_iter().flatten().map(|namespace| &**namespace)
    }

    fn find_pools(&self) -> Pools {
        let mut pools = Pools::new();
        for kind in Kind::WORKLOADS {
            for facts in self.all(*kind) {
                let Some(workload) = facts.workload() else { continue };
                let namespaces = match pools.get_mut(&workload.pool) {
                    Some(namespaces) => namespaces,
                    None => pools.entry(workload.pool.clone()).or_default(),
                };
                namespaces.insert(Arc::clone(&facts.key.namespace));
            }
        }
        pools
    }
}
