//! Every instrument, declared once. Labels have few values and never a free text; the number of
//! series has a bound, however large the cluster is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use prometheus::{Error, HistogramVec, IntCounterVec, IntGauge, Registry, TextEncoder};

use crate::{api, model::Kind};

mod audits;
mod declare;
mod items;
mod page;
mod process;
mod reading;
mod tally;
mod writing;

pub use audits::{AuditMetrics, PolicyFigures};
pub use declare::{Declared, Exporter};
pub use items::ItemMetrics;
pub use page::page;
pub use reading::ReadingMetrics;
pub use tally::{NamespaceSeries, OTHER, Tally};
pub use writing::WritingMetrics;

use declare::Declare;
use process::Process;

/// All instruments, and the registries that they are exported from.
#[derive(Debug)]
pub struct Metrics {
    /// Whether this replica leads: only then the instruments of the leader are exported.
    pub leader: IntGauge,
    /// Of items.
    pub items: ItemMetrics,
    /// Of audits.
    pub audits: AuditMetrics,
    /// Of reading.
    pub reading: ReadingMetrics,
    /// Of writing.
    pub writing: WritingMetrics,
    requests: IntCounterVec,
    request_durations: HistogramVec,
    process: Process,
    /// By every replica, by the leader, of the process.
    registries: [Registry; 3],
    declared: Vec<Declared>,
    /// Of what is counted anew from all items, which is the most.
    counted: Registry,
    /// The same as text, until it is counted anew. Held while it is: nobody sees half of it.
    told: Mutex<Option<String>>,
}

impl Metrics {
    /// Declares all instruments.
    pub fn new() -> Result<Arc<Self>, Error> {
        let of_the_leader = Declare::new(Exporter::Leader, "holystone")?;
        let counted = Declare::new(Exporter::Leader, "holystone")?;
        let everywhere = Declare::new(Exporter::Every, "holystone")?;
        let of_the_process = Declare::new(Exporter::Every, "")?;
        let build =
            everywhere.gauges("build_info", "Version of the program; always 1.", &["version"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(Arc::new(Self {
            items: ItemMetrics::declare(&counted, &of_the_leader)?,
            audits: AuditMetrics::declare(&of_the_leader)?,
            reading: ReadingMetrics::declare(&counted, &of_the_leader)?,
            writing: WritingMetrics::declare(&of_the_leader)?,
            leader: everywhere.gauge("leader", "1 while this replica leads.")?,
            requests: everywhere.counters(
                "api_requests_total",
                "Requests to the API server by verb and status code; 0 is no answer.",
                &["verb", "code"],
            )?,
            request_durations: everywhere.durations(
                "api_request_duration_seconds",
                "Time until the API server begins its answer, by verb.",
                &["verb"],
                &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0],
            )?,
            process: Process::declare(&of_the_process)?,
            declared: [&counted, &of_the_leader, &everywhere, &of_the_process]
                .into_iter()
                .flat_map(|declare| declare.declared.take())
                .collect(),
            registries: [everywhere.registry, of_the_leader.registry, of_the_process.registry],
            counted: counted.registry,
            told: Mutex::default(),
        }))
    }

    /// Everything that is declared, in the order of the documentation.
    #[must_use]
    pub fn declared(&self) -> &[Declared] {
        &self.declared
    }

    /// Counts one answered request.
    pub fn api_request(&self, verb: &str, code: u16, elapsed: Duration) {
        self.requests.with_label_values(&[verb, &code.to_string()]).inc();
        self.request_durations.with_label_values(&[verb]).observe(elapsed.as_secs_f64());
    }

    /// The API server has answered a list or a watch.
    pub fn contact(&self, path: &str, now: Timestamp) {
        let words: Vec<&str> = path.split('/').collect();
        let (group, plural) = match words.as_slice() {
            [.., "apis", group, _, plural] => (*group, *plural),
            [.., "api", _, plural] => ("", *plural),
            _ => return,
        };
        match (group, plural) {
            (api::GROUP, "actionitems") => self.reading.contact("ActionItem", now),
            (api::GROUP, "auditpolicies") => self.reading.contact("AuditPolicy", now),
            _ => {
                let kind = Kind::of_path(group, plural);
                kind.into_iter().for_each(|kind| self.reading.contact(&kind.label(), now));
            }
        }
    }

    /// Replaces the counts of items, and of the objects about which checks cannot answer.
    pub fn tell(
        &self,
        items: &Tally<'_>,
        unanswered: &HashMap<&str, i64>,
        which: NamespaceSeries,
        now: Timestamp,
    ) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        self.items.tell(items, which, now);
        self.reading.tell_unanswered(unanswered);
        *told = None;
    }

    /// What was told last, as text.
    fn told(&self) -> Result<String, Error> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = &*told {
            return Ok(text.clone());
        }
        let text = text(&self.counted)?;
        Ok(told.insert(text).clone())
    }

    /// Everything in the text format of Prometheus.
    pub fn export(&self) -> Result<String, Error> {
        let [everywhere, of_the_leader, of_the_process] = &self.registries;
        let mut all = text(everywhere)?;
        if self.leader.get() == 1 {
            all += &text(of_the_leader)?;
            all += &self.told()?;
        }
        if self.process.look() {
            all += &text(of_the_process)?;
        }
        Ok(all)
    }
}

fn text(registry: &Registry) -> Result<String, Error> {
    let mut text = String::new();
    TextEncoder::new().encode_utf8(&registry.gather(), &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
