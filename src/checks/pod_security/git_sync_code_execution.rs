use compact_str::CompactString;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Container, Image, Placed, Workload},
};

/// Options of git-sync whose value is run as a command.
const COMMANDS: [&str; 3] = ["git", "exechook-command", "sync-hook-command"];

/// Settings of git that name a command to run.
const SETTINGS: [&str; 6] =
    ["core.sshcommand", "core.hookspath", "core.fsmonitor", "core.gitproxy", "filter.", "alias."];

check! {
    /// Containers with git-sync run no command of their settings.
    ///
    /// ## Why
    ///
    /// git-sync fetches what somebody else wrote. With a hook, or with another program for `git`, it
    /// also runs it: who writes to the repository, or to the setting, gets a shell in the pod, with
    /// its account and its volumes.
    ///
    /// ## Fix
    ///
    /// Leave the hook out, and have the main container look for changes, or be told by a webhook:
    ///
    /// ```yaml
    /// containers:
    ///   - name: git-sync
    ///     image: registry.k8s.io/git-sync/git-sync:v4.4.2
    ///     args: ["--repo=https://git.example.com/site", "--webhook-url=http://localhost:8080/reload"]
    /// ```
    ///
    /// Found are the options `--git`, `--exechook-command` and `--sync-hook-command`, as arguments of
    /// a container whose image is called git-sync, or as variables `GITSYNC_…` and `GIT_SYNC_…` of
    /// any, and `--git-config` where it sets a command of git such as `core.sshCommand`.
    ///
    /// ## References
    ///
    /// - <https://github.com/kubernetes/git-sync>
    /// - Checkov `CKV_K8S_159`
    "git-sync-code-execution", PodSecurity, Medium, Standard, Workload(run),
    remediation: "remove the hook or command; tell the main container by a webhook",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload
        .all_containers()
        .flat_map(|place| arguments(place).into_iter().flatten().chain(variables(place)));
    Verdict::of_containers(evidence, "lets git-sync run commands", "let git-sync run commands")
}

fn is_git_sync(container: &Container) -> bool {
    container.image.as_deref().is_some_and(|image| Image::parse(image).name().contains("git-sync"))
}

fn arguments(place: Placed<'_>) -> Option<impl Iterator<Item = Evidence>> {
    let Container { command, args, .. } = place.container;
    let words = [("command", command), ("args", args)];
    is_git_sync(place.container).then(|| {
        words.into_iter().flat_map(move |(field, words)| {
            words.iter().enumerate().filter_map(move |(index, word)| {
                let option = word.strip_prefix('-')?.trim_start_matches('-');
                let (name, value) = match option.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (option, words.get(index + 1).map(CompactString::as_str)),
                };
                let field = format!("{field}/{index}");
                runs_command(name, value)
                    .then(|| Evidence::in_container(&place, &field, format!("--{name}"), "absent"))
            })
        })
    })
}

fn variables(place: Placed<'_>) -> impl Iterator<Item = Evidence> {
    place.container.env.iter().enumerate().filter_map(move |(index, variable)| {
        let name = variable.name.as_str();
        let option = name.strip_prefix("GITSYNC_").or_else(|| name.strip_prefix("GIT_SYNC_"))?;
        let option = match option {
            "HOOK_COMMAND" => "sync-hook-command".to_owned(),
            option => option.to_ascii_lowercase().replace('_', "-"),
        };
        let field = format!("env/{index}");
        let is_here = variable.value_from.is_none();
        let value = variable.value.as_deref().or(is_here.then_some(""));
        runs_command(&option, value)
            .then(|| Evidence::in_container(&place, &field, name.to_owned(), "absent"))
    })
}

/// A value that is not in the object may be anything.
fn runs_command(option: &str, value: Option<&str>) -> bool {
    if value == Some("") {
        return false;
    }
    let sets_command = || {
        value.is_none_or(|value| {
            let value = value.to_ascii_lowercase();
            SETTINGS.iter().any(|setting| value.contains(setting))
        })
    };
    COMMANDS.contains(&option) || (option == "git-config" && sets_command())
}
