use jiff::{Timestamp, tz::TimeZone};

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cron, Crontab, Kind, Object as ClusterObject},
};

check! {
    /// CronJobs run when they are due, and succeed.
    ///
    /// ## Why
    ///
    /// Nobody waits for a nightly job. That it has not run for a week, or has failed each time, is
    /// mostly noticed when its result is needed.
    ///
    /// ## Fix
    ///
    /// Look at its events and at its last Jobs:
    ///
    /// ```sh
    /// kubectl describe cronjob NAME
    /// kubectl get jobs --sort-by .metadata.creationTimestamp
    /// ```
    ///
    /// Found are CronJobs that have missed two runs: two times have come round since the last Job was
    /// made, or since the CronJob was. Found is also one whose last two runs have not succeeded, by
    /// `status.lastSuccessfulTime`, while no Job of it runs, and one whose schedule never comes round
    /// (`0 0 30 2 *`). A suspended CronJob is not judged, nor is one whose schedule cannot be read.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/>
    /// - Popeye `POP-1501`, `POP-1502`, `POP-1503`
    "cronjob-not-running", Reliability, Low, Standard, Timed(&[Kind::CronJob], run),
    remediation: "look at the events of the CronJob and at its last Jobs",
}

/// The controller takes its time, in seconds.
const PATIENCE: i64 = 300;

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Some(cron) = workload.cron.as_ref().filter(|cron| !cron.suspend) else {
        return Verdict::NotApplicable;
    };
    let Some((crontab, zone)) = timetable(cron) else { return Verdict::NotApplicable };
    let time = |seconds: i64| Timestamp::from_second(seconds).ok();
    // Of a file nothing is known but what is to be.
    let Some(created) = cron.created_at.and_then(time) else { return Verdict::NotApplicable };
    if crontab.next_after(created, &zone).is_none() {
        let evidence =
            Evidence::at("/spec/schedule", cron.schedule.to_string(), "a day that comes");
        return Verdict::fail("the schedule never comes round", [evidence]);
    }
    let second_run_after = |time| crontab.next_after(crontab.next_after(time, &zone)?, &zone);
    let last = cron.last_schedule.and_then(time);
    let missed = second_run_after(last.unwrap_or(created));
    if missed.is_some_and(|due| context.now().as_second() - due.as_second() > PATIENCE) {
        let found = last.map_or("never".to_owned(), |last| last.to_string());
        let evidence = Evidence::at("/status/lastScheduleTime", found, "a run when it is due");
        return Verdict::fail("two runs were missed", [evidence]);
    }
    let success = cron.last_success.and_then(time);
    let failed = second_run_after(success.unwrap_or(created));
    let has_failed = failed.zip(last).is_some_and(|(second, last)| second <= last);
    if !has_failed || cron.is_active {
        return Verdict::Pass;
    }
    let found = success.map_or("never".to_owned(), |success| success.to_string());
    let evidence = Evidence::at("/status/lastSuccessfulTime", found, "a success");
    Verdict::fail("the last Jobs have failed", [evidence])
}

/// The schedule and its zone; the controller manager's own is taken for UTC.
fn timetable(cron: &Cron) -> Option<(Crontab, TimeZone)> {
    let crontab = Crontab::parse(&cron.schedule).ok()?;
    let zone = match cron.time_zone.as_deref() {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(name).ok()?,
    };
    Some((crontab, zone))
}
