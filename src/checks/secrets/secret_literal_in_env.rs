use compact_str::CompactString;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::Workload,
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
    /// A variable is taken for a secret by its value (a private key, the tokens of AWS, GitHub,
    /// Google and Slack, a JWT) or by its name (`password`, `passwd`, `secret`, `token`, `bearer`,
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
    let is_long = value.len() > "-----BEGIN PRIVATE KEY-----".len();
    if is_long && value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    let of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let token = value.split(|c| !of_token(c)).find_map(known_token);
    token.or_else(|| (names_secret(name, value) && is_literal(value)).then_some("a literal"))
}

fn known_token(word: &str) -> Option<&'static str> {
    let is_upper = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit();
    match word.len() {
        20 if word.starts_with("AKIA") && word.bytes().all(is_upper) => Some("an AWS key"),
        39 if word.starts_with("AIza") => Some("a Google API key"),
        40.. if word.starts_with("ghp_") => Some("a GitHub token"),
        15.. if word.starts_with("xox") && word[4..].starts_with('-') => Some("a Slack token"),
        15.. if word.starts_with("eyJ") && word.matches('.').count() == 2 => Some("a JWT"),
        _ => None,
    }
}

/// Environments are long: the name is only taken apart where it says something at all.
fn names_secret(name: &str, value: &str) -> bool {
    const WORDS: [&[u8]; 8] = [
        b"password",
        b"passwd",
        b"secret",
        b"token",
        b"bearer",
        b"api_key",
        b"apikey",
        b"private_key",
    ];
    let mut name = CompactString::from(name);
    name.make_ascii_lowercase();
    let name: CompactString =
        name.chars().map(|c| if matches!(c, '-' | '.') { '_' } else { c }).collect();
    let bytes = name.as_bytes();
    let starts_word = |start| WORDS.iter().any(|word| bytes[start..].starts_with(word));
    let is_secret = (0..bytes.len()).any(starts_word)
        || (name.starts_with("azure_") && name.ends_with("key"))
        || name == "oci_cli_key_content";
    is_secret && !leads_to_secret(&name, value)
}

fn leads_to_secret(name: &str, value: &str) -> bool {
    match name.rsplit_once('_').map(|(_, last)| last) {
        Some("file" | "path" | "dir") => value.contains(['/', '\\']),
        Some("url" | "uri" | "endpoint") => value.contains("://") && !value.contains('@'),
        Some("name") => true,
        _ => false,
    }
}

fn is_literal(value: &str) -> bool {
    let is_reference = (value.starts_with("$(") && value.ends_with(')'))
        || (value.starts_with("${") && value.ends_with('}'));
    let is_number = value.bytes().all(|c| matches!(c, b'0'..=b'9' | b'.' | b'-' | b'+'));
    let is_flag = ["true", "false"].iter().any(|flag| value.eq_ignore_ascii_case(flag));
    !is_reference && !is_number && !is_flag
}
