//! The custom resources that users and the controller share: their types, schemas and names.

mod action_item;
mod action_item_status;
mod audit_policy;
mod audit_policy_status;
mod check_selection;
mod condition;
mod crds;
mod custom_check;
mod exemption;
mod gaps;
mod label_selector;
pub mod limits;
mod manifest;
mod schema;
mod scope;
mod severity;
mod until;

pub use action_item::{ActionItem, ActionItemSpec, Decision, Link, Target};
pub use action_item_status::{
    ActionItemStatus, Evidence, ExemptionInForce, ExemptionOrigin, Notified, Reason, SelfAccepted,
    Source, State,
};
pub use audit_policy::{
    AuditPolicy, AuditPolicySpec, DEFAULT_RETENTION, DEFAULT_SCHEDULE, DEFAULT_TIME_ZONE, Due,
    SelfService, SelfServiceMode,
};
pub use audit_policy_status::{
    AuditPolicyStatus, Coverage, Findings, LastAudit, OpenFindings, RejectedCheck,
};
pub use check_selection::{CheckSetting, Checks, PROFILES, RECOMMENDED};
pub use condition::{
    Condition, ConditionStatus, ItemCondition, set_condition, set_item_condition, whole_seconds,
};
pub use crds::{crds, crds_yaml, files};
pub use custom_check::{
    CustomCheck, KindMatch, NamedExpression, RelatedKind, RelatedScope, Validation,
    default_category,
};
pub use exemption::{Exemption, ExemptionReason};
pub use gaps::Gaps;
pub use label_selector::{LabelSelector, SelectorOperator, SelectorRequirement};
pub use manifest::from_manifest;
pub use scope::{DEFAULT_EXCLUDED_NAMESPACES, NamespaceScope, Scope};
pub use severity::Severity;
pub use until::{UntilError, expires_at};

/// A time as Kubernetes writes it.
pub use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

/// The API group of the custom resources.
pub const GROUP: &str = "holystone.dev";
/// The served version of the custom resources.
pub const VERSION: &str = "v1alpha1";
/// The name under which the controller owns fields in server-side apply.
pub const FIELD_MANAGER: &str = "holystone";

/// The label of an item that names its check.
pub const CHECK_LABEL: &str = "holystone.dev/check";
/// The label of an item that names the kind of its target.
pub const KIND_LABEL: &str = "holystone.dev/kind";

/// The annotation of a policy that asks for a full audit now, by any new value.
pub const REQUESTED_AT_ANNOTATION: &str = "holystone.dev/requestedAt";
/// The annotation of an audited object that lists the checks it is exempt from.
pub const EXEMPT_ANNOTATION: &str = "holystone.dev/exempt";
/// The annotation of an audited object that says why it is exempt.
pub const EXEMPT_NOTE_ANNOTATION: &str = "holystone.dev/exempt-note";
/// The annotation of an audited object that says until when it is exempt.
pub const EXEMPT_UNTIL_ANNOTATION: &str = "holystone.dev/exempt-until";
/// The annotation of an object or a namespace that names its owner.
pub const OWNER_ANNOTATION: &str = "holystone.dev/owner";

/// The annotations that name an owner by default, the most telling first.
pub const OWNER_ANNOTATIONS: [&str; 6] =
    [OWNER_ANNOTATION, "owner", "team", "contact", "team/email-ids", "team/hipchat-ids"];

/// Whether a field holds the default of its type, and is left out of what is written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
