//! A real Prometheus scrapes two real replicas on a real control plane: the alert fires when a defect
//! is applied and resolves when it is repaired, sums do not double, and the dashboard has data.

use std::collections::BTreeSet;

use holystone::{api::State, metrics::Metrics};

use crate::{
    dashboard,
    server::Server,
    support::{Cluster, Controller, PRIVILEGED, deployment, target},
    tools,
};

const ALERT: &str = "HolystoneCriticalFindingsOpen";
const OPEN: &str = r#"sum(holystone_action_items{severity="critical", state="Open"})"#;

/// A finding that is due at once, and a check that cannot answer.
const POLICY: &str = r#"
due: {critical: 1s}
checks:
  profiles: []
  include: [privileged-container]
  custom:
    - id: fails
      title: Reads a label that is not there
      severity: low
      match: [{apiGroups: [apps], apiVersions: [v1], kinds: [Deployment]}]
      validations: [{expression: "object.metadata.labels.missing == 'x'", message: "never said"}]
"#;

fn policy() -> String {
    let spec: serde_json::Value = serde_saphyr::from_str(POLICY).unwrap();
    spec.to_string()
}

/// Accepted by its owner until a day in the far future.
fn accepted() -> String {
    let mut manifest: serde_json::Value =
        serde_json::from_str(&deployment("bank", "accepted", true)).unwrap();
    manifest["metadata"]["annotations"] = serde_json::json!({
        "holystone.dev/exempt": PRIVILEGED,
        "holystone.dev/exempt-until": "2099-12-31",
        "holystone.dev/owner": "team-bank@example.com",
    });
    manifest.to_string()
}

#[tokio::test]
async fn an_alert_fires_and_resolves_and_the_dashboard_has_data() {
    let Some(programs) = tools::prometheus() else { return };
    let cluster = Cluster::start().await;
    for namespace in ["shop", "bank"] {
        cluster.create_namespace(namespace).await;
    }
    cluster.apply_policy("baseline", &policy()).await;
    cluster.apply(&accepted()).await;
    cluster.apply(&deployment("shop", "web", false)).await;
    let mut replicas = [cluster.controller(), cluster.controller()];
    let targets = replicas.each_ref().map(Controller::address);
    let prometheus = Server::start(&programs.server, &targets);
    cluster
        .eventually("both replicas are scraped, and one leads", async || {
            let replicas = prometheus.value("count(holystone_build_info)").await?;
            let exempt = r#"sum(holystone_action_items{namespace="bank", state="Exempt"})"#;
            let exempt = prometheus.value(exempt).await?;
            let leaders = prometheus.value("sum(holystone_leader)").await?;
            ((replicas, leaders, exempt) == (2.0, 1.0, 1.0)).then_some(())
        })
        .await;
    assert_eq!(prometheus.firing(ALERT).await.unwrap(), [""; 0]);

    cluster.apply(&deployment("shop", "web", true)).await;
    cluster
        .eventually("the alert fires for the namespace", async || {
            (prometheus.firing(ALERT).await? == ["shop"]).then_some(())
        })
        .await;
    assert_eq!(prometheus.value(OPEN).await, Some(1.0), "two replicas count once");
    let overdue = "HolystoneFindingsOverdue";
    cluster
        .eventually("so does the one about its time", async || {
            (prometheus.firing(overdue).await? == ["shop"]).then_some(())
        })
        .await;
    has_data(&cluster, &prometheus).await;
    for replica in &replicas {
        is_well_formed(replica).await;
    }

    // The leader dies: for as long as none leads nothing is told, and then everything once.
    let leads = async |replica: &Controller| replica.metric("holystone_leader").await == Some(1);
    let leader = usize::from(!leads(&replicas[0]).await);
    replicas[leader].kill();
    cluster
        .eventually("the other one tells of the finding", async || {
            let total = prometheus.value(OPEN).await;
            assert!(matches!(total, None | Some(1.0)), "{total:?}");
            (leads(&replicas[1 - leader]).await && total == Some(1.0)).then_some(())
        })
        .await;

    cluster.apply(&deployment("shop", "web", false)).await;
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Resolved).await;
    cluster
        .eventually("the alerts resolve, and zero is told, not nothing", async || {
            let firing = [prometheus.firing(ALERT).await?, prometheus.firing(overdue).await?];
            let is_over = firing.iter().all(Vec::is_empty);
            (is_over && prometheus.value(OPEN).await? == 0.0).then_some(())
        })
        .await;
}

/// Every query of the dashboard gives something.
async fn has_data(cluster: &Cluster, prometheus: &Server) {
    for (title, query) in dashboard::queries() {
        cluster
            .eventually(&format!("`{title}` has data: {query}"), async || {
                let results = prometheus.query(&query).await?;
                (!results.is_empty()).then_some(())
            })
            .await;
    }
}

/// What a replica exports is what is declared, and promtool has nothing to say about it.
async fn is_well_formed(replica: &Controller) {
    let (_, text) = replica.page("/metrics").await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &text).unwrap();
    let told = tools::promtool(&["check", "metrics"], Some(file.path())).unwrap();
    assert_eq!(told.trim(), "");
    let metrics = Metrics::new().unwrap();
    let declared = metrics.declared().iter().map(|one| format!("{} {}", one.name, one.form));
    let declared: BTreeSet<String> = declared.collect();
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let families: BTreeSet<String> = families.map(ToOwned::to_owned).collect();
    assert!(families.is_subset(&declared), "{:?}", families.difference(&declared));
}
