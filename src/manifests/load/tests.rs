use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::Body;

fn read(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    manifest.add("test.yaml", text);
    manifest
}

fn names(manifest: &Manifest) -> Vec<&str> {
    manifest.objects.iter().map(|object| object.content.meta.name.as_str()).collect()
}

fn problems(text: &str) -> Vec<String> {
    read(text).problems.iter().map(Problem::to_string).collect()
}

fn pod(name: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n")
}

fn tree(text: &str) -> Node<'_> {
    let mut documents = Vec::new();
    tree::read(text, Position::default(), |document| documents.push(document.unwrap()));
    documents.remove(0)
}

fn json(node: &Node<'_>) -> serde_json::Value {
    (&node.value).into()
}

fn line(text: &str, pointer: &str) -> u32 {
    let manifest = read(text);
    assert_eq!(manifest.problems, []);
    manifest.objects[0].place.line(pointer)
}

#[test]
fn documents_lists_and_lists_of_lists_are_read() {
    let list = |items: &str| format!("apiVersion: v1\nkind: List\nitems: [{items}]\n");
    let small = |name: &str| format!("{{apiVersion: v1, kind: Pod, metadata: {{name: {name}}}}}");
    let nested = format!(
        "{{apiVersion: v1, kind: PodList, items: [{{metadata: {{name: d}}}}, {}]}}",
        small("e")
    );
    let text = format!(
        "# nothing\n---\n{}---\n---\n{}...\n",
        pod("a"),
        list(&format!("{}, {}, {nested}", small("b"), small("c")))
    );
    let manifest = read(&text);
    assert_eq!(names(&manifest), ["a", "b", "c", "d", "e"]);
    assert_eq!((manifest.problems.len(), manifest.ignored), (0, 0));
    let documents: Vec<_> = manifest.objects.iter().map(|object| object.place.document).collect();
    assert!(documents.is_sorted() && documents[0] < documents[1], "{documents:?}");
}

#[test]
fn a_bad_document_is_a_problem_and_the_others_go_on() {
    let text =
        format!("{}---\na: [1\n---\n{}---\nb: \"\\q\"\n---\n{}", pod("p"), pod("q"), pod("r"));
    let manifest = read(&text);
    assert_eq!(names(&manifest), ["p", "q", "r"]);
    let lines: Vec<_> = manifest.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines.len(), 2);
    assert!((6..=8).contains(&lines[0]) && (13..=14).contains(&lines[1]), "{lines:?}");
}

#[test]
fn a_bad_object_is_a_problem_that_names_the_field_and_no_value() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: app\n    \
                env:\n    - name: PASSWORD\n      value: 31337\n  - name: log\n---\n";
    let [problem] = &problems(text)[..] else { panic!() };
    assert_eq!(
        problem,
        "test.yaml:9: field `spec.containers[0].env[0].value` of a Pod is a whole number, not a text"
    );
    // Nobody knows what a field of another version has to be.
    let old = "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: many}\n";
    assert_eq!(
        problems(old),
        ["test.yaml:4: field `spec.replicas` is not what a Deployment has there"]
    );
}

/// The faults of the first object.
fn faults(text: &str) -> Vec<String> {
    let manifest = read(text);
    assert_eq!(manifest.problems, []);
    let Fit::Compared(faults) = &manifest.objects[0].content.fit else { panic!("no schema") };
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn fields_that_are_written_twice_are_told() {
    let config = |data: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata: {data}\n")
    };
    assert_eq!(faults(&config("{a: b, c: d, a: e, a: null}")), ["field `data.a` is repeated"]);
    assert_eq!(faults(&config("{<<: {a: b}, a: c}")), [""; 0]);
    assert_eq!(faults(&config("{<<: {a: b}, a: c, a: d}")), ["field `data.a` is repeated"]);
    assert_eq!(faults(&config("{<<: {a: b, a: c}}")), ["field `data.a` is repeated"]);
    let list = "apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: a}, kind: Pod, apiVersion: v1, \
                spec: {containers: [], nodeName: left, nodeName: right}}]";
    assert_eq!(faults(list), ["field `spec.nodeName` is repeated"]);
    assert_eq!(
        faults(r#"{"a": 1, "a": 1, "apiVersion": "x/v1", "kind": "X", "metadata": {"name": "x"}}"#),
        ["field `a` is repeated"]
    );
}

#[test]
fn items_of_a_list_fit_the_schema_that_the_list_says() {
    let list = "apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}, date: {}}]";
    assert_eq!(faults(list), ["unknown field `date`, did you mean `data`"]);
}

#[test]
fn what_is_no_object_that_checks_know_is_counted() {
    let text = "replicas: 3\n---\n- a\n---\nkind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n---\n\
                just text\n";
    let manifest = read(text);
    assert_eq!((manifest.ignored, manifest.problems.len()), (4, 0));
    assert_eq!(problems("kind: Pod\n"), ["test.yaml:1: a Pod needs an apiVersion"]);
}

#[test]
fn other_kinds_are_objects_when_they_have_a_name() {
    let text = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: web}\n---\n\
                apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
    let manifest = read(text);
    assert_eq!((names(&manifest), manifest.ignored), (vec!["web"], 1));
    let widget = &manifest.objects[0].content;
    assert_eq!(
        (widget.kind, widget.group(), &*widget.kind_name),
        (Kind::Other, "example.com", "Widget")
    );
}

#[test]
fn what_has_no_name_is_left_to_a_check() {
    assert_eq!(names(&read("kind: Pod\napiVersion: v1\nmetadata: {labels: {}}\n")), [""]);
}

#[test]
fn a_generated_name_is_a_name() {
    let text = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: load-}\n";
    assert_eq!(names(&read(text)), ["load-"]);
}

#[test]
fn policies_and_items_are_read_and_say_what_is_wrong_with_them() {
    let policy = |spec: &str| {
        format!(
            "apiVersion: holystone.dev/v1alpha1\nkind: AuditPolicy\nmetadata: {{name: p}}\nspec:\n  {spec}\n"
        )
    };
    let item = "apiVersion: holystone.dev/v1alpha1\nkind: ActionItem\nmetadata: {name: i}\n\
                spec: {check: a, target: {kind: Pod, name: web}}\n";
    let manifest = read(&format!("{}---\n{item}", policy("severityFloor: high")));
    assert_eq!((manifest.policies.len(), manifest.items.len(), manifest.ignored), (1, 1, 0));
    let broken = read(&policy("severityFloor: severe"));
    assert!(broken.problems[0].in_policy);
    let problem = broken.problems[0].to_string();
    assert!(
        problem.starts_with(
            "test.yaml:5: field `spec.severityFloor` of an AuditPolicy: unknown variant `severe`, \
             expected one of `critical`, "
        ),
        "{problem}"
    );
}

#[test]
fn null_is_absent() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: null}\nspec:\n  \
                hostNetwork: null\n  containers: [{name: app, image: null, securityContext: }]\n";
    let manifest = read(text);
    assert_eq!(manifest.problems, []);
    let Body::Workload(workload) = &manifest.objects[0].content.body else { panic!() };
    assert_eq!(workload.pod().containers[0].image, None);
}

#[test]
fn a_label_that_is_null_is_empty() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: }}\nspec:\n  \
                nodeSelector: {gpu: }\n  topologySpreadConstraints: [{labelSelector: {matchLabels: }}]\n";
    let manifest = read(text);
    assert_eq!(manifest.problems, []);
    let object = &manifest.objects[0].content;
    assert_eq!(object.meta.labels.value("app"), Some(""));
    let Body::Workload(workload) = &object.body else { panic!() };
    assert_eq!(workload.pod().node_selector.value("gpu"), Some(""));
}

const ANCHORED: &str = "\
apiVersion: v1
kind: Pod   # a comment
metadata:

  name: web
# another one
defaults: &defaults
  securityContext:
    privileged: true
spec:
  containers:
  - name: app
    <<: *defaults
  - {name: log, securityContext: {runAsNonRoot: true,
      privileged: true}}
  -
    name: last
    args: [run,
      fast]
";

#[test]
fn lines_are_found_through_comments_anchors_merges_and_flow_style() {
    for (pointer, expected) in [
        ("", 1),
        ("/kind", 2),
        ("/metadata/name", 5),
        ("/metadata/labels/app", 3),
        ("/spec/containers", 11),
        ("/spec/containers/0", 12),
        ("/spec/containers/0/securityContext/privileged", 9),
        ("/spec/containers/0/image", 12),
        ("/spec/containers/1/securityContext/privileged", 15),
        ("/spec/containers/2/name", 17),
        ("/spec/containers/2/args/1", 19),
        ("/spec/containers/7/name", 11),
        ("/nowhere", 1),
        ("nonsense", 1),
    ] {
        assert_eq!(line(ANCHORED, pointer), expected, "{pointer}");
    }
}

#[test]
fn columns_are_those_of_names_and_items_counted_in_characters() {
    let manifest = read(ANCHORED);
    for (pointer, line, column) in [
        ("", 1, 1),
        ("/metadata/name", 5, 3),
        ("/spec/containers/2/name", 17, 5),
        ("/spec/containers/2/args/1", 19, 7),
        ("/spec/containers/7/name", 11, 3),
    ] {
        let position = manifest.objects[0].place.position(pointer);
        assert_eq!(position, Position { line, column }, "{pointer}");
    }
    let json = "\n  {\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"é\",\"labels\":{}}} \
                {\"apiVersion\":\"v1\",\"kind\":\"Pod\",\n \"metadata\":{\"name\":\"b\"}}";
    let manifest = read(json);
    let [first, second] = &manifest.objects[..] else { panic!("{manifest:?}") };
    assert_eq!(first.place.position(""), Position { line: 2, column: 3 });
    assert_eq!(first.place.position("/metadata/labels"), Position { line: 2, column: 58 });
    assert_eq!(second.place.position("/kind"), Position { line: 2, column: 91 });
    assert_eq!(second.place.position("/metadata/name"), Position { line: 3, column: 14 });
}

#[test]
fn an_alias_stands_where_it_is_used_and_its_fields_where_they_are_written() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nx: &x\n  - name: app\nspec:\n  \
                containers: *x\n";
    assert_eq!(line(text, "/spec/containers"), 7);
    assert_eq!(line(text, "/spec/containers/0/name"), 5);
}

#[test]
fn slashes_and_tildes_in_names_are_escaped_in_pointers() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    a/b: one\n    \
                c~d: two\n";
    assert_eq!(line(text, "/metadata/annotations/a~1b"), 6);
    assert_eq!(line(text, "/metadata/annotations/c~0d"), 7);
}

#[test]
fn objects_of_later_documents_and_of_lists_keep_their_lines() {
    let text = format!("{}---\napiVersion: v1\nkind: List\nitems:\n- {}", pod("a"), {
        pod("b").trim_end().replace('\n', "\n  ")
    });
    let manifest = read(&text);
    let [_, second] = &manifest.objects[..] else { panic!() };
    assert_eq!((second.place.line(""), second.place.line("/metadata/name")), (9, 12));
}

#[test]
fn json_streams_are_read_with_their_lines() {
    let text = "\n{\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\", \"metadata\":\n  {\"name\": \"a\\u0041\\/\"}}\n\
                {\"apiVersion\":\"v1\",\"kind\":\"Pod\",\n\"metadata\":{\"name\":\"b\"}}";
    let manifest = read(text);
    assert_eq!(names(&manifest), ["aA/", "b"]);
    assert_eq!(manifest.objects[0].place.line("/metadata/name"), 4);
    assert_eq!(manifest.objects[1].place.line("/kind"), 5);
    assert_eq!(manifest.objects[1].place.line("/metadata/name"), 6);
}

#[test]
fn yaml_in_braces_is_not_taken_for_json() {
    assert_eq!(names(&read("{apiVersion: v1, kind: Pod, metadata: {name: on}}")), [] as [&str; 0]);
    assert_eq!(names(&read("{apiVersion: v1, kind: Pod, metadata: {name: a}}")), ["a"]);
}

#[test]
fn templates_are_told_from_broken_yaml() {
    let text = "{{- if .Values.web }}\napiVersion: v1\n{{- end }}\n";
    assert!(problems(text)[0].ends_with("; render templates first"), "{:?}", problems(text));
}

#[test]
fn bombs_are_stopped() {
    let mut laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (last, next) in "abcdefghij".chars().zip("bcdefghijk".chars()) {
        let aliases = format!("*{last}, ").repeat(10);
        laughs = format!("{laughs}{next}: &{next} [{aliases}]\n");
    }
    assert!(problems(&laughs)[0].contains("becomes 10 times as large by its aliases"));

    let mut ladder = "a0: &a0 [x]\n".to_owned();
    for step in 1..100 {
        ladder = format!("{ladder}a{step}: &a{step} [*a{}]\n", step - 1);
    }
    assert!(problems(&ladder)[0].contains("deeper than 64 levels"));

    for deep in ["[".repeat(1_000_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
        assert!(problems(&deep)[0].contains("deeper than 64 levels"), "{:?}", problems(&deep));
    }
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(10_000));
    assert!(problems(&long)[0].contains("becomes 10 times as large by its aliases"));
    let own = problems("a: &a [*a]\n");
    assert!(
        own[0].contains("inside of what it stands for") || own[0].contains("anchor"),
        "{own:?}"
    );
}

#[test]
fn the_rest_of_what_cannot_be_read_is_said() {
    for (text, message) in [
        ("? [a]\n: b\n", "has a key that is not a text; quote it"),
        ("~: b\n", "has a key that is not a text; quote it"),
        ("a: .inf\n", "has a number that JSON cannot hold; write a finite one"),
        ("a: {<<: 3}\n", "merges with `<<` what is not a map; use a map or a list of maps"),
    ] {
        assert_eq!(problems(text), [format!("test.yaml:1: {message}")]);
    }
}

#[test]
fn merged_lists_give_precedence_to_the_first_and_the_last_write_wins() {
    let document = "a: &a {x: 1, w: 1}\nb: &b {x: 2, z: 2}\nc: {x: 0, <<: [*a, *b], z: 9}\n";
    let node = tree(document);
    assert_eq!(json(&node)["c"], json!({"x": 1, "w": 1, "z": 9}));
    let twice = tree("a: 1\nb: 2\na: 3\n");
    assert_eq!((json(&twice), twice.at(["a"]).line), (json!({"a": 3, "b": 2}), 3));
}

#[test]
fn tags_decide_what_a_scalar_is() {
    let text = "[!!str 1, !!int \"2\", !own 3, ! 4, \"5\", '6', 7]";
    let node = tree(text);
    assert_eq!(json(&node), json!(["1", 2, "3", "4", "5", "6", 7]));
}

proptest! {
    /// Any JSON is the same value, however it is laid out, and every leaf has its own line.
    #[test]
    fn lines_of_laid_out_json_are_those_of_the_text(keys in prop::collection::vec("[a-z]{1,8}", 1..20)) {
        let mut value = json!({});
        for (index, key) in keys.iter().enumerate() {
            value[key] = json!({"index": index, "list": [key, {"deep": key}]});
        }
        let text = serde_json::to_string_pretty(&value).unwrap();
        let node = tree(&text);
        prop_assert_eq!(json(&node), value);
        for key in &keys {
            let found = node.at([key.as_str(), "list", "1", "deep"]);
            let line = text.lines().nth(found.line as usize - 1).unwrap();
            prop_assert_eq!(line.trim(), format!("\"deep\": \"{key}\""));
            prop_assert_eq!(line.find('"'), Some(found.column as usize - 1));
        }
    }

    /// No text makes the reader panic.
    #[test]
    fn any_text_is_read(text in "[-\\[\\]{}a-c:&*<>|#!\"' \n\t~0]{0,80}") {
        read(&text);
    }
}
