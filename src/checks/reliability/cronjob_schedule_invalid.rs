use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cron, Crontab, Kind, Object as ClusterObject, is_time_zone},
};

check! {
    /// Schedules of CronJobs can be read.
    ///
    /// ## Why
    ///
    /// The API server refuses a CronJob whose schedule or time zone it cannot read, and with it the
    /// release. An old CronJob with a time zone in its schedule stays, and cannot be made again.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   schedule: "30 3 * * MON-FRI"    # minute, hour, day, month, weekday from 0 to 6
    ///   timeZone: Europe/Paris
    /// ```
    ///
    /// Accepted are exactly the schedules that the API server accepts: five fields, `@hourly`,
    /// `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`, and `@every 1h30m`. Other
    /// programs know more: seconds, a weekday 7, `L`, `#`. A `TZ=` or `CRON_TZ=` belongs into
    /// `timeZone`, whose name is compared letter by letter.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax>
    /// - Datree 8
    "cronjob-schedule-invalid", Reliability, Medium, Standard, Object(&[Kind::CronJob], run),
    remediation: "write five cron fields or a macro, and an IANA name in `timeZone`",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Some(cron) = &workload.cron else { return Verdict::NotApplicable };
    let Cron { schedule, time_zone, .. } = &**cron;
    let mut evidence = Vec::new();
    let mut problems = Vec::new();
    if let Err(error) = Crontab::parse(schedule) {
        problems.push(format!("schedule `{schedule}` cannot be read: {error}"));
        evidence.push(Evidence::at(
            "/spec/schedule",
            schedule.to_string(),
            "five fields or a macro",
        ));
    }
    let is_zone = time_zone.as_deref().map(|zone| (zone, is_time_zone(zone)));
    if let Some((zone, Some(false))) = is_zone {
        problems.push(format!("`{zone}` is not a time zone"));
        evidence.push(Evidence::at("/spec/timeZone", zone.to_owned(), "an IANA name"));
    }
    if problems.is_empty() && matches!(is_zone, Some((_, None))) {
        return Verdict::Unknown("there is no database of time zones".into());
    }
    Verdict::unless_empty(evidence, |_| problems.join(", and "))
}
