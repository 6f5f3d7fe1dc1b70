use core::net::IpAddr;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Endpoints do not lead to the node that asks.
    ///
    /// ## Why
    ///
    /// An endpoint with an address that means the machine itself leads whoever follows it, also the
    /// API server and the node's proxy, to services that listen there because nobody else can reach
    /// them (CVE-2021-25737).
    ///
    /// ## Fix
    ///
    /// Remove the address. Where a process of the node is meant, run it in a pod, and select that:
    ///
    /// ```yaml
    /// endpoints:
    ///   - addresses: [10.1.2.3]
    /// ```
    ///
    /// Found are loopback addresses (`127.0.0.0/8`, `::1`) and link-local ones (`169.254.0.0/16`,
    /// `fe80::/10`). Newer API servers refuse them.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/>
    /// - CVE-2021-25737, Datree `34`
    "endpoint-slice-forged-address", Networking, Medium, Standard,
    Object(&[Kind::EndpointSlice], run),
    remediation: "remove the address",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::EndpointSlice(slice) = &object.body else { return Verdict::NotApplicable };
    let endpoints = slice.endpoints.iter().enumerate();
    let evidence = endpoints.flat_map(|(endpoint, content)| {
        let addresses = content.addresses.iter().enumerate();
        let forged = addresses.filter(|(_, address)| means_the_machine(address));
        forged.map(move |(index, address)| {
            let path = format!("/endpoints/{endpoint}/addresses/{index}");
            Evidence::at(path, address.to_string(), "the address of a pod")
        })
    });
    Verdict::unless_empty(evidence.collect(), |evidence| {
        let addresses: Vec<&str> = evidence.iter().map(|place| &*place.found).collect();
        format!("endpoints mean the machine itself: {}", enumerate(&addresses))
    })
}

fn means_the_machine(address: &str) -> bool {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unicast_link_local(),
        Err(_) => false,
    }
}
