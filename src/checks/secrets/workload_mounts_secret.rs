use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, Facts, Kind, Reference, ReferencePlace},
};

check! {
    /// It is known which workloads read which Secrets.
    ///
    /// ## Why
    ///
    /// When a Secret has leaked, or has to be changed, somebody asks who uses it. This is an
    /// inventory and no fault: it is off unless you include it.
    ///
    /// ## Fix
    ///
    /// Nothing has to be repaired. Look whether the workload still needs the Secret, and whether it
    /// needs all of its keys:
    ///
    /// ```yaml
    /// volumes:
    ///   - name: db
    ///     secret: {secretName: db, items: [{key: password, path: password}]}
    /// ```
    ///
    /// Listed are Secrets of environments, volumes and projected volumes; not those that images are
    /// pulled with.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/secrets-good-practices/>
    /// - Kubescape `C-0255`
    "workload-mounts-secret", Secrets, Info, Optional,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[], run }),
    remediation: "see whether the workload needs the Secret",
}

fn run(facts: &Facts, _: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let is_secret = |reference: &&Reference| {
        reference.kind == Kind::Secret
            && !matches!(reference.place, ReferencePlace::PullSecret { .. })
    };
    let used: Vec<_> = workload.references.iter().filter(is_secret).collect();
    let mut names: Vec<&str> = used.iter().map(|reference| reference.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let evidence = used.iter().map(|Reference { name, key, place, .. }| {
        let found = if key.is_empty() {
            format!("Secret `{name}`")
        } else {
            format!("key `{key}` of Secret `{name}`")
        };
        Evidence::at(format!("{}{place}", workload.spec_path), found, "a need")
    });
    Verdict::unless_empty(evidence.collect(), |_| match names.as_slice() {
        [name] => format!("reads Secret {}", enumerate(&[name])),
        names => format!("reads Secrets {}", enumerate(names)),
    })
}
