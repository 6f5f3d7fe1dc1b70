//! Waiting: for what comes, and for what must not.

use std::time::{Duration, Instant};

use holystone::{
    api::{ActionItem, AuditPolicy, State},
    engine::Target,
};
use kube::{Api, ResourceExt};
use serde_json::json;

use super::{Cluster, Controller};

/// Generous: what is promised within seconds may take longer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(45);
const PAUSE: Duration = Duration::from_millis(50);

impl Cluster {
    /// Tries until there is an answer.
    pub async fn eventually<T>(&self, what: &str, attempt: impl AsyncFn() -> Option<T>) -> T {
        self.within(PATIENCE, what, attempt).await
    }

    /// The same, with a patience of its own.
    pub async fn within<T>(
        &self,
        patience: Duration,
        what: &str,
        attempt: impl AsyncFn() -> Option<T>,
    ) -> T {
        let started = Instant::now();
        loop {
            if let Some(answer) = attempt().await {
                return answer;
            }
            assert!(
                started.elapsed() < patience,
                "not within {patience:?}: {what}\n{}",
                self.story().await
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Looks for a while whether something stays as it is.
    pub async fn stays<T: PartialEq + std::fmt::Debug>(
        &self,
        duration: Duration,
        what: &str,
        look: impl AsyncFn() -> T,
    ) {
        let (started, first) = (Instant::now(), look().await);
        while started.elapsed() < duration {
            tokio::time::sleep(PAUSE).await;
            assert_eq!(look().await, first, "{what}");
        }
    }

    /// Waits until a metric has a value: some are counted now and then only.
    pub async fn metric_becomes(&self, controller: &Controller, series: &str, value: usize) {
        self.eventually(&format!("{series} is {value}"), async || {
            (controller.metric(series).await? == value).then_some(())
        })
        .await;
    }

    /// Waits until the item of a check and a target is in a state.
    pub async fn item_becomes(&self, check: &str, target: &Target, state: State) -> ActionItem {
        self.eventually(&format!("{check} of {target} becomes {state:?}"), async || {
            let item = self.item(check, target).await?;
            (item.status.as_ref()?.state == Some(state)).then_some(item)
        })
        .await
    }

    /// Waits until the item of a check and a target is resolved for a reason.
    pub async fn item_is_resolved(&self, check: &str, target: &Target, reason: &str) -> ActionItem {
        let item = self.item_becomes(check, target, State::Resolved).await;
        let status = item.status.as_ref().expect("it has a status");
        assert_eq!(status.reason.as_deref(), Some(reason), "{check} of {target}");
        item
    }

    /// The status, the reason and the message of a condition of a policy.
    pub async fn condition(&self, policy: &str, kind: &str) -> Option<(bool, String, String)> {
        let status = self.policy(policy).await.status?;
        let condition = status.conditions.into_iter().find(|condition| condition.type_ == kind)?;
        let holds = condition.status.as_str() == "True";
        Some((holds, condition.reason, condition.message))
    }

    /// Waits until a condition of a policy holds, or does not, for a reason; gives its message.
    pub async fn condition_becomes(
        &self,
        policy: &str,
        kind: &str,
        holds: bool,
        reason: &str,
    ) -> String {
        self.eventually(&format!("{kind} of {policy} is {holds} for {reason}"), async || {
            let (is_held, why, message) = self.condition(policy, kind).await?;
            ((is_held, &*why) == (holds, reason)).then_some(message)
        })
        .await
    }

    /// Waits until the present version of a policy has been audited.
    pub async fn audited(&self, name: &str) -> AuditPolicy {
        self.eventually(&format!("policy {name} is audited"), async || {
            let policy = self.policy(name).await;
            let status = policy.status.clone()?;
            let is_ready = self.condition(name, "Ready").await?.0;
            let is_told = status.observed_generation == policy.metadata.generation;
            (is_told && status.last_audit.is_some() && is_ready).then_some(policy)
        })
        .await
    }

    /// Asks for a full audit and waits for its end.
    pub async fn audit_now(&self, name: &str) -> AuditPolicy {
        let stamp = jiff::Timestamp::now().to_string();
        let patch = json!({"metadata": {"annotations": {"holystone.dev/requestedAt": stamp}}});
        self.policy_object(name).merge(patch).await;
        self.eventually("the audit that was asked for is done", async || {
            let policy = self.policy(name).await;
            let handled = policy.status.as_ref()?.last_handled_request.as_deref();
            (handled == Some(&stamp)).then_some(policy)
        })
        .await
    }

    /// What there is, for the message of a failed test.
    async fn story(&self) -> String {
        let policies = Api::<AuditPolicy>::all(self.client.clone());
        let policies = policies.list(&kube::api::ListParams::default()).await;
        let policies = policies.map(|list| list.items).unwrap_or_default();
        let policies = policies.iter().map(|policy| {
            let status = serde_json::to_string(&policy.status).unwrap_or_default();
            format!("policy {}: {status}", policy.name_any())
        });
        let items = Api::<ActionItem>::all(self.client.clone());
        let items = items.list(&kube::api::ListParams::default()).await;
        let items = items.map(|list| list.items).unwrap_or_default();
        let items = items.iter().map(|item| {
            let status = item.status.clone().unwrap_or_default();
            format!("item {} {:?} {:?}", item.name_any(), status.state, status.reason)
        });
        policies.chain(items).collect::<Vec<_>>().join("\n")
    }
}
