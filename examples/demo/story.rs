//! What is shown: the findings of a shop, a repair, a relapse, and a dismissal that ends.

use std::{
    env,
    time::{Duration, Instant},
};

use holystone::api::{ActionItem, AuditPolicy, AuditPolicyStatus, State};
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::Deployment;
use kube::{
    Api, ResourceExt,
    api::{ListParams, Patch, PatchParams},
};
use serde_json::json;
use tokio::task::JoinSet;

use super::{
    Arguments, life,
    life::Lives,
    manifests,
    screen::{self, Clock, command, heading, paragraph, say},
    stage::{Stage, cannot, eventually},
    table,
};

/// The API server keeps whole seconds: times that are to differ lie further apart.
const PAUSE: Duration = Duration::from_secs(2);
/// Seconds that a finding is accepted for.
const SNOOZE: i64 = 6;
/// The finding whose life is shown.
const CHECK: &str = "privileged-container";

/// Tells it all; without `--once` it never ends.
pub(crate) async fn tell(arguments: &Arguments) -> anyhow::Result<()> {
    heading("Holystone demo: a real control plane, a small shop, and the real controller.");
    let clock = Clock::start();
    let stage = Box::pin(Stage::set(&clock)).await?;
    let (metrics, running) = stage.controller().await?;
    let mut controller = JoinSet::new();
    controller.spawn(running);
    clock.step(&format!("started the controller; its metrics: http://{metrics}/metrics"));
    tokio::select! {
        ended = show(&stage, &clock, arguments) => ended,
        Some(ended) = controller.join_next() => Err(ended.unwrap_or_else(Into::into)),
    }
}

async fn show(stage: &Stage, clock: &Clock, arguments: &Arguments) -> anyhow::Result<()> {
    let status = audited(stage).await?;
    let audit = status.last_audit.unwrap_or_default();
    clock.step(&format!(
        "the first audit is done: {} objects judged, {} checks answered",
        audit.objects, audit.evaluations
    ));
    command("kubectl get actionitems -A");
    say(&table::get(&stage.client, "actionitems", true).await?);
    command("kubectl get auditpolicies");
    say(&table::get(&stage.client, "auditpolicies", false).await?);
    let findings = status.findings.unwrap_or_default();
    paragraph("Each finding is one item, on the workload and not on its pods.");
    say(&format!(
        "{} more are below the policy's `severityFloor: medium`: they are counted only.",
        findings.unmaterialised
    ));
    let mut lives = Lives::of(stage.client.clone(), "Deployment", "shop", "web").await?;
    repair_and_break(stage, &mut lives).await?;
    dismiss(stage, &mut lives).await?;
    if arguments.once {
        return Ok(());
    }
    invite(stage, arguments).await?;
    std::future::pending().await
}

/// Waits until the policy has been audited and its numbers are those of the items.
async fn audited(stage: &Stage) -> anyhow::Result<AuditPolicyStatus> {
    let policies: Api<AuditPolicy> = Api::all(stage.client.clone());
    let items: Api<ActionItem> = Api::all(stage.client.clone());
    eventually("the first audit", async || {
        let status = policies.get("baseline").await?.status.unwrap_or_default();
        let open = status.findings.unwrap_or_default().open;
        let counted = open.critical + open.high + open.medium + open.low + open.info;
        let items = items.list(&ListParams::default()).await?.items;
        let is_open = |item: &ActionItem| {
            item.status.as_ref().and_then(|status| status.state) == Some(State::Open)
        };
        let is_settled =
            items.iter().all(is_open) && !items.is_empty() && items.len() == counted as usize;
        Ok(status.last_audit.is_some() && is_settled)
    })
    .await?;
    Ok(policies.get("baseline").await?.status.unwrap_or_default())
}

/// Repairs a workload, breaks it again, and shows what its items make of that.
async fn repair_and_break(stage: &Stage, lives: &mut Lives) -> anyhow::Result<()> {
    heading(
        "Deployment shop/web is repaired (examples/demo/web-repaired.yaml). Its items close, counted\n\
         from the API server's answer to the repair:",
    );
    patch_web(stage, include_str!("web-repaired.yaml"), lives, State::Resolved).await?;
    tokio::time::sleep(PAUSE).await;
    heading("It is broken again (examples/demo/web-broken.yaml). The same items open again:");
    patch_web(stage, include_str!("web-broken.yaml"), lives, State::Open).await?;
    let item = lives.item(CHECK)?;
    let status = item.status.clone().unwrap_or_default();
    command(&format!("kubectl get actionitem -n shop {} -o yaml", item.name_any()));
    say("…");
    say(serde_saphyr::to_string(&json!({ "status": status }))?.trim_end());
    Ok(())
}

/// Accepts a finding for a few seconds, and shows that its item opens again when they are over.
async fn dismiss(stage: &Stage, lives: &mut Lives) -> anyhow::Result<()> {
    let name = lives.item(CHECK)?.name_any();
    let until = Timestamp::from_second(Timestamp::now().as_second() + SNOOZE)?;
    let decision =
        json!({ "reason": "risk-accepted", "note": "SEC-12", "until": until.to_string() });
    let spec = json!({ "spec": { "decision": decision } });
    paragraph("Somebody accepts the finding for a few seconds. Its item is exempt at once:");
    command(&format!("kubectl patch actionitem -n shop {name} --type merge -p '{spec}'"));
    say("");
    let items: Api<ActionItem> = Api::namespaced(stage.client.clone(), "shop");
    items.patch(&name, &PatchParams::default(), &Patch::Merge(spec)).await?;
    let tell = |elapsed, item: &ActionItem| screen::after(elapsed, &life::line(item));
    lives.becomes(CHECK, State::Exempt, Instant::now(), tell).await?;
    let left = until.duration_since(Timestamp::now());
    let end = Instant::now() + Duration::try_from(left).unwrap_or_default();
    paragraph("When that time is over it opens again, by itself:\n");
    lives.becomes(CHECK, State::Open, end, tell).await?;
    let message = lives.item(CHECK)?.status.clone().unwrap_or_default().message;
    say(&format!("  message: {}", message.unwrap_or_default()));
    Ok(())
}

/// Patches the workload; times are measured from the moment that the server has answered.
async fn patch_web(
    stage: &Stage,
    patch: &str,
    lives: &mut Lives,
    wanted: State,
) -> anyhow::Result<()> {
    let deployments: Api<Deployment> = Api::namespaced(stage.client.clone(), "shop");
    let patch = Patch::Strategic(manifests::read(patch)?);
    deployments.patch("web", &PatchParams::default(), &patch).await?;
    let answered = Instant::now();
    let tell = |elapsed, item: &ActionItem| screen::after(elapsed, &life::line(item));
    lives.all_become(wanted, answered, tell).await
}

/// What to try while everything runs.
async fn invite(stage: &Stage, arguments: &Arguments) -> anyhow::Result<()> {
    let installed = kubectl(stage, arguments).await?;
    let kubectl = installed.as_deref().unwrap_or("kubectl");
    heading("Everything runs until Ctrl-C. Try, in another terminal:");
    say(&format!("  export KUBECONFIG={}", stage.plane.kubeconfig().display()));
    say(&format!("  {kubectl} get actionitems -A -o wide --field-selector status.severity=high"));
    say(&format!("  {kubectl} scale deployment -n shop cart --replicas=2"));
    say(&format!("  {kubectl} get actionitems -n shop --field-selector spec.target.name=cart"));
    if installed.is_none() {
        paragraph("No kubectl is installed here; `cargo demo --kubectl` fetches or builds one.");
    }
    Ok(())
}

/// How kubectl is called: by its name where it is installed, else by its path if it is asked for.
async fn kubectl(stage: &Stage, arguments: &Arguments) -> anyhow::Result<Option<String>> {
    let path = env::var_os("PATH").unwrap_or_default();
    if env::split_paths(&path).any(|folder| folder.join("kubectl").is_file()) {
        return Ok(Some("kubectl".to_owned()));
    }
    if !arguments.kubectl {
        return Ok(None);
    }
    let command = stage.plane.kubectl().await.map_err(cannot)?;
    Ok(Some(command.get_program().to_string_lossy().into_owned()))
}
