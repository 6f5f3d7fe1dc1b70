//! What is wrong with a policy is refused at once, or told in its status with field and remedy;
//! the last valid version stays in force, and no item closes for it.

use std::time::Duration;

use holystone::api::{RejectedCheck, State};

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, policy_manifest, target};

#[tokio::test]
async fn the_definition_refuses_what_it_can() {
    let cluster = Cluster::start().await;
    let label = "matchExpressions: [{key: tier, operator: In}]";
    for (spec, field) in [
        ("{schedule: every hour}", "spec.schedule"),
        ("{schedule: '60 * * * *'}", "spec.schedule"),
        ("{schedule: '0 * * * * *'}", "spec.schedule"),
        ("{timeZone: Mars/Phobos}", "spec.timeZone"),
        ("{due: {high: 3 days}}", "spec.due.high"),
        ("{due: {high: 0h}}", "spec.due.high"),
        ("{retention: 10000h}", "spec.retention"),
        ("{severityFloor: dire}", "spec.severityFloor"),
        ("{checks: {profiles: [everything]}}", "spec.checks.profiles[0]"),
        ("{checks: {include: [a, a]}}", "spec.checks.include"),
        ("{checks: {settings: [{check: x, severity: dire}]}}", "spec.checks.settings[0].severity"),
        ("{exemptions: [{checks: [a], reason: just-because}]}", "spec.exemptions[0].reason"),
        (
            "{exemptions: [{checks: [a], reason: risk-accepted, until: tomorrow}]}",
            "spec.exemptions[0].until",
        ),
        (
            &format!("{{scope: {{namespaces: {{selector: {{{label}}}}}}}}}"),
            "spec.scope.namespaces.selector.matchExpressions[0]",
        ),
        ("{selfService: {decisions: perhaps}}", "spec.selfService.decisions"),
    ] {
        let refusal = cluster.refusal(&policy_manifest("bad", spec)).await;
        assert!(refusal.contains(field), "{spec}: {refusal}");
    }
    for name in ["Upper", "dotted.name", "a-name-of-more-than-thirty-signs"] {
        let refusal = cluster.refusal(&policy_manifest(name, "{}")).await;
        assert!(refusal.contains("metadata.name"), "{name}: {refusal}");
    }
    for schedule in ["@daily", "*/5 8-18 * * mon-fri", "0,30 0 1 JAN ?"] {
        let spec = format!("{{schedule: '{schedule}', timeZone: Europe/Paris}}");
        cluster.apply_policy("good", &spec).await;
    }
}

#[tokio::test]
async fn what_only_the_controller_sees_is_stalled() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let about = |name: &str| target("apps", "Deployment", "shop", name);
    for name in ["one", "two"] {
        cluster.apply(&deployment("shop", name, true)).await;
    }
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let controller = cluster.controller();
    for name in ["one", "two"] {
        cluster.item_becomes(PRIVILEGED, &about(name), State::Open).await;
    }

    let never = with("schedule: '0 0 30 2 *'");
    let label = with("scope: {objects: {matchLabels: {'not a key': x}}}");
    for (spec, field, remedy) in [
        (&label, "spec.scope.objects", "`not a key` is not a label key"),
        (&never, "spec.schedule", "never comes round; check day and month"),
    ] {
        cluster.apply_policy("baseline", spec).await;
        let message = cluster
            .eventually(field, async || {
                let (holds, reason, message) = cluster.condition("baseline", "Stalled").await?;
                (holds && reason == "InvalidSpec" && message.contains(field)).then_some(message)
            })
            .await;
        assert!(message.contains(remedy), "{message}");
        assert!(message.contains("the last valid version stays in force"), "{message}");
        cluster.condition_becomes("baseline", "Ready", false, "InvalidSpec").await;
        let policy = cluster.policy("baseline").await;
        let told = policy.status.unwrap().observed_generation;
        assert_eq!(told, policy.metadata.generation);
    }
    cluster.apply(&deployment("shop", "one", false)).await;
    cluster.item_is_resolved(PRIVILEGED, &about("one"), "Fixed").await;
    cluster.apply(&deployment("shop", "one", true)).await;
    cluster.item_becomes(PRIVILEGED, &about("one"), State::Open).await;

    // A new process never saw the valid version: the policy counts as suspended.
    cluster.comes_to_rest().await;
    let items = cluster.items().await;
    controller.stop();
    let _controller = cluster.controller();
    let kept = "items that name this policy stay as they are";
    cluster
        .eventually("the status says what it knows now", async || {
            let (_, _, message) = cluster.condition("baseline", "Stalled").await?;
            message.contains(kept).then_some(())
        })
        .await;
    cluster.apply(&deployment("shop", "new", true)).await;
    cluster.deployment("shop", "two").delete().await;
    cluster.stays(Duration::from_secs(4), "it is suspended", async || cluster.items().await).await;
    assert_eq!(cluster.items().await, items);

    cluster.apply_policy("baseline", &with("schedule: '0 0 28 2 *'")).await;
    cluster.condition_becomes("baseline", "Stalled", false, "Valid").await;
    cluster.item_becomes(PRIVILEGED, &about("new"), State::Open).await;
    cluster.item_is_resolved(PRIVILEGED, &about("two"), "TargetDeleted").await;
    cluster.audited("baseline").await;
}

#[tokio::test]
async fn a_single_check_is_rejected_and_its_items_stay() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", &registry("[other.example.com/]", "")).await;
    let mut controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    let registries = "image-registry-not-allowed";
    cluster.item_becomes(registries, &web, State::Open).await;
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.audited("baseline").await;
    assert_eq!(cluster.policy("baseline").await.status.unwrap().rejected_checks, []);
    let item = cluster.item(registries, &web).await;

    cluster.apply_policy("baseline", &registry("3", ", no-such-check, 'zzz-*'")).await;
    let rejected = rejected(&cluster, 3).await;
    let reason = |id: &str| {
        let found = rejected.iter().find(|rejected| rejected.id == id);
        found.unwrap_or_else(|| panic!("{id} is not among {rejected:?}")).reason.clone()
    };
    assert!(reason("no-such-check").contains("`holystone checks` lists them"));
    assert!(reason("zzz-*").contains("no such check"));
    assert!(reason(registries).contains("`allowed`"), "{}", reason(registries));
    cluster.audited("baseline").await;
    assert!(!cluster.condition("baseline", "Stalled").await.unwrap().0);

    // The rest goes on, and the items of what is rejected stay; after a restart, too.
    for _ in 0..2 {
        cluster.apply(&deployment("shop", "web", false)).await;
        cluster.item_is_resolved(PRIVILEGED, &web, "Fixed").await;
        cluster.apply(&deployment("shop", "web", true)).await;
        cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
        assert_eq!(cluster.item(registries, &web).await, item);
        controller.stop();
        controller = cluster.controller();
    }
    cluster.apply_policy("baseline", &registry("[registry.example.com/]", "")).await;
    cluster.item_is_resolved(registries, &web, "Fixed").await;
    self::rejected(&cluster, 0).await;
}

async fn rejected(cluster: &Cluster, count: usize) -> Vec<RejectedCheck> {
    cluster
        .eventually(&format!("{count} checks are rejected"), async || {
            let rejected = cluster.policy("baseline").await.status?.rejected_checks;
            (rejected.len() == count).then_some(rejected)
        })
        .await
}

fn with(field: &str) -> String {
    format!("{{{field}, checks: {{profiles: [], include: [{PRIVILEGED}]}}}}")
}

/// A policy whose second check has these parameters.
fn registry(allowed: &str, more: &str) -> String {
    format!(
        "{{checks: {{profiles: [], include: [{PRIVILEGED}, image-registry-not-allowed{more}], \
         settings: [{{check: image-registry-not-allowed, parameters: {{allowed: {allowed}}}}}]}}}}"
    )
}
