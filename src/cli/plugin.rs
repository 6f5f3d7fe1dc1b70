//! By which name the program was called: kubectl finds its plugins, and what completes their arguments, by
//! their names.

use std::{env, ffi::OsString, path::Path, process::ExitCode};

use clap::{Command, CommandFactory, FromArgMatches};

use super::{Cli, Exit, complete, output::print, run};

/// What kubectl looks for when it is asked for `kubectl holystone`.
const PLUGIN: &str = "kubectl-holystone";
/// What it looks for when somebody presses the tab key there.
const COMPLETER: &str = "kubectl_complete-holystone";
/// The commands that read files or a cluster; kubectl means a cluster.
const OF_EITHER: [&str; 2] = ["who-can", "rbac"];

/// Does what was asked for. Wrong arguments, and questions for help, are answered here.
pub fn start() -> anyhow::Result<ExitCode> {
    let words: Vec<_> = env::args_os().collect();
    let mut command = Cli::command();
    if is_called(&words, COMPLETER) {
        return print(&complete::candidates(command, words), Exit::Clean);
    }
    let mut words = words;
    if is_called(&words, PLUGIN) {
        command = command.name("kubectl holystone").bin_name("kubectl holystone");
        command = command.mut_subcommands(by_its_name);
        words = for_a_cluster(words);
    }
    let cli = Cli::from_arg_matches(&command.get_matches_from(words));
    run(cli.unwrap_or_else(|error| error.exit()))
}

/// Whether the program was called by this name, wherever it stands.
fn is_called(words: &[OsString], name: &str) -> bool {
    let stem = words.first().and_then(|program| Path::new(program).file_stem());
    stem.is_some_and(|stem| stem == name)
}

/// Usages and examples that are written by hand name the program.
fn by_its_name(mut verb: Command) -> Command {
    let named = |text: &str| text.replace("holystone ", "kubectl holystone ");
    let usage = verb.render_usage().to_string();
    if let Some(usage) =
        usage.strip_prefix("Usage: ").filter(|usage| usage.starts_with("holystone "))
    {
        verb = verb.override_usage(named(usage));
    }
    match verb.get_after_help().map(|help| named(&help.to_string())) {
        Some(help) => verb.after_help(help),
        None => verb,
    }
}

fn for_a_cluster(mut words: Vec<OsString>) -> Vec<OsString> {
    let is_of_either = words.get(1).is_some_and(|word| OF_EITHER.iter().any(|verb| word == verb));
    if is_of_either && !words.iter().any(|word| word == "--cluster") {
        words.insert(2, "--cluster".into());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_name_counts_and_not_the_folder() {
        let is_plugin = |program: &str| is_called(&words(program), PLUGIN);
        assert!(
            is_plugin("/usr/local/bin/kubectl-holystone get") && is_plugin("kubectl-holystone.exe")
        );
        assert!(!is_plugin("/opt/kubectl-holystone/holystone") && !is_called(&[], PLUGIN));
    }

    #[test]
    fn what_is_written_by_hand_names_the_plugin() {
        let command = Cli::command().bin_name("kubectl holystone").mut_subcommands(by_its_name);
        for verb in ["snooze", "assign", "who-can", "get"] {
            let mut verb = command.find_subcommand(verb).expect("there is one").clone();
            let help = verb.render_help().to_string();
            let all =
                help.matches("holystone ").count() - help.matches("kubectl holystone ").count();
            assert!(verb.get_name() == "get" || all == 0, "{help}");
        }
    }

    #[test]
    fn kubectl_means_a_cluster() {
        let asked =
            |text| for_a_cluster(words(text)) == words("x who-can --cluster get ai -n shop");
        assert!(asked("x who-can get ai -n shop") && asked("x who-can --cluster get ai -n shop"));
        assert_eq!(for_a_cluster(words("x get ai")), words("x get ai"));
        assert_eq!(for_a_cluster(words("x")), words("x"));
    }
}
