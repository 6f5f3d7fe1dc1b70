use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Image, Kind, Object as ClusterObject},
};

check! {
    /// Prefixes in Gatekeeper's allow list end at a boundary.
    ///
    /// ## Why
    ///
    /// Gatekeeper's `K8sAllowedRepos` compares letters, not names: `registry.example.com` also allows
    /// `registry.example.com.evil.io/app`, and `docker.io/team` allows `docker.io/team-of-others/app`.
    ///
    /// ## Fix
    ///
    /// End each entry with `/`, or with a tag or digest:
    ///
    /// ```yaml
    /// apiVersion: constraints.gatekeeper.sh/v1beta1
    /// kind: K8sAllowedRepos
    /// metadata:
    ///   name: registries
    /// spec:
    ///   parameters:
    ///     repos: ["registry.example.com/", "docker.io/library/nginx:"]
    /// ```
    ///
    /// Found are entries of `repos` that end in none of these, and the empty one, which allows every
    /// image. What looks like a tag of a name without `/` is a port: `registry:5000`.
    ///
    /// ## References
    ///
    /// - <https://open-policy-agent.github.io/gatekeeper-library/website/validation/allowedrepos/>
    /// - Trivy KSV-0124
    "image-allow-list-ambiguous", Images, High, Standard, Object(&[Kind::AllowedRepos], run),
    remediation: "end each entry of `repos` with `/`",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::AllowedRepos(constraint) = &object.body else { return Verdict::NotApplicable };
    let entries = constraint.parameters.repos.iter().enumerate();
    let (names, evidence): (Vec<&str>, Vec<_>) = entries
        .filter(|(_, entry)| !ends_at_boundary(entry))
        .map(|(index, entry)| {
            let path = format!("/spec/parameters/repos/{index}");
            (entry.as_str(), Evidence::at(path, entry.to_string(), "ends with `/`"))
        })
        .unzip();
    Verdict::unless_empty(evidence, |_| {
        format!("the list allows more than it names: {}", enumerate(&names))
    })
}

fn ends_at_boundary(entry: &str) -> bool {
    let image = Image::parse(entry);
    let names_version = entry.contains('/') && (image.tag.is_some() || image.digest.is_some());
    entry.ends_with(['/', ':', '@']) || names_version
}
