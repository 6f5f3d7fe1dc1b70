//! A dry run judges, tells what it would write, and writes nothing: not even a lease. It needs no right to.

use holystone::api::{FIELD_MANAGER, State};

use crate::support::{
    CONTROLLER, Cluster, Controller, ONLY_PRIVILEGED, PRIVILEGED, deployment, target, told,
};

const READER: &str = "system:serviceaccount:holystone-system:reader";
const READS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: reader, namespace: holystone-system}]
";

#[tokio::test]
async fn what_would_be_written_is_told() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let about = |name: &str| target("apps", "Deployment", "shop", name);
    let real = cluster.controller();
    cluster.item_becomes(PRIVILEGED, &about("web"), State::Open).await;
    real.stop();

    cluster.apply(READS).await;
    let kubeconfig = cluster.kubeconfig_of("reader").await;
    let mark = cluster.mark();
    let dry = Controller::start(&kubeconfig, &["--dry-run"]);
    let tells = async |words: &[&str]| {
        cluster
            .eventually(&format!("{words:?} is told"), async || {
                (!dry.log_lines(words).is_empty()).then_some(())
            })
            .await;
    };
    tells(&["would set its status", "baseline"]).await;
    assert_eq!(dry.log_lines(&["would write"]), [""; 0], "nothing has changed");

    cluster.apply(&deployment("shop", "web", false)).await;
    tells(&["would write", "item=\"web-privileged", "Resolved", "Fixed"]).await;
    cluster.apply(&deployment("shop", "api", true)).await;
    tells(&[
        "would write",
        "item=\"api-privileged",
        "Open",
        "critical",
        "found=\"container `app` is privileged",
    ])
    .await;
    cluster.apply(&deployment("shop", "api", false)).await;
    tells(&["would write", "item=\"api-privileged", "Resolved", "Fixed"]).await;

    assert_eq!(dry.page("/readyz").await.map(|page| page.0), Some(200));
    for user in [READER, CONTROLLER] {
        let written = cluster.writes_by(user, mark);
        assert_eq!(written.len(), 0, "{}", told(&written));
    }
    assert!(cluster.item(PRIVILEGED, &about("api")).await.is_none());
    let web = cluster.item_becomes(PRIVILEGED, &about("web"), State::Open).await;
    let managers = web.metadata.managed_fields.unwrap_or_default();
    assert!(managers.iter().all(|one| one.manager.as_deref() == Some(FIELD_MANAGER)));
}
