//! Label selectors, with the semantics of the API server.

use std::fmt;

use compact_str::CompactString;
use serde::Deserialize;

use super::{Labels, List};

/// A label selector: all of its requirements must hold. An empty one selects everything; an absent
/// one (an `Option` of this) selects nothing, where the API says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LabelSelector {
    /// Each label must have this value.
    pub match_labels: Labels,
    /// Each requirement must hold.
    pub match_expressions: List<Requirement>,
}

/// One requirement on one label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
pub struct Requirement {
    /// The label's key.
    pub key: CompactString,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: CompactString,
    /// The values of `In` and `NotIn`.
    pub values: List<CompactString>,
}

impl LabelSelector {
    /// Whether it has no requirement, and so selects everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// Whether it selects an object with these labels.
    #[must_use]
    pub fn selects(&self, labels: &Labels) -> bool {
        self.selects_by(|key| labels.value(key))
    }

    /// Whether it may select an object whose labels `value_of` looks up, when it also has labels of
    /// some keys whose values are not known.
    pub fn may_select_by<'label>(
        &self,
        value_of: impl Fn(&str) -> Option<&'label str>,
        is_given: impl Fn(&str) -> bool,
    ) -> bool {
        let mut labels = self.match_labels.iter();
        let mut expressions = self.match_expressions.iter();
        labels.all(|(key, value)| is_given(key) || value_of(key) == Some(value))
            && expressions.all(|one| is_given(&one.key) || one.holds(value_of(&one.key)))
    }

    /// Whether it selects an object whose labels `value_of` looks up.
    pub fn selects_by<'label>(&self, value_of: impl Fn(&str) -> Option<&'label str>) -> bool {
        self.match_labels.iter().all(|(key, value)| value_of(key) == Some(value))
            && self.match_expressions.iter().all(|one| one.holds(value_of(&one.key)))
    }
}

impl fmt::Display for LabelSelector {
    /// As `kubectl` takes it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.match_labels.iter().map(|(key, value)| format!("{key}={value}"));
        let expressions = self.match_expressions.iter().map(Requirement::to_string);
        formatter.write_str(&labels.chain(expressions).collect::<Vec<_>>().join(","))
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, operator, values } = self;
        let values = values.join(",");
        match operator.as_str() {
            "In" => write!(formatter, "{key} in ({values})"),
            "NotIn" => write!(formatter, "{key} notin ({values})"),
            "Exists" => formatter.write_str(key),
            "DoesNotExist" => write!(formatter, "!{key}"),
            operator => write!(formatter, "{key} {operator} ({values})"),
        }
    }
}

impl Requirement {
    /// `NotIn` also holds where the label is absent; an unknown operator never holds.
    fn holds(&self, value: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|candidate| candidate == value);
        match self.operator.as_str() {
            "In" => value.is_some_and(listed),
            "NotIn" => !value.is_some_and(listed),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(json: &str) -> LabelSelector {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn all_requirements_must_hold() {
        let web = Labels::from_iter([("app", "web"), ("tier", "front")]);
        assert!(selector("{}").selects(&web));
        assert!(selector(r#"{"matchLabels": {"app": "web"}}"#).selects(&web));
        assert!(!selector(r#"{"matchLabels": {"app": "web", "x": "y"}}"#).selects(&web));
        for (operator, values, expected) in [
            ("In", r#"["web"]"#, true),
            ("In", r#"["db"]"#, false),
            ("NotIn", r#"["db"]"#, true),
            ("Exists", "[]", true),
            ("DoesNotExist", "[]", false),
            ("Near", "[]", false),
        ] {
            let json = format!(
                r#"{{"matchExpressions": [{{"key": "app", "operator": "{operator}", "values": {values}}}]}}"#
            );
            assert_eq!(selector(&json).selects(&web), expected, "{operator}");
        }
    }
}
