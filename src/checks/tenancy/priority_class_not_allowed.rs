use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject, ValuePattern, is_system_namespace},
};

/// Which priority classes workloads may use.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// What each namespace may use. Where several entries name a namespace, it may use the classes of
    /// all; where none does, all classes but those of the system.
    allowed: Vec<Allowed>,
}

/// The classes of some namespaces.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Allowed {
    /// Globs of namespaces.
    #[schemars(with = "Vec<String>")]
    namespaces: Vec<ValuePattern>,
    /// Globs of priority classes.
    #[schemars(with = "Vec<String>")]
    classes: Vec<ValuePattern>,
}

check! {
    /// Workloads use priority classes that their namespace may use.
    ///
    /// ## Why
    ///
    /// A pod of higher priority pushes others off a full node. `system-cluster-critical` and
    /// `system-node-critical` are above everything that users run: a tenant who takes them evicts
    /// all others, and his pods are never evicted.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   priorityClassName: tenant-high
    /// ```
    ///
    /// Say in the policy who may use what:
    ///
    /// ```yaml
    /// settings:
    ///   - check: priority-class-not-allowed
    ///     parameters:
    ///       allowed:
    ///         - {namespaces: [calico-system], classes: [system-node-critical]}
    ///         - {namespaces: ["team-*"], classes: ["tenant-*"]}
    /// ```
    ///
    /// Namespaces of Kubernetes (`kube-…`) may use the classes of the system.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>
    /// - kube-linter `priority-class-name`, Kyverno `allowed-pod-priorities`
    "priority-class-not-allowed", Tenancy, Medium, Core, Object(Kind::WORKLOADS, run),
    parameters: Parameters,
    remediation: "use a priority class that the namespace may use",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Some(class) = workload.priority_class() else { return Verdict::Pass };
    let namespace = object.meta.namespace.as_deref().unwrap_or_default();
    let Parameters { allowed } = context.parameters();
    let matches = |globs: &[ValuePattern], name: &str| globs.iter().any(|glob| glob.matches(name));
    let mut own = allowed.iter().filter(|entry| matches(&entry.namespaces, namespace)).peekable();
    let is_allowed = match own.peek() {
        Some(_) => own.any(|entry| matches(&entry.classes, class)),
        None => !workload.has_system_priority() || is_system_namespace(namespace),
    };
    if is_allowed {
        return Verdict::Pass;
    }
    let path = workload.pod_path("priorityClassName");
    let evidence = Evidence::at(path, class.to_owned(), "a class that the namespace may use");
    Verdict::fail(format!("priority class `{class}` is not for this namespace"), [evidence])
}
