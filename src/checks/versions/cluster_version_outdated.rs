use jiff::tz::TimeZone;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Kind, Object, Release},
};

check! {
    /// The cluster runs a version of Kubernetes that gets fixes.
    ///
    /// ## Why
    ///
    /// A minor version is maintained for about fourteen months. After that vulnerabilities stay
    /// open, and each release that is waited for makes the way to a maintained one longer: a control
    /// plane is upgraded one minor version at a time.
    ///
    /// ## Fix
    ///
    /// Upgrade the control plane and then the nodes, one minor version at a time. See before what
    /// the next version does not serve any more:
    ///
    /// ```yaml
    /// settings:
    ///   - check: api-version-removed
    ///     parameters: {kubernetesVersion: "1.36"}
    /// ```
    ///
    /// Found is a minor version after its end of life, from the table of releases that is built in.
    /// The finding is on the Service `kubernetes` of the namespace `default`, which stands for the
    /// API server. A provider who maintains versions for longer is not known of: exempt it until
    /// that ends.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/releases/>
    /// - NSA/CISA Kubernetes Hardening Guide, upgrading
    /// - Kubescape C-0273, Popeye POP-405, Kyverno `kubernetes-version-check`
    "cluster-version-outdated", Versions, Medium, Core, Timed(&[Kind::Service], run),
    remediation: "upgrade to a version of Kubernetes that is maintained",
}

fn run(object: &Object, context: &Context<'_>) -> Verdict {
    if !object.is_api_server() {
        return Verdict::NotApplicable;
    }
    let minor = context.kubernetes_minor;
    let today = context.now().to_zoned(TimeZone::UTC).date();
    let known = Release::all();
    let message = match Release::find(minor) {
        Some(release) if release.end_of_life >= today => return Verdict::Pass,
        Some(release) => {
            format!(
                "cluster runs Kubernetes 1.{minor}, whose support ended on {}",
                release.end_of_life
            )
        }
        None if known.last().is_some_and(|newest| minor > newest.minor) => return Verdict::Pass,
        None => format!("cluster runs Kubernetes 1.{minor}, whose support ended long ago"),
    };
    let wanted = match Release::oldest_maintained(today) {
        Some(oldest) => format!("1.{} or newer", oldest.minor),
        None => "maintained version".to_owned(),
    };
    Verdict::fail(message, [Evidence::at("/metadata/name", format!("1.{minor}"), wanted)])
}
