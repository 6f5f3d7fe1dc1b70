use std::sync::Arc;

use super::*;
use crate::{api::whole_seconds, checks};

/// A finding of `host-path-volume` that policies of these specs ask for, as they say.
struct Case<'a> {
    policies: &'a [&'a str],
    annotations: &'a [(&'a str, &'a str)],
    decision: Option<Decision>,
    respected: &'a [Source],
    known: Option<&'a SelfAccepted>,
}

const NOTHING: Case<'_> =
    Case { policies: &["{}"], annotations: &[], decision: None, respected: &[], known: None };

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().copied().collect()
}

fn decide(case: &Case<'_>) -> Acceptance {
    let names = ["a", "b", "c"];
    let policies = case.policies.iter().zip(names).map(|(spec, name)| {
        Arc::new(Policy::compile(name, &serde_saphyr::from_str(spec).unwrap()).unwrap())
    });
    let rules = Rules::new(policies.collect(), 36);
    let severities = [Severity::High, Severity::Medium, Severity::Low];
    let count = case.policies.len();
    let wanted = Wanted {
        check: checks::find("host-path-volume").unwrap().into(),
        severity: Severity::High,
        policies: names[..count].iter().map(|name| Arc::from(*name)).collect(),
        severities: severities[..count].to_vec(),
        message: "is there".into(),
        evidence: Vec::new(),
    };
    let annotations = labels(case.annotations);
    let own = labels(&[("app", "fluent-bit")]);
    let tier = labels(&[("tier", "system")]);
    let about = About {
        kind: "DaemonSet",
        namespace: "logging",
        namespace_labels: Some(&tier),
        name: "fluent-bit",
        labels: &own,
        annotations: &annotations,
    };
    let circumstances = Circumstances {
        decision: case.decision.as_ref(),
        known: case.known,
        respected: case.respected,
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
    };
    accept(&rules, &wanted, about, &circumstances)
}

fn is_exempt(case: &Case<'_>) -> bool {
    decide(case).in_force.is_some()
}

fn policy(fields: &str) -> String {
    format!("{{exemptions: [{{checks: [host-path-volume], reason: risk-accepted{fields}}}]}}")
}

#[test]
fn every_field_of_an_exemption_must_select() {
    for (fields, expected) in [
        ("", true),
        (", namespaces: [logging]", true),
        (", namespaces: ['log*', shop]", true),
        (", namespaces: [shop]", false),
        (", names: ['fluent-*']", true),
        (", names: [web]", false),
        (", kinds: [DaemonSet, Deployment]", true),
        (", kinds: [Deployment]", false),
        (", objects: {matchLabels: {app: fluent-bit}}", true),
        (", objects: {matchLabels: {app: web}}", false),
        (", names: ['fluent-*'], namespaces: [shop]", false),
        (", namespaceSelector: {matchLabels: {tier: system}}", true),
        (", namespaceSelector: {matchLabels: {tier: shop}}", false),
        (", namespaces: [shop], namespaceSelector: {matchLabels: {tier: system}}", false),
    ] {
        let policy = policy(fields);
        assert_eq!(is_exempt(&Case { policies: &[&policy], ..NOTHING }), expected, "{fields}");
    }
}

#[test]
fn checks_are_named_by_id_glob_or_category() {
    for (checks, expected) in [
        ("host-path-*", true),
        ("pod-security", true),
        ("'*'", true),
        ("host-pid", false),
        ("rbac", false),
    ] {
        let policy = format!("{{exemptions: [{{checks: [{checks}], reason: false-positive}}]}}");
        assert_eq!(is_exempt(&Case { policies: &[&policy], ..NOTHING }), expected, "{checks}");
    }
}

#[test]
fn an_exemption_ends_and_that_is_told() {
    let until = |text: &str| {
        decide(&Case { policies: &[&policy(&format!(", until: '{text}'"))], ..NOTHING })
    };
    let today = until("2026-11-21").in_force.unwrap();
    assert_eq!(today.until, Some("2026-11-22T00:00:00Z".parse().unwrap()));
    let ended = until("2026-11-20");
    assert_eq!(
        (ended.in_force, ended.ended),
        (None, Some("2026-11-21T00:00:00Z".parse().unwrap()))
    );
    assert!(until("2026-11-21T12:00:00Z").in_force.is_none());
    assert_eq!(until("2026-11-21T12:00:01Z").ended, None);
}

#[test]
fn all_asking_policies_have_to_accept() {
    let (yes, short) = (policy(""), policy(", until: '2026-12-31'"));
    let both = decide(&Case { policies: &[&yes, &short], ..NOTHING });
    assert_eq!(both.in_force.unwrap().until, Some("2027-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!(both.severity, Severity::High);
    let one = decide(&Case { policies: &[&yes, "{}", "{}"], ..NOTHING });
    assert_eq!((one.in_force, one.severity), (None, Severity::Medium));
}

#[test]
fn annotations_count_as_far_as_policies_let_them() {
    let annotations = &[(EXEMPT_ANNOTATION, "host-pid, host-path-volume")];
    let noted = &[annotations[0], (EXEMPT_NOTE_ANNOTATION, "SEC-12")];
    for (service, annotations, expected) in [
        ("", &annotations[..], true),
        ("annotations: allow", annotations, true),
        ("annotations: require-note", annotations, false),
        ("annotations: require-note", &noted[..], true),
        ("annotations: deny", noted, false),
        ("decisions: deny", noted, true),
    ] {
        let policy = format!("{{selfService: {{{service}}}}}");
        let case = Case { policies: &[&policy], annotations, ..NOTHING };
        assert_eq!(is_exempt(&case), expected, "{service} {annotations:?}");
    }
    let other = &[(EXEMPT_ANNOTATION, "host-path-vol*")];
    assert!(!is_exempt(&Case { annotations: other, ..NOTHING }), "ids only");
}

#[test]
fn what_people_accept_lasts_no_longer_than_the_policy_says() {
    let annotations =
        &[(EXEMPT_ANNOTATION, "host-path-volume"), (EXEMPT_UNTIL_ANNOTATION, "2027-06-30")];
    let case = Case { policies: &["{selfService: {maxDuration: 24h}}"], annotations, ..NOTHING };
    assert_eq!(
        decide(&case).in_force.unwrap().until,
        Some("2026-11-22T12:00:00Z".parse().unwrap())
    );
    let first = decide(&case).own.unwrap();
    assert_eq!(first.since, Some(whole_seconds("2026-11-21T12:00:00Z".parse().unwrap())));
    let since = Some(whole_seconds("2026-11-20T11:00:00Z".parse().unwrap()));
    let known = SelfAccepted { since, ..first };
    let later = decide(&Case { known: Some(&known), ..case });
    assert_eq!(later.ended, Some("2026-11-21T11:00:00Z".parse().unwrap()));
    assert_eq!(later.problem.as_deref(), Some("annotation: it ended at 2026-11-21T11:00:00Z"));
    assert_eq!(later.own, Some(known));
    let anew = &[annotations[0], (EXEMPT_UNTIL_ANNOTATION, "2027-07-31")];
    let anew =
        Case { annotations: anew, policies: case.policies, known: later.own.as_ref(), ..NOTHING };
    assert!(is_exempt(&anew), "who accepts anew starts the clock anew");
}

#[test]
fn an_end_that_cannot_be_read_accepts_nothing() {
    let annotations = &[(EXEMPT_ANNOTATION, "host-path-volume"), (EXEMPT_UNTIL_ANNOTATION, "soon")];
    let answer = decide(&Case { annotations, ..NOTHING });
    assert_eq!(answer.in_force, None);
    assert!(answer.problem.unwrap().starts_with("holystone.dev/exempt-until: `soon` is neither"));
}

#[test]
fn decisions_count_as_far_as_policies_let_them() {
    let decision = || {
        let (reason, note) = (ExemptionReason::WillNotFix, Some("old".to_owned()));
        Some(Decision { reason, note, until: None, by: None })
    };
    let answer = decide(&Case { decision: decision(), ..NOTHING }).in_force.unwrap();
    assert_eq!(answer.origin, ExemptionOrigin::Decision);
    assert_eq!(answer.reason, Some(ExemptionReason::WillNotFix));
    let policies = &["{}", "{selfService: {decisions: deny}}"];
    let refused = decide(&Case { policies, decision: decision(), ..NOTHING });
    assert_eq!(refused.in_force, None);
    let problem = "decision: policy `b` does not let decisions count";
    assert_eq!(refused.problem.as_deref(), Some(problem));
    assert_eq!(refused.own, None, "no policy limits how long");
}

#[test]
fn annotations_of_other_tools_count_where_that_is_asked_for() {
    for (source, key, value) in [
        (Source::Polaris, "polaris.fairwinds.com/exempt", "TRUE"),
        (Source::Polaris, "polaris.fairwinds.com/hostPathSet-exempt", "true"),
        (Source::Checkov, "checkov.io/skip1", "CKV_K8S_99=x"),
    ] {
        let annotations = &[(key, value)];
        assert!(!is_exempt(&Case { annotations, ..NOTHING }), "{key}");
        let mapped = respect::noted(&[source], "host-path-volume", &labels(annotations));
        assert_eq!(
            is_exempt(&Case { annotations, respected: &[source], ..NOTHING }),
            mapped.is_some(),
            "{key}"
        );
    }
}

#[test]
fn an_exemption_that_cannot_be_followed_is_named() {
    for (spec, says) in [
        (policy(", until: soon"), "spec.exemptions[0].until: `soon` is neither"),
        (policy(", names: ['[']"), "spec.exemptions[0].names: `[` is not a glob"),
    ] {
        let error = Policy::compile("a", &serde_saphyr::from_str(&spec).unwrap()).unwrap_err();
        assert!(error.to_string().starts_with(says), "{error}");
    }
}
