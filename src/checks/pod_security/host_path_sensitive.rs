use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::Workload,
};

/// Which paths of a node are sensitive.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Directories that containers may not mount, nor what is in them; `/run` is `/var/run` too.
    paths: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        let paths = [
            "/boot",
            "/dev",
            "/etc",
            "/home",
            "/lib",
            "/proc",
            "/root",
            "/run",
            "/sys",
            "/usr",
            "/var/lib/docker",
            "/var/lib/kubelet",
        ];
        Self { paths: paths.map(str::to_owned).into() }
    }
}

check! {
    /// Containers do not mount directories of their node that rule it.
    ///
    /// ## Why
    ///
    /// Who reads `/etc` or `/var/lib/kubelet` of a node has the credentials of the node and of all
    /// pods on it; who writes there owns it.
    ///
    /// ## Fix
    ///
    /// Mount the one directory that is needed, and none of these:
    ///
    /// ```yaml
    /// volumes:
    ///   - name: logs
    ///     hostPath:
    ///       path: /var/log/pods
    ///       type: Directory
    /// ```
    ///
    /// Found are mounts of `hostPath` volumes at or below one of the parameter `paths`, or of a
    /// directory that holds one of them, such as `/`. A volume that no container mounts is left to
    /// `host-path-volume`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/volumes/#hostpath>
    /// - kube-linter `sensitive-host-mounts`, Trivy KSV-0121, Kubescape C-0020
    "host-path-sensitive", PodSecurity, High, Core, Workload(run),
    parameters: Parameters,
    remediation: "remove the mount, or mount only what is needed below it, read-only",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { paths } = context.parameters();
    let sensitive = workload
        .host_mounts()
        .filter(|(_, host)| paths.iter().any(|path| host.is_within(path) || host.contains(path)));
    let evidence = sensitive.map(|(placed, host)| {
        let field = placed.field("name");
        Evidence::in_container(&placed.place, &field, host.path.to_string(), "another path")
    });
    Verdict::of_containers(
        evidence,
        "mounts a sensitive path of its node",
        "mount sensitive paths of their node",
    )
}
