//! How the cluster is read.

use std::collections::HashMap;

use jiff::Timestamp;
use prometheus::{Error, IntCounterVec, IntGauge, IntGaugeVec};

use super::{declare::Declare, tally::unanswered};

/// The instruments of reading and judging.
#[derive(Debug)]
pub struct ReadingMetrics {
    /// Objects judged, by kind.
    pub judged: IntCounterVec,
    /// Objects that could not be decoded, by kind.
    pub undecodable: IntCounterVec,
    /// Lists that began, by kind: one for each start, failure or audit.
    pub lists: IntCounterVec,
    readable: IntGaugeVec,
    restarts: IntCounterVec,
    contact: IntGaugeVec,
    watched: IntGaugeVec,
    unanswered: IntGaugeVec,
    /// What the whole objects take that custom checks look up.
    pub whole_objects_bytes: IntGauge,
    /// What they may take.
    pub whole_objects_limit: IntGauge,
    /// Objects that did not fit.
    pub whole_objects_left_out: IntGauge,
}

impl ReadingMetrics {
    pub(super) fn declare(counted: &Declare, declare: &Declare) -> Result<Self, Error> {
        Ok(Self {
            readable: declare.gauges(
                "kind_readable",
                "1 where a kind can be listed and watched, 0 where it cannot; nothing where the right is \
                 not given by default, and is not given.",
                &["kind"],
            )?,
            contact: declare.gauges(
                "kind_last_contact_timestamp_seconds",
                "When the API server last answered a list or a watch of a kind, in seconds since the \
                 epoch; a watch is renewed before `--silence` is over.",
                &["kind"],
            )?,
            watched: declare.gauges(
                "kind_watched",
                "1 where a kind is watched, or listed every five minutes where it cannot be; 0 where it is \
                 only listed on the schedule of a policy.",
                &["kind"],
            )?,
            restarts: declare.counters(
                "watch_restarts_total",
                "Lists and watches that broke and began again, by kind and cause.",
                &["kind", "reason"],
            )?,
            lists: declare.counters(
                "lists_total",
                "Complete lists that began, by kind.",
                &["kind"],
            )?,
            judged: declare.counters(
                "objects_judged_total",
                "Objects that were read and judged, by kind.",
                &["kind"],
            )?,
            undecodable: declare.counters(
                "objects_undecodable_total",
                "Objects that do not have the shape of their kind.",
                &["kind"],
            )?,
            unanswered: counted.gauges(
                "check_errors",
                "Objects about which a check cannot answer now: an expression fails, or what it looks up \
                 is not known.",
                &["check"],
            )?,
            whole_objects_bytes: declare.gauge(
                "whole_objects_bytes",
                "What the whole objects take that custom checks look up.",
            )?,
            whole_objects_limit: declare
                .gauge("whole_objects_limit_bytes", "What whole objects may take.")?,
            whole_objects_left_out: declare.gauge(
                "whole_objects_left_out",
                "Objects that checks look up and that do not fit.",
            )?,
        })
    }

    /// A kind was read.
    pub fn is_readable(&self, kind: &str) {
        self.readable.with_label_values(&[kind]).set(1);
    }

    /// A kind cannot be read; that is usual where the right is not given by default.
    pub fn is_unreadable(&self, kind: &str, reason: &str, is_usual: bool) {
        if is_usual {
            self.readable.remove_label_values(&[kind]).ok();
            self.contact.remove_label_values(&[kind]).ok();
            return;
        }
        self.restarts.with_label_values(&[kind, reason]).inc();
        self.readable.with_label_values(&[kind]).set(0);
    }

    /// A kind is not read any more.
    pub fn is_unread(&self, kind: &str) {
        self.readable.remove_label_values(&[kind]).ok();
        self.contact.remove_label_values(&[kind]).ok();
        self.watched.remove_label_values(&[kind]).ok();
    }

    /// Whether a kind is watched, or only listed on a schedule.
    pub fn is_watched(&self, kind: &str, is_watched: bool) {
        self.watched.with_label_values(&[kind]).set(is_watched.into());
    }

    /// The API server has answered a list or a watch of a kind.
    pub fn contact(&self, kind: &str, now: Timestamp) {
        self.contact.with_label_values(&[kind]).set(now.as_second());
    }

    /// Replaces the number of objects about which checks cannot answer.
    pub(super) fn tell_unanswered(&self, counts: &HashMap<&str, i64>) {
        self.unanswered.reset();
        for (check, count) in unanswered(counts) {
            self.unanswered.with_label_values(&[check]).set(count);
        }
    }
}
