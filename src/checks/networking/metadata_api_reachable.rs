use core::net::{IpAddr, Ipv4Addr};

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, Direction, FactBody, Facts, Kind, WorkloadFacts, workloads_and},
};

const READS: &[Kind] =
    workloads_and![Node, NetworkPolicy, CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy];

/// Where clouds tell a machine who it is, by HTTP.
const METADATA_API: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));
const HTTP: i64 = 80;

/// What the nodes of such clouds have before `://` in `spec.providerID`.
const CLOUDS: &[&str] = &[
    "aws",
    "azure",
    "digitalocean",
    "exoscale",
    "gce",
    "hcloud",
    "linode",
    "oci",
    "openstack",
    "vultr",
];

check! {
    /// Pods cannot reach the metadata API of the cloud.
    ///
    /// ## Why
    ///
    /// On the machines of a cloud, `169.254.169.254` gives out the credentials of the node. A pod
    /// that reaches it has the rights of the node, in the cloud and often in the cluster.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata: {name: no-metadata-api, namespace: shop}
    /// spec:
    ///   podSelector: {}
    ///   policyTypes: [Egress]
    ///   egress:
    ///     - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]
    /// ```
    ///
    /// Found are namespaces, in a cluster with nodes of a cloud, with pods that no policy isolates
    /// for `Egress`, or that a rule lets out to the address at TCP port 80. A policy of Cilium that
    /// isolates pods for egress is taken to keep them from it. What the cloud itself can do (AWS:
    /// a hop limit of 1; GKE: Workload Identity) cannot be seen from the cluster.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/security-checklist/#network-security>
    /// - Kubescape `C-0052`
    "metadata-api-reachable", Networking, Low, Optional,
    Related(Lookup { kinds: &[Kind::Namespace], reads: READS, run }),
    remediation: "add a NetworkPolicy whose egress excepts 169.254.169.254/32",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    if !cluster.all(Kind::Node).any(is_of_cloud) {
        return match cluster.is_complete(Kind::Node) {
            true => Verdict::NotApplicable,
            false => Verdict::Unknown("the nodes may be elsewhere".into()),
        };
    }
    let namespace = &facts.key.name;
    let open = cluster.networked_in(namespace);
    let open = open.filter(|(_, workload)| reaches(cluster, namespace, workload));
    let mut open: Vec<&str> = open.map(|(facts, _)| &*facts.key.name).collect();
    if open.is_empty() {
        return Verdict::Pass;
    }
    if !cluster.knows_network_policies() {
        return Verdict::Unknown("a NetworkPolicy may be elsewhere".into());
    }
    open.sort_unstable();
    let evidence = Evidence::at("/metadata/name", open.join(", "), "no way to 169.254.169.254");
    let pods = enumerate(&open);
    Verdict::fail(format!("pods reach the metadata API of the cloud: {pods}"), [evidence])
}

fn reaches(cluster: &Cluster, namespace: &str, workload: &WorkloadFacts) -> bool {
    let mut policies = cluster.network_policies_of(namespace, workload);
    !cluster.isolates(namespace, workload, Direction::Egress)
        || policies
            .any(|policy| policy.covers(Direction::Egress) && policy.lets_out(METADATA_API, HTTP))
}

fn is_of_cloud(facts: &Facts) -> bool {
    let FactBody::Node(node) = &facts.body else { return false };
    node.spec.provider_id.split_once("://").is_some_and(|(cloud, _)| CLOUDS.contains(&cloud))
}
