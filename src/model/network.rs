//! Services, Ingresses and network policies.

use std::fmt;

use compact_str::CompactString;
use serde::Deserialize;

use super::{IntOrString, LabelSelector, Labels, List, mirror::mirror};

/// What is read of a Service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct Service {
    #[serde(rename = "type")]
    pub kind: CompactString,
    pub selector: Labels,
    /// The labels of the Service itself.
    #[serde(skip)]
    pub labels: Labels,
    pub ports: List<ServicePort>,
    #[serde(rename = "clusterIP")]
    pub cluster_ip: CompactString,
    #[serde(rename = "externalIPs")]
    pub external_ips: List<CompactString>,
    pub external_name: CompactString,
}

/// One port of a Service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct ServicePort {
    pub name: CompactString,
    pub port: i32,
    pub protocol: CompactString,
    pub target_port: Option<IntOrString>,
}

impl Service {
    /// Whether it has a port of that name or number.
    #[must_use]
    pub fn has_port(&self, port: &BackendPort) -> bool {
        self.ports.iter().any(|known| match port {
            BackendPort::Name(name) => known.name == *name,
            BackendPort::Number(number) => known.port == *number,
        })
    }
}

/// What is read of an Ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct Ingress {
    pub ingress_class_name: Option<CompactString>,
    pub default_backend: Option<IngressBackend>,
    pub rules: List<IngressRule>,
    pub tls: List<IngressTls>,
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

/// One path of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct IngressPath {
    pub path: CompactString,
    pub path_type: CompactString,
    pub backend: IngressBackend,
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

/// One TLS section of an Ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct IngressTls {
    pub hosts: List<CompactString>,
    pub secret_name: CompactString,
}

/// What is read of a `NetworkPolicy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NetworkPolicy {
    /// Selects pods of the namespace; an empty one selects all.
    pub pod_selector: LabelSelector,
    /// `Ingress`, `Egress` or both; filled by the API server.
    pub policy_types: List<CompactString>,
    /// Rules for traffic from the pods.
    pub egress: List<Rule>,
}

impl NetworkPolicy {
    /// Whether it isolates the selected pods in a direction, `Ingress` or `Egress`.
    #[must_use]
    pub fn covers(&self, direction: &str) -> bool {
        self.policy_types.iter().any(|covered| covered == direction)
    }
}

/// A rule of a network policy; only its presence is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
pub struct Rule {}

mirror! {
    /// What is read of an `IngressClass`.
    pub struct IngressClass {
        pub controller: CompactString,
    }

    /// What is read of an `EndpointSlice`.
    pub struct EndpointSlice {
        pub endpoints: List<Endpoint>,
    }

    /// Where a Service leads.
    pub struct Endpoint {
        pub addresses: List<CompactString>,
        pub conditions: EndpointConditions,
    }

    /// How an endpoint is.
    pub struct EndpointConditions {
        /// Absent is yes.
        pub ready: Option<bool>,
    }
}

impl Endpoint {
    /// Whether traffic is sent there; what is not said is taken for yes.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.conditions.ready != Some(false)
    }
}
