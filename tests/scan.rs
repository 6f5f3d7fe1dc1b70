//! What `holystone scan` reads beside plain files, and what it compares with: programs that render,
//! git, and files of its own.
//!
//! A test that needs a program that is not there says so, and does nothing.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec:\n  hostPID: true\n";

fn pod(name: &str) -> String {
    POD.replace("NAME", name)
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    add(folder.path(), files);
    folder
}

fn add(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Exit code, stdout and stderr of a scan by one check.
fn scan(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
    command.current_dir(folder).stdin(Stdio::null()).args(["scan", "--check", "host-pid"]);
    answer(command.args(arguments))
}

fn answer(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let [out, error] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (output.status.code().unwrap(), out, error)
}

/// File, line and column of each finding.
fn places(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let (code, out, error) = scan(folder, &[arguments, &["--format", "json"]].concat());
    assert_eq!(code, 1, "{error}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let place = |finding: &Value| {
        format!("{}:{}:{}", finding["file"].as_str().unwrap(), finding["line"], finding["column"])
    };
    findings.map(place).collect()
}

fn has(program: &str) -> bool {
    let is_there = env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join(program).is_file());
    if !is_there {
        println!("skipped: there is no {program} on the PATH");
    }
    is_there
}

#[test]
fn files_that_holystoneignore_names_are_left_out() {
    let (one, two) = (pod("one"), pod("two"));
    let files = [("a.yaml", &*one), ("old/b.yaml", &two), (".holystoneignore", "old/\n")];
    let folder = folder_with(&files);
    assert_eq!(places(folder.path(), &["."]), ["a.yaml:5:3"]);
    assert_eq!(places(folder.path(), &["old/b.yaml"]), ["old/b.yaml:5:3"]);
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_a_folder() {
    let secret = folder_with(&[("pod.yaml", &pod("elsewhere"))]);
    let folder = folder_with(&[("a/pod.yaml", &pod("here"))]);
    let link = |to: &Path, from: &str| std::os::unix::fs::symlink(to, folder.path().join(from));
    link(&secret.path().join("pod.yaml"), "out.yaml").unwrap();
    link(secret.path(), "folder").unwrap();
    link(&folder.path().join("a/pod.yaml"), "in.yaml").unwrap();
    let (code, out, _) = scan(folder.path(), &["."]);
    assert!(code == 1 && !out.contains("elsewhere"), "{out}");
    assert!(out.contains("out.yaml:1: cannot be read: it is a link that leads out"), "{out}");
    assert!(out.contains("Pod here") && out.contains("1 problem"), "{out}");
    assert_eq!(places(folder.path(), &["out.yaml"]), ["out.yaml:5:3"], "what is named is read");
}

#[test]
fn a_baseline_lets_old_findings_pass_and_new_ones_fail() {
    let folder = folder_with(&[("a.yaml", &pod("one"))]);
    let (code, _, error) = scan(folder.path(), &[".", "--write-baseline", "known.yaml"]);
    assert_eq!((code, error.as_str()), (0, ""));
    let read = || fs::read_to_string(folder.path().join("known.yaml")).unwrap();
    let written = read();
    assert!(written.contains("target: Pod one"), "{written}");
    let compare = || scan(folder.path(), &["a.yaml", "--baseline", "known.yaml"]);
    let (code, out, error) = compare();
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(out.contains("nothing new; 1 known"), "{out}");

    // A reason is kept, and lines may move.
    let reasoned = format!("{}  reason: SEC-12\n", written.trim_end().to_owned() + "\n");
    fs::write(folder.path().join("known.yaml"), reasoned).unwrap();
    add(folder.path(), &[("a.yaml", &format!("# moved\n\n{}---\n{}", pod("one"), pod("two")))]);
    let (code, out, _) = compare();
    assert!(code == 1 && out.contains("Pod two") && !out.contains("Pod one"), "{out}");
    scan(folder.path(), &["a.yaml", "--write-baseline", "known.yaml"]);
    assert!(read().contains("reason: SEC-12") && read().contains("Pod two"), "{}", read());

    add(folder.path(), &[("a.yaml", &pod("two"))]);
    let (code, _, error) = compare();
    assert!(code == 0 && error.contains("is stale: Pod one has no such finding"), "{error}");
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=x", "-c", "user.email=x@example.com"]);
    let (code, _, error) = answer(git.args(arguments));
    assert_eq!(code, 0, "{error}");
}

#[test]
fn only_what_a_commit_does_not_have_fails() {
    if !has("git") {
        return;
    }
    let (one, two, three) = (pod("one"), pod("two"), pod("three"));
    let folder =
        folder_with(&[("k8s/a.yaml", &one), ("k8s/b.yaml", &two), ("k8s/c.yaml", "a: [\n")]);
    let root = folder.path();
    git(root, &["init", "-q", "-b", "main"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "x"]);
    let compare = |folder: &str, path: &str| scan(&root.join(folder), &[path, "--against", "main"]);
    let (code, out, _) = compare("", "k8s/a.yaml");
    assert!(code == 0 && out.contains("nothing new; 1 known"), "{out}");

    add(
        root,
        &[
            ("k8s/a.yaml", &format!("# moved\n{one}")),
            ("k8s/d.yaml", &three),
            ("k8s/c.yaml", &pod("four")),
        ],
    );
    fs::remove_file(root.join("k8s/b.yaml")).unwrap();
    for (folder, path) in [("", "k8s"), ("k8s", "."), ("k8s", "../k8s"), ("", "k?s/*.yaml")] {
        let (code, out, error) = compare(folder, path);
        assert_eq!((code, error.as_str()), (1, ""), "{out}");
        assert!(out.contains("Fixed since main\n  Pod two  host-pid\n"), "{out}");
        assert!(out.contains("Pod three") && !out.contains("Pod one"), "{out}");
        assert!(out.contains("nobody knows whether it is new"), "{out}");
        assert!(out.contains("1 known, 1 incomparable"), "{out}");
    }
    let (code, out, _) = compare("", "k8s/d.yaml");
    assert!(code == 1 && out.contains("1 high"), "{out}");
    let mut status = Command::new("git");
    let (_, changes, _) =
        answer(status.current_dir(root).args(["status", "--porcelain", "k8s/a.yaml"]));
    assert_eq!(changes, " M k8s/a.yaml\n", "the index is as it was");
    for (reference, says) in
        [("nowhere", "git knows no commit `nowhere`"), ("--all", "git knows no commit")]
    {
        let reference = format!("--against={reference}");
        let (code, _, error) = scan(root, &["k8s", &reference]);
        assert!(code == 2 && error.contains(says), "{error}");
    }
}

#[test]
fn charts_are_rendered_and_findings_lead_to_their_templates() {
    if !has("helm") {
        return;
    }
    let template = "{{- if .Values.pod }}\napiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Values.name }}}\n\
                    spec:\n  hostPID: {{ .Values.pid }}\n{{- end }}\n";
    let folder = folder_with(&[
        ("charts/web/Chart.yaml", "{apiVersion: v2, name: shop, version: 1.0.0}\n"),
        ("charts/web/values.yaml", "pod: false\nname: web\npid: true\n"),
        ("charts/web/templates/pod.yaml", template),
        ("charts/lib/Chart.yaml", "{apiVersion: v2, name: lib, version: 1.0.0, type: library}\n"),
        ("values.yaml", "pod: true\n"),
    ]);
    let expected = ["charts/web/templates/pod.yaml:6:3"];
    let arguments = ["--values", "values.yaml"];
    for path in ["charts/web", ".", "charts"] {
        assert_eq!(places(folder.path(), &[&[path], &arguments[..]].concat()), expected, "{path}");
    }
    assert_eq!(places(folder.path(), &["charts/web", "--set", "pod=true"]), expected);
    let (code, _, _) = scan(folder.path(), &["charts/web"]);
    assert_eq!(code, 3, "nothing is rendered");
    add(folder.path(), &[("charts/web/templates/bad.yaml", "{{ fail \"no\" }}\n")]);
    let (code, out, _) = scan(folder.path(), &["charts/web"]);
    assert!(code == 3 && out.contains("charts/web:1: helm fails: "), "{out}");
}

#[test]
fn kustomizations_are_built_and_findings_lead_to_their_resources() {
    if !has("kustomize") && !has("kubectl") {
        return;
    }
    let folder = folder_with(&[
        ("app/base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("app/base/pod.yaml", &format!("# a pod\n{}", pod("web"))),
        (
            "app/over/kustomization.yaml",
            "resources: [../base]\nnamePrefix: prod-\nnamespace: shop\n",
        ),
        (
            "app/part/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n",
        ),
    ]);
    for path in ["app/over", "app", "."] {
        assert_eq!(places(folder.path(), &[path]), ["app/base/pod.yaml:6:3"], "{path}");
    }
    let (_, out, _) = scan(folder.path(), &["app"]);
    assert!(
        out.contains("Pod shop/prod-web  app/base/pod.yaml") && out.contains("1 object judged"),
        "{out}"
    );
    add(folder.path(), &[("app/over/kustomization.yaml", "resources: [nowhere]\n")]);
    let (code, out, _) = scan(folder.path(), &["app/over"]);
    assert!(code == 3 && out.contains("app/over:1: k"), "{out}");
}

#[test]
fn what_is_to_be_installed_is_said() {
    let files = [("chart/Chart.yaml", "name: x\n"), ("over/kustomization.yaml", "resources: []\n")];
    let folder = folder_with(&files);
    for (path, says) in
        [("chart", "install it (https://helm.sh"), ("over", "install one (https://kubectl")]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
        let (code, out, error) =
            answer(command.current_dir(folder.path()).env("PATH", "").args(["scan", path]));
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(error.contains(says) && error.contains("| holystone scan -"), "{error}");
    }
}
