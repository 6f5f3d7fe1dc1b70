use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, Facts, Kind, ValuePattern, workloads_and},
};

/// What every namespace has to hold. Without an entry nothing is judged.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The objects that have to exist.
    required: Vec<Entity>,
}

/// An object that has to exist.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Entity {
    /// Globs of the namespaces that it has to exist in; for a Namespace, none.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    namespaces: Vec<ValuePattern>,
    /// Its kind, for example `ResourceQuota`.
    #[serde(deserialize_with = "readable")]
    kind: Kind,
    /// A glob of its name; without it, any name will do.
    #[schemars(with = "Option<String>")]
    name: Option<ValuePattern>,
}

/// What can be required.
const READS: &[Kind] = workloads_and![
    Namespace,
    ConfigMap,
    HorizontalPodAutoscaler,
    Ingress,
    LimitRange,
    NetworkPolicy,
    PersistentVolumeClaim,
    PodDisruptionBudget,
    ResourceQuota,
    Role,
    RoleBinding,
    Service,
    ServiceAccount
];

fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    let kind = Kind::deserialize(deserializer)?;
    match READS.contains(&kind) {
        true => Ok(kind),
        false => Err(de::Error::custom(format!("a {kind} cannot be required"))),
    }
}

check! {
    /// Namespaces hold the objects that the policy requires.
    ///
    /// ## Why
    ///
    /// A platform counts on what it puts into every namespace: a quota, a log collector, the account
    /// of its backup. Where somebody deletes it, nothing says so until it is needed.
    ///
    /// ## Fix
    ///
    /// Create the object, or change the policy:
    ///
    /// ```yaml
    /// settings:
    ///   - check: required-entities-missing
    ///     parameters:
    ///       required:
    ///         - {namespaces: ["team-*"], kind: ResourceQuota}
    ///         - {namespaces: [monitoring], kind: DaemonSet, name: "log-collector*"}
    ///         - {kind: Namespace, name: monitoring}
    /// ```
    ///
    /// Each Namespace that an entry names is judged. A Namespace that is missing cannot be, so that
    /// is reported on the namespace `default`. Without an entry nothing is judged.
    ///
    /// ## References
    ///
    /// - K8Guard `REQUIRED_NAMESPACES`, `REQUIRED_DEPLOYMENTS`, `REQUIRED_DAEMONSETS`,
    ///   `REQUIRED_PODS`, `REQUIRED_RESOURCE_QUOTA`
    "required-entities-missing", Tenancy, Medium, Standard,
    Related(Lookup { kinds: &[Kind::Namespace], reads: READS, run }),
    parameters: Parameters,
    remediation: "create the objects that the policy requires",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let namespace = &facts.key.name;
    let Parameters { required } = context.parameters();
    let mut own = required.iter().filter(|entity| entity.is_asked_of(namespace)).peekable();
    if own.peek().is_none() {
        return Verdict::NotApplicable;
    }
    let missing: Vec<&Entity> =
        own.filter(|entity| !entity.exists_in(namespace, cluster)).collect();
    let is_certain = missing.iter().all(|entity| cluster.is_complete(entity.kind));
    if !is_certain {
        return Verdict::Unknown("the objects may be elsewhere".into());
    }
    if missing.is_empty() {
        return Verdict::Pass;
    }
    let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let evidence = Evidence::at("/metadata/name", "missing", names.join(", "));
    Verdict::fail(format!("required and missing: {}", enumerate(&names)), [evidence])
}

impl Entity {
    fn is_asked_of(&self, namespace: &str) -> bool {
        match self.kind {
            Kind::Namespace => namespace == "default",
            _ => self.namespaces.iter().any(|glob| glob.matches(namespace)),
        }
    }

    fn exists_in(&self, namespace: &str, cluster: &Cluster) -> bool {
        let namespace = if self.kind.is_namespaced() { namespace } else { "" };
        let mut objects = cluster.all_in(self.kind, namespace);
        objects.any(|facts| self.name.as_ref().is_none_or(|glob| glob.matches(&facts.key.name)))
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.kind)?;
        self.name.as_ref().map_or(Ok(()), |name| write!(formatter, " {name}"))
    }
}
