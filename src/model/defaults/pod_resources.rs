//! What the containers of a Pod say of its resources, where it says something itself.

use compact_str::CompactString;

use super::{
    super::{Container, PodSpec, Quantity, ResourceRequirements},
    Resources, add_missing,
};

type Side = fn(&ResourceRequirements) -> Option<&Resources>;

impl PodSpec {
    /// Limits of huge pages are those of the containers. What is not requested is what the
    /// containers request, else what is the limit.
    pub(super) fn default_resources(&mut self) {
        if self.resources.is_none() {
            return;
        }
        let limits = self.of_containers(|resources| resources.limits.as_ref());
        let requests = self.of_containers(|resources| resources.requests.as_ref());
        let Some(resources) = &mut self.resources else { return };
        if resources.limits.is_some() || resources.requests.is_some() {
            let requested = resources.requests.as_ref();
            let is_requested = |name: &str| requested.is_some_and(|list| list.contains_key(name));
            let limits = keep(limits, |name| is_huge(name) && !is_requested(name));
            if !limits.is_empty() {
                add_missing(&mut resources.limits, Some(&limits));
            }
        }
        if resources.limits.is_some() {
            let requests = keep(requests, |name| matches!(name, "cpu" | "memory"));
            add_missing(&mut resources.requests, Some(&requests));
            add_missing(&mut resources.requests, resources.limits.as_ref());
        }
    }

    /// What all containers need at the same time: the most of what they need while each of the init
    /// containers runs, and after.
    fn of_containers(&self, side: Side) -> Resources {
        let of = |container: &Container| {
            container.resources.as_ref().and_then(side).cloned().unwrap_or_default()
        };
        let (mut total, mut most, mut sidecars) =
            (Resources::new(), Resources::new(), Resources::new());
        self.containers.iter().for_each(|container| add(&mut total, &of(container)));
        for container in &self.init_containers {
            let mut needed = of(container);
            if container.restart_policy.as_deref() == Some("Always") {
                add(&mut total, &needed);
                add(&mut sidecars, &needed);
                needed.clone_from(&sidecars);
            } else {
                add(&mut needed, &sidecars);
            }
            raise(&mut most, &needed);
        }
        raise(&mut total, &most);
        total
    }
}

fn is_huge(name: &str) -> bool {
    name.starts_with("hugepages-")
}

fn keep(mut resources: Resources, is_kept: impl Fn(&str) -> bool) -> Resources {
    resources.retain(|name, _| is_kept(name));
    resources
}

fn add(resources: &mut Resources, others: &Resources) {
    merge(resources, others, |known, other| *known = known.plus(other));
}

fn raise(resources: &mut Resources, others: &Resources) {
    merge(resources, others, |known, other| {
        if other.millis() > known.millis() {
            known.clone_from(other);
        }
    });
}

fn merge(resources: &mut Resources, others: &Resources, both: fn(&mut Quantity, &Quantity)) {
    for (name, other) in others {
        let name: CompactString = name.clone();
        resources.entry(name).and_modify(|known| both(known, other)).or_insert(other.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Body, Kind, decode};

    #[test]
    fn a_pod_requests_what_its_containers_request() {
        let json = r#"{"spec": {
            "resources": {"limits": {"cpu": "4", "memory": "4Gi", "hugepages-2Mi": "4Mi"}},
            "initContainers": [
                {"name": "side", "restartPolicy": "Always", "resources": {"requests": {"cpu": "1"}}},
                {"name": "first", "resources": {"requests": {"cpu": "1500m"}}}],
            "containers": [
                {"name": "a", "resources": {"requests": {"cpu": "250m", "example.com/x": "1"}}},
                {"name": "b", "resources": {"limits": {"hugepages-1Gi": "1Gi"}}}]}}"#;
        let Body::Workload(pod) = decode(Kind::Pod, json).unwrap().body else { panic!() };
        let resources = pod.pod().resources.clone().unwrap();
        let requests = resources.requests.unwrap();
        let request = |name: &str| requests.get(name).map(ToString::to_string).unwrap_or_default();
        assert_eq!(["cpu", "memory"].map(request), ["2500m", "4Gi"]);
        assert_eq!(["hugepages-2Mi", "hugepages-1Gi"].map(request), ["4Mi", "1Gi"]);
        assert!(!requests.contains_key("example.com/x"));
    }
}
