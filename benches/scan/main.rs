//! `holystone scan` on folders of manifests, beside whatever checkers are on the PATH: the same files,
//! one run after the other. Run it with `just bench-scan`, and numbers of workloads if not the usual ones.

mod manifests;
mod measure;

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use holystone::manifests::Manifest;
use manifests::{Form, Written};
use measure::Cost;

const SIZES: [usize; 3] = [1_000, 10_000, 50_000];
/// The largest number of workloads that other programs are asked about: some never end.
const LARGEST_OF_PEERS: usize = 10_000;
/// Runs of what is over at once.
const RUNS: usize = 20;
/// A checker, and its arguments before the folder.
struct Peer {
    name: &'static str,
    arguments: &'static [&'static str],
    /// Whether it wants files rather than a folder.
    wants_files: bool,
}

const PEERS: [Peer; 7] = [
    Peer { name: "kube-linter", arguments: &["lint"], wants_files: false },
    Peer { name: "kube-score", arguments: &["score"], wants_files: true },
    Peer { name: "polaris", arguments: &["audit", "--audit-path"], wants_files: false },
    Peer { name: "gator", arguments: &["test", "-f"], wants_files: false },
    Peer { name: "kyverno", arguments: &["apply", "policies", "--resource"], wants_files: false },
    Peer { name: "checkov", arguments: &["--quiet", "-d"], wants_files: false },
    // It only parses: schemas would have to be fetched.
    Peer {
        name: "kubeconform",
        arguments: &["-schema-location", "/none/{{.ResourceKind}}", "-ignore-missing-schemas"],
        wants_files: false,
    },
];

impl Peer {
    fn command(&self, folder: &Path) -> Result<Command> {
        let mut command = Command::new(self.name);
        command.args(self.arguments);
        if self.wants_files {
            for entry in std::fs::read_dir(folder)? {
                command.arg(entry?.path());
            }
        } else {
            command.arg(folder);
        }
        Ok(command)
    }
}

fn main() -> Result<()> {
    let sizes: Vec<usize> =
        env::args().skip(1).map(|size| size.parse()).collect::<Result<_, _>>()?;
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    let folder = tempfile::tempdir()?;
    start_up(folder.path())?;
    let mut costs = Vec::new();
    for size in sizes {
        let cost = measure_size(&folder.path().join(size.to_string()), size)?;
        costs.push((size, cost));
    }
    if let [(small, first), .., (large, last)] = costs[..] {
        let growth = |value: fn(&Cost) -> f64| {
            (value(&last) / value(&first)).ln() / (large as f64 / small as f64).ln()
        };
        println!(
            "growth from {small} to {large}: exponent of processor time {:.2}, of memory {:.2}",
            growth(|cost| cost.cpu.as_secs_f64().max(0.01)),
            growth(|cost| cost.memory as f64),
        );
    }
    Ok(())
}

/// The program as it was built beside this one.
fn program() -> Result<PathBuf> {
    let mut program = env::current_exe()?;
    program.pop();
    program.pop();
    program.push("holystone");
    ensure!(program.exists(), "build {} first", program.display());
    Ok(program)
}

fn scan(arguments: &[&str], path: &Path) -> Result<Command> {
    let mut command = Command::new(program()?);
    command.arg("scan").args(arguments).args(["--fail-on", "never"]).arg(path);
    Ok(command)
}

fn start_up(folder: &Path) -> Result<()> {
    let path = folder.join("one.yaml");
    manifests::write_one(&path)?;
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let started = Instant::now();
        scan(&[], &path)?.output()?;
        best = best.min(started.elapsed());
    }
    println!("start-up on one object: {:.1} ms, best of {RUNS}\n", best.as_secs_f64() * 1e3);
    Ok(())
}

fn measure_size(folder: &Path, size: usize) -> Result<Cost> {
    let yaml = folder.join("yaml");
    let written = manifests::write(&yaml, size, Form::Yaml)?;
    let json = folder.join("json");
    let in_json = manifests::write(&json, size, Form::Json)?;
    let Written { objects, bytes } = written;
    println!("{size} workloads: {objects} objects, {:.1} MB of YAML", bytes as f64 / 1e6);
    println!("  {:<24} {:>9} {:>9} {:>9} {:>9}", "", "wall s", "CPU s", "MiB", "MB/CPU s");
    let cost =
        line("holystone, table", &mut scan(&[], &yaml)?, bytes)?.context("it took too long")?;
    line("holystone, JSON out", &mut scan(&["--format", "json"], &yaml)?, bytes)?;
    line("holystone, JSON in", &mut scan(&[], &json)?, in_json.bytes)?;
    reading(&yaml, bytes, "reading YAML, one core")?;
    reading(&json, in_json.bytes, "reading JSON, one core")?;
    for peer in PEERS {
        if size <= LARGEST_OF_PEERS && is_there(peer.name) {
            line(peer.name, &mut peer.command(&yaml)?, bytes)?;
        }
    }
    println!("  findings: {}\n", findings(&yaml)?);
    Ok(cost)
}

fn line(name: &str, command: &mut Command, bytes: usize) -> Result<Option<Cost>> {
    let cost = measure::run(command)?;
    match cost {
        None => println!("  {name:<24} took too long"),
        Some(Cost { wall, cpu, memory }) => println!(
            "  {name:<24} {:>9.3} {:>9.2} {:>9.1} {:>9.1}",
            wall.as_secs_f64(),
            cpu.as_secs_f64(),
            memory as f64 / f64::from(1 << 20),
            bytes as f64 / 1e6 / cpu.as_secs_f64().max(0.01),
        ),
    }
    Ok(cost)
}

/// Texts to objects, without judging them.
fn reading(folder: &Path, bytes: usize, name: &str) -> Result<()> {
    let mut spent = Duration::ZERO;
    for entry in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(entry?.path())?;
        let started = Instant::now();
        let mut manifest = Manifest::default();
        manifest.add("file", &text);
        spent += started.elapsed();
        ensure!(manifest.problems.is_empty(), "{}", manifest.problems[0]);
    }
    let seconds = spent.as_secs_f64();
    println!("  {name:<24} {seconds:>9.3} {:>29.1}", bytes as f64 / 1e6 / seconds);
    Ok(())
}

fn is_there(name: &str) -> bool {
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths).any(|folder| folder.join(name).is_file())
}

/// The last line of what is printed for people.
fn findings(folder: &Path) -> Result<String> {
    let output = scan(&[], folder)?.output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().last().unwrap_or_default().to_owned())
}
