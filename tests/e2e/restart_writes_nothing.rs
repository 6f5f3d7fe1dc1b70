//! A new process finds everything as it is and writes nothing but its lease.

use std::time::Duration;

use futures::{StreamExt, stream};
use holystone::api::State;

use crate::support::{Cluster, Fault, Proxy, bare_pod, deployment, target, told};

const EACH: usize = 60;

#[tokio::test]
async fn only_the_lease_is_written() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let manifests = (0..EACH).flat_map(|number| {
        [
            deployment("shop", &format!("web-{number}"), number % 3 == 0),
            bare_pod("shop", &format!("pod-{number}"), number % 3 == 0),
        ]
    });
    let applied = stream::iter(manifests).map(async |manifest| cluster.apply(&manifest).await);
    applied.buffer_unordered(8).collect::<Vec<()>>().await;
    let pod_security = "{checks: {profiles: [pss-baseline]}, severityFloor: high}";
    cluster.apply_policy("baseline", pod_security).await;
    cluster.apply_policy("reliability", "{checks: {profiles: [], include: [reliability]}}").await;
    let controller = cluster.controller();
    let last = target("", "Pod", "shop", &format!("pod-{}", EACH - EACH % 3 - 3));
    cluster.item_becomes("privileged-container", &last, State::Open).await;
    cluster.audited("baseline").await;
    cluster.comes_to_rest().await;
    let (items, policies) = (cluster.items().await, cluster.policy("baseline").await);
    assert!(items.len() >= 2 * EACH / 3, "there are {} items", items.len());
    controller.stop();

    // One kind comes long after the others: half of the truth is not told.
    let proxy = Proxy::start(&cluster).await;
    proxy.set([Fault::Delay("/deployments?", Duration::from_secs(4))]);
    let mark = cluster.mark();
    let controller = proxy.controller_with(&[]);
    cluster
        .eventually("everything is read again", async || {
            let judged = |kind| format!("holystone_objects_judged_total{{kind=\"{kind}\"}}");
            let pods = controller.metric(&judged("Pod")).await?;
            let deployments = controller.metric(&judged("Deployment")).await?;
            (pods >= EACH && deployments >= EACH).then_some(())
        })
        .await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let writes = cluster.writes_since(mark);
    assert_eq!(writes.len(), 0, "{}", told(&writes));
    assert_eq!(cluster.items().await, items);
    assert_eq!(cluster.policy("baseline").await, policies);
    assert_eq!(controller.metric("holystone_leader").await, Some(1));
}
