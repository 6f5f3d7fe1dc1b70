//! Properties of the planner: whatever is found and whatever exists, one plan makes it right, and
//! a second one has nothing left to do.

use std::{collections::BTreeMap, sync::Arc};

use holystone::{
    api::{ActionItem, ActionItemSpec, AuditPolicySpec, Reason, State},
    engine::{Circumstances, Findings, Policy, Rules, Standing, Target},
    items::{Action, Book, Failing, Identity, Presence, fate, item_name},
    model::{Kind, decode},
};
use jiff::Timestamp;
use kube::api::ObjectMeta;
use proptest::prelude::*;

const NAMESPACES: [&str; 3] = ["shop", "office", "kube-system"];

/// One Deployment, privileged or not.
#[derive(Clone, Debug)]
struct Workload {
    namespace: usize,
    name: u8,
    privileged: bool,
}

fn workload() -> impl Strategy<Value = Workload> {
    (0..NAMESPACES.len(), 0..4_u8, any::<bool>())
        .prop_map(|(namespace, name, privileged)| Workload { namespace, name, privileged })
}

fn policy() -> impl Strategy<Value = String> {
    let include = prop_oneof![Just("[]"), Just("[shop]"), Just("[o*]")];
    let severity = prop_oneof![Just("critical"), Just("high"), Just("low"), Just("info")];
    let floor = prop_oneof![Just("low"), Just("high"), Just("info")];
    (include, severity, floor).prop_map(|(include, severity, floor)| {
        format!(
            "{{scope: {{namespaces: {{include: {include}}}}}, severityFloor: {floor}, \
             checks: {{profiles: [], include: [privileged-container], \
             settings: [{{check: privileged-container, severity: {severity}}}]}}}}"
        )
    })
}

fn rules(policies: &[String], order: impl Iterator<Item = usize>) -> Rules {
    let compiled = order.map(|index| {
        let spec: AuditPolicySpec = serde_saphyr::from_str(&policies[index]).unwrap();
        Arc::new(Policy::compile(&format!("policy-{index}"), &spec).unwrap())
    });
    Rules::new(compiled.collect(), 37)
}

/// What the controller knows, and a server that does what it is told.
struct World {
    findings: Findings,
    book: Book,
    server: BTreeMap<String, ActionItem>,
    version: u64,
}

impl World {
    fn new(rules: Rules) -> Self {
        let mut findings = Findings::default();
        findings.set_rules(Arc::new(rules));
        let book = Book::new("holystone-system".into());
        let mut world = Self { findings, book, server: BTreeMap::new(), version: 0 };
        world.list(Kind::Namespace, NAMESPACES.map(namespace).to_vec());
        world
    }

    /// A complete list of a kind.
    fn list(&mut self, kind: Kind, objects: Vec<String>) {
        self.findings.list_started(kind);
        for json in objects {
            self.findings.observe(&decode(kind, &json).unwrap(), None, Timestamp::UNIX_EPOCH);
        }
        self.findings.list_done(kind);
    }

    fn list_workloads(&mut self, workloads: &[Workload]) {
        self.list(Kind::Deployment, workloads.iter().map(deployment).collect());
    }

    /// Plans everything; the number of writes.
    fn plan(&mut self) -> usize {
        let all: Vec<Target> = self.book.targets().cloned().collect();
        all.into_iter().for_each(|target| self.findings.touch(target));
        self.plan_dirty()
    }

    /// Plans what has changed, as the controller does after each batch of observations.
    fn plan_dirty(&mut self) -> usize {
        self.findings.settle(Timestamp::UNIX_EPOCH);
        let targets = self.findings.take_dirty();
        let mut writes = 0;
        for target in targets {
            let mut checks: Vec<Arc<str>> = self.book.checks_of(&target).cloned().collect();
            checks.extend(self.findings.failing(&target).into_iter().map(Arc::from));
            for check in checks {
                let identity = (check, target.clone());
                writes += usize::from(self.write(&identity));
            }
        }
        writes
    }

    fn write(&mut self, identity: &Identity) -> bool {
        let (check, target) = identity;
        let is_judged = self.findings.is_judged(target);
        let presence = if is_judged { Presence::Judged } else { Presence::Deleted };
        let standing = self.findings.standing(target, check);
        let status = self.book.item(identity).map(|item| item.status.clone());
        let fate = fate(
            presence,
            standing,
            status.as_ref(),
            |_| false,
            |wanted| {
                let known = status.as_ref().and_then(|status| status.self_accepted.as_ref());
                let now = Timestamp::UNIX_EPOCH;
                let circumstances = Circumstances { decision: None, known, respected: &[], now };
                let acceptance = self.findings.accept(target, &wanted, &circumstances);
                Failing { wanted, acceptance, due: None, source: None }
            },
        );
        let action = self.book.plan(identity, &fate, None, Timestamp::UNIX_EPOCH);
        let Some(Action::Open { status, .. } | Action::Update { status, .. }) = action else {
            return false;
        };
        self.version += 1;
        let name = item_name(check, target, 0);
        let item = ActionItem {
            metadata: ObjectMeta {
                name: Some(name.clone()),
                namespace: Some(self.book.namespace_of(target).to_string()),
                resource_version: Some(self.version.to_string()),
                ..ObjectMeta::default()
            },
            spec: ActionItemSpec {
                check: check.to_string(),
                target: target.to_api(),
                ..ActionItemSpec::default()
            },
            status: Some(*status),
        };
        self.book.started(identity.clone());
        self.book.ended(identity, Some(&item));
        self.server.insert(name, item);
        true
    }

    /// A restart: all that was known is gone, all that was written is read again.
    fn restart(&mut self, rules: Rules, workloads: &[Workload]) {
        let server = std::mem::take(&mut self.server);
        *self = Self { server, version: self.version, ..Self::new(rules) };
        self.book.list_started();
        self.server.values().for_each(|item| {
            self.book.observe(item);
        });
        self.book.list_done();
        self.list_workloads(workloads);
    }

    fn open(&self) -> Vec<&ActionItem> {
        let is_open = |item: &&ActionItem| item.status.as_ref().unwrap().state == Some(State::Open);
        self.server.values().filter(is_open).collect()
    }
}

fn namespace(name: &str) -> String {
    format!(r#"{{"metadata": {{"name": "{name}"}}}}"#)
}

fn deployment(workload: &Workload) -> String {
    let Workload { namespace, name, privileged } = workload;
    format!(
        r#"{{"metadata": {{"name": "w{name}", "namespace": "{}"}}, "spec": {{"template": {{"spec":
        {{"containers": [{{"name": "app", "securityContext": {{"privileged": {privileged}}}}}]}}}}}}}}"#,
        NAMESPACES[*namespace]
    )
}

/// The last of several workloads of one name counts, as on a server.
fn distinct(workloads: Vec<Workload>) -> Vec<Workload> {
    let by_name: BTreeMap<_, _> = workloads
        .into_iter()
        .map(|workload| ((workload.namespace, workload.name), workload))
        .collect();
    by_name.into_values().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn one_plan_makes_it_right_and_a_second_has_nothing_to_do(
        policies in prop::collection::vec(policy(), 1..4),
        before in prop::collection::vec(workload(), 0..8).prop_map(distinct),
        after in prop::collection::vec(workload(), 0..8).prop_map(distinct),
    ) {
        let all = || rules(&policies, 0..policies.len());
        let mut world = World::new(all());
        for workloads in [&before, &after] {
            world.list_workloads(workloads);
            world.plan();
            prop_assert_eq!(world.plan(), 0);
            world.restart(all(), workloads);
            prop_assert_eq!(world.plan(), 0, "a restart writes nothing");
            check_open_items(&world, workloads)?;
        }
    }

    #[test]
    fn the_order_of_policies_does_not_matter(
        policies in prop::collection::vec(policy(), 1..4),
        workloads in prop::collection::vec(workload(), 0..8).prop_map(distinct),
    ) {
        let worlds = [
            rules(&policies, 0..policies.len()),
            rules(&policies, (0..policies.len()).rev()),
        ]
        .map(|rules| {
            let mut world = World::new(rules);
            world.list_workloads(&workloads);
            world.plan();
            world.server.into_values().map(|item| item.status).collect::<Vec<_>>()
        });
        prop_assert_eq!(&worlds[0], &worlds[1]);
    }

    #[test]
    fn an_edited_policy_gets_all_it_asks_for_however_planning_falls(
        before in policy(),
        after in prop::collection::vec(policy(), 1..3),
        workloads in prop::collection::vec(workload(), 1..8).prop_map(distinct),
        planned_after in 0..8_usize,
    ) {
        let mut world = World::new(rules(&[before], 0..1));
        world.list_workloads(&workloads);
        world.plan();
        let edited = rules(&after, 0..after.len());
        world.findings.set_rules(Arc::new(edited));
        // The new list is planned in the middle, as a batch of observations may end anywhere.
        world.findings.list_started(Kind::Deployment);
        for (index, workload) in workloads.iter().enumerate() {
            let object = decode(Kind::Deployment, &deployment(workload)).unwrap();
            world.findings.observe(&object, None, Timestamp::UNIX_EPOCH);
            if index == planned_after {
                world.plan_dirty();
            }
        }
        world.plan_dirty();
        world.findings.list_done(Kind::Deployment);
        world.plan_dirty();
        check_open_items(&world, &workloads)?;
    }

    #[test]
    fn a_kind_that_cannot_be_read_closes_nothing(
        policies in prop::collection::vec(policy(), 1..3),
        workloads in prop::collection::vec(workload(), 1..8).prop_map(distinct),
        seen in 0..8_usize,
    ) {
        let mut world = World::new(rules(&policies, 0..policies.len()));
        world.list_workloads(&workloads);
        world.plan();
        // The next list breaks off after some objects.
        world.findings.list_started(Kind::Deployment);
        for workload in workloads.iter().take(seen) {
            let object = decode(Kind::Deployment, &deployment(workload)).unwrap();
            world.findings.observe(&object, None, Timestamp::UNIX_EPOCH);
        }
        world.findings.set_complete(Kind::Deployment, false);
        prop_assert_eq!(world.plan(), 0);
    }
}

/// Exactly one open item for each finding that is asked for, and none without.
fn check_open_items(world: &World, workloads: &[Workload]) -> Result<(), TestCaseError> {
    let mut wanted = Vec::new();
    for Workload { namespace, name, .. } in workloads {
        let target = Target {
            group: "apps".into(),
            kind: "Deployment".into(),
            namespace: NAMESPACES[*namespace].into(),
            name: format!("w{name}").into(),
        };
        if let Standing::Wanted(_) = world.findings.standing(&target, "privileged-container") {
            wanted.push(item_name("privileged-container", &target, 0));
        }
    }
    wanted.sort();
    let open: Vec<_> =
        world.open().iter().map(|item| item.metadata.name.clone().unwrap()).collect();
    prop_assert_eq!(open, wanted);
    let reasons = world.server.values().map(|item| item.status.as_ref().unwrap().reason.as_deref());
    for reason in reasons {
        prop_assert!(reason.and_then(Reason::parse).is_some());
    }
    Ok(())
}
