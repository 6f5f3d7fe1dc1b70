use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Kind, Object as ClusterObject},
};

/// More places than these are not listed.
const MOST: usize = 20;

check! {
    /// No credential stands anywhere in an object in plain text.
    ///
    /// ## Why
    ///
    /// A token in an argument, an annotation or a probe's header is read by everybody who may read
    /// the object, and stays in the repository and in backups when the object is gone.
    ///
    /// ## Fix
    ///
    /// Revoke the credential, for it is known; then put the new one into a Secret and refer to it:
    ///
    /// ```yaml
    /// env:
    ///   - name: TOKEN
    ///     valueFrom: {secretKeyRef: {name: api, key: token}}
    /// args: ["--token=$(TOKEN)"]
    /// ```
    ///
    /// Found is every text that has the form of a credential: private keys, JWTs, and the tokens of
    /// Amazon, Braintree, DigitalOcean, Facebook, GitHub, GitLab, Google, Hugging Face, Mailchimp,
    /// Mailgun, New Relic, npm, PyPI, SendGrid, Slack, Square, Stripe, Terraform and Twilio. The data
    /// of a Secret is not looked at, nor is the annotation of `kubectl apply`, which repeats the
    /// object. The value itself is never shown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/secrets-good-practices/>
    "secret-literal-anywhere", Secrets, High, Standard, Object(Kind::ANY, run),
    remediation: "revoke the credential, and put the new one into a Secret",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let found = object.credentials.iter().take(MOST);
    let evidence = found.map(|credential| {
        Evidence::at(credential.path.clone(), credential.what, "a reference to a Secret")
    });
    Verdict::unless_empty(evidence.collect(), |evidence| match evidence {
        [place] => format!("object holds {} in plain text", place.found),
        places => format!("object holds credentials in plain text in {} places", places.len()),
    })
}
