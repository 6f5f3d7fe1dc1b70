//! What depends on a role, a binding or an account: so little is judged again when one changes.

use super::{
    super::{Facts, Kind, ObjectKey},
    Rbac, Reach, Who,
    who::{AUTHENTICATED, SERVICE_ACCOUNTS},
};

impl<'a> Rbac<'a> {
    /// Whether [`Self::dependents`] tells every object of one kind that depends on one of another.
    pub(in crate::model) fn tells(judged: Kind, changed: Kind) -> bool {
        let is_wide = |kind| matches!(kind, Kind::ClusterRole | Kind::ClusterRoleBinding);
        is_wide(judged) || is_wide(changed)
    }

    /// Objects in another place whose verdicts depend on this one.
    pub(in crate::model) fn dependents(self, key: &ObjectKey) -> Vec<ObjectKey> {
        match key.kind {
            Kind::ClusterRoleBinding | Kind::RoleBinding => {
                let roles = self.carried(key).map(|role| role.key.clone());
                roles.chain(self.affected(key)).collect()
            }
            Kind::ClusterRole => self.of_cluster_role(key),
            Kind::ServiceAccount => {
                let account = Who::Account { namespace: &key.namespace, name: &key.name };
                self.index.of(account).iter().cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The role that a binding refers to, and its parts.
    fn carried(self, key: &ObjectKey) -> impl Iterator<Item = &'a Facts> + use<'a> {
        let binding = self.binding(key);
        let role = binding.and_then(|binding| self.role(&key.namespace, &binding.role_ref));
        role.into_iter().flat_map(move |role| [role].into_iter().chain(self.parts(role)))
    }

    /// The roles that have rules from this one, those that give some beside it or to it, the
    /// bindings that carry it, and whom they bind. A binding may name a role that is not here.
    fn of_cluster_role(self, key: &ObjectKey) -> Vec<ObjectKey> {
        let role = self.cluster.facts(key);
        let wholes = role.map_or_else(Vec::new, |role| self.wholes(role));
        let parts = role.into_iter().chain(wholes.iter().copied());
        let parts: Vec<&Facts> = parts.flat_map(|role| self.parts(role)).collect();
        let carriers = [key].into_iter().chain(wholes.iter().map(|role| &role.key));
        let bindings: Vec<&ObjectKey> = carriers.flat_map(|role| self.bound(role).iter()).collect();
        let mut dependents: Vec<ObjectKey> =
            bindings.iter().flat_map(|binding| self.affected(binding)).collect();
        dependents.extend(bindings.into_iter().cloned());
        dependents.extend(wholes.into_iter().chain(parts).map(|role| role.key.clone()));
        dependents
    }

    /// The accounts that a binding names, and the workloads that it gives powers to.
    fn affected(self, key: &ObjectKey) -> Vec<ObjectKey> {
        let Some(binding) = self.binding(key) else { return Vec::new() };
        let is_powerful = Reach::of(key) != Reach::Namespace;
        let subjects = binding.subjects.iter().filter_map(|subject| subject.who(key.scope()));
        let mut affected = Vec::new();
        for who in subjects {
            if let Who::Account { namespace, name } = who {
                let account = self.cluster.find(Kind::ServiceAccount, namespace, name);
                affected.extend(account.map(|account| account.key.clone()));
            }
            if is_powerful {
                affected.extend(self.workloads_of(who));
            }
        }
        affected
    }

    /// The workloads whose accounts are somebody, or in a group.
    fn workloads_of(self, who: Who<'_>) -> Vec<ObjectKey> {
        let keys = |facts: &'a Facts| facts.key.clone();
        match who {
            Who::Account { namespace, name } => {
                let workloads = self.cluster.workloads_in(namespace);
                let own = workloads.filter(|(_, workload)| workload.service_account_name == name);
                own.map(|(facts, _)| keys(facts)).collect()
            }
            Who::AccountsOf(namespace) => {
                self.cluster.workloads_in(namespace).map(|(facts, _)| keys(facts)).collect()
            }
            Who::Group(SERVICE_ACCOUNTS | AUTHENTICATED) => {
                Kind::WORKLOADS.iter().flat_map(|kind| self.cluster.all(*kind)).map(keys).collect()
            }
            Who::Group(_) | Who::User(_) => Vec::new(),
        }
    }
}
