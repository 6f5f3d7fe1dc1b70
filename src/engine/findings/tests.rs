use super::*;
use crate::{
    api::{AuditPolicySpec, Severity},
    engine::{Policy, Standing},
    model::decode,
};

/// Findings of one check on a cluster of which every object of the kinds is known.
fn complete(check: &str, objects: &[(Kind, &str)]) -> Findings {
    let mut spec = AuditPolicySpec { severity_floor: Severity::Info, ..AuditPolicySpec::default() };
    spec.checks.profiles = Vec::new();
    spec.checks.include = vec![check.to_owned()];
    let policy = Arc::new(Policy::compile("all", &spec).unwrap());
    let mut findings = Findings::default();
    findings.set_rules(Arc::new(Rules::new(vec![policy], 36)));
    for kind in Kind::ALL {
        findings.list_started(kind);
        let objects = objects.iter().filter(|(other, _)| *other == kind);
        objects.for_each(|(kind, json)| observe(&mut findings, *kind, json));
        findings.list_done(kind);
    }
    findings.settle(Timestamp::UNIX_EPOCH);
    findings.take_dirty();
    findings
}

fn observe(findings: &mut Findings, kind: Kind, json: &str) {
    findings.observe(&decode(kind, json).unwrap(), None, Timestamp::UNIX_EPOCH);
}

fn severity(findings: &Findings, target: &Target, check: &str) -> Option<Severity> {
    match findings.standing(target, check) {
        Standing::Wanted(wanted) => Some(wanted.severity),
        _ => None,
    }
}

const SHOP: (Kind, &str) = (Kind::Namespace, r#"{"metadata": {"name": "shop"}}"#);
const ROLE: (Kind, &str) = (
    Kind::ClusterRole,
    r#"{"metadata": {"name": "reader", "labels": {"team": "x"}}, "rules": [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]}"#,
);
const WHOLE: (Kind, &str) = (
    Kind::ClusterRole,
    r#"{"metadata": {"name": "whole"}, "aggregationRule": {"clusterRoleSelectors": [
        {"matchLabels": {"team": "x"}}]}}"#,
);

fn binding(role: &str) -> String {
    format!(
        r#"{{"metadata": {{"name": "b", "namespace": "shop"}},
            "roleRef": {{"kind": "ClusterRole", "name": "{role}"}},
            "subjects": [{{"kind": "ServiceAccount", "name": "web", "namespace": "office"}}]}}"#
    )
}

#[test]
fn a_role_of_the_cluster_follows_the_bindings_of_namespaces() {
    const CHECK: &str = "rbac-secret-access";
    let mut findings = complete(CHECK, &[SHOP, ROLE, WHOLE]);
    let role = decode(ROLE.0, ROLE.1).unwrap().key();
    let target = Target::from(&role);
    assert_eq!(severity(&findings, &target, CHECK), Some(Severity::Info));
    for name in ["reader", "whole"] {
        let bound = decode(Kind::RoleBinding, &binding(name)).unwrap();
        findings.observe(&bound, None, Timestamp::UNIX_EPOCH);
        findings.settle(Timestamp::UNIX_EPOCH);
        assert_eq!(severity(&findings, &target, CHECK), Some(Severity::Medium), "{name}");
        assert!(findings.take_dirty().contains(&target), "{name}");
        findings.remove(&bound.key());
        findings.settle(Timestamp::UNIX_EPOCH);
        assert_eq!(severity(&findings, &target, CHECK), Some(Severity::Info), "{name}");
        assert!(findings.take_dirty().contains(&target), "{name}");
    }
}

#[test]
fn a_binding_follows_the_accounts_of_other_namespaces() {
    const CHECK: &str = "binding-subject-dangling";
    let text = binding("reader");
    let mut findings = complete(CHECK, &[SHOP, (Kind::RoleBinding, &text)]);
    let target = Target::from(&decode(Kind::RoleBinding, &text).unwrap().key());
    assert_eq!(severity(&findings, &target, CHECK), Some(Severity::Low));
    let account = r#"{"metadata": {"name": "web", "namespace": "office"}}"#;
    observe(&mut findings, Kind::ServiceAccount, account);
    findings.settle(Timestamp::UNIX_EPOCH);
    assert_eq!(severity(&findings, &target, CHECK), None);
}
