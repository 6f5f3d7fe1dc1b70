//! What is read of a `CronJob` beside its template.

use compact_str::CompactString;

/// When a `CronJob` makes Jobs, and when it last did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cron {
    /// Five fields, or a macro.
    pub schedule: CompactString,
    /// An IANA name; absent is the zone of the controller manager, mostly UTC.
    pub time_zone: Option<CompactString>,
    /// Defaulted to false.
    pub suspend: bool,
    /// Defaulted to `Allow`.
    pub concurrency_policy: CompactString,
    /// How late a Job may begin, in seconds.
    pub starting_deadline_seconds: Option<i64>,
    /// `metadata.creationTimestamp`, in seconds since the epoch, like the other times.
    pub created_at: Option<i64>,
    /// `status.lastScheduleTime`.
    pub last_schedule: Option<i64>,
    /// `status.lastSuccessfulTime`.
    pub last_success: Option<i64>,
    /// Whether one of its Jobs runs.
    pub is_active: bool,
}
