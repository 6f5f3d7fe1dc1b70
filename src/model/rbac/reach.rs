//! How far bindings carry the rules of a role.

use super::{
    super::{Kind, ObjectKey},
    SYSTEM_NAMESPACE,
};

/// How far a binding carries a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The whole cluster, with what is in no namespace.
    Cluster,
    /// `kube-system`, whose accounts rule the cluster.
    System,
    /// Another namespace.
    Namespace,
}

impl Reach {
    /// The reach of a binding, or of a Role.
    #[must_use]
    pub fn of(key: &ObjectKey) -> Self {
        match key.kind {
            Kind::ClusterRoleBinding | Kind::ClusterRole => Self::Cluster,
            _ if *key.namespace == *SYSTEM_NAMESPACE => Self::System,
            _ => Self::Namespace,
        }
    }
}

/// How far all bindings together carry the rules of a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reaches([bool; 3]);

impl Reaches {
    /// The reaches that there are, the farthest first.
    pub fn iter(self) -> impl Iterator<Item = Reach> {
        let all = [Reach::Cluster, Reach::System, Reach::Namespace];
        all.into_iter().zip(self.0).filter_map(|(reach, has)| has.then_some(reach))
    }

    /// Whether nobody is bound.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl FromIterator<Reach> for Reaches {
    fn from_iter<I: IntoIterator<Item = Reach>>(reaches: I) -> Self {
        let mut has = Self::default();
        reaches.into_iter().for_each(|reach| has.0[reach as usize] = true);
        has
    }
}
