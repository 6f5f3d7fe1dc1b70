//! What containers and pods ask for beyond the ordinary.

use compact_str::CompactString;

use super::{
    AppArmorProfile, Capabilities, Container, HttpGet, SeLinuxOptions, SeccompProfile, Sysctl,
    TcpSocket, Volume, VolumeSource, pod_security::NEVER,
};

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

    /// The capabilities that it adds and that are not among some, with their indices.
    pub fn added_beyond(&self, some: &[&str]) -> impl Iterator<Item = (usize, &str)> {
        let added = self.added_capabilities().iter().map(CompactString::as_str).enumerate();
        added.filter(move |(_, name)| !some.contains(name))
    }

    /// Whether it adds capabilities that are not among some.
    #[must_use]
    pub fn adds_beyond(&self, some: &[&str]) -> bool {
        self.added_beyond(some).next().is_some()
    }

    /// Whether it gives up all capabilities, in the spelling of the standards.
    #[must_use]
    pub fn drops_all_capabilities(&self) -> bool {
        self.dropped_capabilities().iter().any(|name| name == "ALL")
    }

    /// Whether it is privileged.
    #[must_use]
    pub fn is_privileged(&self) -> bool {
        self.security_context.as_ref().is_some_and(|security| security.privileged == Some(true))
    }

    /// Whether its processes may get more privileges than it began with.
    #[must_use]
    pub fn may_escalate(&self) -> bool {
        let security = self.security_context.as_ref();
        security.and_then(|security| security.allow_privilege_escalation) != Some(false)
    }

    /// Its `procMount`, unless that is the default.
    #[must_use]
    pub fn unmasked_proc(&self) -> Option<&str> {
        let mount = self.security_context.as_ref()?.proc_mount.as_deref();
        mount.filter(|mount| *mount != "Default")
    }

    /// The ports of the node that it opens, with the indices of its own.
    pub fn host_ports(&self) -> impl Iterator<Item = (usize, i32)> {
        let ports = self.ports.iter().map(|port| port.host_port).enumerate();
        ports.filter(|(_, port)| *port != 0)
    }

    /// The hosts that its probes and hooks name, with the fields that name them.
    pub fn probed_hosts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let probes = [&self.liveness_probe, &self.readiness_probe, &self.startup_probe];
        let probes = probes.map(Option::as_ref).map(|probe| {
            probe.map(|probe| hosts(probe.http_get.as_ref(), probe.tcp_socket.as_ref()))
        });
        let lifecycle = self.lifecycle.as_ref();
        let hooks = lifecycle.map(|hooks| [hooks.post_start.as_ref(), hooks.pre_stop.as_ref()]);
        let hooks = hooks
            .unwrap_or_default()
            .map(|hook| hook.map(|hook| hosts(hook.http_get.as_ref(), hook.tcp_socket.as_ref())));
        let named = HOST_FIELDS.into_iter().zip(probes.into_iter().chain(hooks));
        named
            .flat_map(|(fields, hosts)| fields.into_iter().zip(hosts.unwrap_or_default()))
            .filter(|(_, host)| !host.is_empty())
    }
}

const HOST_FIELDS: [[&str; 2]; 5] = [
    ["livenessProbe/httpGet/host", "livenessProbe/tcpSocket/host"],
    ["readinessProbe/httpGet/host", "readinessProbe/tcpSocket/host"],
    ["startupProbe/httpGet/host", "startupProbe/tcpSocket/host"],
    ["lifecycle/postStart/httpGet/host", "lifecycle/postStart/tcpSocket/host"],
    ["lifecycle/preStop/httpGet/host", "lifecycle/preStop/tcpSocket/host"],
];

/// The hosts that a probe or hook names, for HTTP and for TCP; empty for none.
fn hosts<'pod>(http: Option<&'pod HttpGet>, tcp: Option<&'pod TcpSocket>) -> [&'pod str; 2] {
    let http = http.map(|http| http.host.as_str());
    let tcp = tcp.map(|tcp| tcp.host.as_str());
    [http.unwrap_or_default(), tcp.unwrap_or_default()]
}

impl Capabilities {
    /// What runtimes grant by default, but for `NET_RAW`: what the baseline lets containers add.
    pub const BASELINE: [&str; 13] = [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ];
    /// What the restricted standard lets containers add.
    pub const RESTRICTED: [&str; 1] = ["NET_BIND_SERVICE"];

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

impl SeLinuxOptions {
    /// The options that the standards forbid: field, value, and the version that allows it.
    pub fn forbidden(&self) -> impl Iterator<Item = (&'static str, &str, u16)> {
        let kind = match self.kind.as_str() {
            "" | "container_t" | "container_init_t" | "container_kvm_t" => 0,
            "container_engine_t" => 31,
            _ => NEVER,
        };
        let unset = |value: &str| if value.is_empty() { 0 } else { NEVER };
        [
            ("type", self.kind.as_str(), kind),
            ("user", self.user.as_str(), unset(&self.user)),
            ("role", self.role.as_str(), unset(&self.role)),
        ]
        .into_iter()
        .filter(|(_, _, allowed_since)| *allowed_since > 0)
    }
}

impl Sysctl {
    /// The version that made the parameter safe.
    #[must_use]
    pub fn safe_since(&self) -> u16 {
        match self.name.as_str() {
            "kernel.shm_rmid_forced"
            | "net.ipv4.ip_local_port_range"
            | "net.ipv4.tcp_syncookies"
            | "net.ipv4.ping_group_range"
            | "net.ipv4.ip_unprivileged_port_start" => 0,
            "net.ipv4.ip_local_reserved_ports" => 27,
            "net.ipv4.tcp_keepalive_time"
            | "net.ipv4.tcp_fin_timeout"
            | "net.ipv4.tcp_keepalive_intvl"
            | "net.ipv4.tcp_keepalive_probes" => 29,
            "net.ipv4.tcp_rmem" | "net.ipv4.tcp_wmem" => 32,
            "net.ipv4.tcp_slow_start_after_idle" | "net.ipv4.tcp_notsent_lowat" => 37,
            _ => NEVER,
        }
    }
}

impl Volume {
    /// Whether it is a path of the node.
    #[must_use]
    pub fn is_host_path(&self) -> bool {
        matches!(self.source, VolumeSource::HostPath(_))
    }

    /// Whether the restricted standard forbids its type.
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        !matches!(
            self.source.field(),
            "configMap"
                | "csi"
                | "downwardAPI"
                | "emptyDir"
                | "ephemeral"
                | "image"
                | "persistentVolumeClaim"
                | "projected"
                | "secret"
        )
    }
}

impl SeccompProfile {
    /// The version of the standards that reads the field, and no annotation.
    pub const SINCE: u16 = 19;

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
    use super::*;

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
