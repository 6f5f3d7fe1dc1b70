//! Where a policy holds: which objects of the cluster, and which of them are let off.

use crate::{
    api::{
        EXEMPT_ANNOTATION, EXEMPT_NOTE_ANNOTATION, Exemption, LabelSelector, SelectorOperator,
        SelectorRequirement, SelfServiceMode, expires_at,
    },
    engine::Pattern,
    model::Kind,
};

use super::{
    Named, Order, ResourceRule, ResourceScope, Told, Validation,
    text::{is_plain, list, matches_any, quoted, selects},
};

/// The label that each Namespace has.
const NAME: &str = "kubernetes.io/metadata.name";

/// Objects that a policy of admission is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    pub(super) rules: Vec<ResourceRule>,
    pub(super) namespaces: Option<LabelSelector>,
    pub(super) conditions: Vec<Named>,
    /// Whether Namespaces are among them: their own name counts as that of their namespace.
    pub(super) has_namespaces: bool,
}

impl ResourceRule {
    /// Objects of a kind in these versions. A kind that nobody knows the resource of is one of all
    /// of its group, and a condition has to tell it from the others.
    pub(super) fn of(group: &str, kind: Option<Kind>, versions: &[String]) -> Self {
        let version = kind.filter(|kind| !kind.is_optional()).map_or("*", Kind::version);
        let given = if versions.is_empty() { vec![version.to_owned()] } else { versions.to_vec() };
        Self {
            api_groups: vec![group.to_owned()],
            api_versions: given,
            resources: vec![kind.map_or("*", Kind::plural).to_owned()],
            operations: ["CREATE", "UPDATE"],
            scope: ResourceScope::Any,
        }
    }

    /// Rules of one group and version together.
    pub(super) fn joined(rules: Vec<Self>) -> Vec<Self> {
        let mut joined: Vec<Self> = Vec::new();
        for rule in rules {
            let alike = joined.iter_mut().find(|known| {
                (&known.api_groups, &known.api_versions, known.scope)
                    == (&rule.api_groups, &rule.api_versions, rule.scope)
            });
            match alike {
                Some(known) => {
                    let more = rule.resources.into_iter();
                    known.resources.extend(more);
                    known.resources.sort_unstable();
                    known.resources.dedup();
                }
                None => joined.push(rule),
            }
        }
        joined
    }
}

impl Reach {
    /// What of it the scope of a policy holds; `None` for nothing.
    pub(super) fn within(mut self, order: &Order<'_>) -> Option<Self> {
        if !order.spec.scope.audits_cluster_scoped() {
            let is_namespace = |rule: &ResourceRule| rule.resources == ["namespaces"];
            let others = self.rules.iter_mut().filter(|rule| !is_namespace(rule));
            others.for_each(|rule| rule.scope = ResourceScope::Namespaced);
            self.rules.retain(|rule| is_namespace(rule) || !is_cluster_scoped(rule));
        }
        self.rules = ResourceRule::joined(self.rules);
        (!self.rules.is_empty()).then_some(self)
    }
}

fn is_cluster_scoped(rule: &ResourceRule) -> bool {
    let kinds = Kind::ALL
        .into_iter()
        .filter(|kind| rule.api_groups == [kind.group()] && rule.resources == [kind.plural()]);
    kinds.into_iter().any(|kind| !kind.is_namespaced())
}

/// The namespaces of a policy, as far as a selector can say them: by labels, and by whole names.
pub(super) fn namespaces(order: &Order<'_>) -> Option<LabelSelector> {
    let scope = &order.spec.scope.namespaces;
    let mut selector = scope.selector.clone().unwrap_or_default();
    let names = [(&scope.include, SelectorOperator::In), (&scope.exclude, SelectorOperator::NotIn)];
    for (names, operator) in names.into_iter().filter(|(names, _)| is_selectable(names)) {
        let values = names.clone();
        selector.match_expressions.push(SelectorRequirement {
            key: NAME.to_owned(),
            operator,
            values,
        });
    }
    (selector != LabelSelector::default()).then_some(selector)
}

fn is_selectable(names: &[String]) -> bool {
    !names.is_empty() && names.iter().all(|name| is_plain(name))
}

/// What holds of all objects that a check judges under a policy.
pub(super) fn conditions(order: &Order<'_>, told: &Told<'_>, reach: &Reach) -> Vec<Named> {
    let namespace = namespace(reach);
    let mut conditions = vec![
        Named::new("not-being-deleted", "!has(object.metadata.deletionTimestamp)"),
        Named::new("not-by-kubernetes", NOT_MADE),
    ];
    let scope = &order.spec.scope;
    let (include, exclude) = (&scope.namespaces.include, &scope.namespaces.exclude);
    let globs = |names: &[String]| !names.is_empty() && !is_selectable(names);
    if globs(include) {
        let expression = format!("{namespace} == '' || {}", matches_any(namespace, include));
        conditions.push(Named::new("in-included-namespace", expression));
    }
    if globs(exclude) {
        let expression = format!("!({})", matches_any(namespace, exclude));
        conditions.push(Named::new("not-in-excluded-namespace", expression));
    }
    if let Some(expression) = scope.objects.as_ref().and_then(|labels| selects(labels, "object")) {
        conditions.push(Named::new("selected-object", expression));
    }
    let by_object = exemptions(order, told).filter(|known| known.namespace_selector.is_none());
    for (index, exemption) in by_object.enumerate() {
        let name = format!("not-exempt-{}", index + 1);
        conditions.push(Named::new(name, format!("!({})", exempts(exemption, namespace))));
    }
    conditions.extend(annotated(order, told));
    conditions
}

/// The validations, with what holds of an object in an exempt namespace: conditions do not see the
/// labels of namespaces.
pub(super) fn validations(
    order: &Order<'_>,
    told: &Told<'_>,
    reach: &Reach,
    validations: &[Validation],
) -> Vec<Validation> {
    let namespace = namespace(reach);
    let by_namespace = exemptions(order, told).filter_map(|exemption| {
        let selector = exemption.namespace_selector.as_ref()?;
        let all = [is_within(selector, reach), exempts(exemption, namespace)];
        Some(format!("({})", all.join(" && ")))
    });
    let exempt: Vec<_> = by_namespace.collect();
    if exempt.is_empty() {
        return validations.to_vec();
    }
    let exempt = exempt.join(" || ");
    let validations = validations.iter().cloned();
    validations
        .map(|validation| Validation {
            expression: format!("{exempt} || ({})", validation.expression),
            ..validation
        })
        .collect()
}

/// True for an object in a namespace that a selector selects; a Namespace is in itself.
fn is_within(selector: &LabelSelector, reach: &Reach) -> String {
    let labels = |of: &str| selects(selector, of).unwrap_or_else(|| "true".to_owned());
    let within = format!("namespaceObject != null && {}", labels("namespaceObject"));
    match reach.has_namespaces {
        true => format!("(object.kind == 'Namespace' ? {} : {within})", labels("object")),
        false => within,
    }
}

/// The exemptions in force from a check.
fn exemptions<'a>(order: &Order<'a>, told: &Told<'_>) -> impl Iterator<Item = &'a Exemption> {
    in_force(order).map(|(exemption, _)| exemption).filter(|known| is_about(known, told))
}

/// The namespace of an object, as an expression.
fn namespace(reach: &Reach) -> &'static str {
    match reach.has_namespaces {
        true => {
            "(object.kind == 'Namespace' ? object.metadata.name : object.metadata.?namespace.orValue(''))"
        }
        false => "object.metadata.?namespace.orValue('')",
    }
}

/// What Kubernetes makes from an object that was judged is not judged again, and neither is what it
/// notes on one.
const NOT_MADE: &str = "!((request.userInfo.username.startsWith('system:serviceaccount:kube-system:') || \
    request.userInfo.username == 'system:kube-controller-manager') && \
    (object.metadata.?ownerReferences.orValue([]).exists(owner, owner.?controller.orValue(false)) || \
    request.operation == 'UPDATE' && object.?spec.orValue(null) == oldObject.?spec.orValue(null)))";

/// The exemptions that have not ended, with their ends.
fn in_force<'a>(order: &Order<'a>) -> impl Iterator<Item = (&'a Exemption, Option<&'a str>)> {
    let now = order.now;
    order.spec.exemptions.iter().filter_map(move |exemption| {
        let until = exemption.until.as_deref();
        let end = until.and_then(|until| expires_at(until).ok());
        end.is_none_or(|end| end > now).then_some((exemption, until))
    })
}

fn is_about(exemption: &Exemption, told: &Told<'_>) -> bool {
    exemption.checks.iter().any(|text| {
        text == told.category
            || Pattern::compile(text).is_ok_and(|pattern| pattern.matches(told.id))
    })
}

/// True for an object that an exemption selects.
fn exempts(exemption: &Exemption, namespace: &str) -> String {
    let Exemption { namespaces, names, kinds, objects, .. } = exemption;
    let any = |name: &str, globs: &[String]| {
        (!globs.is_empty()).then(|| format!("({})", matches_any(name, globs)))
    };
    let all = [
        any(namespace, namespaces),
        any("object.metadata.?name.orValue('')", names),
        (!kinds.is_empty()).then(|| format!("object.kind in {}", list(kinds))),
        objects.as_ref().and_then(|labels| selects(labels, "object")),
    ];
    let all: Vec<_> = all.into_iter().flatten().collect();
    if all.is_empty() { "true".to_owned() } else { all.join(" && ") }
}

/// The annotation that exempts an object, as far as the policy lets it.
fn annotated(order: &Order<'_>, told: &Told<'_>) -> Option<Named> {
    let annotation =
        |key: &str| format!("object.metadata.?annotations[?{}].orValue('')", quoted(key));
    let ids = annotation(EXEMPT_ANNOTATION);
    let is_named = format!("{ids}.split(',').exists(id, id.trim() == {})", quoted(told.id));
    let expression = match order.spec.self_service.annotations {
        SelfServiceMode::Deny => return None,
        SelfServiceMode::Allow => format!("!{is_named}"),
        SelfServiceMode::RequireNote => {
            let note = annotation(EXEMPT_NOTE_ANNOTATION);
            format!("!({is_named} && {note}.trim() != '')")
        }
    };
    Some(Named::new("not-exempt-by-annotation", expression))
}

/// What of a policy is said otherwise than in the audit.
pub(super) fn remark(order: &Order<'_>, remarks: &mut Vec<String>) {
    let name = &order.policy.name;
    for (exemption, until) in in_force(order) {
        if let Some(until) = until {
            let checks = exemption.checks.join(", ");
            remarks.push(format!(
                "policy `{name}`: the exemption from {checks} ends at {until}, and admission has no \
                 clock; export again then"
            ));
        }
    }
    let service = &order.spec.self_service;
    if service.annotations != SelfServiceMode::Deny && service.max_duration.is_some() {
        remarks.push(format!(
            "policy `{name}`: admission has no clock, so that selfService.maxDuration does not end \
             an exemption by annotation there"
        ));
    }
}
