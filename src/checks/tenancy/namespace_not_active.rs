use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Kind, Object as ClusterObject},
};

/// How long a deletion may take.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Minutes that a namespace may be terminating.
    minutes: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { minutes: 10 }
    }
}

check! {
    /// Namespaces do not stay in deletion.
    ///
    /// ## Why
    ///
    /// A namespace that terminates for long waits for a finalizer that nobody removes, or for an
    /// API that does not answer. It cannot be used again, and what is left in it still costs.
    ///
    /// ## Fix
    ///
    /// Read the conditions of the namespace (`kubectl get namespace NAME -o yaml`): they name the
    /// objects and finalizers that are left. Start the controller that owns them, or repair its API.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/>
    "namespace-not-active", Tenancy, Low, Standard, Timed(&[Kind::Namespace], run),
    parameters: Parameters,
    remediation: "read the namespace's conditions and clear the finalizers that are left",
}

fn run(namespace: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Parameters { minutes } = context.parameters();
    let Some(since) = namespace.meta.deletion_timestamp else { return Verdict::Pass };
    let patience = SignedDuration::from_mins(i64::from(*minutes));
    if context.now().duration_since(since) <= patience {
        return Verdict::Pass;
    }
    let evidence = Evidence::at(
        "/metadata/deletionTimestamp",
        since.to_string(),
        format!("gone within {minutes} minutes"),
    );
    Verdict::fail(format!("namespace is terminating since {since}"), [evidence])
}
