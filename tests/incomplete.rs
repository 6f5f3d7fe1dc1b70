//! Judges the fixtures of related checks as a part of a cluster: what rests on absence is unknown
//! then, and nothing is found that the whole does not show.

use std::{fs, path::Path};

use holystone::{
    checks::{ALL, Check, Context, Verdict, find},
    model::{Cluster, Facts, Kind, Object, decode},
};
use serde_json::Value;

/// The checks that have findings of absence: these are unknown in a part of a cluster.
const OF_ABSENCE: [&str; 35] = [
    "admission-webhook-fail-closed",
    "binding-role-dangling",
    "binding-subject-dangling",
    "control-plane-single-node",
    "gateway-backend-dangling",
    "hpa-missing",
    "hpa-target-dangling",
    "image-pull-secrets-missing",
    "ingress-backend-dangling",
    "ingress-class-not-allowed",
    "metadata-api-reachable",
    "metrics-server-missing",
    "namespace-default-deny-missing",
    "namespace-limit-range-missing",
    "namespace-network-policy-missing",
    "namespace-pod-security-label-missing",
    "namespace-resource-quota-missing",
    "network-policy-dangling",
    "network-policy-missing",
    "network-policy-peer-dangling",
    "node-taint-untolerated",
    "pdb-blocks-eviction",
    "pdb-dangling",
    "pdb-missing",
    "pvc-storage-class-missing",
    "required-entities-missing",
    "role-unused",
    "service-endpoints-missing",
    "service-selector-dangling",
    "service-single-endpoint",
    "service-target-port-dangling",
    "statefulset-service-name-invalid",
    "vpa-target-dangling",
    "workload-cluster-takeover",
    "workload-scaled-to-zero",
];

/// What is judged, in the whole cluster and in a part of one.
struct Judged {
    name: String,
    whole: Verdict,
    part: Verdict,
}

/// Begins another cluster in a fixture.
const ANOTHER: &str = "---\n# another cluster\n";

fn judge(check: &Check) -> Vec<Judged> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path.join(format!("tests/checks/{}.yaml", check.id))).unwrap();
    text.split(ANOTHER).flat_map(|cluster| judge_in(check, cluster)).collect()
}

fn judge_in(check: &Check, text: &str) -> Vec<Judged> {
    let parameters = text.lines().find_map(|line| line.strip_prefix("# parameters:"));
    let parameters: Option<Value> = parameters.map(|text| serde_saphyr::from_str(text).unwrap());
    let parameters = check.parse_parameters(parameters.as_ref()).unwrap();
    let objects: Vec<Object> = text.split("\n---\n").map(object).collect();
    let (mut whole, mut part) = (Cluster::default(), Cluster::default());
    for &kind in Kind::ANY {
        whole.set_complete(kind, true);
    }
    for object in &objects {
        for cluster in [&mut whole, &mut part] {
            match object.kind {
                Kind::Other => cluster.insert_other(object),
                _ => drop(cluster.insert(Facts::of(object))),
            }
        }
    }
    let context = Context::new(&parameters, 37, jiff::Timestamp::UNIX_EPOCH);
    let judge = |object, cluster| check.judge(object, cluster, &context);
    objects
        .iter()
        .map(|object| Judged {
            name: format!("{}: {}", check.id, object.key()),
            whole: judge(object, &whole),
            part: judge(object, &part),
        })
        .collect()
}

fn object(text: &str) -> Object {
    let value: Value = serde_saphyr::from_str(text).unwrap();
    let group =
        value["apiVersion"].as_str().unwrap().rsplit_once('/').map_or("", |(group, _)| group);
    let kind = Kind::find(group, value["kind"].as_str().unwrap()).unwrap_or(Kind::Other);
    decode(kind, &value.to_string()).unwrap()
}

/// Whether the answer about the part says no more than the one about the whole.
fn is_no_bolder(Judged { whole, part, .. }: &Judged) -> bool {
    match (whole, part) {
        (_, Verdict::Unknown(_)) => true,
        (Verdict::Fail(whole), Verdict::Fail(part)) => {
            part.evidence.iter().all(|place| whole.evidence.contains(place))
        }
        (whole, part) => whole == part,
    }
}

#[test]
fn a_part_of_a_cluster_only_makes_findings_fewer() {
    let related = ALL.iter().filter(|check| check.run.is_related());
    for judged in related.flat_map(|check| judge(check)) {
        let Judged { name, whole, part } = &judged;
        assert!(is_no_bolder(&judged), "{name}: {whole:?}, {part:?}");
    }
}

#[test]
fn findings_of_absence_need_the_whole_cluster() {
    for id in OF_ABSENCE {
        let is_unsure = |Judged { whole, part, .. }: &Judged| {
            matches!((whole, part), (Verdict::Fail(_), Verdict::Unknown(_)))
        };
        assert!(judge(find(id).unwrap()).iter().any(is_unsure), "{id}");
    }
}
