use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, FactBody, Facts, Kind, ReferencePlace},
};

check! {
    /// The Secrets that images are pulled with exist.
    ///
    /// ## Why
    ///
    /// The kubelet goes on without a missing Secret and pulls anonymously: that works until the
    /// image is private, or the registry counts pulls.
    ///
    /// ## Fix
    ///
    /// Create the Secret in the namespace, or correct its name:
    ///
    /// ```sh
    /// kubectl create secret docker-registry regcred --docker-server=registry.example.com \
    ///   --docker-username=robot --docker-password-file=token
    /// ```
    ///
    /// Judged are `imagePullSecrets` of workloads and of ServiceAccounts. Without the right to list
    /// Secrets it is unknown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/>
    /// - Popeye `POP-305`
    "image-pull-secret-dangling", Metadata, Medium, Standard,
    Related(Lookup { kinds: KINDS, reads: &[Kind::Secret], run }),
    remediation: "create the Secret in the namespace, or correct its name",
}

const KINDS: &[Kind] = &[
    Kind::ServiceAccount,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::CronJob,
    Kind::Job,
    Kind::PodTemplate,
    Kind::Pod,
];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let mut listed = named_by(facts);
    listed.retain(|(_, name)| cluster.find(Kind::Secret, &facts.key.namespace, name).is_none());
    if !listed.is_empty() && !cluster.is_complete(Kind::Secret) {
        return Verdict::Unknown("Secrets are not read".into());
    }
    let names: Vec<&str> = listed.iter().map(|(_, name)| *name).collect();
    let evidence = listed.iter().map(|(path, name)| {
        Evidence::at(path.clone(), format!("`{name}` does not exist"), "a Secret that exists")
    });
    Verdict::unless_empty(evidence.collect(), |_| match names.as_slice() {
        [name] => format!("image pull secret {} does not exist", enumerate(&[name])),
        names => format!("image pull secrets {} do not exist", enumerate(names)),
    })
}

/// The listed Secrets, each with its JSON pointer.
fn named_by(facts: &Facts) -> Vec<(String, &str)> {
    match &facts.body {
        FactBody::ServiceAccount(account) => {
            let secrets = account.image_pull_secrets.iter().enumerate();
            secrets
                .map(|(index, secret)| (format!("/imagePullSecrets/{index}"), secret.name.as_str()))
                .collect()
        }
        FactBody::Workload(workload) => {
            let references = workload.references.iter();
            let of_images = references
                .filter(|reference| matches!(reference.place, ReferencePlace::PullSecret { .. }));
            of_images
                .map(|reference| {
                    let path = format!("{}{}", workload.spec_path, reference.place);
                    (path, reference.name.as_str())
                })
                .collect()
        }
        _ => Vec::new(),
    }
}
