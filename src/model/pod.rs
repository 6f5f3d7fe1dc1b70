//! The fields of a pod's `spec` that checks read.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::{
    Affinity, Labels, Lifecycle, List, Probe, Quantity, Toleration, TopologySpreadConstraint,
    Volume, mirror::mirror,
};

mirror! {
    /// A pod's `spec`.
    pub struct PodSpec {
        pub containers: List<Container>,
        pub init_containers: List<Container>,
        pub ephemeral_containers: List<Container>,
        pub volumes: List<Volume>,
        pub security_context: Option<PodSecurityContext>,
        #[serde(rename = "hostNetwork")]
        pub host_network: Option<bool>,
        #[serde(rename = "hostPID")]
        pub host_pid: Option<bool>,
        #[serde(rename = "hostIPC")]
        pub host_ipc: Option<bool>,
        pub host_users: Option<bool>,
        pub os: Option<PodOs>,
        pub service_account_name: Option<CompactString>,
        /// Deprecated twin of `serviceAccountName`; the API server fills both.
        pub service_account: Option<CompactString>,
        pub automount_service_account_token: Option<bool>,
        pub priority_class_name: Option<CompactString>,
        pub restart_policy: Option<CompactString>,
        pub resources: Option<ResourceRequirements>,
        pub topology_spread_constraints: List<TopologySpreadConstraint>,
        pub node_name: Option<CompactString>,
        pub node_selector: Labels,
        pub affinity: Option<Affinity>,
        pub tolerations: List<Toleration>,
        /// Defaulted to `ClusterFirst`.
        pub dns_policy: Option<CompactString>,
        pub dns_config: Option<DnsConfig>,
        pub host_aliases: List<HostAlias>,
        pub runtime_class_name: Option<CompactString>,
        pub image_pull_secrets: List<NameReference>,
        /// Absent is `true`.
        pub enable_service_links: Option<bool>,
        /// Defaulted to 30.
        pub termination_grace_period_seconds: Option<i64>,
    }

    /// `spec.os`.
    pub struct PodOs {
        pub name: CompactString,
    }

    /// `spec.dnsConfig`.
    pub struct DnsConfig {
        pub options: List<DnsOption>,
    }

    /// One option of the resolver.
    pub struct DnsOption {
        pub name: CompactString,
        pub value: Option<CompactString>,
    }

    /// One line of the pod's `/etc/hosts`.
    pub struct HostAlias {
        pub ip: CompactString,
        pub hostnames: List<CompactString>,
    }

    /// One container of any of the three lists.
    pub struct Container {
        pub name: CompactString,
        pub image: Option<CompactString>,
        pub image_pull_policy: Option<CompactString>,
        pub command: List<CompactString>,
        pub args: List<CompactString>,
        pub security_context: Option<SecurityContext>,
        pub resources: Option<ResourceRequirements>,
        pub ports: List<ContainerPort>,
        pub env: List<EnvVar>,
        pub env_from: List<EnvFrom>,
        pub volume_mounts: List<VolumeMount>,
        pub liveness_probe: Option<Probe>,
        pub readiness_probe: Option<Probe>,
        pub startup_probe: Option<Probe>,
        pub lifecycle: Option<Lifecycle>,
        /// `Always` makes an init container a sidecar.
        pub restart_policy: Option<CompactString>,
        pub stdin: Option<bool>,
        pub tty: Option<bool>,
        /// The container that an ephemeral one looks into.
        pub target_container_name: Option<CompactString>,
    }

    /// A container's `securityContext`.
    pub struct SecurityContext {
        pub privileged: Option<bool>,
        pub allow_privilege_escalation: Option<bool>,
        pub read_only_root_filesystem: Option<bool>,
        pub run_as_non_root: Option<bool>,
        pub run_as_user: Option<i64>,
        pub run_as_group: Option<i64>,
        pub proc_mount: Option<CompactString>,
        pub capabilities: Option<Capabilities>,
        pub seccomp_profile: Option<SeccompProfile>,
        pub app_armor_profile: Option<AppArmorProfile>,
        pub se_linux_options: Option<SeLinuxOptions>,
        pub windows_options: Option<WindowsOptions>,
    }

    /// A pod's `securityContext`.
    pub struct PodSecurityContext {
        pub run_as_non_root: Option<bool>,
        pub run_as_user: Option<i64>,
        pub run_as_group: Option<i64>,
        pub fs_group: Option<i64>,
        pub fs_group_change_policy: Option<CompactString>,
        pub supplemental_groups: List<i64>,
        pub supplemental_groups_policy: Option<CompactString>,
        pub se_linux_change_policy: Option<CompactString>,
        pub sysctls: List<Sysctl>,
        pub seccomp_profile: Option<SeccompProfile>,
        pub app_armor_profile: Option<AppArmorProfile>,
        pub se_linux_options: Option<SeLinuxOptions>,
        pub windows_options: Option<WindowsOptions>,
    }

    /// `capabilities` of a container.
    pub struct Capabilities {
        pub add: List<CompactString>,
        pub drop: List<CompactString>,
    }

    /// A seccomp profile.
    pub struct SeccompProfile {
        #[serde(rename = "type")]
        pub kind: CompactString,
        pub localhost_profile: Option<CompactString>,
    }

    /// An `AppArmor` profile.
    pub struct AppArmorProfile {
        #[serde(rename = "type")]
        pub kind: CompactString,
        pub localhost_profile: Option<CompactString>,
    }

    /// `SELinux` options.
    pub struct SeLinuxOptions {
        #[serde(rename = "type")]
        pub kind: CompactString,
        pub user: CompactString,
        pub role: CompactString,
        pub level: CompactString,
    }

    /// Options of Windows containers.
    pub struct WindowsOptions {
        pub host_process: Option<bool>,
        pub run_as_user_name: Option<CompactString>,
        pub gmsa_credential_spec_name: Option<CompactString>,
    }

    /// One kernel parameter.
    pub struct Sysctl {
        pub name: CompactString,
    }

    /// Requests and limits, of a container or of the pod.
    pub struct ResourceRequirements {
        pub requests: Option<BTreeMap<CompactString, Quantity>>,
        pub limits: Option<BTreeMap<CompactString, Quantity>>,
    }

    /// A declared port.
    pub struct ContainerPort {
        pub name: CompactString,
        pub container_port: i32,
        pub host_port: i32,
        pub protocol: Option<CompactString>,
    }

    /// One environment variable. The value is read by checks and never shown.
    pub struct EnvVar {
        pub name: CompactString,
        pub value: Option<CompactString>,
        pub value_from: Option<ValueFrom>,
    }

    /// Where an environment variable comes from.
    pub struct ValueFrom {
        pub secret_key_ref: Option<KeyReference>,
        pub config_map_key_ref: Option<KeyReference>,
    }

    /// One key of a Secret or `ConfigMap`.
    pub struct KeyReference {
        pub name: CompactString,
        pub key: CompactString,
        pub optional: Option<bool>,
    }

    /// A source of many environment variables.
    pub struct EnvFrom {
        pub secret_ref: Option<NameReference>,
        pub config_map_ref: Option<NameReference>,
    }

    /// A Secret or `ConfigMap` by name.
    pub struct NameReference {
        pub name: CompactString,
        pub optional: Option<bool>,
    }

    /// A mounted volume.
    pub struct VolumeMount {
        pub name: CompactString,
        pub mount_path: CompactString,
        pub read_only: Option<bool>,
        /// Whether mounts below it are read-only too: `Enabled`, `IfPossible` or `Disabled`.
        pub recursive_read_only: Option<CompactString>,
        pub sub_path: CompactString,
        pub sub_path_expr: CompactString,
    }
}

impl ResourceRequirements {
    /// What is requested of a resource; a limit counts where there is no request, as for the API
    /// server.
    #[must_use]
    pub fn request(&self, resource: &str) -> Option<&Quantity> {
        let request = self.requests.as_ref().and_then(|requests| requests.get(resource));
        request.or_else(|| self.limit(resource))
    }

    /// The limit of a resource.
    #[must_use]
    pub fn limit(&self, resource: &str) -> Option<&Quantity> {
        self.limits.as_ref()?.get(resource)
    }

    /// Whether a resource is requested; a limit counts where there is no request, zero never does.
    #[must_use]
    pub fn has_request(&self, resource: &str) -> bool {
        self.request(resource).is_some_and(|quantity| !quantity.is_zero())
    }

    /// Whether a resource is limited; zero does not count.
    #[must_use]
    pub fn has_limit(&self, resource: &str) -> bool {
        self.limit(resource).is_some_and(|quantity| !quantity.is_zero())
    }
}

/// Which of the three lists a container is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerKind {
    /// `containers`.
    Regular,
    /// `initContainers`.
    Init,
    /// `ephemeralContainers`.
    Ephemeral,
}

impl ContainerKind {
    /// The field of the pod's `spec` that holds the list.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Regular => "containers",
            Self::Init => "initContainers",
            Self::Ephemeral => "ephemeralContainers",
        }
    }
}
