//! Programs built from their pinned Go modules.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::cache::{Cache, publish};
use super::progress::Progress;
use super::{KUBERNETES_VERSION, Program, task};

/// The module that pins all versions; see its `go.mod`.
const MODULE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/go");

/// Builds `program` into the cache. The error is one line that says why it cannot be done.
pub(super) fn build(
    program: Program,
    cache: &Cache,
    progress: &Progress,
) -> Result<PathBuf, String> {
    let version = version()?;
    let started = Instant::now();
    progress.say(format_args!(
        "building {program} ({}) with {version}; the first time this takes minutes",
        program.release()
    ));
    let place = cache.folder(&program.release()).join(program.name());
    let workshop = cache.workshop().map_err(|error| error.to_string())?;
    let output = workshop.path().join(program.name());
    let label = format!("go build {program}");
    task::run(command(program, &output), workshop.path(), &label, progress)
        .map_err(|reason| format!("go build fails with `{reason}`"))?;
    publish(&output, &place).map_err(|error| error.to_string())?;
    let seconds = started.elapsed().as_secs();
    progress.say(format_args!("built {program} in {seconds} s: {}", place.display()));
    Ok(place)
}

fn version() -> Result<String, String> {
    let output = Command::new("go").args(["env", "GOVERSION"]).current_dir(MODULE).output();
    let output = output.map_err(|error| format!("cannot run `go`: {error}"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(format!("`go` does not work: {text}"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn command(program: Program, output: &Path) -> Vec<String> {
    let linker = format!("-s -w {}", stamp(program));
    let output = output.display().to_string();
    let words = [
        // The versions are pinned here, whatever workspace surrounds this folder.
        "env",
        "GOWORK=off",
        "go",
        "build",
        "-C",
        MODULE,
        "-mod=readonly",
        "-trimpath",
        "-buildvcs=false",
        "-ldflags",
        &linker,
        "-o",
        &output,
        package(program),
    ];
    words.map(str::to_owned).into()
}

fn package(program: Program) -> &'static str {
    match program {
        Program::Etcd => "./etcd",
        Program::KubeApiserver => "k8s.io/kubernetes/cmd/kube-apiserver",
        Program::KubeControllerManager => "k8s.io/kubernetes/cmd/kube-controller-manager",
        Program::Kubectl => "k8s.io/kubernetes/cmd/kubectl",
        Program::Helm3 => "helm.sh/helm/v3/cmd/helm",
        Program::Helm4 => "helm.sh/helm/v4/cmd/helm",
        Program::Kustomize => "sigs.k8s.io/kustomize/kustomize/v5",
    }
}

/// What tells the linker the versions that a program does not know by itself.
fn stamp(program: Program) -> String {
    let set = |variables: &[(&str, &str)]| {
        let set = variables.iter().map(|(name, value)| format!("-X {name}={value}"));
        set.collect::<Vec<_>>().join(" ")
    };
    let version = format!("v{}", program.version());
    let (major, minor) = major_and_minor(KUBERNETES_VERSION);
    match program {
        Program::Etcd | Program::Kustomize => String::new(),
        Program::Helm3 => set(&[
            ("helm.sh/helm/v3/internal/version.version", &version),
            ("helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor", major),
            ("helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor", minor),
            ("helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor", major),
            ("helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor", minor),
        ]),
        Program::Helm4 => set(&[("helm.sh/helm/v4/internal/version.version", &version)]),
        Program::KubeApiserver | Program::KubeControllerManager | Program::Kubectl => set(&[
            ("k8s.io/component-base/version.gitVersion", &version),
            ("k8s.io/component-base/version.gitMajor", major),
            ("k8s.io/component-base/version.gitMinor", minor),
        ]),
    }
}

fn major_and_minor(version: &'static str) -> (&'static str, &'static str) {
    let mut parts = version.split('.');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}
