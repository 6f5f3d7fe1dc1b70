use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers mount no `subPath` where the kubelet follows links out of the volume.
    ///
    /// ## Why
    ///
    /// Up to Kubernetes 1.22 a container could swap the directory of a `subPath` for a link while
    /// the kubelet mounted it, and so reach any path of its node (CVE-2021-25741).
    ///
    /// ## Fix
    ///
    /// Upgrade the kubelets, or mount the volume as a whole:
    ///
    /// ```yaml
    /// volumeMounts:
    ///   - name: data
    ///     mountPath: /data
    /// ```
    ///
    /// Judged for Kubernetes up to 1.22 only. Found are mounts with `subPath` or `subPathExpr` up to
    /// 1.18, which was never mended. From 1.19 to 1.22 it depends on the patch release of the
    /// kubelets, so that it cannot be known: 1.19.15, 1.20.11, 1.21.5 and 1.22.2 are safe.
    ///
    /// ## References
    ///
    /// - <https://github.com/kubernetes/kubernetes/issues/104980>
    /// - Kubescape C-0058, Datree 33
    "host-path-subpath-symlink", PodSecurity, Low, Core, Workload(run),
    remediation: "upgrade the kubelets, or mount the volume without `subPath`",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if context.kubernetes_minor > 22 {
        return Verdict::NotApplicable;
    }
    let evidence = workload.mounts().filter_map(|placed| {
        let mount = placed.mount;
        let (field, found) = match (mount.sub_path.as_str(), mount.sub_path_expr.as_str()) {
            ("", "") => return None,
            ("", expression) => ("subPathExpr", expression),
            (path, _) => ("subPath", path),
        };
        let field = placed.field(field);
        Some(Evidence::in_container(&placed.place, &field, found.to_owned(), "absent"))
    });
    let verdict = Verdict::of_containers(
        evidence,
        "mounts a `subPath` that may lead out of its volume",
        "mount a `subPath` that may lead out of its volume",
    );
    match verdict {
        Verdict::Fail(_) if context.kubernetes_minor >= 19 => {
            Verdict::Unknown("the patch releases of the kubelets are not known".into())
        }
        verdict => verdict,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{Cluster, Kind, decode};

    fn verdict(kubernetes_minor: u16) -> Verdict {
        let json = r#"{"spec": {"containers": [{"volumeMounts": [{"subPath": "a"}]}]}}"#;
        let pod = decode(Kind::Pod, json).unwrap();
        let parameters = CHECK.parse_parameters(None).unwrap();
        let context = Context::new(&parameters, kubernetes_minor, Timestamp::UNIX_EPOCH);
        CHECK.judge(&pod, &Cluster::default(), &context)
    }

    #[test]
    fn it_depends_on_the_version() {
        assert!(matches!(verdict(18), Verdict::Fail(_)));
        assert!(matches!(verdict(19), Verdict::Unknown(_)));
        assert!(matches!(verdict(22), Verdict::Unknown(_)));
        assert_eq!(verdict(23), Verdict::NotApplicable);
    }
}
