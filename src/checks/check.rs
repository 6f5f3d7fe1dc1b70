//! What a check is: its texts, its parameters, and what it looks at.

use std::{any::Any, fmt, sync::Arc};

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    api::Severity,
    model::{Body, Cluster, Facts, Kind, Object, Workload},
};

use super::{Fix, Rule, Verdict};

/// A built-in check.
#[derive(Debug)]
pub struct Check {
    /// Its id: lower-case words joined by dashes, at most 63 characters; never changes.
    pub id: &'static str,
    /// What it demands, as one sentence.
    pub title: &'static str,
    /// Why, fix and references, in Markdown.
    pub docs: &'static str,
    /// What to do about a finding, at most 160 bytes.
    pub remediation: &'static str,
    /// The group that it belongs to.
    pub category: Category,
    /// Severity of its findings, unless a policy or a finding says otherwise.
    pub severity: Severity,
    /// Whether it is on by default.
    pub tier: Tier,
    /// What it looks at, and the function that judges.
    pub run: Run,
    /// What can be set, if anything.
    pub parameters: Option<ParameterSpec>,
    /// How its findings are remedied where there is but one way, by where they show.
    pub fixes: &'static [Fix],
    /// The same in CEL, where it can be said.
    pub rule: Option<Rule>,
}

/// The groups of checks, as in the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Category {
    PodSecurity,
    Secrets,
    Images,
    Rbac,
    Tenancy,
    Networking,
    Reliability,
    Efficiency,
    Versions,
    Metadata,
}

impl Category {
    /// Every category, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::PodSecurity,
        Self::Secrets,
        Self::Images,
        Self::Rbac,
        Self::Tenancy,
        Self::Networking,
        Self::Reliability,
        Self::Efficiency,
        Self::Versions,
        Self::Metadata,
    ];

    /// Its name in policies, items and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PodSecurity => "pod-security",
            Self::Secrets => "secrets",
            Self::Images => "images",
            Self::Rbac => "rbac",
            Self::Tenancy => "tenancy",
            Self::Networking => "networking",
            Self::Reliability => "reliability",
            Self::Efficiency => "efficiency",
            Self::Versions => "versions",
            Self::Metadata => "metadata",
        }
    }
}

/// Whether a check is on by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// On by default; most comparable tools have it.
    Core,
    /// On by default.
    Standard,
    /// Off by default.
    Optional,
}

impl Tier {
    /// Its name in the documentation.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Standard => "standard",
            Self::Optional => "optional",
        }
    }
}

/// What a check looks at.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// The pod template behind any controller kind, and pods.
    Workload(fn(&Workload, &Context<'_>) -> Verdict),
    /// One object of these kinds, by itself.
    Object(&'static [Kind], fn(&Object, &Context<'_>) -> Verdict),
    /// One object of these kinds, and the time, by [`Context::now`]: it is judged again by each
    /// audit.
    Timed(&'static [Kind], fn(&Object, &Context<'_>) -> Verdict),
    /// One object of these kinds, and others.
    Related(Lookup),
    /// One object of these kinds, others, and the time.
    RelatedTimed(Lookup),
}

/// A check that looks at several objects.
#[derive(Clone, Copy, Debug)]
pub struct Lookup {
    /// The kinds that it judges.
    pub kinds: &'static [Kind],
    /// The kinds that it looks up; a change in the judged object's namespace, or of a
    /// cluster-scoped object, makes it judge again.
    pub reads: &'static [Kind],
    /// The function that judges. A finding that rests on something being absent is only certain
    /// where [`Cluster::is_complete`] says so; else it answers [`Verdict::Unknown`].
    pub run: fn(&Facts, &Cluster, &Context<'_>) -> Verdict,
}

impl Run {
    /// The kinds that are judged.
    #[must_use]
    pub fn kinds(&self) -> &'static [Kind] {
        match self {
            Self::Workload(_) => Kind::WORKLOADS,
            Self::Object(kinds, _) | Self::Timed(kinds, _) => kinds,
            Self::Related(lookup) | Self::RelatedTimed(lookup) => lookup.kinds,
        }
    }

    /// Whether it judges every object, whatever its kind.
    #[must_use]
    pub fn is_of_any(&self) -> bool {
        self.kinds().contains(&Kind::Other)
    }

    /// Whether it looks at other objects too.
    #[must_use]
    pub fn is_related(&self) -> bool {
        matches!(self, Self::Related(_) | Self::RelatedTimed(_))
    }

    /// Whether the answer changes with time alone.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        matches!(self, Self::Timed(..) | Self::RelatedTimed(_))
    }

    /// The kinds that have to be read for it: those that it judges, and those that it looks up.
    pub fn needs(&self) -> impl Iterator<Item = Kind> {
        let of_any = self.is_of_any();
        let judged = self.kinds().iter().filter(move |kind| !of_any || kind.is_common());
        judged.chain(self.reads()).copied()
    }

    /// The kinds that are looked up beside the judged object.
    #[must_use]
    pub fn reads(&self) -> &'static [Kind] {
        match self {
            Self::Related(lookup) | Self::RelatedTimed(lookup) => lookup.reads,
            _ => &[],
        }
    }
}

/// What a check may use beside the object.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The parameters, parsed by the check's own [`ParameterSpec`].
    parameters: &'a (dyn Any + Send + Sync),
    /// Minor version of Kubernetes 1.x that verdicts are for.
    pub kubernetes_minor: u16,
    now: Timestamp,
}

impl<'a> Context<'a> {
    /// Joins parsed parameters, the target version and the time.
    #[must_use]
    pub fn new(parameters: &'a Parameters, kubernetes_minor: u16, now: Timestamp) -> Self {
        Self { parameters: &*parameters.0, kubernetes_minor, now }
    }

    /// The time of the audit; only for checks that say that they are timed.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The parameters of the check that is running.
    ///
    /// # Panics
    ///
    /// If a check asks for another type than it declared, which its fixture shows at once.
    #[must_use]
    pub fn parameters<T: 'static>(&self) -> &'a T {
        self.parameters.downcast_ref().expect("a check asks for the type that it declared")
    }
}

/// Parsed parameters of one check.
#[derive(Clone)]
pub struct Parameters(Arc<dyn Any + Send + Sync>);

/// None.
impl Default for Parameters {
    fn default() -> Self {
        Self(Arc::new(()))
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Parameters")
    }
}

/// How the parameters of a check are described and parsed.
#[derive(Clone, Copy, Debug)]
pub struct ParameterSpec {
    /// The JSON Schema, for people.
    pub schema: fn() -> Schema,
    /// Parses a JSON object; the error names the field.
    parse: fn(&Value) -> Result<Parameters, ParameterError>,
}

/// A parameter that a check does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameter `{field}`: {problem}")]
pub struct ParameterError {
    /// Path of the parameter; `.` for all of them.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl ParameterSpec {
    /// Describes parameters of a type; absent fields take the type's defaults.
    #[must_use]
    pub const fn of<T: DeserializeOwned + JsonSchema + Send + Sync + 'static>() -> Self {
        Self {
            schema: || schema_for!(T),
            parse: |value| {
                serde_path_to_error::deserialize::<_, T>(value)
                    .map(|parameters| Parameters(Arc::new(parameters)))
                    .map_err(|error| ParameterError {
                        field: error.path().to_string(),
                        problem: error.into_inner().to_string(),
                    })
            },
        }
    }
}

impl Check {
    /// Judges one object; [`Verdict::NotApplicable`] for a kind that the check does not look at.
    #[must_use]
    pub fn judge(&self, object: &Object, cluster: &Cluster, context: &Context<'_>) -> Verdict {
        match (self.run, &object.body) {
            (run, _) if !run.kinds().contains(&object.kind.known()) => Verdict::NotApplicable,
            (Run::Workload(run), Body::Workload(workload)) => run(workload, context),
            (Run::Workload(_), _) => Verdict::NotApplicable,
            (Run::Object(_, run) | Run::Timed(_, run), _) => run(object, context),
            (Run::Related(lookup) | Run::RelatedTimed(lookup), _) => {
                match cluster.facts(&object.key()) {
                    Some(facts) => (lookup.run)(facts, cluster, context),
                    None => (lookup.run)(&Facts::of(object), cluster, context),
                }
            }
        }
    }

    /// Parses the parameters that a policy sets; `None` takes the defaults.
    pub fn parse_parameters(&self, value: Option<&Value>) -> Result<Parameters, ParameterError> {
        match (&self.parameters, value) {
            (Some(spec), value) => {
                (spec.parse)(value.unwrap_or(&Value::Object(serde_json::Map::new())))
            }
            (None, Some(Value::Object(map))) if !map.is_empty() => Err(ParameterError {
                field: map.keys().next().cloned().unwrap_or_default(),
                problem: format!("check `{}` takes no parameters", self.id),
            }),
            (None, _) => Ok(Parameters::default()),
        }
    }
}

/// Declares a check: its documentation, id, category, severity, tier, and what it looks at.
///
/// The first line of the documentation is the title, the rest is shown by `holystone checks ID`
/// and on the website.
macro_rules! check {
    (
        #[doc = $title:literal]
        $(#[doc = $docs:literal])*
        $id:literal, $category:ident, $severity:ident, $tier:ident, $run:expr,
        $(parameters: $parameters:ty,)?
        remediation: $remediation:literal $(,)?
        $(fixes: $fixes:expr,)?
        $(rule: $rule:expr,)?
    ) => {
        #[doc = $title]
        $(#[doc = $docs])*
        pub(crate) const CHECK: $crate::checks::Check = $crate::checks::Check {
            id: $id,
            title: $title,
            docs: concat!($($docs, "\n"),*),
            remediation: $remediation,
            category: $crate::checks::Category::$category,
            severity: $crate::api::Severity::$severity,
            tier: $crate::checks::Tier::$tier,
            run: {
                #[allow(unused_imports, reason = "each check uses one of them")]
                use $crate::checks::{Lookup, Run::{Object, Related, RelatedTimed, Timed, Workload}};
                $run
            },
            parameters: $crate::checks::check::check!(@parameters $($parameters)?),
            fixes: $crate::checks::check::check!(@fixes $($fixes)?),
            rule: $crate::checks::check::check!(@rule $($rule)?),
        };
    };
    (@fixes) => { &[] };
    (@fixes $fixes:expr) => { $fixes };
    (@rule) => { None };
    (@rule $rule:expr) => { Some($rule) };
    (@parameters) => { None };
    (@parameters $parameters:ty) => { Some($crate::checks::ParameterSpec::of::<$parameters>()) };
}
pub(crate) use check;
