use super::*;
use crate::{checks::Edit, manifests::Manifest};

const NEVER: &str = "securityContext/allowPrivilegeEscalation";

fn set(pointer: &str, value: &'static str) -> Step {
    Step { pointer: pointer.to_owned(), edit: Edit::Set(value), unless: &[] }
}

fn places(text: &str) -> Vec<Place> {
    let mut manifest = Manifest::default();
    manifest.add("x.yaml", text);
    assert_eq!(manifest.problems, []);
    manifest.objects.into_iter().map(|object| object.place).collect()
}

/// Takes steps in each object.
fn edited(text: &str, steps: &[Step]) -> (String, Vec<Result<(), Refusal>>) {
    let change = |place| Change { place, steps: steps.to_vec() };
    let changes: Vec<_> = places(text).into_iter().map(change).collect();
    let Edited { text, outcomes } = edit(text, &changes);
    (text, outcomes)
}

#[track_caller]
fn becomes(before: &str, steps: &[Step], after: &str) {
    let (text, outcomes) = edited(before, steps);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}\n{text}");
    assert_eq!(text, after);
    assert_eq!(edited(after, steps).0, after, "a second run changes nothing");
}

#[track_caller]
fn refused(before: &str, steps: &[Step], refusal: &Refusal) {
    let (text, outcomes) = edited(before, steps);
    assert_eq!(outcomes[0], Err(refusal.clone()));
    assert_eq!(text, before);
}

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: web # the one
      args:
      - a   # last
      # trailing
    - {name: log, image: x}
    - name: tmp
      securityContext: # todo
    - name: odd
      securityContext: {}
      # of odd
  # the end
";

#[test]
fn fields_are_added_where_they_belong() {
    let steps =
        [0, 1, 2, 3].map(|index| set(&format!("/spec/containers/{index}/{NEVER}"), "false"));
    let after = "\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: web # the one
      args:
      - a   # last
      # trailing
      securityContext:
        allowPrivilegeEscalation: false
    - {name: log, image: x, securityContext: {allowPrivilegeEscalation: false}}
    - name: tmp
      securityContext: # todo
        allowPrivilegeEscalation: false
    - name: odd
      securityContext: {allowPrivilegeEscalation: false}
      # of odd
  # the end
";
    becomes(POD, &steps, after);
}

#[test]
fn scalars_are_replaced_and_lists_grow() {
    let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n";
    let value = |text: &str| format!("{head}  odd: {text}\n");
    for before in ["true # why", "\"x\" # why", "'x' # why", "null # why", "~ # why"] {
        becomes(&value(before), &[set("/spec/odd", "false")], &value("false # why"));
    }
    becomes(&value("# why"), &[set("/spec/odd", "false")], &value("false # why"));
    let include = |pointer: &str| {
        [Step { pointer: pointer.to_owned(), edit: Edit::Include("ALL"), unless: &[] }]
    };
    let list = |text: &str| format!("{head}  x:\n    z:{text}\n");
    for (before, after) in [
        (" [a] # c", " [a, ALL] # c"),
        (" []", " [ALL]"),
        (" [ ]", " [ ALL ]"),
        ("\n    - a # c", "\n    - a # c\n    - ALL"),
        ("\n      - a\n      # c", "\n      - a\n      # c\n      - ALL"),
        ("", " [ALL]"),
    ] {
        becomes(&list(before), &include("/spec/x/z"), &list(after));
    }
}

#[test]
fn line_ends_and_the_end_of_the_file_are_kept() {
    let step = [set("/spec/securityContext/runAsNonRoot", "true")];
    let before = "apiVersion: v1\r\nkind: Pod\r\nmetadata: {name: a}\r\nspec:\r\n  hostPID: true";
    let after = format!("{before}\r\n  securityContext:\r\n    runAsNonRoot: true");
    becomes(before, &step, &after);
    let before = "\u{feff}apiVersion: v1\nkind: Pod\nmetadata: {name: ä}\nspec:\n  x: ü # ß";
    becomes(before, &step, &format!("{before}\n  securityContext:\n    runAsNonRoot: true"));
}

#[test]
fn what_follows_a_block_scalar_is_not_moved() {
    let step = [set("/spec/hostPID", "false")];
    let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n";
    let block = "  x: |+\n    a\n\n\n";
    becomes(&format!("{head}{block}"), &step, &format!("{head}  hostPID: false\n{block}"));
    let before = format!("{head}  y: 1 # c\n{block}");
    becomes(&before, &step, &format!("{head}  y: 1 # c\n  hostPID: false\n{block}"));
}

#[test]
fn documents_lists_and_json_are_edited() {
    let step = [set("/spec/hostPID", "false")];
    let before = "\
# first
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a}
  spec:
    x: 1
- {apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {}}
---
apiVersion: v1
kind: Pod
metadata: {name: c}
spec:
  y: 1
...
";
    let after = before
        .replace("    x: 1\n", "    x: 1\n    hostPID: false\n")
        .replace("spec: {}", "spec: {hostPID: false}")
        .replace("  y: 1\n", "  y: 1\n  hostPID: false\n");
    becomes(before, &step, &after);
    let json = r#"{
  "apiVersion": "v1", "kind": "Pod",
  "metadata": {
    "name": "a"
  },
  "spec": {
    "x": [1]
  }
}
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}}
"#;
    let steps = [set("/spec/hostPID", "false"), set("/spec/a/b", "Always")];
    let after = json
        .replace("[1]\n", "[1],\n    \"hostPID\": false,\n    \"a\": {\"b\": \"Always\"}\n")
        .replace("\"b\"}}", "\"b\"}, \"spec\": {\"hostPID\": false, \"a\": {\"b\": \"Always\"}}}");
    becomes(json, &steps, &after);
}

#[test]
fn what_is_shared_is_left_alone() {
    let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n";
    let step = [set("/spec/a/x", "false")];
    refused(&format!("{head}  a: &a {{}}\n  b: *a\n"), &step, &Refusal::Shared);
    refused(&format!("{head}  b: &a {{}}\n  a: *a\n"), &step, &Refusal::Shared);
    refused(&format!("{head}  b: &a {{}}\n  a: {{<<: *a}}\n"), &step, &Refusal::Merged);
    becomes(&format!("{head}  a: &a {{}}\n"), &step, &format!("{head}  a: &a {{x: false}}\n"));
    let list = "\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: &m {name: a}, spec: {}}
- {apiVersion: v1, kind: Pod, metadata: *m, spec: {}}
";
    refused(list, &[set("/spec/hostPID", "false")], &Refusal::Unusual);
}

#[test]
fn what_the_server_refuses_is_not_written() {
    let unless = &[("privileged", "true"), ("add", "SYS_ADMIN")];
    let step = [Step { unless, ..set("/spec/a", "false") }];
    let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n";
    let refusal = |field, value| Refusal::Refused { field, value };
    refused(&format!("{head}  privileged: true\n"), &step, &refusal("privileged", "true"));
    refused(&format!("{head}  add: [x, SYS_ADMIN]\n"), &step, &refusal("add", "SYS_ADMIN"));
    becomes(&format!("{head}  add: [x]\n"), &step, &format!("{head}  add: [x]\n  a: false\n"));
}

#[test]
fn a_change_is_made_as_a_whole_or_not_at_all() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {x: 1, y: [1]}\n";
    refused(text, &[set("/spec/a", "false"), set("/spec/y/3/a", "false")], &Refusal::Unusual);
    refused(text, &[set("/spec/a", "false"), set("/spec/y/0/a", "false")], &Refusal::Unusual);
}
