//! Network policies, with the semantics of the API.

use core::net::IpAddr;
use std::fmt;

use compact_str::CompactString;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Cidr, IntOrString, LabelSelector, List, mirror::mirror};

/// A direction of traffic, seen from the pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Direction {
    /// To the pods.
    Ingress,
    /// From the pods.
    Egress,
}

impl Direction {
    /// Its name in `policyTypes`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }

    /// The field of a policy that holds its rules.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    /// The field of a rule that holds the other side.
    #[must_use]
    pub fn peers_field(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }
}

mirror! {
    /// What is read of a `NetworkPolicy`.
    pub struct NetworkPolicy {
        /// Selects pods of the namespace; an empty one selects all.
        pub pod_selector: LabelSelector,
        /// `Ingress`, `Egress` or both; filled by the API server.
        pub policy_types: List<CompactString>,
        /// What may reach the pods.
        pub ingress: List<TrafficRule>,
        /// What the pods may reach.
        pub egress: List<TrafficRule>,
    }

    /// What a policy allows.
    pub struct TrafficRule {
        /// Of an ingress rule; none stands for everything.
        pub from: List<Peer>,
        /// Of an egress rule; none stands for everything.
        pub to: List<Peer>,
        /// None stands for all ports.
        pub ports: List<TrafficPort>,
    }

    /// The other side.
    pub struct Peer {
        pub pod_selector: Option<LabelSelector>,
        pub namespace_selector: Option<LabelSelector>,
        pub ip_block: Option<IpBlock>,
    }

    /// A range of addresses.
    pub struct IpBlock {
        pub cidr: CompactString,
        pub except: List<CompactString>,
    }

    /// A port, or a range of them.
    pub struct TrafficPort {
        /// Defaulted to `TCP`.
        pub protocol: CompactString,
        /// Absent stands for all ports of the protocol.
        pub port: Option<IntOrString>,
        pub end_port: Option<i32>,
    }
}

impl NetworkPolicy {
    /// Whether it isolates the selected pods in a direction.
    #[must_use]
    pub fn covers(&self, direction: Direction) -> bool {
        self.policy_types.iter().any(|covered| covered == direction.as_str())
    }

    /// The rules of a direction.
    #[must_use]
    pub fn rules(&self, direction: Direction) -> &[TrafficRule] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    /// Whether it lets nothing through in a direction, to or from any pod of the namespace.
    #[must_use]
    pub fn denies_all(&self, direction: Direction) -> bool {
        self.pod_selector.is_empty() && self.covers(direction) && self.rules(direction).is_empty()
    }

    /// Whether a rule lets the pods open connections to a TCP port.
    #[must_use]
    pub fn lets_out(&self, address: IpAddr, port: i64) -> bool {
        self.egress.iter().any(|rule| {
            let to = &rule.to;
            let reaches = to.is_empty() || to.iter().any(|peer| peer.holds(address));
            reaches && (rule.ports.is_empty() || rule.ports.iter().any(|one| one.holds(port)))
        })
    }
}

impl TrafficRule {
    /// The other side of the traffic; none stands for everything.
    #[must_use]
    pub fn peers(&self, direction: Direction) -> &[Peer] {
        match direction {
            Direction::Ingress => &self.from,
            Direction::Egress => &self.to,
        }
    }
}

impl Peer {
    fn holds(&self, address: IpAddr) -> bool {
        let holds =
            |cidr: &CompactString| Cidr::parse(cidr).is_some_and(|cidr| cidr.holds(address));
        let block = self.ip_block.as_ref();
        block.is_some_and(|block| holds(&block.cidr) && !block.except.iter().any(holds))
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespaces = self.namespace_selector.iter();
        let namespaces = namespaces.map(|selector| format!("namespaces {}", all_or(selector)));
        let pods = self.pod_selector.iter();
        let pods = pods.map(|selector| format!("pods {}", all_or(selector)));
        let blocks = self.ip_block.iter().map(|block| block.cidr.to_string());
        let parts: Vec<_> = namespaces.chain(pods).chain(blocks).collect();
        formatter.write_str(&parts.join(" and "))
    }
}

fn all_or(selector: &LabelSelector) -> String {
    if selector.is_empty() { "all".to_owned() } else { selector.to_string() }
}

impl TrafficPort {
    fn holds(&self, port: i64) -> bool {
        let is_tcp = self.protocol == "TCP";
        is_tcp
            && match &self.port {
                None => true,
                Some(IntOrString::Int(first)) => {
                    let last = self.end_port.map_or(*first, i64::from);
                    (*first..=last).contains(&port)
                }
                // A name stands for a port of a pod, and no pod is meant here.
                Some(IntOrString::String(_)) => false,
            }
    }
}
