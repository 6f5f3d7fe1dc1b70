//! What is kept of an object after it was judged: the few fields that relational checks ask for.

use std::sync::Arc;

use compact_str::CompactString;

use super::{
    Binding, Body, HorizontalPodAutoscaler, Ingress, Kind, Labels, NetworkPolicy, Node, Object,
    ObjectKey, Origin, PodDisruptionBudget, PodTrouble, PodUsage, Role, Service, ServiceAccount,
    WorkloadFacts,
};

/// The label of an `EndpointSlice` that names its Service.
const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// The facts about one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The object.
    pub key: ObjectKey,
    /// What is known of it.
    pub body: FactBody,
}

/// Facts by kind.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant holds facts of the kind of that name")]
pub enum FactBody {
    /// Shared by all workloads with the same template.
    Workload(Arc<WorkloadFacts>),
    Namespace(Box<NamespaceFacts>),
    Node(Box<Node>),
    ServiceAccount(Box<ServiceAccount>),
    Role(Box<RoleFacts>),
    Binding {
        origin: Origin,
        binding: Box<Binding>,
    },
    Service(Box<Service>),
    Ingress(Box<Ingress>),
    NetworkPolicy(Box<NetworkPolicy>),
    PodDisruptionBudget(Box<PodDisruptionBudget>),
    HorizontalPodAutoscaler(Box<HorizontalPodAutoscaler>),
    /// A `ConfigMap` or a Secret.
    Configuration(Box<ConfigurationFacts>),
    EndpointSlice(Box<EndpointSliceFacts>),
    /// What a pod has used lately.
    Usage(Box<PodUsage>),
    /// A pod that is not well, and that another object stands for.
    Trouble(Box<PodTrouble>),
    /// There are few of these kinds, or they are small.
    Whole(Box<Whole>),
}

/// What relational checks ask of a Namespace.
#[derive(Clone, Debug, PartialEq)]
pub struct NamespaceFacts {
    /// The labels.
    pub labels: Labels,
    /// The annotations.
    pub annotations: Labels,
}

/// What relational checks ask of a Role or `ClusterRole`.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleFacts {
    /// Where it is from.
    pub origin: Origin,
    /// The labels of a `ClusterRole`: aggregation selects by them.
    pub labels: Labels,
    /// The rules, shared by all roles that allow the same.
    pub role: Arc<Role>,
}

/// An object that is kept whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// The labels.
    pub labels: Labels,
    /// The annotations.
    pub annotations: Labels,
    /// Whether another object owns it.
    pub is_owned: bool,
    /// What its kind adds.
    pub body: Body,
}

/// What relational checks ask of a `ConfigMap` or a Secret: no values.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigurationFacts {
    /// The labels.
    pub labels: Labels,
    /// Whether another object owns it.
    pub is_owned: bool,
    /// The type of a Secret; empty for a `ConfigMap`.
    pub kind: CompactString,
    /// The keys of its values.
    pub keys: Box<[CompactString]>,
}

/// What relational checks ask of an `EndpointSlice`.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointSliceFacts {
    /// The Service that it belongs to; empty for none.
    pub service: CompactString,
    /// `IPv4`, `IPv6` or `FQDN`.
    pub address_type: CompactString,
    /// How many endpoints there are.
    pub endpoints: u32,
    /// How many of them are ready.
    pub ready: u32,
}

impl Facts {
    /// Keeps what relational checks may ask for.
    #[must_use]
    pub fn of(object: &Object) -> Self {
        Self::keyed(object.key(), object)
    }

    /// The same, with the key of the object.
    #[must_use]
    pub fn keyed(key: ObjectKey, object: &Object) -> Self {
        use FactBody as F;
        let meta = &object.meta;
        let body = match &object.body {
            Body::Workload(workload) => F::Workload(Arc::new(WorkloadFacts::of(workload, meta))),
            Body::Namespace(_) => F::Namespace(Box::new(NamespaceFacts {
                labels: meta.labels.clone(),
                annotations: meta.annotations.clone(),
            })),
            Body::Node(node) => F::Node(Box::new(node.clone())),
            Body::ServiceAccount(account) => F::ServiceAccount(Box::new(account.clone())),
            Body::Role(role) => Self::of_role(object, role),
            Body::Binding(binding) => Self::of_binding(object, binding),
            Body::Service(service) => F::Service(Box::new(service.clone())),
            Body::Ingress(ingress) => F::Ingress(Box::new(ingress.clone())),
            Body::NetworkPolicy(policy) => F::NetworkPolicy(Box::new(policy.clone())),
            Body::PodDisruptionBudget(budget) => F::PodDisruptionBudget(Box::new(budget.clone())),
            Body::HorizontalPodAutoscaler(scaler) => {
                F::HorizontalPodAutoscaler(Box::new(scaler.clone()))
            }
            Body::ConfigMap(map) => Self::configuration(object, "", map.keys()),
            Body::Secret(secret) => Self::configuration(object, &secret.kind, secret.keys()),
            Body::EndpointSlice(slice) => F::EndpointSlice(Box::new(EndpointSliceFacts {
                service: meta.labels.value(SERVICE_NAME).unwrap_or_default().into(),
                address_type: slice.address_type.clone(),
                endpoints: slice.endpoints.len() as u32,
                ready: slice.endpoints.iter().filter(|endpoint| endpoint.is_ready()).count() as u32,
            })),
            Body::PodMetrics(usage) => F::Usage(Box::new(PodUsage::of(&meta.labels, usage))),
            body => F::Whole(Box::new(Whole {
                labels: meta.labels.clone(),
                annotations: meta.annotations.clone(),
                is_owned: !meta.owner_references.is_empty(),
                body: body.clone(),
            })),
        };
        Self { key, body }
    }

    fn of_role(object: &Object, role: &Role) -> FactBody {
        let labels = match object.kind {
            Kind::ClusterRole => object.meta.labels.clone(),
            _ => Labels::default(),
        };
        let origin = object.rbac_origin();
        FactBody::Role(Box::new(RoleFacts { origin, labels, role: Arc::new(role.clone()) }))
    }

    fn of_binding(object: &Object, binding: &Binding) -> FactBody {
        FactBody::Binding { origin: object.rbac_origin(), binding: Box::new(binding.clone()) }
    }

    /// What is known of the object from earlier is not lost where it counts.
    pub(super) fn follow(&mut self, earlier: &Self) {
        if let (FactBody::Usage(usage), FactBody::Usage(earlier)) = (&mut self.body, &earlier.body)
        {
            usage.follow(earlier);
        }
    }

    fn configuration<'key>(
        object: &Object,
        kind: &str,
        keys: impl Iterator<Item = &'key str>,
    ) -> FactBody {
        FactBody::Configuration(Box::new(ConfigurationFacts {
            labels: object.meta.labels.clone(),
            is_owned: !object.meta.owner_references.is_empty(),
            kind: kind.into(),
            keys: keys.map(CompactString::from).collect(),
        }))
    }

    /// The object, if it is kept whole.
    #[must_use]
    pub fn whole(&self) -> Option<&Whole> {
        match &self.body {
            FactBody::Whole(whole) => Some(whole),
            _ => None,
        }
    }

    /// What the kind adds, if the object is kept whole.
    #[must_use]
    pub fn whole_body(&self) -> Option<&Body> {
        self.whole().map(|whole| &whole.body)
    }

    /// The facts of a workload, if it is one.
    #[must_use]
    pub fn workload(&self) -> Option<&WorkloadFacts> {
        match &self.body {
            FactBody::Workload(workload) => Some(workload),
            _ => None,
        }
    }

    /// Whether the object is judged itself, and not only told of.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        !matches!(self.body, FactBody::Trouble(_))
    }

    /// What is wrong with a pod.
    #[must_use]
    pub fn trouble(&self) -> Option<&PodTrouble> {
        match &self.body {
            FactBody::Trouble(trouble) => Some(trouble),
            FactBody::Workload(workload) => workload.trouble.as_deref(),
            _ => None,
        }
    }

    /// What it grants, if it is a Role or `ClusterRole`.
    #[must_use]
    pub fn role(&self) -> Option<&Role> {
        match &self.body {
            FactBody::Role(role) => Some(&role.role),
            _ => None,
        }
    }

    /// The labels of a `ClusterRole`.
    #[must_use]
    pub fn role_labels(&self) -> Option<&Labels> {
        match &self.body {
            FactBody::Role(role) => Some(&role.labels),
            _ => None,
        }
    }

    /// Whom it binds to what, if it is a `RoleBinding` or `ClusterRoleBinding`.
    #[must_use]
    pub fn binding(&self) -> Option<&Binding> {
        match &self.body {
            FactBody::Binding { binding, .. } => Some(binding),
            _ => None,
        }
    }

    /// Where a role or binding is from.
    #[must_use]
    pub fn rbac_origin(&self) -> Origin {
        match &self.body {
            FactBody::Role(role) => role.origin,
            FactBody::Binding { origin, .. } => *origin,
            _ => Origin::Own,
        }
    }

    /// Whether it is the Service of the API server, which stands for the cluster.
    #[must_use]
    pub fn is_api_server(&self) -> bool {
        let ObjectKey { kind, namespace, name } = &self.key;
        *kind == Kind::Service && (&**namespace, &**name) == ("default", "kubernetes")
    }

    /// The kind of the object.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.key.kind
    }
}
