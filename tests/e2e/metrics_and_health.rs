//! `/metrics`, `/healthz` and `/readyz` say how the controller does, and nothing of what it reads.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt, stream};
use holystone::{api::State, metrics::Metrics};

use crate::support::{Cluster, Fault, ONLY_PRIVILEGED, PRIVILEGED, Proxy, deployment, target};

const COUNT: usize = 50;

#[tokio::test]
async fn counts_and_no_content() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let manifests = (0..COUNT)
        .map(|number| deployment("shop", &format!("very-particular-{number}"), number == 0));
    let applied = stream::iter(manifests).map(async |manifest| cluster.apply(&manifest).await);
    applied.buffer_unordered(8).collect::<Vec<()>>().await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let judged = r#"holystone_objects_judged_total{kind="Deployment"}"#;
    // A new process is not ready before it has read everything, audited before or not.
    let proxy = Proxy::start(&cluster).await;
    proxy.set([Fault::Delay("/deployments?", Duration::from_secs(4))]);
    for _ in 0..2 {
        let controller = proxy.controller_with(&[]);
        cluster
            .eventually("the leader is ready", async || {
                let is_leader = controller.metric("holystone_leader").await? > 0;
                let (code, body) = controller.page("/readyz").await?;
                assert_eq!(body, if code == 200 { "ok\n" } else { "still reading the cluster\n" });
                (is_leader && code == 200).then_some(())
            })
            .await;
        assert!(controller.metric(judged).await >= Some(COUNT));
        controller.stop();
    }

    let controller = cluster.controller();
    let about = target("apps", "Deployment", "shop", "very-particular-0");
    cluster.item_becomes(PRIVILEGED, &about, State::Open).await;
    cluster.audit_now("baseline").await;
    assert_eq!(controller.page("/healthz").await, Some((200, "ok\n".to_owned())));
    assert_eq!(controller.page("/").await.unwrap().0, 404);
    let labels = r#"category="pod-security",namespace="shop",severity="critical",state="Open""#;
    let item = format!("holystone_action_items{{{labels}}}");
    let ended = r#"holystone_audit_last_success_timestamp_seconds{policy="baseline"}"#;
    cluster
        .eventually("items are counted", async || {
            (controller.metric(&item).await? == 1).then_some(())
        })
        .await;
    let contact = r#"holystone_kind_last_contact_timestamp_seconds{kind="Deployment"}"#;
    for moment in [ended, contact] {
        let moment: i64 = controller.metric(moment).await.unwrap().try_into().unwrap();
        assert!((jiff::Timestamp::now().as_second() - moment).abs() < 60);
    }
    let next = r#"holystone_audit_next_timestamp_seconds{policy="baseline"}"#;
    let next: i64 = controller.metric(next).await.unwrap().try_into().unwrap();
    assert!((1..=3600).contains(&(next - jiff::Timestamp::now().as_second())));
    for (series, value) in [
        ("holystone_leader", 1),
        ("holystone_write_queue_length", 0),
        ("holystone_write_queue_oldest_seconds", 0),
        ("holystone_findings_cut", 0),
        (r#"holystone_action_items_overdue{namespace="shop",severity="critical"}"#, 0),
        (r#"holystone_action_item_transitions_total{severity="critical",to="FindingOpened"}"#, 0),
        (r#"holystone_audit_errors_total{policy="baseline"}"#, 0),
        (r#"holystone_policy_score{policy="baseline"}"#, 98),
        (r#"holystone_kind_readable{kind="Deployment"}"#, 1),
        (r#"holystone_kind_readable{kind="AuditPolicy"}"#, 1),
        (r#"holystone_kind_watched{kind="Deployment"}"#, 1),
        ("holystone_foreign_items_total", 0),
        ("holystone_item_name_collisions_total", 0),
    ] {
        assert_eq!(controller.metric(series).await, Some(value), "{series}");
    }
    let (code, text) = controller.page("/metrics").await.unwrap();
    assert_eq!(code, 200);
    speaks_plainly(&text);
}

/// What is told is declared, and labels hold words, not texts.
fn speaks_plainly(text: &str) {
    assert!(!text.contains("very-particular"), "names of objects are no labels");
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.+()".contains(c);
    let declared = Metrics::new().unwrap();
    let declared = declared.declared();
    let families = |line: &str| line.strip_prefix("# TYPE ").map(ToOwned::to_owned);
    let families: BTreeSet<String> = text.lines().filter_map(families).collect();
    let known = declared.iter().map(|one| format!("{} {}", one.name, one.form));
    assert!(families.is_subset(&known.collect()), "{families:?}");
    let keys: BTreeSet<&str> = declared
        .iter()
        .flat_map(|one| one.labels.iter().map(String::as_str))
        .chain(["le"])
        .collect();
    for line in text.lines() {
        let Some((_, labels)) = line.split_once('{').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let (labels, _) = labels.rsplit_once('}').expect("braces are closed");
        for label in labels.split(',') {
            let (key, value) = label.split_once('=').expect("a label has a value");
            let value = value.trim_matches('"');
            assert!(keys.contains(key), "{line}");
            assert!(value.len() <= 63 && value.chars().all(is_word), "{line}");
        }
    }
}
