//! The real Helm, of both generations, and the real kustomize.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use control_plane::{Program, locate};

use crate::manifests::Objects;

/// Helm of one generation, with folders of its own.
pub struct Helm {
    pub generation: u8,
    program: PathBuf,
    home: tempfile::TempDir,
}

/// What a command said.
pub struct Answer {
    pub is_good: bool,
    pub out: String,
    pub problem: String,
}

/// Both generations of Helm; nothing where they cannot be had.
pub fn helms() -> Vec<Helm> {
    let found = find(&[Program::Helm3, Program::Helm4]);
    let helms = found.into_iter().zip([3, 4]).map(|(program, generation)| Helm {
        generation,
        program,
        home: tempfile::tempdir().expect("a folder can be made"),
    });
    helms.collect()
}

/// What kustomize makes of a folder of `config`; nothing where it cannot be had.
pub fn kustomize(folder: &str) -> Option<String> {
    let program = find(&[Program::Kustomize]).pop()?;
    let mut command = Command::new(program);
    let answer = run(command.arg("build").arg(root().join("config").join(folder)));
    assert!(answer.is_good, "{folder}: {}", answer.problem);
    Some(answer.out)
}

/// Without its tools a test fails in CI; elsewhere it says that it is skipped.
fn find(programs: &[Program]) -> Vec<PathBuf> {
    match locate(programs) {
        Ok(found) => found,
        Err(error) if env::var_os("CI").is_none() => {
            eprintln!("skipped: {error}");
            Vec::new()
        }
        Err(error) => panic!("{error}"),
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn chart() -> PathBuf {
    root().join("charts/holystone")
}

/// The sets of values that the chart is tried with.
pub fn value_sets() -> Vec<PathBuf> {
    let files = fs::read_dir(chart().join("ci")).expect("there are sets of values");
    let mut files: Vec<_> = files.map(|file| file.expect("it is a file").path()).collect();
    files.sort();
    assert!(files.len() >= 8, "{files:?}");
    files
}

pub fn value_set(name: &str) -> PathBuf {
    chart().join("ci").join(format!("{name}-values.yaml"))
}

impl Helm {
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        for name in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
            command.env(name, self.home.path());
        }
        command.env("KUBECONFIG", "/dev/null");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        run(self.command().args(arguments))
    }

    /// The chart as the release `holystone` in its namespace.
    pub fn render(&self, arguments: &[&str]) -> Objects {
        let chart = chart().display().to_string();
        let command = ["template", "holystone", &chart, "--namespace=holystone-system"];
        let answer = self.run(&[&command[..], arguments].concat());
        assert!(answer.is_good, "Helm {}: {}", self.generation, answer.problem);
        Objects::read(&answer.out)
    }

    pub fn render_set(&self, values: &Path) -> Objects {
        self.render(&[&format!("--values={}", values.display())])
    }
}

pub fn run(command: &mut Command) -> Answer {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Answer {
        is_good: output.status.success(),
        out: text(&output.stdout),
        problem: text(&output.stderr),
    }
}

/// Compares a generated file with what it should hold, or writes it with `BLESS=1`.
pub fn holds(file: &Path, text: &str) {
    if env::var_os("BLESS").is_some() {
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder");
        fs::write(file, text).expect("the file can be written");
    }
    let found = fs::read_to_string(file).unwrap_or_default();
    assert!(found == text, "{} is old: set BLESS=1", file.display());
}
