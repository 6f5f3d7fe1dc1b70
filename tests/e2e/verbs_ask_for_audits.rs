//! `audit` asks for a full audit and waits for it; `tree`, `who-can` and the tab key answer as kubectl does.

use holystone::{api::State, items::item_name};

use crate::support::{Cluster, PRIVILEGED, deployment, target};

const UNWATCHED: &str = "{watch: false, checks: {profiles: [], include: [privileged-container]}}";

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_is_asked_for_and_waited_for() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", UNWATCHED).await;
    let admin = cluster.administrator();
    let late = admin.ask(&["audit", "--wait", "--timeout", "1s"]);
    assert!(late.code == 2 && late.error.contains("does the controller run?"), "{}", late.error);

    let _controller = cluster.controller();
    cluster.audited("baseline").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let answer = admin.ask(&["audit", "baseline", "--wait"]);
    assert_eq!(answer.code, 0, "{}", answer.error);
    let expected = "baseline: 1 object judged, 1 check answered: 1 critical; score 0\n";
    assert_eq!(answer.out, expected);
    assert!(answer.error.contains("baseline: waiting for the audit"), "{}", answer.error);
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    assert_eq!(
        admin.ask(&["audit"]).good(),
        "auditpolicy.holystone.dev/baseline audit requested\n"
    );

    let tree = admin.ask(&["tree", "shop"]).good();
    let expected = "Namespace shop  1 finding\n└── Deployment web\n    └── critical  \
                    privileged-container  container `app` is privileged\n";
    assert_eq!(tree, expected);
    assert_eq!(admin.ask(&["tree", "deployments/web", "-n", "shop"]).good(), expected);
    assert_eq!(admin.ask(&["tree", "deployment/api", "-A"]).out, "");

    cluster.apply_policy("baseline", &UNWATCHED.replace("watch: false", "suspend: true")).await;
    assert!(admin.ask(&["audit", "baseline"]).refused().contains("is suspended"));
    assert!(admin.ask(&["audit"]).refused().contains("no AuditPolicy that is not suspended"));
    assert!(admin.ask(&["audit", "other"]).refused().contains("there is no AuditPolicy other"));
    let tenant = cluster.tenant("shop", "tenant", &[]).await;
    let refused = tenant.ask(&["audit", "baseline"]).refused();
    assert!(refused.contains("you may not get auditpolicies.holystone.dev"), "{refused}");

    // As kubectl calls it.
    let complete = |words: &[&str]| {
        let answer = admin.ask_as("kubectl_complete-holystone", words).good();
        assert!(answer.ends_with(":4\n"), "{answer}");
        answer
    };
    let name = item_name(PRIVILEGED, &web, 0);
    let line = format!("{name}\tcritical, Deployment web\n");
    assert!(complete(&["show", "-n", "shop", ""]).contains(&line));
    assert!(complete(&["snooze", "-A", "web"]).starts_with(&line));
    assert_eq!(complete(&["get", "-n", "sh"]), "shop\n:4\n");
    assert_eq!(complete(&["audit", "base"]), "baseline\n:4\n");
    assert!(!complete(&["get", "--context", ""]).starts_with(':'));

    let triage = [("holystone.dev", "actionitems", &["patch"][..])];
    cluster.tenant("shop", "triager", &triage).await;
    let who = admin.ask_as("kubectl-holystone", &["who-can", "patch", "ai", "-n", "shop"]).good();
    assert!(who.contains("who can patch actionitems.holystone.dev in namespace shop"), "{who}");
    assert!(who.contains("triager"), "{who}");
}
