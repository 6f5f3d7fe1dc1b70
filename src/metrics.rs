//! Every instrument, declared once. Labels have few values and never a free text.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use prometheus::{
    Encoder, GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

/// All instruments, and the registry that they are exported from.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    items: IntGaugeVec,
    /// Items that are open beyond their time.
    pub overdue: IntGauge,
    /// What happened to items, by the reasons of events.
    pub transitions: IntCounterVec,
    /// When the last full audit of a policy ended, in seconds since the epoch.
    pub audit_last_success: GaugeVec,
    /// How long full audits take.
    pub audit_duration: HistogramVec,
    /// Objects judged, by kind.
    pub objects_judged: IntCounterVec,
    /// Objects that could not be decoded, by kind.
    pub undecodable: IntCounterVec,
    /// 1 where a kind can be read, 0 where it cannot.
    pub kind_readable: IntGaugeVec,
    /// Lists that began, by kind: one for each start, failure or audit.
    pub lists: IntCounterVec,
    /// Findings that there is no room for.
    pub findings_cut: IntGauge,
    /// What the whole objects take that custom checks look up.
    pub whole_objects_bytes: IntGauge,
    /// What they may take.
    pub whole_objects_limit: IntGauge,
    /// Objects that did not fit.
    pub whole_objects_left_out: IntGauge,
    /// Writes that wait.
    pub write_queue: IntGauge,
    /// Writes by how they ended.
    pub writes: IntCounterVec,
    /// Events by how they ended.
    pub events: IntCounterVec,
    /// Names of items that two identities hash to.
    pub collisions: IntCounter,
    /// Foreign objects that stood on the names of items.
    pub foreign: IntCounter,
    /// Whether this replica leads.
    pub leader: IntGauge,
    requests: IntCounterVec,
    request_duration: HistogramVec,
}

impl Metrics {
    /// Declares all instruments.
    pub fn new() -> Result<Arc<Self>, prometheus::Error> {
        let declare = Declare(Registry::new_custom(Some("holystone".to_owned()), None)?);
        let build =
            declare.gauges("build_info", "Version of the program; always 1.", &["version"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(Arc::new(Self {
            items: declare.gauges(
                "action_items",
                "ActionItems by namespace, severity and state.",
                &["namespace", "severity", "state"],
            )?,
            overdue: declare
                .gauge("action_items_overdue", "ActionItems that are open beyond their time.")?,
            transitions: declare.counters(
                "action_item_transitions_total",
                "What happened to ActionItems, by the reason of the event that tells it.",
                &["to"],
            )?,
            audit_last_success: declare.times(
                "audit_last_success_timestamp_seconds",
                "When the last full audit of a policy ended.",
                &["policy"],
            )?,
            audit_duration: declare.durations(
                "audit_duration_seconds",
                "How long full audits take.",
                &["policy"],
                &[0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0],
            )?,
            objects_judged: declare.counters(
                "objects_judged_total",
                "Objects that were read and judged, by kind.",
                &["kind"],
            )?,
            undecodable: declare.counters(
                "objects_undecodable_total",
                "Objects that do not have the shape of their kind.",
                &["kind"],
            )?,
            kind_readable: declare.gauges(
                "kind_readable",
                "1 where a kind can be listed and watched, 0 where it cannot.",
                &["kind"],
            )?,
            lists: declare.counters(
                "lists_total",
                "Complete lists that began, by kind.",
                &["kind"],
            )?,
            findings_cut: declare
                .gauge("findings_cut", "Findings for which there is no room as an ActionItem.")?,
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
            write_queue: declare.gauge("write_queue_length", "Writes that wait.")?,
            writes: declare.counters(
                "writes_total",
                "Writes of ActionItems by how they ended.",
                &["result"],
            )?,
            events: declare.counters(
                "events_total",
                "Events by how they ended; `dropped` are those beyond the budget.",
                &["result"],
            )?,
            collisions: declare
                .counter("item_name_collisions_total", "Names that two identities hash to.")?,
            foreign: declare
                .counter("foreign_items_total", "Foreign objects found on the names of items.")?,
            leader: declare.gauge("leader", "1 while this replica leads.")?,
            requests: declare.counters(
                "api_requests_total",
                "Requests to the API server by verb and status code; 0 is no answer.",
                &["verb", "code"],
            )?,
            request_duration: declare.durations(
                "api_request_duration_seconds",
                "Time until the API server begins its answer, by verb.",
                &["verb"],
                &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0],
            )?,
            registry: declare.0,
        }))
    }

    /// Counts one answered request.
    pub fn api_request(&self, verb: &str, code: u16, elapsed: Duration) {
        self.requests.with_label_values(&[verb, &code.to_string()]).inc();
        self.request_duration.with_label_values(&[verb]).observe(elapsed.as_secs_f64());
    }

    /// Replaces the counts of items by namespace, severity and state.
    pub fn set_items(&self, counts: &BTreeMap<(Arc<str>, &'static str, &'static str), i64>) {
        self.items.reset();
        for ((namespace, severity, state), count) in counts {
            self.items.with_label_values(&[&**namespace, *severity, *state]).set(*count);
        }
    }

    /// Everything in the text format of Prometheus.
    pub fn export(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// Makes instruments and registers them.
struct Declare(Registry);

impl Declare {
    fn counters(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntCounterVec, prometheus::Error> {
        self.register(IntCounterVec::new(Opts::new(name, help), labels)?)
    }

    fn counter(&self, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
        self.register(IntCounter::new(name, help)?)
    }

    fn gauges(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntGaugeVec, prometheus::Error> {
        self.register(IntGaugeVec::new(Opts::new(name, help), labels)?)
    }

    fn times(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<GaugeVec, prometheus::Error> {
        self.register(GaugeVec::new(Opts::new(name, help), labels)?)
    }

    fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
        self.register(IntGauge::new(name, help)?)
    }

    fn durations(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        seconds: &[f64],
    ) -> Result<HistogramVec, prometheus::Error> {
        let options = HistogramOpts::new(name, help).buckets(seconds.to_vec());
        self.register(HistogramVec::new(options, labels)?)
    }

    fn register<T: prometheus::core::Collector + Clone + 'static>(
        &self,
        instrument: T,
    ) -> Result<T, prometheus::Error> {
        self.0.register(Box::new(instrument.clone()))?;
        Ok(instrument)
    }
}
