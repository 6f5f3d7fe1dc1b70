//! What is kept of a workload: shared by all that have the same template.

use std::sync::Arc;

use compact_str::CompactString;

use super::{
    Amount, Break, ClaimTemplate, ContainerKind, ContainerPort, Kind, LabelSelector, Labels, Meta,
    Placed, PodSecurity, PodTrouble, Reference, Toleration, Workload,
};

/// What relational checks ask of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
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
    /// The taints of nodes that do not keep its pods away.
    pub tolerations: Box<[Toleration]>,
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
    /// Whether a container requests no CPU.
    pub lacks_cpu_request: bool,
    /// Whether a container requests no memory.
    pub lacks_memory_request: bool,
    /// The labels that its nodes have to have, but for system and architecture.
    pub pool: Labels,
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
    /// Whether it is a regular container without `preStop` hook.
    pub stops_at_once: bool,
}

impl ImageFact {
    fn of(place: &Placed<'_>) -> Option<Self> {
        let image = place.container.image.as_deref()?.into();
        let container = place.container.name.clone();
        let hook = place.container.lifecycle.as_ref().and_then(|hooks| hooks.pre_stop.as_ref());
        let stops_at_once = place.kind == ContainerKind::Regular && hook.is_none();
        let place = (place.kind.field(), place.index as u16);
        Some(Self { container, place, image, stops_at_once })
    }

    /// JSON pointer of the image in a workload whose pods' `spec` is at `spec_path`.
    #[must_use]
    pub fn path(&self, spec_path: &str) -> String {
        self.field(spec_path, "image")
    }

    /// JSON pointer of a field of the container; `field` starts without a slash.
    #[must_use]
    pub fn field(&self, spec_path: &str, field: &str) -> String {
        let (list, index) = self.place;
        format!("{spec_path}/{list}/{index}/{field}")
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

    /// Whether a selector may select some of the pods, of a workload of a kind: controllers give
    /// pods labels of their own.
    #[must_use]
    pub fn may_be_selected_by(&self, kind: Kind, selector: &LabelSelector) -> bool {
        let given = labels_given_by(kind);
        selector.may_select_by(|key| self.label(key), |key| given.contains(&key))
    }

    /// Whether the pods have these labels.
    #[must_use]
    pub fn has(&self, labels: &Labels) -> bool {
        labels.iter().all(|(key, value)| self.label(key) == Some(value))
    }

    /// Whether some of the pods may have these labels, of a workload of a kind.
    #[must_use]
    pub fn may_have(&self, kind: Kind, labels: &Labels) -> bool {
        let given = labels_given_by(kind);
        labels.iter().all(|(key, value)| given.contains(&key) || self.label(key) == Some(value))
    }

    /// The value of a label of the pods.
    #[must_use]
    pub fn label(&self, key: &str) -> Option<&str> {
        let index = self.pod_labels.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok()?;
        Some(&self.pod_labels[index].1)
    }

    pub(super) fn of(workload: &Workload, meta: &Meta) -> Self {
        let owner = meta.controller().and_then(|owner| Kind::find(owner.group(), &owner.kind));
        let pod = workload.pod();
        let ports = workload.running_containers().flat_map(|place| place.container.ports.iter());
        let images = workload.all_containers().filter_map(|place| ImageFact::of(&place));
        let claims = workload.volume_claim_templates.iter();
        let resources = workload.running_containers();
        Self {
            is_owned: owner.is_some_and(|owner| owner.makes(workload.kind)),
            pod_labels: workload.template.metadata.labels.entries().into(),
            replicas: workload.replicas,
            service_account_name: workload.service_account_name().into(),
            automount: pod.automount_service_account_token,
            priority_class_name: pod.priority_class_name.clone().unwrap_or_default(),
            references: workload.references().into(),
            host_network: pod.host_network == Some(true),
            is_spread: !pod.topology_spread_constraints.is_empty(),
            tolerations: pod.tolerations.0.clone().into(),
            keeps_apart: workload.keeps_apart(meta.namespace.as_deref().unwrap_or_default()),
            has_written_replicas: workload.has_written_replicas,
            rollout_break: workload.rollout_break(),
            service_name: workload.service_name.clone(),
            claims: claims.map(named_class).collect(),
            resources: resources.map(|place| ContainerResources::of(&place)).collect(),
            of_pod: pod.resources.as_ref().and_then(|pod| pod.requests.as_ref()).map(Amount::of),
            has_completed: workload.has_completed,
            trouble: workload.trouble.clone(),
            pod_security: PodSecurity::of(workload),
            lacks_cpu_request: workload.containers_without_request("cpu").next().is_some(),
            lacks_memory_request: workload.containers_without_request("memory").next().is_some(),
            pool: pool(&pod.node_selector),
            ports: ports.map(ContainerPortFact::of).collect(),
            images: images.collect(),
            spec_path: workload.spec_path(),
            template_path: workload.template_path(),
        }
    }
}

/// What every node of a system and an architecture has tells no pools apart.
fn pool(node_selector: &Labels) -> Labels {
    let common = ["kubernetes.io/arch", "kubernetes.io/os"];
    node_selector.iter().filter(|(key, _)| !common.contains(key)).collect()
}

/// The labels that a controller gives its pods beside those of the template.
fn labels_given_by(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::StatefulSet => &[
            "apps.kubernetes.io/pod-index",
            "controller-revision-hash",
            "statefulset.kubernetes.io/pod-name",
        ],
        Kind::DaemonSet => &["controller-revision-hash", "pod-template-generation"],
        Kind::Deployment => &["pod-template-hash"],
        Kind::CronJob | Kind::Job => &[
            "batch.kubernetes.io/controller-uid",
            "batch.kubernetes.io/job-completion-index",
            "batch.kubernetes.io/job-name",
            "controller-uid",
            "job-name",
        ],
        _ => &[],
    }
}

/// Name and class of a claim template.
fn named_class(claim: &ClaimTemplate) -> (CompactString, Option<CompactString>) {
    (claim.metadata.name.clone(), claim.spec.storage_class_name.clone())
}
