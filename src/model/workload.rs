//! The pod template behind any controller kind.

use compact_str::CompactString;

use super::{
    ClaimTemplate, Container, ContainerKind, Cron, HostPath, Kind, LabelSelector, Labels, List,
    PodSpec, PodTrouble, ResourceRequirements, Shortage, Strategy, VolumeMount, VolumeSource,
};

/// A pod, or an object that makes pods. It knows neither its name nor its namespace: a verdict on a
/// template holds for every object with the same one, and is computed once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Workload {
    /// The kind.
    pub kind: Kind,
    /// Labels of the object itself.
    pub labels: Labels,
    /// Annotations of the object itself.
    pub annotations: Labels,
    /// The template of its pods; of a Pod, the pod itself.
    pub template: PodTemplate,
    /// `spec.replicas`, defaulted to 1 for the kinds that have it.
    pub replicas: Option<i32>,
    /// Whether a file says `spec.replicas`: a live object always does.
    pub has_written_replicas: bool,
    /// `spec.selector` of a Deployment, `StatefulSet`, `DaemonSet` or `ReplicaSet`.
    pub selector: Option<LabelSelector>,
    /// How the pods are replaced by those of a new template.
    pub strategy: Option<Strategy>,
    /// `spec.serviceName` of a `StatefulSet`; empty where there is none.
    pub service_name: CompactString,
    /// The claims of each pod of a `StatefulSet`.
    pub volume_claim_templates: List<ClaimTemplate>,
    /// What a `CronJob` adds.
    pub cron: Option<Box<Cron>>,
    /// Fewer pods are available than are wanted. `None` for most, as is the next.
    pub shortage: Option<Shortage>,
    /// Whether a `DaemonSet` wants to run on no node.
    pub fits_no_node: bool,
    /// What is wrong with a Pod.
    pub trouble: Option<Box<PodTrouble>>,
    /// Whether a Job is done, and successfully.
    pub has_completed: bool,
    /// `status.completionTime` of a Job, or the end of its failure, in seconds since the epoch.
    pub finished_at: Option<i64>,
    /// `spec.ttlSecondsAfterFinished` of a Job, or of those that a `CronJob` makes.
    pub ttl_seconds_after_finished: Option<i64>,
}

/// A pod template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(default)]
pub struct PodTemplate {
    /// The metadata of the pods.
    pub metadata: TemplateMeta,
    /// What runs in them.
    pub spec: PodSpec,
}

/// Labels and annotations of a pod template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(default)]
pub struct TemplateMeta {
    /// The labels.
    pub labels: Labels,
    /// The annotations.
    pub annotations: Labels,
}

/// A container and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'workload> {
    /// The container.
    pub container: &'workload Container,
    /// Which list it is in.
    pub kind: ContainerKind,
    /// Its index in that list.
    pub index: usize,
    /// JSON pointer of the pod's `spec`.
    spec_path: &'static str,
}

/// A mount of a container and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct PlacedMount<'workload> {
    /// The container.
    pub place: Placed<'workload>,
    /// The mount.
    pub mount: &'workload VolumeMount,
    /// Its index in the container.
    pub index: usize,
}

impl PlacedMount<'_> {
    /// A field of this mount, as its container sees it; `field` starts without a slash.
    #[must_use]
    pub fn field(&self, field: &str) -> String {
        format!("volumeMounts/{}/{field}", self.index)
    }
}

impl Placed<'_> {
    /// The JSON pointer of a field of this container; `field` starts without a slash and may be
    /// empty for the container itself.
    #[must_use]
    pub fn path(&self, field: &str) -> String {
        let Self { kind, index, spec_path, .. } = self;
        let separator = if field.is_empty() { "" } else { "/" };
        [spec_path, "/", kind.field(), "/", &index.to_string(), separator, field].concat()
    }

    /// The container's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.container.name
    }

    /// Whether the kubelet keeps it running beside the others: an init container that restarts.
    #[must_use]
    pub fn is_sidecar(&self) -> bool {
        self.kind == ContainerKind::Init
            && self.container.restart_policy.as_deref() == Some("Always")
    }
}

impl Workload {
    /// What runs in the pods.
    #[must_use]
    pub fn pod(&self) -> &PodSpec {
        &self.template.spec
    }

    /// JSON pointer of the pod template; empty for a Pod.
    #[must_use]
    pub fn template_path(&self) -> &'static str {
        match self.kind {
            Kind::Pod => "",
            Kind::CronJob => "/spec/jobTemplate/spec/template",
            Kind::PodTemplate => "/template",
            _ => "/spec/template",
        }
    }

    /// JSON pointer of the pod's `spec`.
    #[must_use]
    pub fn spec_path(&self) -> &'static str {
        match self.kind {
            Kind::Pod => "/spec",
            Kind::CronJob => "/spec/jobTemplate/spec/template/spec",
            Kind::PodTemplate => "/template/spec",
            _ => "/spec/template/spec",
        }
    }

    /// JSON pointer of a field of the pod's `spec`; `field` starts without a slash.
    #[must_use]
    pub fn pod_path(&self, field: &str) -> String {
        format!("{}/{field}", self.spec_path())
    }

    /// JSON pointer of an annotation of the pods.
    #[must_use]
    pub fn pod_annotation_path(&self, key: &str) -> String {
        let key = key.replace('~', "~0").replace('/', "~1");
        format!("{}/metadata/annotations/{key}", self.template_path())
    }

    /// Init, regular and ephemeral containers: those that security checks judge.
    pub fn all_containers(&self) -> impl Iterator<Item = Placed<'_>> {
        let pod = self.pod();
        self.placed(&pod.init_containers, ContainerKind::Init)
            .chain(self.placed(&pod.containers, ContainerKind::Regular))
            .chain(self.placed(&pod.ephemeral_containers, ContainerKind::Ephemeral))
    }

    /// Regular containers and sidecars: those that run as long as the pod does, and that checks of
    /// resources and probes judge.
    pub fn running_containers(&self) -> impl Iterator<Item = Placed<'_>> {
        let pod = self.pod();
        self.placed(&pod.init_containers, ContainerKind::Init)
            .filter(Placed::is_sidecar)
            .chain(self.placed(&pod.containers, ContainerKind::Regular))
    }

    /// What all containers mount.
    pub fn mounts(&self) -> impl Iterator<Item = PlacedMount<'_>> {
        self.all_containers().flat_map(|place| {
            let mounts = place.container.volume_mounts.iter().enumerate();
            mounts.map(move |(index, mount)| PlacedMount { place, mount, index })
        })
    }

    /// What all containers mount of their node, and which path that is.
    pub fn host_mounts(&self) -> impl Iterator<Item = (PlacedMount<'_>, &HostPath)> {
        let volumes = &self.pod().volumes;
        self.mounts().filter_map(|placed| {
            let volume = volumes.iter().find(|volume| volume.name == placed.mount.name)?;
            let VolumeSource::HostPath(host) = &volume.source else { return None };
            Some((placed, host))
        })
    }

    /// Running containers that request nothing of a resource, where the pod does not either.
    pub fn containers_without_request(&self, resource: &str) -> impl Iterator<Item = Placed<'_>> {
        self.containers_where_no(move |resources| resources.has_request(resource))
    }

    /// Running containers without a limit on a resource, where the pod has none either.
    pub fn containers_without_limit(&self, resource: &str) -> impl Iterator<Item = Placed<'_>> {
        self.containers_where_no(move |resources| resources.has_limit(resource))
    }

    fn containers_where_no(
        &self,
        has: impl Fn(&ResourceRequirements) -> bool,
    ) -> impl Iterator<Item = Placed<'_>> {
        let pod_has = self.pod().resources.as_ref().is_some_and(&has);
        self.running_containers()
            .filter(move |place| !pod_has && !place.container.resources.as_ref().is_some_and(&has))
    }

    fn placed<'workload>(
        &self,
        containers: &'workload [Container],
        kind: ContainerKind,
    ) -> impl Iterator<Item = Placed<'workload>> + use<'workload> {
        let spec_path = self.spec_path();
        containers.iter().enumerate().map(move |(index, container)| Placed {
            container,
            kind,
            index,
            spec_path,
        })
    }

    /// Whether the pods are for Windows nodes.
    #[must_use]
    pub fn is_windows(&self) -> bool {
        self.pod().os.as_ref().is_some_and(|os| os.name == "windows")
    }

    /// Whether the pods run in a user namespace of their own.
    #[must_use]
    pub fn has_own_users(&self) -> bool {
        self.pod().host_users == Some(false)
    }

    /// Whether the pods run to an end: of a Job or `CronJob`, or a Pod that is not restarted after
    /// success.
    #[must_use]
    pub fn is_batch(&self) -> bool {
        match self.kind {
            Kind::Job | Kind::CronJob => true,
            Kind::Pod | Kind::PodTemplate => {
                matches!(self.pod().restart_policy.as_deref(), Some("Never" | "OnFailure"))
            }
            _ => false,
        }
    }

    /// The priority class of the pods, if one is named.
    #[must_use]
    pub fn priority_class(&self) -> Option<&str> {
        self.pod().priority_class_name.as_deref().filter(|name| !name.is_empty())
    }

    /// Whether the pods have one of the two priorities that are above all that users have.
    #[must_use]
    pub fn has_system_priority(&self) -> bool {
        matches!(self.priority_class(), Some("system-cluster-critical" | "system-node-critical"))
    }

    /// The account of the pods; `default` where none is named.
    #[must_use]
    pub fn service_account_name(&self) -> &str {
        let pod = self.pod();
        [&pod.service_account_name, &pod.service_account]
            .into_iter()
            .filter_map(|name| name.as_deref())
            .find(|name| !name.is_empty())
            .unwrap_or("default")
    }
}
