//! Whether workloads meet a level of the Pod Security Standards: one by one, and in a namespace.

use std::collections::BTreeSet;

use crate::model::{
    Cluster, Control, FactBody, Facts, Kind, PodSecurityLevel, WorkloadFacts, pod_security_version,
};

use super::{Context, Evidence, Verdict, enumerate};

/// Judges a workload by the version of the standards that its namespace names.
pub(super) fn judge_workload(
    level: PodSecurityLevel,
    facts: &Facts,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Verdict {
    let Some(WorkloadFacts { pod_security, spec_path, .. }) = facts.workload() else {
        return Verdict::NotApplicable;
    };
    let latest = context.kubernetes_minor;
    let labels = cluster.namespace_labels(&facts.key.namespace);
    let minor = labels.map_or(latest, |labels| pod_security_version(labels, latest));
    let meets = pod_security.meets(level, minor);
    let may_be_older = labels.is_none() && !cluster.is_complete(Kind::Namespace);
    if may_be_older && (0..latest).any(|minor| pod_security.meets(level, minor) != meets) {
        return Verdict::Unknown("the Namespace, which names a version, may be elsewhere".into());
    }
    if meets {
        return Verdict::Pass;
    }
    let controls: Vec<&str> = pod_security.violated(level, minor).map(Control::as_str).collect();
    let evidence = Evidence::at(*spec_path, controls.join(", "), "no violated control");
    let controls = controls.iter().map(|control| format!("`{control}`")).collect::<Vec<_>>();
    let message = format!(
        "pods fail the {} standard of Kubernetes 1.{minor}: {}",
        level.as_str(),
        controls.join(", ")
    );
    Verdict::fail(message, [evidence])
}

/// Judges the workloads of a namespace by the version of the standards that it names.
pub(super) fn judge_namespace(
    level: PodSecurityLevel,
    facts: &Facts,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Verdict {
    let FactBody::Namespace(namespace) = &facts.body else { return Verdict::NotApplicable };
    let labels = &namespace.labels;
    let minor = pod_security_version(labels, context.kubernetes_minor);
    let workloads = || {
        let workloads = cluster.workloads_in(&facts.key.name);
        workloads.filter(|(_, workload)| !workload.is_owned)
    };
    let mut failing: Vec<_> =
        workloads().filter(|(_, workload)| !workload.pod_security.meets(level, minor)).collect();
    if failing.is_empty() {
        return match Kind::WORKLOADS.iter().all(|kind| cluster.is_complete(*kind)) {
            true => Verdict::Pass,
            false => Verdict::Unknown("more workloads may be elsewhere".into()),
        };
    }
    failing.sort_by_key(|(facts, _)| &facts.key);
    let violated = failing.iter().flat_map(|(_, it)| it.pod_security.violated(level, minor));
    let controls: BTreeSet<Control> = violated.collect();
    let controls: Vec<&str> = controls.into_iter().map(Control::as_str).collect();
    let names = failing.iter().map(|(Facts { key, .. }, _)| format!("{}/{}", key.kind, key.name));
    let names: Vec<String> = names.collect();
    let message = format!(
        "{} of {} workloads fail the {} standard of Kubernetes 1.{minor}: {}",
        names.len(),
        workloads().count(),
        level.as_str(),
        enumerate(&names.iter().map(String::as_str).collect::<Vec<_>>())
    );
    let evidence = Evidence::at("/metadata/labels", controls.join(", "), "no violated control");
    Verdict::fail(message, [evidence])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{checks, model::decode};

    fn judge(check: &str, spec: &str, cluster: &Cluster) -> Verdict {
        let check = checks::find(check).unwrap();
        let json = format!(
            r#"{{"metadata": {{"name": "web", "namespace": "shop"}}, "spec": {{"containers": [{{}}],
                {spec}}}}}"#
        );
        let parameters = check.parse_parameters(None).unwrap();
        let context = Context::new(&parameters, 37, jiff::Timestamp::UNIX_EPOCH);
        check.judge(&decode(Kind::Pod, &json).unwrap(), cluster, &context)
    }

    fn message(verdict: Verdict) -> String {
        match verdict {
            Verdict::Fail(finding) => finding.message.into(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_namespace_that_is_not_known_matters_where_versions_differ() {
        let at_any = r#""hostPID": true"#;
        let before_34 = r#""initContainers": [{"livenessProbe": {"tcpSocket": {"host": "db"}}}]"#;
        let mut cluster = Cluster::default();
        let baseline = |spec, cluster: &Cluster| judge("pod-security-baseline", spec, cluster);
        assert!(message(baseline(at_any, &cluster)).ends_with("1.37: `hostNamespaces`"));
        assert!(matches!(baseline(before_34, &cluster), Verdict::Unknown(_)));
        assert_eq!(baseline(r#""hostPID": false"#, &cluster), Verdict::Pass);
        cluster.set_complete(Kind::Namespace, true);
        assert!(message(baseline(before_34, &cluster)).ends_with("`hostProbesAndHostLifecycle`"));
    }

    #[test]
    fn a_restricted_control_stands_for_the_one_that_it_replaces() {
        let spec = r#""volumes": [{"name": "a", "hostPath": {"path": "/"}}]"#;
        let message = message(judge("pod-security-restricted", spec, &Cluster::default()));
        assert_eq!(
            message,
            "pods fail the restricted standard of Kubernetes 1.37: `allowPrivilegeEscalation`, \
             `capabilities_restricted`, `restrictedVolumes`, `runAsNonRoot`, \
             `seccompProfile_restricted`"
        );
    }
}
