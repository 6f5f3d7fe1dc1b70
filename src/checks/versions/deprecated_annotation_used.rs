use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Kind, Object, Workload, workloads_and},
};

/// An annotation that something else replaces.
#[derive(Clone, Copy)]
struct Deprecated {
    /// The minor version of Kubernetes that deprecated it.
    since: u16,
    /// What to use instead.
    instead: &'static str,
}

const fn deprecated(since: u16, instead: &'static str) -> Deprecated {
    Deprecated { since, instead }
}

const SECCOMP_OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

check! {
    /// Fields are used instead of the annotations that they replaced.
    ///
    /// ## Why
    ///
    /// What began as an annotation became a field, and in time the annotation stops to work: a
    /// seccomp profile in an annotation has had no effect since Kubernetes 1.27, and nothing says
    /// so.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   ingressClassName: public      # was the annotation kubernetes.io/ingress.class
    /// ```
    ///
    /// Found are the annotations that the API server warns of: on pods and templates those of
    /// seccomp and AppArmor (unless the field is set too), of sysctls and of critical pods; the class
    /// of an Ingress or of a volume, the mount options of a volume, the default mark of a
    /// storage class in beta, topology hints of a Service, and mountable secrets of an account.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/labels-annotations-taints/>
    /// - kubeaudit `SeccompDeprecatedAnnotations`, Trivy KSV-0030
    "deprecated-annotation-used", Versions, Low, Standard, Object(KINDS, run),
    remediation: "use the field that replaced the annotation",
}

const KINDS: &[Kind] = workloads_and![
    Ingress,
    Service,
    PersistentVolumeClaim,
    PersistentVolume,
    StorageClass,
    ServiceAccount
];

fn run(object: &Object, context: &Context<'_>) -> Verdict {
    let (prefix, annotations) = match &object.body {
        Body::Workload(workload) => {
            (workload.template_path(), &workload.template.metadata.annotations)
        }
        _ => ("", &object.meta.annotations),
    };
    let mut keys = Vec::new();
    let mut evidence = Vec::new();
    for (key, value) in annotations.iter() {
        let found = match &object.body {
            Body::Workload(workload) => of_pod(workload, key, value),
            _ => of_object(object, key),
        };
        if let Some(found) = found.filter(|found| found.since <= context.kubernetes_minor) {
            let pointer = key.replace('~', "~0").replace('/', "~1");
            let path = format!("{prefix}/metadata/annotations/{pointer}");
            let since = format!("deprecated since 1.{}", found.since);
            evidence.push(Evidence::at(path, since, found.instead));
            keys.push(key);
        }
    }
    Verdict::unless_empty(evidence, |_| match keys.as_slice() {
        [key] => format!("annotation `{key}` is deprecated"),
        keys => format!("annotations {} are deprecated", enumerate(keys)),
    })
}

fn of_object(object: &Object, key: &str) -> Option<Deprecated> {
    match (object.kind, key) {
        (Kind::Ingress, "kubernetes.io/ingress.class") => match &object.body {
            Body::Ingress(ingress) if ingress.ingress_class_name.is_some() => None,
            _ => Some(deprecated(18, "spec.ingressClassName")),
        },
        (Kind::Service, "service.kubernetes.io/topology-aware-hints") => {
            Some(deprecated(27, "spec.trafficDistribution"))
        }
        (
            Kind::PersistentVolumeClaim | Kind::PersistentVolume,
            "volume.beta.kubernetes.io/storage-class",
        ) => Some(deprecated(8, "spec.storageClassName")),
        (Kind::PersistentVolume, "volume.beta.kubernetes.io/mount-options") => {
            Some(deprecated(31, "spec.mountOptions"))
        }
        (Kind::StorageClass, "storageclass.beta.kubernetes.io/is-default-class") => {
            Some(deprecated(6, "annotation storageclass.kubernetes.io/is-default-class"))
        }
        (Kind::ServiceAccount, "kubernetes.io/enforce-mountable-secrets") => {
            Some(deprecated(32, "a namespace of its own for the secrets"))
        }
        _ => None,
    }
}

/// Where a field says the same, the annotation is there for old clusters, or was put there by one.
fn of_pod(workload: &Workload, key: &str, value: &str) -> Option<Deprecated> {
    let container =
        |name: &str| workload.container_securities().find(|security| security.container() == name);
    if let Some(name) = key.strip_prefix(SECCOMP) {
        let is_replaced = container(name)?.seccomp_profile.is_some();
        return (!is_replaced).then_some(deprecated(19, "securityContext.seccompProfile"));
    }
    if let Some(name) = key.strip_prefix(APPARMOR) {
        let of_pod = workload.pod_security().app_armor_profile;
        let is_replaced = container(name)?.app_armor_profile.is_some()
            || of_pod.is_some_and(|profile| is_same_profile(&profile.kind, value));
        return (!is_replaced).then_some(deprecated(30, "securityContext.appArmorProfile"));
    }
    match key {
        SECCOMP_OF_POD if workload.pod_security().seccomp_profile.is_some() => None,
        SECCOMP_OF_POD => Some(deprecated(19, "spec.securityContext.seccompProfile")),
        "scheduler.alpha.kubernetes.io/critical-pod" => {
            Some(deprecated(16, "spec.priorityClassName"))
        }
        "security.alpha.kubernetes.io/sysctls" | "security.alpha.kubernetes.io/unsafe-sysctls" => {
            Some(deprecated(11, "spec.securityContext.sysctls"))
        }
        _ => None,
    }
}

/// Whether an annotation means the type of profile that a field names.
fn is_same_profile(kind: &str, annotation: &str) -> bool {
    match annotation {
        "runtime/default" => kind == "RuntimeDefault",
        "unconfined" => kind == "Unconfined",
        _ => kind == "Localhost" && annotation.starts_with("localhost/"),
    }
}
