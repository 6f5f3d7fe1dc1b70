//! Policies of Cilium, which isolate pods as network policies do.

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, de::IgnoredAny};

use super::{Direction, LabelSelector, List, mirror::mirror};

mirror! {
    /// What is read of a `CiliumNetworkPolicy`, or of the clusterwide kind. It has one rule or many.
    pub struct CiliumNetworkPolicy {
        pub spec: Option<CiliumSpec>,
        pub specs: List<CiliumSpec>,
    }

    /// What a policy says about the pods that it selects.
    pub struct CiliumSpec {
        /// Absent where the policy is for nodes.
        pub endpoint_selector: Option<LabelSelector>,
        pub ingress: List<CiliumRule>,
        pub ingress_deny: List<CiliumRule>,
        pub egress: List<CiliumRule>,
        pub egress_deny: List<CiliumRule>,
        pub enable_default_deny: DefaultDeny,
    }

    /// Whether pods are isolated; by default they are in each direction that has rules.
    pub struct DefaultDeny {
        pub ingress: Option<bool>,
        pub egress: Option<bool>,
    }
}

/// A rule of a Cilium policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CiliumRule {
    /// Whether it says nothing: such a rule allows nothing, and isolates.
    pub is_empty: bool,
}

impl<'de> Deserialize<'de> for CiliumRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = std::collections::BTreeMap::<CompactString, Option<IgnoredAny>>::deserialize;
        let is_empty = fields(deserializer)?.values().all(Option::is_none);
        Ok(Self { is_empty })
    }
}

/// What a selector of Cilium can ask about a pod.
#[derive(Clone, Copy)]
pub struct CiliumEndpoint<'label> {
    /// The namespace.
    pub namespace: &'label str,
    /// The account.
    pub service_account: &'label str,
    /// The value of a label of the pod.
    pub label: &'label dyn Fn(&str) -> Option<&'label str>,
    /// The value of a label of the namespace.
    pub namespace_label: &'label dyn Fn(&str) -> Option<&'label str>,
}

impl<'label> CiliumEndpoint<'label> {
    /// The value of a label as Cilium names them: those of Kubernetes may say so, and what is known
    /// of the pod beside its labels has names of its own.
    fn value(self, key: &str) -> Option<&'label str> {
        let key = key.strip_prefix("k8s:").or_else(|| key.strip_prefix("any:")).unwrap_or(key);
        match key {
            "io.kubernetes.pod.namespace" => Some(self.namespace),
            "io.cilium.k8s.policy.serviceaccount" => Some(self.service_account),
            _ => match key.strip_prefix("io.cilium.k8s.namespace.labels.") {
                Some(key) => (self.namespace_label)(key),
                None => (self.label)(key),
            },
        }
    }
}

impl CiliumNetworkPolicy {
    /// Its rules.
    pub fn rules(&self) -> impl Iterator<Item = &CiliumSpec> {
        self.spec.iter().chain(&self.specs)
    }

    /// Whether it isolates a pod in a direction.
    #[must_use]
    pub fn covers(&self, endpoint: CiliumEndpoint<'_>, direction: Direction) -> bool {
        self.rules().any(|rule| rule.selects(endpoint) && rule.isolates(direction))
    }
}

impl CiliumSpec {
    /// Whether it selects a pod.
    #[must_use]
    pub fn selects(&self, endpoint: CiliumEndpoint<'_>) -> bool {
        let selector = self.endpoint_selector.as_ref();
        selector.is_some_and(|selector| selector.selects_by(|key| endpoint.value(key)))
    }

    /// Whether the selected pods are isolated in a direction.
    #[must_use]
    pub fn isolates(&self, direction: Direction) -> bool {
        let (allowed, denied, asked) = self.rules(direction);
        asked.unwrap_or(!allowed.is_empty() || !denied.is_empty())
    }

    /// Whether it isolates every pod that there is and lets nothing through in a direction.
    #[must_use]
    pub fn denies_all(&self, direction: Direction) -> bool {
        self.endpoint_selector.as_ref().is_some_and(LabelSelector::is_empty)
            && self.isolates(direction)
            && self.rules(direction).0.iter().all(|rule| rule.is_empty)
    }

    fn rules(&self, direction: Direction) -> (&[CiliumRule], &[CiliumRule], Option<bool>) {
        match direction {
            Direction::Ingress => {
                (&self.ingress, &self.ingress_deny, self.enable_default_deny.ingress)
            }
            Direction::Egress => (&self.egress, &self.egress_deny, self.enable_default_deny.egress),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(json: &str) -> CiliumNetworkPolicy {
        serde_json::from_str(json).unwrap()
    }

    fn covers(policy: &CiliumNetworkPolicy, direction: Direction) -> bool {
        let endpoint = CiliumEndpoint {
            namespace: "shop",
            service_account: "web",
            label: &|key| (key == "app").then_some("web"),
            namespace_label: &|key| (key == "tier").then_some("front"),
        };
        policy.covers(endpoint, direction)
    }

    #[test]
    fn labels_are_named_as_cilium_does() {
        for key_and_value in [
            r#""app": "web""#,
            r#""k8s:app": "web""#,
            r#""any:app": "web""#,
            r#""k8s:io.kubernetes.pod.namespace": "shop""#,
            r#""io.cilium.k8s.policy.serviceaccount": "web""#,
            r#""k8s:io.cilium.k8s.namespace.labels.tier": "front""#,
        ] {
            let json = format!(
                r#"{{"spec": {{"endpointSelector": {{"matchLabels": {{{key_and_value}}}}}, "ingress": [{{}}]}}}}"#
            );
            assert!(covers(&policy(&json), Direction::Ingress), "{json}");
        }
    }

    #[test]
    fn a_direction_with_rules_is_isolated_unless_it_is_said() {
        for (spec, expected) in [
            (r#"{"endpointSelector": {}, "ingress": [{}]}"#, true),
            (r#"{"endpointSelector": {}, "ingress": []}"#, false),
            (r#"{"endpointSelector": {}, "ingressDeny": [{"fromEntities": ["world"]}]}"#, true),
            (r#"{"endpointSelector": {}, "enableDefaultDeny": {"ingress": true}}"#, true),
            (
                r#"{"endpointSelector": {}, "ingress": [{}], "enableDefaultDeny": {"ingress": false}}"#,
                false,
            ),
            (r#"{"nodeSelector": {}, "ingress": [{}]}"#, false),
        ] {
            let one = policy(&format!(r#"{{"spec": {spec}}}"#));
            assert_eq!(covers(&one, Direction::Ingress), expected, "{spec}");
            assert!(!covers(&one, Direction::Egress), "{spec}");
            let many = policy(&format!(r#"{{"specs": [{spec}]}}"#));
            assert_eq!(covers(&many, Direction::Ingress), expected, "{spec}");
        }
    }
}
