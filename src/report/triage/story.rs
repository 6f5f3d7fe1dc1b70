//! All that there is to say about one item.

use jiff::Timestamp;

use crate::{
    api::{
        ActionItem, ActionItemStatus, Decision, Evidence, ExemptionInForce, Link, Severity, Source,
        Time,
    },
    engine,
};

use super::{
    super::{
        diff::shown_diff,
        style::{Style, counted},
        wrap::hang,
    },
    age::moment,
    grid::grid,
    state, text,
};

/// An item, and what is known beside it.
#[derive(Debug)]
pub struct Story<'a> {
    /// The item.
    pub item: &'a ActionItem,
    /// What the check demands, and why, in paragraphs.
    pub why: Vec<String>,
    /// What stands at each path of the evidence now, or why that is not known.
    pub live: Result<Vec<String>, String>,
    /// What remedies the finding, as a diff, or why there is none.
    pub fix: Result<String, String>,
}

/// How a story is written.
#[derive(Clone, Copy)]
struct Sheet {
    style: Style,
    columns: Option<usize>,
    now: Timestamp,
}

/// The fact, why it matters, where it shows, what remedies it, where that is edited, and its history.
#[must_use]
pub fn story(told: &Story<'_>, now: Timestamp, style: Style, columns: Option<usize>) -> String {
    let sheet = Sheet { style, columns, now };
    let nothing = ActionItemStatus::default();
    let status = told.item.status.as_ref().unwrap_or(&nothing);
    let sections = [
        ("Why", sheet.paragraphs(&told.why)),
        ("Evidence", sheet.evidence(status, &told.live)),
        ("Fix", sheet.fix(status, &told.fix)),
        ("Source", status.source.as_ref().map(source).into_iter().collect()),
        ("Accepted", sheet.accepted(told.item, status)),
        ("People", people(told.item, status)),
        ("History", sheet.history(told.item, status)),
    ];
    let sections = sections.into_iter().filter(|(_, lines)| !lines.is_empty());
    let sections =
        sections.map(|(title, lines)| format!("{}\n{}\n", style.bold(title), lines.join("\n")));
    let parts: Vec<_> = [sheet.head(told.item, status)].into_iter().chain(sections).collect();
    parts.join("\n")
}

impl Sheet {
    fn head(self, item: &ActionItem, status: &ActionItemStatus) -> String {
        let Self { style, columns, .. } = self;
        let meta = &item.metadata;
        let [namespace, name] =
            [&meta.namespace, &meta.name].map(|name| text(name.as_deref().unwrap_or_default()));
        let severity = status.severity.unwrap_or(Severity::Info);
        let severity = style.severity(severity, severity.as_str());
        let target = text(&engine::Target::from(&item.spec.target).to_string());
        let message =
            text(status.message.as_deref().unwrap_or("the controller has yet to judge it"));
        let begin = format!("{severity}  {}  {target}: ", state(item).as_str());
        format!(
            "{}\n{}\n",
            style.bold(&format!("{namespace}/{name}")),
            hang(&begin, &message, columns)
        )
    }

    fn paragraphs(self, all: &[String]) -> Vec<String> {
        all.iter().map(|paragraph| hang("  ", &text(paragraph), self.columns)).collect()
    }

    fn evidence(
        self,
        status: &ActionItemStatus,
        live: &Result<Vec<String>, String>,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, evidence) in status.evidence.iter().enumerate() {
            let Evidence { path, container, found, wanted } = evidence;
            let container = container.as_ref().map(|name| format!("  container {}", text(name)));
            lines.push(format!("  {}{}", text(path), container.unwrap_or_default()));
            let words = |name: &str, value: Option<&str>| {
                value.map(|value| format!("{name} {}", text(value)))
            };
            let now = live.as_ref().ok().and_then(|live| live.get(index));
            let told = [
                words("found", found.as_deref()),
                words("wanted", wanted.as_deref()),
                words("now", now.map(String::as_str)),
            ];
            let told = told.into_iter().flatten().collect::<Vec<_>>().join("; ");
            lines.push(hang("    ", &told, self.columns));
        }
        if status.evidence_truncated > 0 {
            lines.push(format!("  and {} more", status.evidence_truncated));
        }
        if let (Err(reason), false) = (live, lines.is_empty()) {
            lines.push(hang("  ", &self.style.dim(&text(reason)), self.columns));
        }
        lines
    }

    fn fix(self, status: &ActionItemStatus, fix: &Result<String, String>) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(remediation) = &status.remediation {
            lines.push(hang("  ", &text(remediation), self.columns));
        }
        match fix {
            Ok(diff) => lines.push(format!("\n{}", shown_diff(diff, self.style).trim_end())),
            Err(reason) if reason.is_empty() => {}
            Err(reason) => lines.push(hang("  ", &self.style.dim(&text(reason)), self.columns)),
        }
        lines
    }

    fn accepted(self, item: &ActionItem, status: &ActionItemStatus) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(ExemptionInForce { from, reason, note, since, until }) = &status.exemption {
            let mut rows = vec![
                ("by", from.as_deref().map(text)),
                ("reason", reason.as_deref().map(text)),
                ("note", note.as_deref().map(text)),
            ];
            rows.push(("since", since.as_ref().map(|time| self.moment(time))));
            let end = until.as_ref().map(|time| self.moment(time));
            rows.push(("until", Some(end.unwrap_or_else(|| "without an end".to_owned()))));
            lines.extend(table(rows));
        }
        if let Some(Decision { reason, note, until, by }) = &item.spec.decision {
            let by = by.as_deref().map_or_else(|| "somebody".to_owned(), text);
            let note = note.as_deref().map(|note| format!(", {}", text(note)));
            let until = until.as_deref().map(|until| format!(", until {}", text(until)));
            let decided =
                format!("{by}: {reason}{}{}", note.unwrap_or_default(), until.unwrap_or_default());
            lines.push(hang("  decided by ", &decided, self.columns));
        }
        lines
    }

    fn history(self, item: &ActionItem, status: &ActionItemStatus) -> Vec<String> {
        let moment = |time: &Option<Time>| time.as_ref().map(|time| self.moment(time));
        let reason = status.reason.as_deref().map(text);
        let resolved = moment(&status.resolved_at);
        let resolved = resolved.map(|time| format!("{time}, {}", reason.unwrap_or_default()));
        let again = counted(status.times_reopened as usize, "time");
        let due = moment(&status.due_at).filter(|_| resolved.is_none());
        table(vec![
            (
                "first seen",
                moment(&status.first_seen).or_else(|| moment(&item.metadata.creation_timestamp)),
            ),
            ("opened", moment(&status.opened_at)),
            ("due", due),
            ("resolved", resolved),
            ("came back", (status.times_reopened > 0).then_some(again)),
        ])
    }

    fn moment(self, time: &Time) -> String {
        moment(time.0, self.now)
    }
}

fn people(item: &ActionItem, status: &ActionItemStatus) -> Vec<String> {
    let policies = status.policies.join(", ");
    let mut lines = table(vec![
        ("owner", status.owner.as_deref().map(text)),
        ("assignee", item.spec.assignee.as_deref().map(text)),
        ("asked for by", (!policies.is_empty()).then(|| text(&policies))),
    ]);
    let link = |Link { name, url }: &Link| format!("  {}: {}", text(name), text(url));
    lines.extend(item.spec.links.iter().map(link));
    lines
}

/// What deployed the target, and the file that people edit.
fn source(Source { tool, kind, namespace, name, url, path }: &Source) -> String {
    let words = |word: &Option<String>| word.as_deref().map(text).unwrap_or_default();
    let name = match namespace {
        Some(namespace) => format!("{}/{}", text(namespace), words(name)),
        None => words(name),
    };
    let tool = [words(tool), words(kind), name];
    let tool: Vec<_> = tool.into_iter().filter(|word| !word.is_empty()).collect();
    let place = match (path, url) {
        (Some(path), Some(url)) => format!(": {} in {}", text(path), text(url)),
        (Some(place), None) | (None, Some(place)) => format!(": {}", text(place)),
        (None, None) => String::new(),
    };
    format!("  {}{place}", tool.join(" "))
}

/// Names and values below each other; what there is none of is left out.
fn table(rows: Vec<(&str, Option<String>)>) -> Vec<String> {
    let rows = rows.into_iter().filter_map(|(name, value)| Some(vec![format!("  {name}"), value?]));
    grid(&rows.collect::<Vec<_>>()).lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item() -> ActionItem {
        let item = json!({
            "apiVersion": "holystone.dev/v1alpha1", "kind": "ActionItem",
            "metadata": {"name": "web-host-pid-x", "namespace": "shop"},
            "spec": {
                "check": "host-pid",
                "target": {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"},
                "assignee": "al\u{202e}ice",
                "decision": {"reason": "risk-accepted", "note": "SEC-12", "by": "alice"},
                "links": [{"name": "jira", "url": "https://jira.example.com/SHOP-7"}],
            },
            "status": {
                "state": "Exempt", "severity": "high", "reason": "Dismissed",
                "message": "pod shares the host's processes", "remediation": "remove `hostPID`",
                "evidence": [{
                    "path": "/spec/template/spec/hostPID", "found": "true", "wanted": "not true",
                }],
                "exemption": {
                    "from": "decision", "reason": "risk-accepted", "note": "SEC-12",
                    "since": "2026-11-20T00:00:00Z", "until": "2026-12-01T00:00:00Z",
                },
                "source": {
                    "tool": "flux", "kind": "Kustomization", "namespace": "flux-system",
                    "name": "apps", "url": "https://git.example.com/apps", "path": "./shop",
                },
                "owner": "team-shop", "policies": ["baseline", "pci"],
                "firstSeen": "2026-10-01T00:00:00Z", "openedAt": "2026-11-19T00:00:00Z",
                "dueAt": "2026-11-22T00:00:00Z", "timesReopened": 2,
            },
        });
        serde_json::from_value(item).unwrap()
    }

    #[test]
    fn an_item_is_told_from_its_fact_to_its_history() {
        let told = Story {
            item: &item(),
            why: vec!["Pods must not share the host's processes.".to_owned()],
            live: Ok(vec!["true".to_owned()]),
            fix: Ok("@@ -1 +1 @@\n-hostPID: true\n+hostPID: false\n".to_owned()),
        };
        let expected = "\
shop/web-host-pid-x
high  Exempt  Deployment shop/web: pod shares the host's processes

Why
  Pods must not share the host's processes.

Evidence
  /spec/template/spec/hostPID
    found true; wanted not true; now true

Fix
  remove `hostPID`

@@ -1 +1 @@
-hostPID: true
+hostPID: false

Source
  flux Kustomization flux-system/apps: ./shop in https://git.example.com/apps

Accepted
  by      decision
  reason  risk-accepted
  note    SEC-12
  since   2026-11-20T00:00:00Z (24h ago)
  until   2026-12-01T00:00:00Z (in 10d)
  decided by alice: risk-accepted, SEC-12

People
  owner         team-shop
  assignee      al ice
  asked for by  baseline, pci
  jira: https://jira.example.com/SHOP-7

History
  first seen  2026-10-01T00:00:00Z (51d ago)
  opened      2026-11-19T00:00:00Z (2d ago)
  due         2026-11-22T00:00:00Z (in 24h)
  came back   2 times
";
        let now = "2026-11-21T00:00:00Z".parse().unwrap();
        assert_eq!(story(&told, now, Style::Plain, None), expected);
    }

    #[test]
    fn what_is_not_known_is_said() {
        let mut item = item();
        item.status = None;
        item.spec.decision = None;
        let told =
            Story { item: &item, why: vec![], live: Err("x".into()), fix: Err(String::new()) };
        let text = story(&told, Timestamp::UNIX_EPOCH, Style::Plain, None);
        assert!(text.contains("Pending  Deployment shop/web: the controller has yet"), "{text}");
        assert!(!text.contains("Evidence") && !text.contains("Fix"), "{text}");
    }
}
