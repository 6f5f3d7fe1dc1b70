//! How the policies are followed: full audits, and the loop between them.

use std::time::Duration;

use jiff::Timestamp;
use prometheus::{Error, GaugeVec, HistogramVec, IntCounterVec, IntGaugeVec};

use super::declare::Declare;

/// The instruments of audits.
#[derive(Debug)]
pub struct AuditMetrics {
    last_success: IntGaugeVec,
    next: IntGaugeVec,
    last_duration: GaugeVec,
    durations: HistogramVec,
    errors: IntCounterVec,
    scores: IntGaugeVec,
    reconciles: IntCounterVec,
    reconcile_durations: HistogramVec,
}

/// What is told of a policy.
#[derive(Clone, Copy, Debug)]
pub struct PolicyFigures<'a> {
    /// Its name.
    pub name: &'a str,
    /// When the last full audit ended that could read everything, if that was the last one.
    pub last_success: Option<Timestamp>,
    /// When the next one is due.
    pub next: Option<Timestamp>,
    /// The score.
    pub score: Option<u32>,
}

impl AuditMetrics {
    pub(super) fn declare(declare: &Declare) -> Result<Self, Error> {
        Ok(Self {
            last_success: declare.gauges(
                "audit_last_success_timestamp_seconds",
                "When the last full audit of a policy ended that could read everything, in seconds since \
                 the epoch.",
                &["policy"],
            )?,
            next: declare.gauges(
                "audit_next_timestamp_seconds",
                "When the next full audit of a policy is due, in seconds since the epoch; it lies in the \
                 past while one runs. Nothing for a suspended policy.",
                &["policy"],
            )?,
            last_duration: declare.seconds_by(
                "audit_last_duration_seconds",
                "How long the last full audit of a policy took.",
                &["policy"],
            )?,
            durations: declare.durations(
                "audit_duration_seconds",
                "How long full audits take, by what started them: `policy`, `schedule` or `request`.",
                &["trigger"],
                &[0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0],
            )?,
            errors: declare.counters(
                "audit_errors_total",
                "Full audits of a policy that ended and could not read everything.",
                &["policy"],
            )?,
            scores: declare.gauges(
                "policy_score",
                "The score of a policy, from 0 to 100.",
                &["policy"],
            )?,
            reconciles: declare.counters(
                "reconcile_total",
                "Decisions about the items of one target (`target`) and about the status of one policy \
                 (`policy`), by whether there was something to write.",
                &["controller", "result"],
            )?,
            reconcile_durations: declare.durations(
                "reconcile_duration_seconds",
                "How long such a decision takes, without the writing.",
                &["controller"],
                &[0.000_01, 0.000_1, 0.001, 0.01, 0.1, 1.0],
            )?,
        })
    }

    /// A full audit has ended.
    pub fn ended(&self, policy: &str, trigger: &str, seconds: f64, is_complete: bool) {
        self.durations.with_label_values(&[trigger]).observe(seconds);
        self.last_duration.with_label_values(&[policy]).set(seconds);
        let errors = self.errors.with_label_values(&[policy]);
        errors.inc_by(u64::from(!is_complete));
    }

    /// Tells of a policy.
    pub fn tell(&self, figures: PolicyFigures<'_>) {
        let PolicyFigures { name, last_success, next, score } = figures;
        if let Some(ended) = last_success {
            self.last_success.with_label_values(&[name]).set(ended.as_second());
        }
        match next {
            Some(next) => self.next.with_label_values(&[name]).set(next.as_second()),
            None => _ = self.next.remove_label_values(&[name]),
        }
        match score {
            Some(score) => self.scores.with_label_values(&[name]).set(score.into()),
            None => _ = self.scores.remove_label_values(&[name]),
        }
    }

    /// A policy is gone.
    pub fn forget(&self, policy: &str) {
        let gauges = [&self.last_success, &self.next, &self.scores];
        gauges.into_iter().for_each(|gauges| _ = gauges.remove_label_values(&[policy]));
        self.last_duration.remove_label_values(&[policy]).ok();
        self.errors.remove_label_values(&[policy]).ok();
    }

    /// A decision was made.
    pub fn decided(&self, controller: &str, is_changed: bool, took: Duration) {
        let result = if is_changed { "changed" } else { "unchanged" };
        self.reconciles.with_label_values(&[controller, result]).inc();
        self.reconcile_durations.with_label_values(&[controller]).observe(took.as_secs_f64());
    }
}
