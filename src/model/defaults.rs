//! The API server's defaults: live objects carry them, files do not, and verdicts must agree.
//!
//! Source: `pkg/apis/{core,apps,batch,autoscaling,policy,networking}/…/defaults.go` of Kubernetes.

use std::collections::BTreeMap;

use compact_str::{CompactString, ToCompactString};

use super::{
    Body, Container, EmptyDir, Image, Ingress, IntOrString, Kind, LimitRangeItem, List,
    NetworkPolicy, Object, PodSpec, Probe, Quantity, ResourceRequirements, Service, VolumeSource,
    Workload,
};

impl Object {
    /// Fills in what the API server would.
    pub(super) fn apply_defaults(&mut self) {
        match &mut self.body {
            Body::Workload(workload) => workload.apply_defaults(),
            Body::Service(service) => service.apply_defaults(),
            Body::HorizontalPodAutoscaler(scaler) => {
                scaler.min_replicas.get_or_insert(1);
            }
            Body::NetworkPolicy(policy) => policy.apply_defaults(),
            Body::Ingress(ingress) => ingress.apply_defaults(),
            Body::LimitRange(range) => range.limits.0.iter_mut().for_each(default_limits),
            Body::Namespace(_) if !self.meta.name.is_empty() => {
                let labels = &mut self.meta.labels.0;
                labels.insert("kubernetes.io/metadata.name".into(), self.meta.name.clone());
            }
            Body::ScaledObject(scaler) => {
                default_text(&mut scaler.scale_target_ref.api_version, "apps/v1");
                default_text(&mut scaler.scale_target_ref.kind, "Deployment");
            }
            Body::WebhookConfiguration(configuration) => {
                let is_old = self.api_version.ends_with("/v1beta1");
                for webhook in &mut configuration.webhooks.0 {
                    let (policy, timeout) = if is_old { ("Ignore", 30) } else { ("Fail", 10) };
                    default_text(&mut webhook.failure_policy, policy);
                    webhook.timeout_seconds.get_or_insert(timeout);
                }
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

/// A maximum is a limit and a minimum is a request, and a limit is a request, where no other is given.
fn default_limits(item: &mut LimitRangeItem) {
    if item.kind != "Container" {
        return;
    }
    let LimitRangeItem { default, default_request, max, min, .. } = item;
    let limits = default.get_or_insert_default();
    fill(limits, max.as_ref());
    let requests = default_request.get_or_insert_default();
    fill(requests, Some(limits));
    fill(requests, min.as_ref());
}

fn fill(
    amounts: &mut BTreeMap<CompactString, Quantity>,
    others: Option<&BTreeMap<CompactString, Quantity>>,
) {
    for (name, amount) in others.into_iter().flatten() {
        amounts.entry(name.clone()).or_insert_with(|| amount.clone());
    }
}

impl Workload {
    fn default_strategy(&mut self) {
        if matches!(self.kind, Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet) {
            default_text(&mut self.strategy.get_or_insert_default().kind, "RollingUpdate");
        } else {
            self.strategy = None;
        }
    }

    fn apply_defaults(&mut self) {
        if matches!(
            self.kind,
            Kind::Deployment | Kind::StatefulSet | Kind::ReplicaSet | Kind::ReplicationController
        ) {
            self.replicas.get_or_insert(1);
        }
        self.default_strategy();
        if let Some(cron) = &mut self.cron {
            default_text(&mut cron.concurrency_policy, "Allow");
        }
        let pod = &mut self.template.spec;
        for volume in &mut pod.volumes.0 {
            if volume.source == VolumeSource::Absent {
                volume.source = VolumeSource::EmptyDir(EmptyDir::default());
            }
        }
        default_text(pod.dns_policy.get_or_insert_default(), "ClusterFirst");
        pod.termination_grace_period_seconds.get_or_insert(30);
        each_container(pod, default_pull_policy);
        each_container(pod, default_probes);
        // These hold for a Pod only: a template keeps what was written.
        if self.kind == Kind::Pod {
            pod.enable_service_links.get_or_insert(true);
            each_container(pod, |container| {
                container.resources.iter_mut().for_each(limits_become_requests);
            });
            pod.resources.iter_mut().for_each(limits_become_requests);
            if pod.host_network == Some(true) {
                each_container(pod, container_ports_become_host_ports);
            }
        }
    }
}

fn each_container(pod: &mut PodSpec, mut action: impl FnMut(&mut Container)) {
    let lists = [&mut pod.init_containers, &mut pod.containers, &mut pod.ephemeral_containers];
    for List(containers) in lists {
        containers.iter_mut().for_each(&mut action);
    }
}

fn default_pull_policy(container: &mut Container) {
    let latest = container.image.as_deref().is_none_or(|image| Image::parse(image).is_latest());
    let policy = if latest { "Always" } else { "IfNotPresent" };
    default_text(container.image_pull_policy.get_or_insert_default(), policy);
}

fn default_probes(container: &mut Container) {
    let Container { liveness_probe, readiness_probe, startup_probe, .. } = container;
    let probes = [liveness_probe, readiness_probe, startup_probe];
    probes.into_iter().flatten().for_each(Probe::apply_defaults);
}

fn limits_become_requests(resources: &mut ResourceRequirements) {
    let Some(limits) = &resources.limits else { return };
    let requests = resources.requests.get_or_insert_default();
    for (name, limit) in limits {
        requests.entry(name.clone()).or_insert_with(|| limit.clone());
    }
}

fn container_ports_become_host_ports(container: &mut Container) {
    for port in &mut container.ports.0 {
        if port.host_port == 0 {
            port.host_port = port.container_port;
        }
    }
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

#[cfg(test)]
mod tests {
    use super::super::decode;
    use super::*;

    fn workload(kind: Kind, json: &str) -> Workload {
        match decode(kind, json).unwrap().body {
            Body::Workload(workload) => *workload,
            _ => panic!("not a workload"),
        }
    }

    #[test]
    fn a_limit_becomes_a_request_in_a_pod_and_not_in_a_template() {
        let spec = r#"{"containers": [{"resources": {"limits": {"cpu": "1"}}}]}"#;
        let pod = workload(Kind::Pod, &format!(r#"{{"spec": {spec}}}"#));
        let requests =
            |workload: &Workload| workload.pod().containers[0].resources.clone().unwrap().requests;
        assert!(requests(&pod).is_some_and(|requests| requests.contains_key("cpu")));
        let json = format!(r#"{{"spec": {{"template": {{"spec": {spec}}}}}}}"#);
        assert_eq!(requests(&workload(Kind::Deployment, &json)), None);
    }

    #[test]
    fn the_pull_policy_follows_the_tag() {
        for (image, policy) in [
            ("app", "Always"),
            ("app:latest", "Always"),
            ("app:1", "IfNotPresent"),
            ("registry:5000/app", "Always"),
            ("app@sha256:00", "IfNotPresent"),
            ("app:latest@sha256:00", "Always"),
        ] {
            let json = format!(r#"{{"spec": {{"containers": [{{"image": "{image}"}}]}}}}"#);
            let pod = workload(Kind::Pod, &json);
            let found = pod.pod().containers[0].image_pull_policy.as_deref();
            assert_eq!(found, Some(policy), "{image}");
        }
    }

    #[test]
    fn a_volume_without_source_is_an_empty_dir() {
        let json = r#"{"spec": {"volumes": [{"name": "a"}, {"name": "b", "hostPath": null}]}}"#;
        let pod = workload(Kind::Pod, json);
        assert!(pod.pod().volumes.iter().all(|volume| volume.source.field() == "emptyDir"));
    }

    #[test]
    fn only_replicated_kinds_have_replicas() {
        assert_eq!(workload(Kind::StatefulSet, "{}").replicas, Some(1));
        assert_eq!(workload(Kind::DaemonSet, "{}").replicas, None);
    }

    #[test]
    fn a_probe_that_says_nothing_has_the_defaults() {
        let json = r#"{"spec": {"containers": [
            {"startupProbe": {"httpGet": {"port": 80}, "failureThreshold": 30}}]}}"#;
        let pod = workload(Kind::Pod, json);
        let probe = pod.pod().containers[0].startup_probe.clone().unwrap();
        let request = probe.http_get.unwrap();
        assert_eq!((probe.period_seconds, probe.timeout_seconds), (10, 1));
        assert_eq!((probe.success_threshold, probe.failure_threshold), (1, 30));
        assert_eq!((request.path.as_str(), request.scheme.as_str()), ("/", "HTTP"));
    }
}
