use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Placed, Quantity, Workload},
};

/// What containers may ask for.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Bounds of requests by resource, for example `cpu: {min: 10m, max: "4"}`.
    requests: BTreeMap<String, Range>,
    /// Bounds of limits by resource.
    limits: BTreeMap<String, Range>,
}

/// The bounds of a resource; either may be absent.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Range {
    /// The smallest quantity that is allowed.
    #[schemars(with = "Option<String>")]
    min: Option<Bound>,
    /// The largest quantity that is allowed.
    #[schemars(with = "Option<String>")]
    max: Option<Bound>,
}

/// A quantity, in thousandths beside its text.
struct Bound(Quantity, i128);

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let quantity = Quantity::deserialize(deserializer)?;
        let millis = quantity.millis();
        let millis =
            millis.ok_or_else(|| de::Error::custom(format!("`{quantity}` is no quantity")))?;
        Ok(Self(quantity, millis))
    }
}

check! {
    /// Requests and limits are within the bounds of the policy.
    ///
    /// ## Why
    ///
    /// A request that is far too large keeps a node empty, a limit that is far too large is none.
    ///
    /// ## Fix
    ///
    /// Ask for what is used, or change the bounds in the policy:
    ///
    /// ```yaml
    /// settings:
    ///   - check: resource-above-maximum
    ///     parameters:
    ///       requests: {cpu: {max: "4"}, memory: {min: 16Mi, max: 16Gi}}
    ///       limits: {memory: {max: 32Gi}}
    /// ```
    ///
    /// All containers are judged, and the requests and limits of the whole pod are not. What is
    /// absent is within all bounds. Without bounds nothing is judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/policy/limit-range/>
    /// - Gatekeeper `containerlimits`, `containerrequests`; Polaris `resourceRange`
    "resource-above-maximum", Efficiency, Low, Core, Workload(run),
    parameters: Parameters,
    remediation: "set requests and limits within the bounds of the policy",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { requests, limits } = context.parameters();
    if requests.is_empty() && limits.is_empty() {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().flat_map(|place| {
        let requests = requests.iter().filter_map(move |(name, range)| {
            let found = place.container.resources.as_ref()?.request(name)?;
            outside(&place, "requests", name, found, range)
        });
        let limits = limits.iter().filter_map(move |(name, range)| {
            let found = place.container.resources.as_ref()?.limit(name)?;
            outside(&place, "limits", name, found, range)
        });
        requests.chain(limits)
    });
    Verdict::of_containers(
        evidence,
        "asks for more or less than is allowed",
        "ask for more or less than is allowed",
    )
}

fn outside(
    place: &Placed<'_>,
    list: &str,
    name: &str,
    found: &Quantity,
    range: &Range,
) -> Option<Evidence> {
    let value = found.millis()?;
    let above = range.max.as_ref().filter(|max| value > max.1);
    let below = range.min.as_ref().filter(|min| value < min.1);
    let wanted = match (above, below) {
        (Some(max), _) => format!("at most {}", max.0),
        (None, Some(min)) => format!("at least {}", min.0),
        (None, None) => return None,
    };
    let field = format!("resources/{list}/{}", name.replace('~', "~0").replace('/', "~1"));
    Some(Evidence::in_container(place, &field, found.to_string(), wanted))
}
