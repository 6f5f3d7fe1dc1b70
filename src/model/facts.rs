//! What is kept of an object after it was judged: the few fields that relational checks ask for.

use std::sync::Arc;

use compact_str::CompactString;

use super::{
    Amount, Binding, Body, Break, ContainerPort, HorizontalPodAutoscaler, Ingress, Kind,
    LabelSelector, Labels, Meta, NetworkPolicy, Node, Object, ObjectKey, Origin, Placed,
    PodDisruptionBudget, PodSecurity, PodTrouble, PodUsage, Reference, Role, Service,
    ServiceAccount, Workload,
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
    Namespace {
        labels: Labels,
        annotations: Labels,
    },
    Node(Box<Node>),
    ServiceAccount(Box<ServiceAccount>),
    /// The rules are shared by all roles that allow the same.
    Role {
        origin: Origin,
        /// Those of a `ClusterRole`: aggregation selects by them.
        labels: Labels,
        role: Arc<Role>,
    },
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
    EndpointSlice(EndpointSliceFacts),
    /// What a pod has used lately.
    Usage(Box<PodUsage>),
    /// A pod that is not well, and that another object stands for.
    Trouble(Box<PodTrouble>),
    /// There are few of these kinds, or they are small.
    Whole(Box<Whole>),
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
    /// How many endpoints are ready.
    pub ready: u32,
}

/// What relational checks ask of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorkloadFacts {
    /// Whether another workload that checks know makes it, and stands for it.
    pub is_owned: bool,
    /// Labels of its pods, sorted by key.
    pub pod_labels: Box<[(CompactString, CompactString)]>,
    /// `spec.replicas`, defaulted.
    pub replicas: Option<i32>,
    /// The account of its pods.
    pub service_account_name: CompactString,
    /// `automountServiceAccountToken` of its pods.
    pub automount: Option<bool>,
    /// `priorityClassName` of its pods; empty where there is none.
    pub priority_class_name: CompactString,
    /// What its pods need by name.
    pub references: Box<[Reference]>,
    /// Whether its pods use the network of their node.
    pub host_network: bool,
    /// Whether its pods have topology spread constraints.
    pub is_spread: bool,
    /// Whether its pods keep apart from each other: by a topology spread constraint or an
    /// anti-affinity that means themselves.
    pub keeps_apart: bool,
    /// Whether a file says `spec.replicas`.
    pub has_written_replicas: bool,
    /// Why a new template is not rolled out pod by pod.
    pub rollout_break: Option<Break>,
    /// `spec.serviceName` of a `StatefulSet`; empty where there is none.
    pub service_name: CompactString,
    /// Name and storage class of the claims of each pod of a `StatefulSet`.
    pub claims: Box<[(CompactString, Option<CompactString>)]>,
    /// Whether a Job is done, and successfully.
    pub has_completed: bool,
    /// What is wrong with a Pod.
    pub trouble: Option<Box<PodTrouble>>,
    /// What its running containers ask for.
    pub resources: Box<[ContainerResources]>,
    /// What its pods ask for as a whole, where they say so.
    pub of_pod: Option<Amount>,
    /// At which versions its pods violate the controls of the Pod Security Standards.
    pub pod_security: PodSecurity,
    /// Ports that containers declare.
    pub ports: Box<[ContainerPortFact]>,
    /// Image of each container, with the container's JSON pointer.
    pub images: Box<[ImageFact]>,
    /// JSON pointer of the pod's `spec`.
    pub spec_path: &'static str,
    /// JSON pointer of the pod template.
    pub template_path: &'static str,
}

/// What a running container asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerResources {
    /// The container's name.
    pub container: CompactString,
    /// List and index of the container in the pod's `spec`.
    pub place: (&'static str, u16),
    /// What it requests; a limit counts where there is no request.
    pub request: Amount,
    /// What it is limited to.
    pub limit: Amount,
}

impl ContainerResources {
    /// JSON pointer of its requests or limits in a workload whose pods' `spec` is at `spec_path`.
    #[must_use]
    pub fn path(&self, spec_path: &str, field: &str) -> String {
        let (list, index) = self.place;
        format!("{spec_path}/{list}/{index}/resources/{field}")
    }

    fn of(place: &Placed<'_>) -> Self {
        let resources = place.container.resources.as_ref();
        let limit = resources.and_then(|resources| resources.limits.as_ref()).map(Amount::of);
        let request = resources.and_then(|resources| resources.requests.as_ref()).map(Amount::of);
        let (limit, request) = (limit.unwrap_or_default(), request.unwrap_or_default());
        Self {
            container: place.name().into(),
            place: (place.kind.field(), place.index as u16),
            request: request.or(limit),
            limit,
        }
    }
}

/// A port that a container declares.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerPortFact {
    /// Its name; may be empty.
    pub name: CompactString,
    /// Its number.
    pub number: i32,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: CompactString,
}

impl ContainerPortFact {
    fn of(port: &ContainerPort) -> Self {
        Self {
            name: port.name.clone(),
            number: port.container_port,
            protocol: port.protocol.clone().unwrap_or_else(|| "TCP".into()),
        }
    }
}

/// The image of a container.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImageFact {
    /// The container's name.
    pub container: CompactString,
    /// List and index of the container in the pod's `spec`.
    pub place: (&'static str, u16),
    /// The image.
    pub image: Arc<str>,
}

impl ImageFact {
    fn of(place: &Placed<'_>) -> Option<Self> {
        let image = place.container.image.as_deref()?.into();
        let container = place.container.name.clone();
        Some(Self { container, place: (place.kind.field(), place.index as u16), image })
    }

    /// JSON pointer of the image in a workload whose pods' `spec` is at `spec_path`.
    #[must_use]
    pub fn path(&self, spec_path: &str) -> String {
        let (list, index) = self.place;
        format!("{spec_path}/{list}/{index}/image")
    }
}

impl WorkloadFacts {
    /// What one of its pods requests.
    #[must_use]
    pub fn requested(&self) -> Amount {
        self.of_pod.unwrap_or_else(|| {
            self.resources.iter().fold(Amount::default(), |sum, container| Amount {
                cpu: sum.cpu.saturating_add(container.request.cpu),
                memory: sum.memory.saturating_add(container.request.memory),
            })
        })
    }

    /// Whether a selector selects the pods.
    #[must_use]
    pub fn is_selected_by(&self, selector: &LabelSelector) -> bool {
        selector.selects_by(|key| self.label(key))
    }

    /// The value of a label of the pods.
    #[must_use]
    pub fn label(&self, key: &str) -> Option<&str> {
        let index = self.pod_labels.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok()?;
        Some(&self.pod_labels[index].1)
    }

    fn of(workload: &Workload, meta: &Meta) -> Self {
        let owner = meta.controller().and_then(|owner| Kind::find(owner.group(), &owner.kind));
        let pod = workload.pod();
        let ports = workload.running_containers().flat_map(|place| place.container.ports.iter());
        let images = workload.all_containers().filter_map(|place| ImageFact::of(&place));
        let claims = workload.volume_claim_templates.iter();
        let claims = claims
            .map(|claim| (claim.metadata.name.clone(), claim.spec.storage_class_name.clone()));
        Self {
            is_owned: owner.is_some_and(|owner| owner.makes(workload.kind)),
            pod_labels: workload.template.metadata.labels.0.clone().into_iter().collect(),
            replicas: workload.replicas,
            service_account_name: workload.service_account_name().into(),
            automount: pod.automount_service_account_token,
            priority_class_name: pod.priority_class_name.clone().unwrap_or_default(),
            references: workload.references().into(),
            host_network: pod.host_network == Some(true),
            is_spread: !pod.topology_spread_constraints.is_empty(),
            keeps_apart: workload.keeps_apart(meta.namespace.as_deref().unwrap_or_default()),
            has_written_replicas: workload.has_written_replicas,
            rollout_break: workload.rollout_break(),
            service_name: workload.service_name.clone(),
            claims: claims.collect(),
            resources: workload
                .running_containers()
                .map(|place| ContainerResources::of(&place))
                .collect(),
            of_pod: pod.resources.as_ref().and_then(|pod| pod.requests.as_ref()).map(Amount::of),
            has_completed: workload.has_completed,
            trouble: workload.trouble.clone(),
            pod_security: PodSecurity::of(workload),
            ports: ports.map(ContainerPortFact::of).collect(),
            images: images.collect(),
            spec_path: workload.spec_path(),
            template_path: workload.template_path(),
        }
    }
}

impl Facts {
    /// Keeps what relational checks may ask for.
    #[must_use]
    pub fn of(object: &Object) -> Self {
        let labels = || object.meta.labels.clone();
        let body = match &object.body {
            Body::Workload(workload) => {
                FactBody::Workload(Arc::new(WorkloadFacts::of(workload, &object.meta)))
            }
            Body::Namespace(_) => FactBody::Namespace {
                labels: labels(),
                annotations: object.meta.annotations.clone(),
            },
            Body::Node(node) => FactBody::Node(Box::new(node.clone())),
            Body::ServiceAccount(account) => FactBody::ServiceAccount(Box::new(account.clone())),
            Body::Role(role) => Self::of_role(object, role),
            Body::Binding(binding) => Self::of_binding(object, binding),
            Body::Service(service) => FactBody::Service(Box::new(service.clone())),
            Body::Ingress(ingress) => FactBody::Ingress(Box::new(ingress.clone())),
            Body::NetworkPolicy(policy) => FactBody::NetworkPolicy(Box::new(policy.clone())),
            Body::PodDisruptionBudget(budget) => {
                FactBody::PodDisruptionBudget(Box::new(budget.clone()))
            }
            Body::HorizontalPodAutoscaler(scaler) => {
                FactBody::HorizontalPodAutoscaler(Box::new(scaler.clone()))
            }
            Body::ConfigMap(map) => Self::configuration(object, "", map.keys()),
            Body::Secret(secret) => Self::configuration(object, &secret.kind, secret.keys()),
            Body::EndpointSlice(slice) => FactBody::EndpointSlice(EndpointSliceFacts {
                service: object.meta.labels.value(SERVICE_NAME).unwrap_or_default().into(),
                ready: slice.endpoints.iter().filter(|endpoint| endpoint.is_ready()).count() as u32,
            }),
            Body::PodMetrics(metrics) => {
                FactBody::Usage(Box::new(PodUsage::of(&object.meta.labels, metrics)))
            }
            body => FactBody::Whole(Box::new(Whole {
                labels: labels(),
                annotations: object.meta.annotations.clone(),
                is_owned: !object.meta.owner_references.is_empty(),
                body: body.clone(),
            })),
        };
        Self { key: object.key(), body }
    }

    fn of_role(object: &Object, role: &Role) -> FactBody {
        let labels = match object.kind {
            Kind::ClusterRole => object.meta.labels.clone(),
            _ => Labels::default(),
        };
        FactBody::Role { origin: object.rbac_origin(), labels, role: Arc::new(role.clone()) }
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
    pub(super) fn is_judged(&self) -> bool {
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
            FactBody::Role { role, .. } => Some(role),
            _ => None,
        }
    }

    /// The labels of a `ClusterRole`.
    #[must_use]
    pub fn role_labels(&self) -> Option<&Labels> {
        match &self.body {
            FactBody::Role { labels, .. } => Some(labels),
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
        match self.body {
            FactBody::Role { origin, .. } | FactBody::Binding { origin, .. } => origin,
            _ => Origin::Own,
        }
    }

    /// The kind of the object.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.key.kind
    }
}
