//! A source file as text: its code without comments and tests, its paths and its functions.

use std::{fs, path::Path};

/// A source file.
pub(super) struct Source {
    /// Below the crate's folder.
    pub(super) path: String,
    /// The top module that it belongs to.
    pub(super) module: String,
    text: String,
}

/// A function that is not part of the tests.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) length: usize,
}

/// The Rust files of a folder and of those below, by path. Crates of their own are left out.
pub(super) fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.join("Cargo.toml").exists() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                let module = path.split('/').nth(1).unwrap_or_default().trim_end_matches(".rs");
                found.push(Source { module: module.to_owned(), path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

impl Source {
    /// Says what is wrong, so that editors find the place.
    pub(super) fn violation(&self, line: usize, rule: &str) -> String {
        format!("{}:{line}: {rule}", self.path)
    }

    /// How many lines the file has.
    pub(super) fn length(&self) -> usize {
        self.text.lines().count()
    }

    /// How many modules deep the file is: 1 for `src/report/mod.rs`, 2 for `src/report/table.rs`.
    pub(super) fn depth(&self) -> usize {
        let steps = self.path.split('/').skip(1).filter(|step| *step != "mod.rs");
        steps.count()
    }

    /// The lines with their numbers, without comments and tests.
    pub(super) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_tests = self.path.ends_with("/tests.rs");
        let lines =
            self.text.lines().take_while(move |line| !is_tests && line.trim() != "#[cfg(test)]");
        let numbered = lines.enumerate().map(|(index, line)| (index + 1, line));
        numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The lines that hold a word or a path, spelt out or inside of braces.
    pub(super) fn lines_with(&self, word: &str) -> Vec<usize> {
        let spelt = self.code().filter(|(_, line)| holds(line, word)).map(|(line, _)| line);
        let paths = self.paths().into_iter();
        let nested = paths.filter(|(_, path)| holds(path, word)).map(|(line, _)| line);
        let mut lines: Vec<_> = spelt.chain(nested).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    /// The paths of all `use` declarations, with braces resolved.
    pub(super) fn paths(&self) -> Vec<(usize, String)> {
        let mut paths = Vec::new();
        let mut open: Option<(usize, String)> = None;
        for (number, line) in self.code() {
            let line = line.trim();
            if open.is_none() {
                let declared =
                    line.strip_prefix("use ").or_else(|| Some(line.split_once(" use ")?.1));
                let is_use = line.starts_with("use ") || line.starts_with("pub");
                open = declared.filter(|_| is_use).map(|_| (number, String::new()));
            }
            let Some((start, text)) = &mut open else { continue };
            let line = line.rsplit_once("use ").map_or(line, |(_, rest)| rest);
            text.push_str(line);
            if let Some(tree) = text.strip_suffix(';') {
                resolve("", tree, &mut |path| paths.push((*start, path)));
                open = None;
            }
        }
        paths
    }

    /// The top modules of the crate that the file refers to.
    pub(super) fn modules_imported(&self) -> Vec<(usize, String)> {
        let top = "super::".repeat(self.depth());
        let mut modules = Vec::new();
        for (line, path) in self.paths() {
            let rest = path.strip_prefix("crate::").or_else(|| path.strip_prefix(top.as_str()));
            modules.extend(rest.map(|rest| (line, first_word(rest))));
        }
        for (line, code) in self.code() {
            let inline = code.split("crate::").skip(1).map(first_word);
            modules.extend(inline.filter(|word| !word.is_empty()).map(|word| (line, word)));
        }
        modules
    }

    /// The functions, from `fn` to the brace that closes it, as rustfmt lays them out.
    pub(super) fn functions(&self) -> Vec<Function> {
        let code: Vec<_> = self.code().collect();
        let mut functions = Vec::new();
        for (index, (line, text)) in code.iter().enumerate() {
            let Some(name) = function_name(text) else { continue };
            let indent = text.len() - text.trim_start().len();
            let close = format!("{}}}", " ".repeat(indent));
            let is_end = |(_, text): &&(usize, &str)| {
                **text == *close
                    || text.trim_end().ends_with([';'])
                        && text.len() - text.trim_start().len() == indent
            };
            let is_one_line = text.ends_with('}') || text.ends_with(';');
            let end = code[index..].iter().find(is_end).filter(|_| !is_one_line);
            let length = end.map_or(1, |(end, _)| end + 1 - line);
            functions.push(Function { name, line: *line, length });
        }
        functions
    }
}

/// The name of the function that a line begins.
fn function_name(line: &str) -> Option<String> {
    let (before, after) = line.split_once("fn ")?;
    let modifiers = ["pub", "const", "async", "unsafe", "pub(crate)", "pub(super)"];
    let is_declaration = before.split_whitespace().all(|word| modifiers.contains(&word));
    is_declaration.then(|| first_word(after)).filter(|name| !name.is_empty())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| is_word(*c)).collect()
}

/// Whether a text holds a word that is no part of a longer one.
fn holds(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Resolves `a::{b, c::{d, e}}` into `a::b`, `a::c::d` and `a::c::e`.
fn resolve(prefix: &str, tree: &str, take: &mut impl FnMut(String)) {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        take(format!("{prefix}{tree}"));
        return;
    };
    let prefix = format!("{prefix}{}", head.trim());
    let inner = rest.strip_suffix('}').unwrap_or(rest);
    let (mut depth, mut start) = (0, 0);
    for (index, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                resolve(&prefix, &inner[start..index], take);
                start = index + 1;
            }
            _ => {}
        }
    }
    if !inner[start..].trim().is_empty() {
        resolve(&prefix, &inner[start..], take);
    }
}

#[test]
fn braces_are_resolved() {
    let mut paths = Vec::new();
    resolve("", "crate::{api, checks::{Check, Run}, model::{self, Kind},}", &mut |path| {
        paths.push(path);
    });
    let expected = [
        "crate::api",
        "crate::checks::Check",
        "crate::checks::Run",
        "crate::model::self",
        "crate::model::Kind",
    ];
    assert_eq!(paths, expected);
}

fn source(path: &str, text: &str) -> Source {
    let module = path.split('/').nth(1).unwrap().trim_end_matches(".rs").to_owned();
    Source { path: path.to_owned(), module, text: text.to_owned() }
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let text = "use std::{fs, path::Path};\nuse crate::{\n    api,\n    engine::{Rules},\n};\n\
                pub(crate) use super::super::items::clean;\nfn a() { crate::cli::run() }\n\
                // crate::no\n#[cfg(test)]\nmod tests { use crate::no; }\n";
    let source = source("src/report/table.rs", text);
    let modules = source.modules_imported();
    let names: Vec<_> = modules.iter().map(|(line, name)| (*line, name.as_str())).collect();
    assert_eq!(names, [(2, "api"), (2, "engine"), (6, "items"), (7, "cli")]);
    assert_eq!(source.lines_with("std::fs"), [1]);
    assert_eq!(source.lines_with("std::path"), [1]);
    assert_eq!(source.lines_with("Rule"), [] as [usize; 0]);
}

#[test]
fn functions_are_measured() {
    let text =
        "pub fn a(\n    b: u8,\n) -> u8 {\n    1\n}\nfn c() {}\ntrait D {\n    fn e(&self);\n}\n";
    let found = source("src/x.rs", text).functions();
    let found: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.length)).collect();
    assert_eq!(found, [("a", 5), ("c", 1), ("e", 1)]);
}
