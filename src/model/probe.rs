//! What the kubelet asks of a container, and what it runs in it.

use compact_str::CompactString;

use super::{IntOrString, List, mirror::mirror};

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
        if let Some(request) = &mut self.http_get {
            if request.path.is_empty() {
                request.path = "/".into();
            }
            if request.scheme.is_empty() {
                request.scheme = "HTTP".into();
            }
        }
    }
}
