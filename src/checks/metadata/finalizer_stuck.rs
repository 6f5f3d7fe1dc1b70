use compact_str::CompactString;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Kind, Object as ClusterObject},
};

/// How long a deletion may take.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Hours that finalizers may hold an object back.
    hours: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { hours: 24 }
    }
}

check! {
    /// Objects that are deleted go.
    ///
    /// ## Why
    ///
    /// A finalizer that nobody removes keeps an object for ever, and with it what depends on it: its
    /// namespace cannot be deleted, its name cannot be used again.
    ///
    /// ## Fix
    ///
    /// Start the controller that owns the finalizer. Where it is gone for good, clean up by hand what
    /// it would have, then remove the finalizer:
    ///
    /// ```sh
    /// kubectl patch KIND NAME --type=json -p '[{"op": "remove", "path": "/metadata/finalizers"}]'
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/>
    /// - Kor `finalizers`
    "finalizer-stuck", Metadata, Low, Standard, Timed(Kind::ANY, run),
    parameters: Parameters,
    remediation: "start the controller that owns the finalizer, or clean up and remove it",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let meta = &object.meta;
    let Some(since) = meta.deletion_timestamp else { return Verdict::Pass };
    let Parameters { hours } = context.parameters();
    let patience = SignedDuration::from_hours(i64::from(*hours));
    if meta.finalizers.is_empty() || context.now().duration_since(since) <= patience {
        return Verdict::Pass;
    }
    let finalizers: Vec<&str> = meta.finalizers.iter().map(CompactString::as_str).collect();
    let finalizers = enumerate(&finalizers);
    let evidence = Evidence::at("/metadata/finalizers", finalizers.clone(), "none");
    Verdict::fail(format!("deleted at {since} and held back by {finalizers}"), [evidence])
}
