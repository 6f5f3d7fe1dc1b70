//! Items as a list, a line for each.

use jiff::Timestamp;

use crate::api::{ActionItem, State, Time};

use super::{super::style::Style, age::age, grid::grid, severity, state, text};

/// Which columns are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns {
    /// The namespace of each item.
    pub namespace: bool,
    /// What does not fit most terminals: who takes care, since when, until when, and the fact.
    pub wide: bool,
}

/// A line for each item, below a head.
#[must_use]
pub fn item_table(items: &[ActionItem], columns: Columns, now: Timestamp, style: Style) -> String {
    let head = ["NAMESPACE", "NAME", "SEVERITY", "STATE", "CHECK", "TARGET", "AGE"];
    let wide = ["OPENED", "DUE", "ASSIGNEE", "OWNER", "POLICIES", "MESSAGE"];
    let head = head.iter().chain(wide.iter().filter(|_| columns.wide)).map(|text| style.bold(text));
    let mut rows = vec![head.collect::<Vec<_>>()];
    rows.extend(items.iter().map(|item| {
        let mut row = cells(item, now, style).to_vec();
        if columns.wide {
            row.extend(wide_cells(item, now));
        }
        row
    }));
    if !columns.namespace {
        rows.iter_mut().for_each(|row| drop(row.remove(0)));
    }
    grid(&rows)
}

fn cells(item: &ActionItem, now: Timestamp, style: Style) -> [String; 7] {
    let severity =
        severity(item).map_or_else(unknown, |severity| style.severity(severity, severity.as_str()));
    let state = match state(item) {
        state @ State::Open => state.as_str().to_owned(),
        state => style.dim(state.as_str()),
    };
    let meta = &item.metadata;
    let created = meta.creation_timestamp.as_ref();
    let created = created.map_or_else(unknown, |time| age(time.0, now));
    [
        text(meta.namespace.as_deref().unwrap_or_default()),
        text(meta.name.as_deref().unwrap_or_default()),
        severity,
        state,
        text(&item.spec.check),
        text(&format!("{}/{}", item.spec.target.kind, item.spec.target.name)),
        created,
    ]
}

fn wide_cells(item: &ActionItem, now: Timestamp) -> [String; 6] {
    let status = item.status.as_ref();
    let moment = |time: Option<&Time>| time.map_or_else(unknown, |time| time.0.to_string());
    let words = |words: Option<&str>| words.map_or_else(unknown, text);
    let opened = status.and_then(|status| status.opened_at.as_ref());
    [
        opened.map_or_else(unknown, |time| age(time.0, now)),
        moment(status.and_then(|status| status.due_at.as_ref())),
        words(item.spec.assignee.as_deref()),
        words(status.and_then(|status| status.owner.as_deref())),
        text(&status.map(|status| status.policies.join(",")).unwrap_or_default()),
        words(status.and_then(|status| status.message.as_deref())),
    ]
}

fn unknown() -> String {
    "<none>".to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_says_what_there_is_and_never_what_a_terminal_obeys() {
        let item = json!({
            "apiVersion": "holystone.dev/v1alpha1", "kind": "ActionItem",
            "metadata": {
                "name": "web-host-pid-x", "namespace": "shop",
                "creationTimestamp": "2026-11-20T12:00:00Z",
            },
            "spec": {
                "check": "host-pid", "assignee": "al\u{202e}ice",
                "target": {"kind": "Pod", "namespace": "shop", "name": "web\u{1b}[2J"},
            },
            "status": {
                "state": "Open", "severity": "high", "openedAt": "2026-11-20T18:00:00Z",
                "dueAt": "2026-12-01T00:00:00Z", "policies": ["a", "b"], "message": "it\nis",
            },
        });
        let mut item: ActionItem = serde_json::from_value(item).unwrap();
        let now = "2026-11-21T00:00:00Z".parse().unwrap();
        let table = |item: &ActionItem, wide| {
            let columns = Columns { namespace: wide, wide };
            item_table(std::slice::from_ref(item), columns, now, Style::Plain)
        };
        assert_eq!(
            table(&item, false),
            "NAME            SEVERITY  STATE  CHECK     TARGET       AGE\n\
             web-host-pid-x  high      Open   host-pid  Pod/web [2J  12h\n"
        );
        let wide = table(&item, true);
        let line = wide.lines().last().unwrap();
        let expected = "6h      2026-12-01T00:00:00Z  al ice    <none>  a,b       it is";
        assert!(line.starts_with("shop       ") && line.ends_with(expected), "{wide}");
        item.status = None;
        assert!(table(&item, false).contains("<none>    Pending"));
    }
}
