//! A standard or another tool, id by id, and the checks that mean the same.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::checks::{ALL, FRAMEWORKS, Framework, LeftOut, Source, mapping};

use super::style::{Style, counted, width};

/// The ids of a standard or a tool.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// Its name in arguments.
    pub peer: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What checks stand for; a standard's in its own order, else sorted.
    pub ids: Vec<PeerId>,
    /// What no check stands for, and why.
    pub left_out: Vec<LeftOut>,
}

/// An id, and the checks that stand for it.
#[derive(Debug, Serialize)]
pub struct PeerId {
    /// The id.
    pub id: &'static str,
    /// What it demands, where that is known.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub title: &'static str,
    /// The checks, in the order of the catalogue.
    pub checks: Vec<PeerCheck>,
}

/// A check that stands for an id.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerCheck {
    /// The check.
    pub check: &'static str,
    /// Whether the two have only a part in common.
    pub in_part: bool,
}

/// Everything that is known of a standard or a tool.
#[must_use]
pub fn peer(source: Source) -> Peer {
    let mut checks: BTreeMap<&'static str, Vec<PeerCheck>> = BTreeMap::new();
    for check in ALL {
        for counterpart in mapping(check.id).of(source) {
            let entry = PeerCheck { check: check.id, in_part: counterpart.in_part };
            checks.entry(counterpart.id).or_default().push(entry);
        }
    }
    let mut left_out = source.left_out();
    let mut ids = Vec::new();
    // The last framework of a standard holds the others.
    let framework = FRAMEWORKS.iter().rfind(|framework| framework.source == source);
    for control in framework.into_iter().flat_map(Framework::controls) {
        match checks.remove(control.id) {
            Some(checks) => ids.push(PeerId { id: control.id, title: control.title, checks }),
            None => left_out.push(LeftOut { ids: control.id, why: control.manual }),
        }
    }
    let mut rest: Vec<_> =
        checks.into_iter().map(|(id, checks)| PeerId { id, title: "", checks }).collect();
    rest.sort_by_key(|entry| natural(entry.id));
    ids.extend(rest);
    Peer { peer: source.as_str(), title: source.title(), ids, left_out }
}

/// Numbers in ids count as numbers: 9 is before 10.
fn natural(id: &str) -> Vec<(&str, u64)> {
    let mut parts = Vec::new();
    let mut rest = id;
    while !rest.is_empty() {
        let word = rest.find(|char: char| char.is_ascii_digit()).unwrap_or(rest.len());
        let digits = &rest[word..];
        let end = digits.find(|char: char| !char.is_ascii_digit()).unwrap_or(digits.len());
        parts.push((&rest[..word], digits[..end].parse().unwrap_or_default()));
        rest = &digits[end..];
    }
    parts
}

impl PeerId {
    /// The checks in words; `name` says how one is written.
    pub(super) fn in_words(&self, name: impl Fn(&'static str) -> String) -> String {
        let word = |entry: &PeerCheck| match entry.in_part {
            true => format!("{} (in part)", name(entry.check)),
            false => name(entry.check),
        };
        self.checks.iter().map(word).collect::<Vec<_>>().join(", ")
    }
}

/// The ids with their checks, then what is left out.
#[must_use]
pub fn peer_table(peer: &Peer, style: Style) -> String {
    let ids = width(peer.ids.iter().map(|entry| entry.id));
    let lines = peer.ids.iter().map(|entry| {
        let checks = entry.in_words(str::to_owned);
        format!("  {:<ids$}  {checks}\n", entry.id)
    });
    let mut text = format!("{}\n{}", style.bold(peer.title), lines.collect::<String>());
    if !peer.left_out.is_empty() {
        let lines = peer.left_out.iter().map(|LeftOut { ids, why }| format!("  {ids}: {why}\n"));
        let heading = style.bold("Left out");
        text = format!("{text}\n{heading}\n{}", lines.collect::<String>());
    }
    let count = counted(peer.ids.len(), "id");
    format!("{text}\n{count} with a check; `holystone checks ID` explains one\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_as_people_count() {
        let mut ids = ["POP-1000", "KSV-2", "POP-400", "10", "9", "b", "a2b"];
        ids.sort_by_key(|id| natural(id));
        assert_eq!(ids, ["9", "10", "KSV-2", "POP-400", "POP-1000", "a2b", "b"]);
    }

    #[test]
    fn no_id_of_a_source_is_lost() {
        for source in Source::ALL {
            let known = ALL.iter().flat_map(|check| mapping(check.id).of(*source)).count();
            let shown: usize = peer(*source).ids.iter().map(|entry| entry.checks.len()).sum();
            assert_eq!(known, shown, "{}", source.as_str());
        }
    }
}
