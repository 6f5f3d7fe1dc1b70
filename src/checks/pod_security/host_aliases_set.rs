use compact_str::CompactString;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, enumerate},
    model::Workload,
};

check! {
    /// Pods do not write their own `/etc/hosts`.
    ///
    /// ## Why
    ///
    /// An alias sends a name elsewhere than all others see it go, unnoticed by DNS and its logs, and
    /// stays when the address has long moved.
    ///
    /// ## Fix
    ///
    /// Give the name in DNS, for example by a Service without selector:
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: database
    /// spec:
    ///   type: ExternalName
    ///   externalName: database.example.com
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/>
    /// - Kubesec `HostAliases`, Trivy KSV-0007
    "host-aliases-set", PodSecurity, Low, Standard, Workload(run),
    remediation: "remove `hostAliases`; give the name in DNS",
    rule: Rule::object("variables.pod.?hostAliases.orValue([]).size() > 0"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let aliases = &workload.pod().host_aliases;
    let evidence = aliases.iter().enumerate().map(|(index, alias)| {
        let path = workload.pod_path(&format!("hostAliases/{index}"));
        Evidence::at(path, alias.ip.to_string(), "absent")
    });
    Verdict::unless_empty(evidence.collect(), |_| {
        let names = aliases.iter().flat_map(|alias| alias.hostnames.iter());
        let names: Vec<_> = names.map(CompactString::as_str).collect();
        format!("pods resolve names by their own list: {}", enumerate(&names))
    })
}
