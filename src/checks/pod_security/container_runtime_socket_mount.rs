use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{HostPath, VolumeSource, Workload},
};

/// What the sockets of container runtimes are called, wherever they are.
const NAMES: [&str; 4] = ["docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock"];

/// Where they are, so that directories above them are known.
const SOCKETS: [&str; 6] = [
    "/run/docker.sock",
    "/run/cri-dockerd.sock",
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/docker/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
];

check! {
    /// Pods do not mount the socket of the container runtime.
    ///
    /// ## Why
    ///
    /// The socket starts any container, with any mount and all privileges, past the API server and
    /// everything that guards it. Who has it is root on the node.
    ///
    /// ## Fix
    ///
    /// Build images without a runtime, for example with `BuildKit` in rootless mode, and read what
    /// runs from the kubelet:
    ///
    /// ```yaml
    /// containers:
    ///   - name: build
    ///     image: moby/buildkit:v0.23.2-rootless
    /// ```
    ///
    /// Found are `hostPath` volumes whose path ends in `docker.sock`, `containerd.sock`,
    /// `crio.sock` or `cri-dockerd.sock`, or is a directory above the usual place of one, such as
    /// `/run`, `/var/run/docker` or `/`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/volumes/#hostpath>
    /// - kube-linter `docker-sock`, Trivy KSV-0006, Kubescape C-0074, Checkov `CKV_K8S_27`
    "container-runtime-socket-mount", PodSecurity, High, Core, Workload(run),
    remediation: "remove the volume; build images without a runtime, for example with BuildKit",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let volumes = workload.pod().volumes.iter().enumerate();
    let (names, evidence): (Vec<&str>, Vec<_>) = volumes
        .filter_map(|(index, volume)| {
            let VolumeSource::HostPath(host) = &volume.source else { return None };
            let place = || workload.pod_path(&format!("volumes/{index}/hostPath/path"));
            let evidence = || Evidence::at(place(), host.path.to_string(), "another path");
            reaches_socket(host).then(|| (&*volume.name, evidence()))
        })
        .unzip();
    Verdict::unless_empty(evidence, |_| {
        format!("pods mount the socket of the container runtime: {}", enumerate(&names))
    })
}

fn reaches_socket(host: &HostPath) -> bool {
    let path = host.path.trim_end_matches('/');
    NAMES.iter().any(|name| path.ends_with(name))
        || SOCKETS.iter().any(|socket| host.contains(socket))
}
