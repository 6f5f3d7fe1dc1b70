//! The API server's defaults: live objects carry them, files do not, and verdicts must agree.
//!
//! Source: `pkg/apis/*/v*/defaults.go` of Kubernetes. `tests/oracles/defaulting.rs` holds it against
//! a real API server.

mod pod;
mod pod_resources;

use std::collections::BTreeMap;

use compact_str::{CompactString, ToCompactString};

use super::{
    Body, ClaimSpec, CustomResourceDefinition, Ingress, IntOrString, Kind, LimitRangeItem,
    NetworkPolicy, Object, Quantity, ScaleMetric, Secret, Service, ServiceReference, Webhook,
};

type Resources = BTreeMap<CompactString, Quantity>;

impl Object {
    /// Fills in what the API server would.
    pub(super) fn apply_defaults(&mut self) {
        self.default_labels();
        match &mut self.body {
            Body::Workload(workload) => workload.apply_defaults(),
            Body::Service(service) => service.apply_defaults(),
            Body::HorizontalPodAutoscaler(scaler) => {
                scaler.min_replicas.get_or_insert(1);
                if scaler.metrics.is_empty() {
                    scaler.metrics.push(ScaleMetric { kind: "Resource".into() });
                }
            }
            Body::NetworkPolicy(policy) => policy.apply_defaults(),
            Body::Ingress(ingress) => ingress.apply_defaults(),
            Body::ScaledObject(scaler) => {
                default_text(&mut scaler.scale_target_ref.api_version, "apps/v1");
                default_text(&mut scaler.scale_target_ref.kind, "Deployment");
            }
            _ => self.default_others(),
        }
    }

    fn default_others(&mut self) {
        let is_old = self.api_version.ends_with("/v1beta1");
        match &mut self.body {
            Body::ConfigMap(map) => drop_empty(&mut map.data),
            Body::Secret(secret) => secret.apply_defaults(),
            Body::LimitRange(range) => {
                range.limits.iter_mut().for_each(LimitRangeItem::apply_defaults);
            }
            Body::PersistentVolumeClaim(claim) => claim.spec.drop_empties(),
            Body::PriorityClass(class) => drop_false(&mut class.global_default),
            Body::StorageClass(class) => {
                default_text(&mut class.volume_binding_mode, "Immediate");
                drop_empty(&mut class.parameters);
            }
            Body::WebhookConfiguration(configuration) => {
                configuration
                    .webhooks
                    .iter_mut()
                    .for_each(|webhook| webhook.apply_defaults(is_old));
            }
            Body::ApiService(service) => service.service.iter_mut().for_each(default_port),
            Body::CustomResourceDefinition(definition) => definition.apply_defaults(),
            Body::PersistentVolume(volume) => {
                let csi = volume.spec.csi.iter_mut();
                csi.for_each(|volume| drop_empty(&mut volume.volume_attributes));
            }
            Body::ResourceQuota(quota) => drop_empty(&mut quota.hard),
            _ => {}
        }
    }

    /// A namespace is labelled with its name; a Job and a `ReplicationController` without labels
    /// have those of their pods.
    fn default_labels(&mut self) {
        let labels = &mut self.meta.labels;
        match &mut self.body {
            Body::Namespace(_) if !self.meta.name.is_empty() => {
                labels.set("kubernetes.io/metadata.name", &self.meta.name);
            }
            Body::Workload(workload)
                if labels.is_empty()
                    && matches!(self.kind, Kind::Job | Kind::ReplicationController) =>
            {
                *labels = workload.template.metadata.labels.clone();
                workload.labels = labels.clone();
            }
            _ => {}
        }
    }
}

impl NetworkPolicy {
    fn apply_defaults(&mut self) {
        if self.policy_types.is_empty() {
            self.policy_types.push("Ingress".into());
            if !self.egress.is_empty() {
                self.policy_types.push("Egress".into());
            }
        }
        for rule in self.ingress.iter_mut().chain(&mut *self.egress) {
            rule.ports.iter_mut().for_each(|port| default_text(&mut port.protocol, "TCP"));
        }
    }
}

impl Ingress {
    fn apply_defaults(&mut self) {
        for path in self.rules.iter_mut().flat_map(|rule| rule.paths.iter_mut()) {
            default_text(&mut path.path_type, "ImplementationSpecific");
        }
    }
}

impl Secret {
    fn apply_defaults(&mut self) {
        default_text(&mut self.kind, "Opaque");
        self.data.append(&mut self.string_data);
        self.data.sort_unstable();
        self.data.dedup();
    }
}

impl CustomResourceDefinition {
    fn apply_defaults(&mut self) {
        let webhook = self.conversion.get_or_insert_default().webhook.iter_mut();
        let clients = webhook.filter_map(|webhook| webhook.client_config.as_mut());
        clients.filter_map(|client| client.service.as_mut()).for_each(default_port);
    }
}

impl ClaimSpec {
    fn drop_empties(&mut self) {
        self.resources.iter_mut().for_each(|resources| drop_empty(&mut resources.requests));
    }
}

impl LimitRangeItem {
    fn apply_defaults(&mut self) {
        let Self { kind, max, min, default, default_request } = self;
        if kind == "Container" {
            add_missing(default, max.as_ref());
            add_missing(default_request, default.as_ref());
            add_missing(default_request, min.as_ref());
        }
        [max, min, default, default_request].into_iter().for_each(drop_empty);
    }
}

impl Webhook {
    fn apply_defaults(&mut self, is_old: bool) {
        let (policy, timeout) = if is_old { ("Ignore", 30) } else { ("Fail", 10) };
        default_text(&mut self.failure_policy, policy);
        self.timeout_seconds.get_or_insert(timeout);
        self.namespace_selector.get_or_insert_default();
        self.object_selector.get_or_insert_default();
        self.client_config.service.iter_mut().for_each(default_port);
        self.rules.iter_mut().for_each(|rule| default_text(&mut rule.scope, "*"));
    }
}

fn default_port(service: &mut ServiceReference) {
    service.port.get_or_insert(443);
}

/// Takes what another list of resources has and this one lacks.
fn add_missing(resources: &mut Option<Resources>, others: Option<&Resources>) {
    let resources = resources.get_or_insert_default();
    for (name, quantity) in others.into_iter().flatten() {
        resources.entry(name.clone()).or_insert_with(|| quantity.clone());
    }
}

/// The API server does not write an empty map.
fn drop_empty<K, V>(map: &mut Option<BTreeMap<K, V>>) {
    map.take_if(|map| map.is_empty());
}

/// The API server does not write `false` where it is the same as nothing.
fn drop_false(flag: &mut Option<bool>) {
    flag.take_if(|flag| !*flag);
}

impl Service {
    fn apply_defaults(&mut self) {
        default_text(&mut self.kind, "ClusterIP");
        let is_reached_from_outside = match self.kind.as_str() {
            "NodePort" | "LoadBalancer" => true,
            "ClusterIP" => !self.external_ips.is_empty(),
            _ => false,
        };
        if is_reached_from_outside {
            default_text(&mut self.external_traffic_policy, "Cluster");
        }
        for port in &mut self.ports.0 {
            default_text(&mut port.protocol, "TCP");
            let number = i64::from(port.port);
            let unset = match &port.target_port {
                None => true,
                Some(target) => matches!(target.to_compact_string().as_str(), "0" | ""),
            };
            if unset {
                port.target_port = Some(IntOrString::Int(number));
            }
        }
    }
}

fn default_text(field: &mut CompactString, default: &str) {
    if field.is_empty() {
        *field = default.into();
    }
}
