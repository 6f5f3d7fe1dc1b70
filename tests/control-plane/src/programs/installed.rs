//! Programs that the machine has already, where their version fits.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Program;

/// A program of the `PATH` that is of the generation that is wanted; servers are never taken from
/// there.
pub(super) fn find(program: Program) -> Option<PathBuf> {
    let (arguments, generation) = question(program)?;
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program.name()))
        .find(|file| file.is_file() && version(file, arguments).starts_with(generation))
}

/// How to ask for the version, and how a fitting answer begins.
fn question(program: Program) -> Option<(&'static [&'static str], &'static str)> {
    match program {
        Program::Helm3 => Some((&["version", "--template={{.Version}}"], "v3.")),
        Program::Helm4 => Some((&["version", "--template={{.Version}}"], "v4.")),
        Program::Kustomize => Some((&["version"], "v5.")),
        Program::Etcd
        | Program::KubeApiserver
        | Program::KubeControllerManager
        | Program::Kubectl => None,
    }
}

fn version(file: &Path, arguments: &[&str]) -> String {
    let output = Command::new(file).args(arguments).output();
    output.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into())
}
