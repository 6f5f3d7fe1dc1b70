//! The documentation of the checks as Markdown: an index, and a page for each check.

use crate::checks::{self, Category, Check, Source};

use super::{
    catalogue::{documentation, elsewhere, kinds, profiles},
    parameters::{Parameter, parameters},
    peers::{PeerId, peer},
};

/// The first line of every generated page.
pub const GENERATED: &str =
    "<!-- Written by `holystone checks --markdown`; edit the source of the check. -->";

/// A file of the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its name in the folder.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// All pages, the index first.
#[must_use]
pub fn pages() -> Vec<Page> {
    let index = Page { name: "README.md".to_owned(), text: index() };
    let page = |check: &&Check| Page { name: format!("{}.md", check.id), text: page(check) };
    let pages = std::iter::once(index).chain(checks::ALL.iter().map(page));
    pages.chain(Source::ALL.iter().map(|source| peer_page(*source))).collect()
}

fn index() -> String {
    let sections = Category::ALL.into_iter().filter_map(|category| {
        let members = checks::ALL.iter().filter(|check| check.category == category);
        let rows: Vec<_> = members.map(|check| row(check)).collect();
        let table = table(["Check", "Severity", "Tier", "Demands"], rows);
        (!table.is_empty()).then(|| format!("\n## {}\n\n{table}", category.as_str()))
    });
    let sections: String = sections.collect();
    let peer = |source: &Source| format!("[{}]({})", source.title(), peer_file(*source));
    let (standards, tools): (Vec<_>, Vec<_>) =
        Source::ALL.iter().partition(|source| source.is_standard());
    let [standards, tools] = [standards, tools]
        .map(|sources| sources.into_iter().map(peer).collect::<Vec<_>>().join(", "));
    format!(
        "{GENERATED}\n# Checks\n\nCore and standard checks are in the profile `recommended`; optional \
         ones have to be included by id, category or another profile.\n\n\
         By standard: {standards}.\n\n\
         By what other tools call them: {tools}.\n{sections}"
    )
}

fn peer_file(source: Source) -> String {
    format!("by-{}.md", source.as_str())
}

/// The ids of a standard or tool, each with the checks that mean the same.
fn peer_page(source: Source) -> Page {
    let peer = peer(source);
    let link = |check: &str| format!("[{check}]({check}.md)");
    let row =
        |entry: &PeerId| [format!("`{}`", entry.id), entry.title.to_owned(), entry.in_words(link)];
    let rows = peer.ids.iter().map(row);
    let ids = match source.is_standard() {
        true => table(["Control", "Demands", "Checks"], rows),
        false => table(["Id", "Checks"], rows.map(|[id, _, checks]| [id, checks])),
    };
    let rows = peer.left_out.iter().map(|out| [out.ids.replace('*', "\\*"), out.why.to_owned()]);
    let left_out = table(["Left out", "Why"], rows);
    let title = peer.title;
    let text = format!("{GENERATED}\n# {title}\n\n{ids}\n{left_out}");
    Page { name: peer_file(source), text: text.trim_end().to_owned() + "\n" }
}

fn row(check: &Check) -> [String; 4] {
    let id = check.id;
    [
        format!("[{id}]({id}.md)"),
        check.severity.to_string(),
        check.tier.as_str().to_owned(),
        check.title.trim().to_owned(),
    ]
}

fn page(check: &Check) -> String {
    let kinds = kinds(check);
    let facts = [
        ["Severity", check.severity.as_str()],
        ["Category", check.category.as_str()],
        ["Tier", check.tier.as_str()],
        ["Profiles", &profiles(check).join(", ")],
        ["Judges", &kinds.join(", ")],
        ["Remedy", check.remediation],
    ];
    let facts = table(["", ""], facts.map(|row| row.map(str::to_owned)));
    let Check { id, title, .. } = check;
    let documentation = documentation(check);
    let settings = settings(check);
    let names = names(check);
    format!("{GENERATED}\n# {id}\n\n{}\n\n{facts}\n{documentation}{settings}{names}", title.trim())
}

fn names(check: &Check) -> String {
    let link = |source: Source| format!("[{}]({})", source.title(), peer_file(source));
    let rows = elsewhere(check).into_iter().map(|(source, ids)| [link(source), ids]);
    let table = table(["Standard or tool", "Id"], rows);
    if table.is_empty() { table } else { format!("\n## Elsewhere\n\n{table}") }
}

fn settings(check: &Check) -> String {
    let parameters = check.parameters.as_ref().map(parameters).unwrap_or_default();
    let rows = parameters.into_iter().map(|Parameter { name, takes, default, meaning }| {
        let default = if default.is_empty() { default } else { format!("`{default}`") };
        [format!("`{name}`"), takes, default, meaning]
    });
    let table = table(["Parameter", "Takes", "Default", "Meaning"], rows);
    if table.is_empty() { table } else { format!("\n## Parameters\n\n{table}") }
}

/// A table; nothing where it has no row. A bar would end a cell.
pub(super) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let line = |cells: [String; N]| format!("| {} |\n", cells.join(" | "));
    let escaped = |row: [String; N]| row.map(|cell| cell.replace('|', "\\|"));
    let body: String = rows.into_iter().map(|row| line(escaped(row))).collect();
    if body.is_empty() {
        return body;
    }
    format!("{}|{}\n{body}", line(head.map(str::to_owned)), "---|".repeat(N))
}
