//! The defaults of pods and of what makes them.

use super::{
    super::{
        AppArmorProfile, Container, EmptyDir, Image, IntOrString, Kind, Lifecycle, List, PodSpec,
        Probe, ResourceRequirements, RollingUpdate, Strategy, VolumeSource, Workload,
    },
    add_missing, default_text, drop_empty, drop_false,
};

/// With the name of a container behind it, an annotation that was the field once.
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

impl Workload {
    pub(super) fn apply_defaults(&mut self) {
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
        self.template.spec.apply_defaults();
        // These hold for a Pod only: a template keeps what was written.
        if self.kind == Kind::Pod {
            self.annotations_become_profiles();
            self.template.spec.apply_pod_defaults();
        }
    }

    fn default_strategy(&mut self) {
        let most = match self.kind {
            Kind::Deployment => IntOrString::String("25%".into()),
            Kind::StatefulSet | Kind::DaemonSet => IntOrString::Int(1),
            _ => {
                self.strategy = None;
                return;
            }
        };
        let Strategy { kind, rolling_update } = self.strategy.get_or_insert_default();
        // A StatefulSet that says what it does may say nothing of how.
        if kind.is_empty() || (kind == "RollingUpdate" && self.kind != Kind::StatefulSet) {
            rolling_update.get_or_insert_default();
        }
        default_text(kind, "RollingUpdate");
        if let Some(RollingUpdate { max_unavailable }) = rolling_update {
            max_unavailable.get_or_insert(most);
        }
    }

    fn annotations_become_profiles(&mut self) {
        let pod = &mut self.template.spec;
        if pod.os.as_ref().is_some_and(|os| os.name == "windows") {
            return;
        }
        let of_pod = pod.security_context.as_ref();
        let of_pod = of_pod.and_then(|context| context.app_armor_profile.clone());
        let annotations = &self.template.metadata.annotations;
        each_container(pod, |container| {
            let annotation = annotations.value(&format!("{APP_ARMOR}{}", container.name));
            let Some(profile) = annotation.and_then(app_armor_profile) else { return };
            if of_pod.as_ref() != Some(&profile) {
                let context = container.security_context.get_or_insert_default();
                context.app_armor_profile.get_or_insert(profile);
            }
        });
    }
}

fn app_armor_profile(annotation: &str) -> Option<AppArmorProfile> {
    let (kind, profile) = match annotation {
        "unconfined" => ("Unconfined", None),
        "runtime/default" => ("RuntimeDefault", None),
        _ => ("Localhost", Some(annotation.strip_prefix("localhost/")?)),
    };
    (profile != Some(""))
        .then(|| AppArmorProfile { kind: kind.into(), localhost_profile: profile.map(Into::into) })
}

impl PodSpec {
    fn apply_defaults(&mut self) {
        for volume in &mut self.volumes.0 {
            if volume.source == VolumeSource::Absent {
                volume.source = VolumeSource::EmptyDir(EmptyDir::default());
            }
        }
        default_text(self.dns_policy.get_or_insert_default(), "ClusterFirst");
        default_text(self.restart_policy.get_or_insert_default(), "Always");
        self.termination_grace_period_seconds.get_or_insert(30);
        self.security_context.get_or_insert_default();
        for name in [&mut self.node_name, &mut self.priority_class_name] {
            name.take_if(|name| name.is_empty());
        }
        [&mut self.host_network, &mut self.host_pid, &mut self.host_ipc]
            .into_iter()
            .for_each(drop_false);
        self.resources.iter_mut().for_each(drop_empties);
        each_container(self, Container::apply_defaults);
    }

    fn apply_pod_defaults(&mut self) {
        self.enable_service_links.get_or_insert(true);
        each_container(self, |container| {
            container.resources.iter_mut().for_each(limits_become_requests);
        });
        self.default_resources();
        if self.host_network == Some(true) {
            each_container(self, container_ports_become_host_ports);
        }
    }
}

fn each_container(pod: &mut PodSpec, mut action: impl FnMut(&mut Container)) {
    let lists = [&mut pod.init_containers, &mut pod.containers, &mut pod.ephemeral_containers];
    for List(containers) in lists {
        containers.iter_mut().for_each(&mut action);
    }
}

impl Container {
    fn apply_defaults(&mut self) {
        default_pull_policy(self);
        drop_empties(self.resources.get_or_insert_default());
        for port in &mut self.ports.0 {
            default_text(port.protocol.get_or_insert_default(), "TCP");
        }
        let Self { liveness_probe, readiness_probe, startup_probe, .. } = self;
        let probes = [liveness_probe, readiness_probe, startup_probe];
        probes.into_iter().flatten().for_each(Probe::apply_defaults);
        self.lifecycle.iter_mut().for_each(Lifecycle::apply_defaults);
        for variable in &mut self.env.0 {
            variable.value.take_if(|value| value.is_empty());
        }
    }
}

/// A tag counts even where a digest follows; what is no reference has none.
fn default_pull_policy(container: &mut Container) {
    let image = container.image.as_deref().unwrap_or_default();
    let Image { tag, digest, .. } = Image::parse(image);
    let is_latest = tag.map_or(digest.is_none(), |tag| tag == "latest");
    let is_latest = is_latest && Image::is_reference(image);
    let policy = if is_latest { "Always" } else { "IfNotPresent" };
    default_text(container.image_pull_policy.get_or_insert_default(), policy);
}

fn drop_empties(resources: &mut ResourceRequirements) {
    drop_empty(&mut resources.requests);
    drop_empty(&mut resources.limits);
}

fn limits_become_requests(resources: &mut ResourceRequirements) {
    if resources.limits.is_some() {
        add_missing(&mut resources.requests, resources.limits.as_ref());
    }
}

fn container_ports_become_host_ports(container: &mut Container) {
    for port in &mut container.ports.0 {
        if port.host_port == 0 {
            port.host_port = port.container_port;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Body, decode};
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
            ("app:latest@sha256:00", "IfNotPresent"),
            ("App", "IfNotPresent"),
            ("$(IMAGE)", "IfNotPresent"),
            ("", "IfNotPresent"),
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
