//! Look-ups of traffic: who reaches whom, and who is isolated.

use std::sync::Arc;

use super::{
    Body, CiliumEndpoint, CiliumNetworkPolicy, Cluster, Direction, EndpointSliceFacts, FactBody,
    Facts, Gateway, Ingress, IngressPath, Kind, LabelSelector, Named, NetworkPolicy, ObjectKey,
    Peer, ReferenceGrant, Route, Service, WorkloadFacts,
    traffic::{Slot, claim, claims, selecting},
};

/// The label of a Namespace that always holds its name.
const NAME: &str = "kubernetes.io/metadata.name";

/// The annotation of the class that Ingresses without a class get.
const IS_DEFAULT_CLASS: &str = "ingressclass.kubernetes.io/is-default-class";

impl Cluster {
    /// A Service by name.
    #[must_use]
    pub fn service(&self, namespace: &str, name: &str) -> Option<&Service> {
        service(self.find(Kind::Service, namespace, name)?)
    }

    /// The Services that select the pods of a workload.
    pub fn services_of<'a>(
        &'a self,
        namespace: &'a str,
        workload: &'a WorkloadFacts,
    ) -> impl Iterator<Item = (&'a Facts, &'a Service)> {
        let labels = workload.pod_labels.iter();
        let found = labels
            .flat_map(move |(key, value)| self.at(&Slot::Selecting { namespace, key, value }));
        let services = found.filter_map(|facts| Some((facts, service(facts)?)));
        services.filter(move |(facts, service)| {
            *facts.key.namespace == *namespace && workload.has(&service.selector)
        })
    }

    /// The other Services of the namespace that select by the same labels.
    pub fn services_like<'a>(
        &'a self,
        key: &'a ObjectKey,
        like: &'a Service,
    ) -> impl Iterator<Item = (&'a Facts, &'a Service)> {
        let slot = selecting(&key.namespace, like);
        let found = slot.into_iter().flat_map(|slot| self.at(&slot));
        let services = found.filter_map(|facts| Some((facts, service(facts)?)));
        services.filter(move |(facts, service)| {
            facts.key != *key
                && facts.key.namespace == key.namespace
                && service.selector == like.selector
        })
    }

    /// The slices that hold the endpoints of a Service.
    pub fn slices_of<'a>(
        &'a self,
        service: &'a ObjectKey,
    ) -> impl Iterator<Item = &'a EndpointSliceFacts> {
        let found = self.naming(Kind::EndpointSlice, Named::from(service));
        found.filter_map(|facts| match &facts.body {
            FactBody::EndpointSlice(slice) => Some(&**slice),
            _ => None,
        })
    }

    /// The Ingresses that lead to a Service.
    pub fn ingresses_to<'a>(
        &'a self,
        service: &'a ObjectKey,
    ) -> impl Iterator<Item = (&'a Facts, &'a Ingress)> {
        let found = self.naming(Kind::Ingress, Named::from(service));
        found.filter_map(|facts| Some((facts, ingress(facts)?)))
    }

    /// The routes of the Gateway API that lead to a Service.
    pub fn routes_to<'a>(
        &'a self,
        service: &'a ObjectKey,
    ) -> impl Iterator<Item = (&'a Facts, &'a Route)> {
        let found =
            Kind::ROUTES.iter().flat_map(move |kind| self.naming(*kind, Named::from(service)));
        found.filter_map(|facts| Some((facts, route(facts)?)))
    }

    /// The other Ingresses that claim a path of a host, whatever their class.
    pub fn ingresses_claiming<'a>(
        &'a self,
        key: &'a ObjectKey,
        host: &'a str,
        path: &'a IngressPath,
    ) -> impl Iterator<Item = (&'a Facts, &'a Ingress)> {
        let slot = claim(host, path);
        let found = self.at(&slot).filter(move |facts| facts.key != *key);
        let ingresses = found.filter_map(|facts| Some((facts, ingress(facts)?)));
        ingresses.filter(move |(_, ingress)| claims(ingress).any(|one| one == slot))
    }

    fn at(&self, slot: &Slot<'_>) -> impl Iterator<Item = &Facts> + use<'_> {
        self.traffic().at(slot).filter_map(|key| self.facts(key))
    }

    /// The class of Ingresses that name none.
    #[must_use]
    pub fn default_ingress_class(&self) -> Option<&str> {
        let is_default = |facts: &&Facts| {
            let whole = facts.whole();
            whole.is_some_and(|whole| whole.annotations.value(IS_DEFAULT_CLASS) == Some("true"))
        };
        let defaults = self.all(Kind::IngressClass).filter(is_default);
        defaults.map(|facts| &*facts.key.name).min()
    }

    /// The network policies that select the pods of a workload.
    pub fn network_policies_of(
        &self,
        namespace: &str,
        workload: &WorkloadFacts,
    ) -> impl Iterator<Item = &NetworkPolicy> {
        self.all_in(Kind::NetworkPolicy, namespace).filter_map(move |facts| {
            let FactBody::NetworkPolicy(policy) = &facts.body else { return None };
            workload.is_selected_by(&policy.pod_selector).then_some(&**policy)
        })
    }

    /// Whether a policy, of Kubernetes or of Cilium, isolates the pods of a workload in a direction.
    #[must_use]
    pub fn isolates(
        &self,
        namespace: &str,
        workload: &WorkloadFacts,
        direction: Direction,
    ) -> bool {
        self.network_policies_of(namespace, workload).any(|policy| policy.covers(direction))
            || self.cilium_isolates(namespace, workload, direction)
    }

    /// Whether a policy of Cilium isolates the pods of a workload in a direction.
    #[must_use]
    pub fn cilium_isolates(
        &self,
        namespace: &str,
        workload: &WorkloadFacts,
        direction: Direction,
    ) -> bool {
        let labels = self.namespace_labels(namespace);
        let endpoint = CiliumEndpoint {
            namespace,
            service_account: &workload.service_account_name,
            label: &|key| workload.label(key),
            namespace_label: &|key| labels.and_then(|labels| labels.value(key)),
        };
        self.cilium_policies(namespace).any(|policy| policy.covers(endpoint, direction))
    }

    /// The policies of Cilium that may reach into a namespace: its own, and those of the cluster.
    pub fn cilium_policies(&self, namespace: &str) -> impl Iterator<Item = &CiliumNetworkPolicy> {
        let own = self.all_in(Kind::CiliumNetworkPolicy, namespace);
        let policies = own.chain(self.all(Kind::CiliumClusterwideNetworkPolicy));
        policies.filter_map(|facts| match facts.whole_body() {
            Some(Body::CiliumNetworkPolicy(policy)) => Some(policy),
            _ => None,
        })
    }

    /// Whether all network policies are known, of Kubernetes and of Cilium.
    #[must_use]
    pub fn knows_network_policies(&self) -> bool {
        [Kind::NetworkPolicy, Kind::CiliumNetworkPolicy, Kind::CiliumClusterwideNetworkPolicy]
            .into_iter()
            .all(|kind| self.is_complete(kind))
    }

    /// Whether all pods are known, and what makes them.
    #[must_use]
    pub fn knows_workloads(&self) -> bool {
        Kind::WORKLOADS.iter().all(|kind| self.is_complete(*kind))
    }

    /// The workloads of a namespace whose pods network policies reach: those in the network of
    /// their node are left out, and templates of which nothing is made.
    pub fn networked_in(&self, namespace: &str) -> impl Iterator<Item = (&Facts, &WorkloadFacts)> {
        self.workloads_in(namespace).filter(|(facts, workload)| {
            !workload.host_network && !workload.is_owned && facts.kind() != Kind::PodTemplate
        })
    }

    /// Whether a namespace has pods, or what makes them, that a selector may select.
    #[must_use]
    pub fn has_pods(&self, namespace: &str, selector: &LabelSelector) -> bool {
        let mut workloads = self.workloads_in(namespace);
        workloads.any(|(facts, workload)| workload.may_be_selected_by(facts.kind(), selector))
    }

    /// Whether the pods or namespaces of a peer exist. Selectors that take everything are not asked,
    /// nor are addresses.
    #[must_use]
    pub fn has_peer(&self, namespace: &str, peer: &Peer) -> bool {
        let pods = peer.pod_selector.as_ref().filter(|selector| !selector.is_empty());
        match (&peer.namespace_selector, pods) {
            (None, None) => true,
            (None, Some(pods)) => self.has_pods(namespace, pods),
            (Some(namespaces), None) => {
                namespaces.is_empty() || self.namespaces(namespaces).next().is_some()
            }
            (Some(namespaces), Some(pods)) => {
                self.namespaces(namespaces).any(|namespace| self.has_pods(namespace, pods))
            }
        }
    }

    /// The namespaces that a selector selects; a name is looked up.
    fn namespaces<'a>(&'a self, selector: &'a LabelSelector) -> impl Iterator<Item = &'a Arc<str>> {
        let named = selector.match_labels.value(NAME);
        let one = named.and_then(|name| self.find(Kind::Namespace, "", name));
        let all = named.is_none().then(|| self.all(Kind::Namespace)).into_iter().flatten();
        let selected = one.into_iter().chain(all).filter(|facts| match &facts.body {
            FactBody::Namespace(namespace) => selector.selects(&namespace.labels),
            _ => false,
        });
        selected.map(|facts| &facts.key.name)
    }

    /// Whether a `ReferenceGrant` lets a route lead to a Service of another namespace.
    #[must_use]
    pub fn grants(&self, route: &ObjectKey, namespace: &str, service: &str) -> bool {
        self.all_in(Kind::ReferenceGrant, namespace).any(|facts| match facts.whole_body() {
            Some(Body::ReferenceGrant(grant)) => grant.allows(route, service),
            _ => false,
        })
    }

    /// Objects of other places that have to do with the traffic of this one.
    #[must_use]
    pub(super) fn traffic_dependents(&self, key: &ObjectKey) -> Vec<ObjectKey> {
        let Some(facts) = self.facts(key) else { return Vec::new() };
        let found: Vec<&Facts> = match (&facts.body, facts.whole_body()) {
            (FactBody::Ingress(ingress), _) => {
                claims(ingress).flat_map(|slot| self.at(&slot)).collect()
            }
            (FactBody::Service(service), _) => {
                let routes = self.routes_to(key).map(|(facts, _)| facts);
                routes.chain(self.monitors(service)).collect()
            }
            (_, Some(Body::Route(route))) => self.behind(key, route).collect(),
            (_, Some(Body::ReferenceGrant(grant))) => self.granted(grant).collect(),
            (_, Some(Body::Gateway(gateway))) => self.certificates(key, gateway).collect(),
            _ => return Vec::new(),
        };
        let elsewhere = found.into_iter().filter(|facts| facts.key.namespace != key.namespace);
        elsewhere.map(|facts| facts.key.clone()).collect()
    }

    /// The workloads of other namespaces that a route leads to.
    fn behind<'a>(
        &'a self,
        key: &'a ObjectKey,
        route: &'a Route,
    ) -> impl Iterator<Item = &'a Facts> {
        let backends = route.backends().map(|(_, backend)| backend);
        let namespaces = backends.map(|backend| (backend, backend.namespace_or(&key.namespace)));
        let abroad = namespaces.filter(|(_, namespace)| **namespace != *key.namespace);
        abroad.flat_map(move |(backend, namespace)| {
            let service = self.service(namespace, &backend.name);
            let service = service.filter(|service| service.has_selector());
            service.into_iter().flat_map(move |service| {
                let workloads = self.workloads_in(namespace);
                let selected = workloads.filter(|(_, workload)| workload.has(&service.selector));
                selected.map(|(facts, _)| facts)
            })
        })
    }

    /// The monitors that select by the labels of a Service.
    fn monitors<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Facts> {
        self.all(Kind::ServiceMonitor).filter(|facts| match facts.whole_body() {
            Some(Body::ServiceMonitor(monitor)) => monitor.selector.selects(&service.labels),
            _ => false,
        })
    }

    /// The Secrets that hold the certificates of a Gateway.
    fn certificates<'a>(
        &'a self,
        key: &'a ObjectKey,
        gateway: &'a Gateway,
    ) -> impl Iterator<Item = &'a Facts> {
        let tls = gateway.listeners.iter().filter_map(|listener| listener.tls.as_ref());
        tls.flat_map(|tls| &tls.certificate_refs).filter_map(|certificate| {
            let namespace = certificate.namespace.as_deref().unwrap_or(&key.namespace);
            self.find(Kind::Secret, namespace, &certificate.name)
        })
    }

    /// The routes of the namespaces that a grant lets in.
    fn granted<'a>(&'a self, grant: &'a ReferenceGrant) -> impl Iterator<Item = &'a Facts> {
        grant.from.iter().flat_map(|from| {
            Kind::ROUTES.iter().flat_map(|kind| self.all_in(*kind, &from.namespace))
        })
    }
}

fn service(facts: &Facts) -> Option<&Service> {
    match &facts.body {
        FactBody::Service(service) => Some(service),
        _ => None,
    }
}

fn ingress(facts: &Facts) -> Option<&Ingress> {
    match &facts.body {
        FactBody::Ingress(ingress) => Some(ingress),
        _ => None,
    }
}

fn route(facts: &Facts) -> Option<&Route> {
    match facts.whole_body() {
        Some(Body::Route(route)) => Some(route),
        _ => None,
    }
}
