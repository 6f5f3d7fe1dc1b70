//! By which name the program was called: as a plugin of kubectl it goes by another one.

use std::{env, ffi::OsString, path::Path};

use clap::{CommandFactory, FromArgMatches};

use super::Cli;

/// What kubectl looks for when it is asked for `kubectl holystone`.
const PLUGIN: &str = "kubectl-holystone";

/// What was asked for. Wrong arguments, and questions for help, are answered here.
#[must_use]
pub fn arguments() -> Cli {
    let mut command = Cli::command();
    if is_called(env::args_os().next(), PLUGIN) {
        command = command.name("kubectl holystone").bin_name("kubectl holystone");
    }
    let arguments = Cli::from_arg_matches(&command.get_matches());
    arguments.unwrap_or_else(|error| error.exit())
}

/// Whether the program was called by this name, wherever it stands.
fn is_called(program: Option<OsString>, name: &str) -> bool {
    program.is_some_and(|program| Path::new(&program).file_stem().is_some_and(|stem| stem == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_counts_and_not_the_folder() {
        let is_plugin = |program: &str| is_called(Some(program.into()), PLUGIN);
        assert!(
            is_plugin("/usr/local/bin/kubectl-holystone") && is_plugin("kubectl-holystone.exe")
        );
        assert!(!is_plugin("/opt/kubectl-holystone/holystone") && !is_called(None, PLUGIN));
    }
}
