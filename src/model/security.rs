//! What security contexts say: of a pod, of its containers, and of both together.

use super::{
    AppArmorProfile, Placed, SeLinuxOptions, SeccompProfile, Sysctl, WindowsOptions, Workload,
};

const SECCOMP_POD_ANNOTATION: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER_ANNOTATION: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// What a pod and each of its containers can set; a container's value wins over the pod's.
#[derive(Clone, Copy, Debug)]
pub struct Security<'workload> {
    /// The container; `None` for the pod.
    container: Option<Placed<'workload>>,
    /// JSON pointer of the pod's `spec`.
    spec_path: &'static str,
    /// `runAsUser`.
    pub run_as_user: Option<i64>,
    /// `runAsGroup`.
    pub run_as_group: Option<i64>,
    /// `runAsNonRoot`.
    pub run_as_non_root: Option<bool>,
    /// `seccompProfile`.
    pub seccomp_profile: Option<&'workload SeccompProfile>,
    /// `appArmorProfile`.
    pub app_armor_profile: Option<&'workload AppArmorProfile>,
    /// `seLinuxOptions`.
    pub se_linux_options: Option<&'workload SeLinuxOptions>,
    /// `windowsOptions`.
    pub windows_options: Option<&'workload WindowsOptions>,
}

impl Security<'_> {
    /// The container's name; empty for the pod.
    #[must_use]
    pub fn container(&self) -> &str {
        self.container.as_ref().map_or("", Placed::name)
    }

    /// The JSON pointer of a field of this security context; `field` starts without a slash.
    #[must_use]
    pub fn path(&self, field: &str) -> String {
        match &self.container {
            Some(place) => place.path(&["securityContext/", field].concat()),
            None => [self.spec_path, "/securityContext/", field].concat(),
        }
    }

    /// The value of a field that is in force in a container, and where it is set: by itself, else
    /// by the pod. What neither sets is absent in the container.
    pub fn in_force<'context, T>(
        &'context self,
        pod: &'context Self,
        field: impl Fn(&Self) -> Option<T>,
    ) -> (Option<T>, &'context Self) {
        match (field(self), field(pod)) {
            (None, Some(value)) => (Some(value), pod),
            (own, _) => (own, self),
        }
    }

    /// Whether it sets the user 0.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.run_as_user == Some(0)
    }

    /// Whether it takes the seccomp profile away.
    #[must_use]
    pub fn is_seccomp_unconfined(&self) -> bool {
        self.seccomp_profile.is_some_and(|profile| !profile.confines())
    }

    /// Whether it takes the `AppArmor` profile away.
    #[must_use]
    pub fn is_app_armor_unconfined(&self) -> bool {
        self.app_armor_profile.is_some_and(|profile| !profile.confines())
    }

    /// Whether it makes a process of the Windows node.
    #[must_use]
    pub fn is_host_process(&self) -> bool {
        self.windows_options.is_some_and(|options| options.host_process == Some(true))
    }
}

/// Both types have these fields, and no trait in common.
macro_rules! security {
    ($context:expr, $container:expr, $spec_path:expr) => {{
        let context = $context;
        Security {
            container: $container,
            spec_path: $spec_path,
            run_as_user: context.and_then(|context| context.run_as_user),
            run_as_group: context.and_then(|context| context.run_as_group),
            run_as_non_root: context.and_then(|context| context.run_as_non_root),
            seccomp_profile: context.and_then(|context| context.seccomp_profile.as_ref()),
            app_armor_profile: context.and_then(|context| context.app_armor_profile.as_ref()),
            se_linux_options: context.and_then(|context| context.se_linux_options.as_ref()),
            windows_options: context.and_then(|context| context.windows_options.as_ref()),
        }
    }};
}

impl Workload {
    /// What the pod sets for all of its containers.
    #[must_use]
    pub fn pod_security(&self) -> Security<'_> {
        security!(self.pod().security_context.as_ref(), None, self.spec_path())
    }

    /// What each container sets for itself: init, regular and ephemeral ones.
    pub fn container_securities(&self) -> impl Iterator<Item = Security<'_>> {
        let spec_path = self.spec_path();
        self.all_containers().map(move |place| {
            security!(place.container.security_context.as_ref(), Some(place), spec_path)
        })
    }

    /// What the pod sets, then what each container sets.
    pub fn securities(&self) -> impl Iterator<Item = Security<'_>> {
        std::iter::once(self.pod_security()).chain(self.container_securities())
    }

    /// The contexts that do not demand that no container runs as root; a container that says nothing
    /// goes by the pod.
    pub fn not_surely_non_root(&self) -> impl Iterator<Item = Security<'_>> {
        self.without(|security| security.run_as_non_root)
    }

    /// The contexts without a seccomp profile that confines; a container that has none goes by the
    /// pod.
    pub fn without_seccomp(&self) -> impl Iterator<Item = Security<'_>> {
        self.without(|security| security.seccomp_profile.map(SeccompProfile::confines))
    }

    /// The contexts that are not good: that of the pod only where it says something.
    fn without<'a>(
        &'a self,
        is_good: impl Fn(&Security<'a>) -> Option<bool>,
    ) -> impl Iterator<Item = Security<'a>> {
        let pod = self.pod_security();
        let is_pod_good = is_good(&pod);
        let pod = is_pod_good.map(|_| pod).into_iter();
        pod.chain(self.container_securities())
            .filter(move |security| is_good(security).or(is_pod_good) != Some(true))
    }

    /// Annotations that take the seccomp profile of the pod or of a container away, as before
    /// [`SeccompProfile::SINCE`]: container, key and value. One of no container counts for none.
    pub fn unconfining_seccomp_annotations(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.template.metadata.annotations.iter().filter_map(|(key, value)| {
            let container = match key.strip_prefix(SECCOMP_CONTAINER_ANNOTATION) {
                Some(name) if self.all_containers().any(|place| place.name() == name) => name,
                None if key == SECCOMP_POD_ANNOTATION => "",
                _ => return None,
            };
            let confines = matches!(value, "runtime/default" | "docker/default")
                || value.starts_with("localhost/");
            (!confines).then_some((container, key, value))
        })
    }

    /// The kernel parameters that the pods set.
    pub fn sysctls(&self) -> impl Iterator<Item = &Sysctl> {
        self.pod().security_context.iter().flat_map(|security| &security.sysctls)
    }
}

/// Before the name of a container, in the annotation that named its `AppArmor` profile before there
/// were fields. The API server copies it into the field when a pod is made.
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// An annotation that names the `AppArmor` profile of a container.
#[derive(Clone, Copy, Debug)]
pub struct AppArmorAnnotation<'workload> {
    /// The annotation.
    pub key: &'workload str,
    /// The container that it names.
    pub container: &'workload str,
    /// The profile.
    pub profile: &'workload str,
}

impl AppArmorAnnotation<'_> {
    /// Whether the process is confined: by the runtime's profile, or by one of the node.
    #[must_use]
    pub fn confines(&self) -> bool {
        self.profile == "runtime/default" || self.profile.starts_with("localhost/")
    }
}

impl Workload {
    /// The annotations of the pods that name `AppArmor` profiles; an empty one names none.
    pub fn app_armor_annotations(&self) -> impl Iterator<Item = AppArmorAnnotation<'_>> {
        let annotations = self.template.metadata.annotations.iter();
        annotations.filter(|(_, profile)| !profile.is_empty()).filter_map(|(key, profile)| {
            let container = key.strip_prefix(APP_ARMOR)?;
            Some(AppArmorAnnotation { key, container, profile })
        })
    }

    /// Whether `AppArmor` confines a container; `None` where nothing is said about it. The container
    /// itself wins over an annotation, and that over the pod.
    #[must_use]
    pub fn is_confined_by_app_armor(&self, container: &Security<'_>) -> Option<bool> {
        let name = container.container();
        let own = container.app_armor_profile.map(AppArmorProfile::confines);
        own.or_else(|| {
            let mut annotations = self.app_armor_annotations();
            annotations.find(|annotation| annotation.container == name).map(|one| one.confines())
        })
        .or_else(|| self.pod_security().app_armor_profile.map(AppArmorProfile::confines))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Body, Kind, decode};

    #[test]
    fn a_field_stands_at_the_pod_or_at_its_container() {
        let json = r#"{"spec": {"template": {"spec": {"containers": [{"name": "app"}]}}}}"#;
        let Body::Workload(workload) = decode(Kind::Deployment, json).unwrap().body else {
            panic!("not a workload")
        };
        let places: Vec<_> = workload
            .securities()
            .map(|security| (security.container().to_owned(), security.path("runAsUser")))
            .collect();
        assert_eq!(
            places,
            [
                (String::new(), "/spec/template/spec/securityContext/runAsUser".to_owned()),
                (
                    "app".to_owned(),
                    "/spec/template/spec/containers/0/securityContext/runAsUser".to_owned()
                ),
            ]
        );
    }
}
