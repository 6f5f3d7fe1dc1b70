//! Holds the walls of the design: who may import whom, what pure code may not touch, how long
//! files and functions may be. Each violation names the file, the line and the rule.

mod documentation;
mod source;

use source::{Source, sources};

/// The modules from the core to the rim: one imports only from groups before its own.
const LAYERS: &[&[&str]] = &[
    &["schema"],
    &["api", "model", "schedule"],
    &["checks", "cel"],
    &["engine"],
    &["items", "manifests", "admission"],
    &["report"],
    &["metrics"],
    &["server"],
    &["inventory", "cluster_io", "notify", "enforce"],
    &["controller"],
    &["cli"],
    &["main"],
];

/// Time, files and the cluster are arguments here.
const PURE: &[&str] = &[
    "schema",
    "api",
    "model",
    "checks",
    "cel",
    "engine",
    "items",
    "report",
    "schedule",
    "manifests",
    "admission",
];

/// What pure modules do not touch; texts that end a word are compared as whole words.
const IMPURE: &[&str] = &[
    "tokio",
    "async",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "kube::Client",
    "kube::client",
    "kube::Api",
    "kube::runtime",
];

/// What one module alone may do.
const RESERVED: &[(&str, &[&str], &str)] = &[
    ("PatchParams", &["cluster_io"], "only cluster_io writes to the API server"),
    ("PostParams", &["cluster_io"], "only cluster_io writes to the API server"),
    ("DeleteParams", &["cluster_io"], "only cluster_io writes to the API server"),
    ("watcher", &["inventory"], "only inventory watches"),
    ("anyhow", &["cli", "main"], "errors of the library are enums of their module"),
    ("println", &[], "reports are returned as text, and logs are traced"),
    ("eprintln", &[], "logs are traced"),
    ("dbg", &[], "logs are traced"),
    ("todo", &[], "what is not there yet is not called"),
    ("unimplemented", &[], "what is not there yet is not called"),
];

const MAX_FILE: usize = 400;
const MAX_FUNCTION: usize = 40;

/// Files that may be longer, and why.
const LONG_FILES: &[(&str, &str)] = &[];
/// Functions that may be longer, and why.
const LONG_FUNCTIONS: &[(&str, &str)] = &[
    ("src/controller/start.rs::lead", "the life of a leader from beginning to end"),
    ("src/controller/summary.rs::conditions", "a table of texts"),
    ("src/metrics/audits.rs::declare", "a list of instruments"),
    ("src/metrics/reading.rs::declare", "a list of instruments"),
    ("src/model/decode.rs::read_body", "a table of kinds"),
];

fn report(violations: impl IntoIterator<Item = String>) {
    let violations: Vec<_> = violations.into_iter().collect();
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|group| group.contains(&module))
}

#[test]
fn modules_import_only_from_the_core_side() {
    report(sources("src").iter().filter(|source| source.module != "lib").flat_map(|source| {
        let imports = source.modules_imported();
        let own = layer(&source.module);
        let outward = imports.into_iter().filter(move |(_, name)| {
            let is_inward = layer(name) < own && layer(name).is_some();
            *name != source.module && !(is_inward && own.is_some())
        });
        outward.map(|(line, name)| {
            let module = &source.module;
            source.violation(line, &format!("`{module}` may not import `{name}`; see LAYERS"))
        })
    }));
}

#[test]
fn pure_modules_touch_neither_time_nor_files_nor_the_cluster() {
    let sources = sources("src");
    let pure = sources.iter().filter(|source| PURE.contains(&source.module.as_str()));
    report(pure.flat_map(|source| {
        let touched = IMPURE
            .iter()
            .flat_map(|word| source.lines_with(word).into_iter().map(move |line| (line, word)));
        let module = &source.module;
        touched.map(move |(line, word)| {
            source.violation(line, &format!("`{word}` in `{module}`, which is pure"))
        })
    }));
}

#[test]
fn what_one_module_may_do_the_others_do_not() {
    let sources = sources("src");
    report(RESERVED.iter().flat_map(|(word, owners, rule)| {
        let others = sources.iter().filter(|source| !owners.contains(&source.module.as_str()));
        others.flat_map(move |source| {
            let lines = source.lines_with(word).into_iter();
            lines
                .map(|line| source.violation(line, &format!("`{word}`: {rule}")))
                .collect::<Vec<_>>()
        })
    }));
}

#[test]
fn only_the_custom_resources_use_kube_in_the_core() {
    let sources = sources("src");
    let inner = sources
        .iter()
        .filter(|source| PURE.contains(&source.module.as_str()) && source.module != "api");
    report(inner.flat_map(|source| {
        let words = ["kube::", "k8s_openapi::"];
        let code = source.code();
        let lines = code.filter(|(_, line)| words.iter().any(|word| line.contains(word)));
        let rule = "of the core, only `api` derives from kube";
        lines.map(|(line, _)| source.violation(line, rule)).collect::<Vec<_>>()
    }));
}

#[test]
fn a_check_is_a_file_and_knows_no_other_check() {
    let sources = sources("src/checks");
    let is_check = |source: &&Source| source.depth() == 3 && !source.path.ends_with("/mod.rs");
    report(sources.iter().filter(is_check).flat_map(|source| {
        let mut violations = Vec::new();
        let declared = source.lines_with("check!");
        if declared.len() != 1 {
            violations.push(source.violation(1, "a file declares one check"));
        }
        for (line, path) in source.paths() {
            let rest = path.strip_prefix("crate::checks::").unwrap_or_default();
            let names_folder = sources.iter().any(|other| {
                let folder = other.path.split('/').nth(2).unwrap_or_default();
                rest.split("::").next() == Some(folder)
            });
            if names_folder || path.starts_with("super::") {
                let rule = "a check imports no other; ask a method of `model` instead";
                violations.push(source.violation(line, rule));
            }
        }
        violations
    }));
}

#[test]
fn nothing_is_unwrapped_without_a_proof() {
    report(sources("src").iter().flat_map(|source| {
        let code = source.code();
        let wrong = code.filter(|(_, line)| {
            let proof = line.split(".expect(\"").nth(1).unwrap_or_default();
            line.contains(".unwrap()")
                || line.contains("panic!")
                || line.contains(".expect(") && proof.split(' ').count() < 3
        });
        let rule = "only `expect` with a text that proves that it cannot fail";
        wrong.map(|(line, _)| source.violation(line, rule)).collect::<Vec<_>>()
    }));
}

#[test]
fn files_are_short() {
    let folders = ["src", "tests", "examples", "benches"];
    report(folders.into_iter().flat_map(sources).filter_map(|source| {
        let is_excepted = LONG_FILES.iter().any(|(path, _)| *path == source.path);
        let length = source.length();
        (length > MAX_FILE && !is_excepted)
            .then(|| source.violation(length, &format!("a file has at most {MAX_FILE} lines")))
    }));
}

#[test]
fn functions_are_short() {
    report(sources("src").iter().flat_map(|source| {
        let functions = source.functions().into_iter();
        let long = functions.filter(|function| {
            let name = format!("{}::{}", source.path, function.name);
            let is_excepted = LONG_FUNCTIONS.iter().any(|(known, _)| *known == name);
            function.length > MAX_FUNCTION && !is_excepted
        });
        long.map(|function| {
            let (name, length) = (function.name, function.length);
            let rule = format!("`{name}` has {length} lines; at most {MAX_FUNCTION}");
            source.violation(function.line, &rule)
        })
        .collect::<Vec<_>>()
    }));
}

#[test]
fn exceptions_are_needed() {
    let sources = sources("src");
    let file = |path: &str| sources.iter().find(|source| source.path == path);
    for (path, reason) in LONG_FILES {
        let is_long = file(path).is_some_and(|source| source.length() > MAX_FILE);
        assert!(is_long && !reason.is_empty(), "{path} needs no exception");
    }
    for (name, reason) in LONG_FUNCTIONS {
        let (path, function) = name.rsplit_once("::").unwrap();
        let functions = file(path).map(Source::functions).unwrap_or_default();
        let is_long =
            functions.iter().any(|known| known.name == function && known.length > MAX_FUNCTION);
        assert!(is_long && !reason.is_empty(), "{name} needs no exception");
    }
}
