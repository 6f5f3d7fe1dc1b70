//! Holds the profiles `pss-baseline` and `pss-restricted` against the test data of
//! kubernetes/pod-security-admission: every row at its own version.
//!
//! The data is not part of this repository: `HOLYSTONE_CORPORA` names the folder of `pss.jsonl` and
//! `pss-objects.json`.

use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use holystone::{
    checks::{self, Context, Verdict},
    model::{Cluster, Kind, Object, decode},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// How many rows there are: fewer would prove less.
const ROWS: usize = 4537;

/// One row of `pss.jsonl`.
#[derive(Deserialize)]
struct Row {
    level: String,
    version: String,
    file: String,
    control: String,
    expected: String,
    object: String,
}

fn folder() -> PathBuf {
    std::env::var_os("HOLYSTONE_CORPORA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"),
        PathBuf::from,
    )
}

/// The checks that stand for a control; none for a row that names no control.
fn checks_of(control: &str) -> &'static [&'static str] {
    match control {
        "allowprivilegeescalation" => &["privilege-escalation-allowed"],
        "apparmorprofile" => &["apparmor-profile-forbidden"],
        "capabilities_baseline" => &["capability-added-beyond-default"],
        "capabilities_restricted" => &["capabilities-restricted-profile"],
        "hostnamespaces" => &["host-network", "host-pid", "host-ipc"],
        "hostpathvolumes" => &["host-path-volume"],
        "hostports" => &["host-port"],
        "hostprobesandhostlifecycle" => &["probe-or-hook-host-set"],
        "privileged" => &["privileged-container"],
        "procmount" | "procmount_restricted" => &["proc-mount-unmasked"],
        "restrictedvolumes" => &["volume-type-restricted"],
        "runasnonroot" => &["run-as-non-root-not-enforced"],
        "runasuser" => &["run-as-user-root"],
        "seccompprofile_baseline" => &["seccomp-unconfined"],
        "seccompprofile_restricted" => &["seccomp-profile-missing"],
        "selinuxoptions" => &["selinux-options-forbidden"],
        "sysctls" => &["sysctl-unsafe"],
        "windowshostprocess" => &["windows-host-process"],
        base if base.starts_with("base") => &[],
        other => panic!("unknown control `{other}`"),
    }
}

/// The checks of a profile that fail at a version.
fn failing(profile: &str, minor: u16, object: &Object) -> Vec<&'static str> {
    let checks = checks::profile(profile).unwrap().into_iter();
    checks
        .filter(|check| {
            let parameters = checks::profile_parameters(profile, check.id);
            let parameters = check.parse_parameters(parameters.as_ref()).unwrap();
            let context = Context::new(&parameters, minor, Timestamp::UNIX_EPOCH);
            let verdict = check.judge(object, &Cluster::default(), &context);
            assert!(!matches!(verdict, Verdict::Unknown(_)), "{}: {verdict:?}", check.id);
            matches!(verdict, Verdict::Fail(_))
        })
        .map(|check| check.id)
        .collect()
}

/// Whether a pod fails a level as a whole, by the check of that level.
fn fails(level: &str, minor: u16, object: &Object) -> bool {
    let check = checks::find(&format!("pod-security-{level}")).unwrap();
    let parameters = check.parse_parameters(None).unwrap();
    let context = Context::new(&parameters, minor, Timestamp::UNIX_EPOCH);
    let mut cluster = Cluster::default();
    cluster.set_complete(Kind::Namespace, true);
    matches!(check.judge(object, &cluster, &context), Verdict::Fail(_))
}

/// What is wrong with our answer, if anything.
fn problem(row: &Row, failing: &[&str]) -> Option<&'static str> {
    let wanted = checks_of(&row.control);
    match row.expected.as_str() {
        "pass" if failing.is_empty() => None,
        "pass" => Some("should pass"),
        "fail" if failing.is_empty() => Some("should fail"),
        "fail" if wanted.is_empty() || failing.iter().any(|id| wanted.contains(id)) => None,
        "fail" => Some("fails, and not for its control"),
        other => panic!("unknown expectation `{other}`"),
    }
}

#[test]
fn verdicts_are_those_of_pod_security_admission() {
    let folder = folder();
    let read = |name: &str| fs::read_to_string(folder.join(name));
    let (rows, objects) = match (read("pss.jsonl"), read("pss-objects.json")) {
        (Ok(rows), Ok(objects)) => (rows, objects),
        (Err(error), _) | (_, Err(error)) => {
            // Written past the capture of the test harness: a skipped suite has to be seen.
            let _ = writeln!(
                io::stderr(),
                "skipped: cannot read the rows of pod-security-admission in {}: {error}; \
                 HOLYSTONE_CORPORA names their folder",
                folder.display()
            );
            return;
        }
    };
    let objects: HashMap<String, Value> = serde_json::from_str(&objects).unwrap();
    let objects: HashMap<_, _> = objects
        .into_iter()
        .map(|(key, object)| (key, decode(Kind::Pod, &object.to_string()).unwrap()))
        .collect();
    let rows: Vec<Row> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut problems = Vec::new();
    for row in &rows {
        let minor = row.version.strip_prefix("1.").unwrap().parse().unwrap();
        let failing = failing(&format!("pss-{}", row.level), minor, &objects[&row.object]);
        let whole = fails(&row.level, minor, &objects[&row.object]);
        assert_eq!(whole, !failing.is_empty(), "{} {}", row.version, row.file);
        if let Some(problem) = problem(row, &failing) {
            let Row { level, version, file, .. } = row;
            problems.push(format!("{level} {version} {file}: {problem}; failing: {failing:?}"));
        }
    }
    println!("{} of {} rows agree", rows.len() - problems.len(), rows.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(rows.len(), ROWS);
}

/// The API server writes `hostPort` into a Pod on the network of its node, before admission sees
/// it; into a template it does not.
#[test]
fn a_pod_on_the_network_of_its_node_opens_ports_there() {
    let spec = r#"{"hostNetwork": true, "containers": [{"ports": [{"containerPort": 80}]}]}"#;
    let pod = decode(Kind::Pod, &format!(r#"{{"spec": {spec}}}"#)).unwrap();
    assert_eq!(failing("pss-baseline", 37, &pod), ["host-network", "host-port"]);
    let json = format!(r#"{{"spec": {{"template": {{"spec": {spec}}}}}}}"#);
    let deployment = decode(Kind::Deployment, &json).unwrap();
    assert_eq!(failing("pss-baseline", 37, &deployment), ["host-network"]);
}

/// Demands that a check begins or ends to fail at a version.
fn assert_change(check: &str, spec: &Value, since: u16, fails: bool) {
    let pod = decode(Kind::Pod, &json!({"spec": spec}).to_string()).unwrap();
    for (minor, fails) in [(since - 1, !fails), (since, fails)] {
        let found = failing("pss-restricted", minor, &pod).contains(&check);
        assert_eq!(found, fails, "{check} at 1.{minor}: {spec}");
    }
}

#[test]
fn rules_change_at_their_versions() {
    let bare = json!({"containers": [{"name": "app"}]});
    let windows = json!({"os": {"name": "windows"}, "containers": [{"name": "app"}]});
    for (check, begins) in [
        ("privilege-escalation-allowed", 8),
        ("capabilities-restricted-profile", 22),
        ("seccomp-profile-missing", 19),
    ] {
        assert_change(check, &bare, begins, true);
        assert_change(check, &windows, 25, false);
    }
    let own_users = json!({"hostUsers": false, "containers": [{"name": "app"}]});
    let own_root = json!({"hostUsers": false, "securityContext": {"runAsUser": 0}});
    assert_change("run-as-non-root-not-enforced", &own_users, 35, false);
    assert_change("run-as-user-root", &own_root, 35, false);
    assert_change("run-as-user-root", &json!({"securityContext": {"runAsUser": 0}}), 23, true);
    let unconfined = json!({"securityContext": {"seccompProfile": {"type": "Unconfined"}}});
    assert_change("seccomp-unconfined", &unconfined, 19, true);
    let engine = json!({"securityContext": {"seLinuxOptions": {"type": "container_engine_t"}}});
    assert_change("selinux-options-forbidden", &engine, 31, false);
    let probe = json!({"tcpSocket": {"host": "example.com", "port": 80}});
    let probed = json!({"containers": [{"livenessProbe": probe}]});
    assert_change("probe-or-hook-host-set", &probed, 34, true);
}

#[test]
fn more_sysctls_are_safe_with_each_version() {
    for (name, since) in [
        ("ip_local_reserved_ports", 27),
        ("tcp_keepalive_time", 29),
        ("tcp_fin_timeout", 29),
        ("tcp_keepalive_intvl", 29),
        ("tcp_keepalive_probes", 29),
        ("tcp_rmem", 32),
        ("tcp_wmem", 32),
        ("tcp_slow_start_after_idle", 37),
        ("tcp_notsent_lowat", 37),
    ] {
        let sysctls = json!([{"name": format!("net.ipv4.{name}")}]);
        let spec = json!({"securityContext": {"sysctls": sysctls}});
        assert_change("sysctl-unsafe", &spec, since, false);
    }
}
