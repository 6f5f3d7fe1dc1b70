//! Questions to roles and bindings.

use std::collections::BTreeSet;

use super::{
    super::{Cluster, Facts, Kind, LabelSelector, ObjectKey},
    Binding, Caller, HeldPower, Index, PolicyRule, Power, Reach, Reaches, Request, Role, RoleRef,
    SYSTEM_NAMESPACE, Who,
    index::{Bindings, NO_LABEL, label_id, of_id, selector_id},
    who::implied,
};

/// What is asked of the roles and bindings of a cluster.
#[derive(Clone, Copy)]
pub struct Rbac<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) index: &'a Index,
}

/// What the authorizer answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision<'a> {
    /// The caller is in `system:masters` and RBAC is not asked.
    AboveRbac,
    /// This binding allows it; others may, too.
    Allowed(&'a ObjectKey),
    /// No binding allows it.
    Denied,
}

impl Decision<'_> {
    /// Whether the request goes through.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        self != Self::Denied
    }
}

/// Where something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span<'a> {
    /// In no namespace: on what is cluster-scoped, in all namespaces at once, or on a URL.
    Cluster,
    /// In one namespace.
    Namespace(&'a str),
    /// In no namespace or in any, each by itself.
    Anywhere,
}

impl<'a> Rbac<'a> {
    pub(in crate::model) fn new(cluster: &'a Cluster, index: &'a Index) -> Self {
        Self { cluster, index }
    }

    /// What the authorizer answers; `namespace` is absent for what is in none.
    #[must_use]
    pub fn decide(
        self,
        caller: &Caller<'_>,
        request: &Request<'_>,
        namespace: Option<&str>,
    ) -> Decision<'a> {
        if caller.is_above_rbac() {
            return Decision::AboveRbac;
        }
        let allows = |key: &&ObjectKey| self.binding_grants(key, request);
        let identities = || caller.identities.iter().map(|who| self.index.of(*who));
        let wide = identities().flat_map(Bindings::wide).find(allows);
        let found = wide.or_else(|| {
            let namespace = namespace?;
            identities().find_map(|bindings| bindings.of_namespace(namespace).find(allows))
        });
        found.map_or(Decision::Denied, Decision::Allowed)
    }

    fn binding_grants(self, key: &ObjectKey, request: &Request<'_>) -> bool {
        let Some(binding) = self.binding(key) else { return false };
        match self.role(&key.namespace, &binding.role_ref) {
            Some(role) => self.any_rule(role, |rule| rule.grants(request)),
            None => binding.role_ref.is_cluster_admin(),
        }
    }

    /// The bindings that allow a request, of whomever, in their order.
    #[must_use]
    pub fn who_can(self, request: &Request<'_>, span: Span<'_>) -> Vec<&'a Facts> {
        let grants = |role: &&Facts| self.any_rule(role, |rule| rule.grants(request));
        let roles: Box<dyn Iterator<Item = &'a Facts>> = match span {
            Span::Cluster => Box::new(std::iter::empty()),
            Span::Namespace(namespace) => Box::new(self.cluster.all_in(Kind::Role, namespace)),
            Span::Anywhere => Box::new(self.cluster.all(Kind::Role)),
        };
        let roles = self.cluster.all(Kind::ClusterRole).chain(roles).filter(grants);
        let bindings = roles.map(|role| self.bound(&role.key));
        let absent = self.cluster.find(Kind::ClusterRole, "", "cluster-admin").is_none();
        let administrators = self.index.to(Kind::ClusterRole, "", "cluster-admin");
        let bindings = bindings.chain(absent.then_some(administrators));
        let keys: BTreeSet<_> = bindings.flat_map(|bindings| within(bindings, span)).collect();
        keys.into_iter().filter_map(|key| self.cluster.facts(key)).collect()
    }

    /// The bindings that name somebody, and those of the groups that follow from who it is: each
    /// with whom it names.
    #[must_use]
    pub fn bindings_of(self, who: Who<'a>) -> Vec<(Who<'a>, &'a Facts)> {
        let identities = implied(who).into_iter().flatten();
        let bindings =
            identities.flat_map(|who| self.index.of(who).iter().map(move |key| (who, key)));
        bindings.filter_map(|(who, key)| Some((who, self.cluster.facts(key)?))).collect()
    }

    /// Whether a binding names somebody, and not only a group of theirs.
    #[must_use]
    pub fn is_named(self, who: Who<'_>) -> bool {
        !self.index.of(who).is_empty()
    }

    /// The roles that bindings refer to and that are not here, in their order. Where not all roles
    /// are known, nobody knows what these allow.
    #[must_use]
    pub fn missing_roles(self) -> BTreeSet<(Kind, &'a str, &'a str)> {
        let wide =
            self.index.cluster_roles.keys().map(|name| (Kind::ClusterRole, "", name.as_str()));
        let local = self.index.roles.iter().flat_map(|(namespace, roles)| {
            roles.keys().map(|name| (Kind::Role, namespace.as_str(), name.as_str()))
        });
        let is_missing = |(kind, namespace, name): &(Kind, &str, &str)| {
            self.cluster.find(*kind, namespace, name).is_none()
                && (*kind, *name) != (Kind::ClusterRole, "cluster-admin")
        };
        wide.chain(local).filter(is_missing).collect()
    }

    /// Everybody whom a binding calls by this name, in whatever kind and namespace.
    #[must_use]
    pub fn named(self, name: &'a str) -> Vec<Who<'a>> {
        let accounts =
            self.index.accounts.iter().filter(|(_, accounts)| accounts.contains_key(name));
        let mut accounts: Vec<_> =
            accounts.map(|(namespace, _)| Who::Account { namespace, name }).collect();
        accounts.sort_unstable();
        let others = [Who::user(name), Who::group(name)];
        let others = others.into_iter().filter(|who| !self.index.of(*who).is_empty());
        others.chain(accounts).collect()
    }

    /// A binding.
    #[must_use]
    pub fn binding(self, key: &ObjectKey) -> Option<&'a Binding> {
        self.cluster.facts(key)?.binding()
    }

    /// The role that a binding in `namespace` refers to.
    #[must_use]
    pub fn role(self, namespace: &str, reference: &RoleRef) -> Option<&'a Facts> {
        let kind = reference.role_kind()?;
        let namespace = if kind.is_namespaced() { namespace } else { "" };
        self.cluster.find(kind, namespace, &reference.name)
    }

    /// Whether a rule of a role passes a test, or one of the roles that it is to be filled with.
    pub fn any_rule(self, role: &'a Facts, test: impl Fn(&PolicyRule) -> bool) -> bool {
        let Some(own) = role.role() else { return false };
        if !own.is_to_be_filled() {
            return own.rules.iter().any(test);
        }
        let parts = self.parts(role);
        let mut parts = parts.iter().filter_map(|part| part.role());
        parts.any(|part| part.rules.iter().any(&test))
    }

    /// The cluster roles that a role aggregates, those that they aggregate, and so on.
    #[must_use]
    pub fn parts(self, role: &'a Facts) -> Vec<&'a Facts> {
        let direct = |facts: &'a Facts| {
            let selectors = facts.role().into_iter().flat_map(Role::selectors);
            selectors.flat_map(move |selector| self.selected_by(selector))
        };
        closure(role, direct)
    }

    fn selected_by(self, selector: &'a LabelSelector) -> impl Iterator<Item = &'a Facts> {
        let (any, labelled) = match selector_id(selector) {
            NO_LABEL => (Some(self.cluster.all(Kind::ClusterRole)), None),
            id => (None, Some(self.cluster_roles(of_id(&self.index.labelled, id)))),
        };
        let candidates = any.into_iter().flatten().chain(labelled.into_iter().flatten());
        candidates
            .filter(|facts| facts.role_labels().is_some_and(|labels| selector.selects(labels)))
    }

    /// The cluster roles that aggregate a role, those that aggregate them, and so on.
    #[must_use]
    pub fn wholes(self, role: &'a Facts) -> Vec<&'a Facts> {
        let direct = |facts: &'a Facts| {
            let labels = facts.role_labels();
            let ids =
                labels.into_iter().flat_map(|labels| labels.iter().map(|(k, v)| label_id(k, v)));
            let ids = ids.chain(labels.map(|_| NO_LABEL));
            let names = ids.flat_map(|id| of_id(&self.index.selecting, id));
            let selects = move |whole: &&Facts| {
                whole.role().zip(labels).is_some_and(|(role, labels)| role.selects(labels))
            };
            self.cluster_roles(names).filter(selects)
        };
        closure(role, direct)
    }

    fn cluster_roles(
        self,
        names: impl Iterator<Item = &'a str>,
    ) -> impl Iterator<Item = &'a Facts> {
        names.filter_map(move |name| self.cluster.find(Kind::ClusterRole, "", name))
    }

    pub(super) fn bound(self, role: &ObjectKey) -> &'a Bindings {
        self.index.to(role.kind, &role.namespace, &role.name)
    }

    /// Whether a binding refers to a role, be it to nobody's good.
    #[must_use]
    pub fn is_referred_to(self, role: &ObjectKey) -> bool {
        !self.bound(role).is_empty()
    }

    /// The bindings of a role, and of those that aggregate it.
    #[must_use]
    pub fn carriers(self, role: &'a Facts) -> Carriers<'a> {
        let roles = [role].into_iter().chain(self.wholes(role));
        let bindings = roles.map(|role| self.bound(&role.key));
        let bindings = bindings.filter(|bindings| !bindings.is_empty());
        Carriers { rbac: self, bindings: bindings.collect() }
    }

    /// The powers over the whole cluster that a service account holds, each with its binding.
    #[must_use]
    pub fn powers_of_account(self, namespace: &str, name: &str) -> Vec<HeldPower> {
        let mut held = Vec::new();
        for who in implied(Who::Account { namespace, name }).into_iter().flatten() {
            let bindings = self.index.of(who);
            let here = (namespace == SYSTEM_NAMESPACE).then(|| bindings.of_namespace(namespace));
            for key in bindings.wide().chain(here.into_iter().flatten()) {
                let powers = self.powers_given_by(key).into_iter();
                held.extend(powers.map(|power| HeldPower {
                    power,
                    kind: key.kind,
                    binding: key.name.clone(),
                }));
            }
        }
        held.sort();
        held.dedup();
        held
    }

    fn powers_given_by(self, key: &ObjectKey) -> Vec<Power> {
        let Some(reference) = self.binding(key).map(|binding| &binding.role_ref) else {
            return Vec::new();
        };
        let Some(role) = self.role(&key.namespace, reference) else {
            return reference
                .is_cluster_admin()
                .then_some(Power::ClusterAdmin)
                .into_iter()
                .collect();
        };
        let parts = role.role().filter(|own| own.is_to_be_filled()).map(|_| self.parts(role));
        let sources = [role].into_iter().chain(parts.into_iter().flatten());
        let of_source = |source: &Facts| match Reach::of(key) {
            Reach::Cluster => self.index.powers.get(&source.key.name).cloned().unwrap_or_default(),
            reach => source
                .role()
                .map(|role| Power::given_by(&role.rules, reach).into())
                .unwrap_or_default(),
        };
        sources.flat_map(of_source).collect()
    }
}

/// The bindings that carry the rules of a role to somebody.
pub struct Carriers<'a> {
    rbac: Rbac<'a>,
    bindings: Vec<&'a Bindings>,
}

impl<'a> Carriers<'a> {
    /// How far they carry them.
    #[must_use]
    pub fn reaches(&self) -> Reaches {
        let all = [Reach::Cluster, Reach::System, Reach::Namespace];
        all.into_iter().filter(|reach| self.of(*reach).next().is_some()).collect()
    }

    /// Those that carry them just so far.
    pub fn of(&self, reach: Reach) -> impl Iterator<Item = &'a ObjectKey> {
        let keys = self.bindings.iter().flat_map(move |bindings| bindings.reaching(reach));
        let binds =
            |key: &ObjectKey| self.rbac.binding(key).is_some_and(|one| !one.subjects.is_empty());
        keys.filter(move |key| binds(key))
    }
}

/// Those of some bindings that reach a place.
fn within<'a>(
    bindings: &'a Bindings,
    span: Span<'a>,
) -> Box<dyn Iterator<Item = &'a ObjectKey> + 'a> {
    match span {
        Span::Anywhere => Box::new(bindings.iter()),
        Span::Cluster => Box::new(bindings.wide()),
        Span::Namespace(namespace) => {
            Box::new(bindings.wide().chain(bindings.of_namespace(namespace)))
        }
    }
}

/// What can be reached from an object by one step or more, without itself.
fn closure<'a, I: Iterator<Item = &'a Facts>>(
    start: &'a Facts,
    step: impl Fn(&'a Facts) -> I,
) -> Vec<&'a Facts> {
    let mut found: Vec<&Facts> = Vec::new();
    let mut known = BTreeSet::new();
    let mut next = 0;
    let mut from = start;
    loop {
        found.extend(step(from).filter(|facts| facts.key != start.key && known.insert(&facts.key)));
        let Some(further) = found.get(next) else { return found };
        from = further;
        next += 1;
    }
}
