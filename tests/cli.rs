//! The commands as users run them: arguments, exit codes, and what is printed.
//!
//! Each folder below `tests/cli/` is a case: `command` holds the arguments, with `< FILE` for
//! stdin, and `expected` what the command answers there. `BLESS=1` writes the expectations anew.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_holystone");

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn holystone(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .env_remove("NO_COLOR")
        .env("SOURCE_DATE_EPOCH", "1795276800");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Answer {
    Answer::of(&holystone(folder, arguments).output().unwrap())
}

/// What a command answers.
#[derive(Debug, PartialEq)]
struct Answer {
    code: i32,
    out: String,
    error: String,
}

impl Answer {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code().unwrap(),
            out: text(&output.stdout),
            error: text(&output.stderr),
        }
    }

    fn as_text(&self) -> String {
        let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
        let out = self.out.replace(&version, "\"version\": \"VERSION\"");
        format!("exit {}\n--- stderr\n{}--- stdout\n{out}", self.code, self.error)
    }
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn run_case(folder: &Path) -> Answer {
    let text = fs::read_to_string(folder.join("command")).unwrap();
    let (arguments, stdin) = text.trim().split_once(" < ").unwrap_or((text.trim(), ""));
    let arguments: Vec<_> = arguments.split(' ').collect();
    let mut command = holystone(folder, &arguments);
    if !stdin.is_empty() {
        command.stdin(fs::File::open(folder.join(stdin)).unwrap());
    }
    Answer::of(&command.output().unwrap())
}

#[test]
fn every_case_answers_as_expected() {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root().join("tests/cli")).unwrap() {
        let folder = entry.unwrap().path();
        let answer = run_case(&folder);
        assert_eq!(answer, run_case(&folder), "the second run differs");
        let expected = folder.join("expected");
        if env::var_os("BLESS").is_some() {
            fs::write(&expected, answer.as_text()).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != answer.as_text() {
            wrong.push(format!("{}\n{}", folder.display(), answer.as_text()));
        }
    }
    assert!(wrong.is_empty(), "set BLESS=1 if this is right:\n{}", wrong.join("\n"));
}

const POD: &str = "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {hostPID: true}}\n";

#[test]
fn without_policies_everything_is_judged_by_the_recommended_checks() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: kube-system}\n\
               spec: {hostPID: true, containers: [{name: app}]}\n";
    let folder = folder_with(&[("pod.yaml", pod)]);
    let answer = run(folder.path(), &["scan", ".", "--format", "json"]);
    let report: Value = serde_json::from_str(&answer.out).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == "host-pid").unwrap();
    assert_eq!(found["policies"], serde_json::json!(["recommended"]));
    assert_eq!(answer.code, 1);
}

#[test]
fn profiles_may_be_repeated_and_replace_the_policies_of_the_input() {
    let policy = "{apiVersion: holystone.dev/v1alpha1, kind: AuditPolicy, metadata: {name: none}, \
                  spec: {checks: {profiles: []}}}\n";
    let folder = folder_with(&[("pod.yaml", POD), ("policy.yaml", policy)]);
    let arguments =
        ["scan", ".", "--format", "json", "--profile", "pss-baseline", "--profile", "cis"];
    let report: Value = serde_json::from_str(&run(folder.path(), &arguments).out).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == "host-pid").unwrap();
    assert_eq!(found["policies"], serde_json::json!(["cis", "pss-baseline"]));
}

#[test]
fn what_git_ignores_is_left_out_unless_it_is_named() {
    let folder = folder_with(&[
        (".git/HEAD", ""),
        (".gitignore", "build/\n"),
        ("build/out.yaml", POD),
        ("deep/er/pod.yml", POD),
        ("notes.txt", POD),
        (".hidden/pod.yaml", POD),
    ]);
    let policy = root().join("tests/cli/clean/policy.yaml");
    let policy = policy.to_str().unwrap();
    let answer = run(folder.path(), &["scan", ".", "--policy", policy]);
    assert!(answer.out.starts_with("Pod web  deep/er/pod.yml\n"), "{answer:?}");
    assert!(answer.out.contains("1 object judged: 1 high"), "{answer:?}");
    for named in ["build/out.yaml", "notes.txt"] {
        let answer = run(folder.path(), &["scan", named, "--policy", policy]);
        assert!(answer.out.starts_with(&format!("Pod web  {named}\n")), "{answer:?}");
    }
}

#[test]
fn usage_errors_say_what_to_do() {
    let folder = folder_with(&[("pod.yaml", POD)]);
    for (arguments, says) in [
        (&["scan"][..], "<PATH>"),
        (&["scan", ".", "--fail-on", "severe"], "possible values: critical, high"),
        (&["scan", ".", "--profile", "best"], "possible values: recommended"),
        (&["scan", ".", "--kubernetes-version", "2"], "give a version such as 1.36"),
        (&["scan", "-", "--policy", "-"], "stdin can be read once only; give - once"),
        (&["scan", "pod.yaml", "--policy", "."], "cannot read .; it is a folder, name a file"),
        (&["checks", "privileged"], "such as privileged-container"),
        (&["checks", "--category", "none"], "possible values: pod-security"),
        (&["checks", "--peer", "none"], "possible values: pss, cis, nsa, polaris"),
        (&["scan", ".", "--compliance", "cis"], "possible values: cis-1.12, nsa"),
        (&["frobnicate"], "unrecognized subcommand"),
        (&["who-can", "get", "pods"], "name files or folders, - for stdin, or give --cluster"),
        (&["who-can", "get", "pods", "gone.yaml"], "cannot read gone.yaml"),
        (&["who-can", "get", "/metrics", "web", "."], "has no named objects; leave out the name"),
        (&["rbac", "alice", ".", "--cluster"], "name files, or give --cluster, not both"),
        (&["rbac", "alice", ".", "--context", "prod"], "--cluster"),
    ] {
        let answer = run(folder.path(), arguments);
        assert_eq!(answer.code, 2, "{arguments:?}");
        assert!(answer.error.contains(says), "{arguments:?}: {}", answer.error);
        assert_eq!(answer.out, "", "{arguments:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = holystone(folder.path(), &["checks", "--format", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!((answer.code, answer.error.as_str()), (0, ""));
}

#[test]
fn bombs_and_large_files_are_refused_and_the_rest_is_judged() {
    let mut laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (last, next) in "abcdefghij".chars().zip("bcdefghijk".chars()) {
        laughs = format!("{laughs}{next}: &{next} [{}]\n", format!("*{last}, ").repeat(10));
    }
    let folder = folder_with(&[
        ("deep.yaml", &"[".repeat(1 << 20)),
        ("large.yaml", &format!("{POD}# {}", "x".repeat(33 << 20))),
        ("laughs.yaml", &laughs),
        ("long.yaml", &format!("---\na: 1\n---\nb: {}\n---\n{POD}", "x".repeat(11 << 20))),
        ("long.json", &format!("{{}}\n{{\"b\": \"{}\"}}", "x".repeat(11 << 20))),
    ]);
    fs::write(folder.path().join("binary.json"), [0xff, 0xfe, 0, 1]).unwrap();
    let answer = run(folder.path(), &["scan", ".", "--fail-on", "never", "--profile", "cis"]);
    assert_eq!(answer.code, 3, "{answer:?}");
    for says in [
        "binary.json:1: cannot be read: stream did not contain valid UTF-8",
        "deep.yaml:1: is nested deeper than 64 levels; flatten it",
        "large.yaml:1: is larger than 32 MiB; split it",
        "laughs.yaml:4: becomes 10 times as large by its aliases; write the values out",
        "long.json:2: document is larger than 10 MiB; split it",
        "long.yaml:3: document is larger than 10 MiB; split it",
        "1 object judged",
    ] {
        assert!(answer.out.contains(says), "{says}: {}", answer.out);
    }
}

#[test]
fn links_are_followed_within_a_folder_and_not_out_of_it() {
    let folder = folder_with(&[("in/pod.yaml", POD), ("out.yaml", POD)]);
    let inside = folder.path().join("in");
    std::os::unix::fs::symlink("pod.yaml", inside.join("same.yaml")).unwrap();
    std::os::unix::fs::symlink("../out.yaml", inside.join("other.yaml")).unwrap();
    let answer = run(&inside, &["scan", ".", "--fail-on", "never"]);
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(answer.error.contains("same.yaml:1: Pod web stands at pod.yaml:1 too"), "{answer:?}");
    let says = "other.yaml:1: cannot be read: it is a link that leads out of the folder";
    assert!(answer.out.contains(says), "{}", answer.out);
    let named = run(&inside, &["scan", "other.yaml", "--fail-on", "never"]);
    assert_eq!(named.code, 0, "{named:?}");
}

#[test]
fn a_secret_value_is_never_printed() {
    let secret = "correct-horse-battery";
    let text = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{password: {secret}}}\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n  - name: app\n    env:\n    \
         - {{name: DB_PASSWORD, value: {secret}}}\n    - {{name: URL, value: 'http://a:{secret}@b'}}\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata: {{name: bad}}\nspec:\n  containers: {secret}\n---\n\
         apiVersion: v1\nkind: Secret\nstringData: {{password: '{secret}}}\n---\n\
         apiVersion: v1\nkind: Secret\nstringData: {{? [{secret}] : x}}\n---\n\
         a: *{secret}\n---\na: !x!{secret} b\n"
    );
    let folder = folder_with(&[("secret.yaml", &text)]);
    for format in ["table", "json"] {
        let arguments = ["scan", ".", "--profile", "all", "--format", format];
        let answer = run(folder.path(), &arguments);
        assert!(!answer.out.contains(secret) && !answer.error.contains(secret), "{answer:?}");
        assert!(answer.out.contains("secret.yaml"), "{answer:?}");
    }
}

#[test]
fn the_committed_definitions_are_those_that_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["crds", "--out", "crds"]).code, 0);
    let generated = texts(&folder.path().join("crds"));
    assert!(generated == texts(&root().join("crds")), "run: holystone crds --out crds");
    let printed = run(folder.path(), &["crds"]).out;
    let documents: Vec<_> = generated.into_iter().map(|(_, text)| format!("---\n{text}")).collect();
    assert!(printed == documents.concat(), "the stream differs from the files");
    assert_eq!(run(folder.path(), &["crds", "--markdown", "reference.md"]).code, 0);
    let [written, committed] =
        [folder.path().join("reference.md"), root().join("docs/reference.md")]
            .map(|path| fs::read_to_string(path).unwrap());
    assert!(written == committed, "run: holystone crds --markdown docs/reference.md");
}

#[test]
fn the_committed_documentation_is_that_of_the_checks() {
    let folder = tempfile::tempdir().unwrap();
    let stale = folder.path().join("docs/gone.md");
    fs::create_dir(folder.path().join("docs")).unwrap();
    fs::write(
        &stale,
        "<!-- Written by `holystone checks --markdown`; edit the source of the check. -->\n",
    )
    .unwrap();
    assert_eq!(run(folder.path(), &["checks", "--markdown", "docs"]).code, 0);
    let generated = texts(&folder.path().join("docs"));
    let committed = texts(&root().join("docs/checks"));
    for (name, text) in &generated {
        let is_same = committed.iter().any(|known| known == &(name.clone(), text.clone()));
        assert!(is_same, "docs/checks/{name} is old, run: just generate");
    }
    assert_eq!(generated.len(), committed.len(), "docs/checks is old, run: just generate");
}

/// The files of a folder by name.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(Result::unwrap);
    let mut texts: Vec<_> = entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    texts.sort();
    texts
}

#[test]
fn checks_are_listed_by_profile_and_category() {
    let folder = tempfile::tempdir().unwrap();
    let list = |arguments: &[&str]| {
        let all = [&["checks", "--format", "json"], arguments].concat();
        let answer = run(folder.path(), &all);
        let Value::Array(checks) = serde_json::from_str(&answer.out).unwrap() else { panic!() };
        checks
    };
    let (everything, baseline) = (list(&[]), list(&["--profile", "pss-baseline"]));
    assert!(baseline.len() < everything.len());
    assert!(baseline.iter().all(|check| everything.contains(check)));
    let both = list(&["--profile", "pss-baseline", "--category", "tenancy"]);
    assert_eq!(both, [] as [Value; 0]);
    let table = run(folder.path(), &["checks", "--category", "tenancy"]).out;
    assert!(table.starts_with("tenancy\n") && table.contains("namespace-owner-missing"), "{table}");
}

#[test]
fn checks_are_found_by_what_others_call_them() {
    let folder = tempfile::tempdir().unwrap();
    let table = |peer| run(folder.path(), &["checks", "--peer", peer]).out;
    let polaris = table("polaris");
    assert!(polaris.starts_with("Polaris\n"), "{polaris}");
    for (id, check) in [("  runAsPrivileged", "privileged-container"), ("  hostPIDSet", "host-pid")]
    {
        assert!(polaris.lines().any(|line| line.starts_with(id) && line.ends_with(check)));
    }
    assert!(table("kube-linter").contains("\nLeft out\n  sorted-keys: about looks only\n"));
    let cis = run(folder.path(), &["checks", "--peer", "cis", "--format", "json"]).out;
    let cis: Value = serde_json::from_str(&cis).unwrap();
    let control = &cis["ids"].as_array().unwrap().iter().find(|entry| entry["id"] == "5.2.2");
    assert_eq!(control.unwrap()["checks"][0]["check"], "privileged-container");
    let why = cis["leftOut"].as_array().unwrap().iter().find(|entry| entry["ids"] == "5.3.1");
    assert_eq!(why.unwrap()["why"], "no object says what it does");
    let explained = run(folder.path(), &["checks", "privileged-container"]).out;
    assert!(explained.contains("\nKubeLinter "), "{explained}");
}
