//! Declares instruments, and keeps what was declared: the page of the documentation is made of it.

use std::cell::RefCell;

use prometheus::{
    Error, Gauge, GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry,
};

/// Which replicas export an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exporter {
    /// Every replica.
    Every,
    /// The leader, for as long as it leads: sums over replicas are true.
    Leader,
}

/// What is known of an instrument before it has measured anything.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its whole name.
    pub name: String,
    /// `counter`, `gauge` or `histogram`.
    pub form: &'static str,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// What it says.
    pub help: String,
    /// Who exports it.
    pub exporter: Exporter,
}

/// Makes instruments and registers them.
pub(super) struct Declare {
    pub(super) exporter: Exporter,
    pub(super) prefix: &'static str,
    pub(super) registry: Registry,
    pub(super) declared: RefCell<Vec<Declared>>,
}

impl Declare {
    pub(super) fn new(exporter: Exporter, prefix: &'static str) -> Result<Self, Error> {
        let name = Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty());
        let registry = Registry::new_custom(name, None)?;
        Ok(Self { exporter, prefix, registry, declared: RefCell::default() })
    }

    pub(super) fn counters(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntCounterVec, Error> {
        self.register(IntCounterVec::new(Opts::new(name, help), labels)?, "counter")
    }

    pub(super) fn counter(&self, name: &str, help: &str) -> Result<IntCounter, Error> {
        self.register(IntCounter::new(name, help)?, "counter")
    }

    /// A counter of what is no whole number.
    pub(super) fn seconds_counter(
        &self,
        name: &str,
        help: &str,
    ) -> Result<prometheus::Counter, Error> {
        self.register(prometheus::Counter::new(name, help)?, "counter")
    }

    pub(super) fn gauges(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntGaugeVec, Error> {
        self.register(IntGaugeVec::new(Opts::new(name, help), labels)?, "gauge")
    }

    pub(super) fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, Error> {
        self.register(IntGauge::new(name, help)?, "gauge")
    }

    /// A gauge of what is no whole number.
    pub(super) fn seconds(&self, name: &str, help: &str) -> Result<Gauge, Error> {
        self.register(Gauge::new(name, help)?, "gauge")
    }

    /// Gauges of what is no whole number.
    pub(super) fn seconds_by(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<GaugeVec, Error> {
        self.register(GaugeVec::new(Opts::new(name, help), labels)?, "gauge")
    }

    pub(super) fn durations(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        seconds: &[f64],
    ) -> Result<HistogramVec, Error> {
        let options = HistogramOpts::new(name, help).buckets(seconds.to_vec());
        self.register(HistogramVec::new(options, labels)?, "histogram")
    }

    fn register<T: prometheus::core::Collector + Clone + 'static>(
        &self,
        instrument: T,
        form: &'static str,
    ) -> Result<T, Error> {
        self.registry.register(Box::new(instrument.clone()))?;
        let mut declared = self.declared.borrow_mut();
        declared.extend(instrument.desc().into_iter().map(|known| Declared {
            name: match self.prefix {
                "" => known.fq_name.clone(),
                prefix => format!("{prefix}_{}", known.fq_name),
            },
            form,
            labels: known.variable_labels.clone(),
            help: known.help.clone(),
            exporter: self.exporter,
        }));
        Ok(instrument)
    }
}
