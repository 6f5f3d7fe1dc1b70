//! What somebody who presses the tab key may mean, in the form that kubectl reads.

use std::ffi::OsString;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate, complete};

use crate::{checks, items::clean};

use super::triage::Named;

/// Tells kubectl to offer no files instead.
const NO_FILES: &str = ":4\n";
/// The longest explanation, in bytes.
const HELP: usize = 100;

/// A line for each candidate of the last word.
pub(super) fn candidates(command: Command, words: Vec<OsString>) -> String {
    let texts = words.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>();
    let named = Named::of(&texts);
    let mut command = command.name("kubectl-holystone").mut_subcommands(|verb| {
        let named = named.clone();
        verb.mut_args(move |argument| with_candidates(argument, &named))
    });
    let last = words.len().saturating_sub(1).max(1);
    let found = complete(&mut command, words, last, None).unwrap_or_default();
    let mut lines: Vec<_> = found.iter().filter(|found| !found.is_hide_set()).map(line).collect();
    lines.push(NO_FILES.to_owned());
    lines.concat()
}

fn line(candidate: &CompletionCandidate) -> String {
    let value = clean(&candidate.get_value().to_string_lossy(), HELP * 3);
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    match help.lines().next() {
        Some(help) => format!("{value}\t{}\n", clean(help, HELP)),
        None => format!("{value}\n"),
    }
}

/// What can stand for an argument: what the cluster knows now, with the rights of whoever asks.
fn with_candidates(argument: Arg, named: &Named) -> Arg {
    type Look = fn(&Named) -> Vec<(String, String)>;
    let look: Look = match argument.get_id().as_str() {
        "items" | "words" => Named::items,
        "namespace" | "what" => Named::namespaces,
        "policies" => Named::policies,
        "context" => Named::contexts,
        "check" => |_| {
            let known =
                |check: &&checks::Check| (check.id.to_owned(), check.title.trim().to_owned());
            checks::ALL.iter().map(known).collect()
        },
        _ => return argument,
    };
    let named = named.clone();
    argument.add(ArgValueCandidates::new(move || {
        let found = look(&named).into_iter();
        let candidate = |(value, help): (String, String)| {
            let help = (!help.is_empty()).then(|| help.into());
            CompletionCandidate::new(value).help(help)
        };
        found.map(candidate).collect()
    }))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn offered(words: &str) -> String {
        let mut words: Vec<_> = words.split(' ').map(OsString::from).collect();
        words.insert(0, "kubectl_complete-holystone".into());
        if words.len() > 2 {
            words.insert(2, "--kubeconfig=/nowhere".into());
        }
        candidates(super::super::Cli::command(), words)
    }

    #[test]
    fn verbs_options_reasons_and_checks_are_offered() {
        let verbs = offered("sn");
        assert!(verbs.starts_with("snooze\tAccept findings for a time"), "{verbs}");
        assert!(verbs.ends_with("\n:4\n"), "{verbs}");
        assert!(
            offered("dismiss x --rea").contains("--reason\t"),
            "{}",
            offered("dismiss x --rea")
        );
        let reasons = offered("dismiss x --reason will");
        assert_eq!(reasons, "will-not-fix\n:4\n");
        let checks = offered("get --check host-pi");
        assert!(checks.starts_with("host-pid\t"), "{checks}");
    }

    #[test]
    fn without_a_cluster_nothing_is_offered() {
        assert_eq!(offered("show web").lines().last(), Some(":4"));
        assert!(!offered("show web").contains("web"));
    }
}
