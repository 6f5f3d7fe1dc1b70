//! What is exported of a large cluster, and of one that changes.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::*;
use crate::{
    api::{ActionItemStatus, ExemptionInForce, ExemptionOrigin, Severity, State},
    checks,
    checks::Category,
};

fn item(severity: Severity, state: State, category: &str) -> ActionItemStatus {
    let opened = Timestamp::from_second(1_700_000_000 + i64::from(severity.rank())).unwrap();
    let exemption = (state == State::Exempt).then(|| ExemptionInForce {
        from: Some(ExemptionOrigin::Decision.as_str().to_owned()),
        until: Some(Time(opened)),
        ..ExemptionInForce::default()
    });
    ActionItemStatus {
        state: Some(state),
        severity: Some(severity),
        category: Some(category.to_owned()),
        opened_at: Some(Time(opened)),
        due_at: Some(Time(opened)),
        exemption,
        ..ActionItemStatus::default()
    }
}

/// A replica that leads and has been told of these items.
struct Told {
    metrics: Arc<Metrics>,
    which: NamespaceSeries,
}

impl Told {
    fn new(which: NamespaceSeries) -> Self {
        let metrics = Metrics::new().unwrap();
        metrics.leader.set(1);
        Self { metrics, which }
    }

    fn of(&self, items: &[(String, &str, ActionItemStatus)], now: i64) -> &Self {
        let now = Timestamp::from_second(now).unwrap();
        let mut tally = Tally::default();
        for (namespace, check, status) in items {
            tally.add(namespace, check, status, now);
        }
        self.metrics.tell(&tally, &HashMap::new(), self.which, now);
        self
    }

    fn lines(&self) -> Vec<String> {
        let text = self.metrics.export().unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(ToOwned::to_owned).collect()
    }

    fn of_metric(&self, name: &str) -> Vec<String> {
        let lines = self.lines().into_iter();
        let rest = lines.filter_map(|line| line.strip_prefix(name).map(ToOwned::to_owned));
        rest.filter(|rest| rest.starts_with([' ', '{'])).collect()
    }
}

/// Two items in each of many namespaces, of every check, severity, category and state.
fn many(namespaces: usize) -> Vec<(String, &'static str, ActionItemStatus)> {
    let checks: Vec<&str> = checks::ALL.iter().map(|check| check.id).collect();
    let one = |number: usize| {
        let namespace = format!("team-{:04}", number % namespaces);
        let severity = Severity::ALL[(number + number / namespaces) % 5];
        let state = State::ALL[number / 5 % 4];
        let category = Category::ALL[number / 20 % 10].as_str();
        let owner = Some(format!("owner-{number}@example.com"));
        let status = ActionItemStatus { owner, ..item(severity, state, category) };
        (namespace, checks[number % checks.len()], status)
    };
    (0..2 * namespaces).map(one).collect()
}

/// As much as the rest of the instruments can hold on a large cluster.
fn fill_the_rest(metrics: &Metrics) {
    let now = Timestamp::UNIX_EPOCH;
    for kind in Kind::ALL.into_iter().map(Kind::label) {
        metrics.reading.lists.with_label_values(&[&*kind]).inc();
        metrics.reading.judged.with_label_values(&[&*kind]).inc();
        metrics.reading.contact(&kind, now);
        metrics.reading.is_watched(&kind, true);
        metrics.reading.is_unreadable(&kind, "Unavailable", false);
    }
    for number in 0..64 {
        let policy = format!("policy-{number}");
        metrics.audits.ended(&policy, ["policy", "schedule", "request"][number % 3], 1.0, false);
        let (next, score) = (Some(now), Some(50));
        metrics.audits.tell(PolicyFigures { name: &policy, last_success: next, next, score });
    }
    for verb in ["list", "watch", "get", "create", "patch", "delete", "replace"] {
        for code in [0, 200, 201, 403, 404, 409, 410, 429, 500, 503] {
            metrics.api_request(verb, code, Duration::ZERO);
        }
    }
    for controller in ["target", "policy"] {
        metrics.audits.decided(controller, true, Duration::ZERO);
        metrics.audits.decided(controller, false, Duration::ZERO);
    }
}

#[test]
fn the_number_of_series_has_a_bound() {
    let items = many(5000);
    let told = Told::new(NamespaceSeries::Top);
    fill_the_rest(&told.metrics);
    let started = Instant::now();
    let lines = told.of(&items, 1_800_000_000).lines();
    println!("{} series, counted and exported in {:?}", lines.len(), started.elapsed());
    assert!(lines.len() <= 2000, "{} series", lines.len());
    let named = told.of_metric("holystone_action_items");
    let is_named = |line: &&String| line.contains("namespace=\"team-");
    assert!(named.iter().filter(is_named).count() > 50, "the worst have their own");
    assert!(named.iter().any(|line| line.contains("namespace=\"(other)\"")));
    // Whatever is left out is counted, and everything once.
    let count = |line: &String| -> usize { line.rsplit_once(' ').unwrap().1.parse().unwrap() };
    assert_eq!(named.iter().map(count).sum::<usize>(), items.len());
    let checks = told.of_metric("holystone_action_items_by_check");
    assert_eq!(checks.iter().map(count).sum::<usize>(), items.len());
    assert!(checks.iter().any(|line| line.contains("check=\"(other)\"")));
    assert_eq!(told.of_metric("holystone_action_items_open_by_owner").len(), 26);

    let told = Told::new(NamespaceSeries::None);
    let named = told.of(&items, 1_800_000_000).of_metric("holystone_action_items");
    assert!(named.iter().all(|line| line.contains("namespace=\"(all)\"")), "{named:?}");
    assert_eq!(named.iter().map(count).sum::<usize>(), items.len());
    let told = Told::new(NamespaceSeries::All);
    let named = told.of(&items, 1_800_000_000).of_metric("holystone_action_items");
    assert_eq!(named.iter().filter(is_named).count(), named.len());
    assert!(named.len() > 5000);
}

#[test]
fn the_worst_namespaces_have_series_of_their_own() {
    let mut items = many(5000);
    let worst = item(Severity::Critical, State::Open, "pod-security");
    items.extend((0..9).map(|_| ("zoo".to_owned(), "privileged-container", worst.clone())));
    let told = Told::new(NamespaceSeries::Top);
    let named = told.of(&items, 1_800_000_000).of_metric("holystone_action_items");
    let own =
        "{category=\"pod-security\",namespace=\"zoo\",severity=\"critical\",state=\"Open\"} 9";
    assert!(named.contains(&own.to_owned()), "{named:?}");
}

#[test]
fn what_has_gone_is_zero_for_an_hour() {
    let told = Told::new(NamespaceSeries::Top);
    let now = 1_800_000_000;
    let open = item(Severity::High, State::Open, "tea");
    let exempt = item(Severity::Low, State::Exempt, "images");
    let items = [("shop".to_owned(), "one", open), ("shop".to_owned(), "two", exempt)];
    told.of(&items, now);
    let open = |count| {
        let labels = "category=\"(other)\",namespace=\"shop\",severity=\"high\",state=\"Open\"";
        format!("{{{labels}}} {count}")
    };
    assert!(told.of_metric("holystone_action_items").contains(&open(1)));
    let overdue = "holystone_action_items_overdue";
    let high = |count| format!("{{namespace=\"shop\",severity=\"high\"}} {count}");
    assert!(told.of_metric(overdue).contains(&high(1)));
    let oldest = "holystone_action_items_oldest_open_timestamp_seconds";
    assert_eq!(told.of_metric(oldest), [high(1_700_000_002)]);
    let ends = "holystone_exemption_earliest_end_timestamp_seconds";
    let end = "{from=\"decision\",namespace=\"shop\"} 1700000004";
    assert_eq!(told.of_metric(ends), [end]);

    told.of(&[], now + 10);
    assert!(told.of_metric("holystone_action_items").contains(&open(0)));
    assert!(told.of_metric(overdue).contains(&high(0)));
    assert!(told.of_metric(oldest).is_empty() && told.of_metric(ends).is_empty());
    told.of(&[], now + 3599);
    assert_eq!(told.of_metric("holystone_action_items").len(), 2);
    told.of(&[], now + 3600);
    assert!(told.of_metric("holystone_action_items").is_empty());
}

#[test]
fn only_a_leader_tells_of_the_cluster() {
    let told = Told::new(NamespaceSeries::Top);
    let now = Timestamp::now() + SignedDuration::from_secs(1);
    told.of(&many(3), now.as_second());
    assert!(!told.of_metric("holystone_action_items").is_empty());
    assert_eq!(told.of_metric("holystone_leader"), [" 1"]);
    told.metrics.leader.set(0);
    let of_the_leader = told.metrics.declared().iter();
    let of_the_leader = of_the_leader.filter(|one| one.exporter == Exporter::Leader);
    let names: Vec<_> = of_the_leader.map(|one| one.name.as_str()).collect();
    assert!(names.contains(&"holystone_findings_cut") && names.len() > 20);
    for name in names {
        assert!(told.of_metric(name).is_empty(), "{name}");
    }
    assert_eq!(told.of_metric("holystone_leader"), [" 0"]);
    assert_eq!(told.of_metric("holystone_build_info").len(), 1);
}

#[test]
fn an_owner_is_a_word_or_is_not_told() {
    let told = Told::new(NamespaceSeries::Top);
    let open = item(Severity::High, State::Open, "images");
    let owned = |owner: Option<&str>| {
        let status = ActionItemStatus { owner: owner.map(ToOwned::to_owned), ..open.clone() };
        ("shop".to_owned(), "one", status)
    };
    let texts = [Some("a b"), Some("line\nbreak"), Some("\u{e9}t\u{e9}")].map(owned);
    let words = [Some("team-a@example.com"), Some("team-a@example.com"), None].map(owned);
    let items: Vec<_> = texts.into_iter().chain(words).collect();
    let owners = told.of(&items, 1_800_000_000).of_metric("holystone_action_items_open_by_owner");
    let expected =
        ["{owner=\"(none)\"} 1", "{owner=\"(other)\"} 3", "{owner=\"team-a@example.com\"} 2"];
    assert_eq!(owners, expected);
}

#[test]
fn paths_of_the_api_server_are_understood() {
    let told = Told::new(NamespaceSeries::Top);
    let now = Timestamp::from_second(7).unwrap();
    for path in [
        "/api/v1/pods",
        "/proxy/of/a/vendor/apis/apps/v1/deployments",
        "/apis/holystone.dev/v1alpha1/actionitems",
        "/apis/holystone.dev/v1alpha1/namespaces/shop/actionitems",
        "/version",
    ] {
        told.metrics.contact(path, now);
    }
    let contacts = told.of_metric("holystone_kind_last_contact_timestamp_seconds");
    let expected = ["{kind=\"ActionItem\"} 7", "{kind=\"Deployment\"} 7", "{kind=\"Pod\"} 7"];
    assert_eq!(contacts, expected);
}

#[cfg(target_os = "linux")]
#[test]
fn the_process_is_measured() {
    let told = Told::new(NamespaceSeries::Top);
    let value = |name: &str| -> f64 { told.of_metric(name)[0].trim().parse().unwrap() };
    assert!(value("process_resident_memory_bytes") > 1e6);
    assert!(value("process_virtual_memory_bytes") > value("process_resident_memory_bytes"));
    assert!(value("process_open_fds") >= 3.0 && value("process_max_fds") >= 64.0);
    assert!(value("process_threads") >= 1.0 && value("process_cpu_seconds_total") >= 0.0);
    let started = value("process_start_time_seconds");
    let age = Timestamp::now().as_second() as f64 - started;
    assert!((-2.0..3600.0).contains(&age), "started {age} s ago");
}
