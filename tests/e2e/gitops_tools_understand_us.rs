//! Argo CD and Flux tell of our objects what is true: by kstatus, by the expressions and the Lua that
//! we ship. A finding is no failed deployment, unless one asks for that.

use holystone::api::State;
use serde_json::{Value, json};

use crate::support::{
    Cluster, Handle, ONLY_PRIVILEGED, PRIVILEGED, deployment,
    health::{
        ArgoCd,
        Health::{self, Current, Failed},
        flux, kstatus,
    },
    item_manifest, target,
};

const WORKS: &str = include_str!("../../contrib/flux/auditor-works.yaml");
const COMPLIANT: &str = include_str!("../../contrib/flux/compliant.yaml");
const NO_FINDINGS: &str = include_str!("../../contrib/flux/no-findings.yaml");

/// What is said of an object: by kstatus, by the three files for Flux, and by Argo CD.
type Opinion = ([Health; 4], &'static str);

const IN_PROGRESS: Opinion = ([Health::InProgress; 4], "Progressing");
const FAILED: Opinion = ([Health::Failed; 4], "Degraded");

fn opinion(policy: &Value) -> ([Health; 4], String) {
    let flux = |file| flux(file, policy);
    let all = [kstatus(policy), flux(WORKS), flux(COMPLIANT), flux(NO_FINDINGS)];
    (all, ArgoCd::new().health(policy).0)
}

async fn policy(cluster: &Cluster) -> Value {
    json!(cluster.policy_object("baseline").get().await.unwrap())
}

/// Waits until everybody says what is expected of the policy.
async fn all_say(cluster: &Cluster, what: &str, (all, argo): Opinion) {
    cluster
        .eventually(&format!("{what}: {all:?} {argo}"), async || {
            let opinion = opinion(&policy(cluster).await);
            (opinion == (all, argo.to_owned())).then_some(())
        })
        .await;
}

/// What has to be merged into an object to make it another.
fn difference(from: &Value, to: &Value) -> Value {
    let (Some(old), Some(new)) = (from.as_object(), to.as_object()) else { return to.clone() };
    let changed = new.iter().filter(|(field, value)| old.get(*field) != Some(value));
    let changed = changed.map(|(field, value)| {
        (field.clone(), difference(old.get(field).unwrap_or(&Value::Null), value))
    });
    let gone = old.keys().filter(|field| !new.contains_key(*field));
    changed.chain(gone.map(|field| (field.clone(), Value::Null))).collect()
}

/// Presses the button of an action, as Argo CD does: what the Lua changes is merged.
async fn press(handle: &Handle, action: &str) {
    let object = json!(handle.get().await.unwrap());
    let changed = difference(&object, &ArgoCd::new().act(action, &object));
    assert!(changed["status"].is_null(), "an action leaves the status alone: {changed}");
    handle.merge(changed).await;
}

#[tokio::test]
async fn of_policies() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    assert_eq!(opinion(&policy(&cluster).await), (IN_PROGRESS.0, IN_PROGRESS.1.to_owned()));

    let controller = cluster.controller();
    let found = ([Current, Current, Failed, Failed], "Healthy");
    all_say(&cluster, "a critical finding", found).await;
    let annotate = |value: Value| json!({ "metadata": { "annotations": { "holystone.dev/degrade-on-findings": value } } });
    let handle = cluster.policy_object("baseline");
    handle.merge(annotate(json!("true"))).await;
    all_say(&cluster, "the same, where that counts", (found.0, "Degraded")).await;
    handle.merge(annotate(Value::Null)).await;

    press(&handle, "audit-now").await;
    cluster
        .eventually("the button starts an audit", async || {
            let policy = policy(&cluster).await;
            let asked = &policy["metadata"]["annotations"]["holystone.dev/requestedAt"];
            (asked.is_string() && policy["status"]["lastHandledRequest"] == *asked).then_some(())
        })
        .await;
    press(&handle, "suspend").await;
    all_say(&cluster, "it rests", (found.0, "Suspended")).await;
    press(&handle, "resume").await;
    all_say(&cluster, "it goes on", found).await;

    let medium = ONLY_PRIVILEGED
        .replace("]}}", "], settings: [{check: privileged-container, severity: medium}]}}");
    cluster.apply_policy("baseline", &medium).await;
    let harmless = ([Current, Current, Current, Failed], "Healthy");
    all_say(&cluster, "a medium finding", harmless).await;
    cluster.apply(&deployment("shop", "web", false)).await;
    all_say(&cluster, "no finding", ([Current; 4], "Healthy")).await;

    let never = ONLY_PRIVILEGED.replacen('{', "{schedule: '0 0 30 2 *', ", 1);
    cluster.apply_policy("baseline", &never).await;
    all_say(&cluster, "what cannot be followed", FAILED).await;
    controller.stop();
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    all_say(&cluster, "nobody has looked yet", IN_PROGRESS).await;
}

#[tokio::test]
async fn of_items() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let web = target("apps", "Deployment", "shop", "web");
    cluster.apply(&item_manifest(PRIVILEGED, &web, &json!({})).to_string()).await;
    let handle = cluster.item_object(PRIVILEGED, &web);
    let said = async || {
        let item = json!(handle.get().await.unwrap());
        assert_eq!(kstatus(&item), Health::Current, "a finding is no failed deployment");
        ArgoCd::new().health(&item)
    };
    assert_eq!(said().await, ("Progressing".to_owned(), "not judged yet".to_owned()));

    let _controller = cluster.controller();
    let open = "Open (Failing): container `app` is privileged";
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    assert_eq!(said().await, ("Healthy".to_owned(), open.to_owned()));
    let now = jiff::Timestamp::now();
    press(&handle, "snooze").await;
    let item = cluster.item_becomes(PRIVILEGED, &web, State::Exempt).await;
    let until = item.status.unwrap().exemption.unwrap().until.unwrap();
    let fortnight = until.0.duration_since(now).as_secs() - 14 * 24 * 60 * 60;
    assert!((-60..60).contains(&fortnight), "{fortnight} seconds are wrong");
    let (health, message) = said().await;
    assert!(health == "Healthy" && message.starts_with("Exempt (Dismissed): "), "{message}");
    press(&handle, "reopen").await;
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    press(&handle, "will-not-fix").await;
    cluster.item_becomes(PRIVILEGED, &web, State::Exempt).await;

    let deny = ONLY_PRIVILEGED.replacen('{', "{selfService: {decisions: deny}, ", 1);
    cluster.apply_policy("baseline", &deny).await;
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    let (health, message) = said().await;
    assert_eq!(health, "Degraded", "a decision in Git that does not count is news");
    assert!(message.ends_with("does not let decisions count"), "{message}");
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.item_is_resolved(PRIVILEGED, &web, "Fixed").await;
    assert_eq!(said().await, ("Healthy".to_owned(), "Resolved (Fixed)".to_owned()));
}
