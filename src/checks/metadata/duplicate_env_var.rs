use std::collections::BTreeSet;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers name each environment variable once.
    ///
    /// ## Why
    ///
    /// The last entry wins and nobody sees it; `kubectl apply` merges by name and may drop either.
    ///
    /// ## Fix
    ///
    /// Remove all entries of that name but one.
    ///
    /// Only `env` is judged: what `envFrom` brings is meant to be overridden.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/>
    /// - kube-linter `duplicate-env-var`, kube-score `environment-variable-key-duplication`
    "duplicate-env-var", Metadata, Low, Core, Workload(run),
    remediation: "remove all entries of the name but one",
    rule: Rule::containers("container.?env.orValue([]).exists(variable, container.env.filter(other, \
        other.name == variable.name).size() > 1)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.all_containers().flat_map(|place| {
        let mut seen = BTreeSet::new();
        let variables = place.container.env.iter().enumerate();
        let again = variables.filter(move |(_, variable)| !seen.insert(variable.name.as_str()));
        again.map(move |(index, variable)| {
            let found = format!("`{}` again", variable.name);
            Evidence::in_container(&place, &format!("env/{index}/name"), found, "one entry")
        })
    });
    Verdict::of_containers(
        evidence,
        "names an environment variable twice",
        "name environment variables twice",
    )
}
