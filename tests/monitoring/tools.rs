//! The real promtool and Prometheus.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use control_plane::Prometheus;

static PROMETHEUS: LazyLock<Result<Prometheus, String>> =
    LazyLock::new(|| control_plane::locate_prometheus().map_err(|error| error.to_string()));

/// Where the programs are. Without them a test fails in CI, and elsewhere says that it is skipped.
pub fn prometheus() -> Option<&'static Prometheus> {
    match &*PROMETHEUS {
        Ok(found) => Some(found),
        Err(problem) if env::var_os("CI").is_none() => {
            eprintln!("skipped: cannot {problem}");
            None
        }
        Err(problem) => panic!("cannot {problem}"),
    }
}

/// What promtool says; it has to be content.
pub fn promtool(arguments: &[&str], input: Option<&Path>) -> Option<String> {
    let mut command = Command::new(&prometheus()?.promtool);
    command.args(arguments).current_dir(root());
    if let Some(input) = input {
        command.stdin(std::fs::File::open(input).unwrap());
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "promtool {arguments:?}\n{text}");
    Some(text.into_owned())
}

pub fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
