//! Keeps the texts of all checks to one grammar, and the list of checks to the folders.

use std::{collections::BTreeSet, fs, path::Path};

use holystone::checks::{self, ALL, Check};

fn sources() -> BTreeSet<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.file_stem().unwrap() != "mod")
        .map(|path| {
            assert_eq!(path.extension().unwrap(), "rs", "{}", path.display());
            let folder = path.parent().unwrap().file_name().unwrap();
            let words = |text: &std::ffi::OsStr| text.to_str().unwrap().replace('_', "-");
            (words(folder), words(path.file_stem().unwrap()))
        })
        .collect()
}

/// A finished sentence, and only one. A full stop inside a word or a code span ends none.
fn is_one_sentence(text: &str) -> bool {
    text.ends_with('.')
        && text.matches(". ").count() == 0
        && !text.contains(['\n', '!', '?'])
        && text.starts_with(|first: char| first.is_uppercase() || first == '`')
}

/// The grammar of messages and remediations: a fragment that goes on from other words. It may start
/// with a name in backticks, or with a count.
fn is_fragment(text: &str) -> bool {
    text.starts_with(|first: char| first.is_lowercase() || first.is_ascii_digit() || first == '`')
        && !text.ends_with(['.', '!', ' '])
        && !text.contains('\n')
}

fn each(problem: impl Fn(&Check) -> Option<String>) {
    let problems: Vec<_> =
        ALL.iter().filter_map(|check| Some(format!("{}: {}", check.id, problem(check)?))).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_list_is_what_the_folders_hold() {
    let listed: BTreeSet<_> =
        ALL.iter().map(|check| (check.category.as_str().to_owned(), check.id.to_owned())).collect();
    let sources = sources();
    let unlisted: Vec<_> = sources.difference(&listed).collect();
    let homeless: Vec<_> = listed.difference(&sources).collect();
    assert!(unlisted.is_empty(), "files that are not in ALL: {unlisted:?}");
    assert!(homeless.is_empty(), "checks without a file of their name: {homeless:?}");
}

#[test]
fn the_list_follows_the_categories() {
    assert!(ALL.is_sorted_by_key(|check| check.category));
}

#[test]
fn ids_are_unique_and_can_be_labels() {
    let distinct: BTreeSet<_> = ALL.iter().map(|check| check.id).collect();
    assert_eq!(distinct.len(), ALL.len());
    each(|check| {
        let word = |word: &str| {
            !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let good = check.id.len() <= 63 && check.id.split('-').all(word);
        (!good).then(|| "the id is not lower-case words joined by dashes".to_owned())
    });
    assert!(
        ALL.iter().all(|check| checks::find(check.id).is_some_and(|found| found.id == check.id))
    );
}

#[test]
fn titles_are_one_sentence() {
    each(|check| {
        let title = check.title.trim();
        (!is_one_sentence(title)).then(|| format!("`{title}`"))
    });
}

#[test]
fn documentation_says_why_how_and_where_from() {
    each(|check| {
        let lines: Vec<_> = check.docs.lines().map(str::trim).collect();
        ["## Why", "## Fix", "## References"]
            .into_iter()
            .find(|heading| !lines.contains(heading))
            .map(|heading| format!("no `{heading}`"))
    });
}

#[test]
fn snippets_are_yaml() {
    each(|check| {
        check
            .docs
            .split("```yaml")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .map(|snippet| snippet.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)))
            .map(|lines| lines.collect::<Vec<_>>().join("\n"))
            .find_map(|snippet| serde_saphyr::from_str::<serde_json::Value>(&snippet).err())
            .map(|error| error.to_string())
    });
}

#[test]
fn remediations_are_short_fragments() {
    each(|check| {
        let text = check.remediation;
        let good = text.len() <= 160 && is_fragment(text);
        (!good).then(|| format!("`{text}` ({} bytes)", text.len()))
    });
}

#[test]
fn messages_are_fragments() {
    each(|check| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
        let fixture = fs::read_to_string(folder.join(format!("{}.yaml", check.id))).ok()?;
        fixture
            .lines()
            .filter_map(|line| line.strip_prefix("# finds: ")?.split_once(": "))
            .map(|(_, message)| message)
            .find(|message| !is_fragment(message) || message.len() > 256)
            .map(|message| format!("`{message}`"))
    });
}
