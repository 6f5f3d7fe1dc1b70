use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Workload, credential, is_named_secret},
};

check! {
    /// Secrets do not stand in environment variables in plain text.
    ///
    /// ## Why
    ///
    /// Who may read the workload reads the value, and so does everything that stores manifests:
    /// the repository, its backups, every tool that lists objects.
    ///
    /// ## Fix
    ///
    /// Move the value into a Secret and refer to it, or mount it; then change it, for it is known:
    ///
    /// ```yaml
    /// env:
    ///   - name: DB_PASSWORD
    ///     valueFrom: {secretKeyRef: {name: db, key: password}}
    /// ```
    ///
    /// A variable is taken for a secret by its value (a private key, a JWT, the tokens of AWS,
    /// GitHub, GitLab, Google, Slack, Stripe and other vendors) or by its name (`password`, `passwd`, `secret`, `token`, `bearer`,
    /// `api_key`, `private_key`, `AZURE_*KEY`, …). A name alone says nothing where the value is
    /// `$(X)`, `${X}`, a number, `true` or `false`, or where it only leads to a secret: a path in
    /// `…_FILE`, `…_PATH` or `…_DIR`, an address without a password in `…_URL`, `…_URI` or
    /// `…_ENDPOINT`, anything in `…_NAME`. The value itself is never shown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/secret/>
    /// - NSA/CISA Kubernetes Hardening Guide, protect secrets
    /// - Polaris `sensitiveContainerEnvVar`
    "secret-literal-in-env", Secrets, High, Core, Workload(run),
    remediation: "move the value into a Secret, refer to it with `valueFrom`, and change it",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.all_containers().flat_map(|place| {
        let variables = place.container.env.iter().enumerate();
        variables.filter_map(move |(index, variable)| {
            let value = variable.value.as_deref().filter(|_| variable.value_from.is_none())?;
            let holds = suspicion(&variable.name, value.trim())?;
            let found = format!("`{}` holds {holds}", variable.name);
            let field = format!("env/{index}/value");
            Some(Evidence::in_container(&place, &field, found, "valueFrom.secretKeyRef"))
        })
    });
    Verdict::of_containers(
        evidence,
        "has a secret in plain text in its environment",
        "have secrets in plain text in their environment",
    )
}

/// What a variable seems to hold, if it is a secret.
fn suspicion(name: &str, value: &str) -> Option<&'static str> {
    credential(value).or_else(|| is_named_secret(name, value).then_some("a literal"))
}
