//! Pods, and the kinds that make them.

use compact_str::CompactString;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    super::{
        Body, ClaimTemplate, Cron, Kind, LabelSelector, List, Meta, Object, PodSpec, PodTemplate,
        Shortage, Strategy, Workload, trouble::PodStatus, workload::TemplateMeta,
    },
    DecodeError, Head, object, read,
};

fn workload(kind: Kind, meta: &Meta, template: PodTemplate) -> Workload {
    Workload {
        kind,
        labels: meta.labels.clone(),
        annotations: meta.annotations.clone(),
        template,
        replicas: None,
        has_written_replicas: false,
        selector: None,
        strategy: None,
        service_name: CompactString::default(),
        volume_claim_templates: List::default(),
        cron: None,
        shortage: None,
        fits_no_node: false,
        trouble: None,
        finished_at: None,
        has_completed: false,
        ttl_seconds_after_finished: None,
    }
}

pub(super) fn read_pod(json: &str) -> Result<Object, DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Pod {
        api_version: CompactString,
        #[serde(rename = "kind")]
        kind_name: CompactString,
        metadata: Meta,
        spec: PodSpec,
        status: PodStatus,
    }
    let Pod { api_version, kind_name, metadata, spec, status } = read(Kind::Pod, json)?;
    let Meta { labels, annotations, .. } = &metadata;
    let template = TemplateMeta { labels: labels.clone(), annotations: annotations.clone() };
    let restarts = spec.restart_policy.as_deref() != Some("Never");
    let trouble = status.trouble(&metadata, restarts).map(Box::new);
    let template = PodTemplate { metadata: template, spec };
    let body = Workload { trouble, ..workload(Kind::Pod, &metadata, template) };
    let head = Head { api_version, kind_name, metadata };
    Ok(object(Kind::Pod, head, Body::Workload(Box::new(body))))
}

pub(super) fn read_pod_template(json: &str) -> Result<Object, DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Standalone {
        template: PodTemplate,
    }
    let head = read::<Head>(Kind::PodTemplate, json)?;
    let Standalone { template } = read(Kind::PodTemplate, json)?;
    let body = workload(Kind::PodTemplate, &head.metadata, template);
    Ok(object(Kind::PodTemplate, head, Body::Workload(Box::new(body))))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Templated {
    api_version: CompactString,
    #[serde(rename = "kind")]
    kind_name: CompactString,
    metadata: Meta,
    spec: Spec,
    status: Status,
}

/// Each kind has some of these.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    template: PodTemplate,
    replicas: Option<i32>,
    selector: Option<LabelSelector>,
    strategy: Option<Strategy>,
    update_strategy: Option<Strategy>,
    service_name: CompactString,
    volume_claim_templates: List<ClaimTemplate>,
    ttl_seconds_after_finished: Option<i64>,
}

/// Each kind has some of these.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    conditions: List<Condition>,
    observed_generation: Option<i64>,
    available_replicas: i32,
    number_available: i32,
    desired_number_scheduled: i32,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Condition {
    #[serde(rename = "type")]
    kind: CompactString,
    status: CompactString,
    last_transition_time: Option<Timestamp>,
}

pub(super) fn read_templated(kind: Kind, json: &str) -> Result<Object, DecodeError> {
    let Templated { api_version, kind_name, metadata, spec, status } = read(kind, json)?;
    let finished = status.conditions.iter().find(|condition| {
        matches!(condition.kind.as_str(), "Complete" | "Failed") && condition.status == "True"
    });
    let finished = finished.filter(|_| kind == Kind::Job);
    let has_selector = !matches!(kind, Kind::Job | Kind::ReplicationController);
    let body = Workload {
        replicas: spec.replicas,
        // What the API server has taken carries its default.
        has_written_replicas: spec.replicas.is_some() && metadata.resource_version.is_empty(),
        selector: spec.selector.filter(|_| has_selector),
        strategy: spec.strategy.or(spec.update_strategy),
        service_name: spec.service_name,
        volume_claim_templates: spec.volume_claim_templates,
        shortage: status.shortage(kind, spec.replicas, &metadata),
        fits_no_node: kind == Kind::DaemonSet
            && status.is_of_this_spec(&metadata)
            && status.desired_number_scheduled == 0,
        finished_at: finished
            .and_then(|condition| condition.last_transition_time)
            .map(Timestamp::as_second),
        has_completed: finished.is_some_and(|condition| condition.kind == "Complete"),
        ttl_seconds_after_finished: spec.ttl_seconds_after_finished,
        ..workload(kind, &metadata, spec.template)
    };
    let head = Head { api_version, kind_name, metadata };
    Ok(object(kind, head, Body::Workload(Box::new(body))))
}

impl Status {
    fn is_of_this_spec(&self, meta: &Meta) -> bool {
        self.observed_generation.is_some() && self.observed_generation == meta.generation
    }

    /// What the controller says is missing; it says nothing of a `spec` that it has not seen.
    fn shortage(&self, kind: Kind, replicas: Option<i32>, meta: &Meta) -> Option<Shortage> {
        let (wanted, available) = match kind {
            Kind::Deployment | Kind::StatefulSet | Kind::ReplicaSet => {
                (replicas.unwrap_or(1), self.available_replicas)
            }
            Kind::DaemonSet => (self.desired_number_scheduled, self.number_available),
            _ => return None,
        };
        if available >= wanted || !self.is_of_this_spec(meta) {
            return None;
        }
        let unavailable = self
            .conditions
            .iter()
            .find(|condition| condition.kind == "Available" && condition.status == "False")
            .and_then(|condition| condition.last_transition_time);
        let since = unavailable.into_iter().chain(meta.status_written_at()).min();
        Some(Shortage { since: since.map(Timestamp::as_second), available, wanted })
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CronJob {
    api_version: CompactString,
    #[serde(rename = "kind")]
    kind_name: CompactString,
    metadata: Meta,
    spec: CronSpec,
    status: CronStatus,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CronSpec {
    schedule: CompactString,
    time_zone: Option<CompactString>,
    suspend: Option<bool>,
    concurrency_policy: CompactString,
    starting_deadline_seconds: Option<i64>,
    job_template: JobTemplate,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct JobTemplate {
    spec: JobSpec,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct JobSpec {
    template: PodTemplate,
    ttl_seconds_after_finished: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CronStatus {
    active: List<serde::de::IgnoredAny>,
    last_schedule_time: Option<Timestamp>,
    last_successful_time: Option<Timestamp>,
}

pub(super) fn read_cron_job(json: &str) -> Result<Object, DecodeError> {
    let CronJob { api_version, kind_name, metadata, spec, status } = read(Kind::CronJob, json)?;
    let cron = Cron {
        schedule: spec.schedule,
        time_zone: spec.time_zone,
        suspend: spec.suspend.unwrap_or_default(),
        concurrency_policy: spec.concurrency_policy,
        starting_deadline_seconds: spec.starting_deadline_seconds,
        created_at: metadata.creation_timestamp.map(Timestamp::as_second),
        last_schedule: status.last_schedule_time.map(Timestamp::as_second),
        last_success: status.last_successful_time.map(Timestamp::as_second),
        is_active: !status.active.is_empty(),
    };
    let job = spec.job_template.spec;
    let body = Workload {
        cron: Some(Box::new(cron)),
        ttl_seconds_after_finished: job.ttl_seconds_after_finished,
        ..workload(Kind::CronJob, &metadata, job.template)
    };
    let head = Head { api_version, kind_name, metadata };
    Ok(object(Kind::CronJob, head, Body::Workload(Box::new(body))))
}
