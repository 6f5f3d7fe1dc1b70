//! The files by which CI systems use Holystone do what they say.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_holystone");
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {hostPID: true}\n";

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn yaml(file: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(root().join(file)).unwrap()).unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a pod.yaml"), POD).unwrap();
    folder
}

#[test]
fn the_hooks_judge_the_files_that_they_are_given() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let languages: Vec<_> =
        hooks.as_array().unwrap().iter().map(|hook| &hook["language"]).collect();
    assert_eq!(languages, ["rust", "system"]);
    let folder = folder();
    fs::write(folder.path().join("values.yaml"), "replicas: 2\n").unwrap();
    for hook in hooks.as_array().unwrap() {
        let entry: Vec<_> = hook["entry"].as_str().unwrap().split(' ').collect();
        assert_eq!(entry[0], "holystone");
        let run = |files: &[&str]| {
            let mut command = Command::new(BINARY);
            command.current_dir(folder.path()).args(&entry[1..]).args(files);
            command.output().unwrap().status.code()
        };
        assert_eq!(run(&["a pod.yaml", "values.yaml"]), Some(1));
        assert_eq!(run(&["values.yaml"]), Some(0));
    }
}

/// The step of the action that scans.
fn step(action: &Value) -> &Value {
    let steps = action["runs"]["steps"].as_array().unwrap();
    steps.iter().find(|step| step["id"] == "scan").unwrap()
}

#[test]
fn the_inputs_of_the_action_are_used_and_never_become_code() {
    let action = yaml("action.yml");
    let declared: BTreeSet<_> = action["inputs"].as_object().unwrap().keys().cloned().collect();
    let texts = action["runs"].to_string();
    let used: BTreeSet<String> = texts
        .split("inputs.")
        .skip(1)
        .map(|rest| rest.chars().take_while(char::is_ascii_alphabetic).collect())
        .collect();
    assert_eq!(used, declared);
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert!(!step["run"].to_string().contains("${{"), "{step}");
    }
}

/// Runs the step as the runner does; the exit code, what is printed, and the folder of the runner.
fn scan(folder: &Path, inputs: &[(&str, &str)]) -> (i32, String, tempfile::TempDir) {
    let action = yaml("action.yml");
    let runner = tempfile::tempdir().unwrap();
    let mut command = Command::new("bash");
    command.current_dir(folder).args(["-e", "-c", step(&action)["run"].as_str().unwrap()]);
    for (variable, from) in step(&action)["env"].as_object().unwrap() {
        let input =
            from.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
        let given = inputs.iter().find(|(name, _)| *name == input).map(|(_, value)| *value);
        let default = action["inputs"][input]["default"].as_str().unwrap();
        command.env(variable, given.unwrap_or(default));
    }
    command.env("BINARY", BINARY).env("RUNNER_TEMP", runner.path());
    command.env("GITHUB_STEP_SUMMARY", runner.path().join("summary"));
    command.env("GITHUB_OUTPUT", runner.path().join("output"));
    let output = command.output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), out, runner)
}

#[test]
fn the_action_annotates_and_summarises() {
    let folder = folder();
    let (code, out, runner) = scan(folder.path(), &[("sarif", "out.sarif")]);
    assert_eq!(code, 1);
    assert!(out.contains("::error file=a pod.yaml,line=4,col=8,title=host-pid::"), "{out}");
    let read = |name: &str| fs::read_to_string(runner.path().join(name)).unwrap();
    assert!(read("summary").starts_with("## Holystone\n"), "{}", read("summary"));
    assert_eq!(read("output"), "exit-code=1\n");
    assert!(folder.path().join("out.sarif").is_file());

    let hostile = "--profile=cis\n--fail-on\nnever\n";
    let inputs = [("paths", "a pod.yaml\n"), ("arguments", hostile), ("annotations", "false")];
    let (code, out, _) = scan(folder.path(), &inputs);
    assert!(code == 0 && out.contains("1 object judged"), "{out}");
    let (code, _, _) =
        scan(folder.path(), &[("paths", "$(touch x)\n; touch x"), ("summary", "false")]);
    assert!(code == 2 && !folder.path().join("x").exists());
}
