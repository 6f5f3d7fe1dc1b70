//! What the process takes of the machine, under the names that every dashboard knows. Linux tells it
//! in `/proc`; elsewhere nothing is told.

use std::{fs, time::SystemTime};

use prometheus::{Counter, Error, Gauge, IntGauge};

use super::declare::Declare;

/// The unit of times in `/proc`, the same on every processor that Linux of today runs on.
const TICKS_A_SECOND: f64 = 100.0;

#[derive(Debug)]
pub(super) struct Process {
    cpu: Counter,
    resident: IntGauge,
    virtual_memory: IntGauge,
    threads: IntGauge,
    open_files: IntGauge,
    most_files: IntGauge,
    started: Gauge,
}

impl Process {
    pub(super) fn declare(declare: &Declare) -> Result<Self, Error> {
        Ok(Self {
            cpu: declare.seconds_counter(
                "process_cpu_seconds_total",
                "Processor time that the process has used, in seconds.",
            )?,
            resident: declare.gauge(
                "process_resident_memory_bytes",
                "Memory that the process holds, in bytes.",
            )?,
            virtual_memory: declare
                .gauge("process_virtual_memory_bytes", "Address space of the process, in bytes.")?,
            threads: declare.gauge("process_threads", "Threads of the process.")?,
            open_files: declare
                .gauge("process_open_fds", "Files and connections that are open.")?,
            most_files: declare
                .gauge("process_max_fds", "Files and connections that may be open.")?,
            started: declare.seconds(
                "process_start_time_seconds",
                "When the process started, in seconds since the epoch.",
            )?,
        })
    }

    /// Looks at the process as it is now; answers whether the system tells.
    pub(super) fn look(&self) -> bool {
        let Some(stat) = Stat::read() else { return false };
        self.cpu.inc_by((stat.cpu - self.cpu.get()).max(0.0));
        if self.started.get() <= 0.0 {
            stat.started().into_iter().for_each(|started| self.started.set(started));
        }
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let number = |key: &str| -> Option<i64> {
            let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let kibibytes = |key| number(key).map(|count| count << 10);
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let limit = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
        let limit = limit.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        let open = fs::read_dir("/proc/self/fd").ok();
        let open = open.and_then(|files| i64::try_from(files.count()).ok());
        for (gauge, value) in [
            (&self.resident, kibibytes("VmRSS")),
            (&self.virtual_memory, kibibytes("VmSize")),
            (&self.threads, number("Threads")),
            (&self.open_files, open),
            (&self.most_files, limit),
        ] {
            value.into_iter().for_each(|value| gauge.set(value));
        }
        true
    }
}

/// What `/proc/self/stat` says of time.
struct Stat {
    /// Seconds of processor time.
    cpu: f64,
    /// Seconds from the start of the machine to that of the process.
    after_boot: f64,
}

impl Stat {
    fn read() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The name of the program may hold anything, but its parenthesis is the last one.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let seconds = |place: usize| -> Option<f64> {
            Some(fields.get(place)?.parse::<f64>().ok()? / TICKS_A_SECOND)
        };
        Some(Self { cpu: seconds(11)? + seconds(12)?, after_boot: seconds(19)? })
    }

    /// Seconds since the epoch, to the hundredth.
    fn started(&self) -> Option<f64> {
        let uptime = fs::read_to_string("/proc/uptime").ok()?;
        let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(((now.as_secs_f64() - uptime + self.after_boot) * 100.0).round() / 100.0)
    }
}
