//! Ingresses and their classes.

use std::fmt;

use compact_str::CompactString;
use serde::Deserialize;

use super::{IntOrString, Labels, List, mirror::mirror};

mirror! {
    /// What is read of an Ingress.
    pub struct Ingress {
        pub ingress_class_name: Option<CompactString>,
        /// `backend` before v1.
        #[serde(alias = "backend")]
        pub default_backend: Option<IngressBackend>,
        pub rules: List<IngressRule>,
        pub tls: List<IngressTls>,
        /// The annotation that named the class before there was a field.
        #[serde(skip)]
        pub legacy_class: Option<CompactString>,
        /// Whether an annotation makes it a canary: it shares its paths with another on purpose.
        #[serde(skip)]
        pub is_canary: bool,
        /// Whether an annotation has the controller ask who is there.
        #[serde(skip)]
        pub has_auth: bool,
        /// Whether an annotation keeps it off the internet.
        #[serde(skip)]
        pub is_internal: bool,
        #[serde(skip)]
        pub status: IngressStatus,
    }

    /// What the controller says about an Ingress.
    pub struct IngressStatus {
        pub load_balancer: LoadBalancerStatus,
    }

    /// Where an Ingress is reached.
    pub struct LoadBalancerStatus {
        pub ingress: List<LoadBalancerPoint>,
    }

    /// One address of a load balancer.
    pub struct LoadBalancerPoint {
        pub ports: List<PortStatus>,
    }

    /// A port of a load balancer.
    pub struct PortStatus {
        pub port: i32,
        pub error: Option<CompactString>,
    }

    /// One path of a rule.
    pub struct IngressPath {
        pub path: CompactString,
        /// Defaulted to `ImplementationSpecific`, as before v1.
        pub path_type: CompactString,
        pub backend: IngressBackend,
    }

    /// One TLS section of an Ingress.
    pub struct IngressTls {
        pub hosts: List<CompactString>,
        pub secret_name: CompactString,
    }

    /// What is read of an `IngressClass`.
    pub struct IngressClass {
        pub controller: CompactString,
    }
}

/// Names the class of an Ingress; read by controllers, with or without an `IngressClass`.
const LEGACY_CLASS: &str = "kubernetes.io/ingress.class";

impl Ingress {
    /// The class that it asks for, by field or annotation; an empty name is none.
    #[must_use]
    pub fn class(&self) -> Option<&str> {
        let names = [&self.ingress_class_name, &self.legacy_class];
        names.into_iter().filter_map(|name| name.as_deref()).find(|name| !name.is_empty())
    }

    /// Its backends, with where they stand.
    pub fn backends(&self) -> impl Iterator<Item = (BackendPlace, &IngressBackend)> {
        let default = self.default_backend.iter().map(|backend| (BackendPlace::Default, backend));
        let rules = self.rules.iter().enumerate().flat_map(|(rule, content)| {
            let paths = content.paths.iter().enumerate();
            paths.map(move |(path, content)| (BackendPlace::Path { rule, path }, &content.backend))
        });
        default.chain(rules)
    }

    /// Reads what annotations of widespread controllers say.
    pub(super) fn read_annotations(&mut self, annotations: &Labels) {
        let is = |key, wanted: &str| annotations.value(key) == Some(wanted);
        self.legacy_class = annotations.value(LEGACY_CLASS).map(CompactString::from);
        self.is_canary = is("nginx.ingress.kubernetes.io/canary", "true");
        self.is_internal = is("alb.ingress.kubernetes.io/scheme", "internal")
            || is("appgw.ingress.kubernetes.io/use-private-ip", "true")
            || is(LEGACY_CLASS, "gce-internal");
        self.has_auth = annotations.iter().any(|(key, value)| {
            let name = key.split_once('/').map_or(key, |(_, name)| name);
            let asks = name.starts_with("auth-")
                || matches!(
                    key,
                    "traefik.ingress.kubernetes.io/router.middlewares" | "konghq.com/plugins"
                );
            asks && !matches!(value, "" | "none")
        });
    }
}

/// Where a backend stands in an Ingress.
#[derive(Clone, Copy, Debug)]
pub enum BackendPlace {
    /// `spec.defaultBackend`.
    Default,
    /// That of a path of a rule, each by its index.
    Path {
        /// The rule.
        rule: usize,
        /// The path.
        path: usize,
    },
}

impl fmt::Display for BackendPlace {
    /// The JSON pointer.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("/spec/defaultBackend"),
            Self::Path { rule, path } => {
                write!(formatter, "/spec/rules/{rule}/http/paths/{path}/backend")
            }
        }
    }
}

/// One rule of an Ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct IngressRule {
    /// The host; empty for any.
    pub host: CompactString,
    /// `http.paths`.
    pub paths: List<IngressPath>,
}

impl<'de> Deserialize<'de> for IngressRule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Rule {
            host: CompactString,
            http: Option<Http>,
        }
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Http {
            paths: List<IngressPath>,
        }
        let Rule { host, http } = Rule::deserialize(deserializer)?;
        Ok(Self { host, paths: http.unwrap_or_default().paths })
    }
}

/// Where a path leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct IngressBackend {
    /// Name of the Service; absent for a resource backend.
    pub service: Option<CompactString>,
    /// Its port.
    pub port: Option<BackendPort>,
}

/// A port of a Service by name or number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum BackendPort {
    Name(CompactString),
    Number(i32),
}

impl fmt::Display for BackendPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => formatter.write_str(name),
            Self::Number(number) => write!(formatter, "{number}"),
        }
    }
}

impl<'de> Deserialize<'de> for IngressBackend {
    /// Reads both forms: `service.{name,port}` of v1 and `serviceName`, `servicePort` before it.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        struct Backend {
            service: Option<ServiceBackend>,
            service_name: Option<CompactString>,
            service_port: Option<IntOrString>,
        }
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct ServiceBackend {
            name: CompactString,
            port: Option<Port>,
        }
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Port {
            name: CompactString,
            number: i32,
        }
        let backend = Backend::deserialize(deserializer)?;
        Ok(match backend.service {
            Some(ServiceBackend { name, port }) => Self {
                service: Some(name),
                port: port.map(|Port { name, number }| match name.is_empty() {
                    true => BackendPort::Number(number),
                    false => BackendPort::Name(name),
                }),
            },
            None => Self {
                service: backend.service_name,
                port: backend.service_port.map(|port| match port {
                    IntOrString::Int(number) => BackendPort::Number(number as i32),
                    IntOrString::String(name) => BackendPort::Name(name),
                }),
            },
        })
    }
}
