//! Services, and where they lead.

use compact_str::CompactString;

use super::{BackendPort, IntOrString, Labels, List, mirror::mirror};

mirror! {
    /// What is read of a Service.
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
        /// Defaulted to `Cluster` where the Service can be reached from outside.
        pub external_traffic_policy: CompactString,
        pub load_balancer_source_ranges: List<CompactString>,
        /// Whether an annotation keeps its load balancer off the internet.
        #[serde(skip)]
        pub is_internal: bool,
    }

    /// One port of a Service.
    pub struct ServicePort {
        pub name: CompactString,
        pub port: i32,
        pub protocol: CompactString,
        pub target_port: Option<IntOrString>,
    }

    /// What is read of an `EndpointSlice`.
    pub struct EndpointSlice {
        /// `IPv4`, `IPv6` or `FQDN`.
        pub address_type: CompactString,
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

impl Service {
    /// Whether it has a port of that name or number.
    #[must_use]
    pub fn has_port(&self, port: &BackendPort) -> bool {
        self.ports.iter().any(|known| match port {
            BackendPort::Name(name) => known.name == *name,
            BackendPort::Number(number) => known.port == *number,
        })
    }

    /// Whether it has no address of its own: names lead to the pods themselves.
    #[must_use]
    pub fn is_headless(&self) -> bool {
        self.cluster_ip == "None"
    }

    /// Whether Kubernetes looks for pods for it.
    #[must_use]
    pub fn has_selector(&self) -> bool {
        self.kind != "ExternalName" && !self.selector.is_empty()
    }

    /// Whether it can be reached from outside the cluster by itself.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        match self.kind.as_str() {
            "NodePort" => true,
            "LoadBalancer" => !self.is_internal,
            _ => false,
        }
    }

    /// Reads what the annotations say about the load balancer.
    pub(super) fn read_annotations(&mut self, annotations: &Labels) {
        self.is_internal = INTERNAL.iter().any(|(key, wanted)| {
            annotations.value(key).is_some_and(|value| {
                wanted.map_or(!value.is_empty(), |wanted| wanted.eq_ignore_ascii_case(value))
            })
        });
    }
}

/// Annotations by which clouds keep a load balancer off the internet, with the value that does so;
/// without one, any value but an empty one does.
const INTERNAL: &[(&str, Option<&str>)] = &[
    ("networking.gke.io/load-balancer-type", Some("Internal")),
    ("cloud.google.com/load-balancer-type", Some("Internal")),
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", Some("internal")),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", Some("true")),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", Some("0.0.0.0/0")),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", Some("true")),
    ("service.beta.kubernetes.io/openstack-internal-load-balancer", Some("true")),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", Some("true")),
    ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", Some("intranet")),
    ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", Some("private")),
    ("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", None),
    ("load-balancer.hetzner.cloud/disable-public-network", Some("true")),
];

impl Endpoint {
    /// Whether traffic is sent there; what is not said is taken for yes.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.conditions.ready != Some(false)
    }
}
