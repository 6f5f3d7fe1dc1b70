//! What security contexts say: of a pod, of its containers, and of both together.

use compact_str::CompactString;

use super::{
    AppArmorProfile, Capabilities, Container, Placed, SeLinuxOptions, SeccompProfile,
    WindowsOptions, Workload,
};

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
        let field = format!("securityContext/{field}");
        match &self.container {
            Some(place) => place.path(&field),
            None => format!("{}/{field}", self.spec_path),
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

impl Container {
    /// The capabilities that it adds to those of the runtime.
    #[must_use]
    pub fn added_capabilities(&self) -> &[CompactString] {
        self.capabilities().map_or(&[], |capabilities| &capabilities.add)
    }

    /// The capabilities that it gives up.
    #[must_use]
    pub fn dropped_capabilities(&self) -> &[CompactString] {
        self.capabilities().map_or(&[], |capabilities| &capabilities.drop)
    }

    fn capabilities(&self) -> Option<&Capabilities> {
        self.security_context.as_ref()?.capabilities.as_ref()
    }
}

impl Capabilities {
    /// Whether two names mean one capability: runtimes also take `cap_net_admin` for `NET_ADMIN`.
    #[must_use]
    pub fn are_same(one: &str, other: &str) -> bool {
        without_prefix(one).eq_ignore_ascii_case(without_prefix(other))
    }
}

fn without_prefix(name: &str) -> &str {
    match name.split_at_checked(4) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("CAP_") => rest,
        _ => name,
    }
}

impl SeccompProfile {
    /// Whether system calls are filtered: by the runtime's profile, or by one of the node.
    #[must_use]
    pub fn confines(&self) -> bool {
        matches!(self.kind.as_str(), "RuntimeDefault" | "Localhost")
    }
}

impl AppArmorProfile {
    /// Whether the process is confined: by the runtime's profile, or by one of the node.
    #[must_use]
    pub fn confines(&self) -> bool {
        matches!(self.kind.as_str(), "RuntimeDefault" | "Localhost")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Body, Kind, decode};
    use super::*;

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

    #[test]
    fn capabilities_have_one_name() {
        for name in ["NET_ADMIN", "net_admin", "CAP_NET_ADMIN", "cap_net_admin"] {
            assert!(Capabilities::are_same(name, "NET_ADMIN"), "{name}");
        }
        for name in ["NET", "CAP_", "NET_RAW", "XAP_NET_ADMIN"] {
            assert!(!Capabilities::are_same(name, "NET_ADMIN"), "{name}");
        }
    }
}
