//! Which objects a policy selects.

use crate::{
    api::{self, SelectorOperator},
    model::{Kind, LabelSelector, Labels, List, Requirement},
};

use super::{Pattern, PolicyError};

/// The compiled `spec.scope` of a policy.
#[derive(Clone, Debug)]
pub struct Scope {
    selector: Option<LabelSelector>,
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    cluster_scoped: bool,
    objects: Option<LabelSelector>,
}

impl Scope {
    /// Compiles a scope; the error names the field.
    pub fn compile(scope: &api::Scope) -> Result<Self, PolicyError> {
        let namespaces = &scope.namespaces;
        let globs = |texts: &[String], field| {
            Pattern::compile_all(texts).map_err(|error| PolicyError::new(field, error))
        };
        Ok(Self {
            selector: selector(namespaces.selector.as_ref(), "spec.scope.namespaces.selector")?,
            include: globs(&namespaces.include, "spec.scope.namespaces.include")?,
            exclude: globs(&namespaces.exclude, "spec.scope.namespaces.exclude")?,
            cluster_scoped: scope.audits_cluster_scoped(),
            objects: selector(scope.objects.as_ref(), "spec.scope.objects")?,
        })
    }

    /// Whether a namespace of this name with these labels is selected.
    #[must_use]
    pub fn selects_namespace(&self, name: &str, labels: &Labels) -> bool {
        (self.include.is_empty() || self.include.iter().any(|glob| glob.matches(name)))
            && !self.exclude.iter().any(|glob| glob.matches(name))
            && self.selector.as_ref().is_none_or(|selector| selector.selects(labels))
    }

    /// Whether objects of a cluster-scoped kind are selected. A Namespace is selected as what is
    /// in it would be.
    #[must_use]
    pub fn selects_cluster_scoped(&self, kind: Kind) -> bool {
        kind != Kind::Namespace && self.cluster_scoped
    }

    /// Whether an object with these labels is selected, leaving its namespace aside.
    #[must_use]
    pub fn selects_labels(&self, labels: &Labels) -> bool {
        self.objects.as_ref().is_none_or(|selector| selector.selects(labels))
    }

    /// The selector on objects; a change of it asks for reading them again.
    #[must_use]
    pub fn objects(&self) -> Option<&LabelSelector> {
        self.objects.as_ref()
    }
}

/// Translates a selector of a policy, refusing keys that no label can have.
pub(super) fn selector(
    selector: Option<&api::LabelSelector>,
    field: &str,
) -> Result<Option<LabelSelector>, PolicyError> {
    let Some(api::LabelSelector { match_labels, match_expressions }) = selector else {
        return Ok(None);
    };
    let keys = match_labels.keys().chain(match_expressions.iter().map(|entry| &entry.key));
    for key in keys {
        if !is_label_key(key) {
            let problem =
                format!("`{key}` is not a label key; use for example app or example.com/app");
            return Err(PolicyError::new(field, problem));
        }
    }
    let requirements = match_expressions.iter().map(|entry| Requirement {
        key: entry.key.as_str().into(),
        operator: operator(entry.operator).into(),
        values: List(entry.values.iter().map(|value| value.as_str().into()).collect()),
    });
    Ok(Some(LabelSelector {
        match_labels: match_labels
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect(),
        match_expressions: List(requirements.collect()),
    }))
}

fn operator(operator: SelectorOperator) -> &'static str {
    match operator {
        SelectorOperator::In => "In",
        SelectorOperator::NotIn => "NotIn",
        SelectorOperator::Exists => "Exists",
        SelectorOperator::DoesNotExist => "DoesNotExist",
    }
}

/// An optional DNS prefix and a name of at most 63 characters, as the API server demands.
fn is_label_key(key: &str) -> bool {
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(a, b)| (Some(a), b));
    let is_edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_name = name.len() <= 63
        && is_edge(name.chars().next())
        && is_edge(name.chars().last())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let is_prefix = |prefix: &str| {
        !prefix.is_empty()
            && prefix.len() <= 253
            && prefix
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
    };
    is_name && prefix.is_none_or(is_prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(yaml: &str) -> Scope {
        Scope::compile(&serde_saphyr::from_str(yaml).unwrap()).unwrap()
    }

    #[test]
    fn all_fields_must_agree() {
        let scope = scope(
            "namespaces: {selector: {matchLabels: {tier: prod}}, include: [team-*], exclude: [team-x]}",
        );
        let prod = Labels::from_iter([("tier", "prod")]);
        assert!(scope.selects_namespace("team-a", &prod));
        assert!(!scope.selects_namespace("team-a", &Labels::default()));
        assert!(!scope.selects_namespace("team-x", &prod));
        assert!(!scope.selects_namespace("shop", &prod));
        assert!(!scope.selects_cluster_scoped(Kind::ClusterRole));
    }

    #[test]
    fn system_namespaces_are_excluded_by_default() {
        let scope = scope("{}");
        assert!(!scope.selects_namespace("kube-system", &Labels::default()));
        assert!(scope.selects_namespace("shop", &Labels::default()));
        assert!(scope.selects_cluster_scoped(Kind::ClusterRole));
    }

    #[test]
    fn a_bad_label_key_is_an_error_that_names_the_field() {
        let bad = serde_saphyr::from_str("objects: {matchLabels: {'not a key': x}}").unwrap();
        let error = Scope::compile(&bad).unwrap_err();
        assert!(error.to_string().starts_with("spec.scope.objects: `not a key`"), "{error}");
    }
}
