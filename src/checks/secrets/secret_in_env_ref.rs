use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Secrets are mounted as files, not put into the environment.
    ///
    /// ## Why
    ///
    /// The environment is inherited by every child process, printed by crash reports and debug
    /// pages, and does not change when the Secret does. A mounted file does none of that.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// containers:
    ///   - name: app
    ///     volumeMounts: [{name: db, mountPath: /run/secrets/db, readOnly: true}]
    /// volumes:
    ///   - name: db
    ///     secret: {secretName: db}
    /// ```
    ///
    /// Found are `env[].valueFrom.secretKeyRef` and `envFrom[].secretRef` of any container.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/secret/>
    /// - CIS Kubernetes Benchmark 1.12, 5.4.1
    /// - kube-linter `read-secret-from-env-var`, Kyverno `disallow-secrets-from-env-vars`
    "secret-in-env-ref", Secrets, Low, Core, Workload(run),
    remediation: "mount the Secret as a volume and read the file",
    rule: Rule::containers("container.?env.orValue([]).exists(variable, \
        variable.?valueFrom.?secretKeyRef.hasValue()) || \
        container.?envFrom.orValue([]).exists(source, has(source.secretRef))"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.all_containers().flat_map(|place| {
        let variables = place.container.env.iter().enumerate();
        let single = variables.filter_map(move |(index, variable)| {
            let reference = variable.value_from.as_ref()?.secret_key_ref.as_ref()?;
            let field = format!("env/{index}/valueFrom/secretKeyRef");
            let found = format!("Secret `{}`", reference.name);
            Some(Evidence::in_container(&place, &field, found, "a mounted file"))
        });
        let sources = place.container.env_from.iter().enumerate();
        let whole = sources.filter_map(move |(index, source)| {
            let reference = source.secret_ref.as_ref()?;
            let field = format!("envFrom/{index}/secretRef");
            let found = format!("Secret `{}`", reference.name);
            Some(Evidence::in_container(&place, &field, found, "a mounted file"))
        });
        single.chain(whole)
    });
    Verdict::of_containers(
        evidence,
        "reads a Secret from its environment",
        "read Secrets from their environment",
    )
}
