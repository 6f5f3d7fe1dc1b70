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
}

/// Both types have these fields, and no trait in common.
macro_rules! security {
    ($context:expr, $container:expr, $spec_path:expr) => {{
        let context = $context;
        Security {
            container: $container,
            spec_path: $spec_path,
            run_as_user: context.and_then(|context| context.run_as_user),
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
    /// A capability as the Kubernetes API names it: runtimes also take `cap_net_admin`.
    #[must_use]
    pub fn canonical(name: &str) -> String {
        let name = name.to_ascii_uppercase();
        name.strip_prefix("CAP_").map_or_else(|| name.clone(), str::to_owned)
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
            assert_eq!(Capabilities::canonical(name), "NET_ADMIN");
        }
    }
}
