//! Pods that an owner stands for: what is wrong with them is known of the owner, as long as it is so.

use std::sync::Arc;

use holystone::{
    engine::{Findings, Policy, Rules, Standing, Target},
    model::{Kind, ObjectKey, PodTrouble, decode, decode_pod_state},
};
use jiff::Timestamp;
use serde_json::{Value, json};

const CHECK: &str = "pod-unhealthy";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    time("2026-01-01T12:00:00Z")
}

fn key(name: &str) -> ObjectKey {
    ObjectKey { kind: Kind::Pod, namespace: "shop".into(), name: name.into() }
}

/// A pod of the Deployment `web`, as the controller reads it.
fn pod(name: &str, status: &Value) -> Option<Box<PodTrouble>> {
    let owner = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-7d4", "controller": true});
    let pod = json!({
        "metadata": {
            "name": name,
            "namespace": "shop",
            "labels": {"pod-template-hash": "7d4"},
            "ownerReferences": [owner],
        },
        "status": status,
    });
    decode_pod_state(&pod.to_string()).unwrap().1.map(Box::new)
}

fn crashing(name: &str) -> Option<Box<PodTrouble>> {
    let waiting = json!({"name": "app", "state": {"waiting": {"reason": "CrashLoopBackOff"}}});
    pod(name, &json!({"phase": "Running", "containerStatuses": [waiting]}))
}

fn well(name: &str) -> Option<Box<PodTrouble>> {
    pod(name, &json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}))
}

fn not_ready(name: &str, since: &str) -> Option<Box<PodTrouble>> {
    let ready = json!({"type": "Ready", "status": "False", "lastTransitionTime": since});
    pod(name, &json!({"phase": "Running", "conditions": [ready]}))
}

/// The name of a pod, and what is wrong with it.
type Seen = (&'static str, Option<Box<PodTrouble>>);

/// A Deployment, and pods of it.
struct World(Findings);

impl World {
    fn new(pods: &[Seen]) -> Self {
        let spec = format!("{{checks: {{profiles: [], include: [{CHECK}]}}}}");
        let policy = Policy::compile("all", &serde_saphyr::from_str(&spec).unwrap()).unwrap();
        let mut world = Self(Findings::default());
        world.0.set_rules(Arc::new(Rules::new(vec![Arc::new(policy)], 36)));
        world.list(Kind::Namespace, &json!({"metadata": {"name": "shop"}}), noon());
        world.list_deployment(noon());
        for kind in Kind::WORKLOADS.iter().filter(|kind| **kind != Kind::Deployment) {
            world.0.list_started(*kind);
            if *kind == Kind::Pod {
                world.see(pods);
            }
            world.0.list_done(*kind);
        }
        world.0.settle(noon());
        world
    }

    fn list(&mut self, kind: Kind, object: &Value, now: Timestamp) {
        self.0.list_started(kind);
        self.0.observe(&decode(kind, &object.to_string()).unwrap(), None, now);
        self.0.list_done(kind);
        self.0.settle(now);
    }

    fn list_deployment(&mut self, now: Timestamp) {
        self.list(
            Kind::Deployment,
            &json!({"metadata": {"name": "web", "namespace": "shop"}}),
            now,
        );
    }

    fn list_pods(&mut self, pods: &[Seen]) {
        self.0.list_started(Kind::Pod);
        self.see(pods);
        self.0.list_done(Kind::Pod);
        self.0.settle(noon());
    }

    fn see(&mut self, pods: &[Seen]) {
        for (name, trouble) in pods {
            self.0.observe_owned(&key(name), trouble.clone(), None, noon());
        }
        self.0.settle(noon());
    }

    fn standing(&self) -> Standing {
        let target = Target {
            group: "apps".into(),
            kind: "Deployment".into(),
            namespace: "shop".into(),
            name: "web".into(),
        };
        self.0.standing(&target, CHECK)
    }

    fn is_found(&self) -> bool {
        match self.standing() {
            Standing::Wanted(_) => true,
            Standing::Clean => false,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn it_is_found_and_goes_when_the_pod_is_well_or_gone() {
    let mut world = World::new(&[("one", crashing("one")), ("two", well("two"))]);
    assert!(world.is_found());
    assert_eq!(world.0.cluster().count(Kind::Pod), 1, "of a pod that is well nothing is kept");
    world.see(&[("one", well("one"))]);
    assert!(!world.is_found());
    world.see(&[("two", crashing("two"))]);
    assert!(world.is_found());
    world.0.remove(&key("two"));
    world.0.settle(noon());
    assert!(!world.is_found());
    assert_eq!(world.0.cluster().count(Kind::Pod), 0);
}

#[test]
fn a_complete_list_that_does_not_show_the_pod_proves_it_gone() {
    let mut world = World::new(&[("one", crashing("one"))]);
    world.list_pods(&[("one", crashing("one"))]);
    assert!(world.is_found());
    world.list_pods(&[("two", well("two"))]);
    assert!(!world.is_found());
}

#[test]
fn what_cannot_be_known_neither_opens_nor_closes() {
    let mut world = World::new(&[("one", crashing("one"))]);
    world.0.set_complete(Kind::Pod, false);
    world.0.settle(noon());
    assert!(matches!(world.standing(), Standing::Unknown(_)));
    world.0.list_started(Kind::Pod);
    world.0.cannot_decode(&key("one"));
    world.0.list_done(Kind::Pod);
    world.0.settle(noon());
    assert!(world.is_found(), "a pod that cannot be read is not known to be well");
}

#[test]
fn time_alone_leads_to_an_answer_at_the_next_audit() {
    let mut world = World::new(&[("one", not_ready("one", "2026-01-01T11:55:00Z"))]);
    assert!(!world.is_found());
    world.list_deployment(time("2026-01-01T12:06:00Z"));
    assert!(world.is_found());
}

#[test]
fn a_pod_tells_only_its_owner() {
    let mut world = World::new(&[]);
    world.0.take_dirty();
    world.see(&[("one", crashing("one"))]);
    let dirty: Vec<String> = world.0.take_dirty().iter().map(ToString::to_string).collect();
    assert_eq!(dirty, ["Deployment shop/web"]);
    // The same again is nothing new.
    world.see(&[("one", crashing("one"))]);
    assert!(world.0.take_dirty().is_empty());
}
