//! The controls of the Pod Security Standards, and at which of their versions a workload violates
//! which. Versions are ranges of minor versions of Kubernetes.

use std::ops::Range;

use super::{
    Capabilities, Container, Labels, SeLinuxOptions, SeccompProfile, Security, Sysctl, Volume,
    Workload,
};

/// Later than any minor version.
pub(super) const NEVER: u16 = u16::MAX;

/// A level of the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodSecurityLevel {
    /// Forbids what is known to open the node.
    Baseline,
    /// Demands hardening, too.
    Restricted,
}

impl PodSecurityLevel {
    /// Its name in the labels of a namespace.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

/// A control of the standards, those of the baseline first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "named as in the standards")]
pub enum Control {
    AppArmorProfile,
    CapabilitiesBaseline,
    HostNamespaces,
    HostPathVolumes,
    HostPorts,
    HostProbesAndHostLifecycle,
    Privileged,
    ProcMount,
    SeLinuxOptions,
    SeccompProfileBaseline,
    Sysctls,
    WindowsHostProcess,
    AllowPrivilegeEscalation,
    CapabilitiesRestricted,
    ProcMountRestricted,
    RestrictedVolumes,
    RunAsNonRoot,
    RunAsUser,
    SeccompProfileRestricted,
}

impl Control {
    /// Every control.
    pub const ALL: [Self; 19] = [
        Self::AppArmorProfile,
        Self::CapabilitiesBaseline,
        Self::HostNamespaces,
        Self::HostPathVolumes,
        Self::HostPorts,
        Self::HostProbesAndHostLifecycle,
        Self::Privileged,
        Self::ProcMount,
        Self::SeLinuxOptions,
        Self::SeccompProfileBaseline,
        Self::Sysctls,
        Self::WindowsHostProcess,
        Self::AllowPrivilegeEscalation,
        Self::CapabilitiesRestricted,
        Self::ProcMountRestricted,
        Self::RestrictedVolumes,
        Self::RunAsNonRoot,
        Self::RunAsUser,
        Self::SeccompProfileRestricted,
    ];

    /// Its id in `k8s.io/pod-security-admission`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppArmorProfile => "appArmorProfile",
            Self::CapabilitiesBaseline => "capabilities_baseline",
            Self::HostNamespaces => "hostNamespaces",
            Self::HostPathVolumes => "hostPathVolumes",
            Self::HostPorts => "hostPorts",
            Self::HostProbesAndHostLifecycle => "hostProbesAndHostLifecycle",
            Self::Privileged => "privileged",
            Self::ProcMount => "procMount",
            Self::SeLinuxOptions => "seLinuxOptions",
            Self::SeccompProfileBaseline => "seccompProfile_baseline",
            Self::Sysctls => "sysctls",
            Self::WindowsHostProcess => "windowsHostProcess",
            Self::AllowPrivilegeEscalation => "allowPrivilegeEscalation",
            Self::CapabilitiesRestricted => "capabilities_restricted",
            Self::ProcMountRestricted => "procMount_restricted",
            Self::RestrictedVolumes => "restrictedVolumes",
            Self::RunAsNonRoot => "runAsNonRoot",
            Self::RunAsUser => "runAsUser",
            Self::SeccompProfileRestricted => "seccompProfile_restricted",
        }
    }

    /// The versions at which a level has it. The restricted level has the controls of the baseline,
    /// but for those that it replaces by stricter ones.
    fn of(self, level: PodSecurityLevel) -> Range<u16> {
        use PodSecurityLevel::{Baseline, Restricted};
        match (level, self) {
            (Restricted, Self::HostPathVolumes) => 0..0,
            (Restricted, Self::SeccompProfileBaseline) => 0..19,
            (Restricted, Self::CapabilitiesBaseline) => 0..22,
            (Restricted, Self::ProcMount) => 0..35,
            (Baseline, control) if control > Self::WindowsHostProcess => 0..0,
            _ => 0..NEVER,
        }
    }
}

/// At which versions a workload violates each control, in a few bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PodSecurity([Range<u8>; Control::ALL.len()]);

impl PodSecurity {
    /// Works it out.
    #[must_use]
    pub fn of(workload: &Workload) -> Self {
        let narrow = |minor: u16| u8::try_from(minor).unwrap_or(u8::MAX);
        Self(Control::ALL.map(|control| {
            let Range { start, end } = workload.violates(control);
            narrow(start)..narrow(end)
        }))
    }

    /// The controls of a level that are violated at a minor version.
    pub fn violated(&self, level: PodSecurityLevel, minor: u16) -> impl Iterator<Item = Control> {
        let minor = minor.min(u16::from(u8::MAX) - 1);
        Control::ALL.into_iter().zip(&self.0).filter_map(move |(control, Range { start, end })| {
            let violated = u16::from(*start)..u16::from(*end);
            let is_violated = violated.contains(&minor) && control.of(level).contains(&minor);
            is_violated.then_some(control)
        })
    }

    /// Whether the pods meet a level at a minor version.
    #[must_use]
    pub fn meets(&self, level: PodSecurityLevel, minor: u16) -> bool {
        self.violated(level, minor).next().is_none()
    }
}

/// The minor version of the standards that the labels of a namespace name, that of enforcement
/// first. There is none above `latest`.
#[must_use]
pub fn pod_security_version(labels: &Labels, latest: u16) -> u16 {
    let keys = [
        "pod-security.kubernetes.io/enforce-version",
        "pod-security.kubernetes.io/audit-version",
        "pod-security.kubernetes.io/warn-version",
    ];
    let version = keys.iter().find_map(|key| labels.value(key));
    let minor = version.and_then(|version| version.strip_prefix("v1.")?.parse().ok());
    minor.unwrap_or(latest).min(latest)
}

impl Workload {
    /// Whether a control judges these pods at a minor version.
    #[must_use]
    pub fn is_judged_by(&self, control: Control, minor: u16) -> bool {
        self.judged_by(control).contains(&minor)
    }

    /// Since 1.25 some controls let off Windows, since 1.35 some let off pods in a user namespace
    /// of their own.
    fn judged_by(&self, control: Control) -> Range<u16> {
        let windows = if self.is_windows() { 25 } else { NEVER };
        let own_users = if self.has_own_users() { 35 } else { NEVER };
        match control {
            Control::AllowPrivilegeEscalation => 8..windows,
            Control::SeccompProfileRestricted => 19..windows,
            Control::CapabilitiesRestricted => 22..windows,
            Control::ProcMount | Control::RunAsNonRoot => 0..own_users,
            Control::RunAsUser => 23..own_users,
            Control::HostProbesAndHostLifecycle => 34..NEVER,
            Control::ProcMountRestricted => 35..NEVER,
            _ => 0..NEVER,
        }
    }

    /// The versions at which these pods violate a control.
    fn violates(&self, control: Control) -> Range<u16> {
        let pod = self.pod();
        let is_violated = match control {
            Control::SeLinuxOptions => return self.violates_se_linux_options(),
            Control::SeccompProfileBaseline => return self.violates_seccomp_baseline(),
            Control::Sysctls => {
                return 0..self.sysctls().map(Sysctl::safe_since).max().unwrap_or(0);
            }
            Control::AppArmorProfile => {
                self.any_security(Security::is_app_armor_unconfined)
                    || self.app_armor_annotations().any(|annotation| !annotation.confines())
            }
            Control::CapabilitiesBaseline => {
                self.any_container(|container| container.adds_beyond(&Capabilities::BASELINE))
            }
            Control::HostNamespaces => {
                [pod.host_network, pod.host_pid, pod.host_ipc].contains(&Some(true))
            }
            Control::HostPathVolumes => pod.volumes.iter().any(Volume::is_host_path),
            Control::HostPorts => self.any_container(|it| it.host_ports().next().is_some()),
            Control::HostProbesAndHostLifecycle => {
                self.any_container(|it| it.probed_hosts().next().is_some())
            }
            Control::Privileged => self.any_container(Container::is_privileged),
            Control::ProcMount | Control::ProcMountRestricted => {
                self.any_container(|it| it.unmasked_proc().is_some())
            }
            Control::WindowsHostProcess => self.any_security(Security::is_host_process),
            Control::AllowPrivilegeEscalation => self.any_container(Container::may_escalate),
            Control::CapabilitiesRestricted => self.any_container(|it| {
                !it.drops_all_capabilities() || it.adds_beyond(&Capabilities::RESTRICTED)
            }),
            Control::RestrictedVolumes => pod.volumes.iter().any(Volume::is_restricted),
            Control::RunAsNonRoot => self.not_surely_non_root().next().is_some(),
            Control::RunAsUser => self.any_security(Security::is_root),
            Control::SeccompProfileRestricted => self.without_seccomp().next().is_some(),
        };
        if is_violated { self.judged_by(control) } else { 0..0 }
    }

    fn violates_se_linux_options(&self) -> Range<u16> {
        let options = self.securities().filter_map(|security| security.se_linux_options);
        let forbidden = options.flat_map(SeLinuxOptions::forbidden);
        0..forbidden.map(|(_, _, allowed_since)| allowed_since).max().unwrap_or(0)
    }

    fn violates_seccomp_baseline(&self) -> Range<u16> {
        let by_field = self.any_security(Security::is_seccomp_unconfined);
        let by_annotation = self.unconfining_seccomp_annotations().next().is_some();
        let since = SeccompProfile::SINCE;
        match (by_annotation, by_field) {
            (false, false) => 0..0,
            (true, false) => 0..since,
            (false, true) => since..NEVER,
            (true, true) => 0..NEVER,
        }
    }

    fn any_container(&self, is_bad: impl Fn(&Container) -> bool) -> bool {
        self.all_containers().any(|place| is_bad(place.container))
    }

    fn any_security<'a>(&'a self, is_bad: impl Fn(&Security<'a>) -> bool) -> bool {
        self.securities().any(|security| is_bad(&security))
    }
}
