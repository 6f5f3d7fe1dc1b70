//! A check in CEL that does not compile is rejected by itself, with the place of what is wrong.

use holystone::api::State;

use crate::support::{Cluster, deployment, target};

const POLICY: &str = "
apiVersion: holystone.dev/v1alpha1
kind: AuditPolicy
metadata: {name: own}
spec:
  checks:
    profiles: []
    custom:
      - id: broken
        title: Means nothing
        severity: high
        match: [{apiGroups: [apps], kinds: [Deployment]}]
        validations:
          - expression: |-
              object.spec.replicas > 1 &&
                wrong
      - id: twice
        title: Deployments run twice
        severity: high
        match: [{apiGroups: [apps], kinds: [Deployment]}]
        validations: [{expression: object.spec.replicas > 1}]
";

#[tokio::test]
async fn a_check_that_does_not_compile_is_told_and_the_others_work() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.apply(POLICY).await;
    let _controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes("own.twice", &web, State::Open).await;
    let status = cluster.audited("own").await.status.unwrap();
    let [rejected] = &status.rejected_checks[..] else { panic!("{:?}", status.rejected_checks) };
    assert_eq!(rejected.id, "own.broken");
    let field = "spec.checks.custom[0].validations[0].expression";
    assert_eq!(rejected.field.as_deref(), Some(field));
    assert_eq!((rejected.line, rejected.column), (Some(2), Some(3)));
    assert!(rejected.reason.contains("undeclared reference to 'wrong'"), "{}", rejected.reason);
    assert_eq!(cluster.items().await.len(), 1);

    // Mended, it finds what it was meant to find.
    cluster.apply(&POLICY.replace("wrong", "true")).await;
    cluster.item_becomes("own.broken", &web, State::Open).await;
    assert_eq!(cluster.audited("own").await.status.unwrap().rejected_checks, []);
}
