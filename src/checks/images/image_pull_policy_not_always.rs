use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::{Image, Workload},
};

check! {
    /// Images are pulled at every start.
    ///
    /// ## Why
    ///
    /// An image that is already on the node starts without a question to the registry: a pod
    /// without pull secrets can run the private image that another one left there, and a tag that
    /// was repaired in the registry stays broken on the node.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// containers:
    ///   - name: app
    ///     image: registry.example.com/shop/app:1.4.2
    ///     imagePullPolicy: Always
    /// ```
    ///
    /// What is judged is the effective policy: without the field it is `Always` for `latest` and
    /// for no tag, else `IfNotPresent`. An image that is pinned by its digest needs no pull.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy>
    /// - Polaris `pullPolicyNotAlways`
    "image-pull-policy-not-always", Images, Low, Core, Workload(run),
    remediation: "set `imagePullPolicy: Always`, or pin the image by its digest",
    fixes: &[Fix::set("imagePullPolicy", "Always")],
    rule: Rule::containers("!container.?image.orValue('').contains('@') && \
        container.?imagePullPolicy.orValue(container.?image.orValue('').matches('(^|/)[^/:]*(:|:latest)?$') \
        ? 'Always' : 'IfNotPresent') != 'Always'"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.all_containers().filter_map(|place| {
        let container = place.container;
        let policy = container.image_pull_policy.as_deref().filter(|policy| *policy != "Always")?;
        let image = container.image.as_deref().map(Image::parse);
        let is_pinned = image.is_some_and(|image| image.digest.is_some());
        (!is_pinned)
            .then(|| Evidence::in_container(&place, "imagePullPolicy", policy.to_owned(), "Always"))
    });
    Verdict::of_containers(
        evidence,
        "does not pull its image at every start",
        "do not pull their images at every start",
    )
}
