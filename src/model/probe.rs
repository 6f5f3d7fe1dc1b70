//! What the kubelet asks of a container, and what it runs in it.

use compact_str::CompactString;

use super::{Container, IntOrString, List, mirror::mirror};

mirror! {
    /// A liveness, readiness or startup probe.
    pub struct Probe {
        pub exec: Option<Exec>,
        pub http_get: Option<HttpGet>,
        pub tcp_socket: Option<TcpSocket>,
        pub grpc: Option<Grpc>,
        pub initial_delay_seconds: i32,
        /// Defaulted to 10.
        pub period_seconds: i32,
        /// Defaulted to 1.
        pub timeout_seconds: i32,
        /// Defaulted to 1.
        pub success_threshold: i32,
        /// Defaulted to 3.
        pub failure_threshold: i32,
        pub termination_grace_period_seconds: Option<i64>,
    }

    /// Hooks of a container.
    pub struct Lifecycle {
        pub post_start: Option<Handler>,
        pub pre_stop: Option<Handler>,
    }

    /// What a hook does.
    pub struct Handler {
        pub exec: Option<Exec>,
        pub http_get: Option<HttpGet>,
        pub tcp_socket: Option<TcpSocket>,
        pub sleep: Option<Sleep>,
    }

    /// A command in the container.
    pub struct Exec {
        pub command: List<CompactString>,
    }

    /// An HTTP request of the kubelet.
    pub struct HttpGet {
        pub host: CompactString,
        pub path: CompactString,
        pub port: Option<IntOrString>,
        pub scheme: CompactString,
        pub http_headers: List<HttpHeader>,
    }

    /// A header of a request. The value is compared and never shown.
    pub struct HttpHeader {
        pub name: CompactString,
        pub value: CompactString,
    }

    /// A TCP connection of the kubelet.
    pub struct TcpSocket {
        pub host: CompactString,
        pub port: Option<IntOrString>,
    }

    /// A call of the health service of gRPC.
    pub struct Grpc {
        pub port: i32,
        pub service: Option<CompactString>,
    }

    /// A pause.
    pub struct Sleep {
        pub seconds: i64,
    }
}

impl Probe {
    /// The handler that connects to a port, and that port.
    #[must_use]
    pub fn port(&self) -> Option<(&'static str, IntOrString)> {
        if let Some(request) = &self.http_get {
            return Some(("httpGet", request.port.clone()?));
        }
        if let Some(socket) = &self.tcp_socket {
            return Some(("tcpSocket", socket.port.clone()?));
        }
        self.grpc.as_ref().map(|call| ("grpc", IntOrString::Int(call.port.into())))
    }

    /// Fills in what the API server would.
    pub(super) fn apply_defaults(&mut self) {
        for (field, default) in [
            (&mut self.period_seconds, 10),
            (&mut self.timeout_seconds, 1),
            (&mut self.success_threshold, 1),
            (&mut self.failure_threshold, 3),
        ] {
            if *field == 0 {
                *field = default;
            }
        }
        self.http_get.iter_mut().for_each(HttpGet::apply_defaults);
    }
}

impl Lifecycle {
    /// Fills in what the API server would.
    pub(super) fn apply_defaults(&mut self) {
        let hooks = [&mut self.post_start, &mut self.pre_stop].into_iter().flatten();
        hooks.flat_map(|hook| &mut hook.http_get).for_each(HttpGet::apply_defaults);
    }
}

impl HttpGet {
    fn apply_defaults(&mut self) {
        if self.path.is_empty() {
            self.path = "/".into();
        }
        if self.scheme.is_empty() {
            self.scheme = "HTTP".into();
        }
    }
}

impl Container {
    /// Each probe that is there, with its field.
    pub fn probes(&self) -> impl Iterator<Item = (&'static str, &Probe)> {
        let probes = [
            ("livenessProbe", &self.liveness_probe),
            ("readinessProbe", &self.readiness_probe),
            ("startupProbe", &self.startup_probe),
        ];
        probes.into_iter().filter_map(|(field, probe)| Some((field, probe.as_ref()?)))
    }

    /// The number of a port: its own, or that of the declared port of its name. A name that is none
    /// may be a number, too.
    #[must_use]
    pub fn port_number(&self, port: &IntOrString) -> Option<i64> {
        match port {
            IntOrString::Int(number) => Some(*number),
            IntOrString::String(name) => {
                let named = self.ports.iter().find(|declared| declared.name == *name);
                named.map(|port| port.container_port.into()).or_else(|| name.parse().ok())
            }
        }
    }

    /// Whether two probes send the same request to the same port, or run the same command.
    #[must_use]
    pub fn asks_the_same(&self, one: &Probe, other: &Probe) -> bool {
        let requests = |probe: &Probe| {
            let HttpGet { host, path, scheme, http_headers, .. } = probe.http_get.clone()?;
            Some((host, path, scheme, http_headers))
        };
        let hosts = |probe: &Probe| probe.tcp_socket.as_ref().map(|socket| socket.host.clone());
        let services = |probe: &Probe| {
            probe.grpc.as_ref().map(|call| call.service.clone().unwrap_or_default())
        };
        let ports = |probe: &Probe| probe.port().and_then(|(_, port)| self.port_number(&port));
        (one.exec.is_some() || one.port().is_some())
            && one.exec == other.exec
            && ports(one) == ports(other)
            && hosts(one) == hosts(other)
            && services(one) == services(other)
            && requests(one) == requests(other)
    }
}
