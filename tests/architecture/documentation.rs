//! Holds the pages of the documentation to each other and to the tree: what they point to exists.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use super::report;

/// Where a reader begins.
const BEGINNING: &str = "README.md";
/// Folders that pages name files of.
const FOLDERS: &[&str] =
    &["src/", "tests/", "config/", "crds/", "charts/", "docs/", "fuzz/", "benches/", "examples/"];

/// All pages by their path; those of the checks are generated and link to their neighbours only.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut folders = vec![PathBuf::from("docs")];
    let mut paths: Vec<_> = [BEGINNING, "CONTRIBUTING.md"].map(PathBuf::from).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                paths.push(path);
            }
        }
    }
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        pages.insert(path.to_str().unwrap().to_owned(), text);
    }
    pages
}

/// The lines of a page outside of code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        (!is_code && !is_fence).then_some((index + 1, line))
    })
}

/// Targets of links within the project: the file, and the heading.
fn links(page: &str, line: &str) -> Vec<(String, String)> {
    let text: String = line.split('`').step_by(2).collect();
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let own = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    let resolved = own.map(|target| {
        let (file, heading) = target.split_once('#').unwrap_or((target, ""));
        let file = match file {
            "" => page.to_owned(),
            file => plain(&Path::new(page).parent().unwrap().join(file)),
        };
        (file, heading.to_owned())
    });
    resolved.collect()
}

/// A path without `..`.
fn plain(path: &Path) -> String {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain.to_str().unwrap().to_owned()
}

/// The names by which the headings of a page are linked to.
fn headings(text: &str) -> BTreeSet<String> {
    let titles = prose(text).filter(|(_, line)| line.starts_with('#'));
    let name = |title: &str| {
        let letters = title.trim_start_matches('#').trim().to_lowercase();
        let kept = letters.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    };
    titles.map(|(_, title)| name(title)).collect()
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut broken = Vec::new();
    for (page, text) in &pages {
        for (line, content) in prose(text) {
            for (file, heading) in links(page, content) {
                let has_heading =
                    || pages.get(&file).is_none_or(|text| headings(text).contains(&heading));
                if !Path::new(&file).exists() {
                    broken.push(format!("{page}:{line}: there is no {file}"));
                } else if !heading.is_empty() && !has_heading() {
                    broken.push(format!("{page}:{line}: {file} has no heading #{heading}"));
                }
            }
        }
    }
    report(broken);
}

#[test]
fn every_page_can_be_found() {
    let pages = pages();
    let (mut open, mut found) = (vec![BEGINNING.to_owned()], BTreeSet::new());
    while let Some(page) = open.pop() {
        let Some(text) = pages.get(&page).filter(|_| found.insert(page.clone())) else { continue };
        let linked = prose(text).flat_map(|(_, line)| links(&page, line));
        for (file, _) in linked {
            let index = format!("{}/README.md", file.trim_end_matches('/'));
            open.push(if pages.contains_key(&index) { index } else { file });
        }
    }
    let lost = pages.keys().filter(|page| !found.contains(*page));
    report(lost.map(|page| format!("{page}: no link leads here; add it to docs/README.md")));
}

/// What is said to prove something exists.
#[test]
fn files_that_are_named_exist() {
    let mut missing = Vec::new();
    for (page, text) in pages() {
        for (line, content) in prose(&text) {
            for name in content.split('`').skip(1).step_by(2) {
                let is_file = FOLDERS.iter().any(|folder| name.starts_with(folder))
                    && !name.contains(['<', '*', ' ', '…', '{']);
                if is_file && !Path::new(name).exists() {
                    missing.push(format!("{page}:{line}: there is no {name}"));
                }
            }
        }
    }
    report(missing);
}
