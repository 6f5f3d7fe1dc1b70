//! Items summed up: how many there are, where, on what, and whose.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::{ActionItem, AuditPolicy, ConditionStatus, OpenFindings, Severity, State, Time};

use super::{
    super::style::{Style, counted},
    age::age,
    grid::grid,
    kind_and_name, severity, state, text,
};

/// How many targets and owners are named.
const HOTSPOTS: usize = 10;
/// How long the longest bar is.
const BAR: usize = 30;

/// How many items there are, and where.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemSummary {
    /// Open items by severity.
    pub open: OpenFindings,
    /// Open items whose due date has passed.
    pub overdue: usize,
    /// Open items that nobody is assigned to.
    pub unassigned: usize,
    /// Exempt items.
    pub exempt: usize,
    /// Resolved items that are still kept.
    pub resolved: usize,
    /// Open items by namespace, most first.
    pub namespaces: Vec<Counted>,
    /// The targets with the most open items.
    pub targets: Vec<Counted>,
    /// The owners with the most open items.
    pub owners: Vec<Counted>,
    /// The policies, if they may be read.
    pub policies: Vec<PolicyScore>,
}

/// Open items of a namespace, of a target or of an owner.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// What they are counted for.
    pub name: String,
    /// How many there are.
    pub total: u32,
    /// How many there are of each severity.
    pub open: OpenFindings,
}

/// How well a policy is kept.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyScore {
    /// The policy.
    pub name: String,
    /// From 0 to 100, once it was audited.
    pub score: Option<u32>,
    /// Whether nothing of severity high or above is open.
    pub compliant: Option<bool>,
    /// When the last full audit was complete.
    pub audited_at: Option<Time>,
}

/// Sums items and policies up.
#[must_use]
pub fn item_summary(items: &[ActionItem], policies: &[AuditPolicy], now: Timestamp) -> ItemSummary {
    let mut summary = ItemSummary::default();
    let [mut namespaces, mut targets, mut owners] = [const { BTreeMap::new() }; 3];
    for item in items {
        match state(item) {
            State::Exempt => summary.exempt += 1,
            State::Resolved => summary.resolved += 1,
            State::Pending | State::Open => {
                let Some(severity) = severity(item) else { continue };
                let status = item.status.as_ref();
                let is_overdue = status.is_some_and(|status| status.is_overdue(now));
                summary.overdue += usize::from(is_overdue);
                summary.unassigned += usize::from(item.spec.assignee.is_none());
                *summary.open.of(severity) += 1;
                let namespace = text(item.metadata.namespace.as_deref().unwrap_or_default());
                let target = &item.spec.target;
                let target = match target.namespace.as_deref() {
                    Some(name) => text(&format!("{} {name}/{}", target.kind, target.name)),
                    None => kind_and_name(target),
                };
                let owner = status.and_then(|status| status.owner.as_deref());
                let owner = owner.map_or_else(|| "(nobody)".to_owned(), text);
                for (counts, name) in
                    [(&mut namespaces, namespace), (&mut targets, target), (&mut owners, owner)]
                {
                    *counts.entry(name).or_insert_with(OpenFindings::default).of(severity) += 1;
                }
            }
        }
    }
    summary.namespaces = ranked(namespaces);
    summary.targets = ranked(targets);
    summary.targets.truncate(HOTSPOTS);
    summary.owners = ranked(owners);
    summary.owners.truncate(HOTSPOTS);
    summary.policies = policies.iter().map(PolicyScore::from).collect();
    summary
}

/// Those with the most first; of equals, those with the worst.
fn ranked(counts: BTreeMap<String, OpenFindings>) -> Vec<Counted> {
    let counted = counts.into_iter().map(|(name, open)| Counted { name, total: total(open), open });
    let mut counted: Vec<_> = counted.collect();
    let rank = |counted: &Counted| {
        (counted.total, Severity::ALL.map(|severity| count(counted.open, severity)))
    };
    counted.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.name.cmp(&b.name)));
    counted
}

fn count(mut open: OpenFindings, severity: Severity) -> u32 {
    *open.of(severity)
}

fn total(open: OpenFindings) -> u32 {
    Severity::ALL.into_iter().map(|severity| count(open, severity)).sum()
}

impl From<&AuditPolicy> for PolicyScore {
    fn from(policy: &AuditPolicy) -> Self {
        let status = policy.status.as_ref();
        let conditions = status.map(|status| &*status.conditions).unwrap_or_default();
        let compliant = conditions.iter().find(|condition| condition.type_ == "Compliant");
        let audit = status.and_then(|status| status.last_audit.as_ref());
        Self {
            name: text(policy.metadata.name.as_deref().unwrap_or_default()),
            score: status.and_then(|status| status.score),
            compliant: compliant.and_then(|condition| match condition.status {
                ConditionStatus::Unknown => None,
                known => Some(known == ConditionStatus::True),
            }),
            audited_at: audit.and_then(|audit| audit.completed_at.clone()),
        }
    }
}

/// The numbers, then bars by severity and by namespace, hotspots, owners, and the policies.
#[must_use]
pub fn summary_table(summary: &ItemSummary, now: Timestamp, style: Style) -> String {
    let ItemSummary { open, namespaces, targets, owners, policies, .. } = summary;
    let mut blocks = vec![numbers(summary, style)];
    let most = Severity::ALL.into_iter().map(|severity| count(*open, severity)).max();
    let rows = Severity::ALL.map(|severity| {
        let count = count(*open, severity);
        let bar = style.severity(severity, &bar(count, most.unwrap_or_default()));
        vec![format!("  {}", style.severity(severity, severity.as_str())), right(count), bar]
    });
    blocks.push(style.bold("By severity") + "\n" + &grid(&rows));
    for (title, counted) in
        [("By namespace", namespaces), ("Most findings", targets), ("By owner", owners)]
    {
        if !counted.is_empty() {
            blocks.push(style.bold(title) + "\n" + &bars(counted, style));
        }
    }
    if !policies.is_empty() {
        let rows: Vec<_> = policies.iter().map(|policy| policy_row(policy, now)).collect();
        blocks.push(style.bold("Policies") + "\n" + &grid(&rows));
    }
    blocks.join("\n")
}

fn numbers(summary: &ItemSummary, style: Style) -> String {
    let ItemSummary { open, overdue, unassigned, exempt, resolved, .. } = summary;
    let rest = [
        (*overdue, "overdue"),
        (*unassigned, "unassigned"),
        (*exempt, "exempt"),
        (*resolved, "resolved"),
    ];
    let rest = rest.iter().filter(|(count, _)| *count > 0);
    let first = style.bold(&counted(total(*open) as usize, "open finding"));
    let all = [first].into_iter().chain(rest.map(|(count, what)| format!("{count} {what}")));
    all.collect::<Vec<_>>().join(", ") + "\n"
}

fn bars(all: &[Counted], style: Style) -> String {
    let most = all.iter().map(|counted| counted.total).max().unwrap_or_default();
    let row = |counted: &Counted| {
        let severities = Severity::ALL.into_iter().filter_map(|severity| {
            let count = count(counted.open, severity);
            (count > 0).then(|| style.severity(severity, &format!("{count} {severity}")))
        });
        let severities = severities.collect::<Vec<_>>().join(", ");
        let bar = bar(counted.total, most);
        vec![format!("  {}", counted.name), right(counted.total), severities, style.dim(&bar)]
    };
    grid(&all.iter().map(row).collect::<Vec<_>>())
}

fn policy_row(policy: &PolicyScore, now: Timestamp) -> Vec<String> {
    let PolicyScore { name, score, compliant, audited_at } = policy;
    let score = score.map_or_else(|| "no score yet".to_owned(), |score| format!("score {score}"));
    let compliant = match compliant {
        Some(true) => "compliant",
        Some(false) => "not compliant",
        None => "",
    };
    let audited = match audited_at {
        Some(time) => format!("audited {} ago", age(time.0, now)),
        None => "not audited yet".to_owned(),
    };
    vec![format!("  {name}"), score, compliant.to_owned(), audited]
}

/// A number, so that those below each other end alike.
fn right(count: u32) -> String {
    format!("{count:>5}")
}

/// As long as its part of the most; what there is at all can be seen.
fn bar(count: u32, most: u32) -> String {
    let most = (most as usize).max(1);
    "█".repeat((count as usize * BAR).div_ceil(most))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(name: &str, severity: &str, state: &str, owner: Option<&str>) -> ActionItem {
        let item = json!({
            "apiVersion": "holystone.dev/v1alpha1", "kind": "ActionItem",
            "metadata": {"name": name, "namespace": "shop"},
            "spec": {
                "check": "host-pid",
                "target": {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": name},
            },
            "status": {
                "state": state, "severity": severity, "owner": owner,
                "dueAt": "2026-11-20T00:00:00Z",
            },
        });
        serde_json::from_value(item).unwrap()
    }

    fn now() -> Timestamp {
        "2026-11-21T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn open_items_are_counted_and_the_worst_comes_first() {
        let items = [
            item("api", "low", "Open", None),
            item("api", "low", "Open", None),
            item("web", "critical", "Open", Some("team\u{1b}[31m")),
            item("old", "high", "Resolved", None),
            item("known", "high", "Exempt", None),
        ];
        let summary = item_summary(&items, &[], now());
        let expected = "\
3 open findings, 3 overdue, 3 unassigned, 1 exempt, 1 resolved

By severity
  critical      1  ███████████████
  high          0
  medium        0
  low           2  ██████████████████████████████
  info          0

By namespace
  shop      3  1 critical, 2 low  ██████████████████████████████

Most findings
  Deployment shop/api      2  2 low       ██████████████████████████████
  Deployment shop/web      1  1 critical  ███████████████

By owner
  (nobody)       2  2 low       ██████████████████████████████
  team [31m      1  1 critical  ███████████████
";
        assert_eq!(summary_table(&summary, now(), Style::Plain), expected);
    }
}
