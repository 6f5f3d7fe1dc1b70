//! Checks as policies of the API server's own admission: what is audited can be enforced.
//!
//! A check becomes a `ValidatingAdmissionPolicy` and its binding. What admission does not see cannot
//! be said: other objects, the time, and who decided what on an item.

mod built_in;
mod custom;
mod manifest;
mod scope;
mod text;
mod words;

use jiff::Timestamp;

use crate::{
    api::{AuditPolicySpec, CustomCheck, Severity},
    checks::{Check, Run},
    engine::{Enabled, Policy},
};

use manifest::Metadata;
pub use manifest::{
    Action, Binding, BindingSpec, Constraints, Document, FailurePolicy, Named, ResourceRule,
    ResourceScope, Resources, ValidatingPolicy, ValidatingPolicySpec, Validation,
};
use scope::Reach;

/// What is to be enforced, and how.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The policy as it is written.
    pub spec: &'a AuditPolicySpec,
    /// The same, compiled.
    pub policy: &'a Policy,
    /// What the API server does about a violation.
    pub actions: &'a [Action],
    /// Whether an expression that fails refuses the object.
    pub is_closed: bool,
    /// Minor version of Kubernetes 1.x that verdicts are for.
    pub kubernetes_minor: u16,
    /// Exemptions that have ended by then are left out.
    pub now: Timestamp,
}

/// What became of the checks of a policy.
#[derive(Clone, Debug, Default)]
pub struct Exported {
    /// The policies, each before its binding.
    pub documents: Vec<Document>,
    /// The checks that were exported.
    pub checks: Vec<String>,
    /// The checks that cannot be said, and why.
    pub left_out: Vec<(String, String)>,
    /// What is said otherwise than in the audit.
    pub remarks: Vec<String>,
}

/// What a policy of admission says: a check, before scope and exemptions are added.
struct Said {
    /// Each becomes a policy of its own; more than one where entries select by labels of namespaces.
    reaches: Vec<Reach>,
    conditions: Vec<Named>,
    variables: Vec<Named>,
    validations: Vec<Validation>,
}

/// What is told of a check.
struct Told<'a> {
    id: &'a str,
    category: &'a str,
    severity: Severity,
    title: &'a str,
    documentation: &'a str,
}

/// Why the rule of a check of the catalogue cannot be said; `None` where it can.
#[must_use]
pub fn obstacle(check: &Check) -> Option<&'static str> {
    match check.run {
        _ if check.rule.is_some() => None,
        Run::Related(_) | Run::RelatedTimed(_) => {
            Some("it looks up other objects, and admission sees one")
        }
        Run::Timed(..) => Some("it depends on the time, and admission has no clock"),
        _ if check.run.is_of_any() => Some("it judges objects of every kind"),
        Run::Workload(_) | Run::Object(..) => Some("it is not written in CEL"),
    }
}

/// Says the checks of a policy as policies of admission.
#[must_use]
pub fn export(order: &Order<'_>) -> Exported {
    let mut exported = Exported::default();
    for enabled in &order.policy.enabled {
        let id = enabled.check.id();
        let severity = enabled.severity.unwrap_or_else(|| enabled.check.severity());
        // Lower ones, the audit only counts. Custom checks are told of below.
        if severity <= order.policy.floor && built_in::find(enabled).is_some() {
            match built_in::say(enabled, order.kubernetes_minor) {
                Ok(said) => exported.add(order, &of_catalogue(enabled, id, severity), said),
                Err(why) => exported.left_out.push((id.to_owned(), why.to_owned())),
            }
        }
    }
    for check in &order.spec.checks.custom {
        let id = format!("{}.{}", order.policy.name, check.id);
        exported.add_custom(order, &id, check);
    }
    scope::remark(order, &mut exported.remarks);
    exported
}

fn of_catalogue<'a>(enabled: &'a Enabled, id: &'a str, severity: Severity) -> Told<'a> {
    let title = enabled.check.title().trim_end_matches('.');
    Told { id, category: enabled.check.category(), severity, title, documentation: "" }
}

impl Exported {
    fn add_custom(&mut self, order: &Order<'_>, id: &str, check: &CustomCheck) {
        let leave_out = |why: String| (id.to_owned(), why);
        if !check.related_kinds.is_empty() {
            let why = "it reads objects of relatedKinds, and admission sees one";
            return self.left_out.push(leave_out(why.to_owned()));
        }
        if let Some(rejected) = order.policy.rejected.iter().find(|rejected| rejected.id == id) {
            return self.left_out.push(leave_out(rejected.reason.clone()));
        }
        let enabled = order.policy.enabled.iter().find(|enabled| enabled.check.id() == id);
        let severity = enabled.map(|enabled| enabled.severity.unwrap_or(check.severity));
        // Neither excluded, nor only counted.
        let Some(severity) = severity.filter(|severity| *severity <= order.policy.floor) else {
            return;
        };
        let told = Told {
            id,
            category: &check.category,
            severity,
            title: check.title.trim(),
            documentation: check.documentation.as_deref().unwrap_or_default().trim(),
        };
        match custom::say(check) {
            Ok(said) => self.add(order, &told, said),
            Err(why) => self.left_out.push(leave_out(why)),
        }
    }

    /// Adds what a check says, bound to the scope of its policy.
    fn add(&mut self, order: &Order<'_>, told: &Told<'_>, said: Said) {
        let Said { reaches, conditions, variables, validations } = said;
        let before = self.documents.len();
        let reaches = reaches.into_iter().filter_map(|reach| reach.within(order));
        for (index, reach) in reaches.enumerate() {
            let name = manifest::name(&order.policy.name, told.id, index);
            let metadata = Metadata::of(name, told);
            let validations = scope::validations(order, told, &reach, &validations);
            let mut all = scope::conditions(order, told, &reach);
            all.extend(reach.conditions);
            all.extend(conditions.iter().cloned());
            let spec = ValidatingPolicySpec {
                failure_policy: FailurePolicy::of(order.is_closed),
                match_constraints: Constraints {
                    namespace_selector: reach.namespaces,
                    resource_rules: reach.rules,
                },
                match_conditions: all,
                variables: variables.clone(),
                validations,
            };
            let binding = Binding::of(&metadata, order.actions, scope::namespaces(order));
            self.documents.push(Document::Policy(ValidatingPolicy::new(metadata, spec)));
            self.documents.push(Document::Binding(binding));
        }
        if self.documents.len() > before {
            self.checks.push(told.id.to_owned());
        } else {
            let why = "it judges only what the scope of the policy leaves out";
            self.left_out.push((told.id.to_owned(), why.to_owned()));
        }
    }
}
