//! An item is created and then gets its status. Whatever happens in between heals by itself.

use holystone::api::{ActionItem, State};
use kube::{
    Api,
    api::{ListParams, Patch, PatchParams},
};

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

#[tokio::test]
async fn pending_items_become_open() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let mut controller = cluster.controller();
    cluster.audited("baseline").await;

    let rules = cluster
        .change_role(|rules| rules.retain(|rule| rule["resources"][0] != "actionitems/status"))
        .await;
    // The API server takes a moment to know it.
    let account = cluster.plane.client_for("holystone-system", "holystone").await.unwrap();
    cluster
        .eventually("statuses cannot be written", async || {
            let items = Api::<ActionItem>::namespaced(account.clone(), "shop");
            let patch = Patch::Merge(serde_json::json!({}));
            let patched = items.patch_status("none", &PatchParams::default(), &patch).await;
            matches!(patched, Err(kube::Error::Api(status)) if status.code == 403).then_some(())
        })
        .await;
    for name in ["one", "two", "three"] {
        cluster.apply(&deployment("shop", name, true)).await;
    }
    let pending = ListParams::default().fields("status.state=Pending");
    let items = Api::<ActionItem>::all(cluster.client.clone());
    cluster
        .eventually("the items are there, and Pending", async || {
            let list = items.list(&pending).await.unwrap();
            (list.items.len() == 3).then_some(())
        })
        .await;
    let message = cluster.condition_becomes("baseline", "Degraded", true, "ItemsNotWritable").await;
    assert!(message.contains("actionitems/status"), "{message}");
    controller.kill();
    drop(controller);

    cluster.restore_role(rules).await;
    let _controller = cluster.controller();
    for name in ["one", "two", "three"] {
        let about = target("apps", "Deployment", "shop", name);
        let item = cluster.item_becomes(PRIVILEGED, &about, State::Open).await;
        let status = item.status.unwrap();
        assert!(status.first_seen.is_some() && status.opened_at.is_some());
        assert_eq!((status.times_reopened, &*status.policies), (0, &["baseline".to_owned()][..]));
    }
    assert_eq!(cluster.items().await.len(), 3);
    cluster.condition_becomes("baseline", "Degraded", false, "Complete").await;
}
