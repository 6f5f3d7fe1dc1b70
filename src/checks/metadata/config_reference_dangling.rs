use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, FactBody, Facts, Kind, Reference, ReferencePlace},
};

check! {
    /// The ConfigMaps and Secrets that pods need exist, with the keys that they need.
    ///
    /// ## Why
    ///
    /// A container that needs a missing object or key does not start, and the rollout stands still
    /// with `CreateContainerConfigError` or a volume that is never mounted.
    ///
    /// ## Fix
    ///
    /// Create the object in the namespace of the workload, correct the name or the key, or say that
    /// the pod can do without:
    ///
    /// ```yaml
    /// env:
    ///   - name: MODE
    ///     valueFrom: {configMapKeyRef: {name: app, key: mode, optional: true}}
    /// ```
    ///
    /// Found are references of `env`, `envFrom`, volumes and projected volumes that are not optional.
    /// Secrets are only looked up where the controller may list them.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/>
    /// - kube-linter `env-value-from`, Popeye `POP-304`
    "config-reference-dangling", Metadata, High, Standard,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::ConfigMap, Kind::Secret], run }),
    remediation: "create the object or key in the namespace, or mark the reference as optional",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let namespace = &facts.key.namespace;
    let is_needed = |reference: &&Reference| {
        let is_pull_secret = matches!(reference.place, ReferencePlace::PullSecret { .. });
        reference.kind != Kind::PersistentVolumeClaim && !is_pull_secret && !reference.optional
    };
    let needed = workload.references.iter().filter(is_needed);
    let missing: Vec<_> = needed
        .filter_map(|reference| Some((reference, problem(reference, namespace, cluster)?)))
        .collect();
    let proved = |kind| cluster.is_complete(kind);
    let certain = missing
        .iter()
        .filter(|(reference, problem)| *problem == Problem::NoKey || proved(reference.kind));
    let certain: Vec<_> = certain.collect();
    if certain.is_empty() && !missing.is_empty() {
        return Verdict::Unknown("the objects may be elsewhere".into());
    }
    let evidence = certain.iter().map(|(reference, problem)| {
        let path = format!("{}{}", workload.spec_path, reference.place);
        Evidence::at(path, told(reference, *problem), "an object and key that exist")
    });
    let mut names: Vec<&str> =
        certain.iter().map(|(reference, _)| reference.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    Verdict::unless_empty(evidence.collect(), |evidence| match certain.as_slice() {
        [(reference, problem)] => told(reference, *problem),
        _ => format!("{} references lead nowhere: {}", evidence.len(), enumerate(&names)),
    })
}

/// What is wrong with a reference.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Problem {
    NoObject,
    NoKey,
}

fn problem(reference: &Reference, namespace: &str, cluster: &Cluster) -> Option<Problem> {
    // Kubernetes itself puts this one into every namespace.
    if reference.kind == Kind::ConfigMap && reference.name == "kube-root-ca.crt" {
        return None;
    }
    let Some(found) = cluster.find(reference.kind, namespace, &reference.name) else {
        return Some(Problem::NoObject);
    };
    let FactBody::Configuration(configuration) = &found.body else { return None };
    let has_key = reference.key.is_empty() || configuration.keys.contains(&reference.key);
    (!has_key).then_some(Problem::NoKey)
}

fn told(reference: &Reference, problem: Problem) -> String {
    let Reference { kind, name, key, .. } = reference;
    match problem {
        Problem::NoObject => format!("`{name}` is no {kind} of the namespace"),
        Problem::NoKey => format!("`{key}` is no key of {kind} `{name}`"),
    }
}
