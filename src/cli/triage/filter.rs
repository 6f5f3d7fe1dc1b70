//! Which of the items that were read are meant.

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::{
    api::{ActionItem, ActionItemStatus, Severity, State},
    engine::Pattern,
};

use super::{super::scan::parse_severity, moment};

/// What items have to be like.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Filter {
    /// Lowest severity.
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    severity: Option<Severity>,
    /// State; may be repeated, or hold several with commas. Without it, those that the command is for: it
    /// lists all but resolved items, accepts open ones, and reopens those with a decision.
    #[arg(long, value_enum, value_name = "STATE", value_delimiter = ',', ignore_case = true)]
    state: Vec<Wanted>,
    /// Check: an id, a glob or a category; may be repeated.
    #[arg(long, value_name = "ID")]
    check: Vec<String>,
    /// Who owns the target.
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// Who takes care of the item.
    #[arg(long, value_name = "WHO", conflicts_with = "unassigned")]
    assignee: Option<String>,
    /// Items that nobody takes care of.
    #[arg(long)]
    unassigned: bool,
    /// Open items whose due date has passed.
    #[arg(long)]
    overdue: bool,
    /// Items opened since then: 24h, 7d, a date or a time.
    #[arg(long, value_name = "TIME")]
    new_since: Option<String>,
}

/// A state that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Wanted {
    Pending,
    Open,
    Exempt,
    Resolved,
    /// Whatever state it is in.
    All,
}

impl Wanted {
    fn is(self, state: State) -> bool {
        match self {
            Self::Pending => state == State::Pending,
            Self::Open => state == State::Open,
            Self::Exempt => state == State::Exempt,
            Self::Resolved => state == State::Resolved,
            Self::All => true,
        }
    }
}

impl Filter {
    /// Keeps the items that are meant; `usual` are those of them where no state is asked for.
    pub(super) fn keep(
        &self,
        items: &mut Vec<ActionItem>,
        usual: fn(&ActionItem) -> bool,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let since = self.new_since.as_deref().map(|text| moment::since(text, now));
        let since = since.transpose().map_err(anyhow::Error::msg)?;
        let checks = Pattern::compile_all(&self.check)?;
        let nothing = ActionItemStatus::default();
        items.retain(|item| {
            let status = item.status.as_ref().unwrap_or(&nothing);
            self.is_in_state(item, status, usual)
                && self.is_about(item, status)
                && (checks.is_empty() || self.is_of(item, status, &checks))
                && (!self.overdue || status.is_overdue(now))
                && since.is_none_or(|since| opened(item, status).is_some_and(|at| at >= since))
        });
        Ok(())
    }

    fn is_in_state(
        &self,
        item: &ActionItem,
        status: &ActionItemStatus,
        usual: fn(&ActionItem) -> bool,
    ) -> bool {
        let state = status.state.unwrap_or(State::Pending);
        match &*self.state {
            [] => usual(item),
            wanted => wanted.iter().any(|wanted| wanted.is(state)),
        }
    }

    fn is_about(&self, item: &ActionItem, status: &ActionItemStatus) -> bool {
        let is = |wanted: Option<&String>, is: Option<&String>| wanted.is_none() || wanted == is;
        let severity = status.severity;
        self.severity.is_none_or(|lowest| severity.is_some_and(|severity| severity <= lowest))
            && is(self.owner.as_ref(), status.owner.as_ref())
            && is(self.assignee.as_ref(), item.spec.assignee.as_ref())
            && !(self.unassigned && item.spec.assignee.is_some())
    }

    fn is_of(&self, item: &ActionItem, status: &ActionItemStatus, checks: &[Pattern]) -> bool {
        let category = status.category.as_deref().unwrap_or_default();
        checks.iter().any(|pattern| pattern.matches(&item.spec.check))
            || self.check.iter().any(|text| text == category)
    }
}

/// Whatever was named is meant.
pub(super) fn named(_: &ActionItem) -> bool {
    true
}

/// Whether something is left to do, or was accepted.
pub(super) fn unresolved(item: &ActionItem) -> bool {
    state(item) != State::Resolved
}

/// Whether something is left to do.
pub(super) fn open(item: &ActionItem) -> bool {
    matches!(state(item), State::Open | State::Pending)
}

/// Whether somebody has decided.
pub(super) fn decided(item: &ActionItem) -> bool {
    item.spec.decision.is_some()
}

fn state(item: &ActionItem) -> State {
    item.status.as_ref().and_then(|status| status.state).unwrap_or(State::Pending)
}

fn opened(item: &ActionItem, status: &ActionItemStatus) -> Option<Timestamp> {
    let opened = status.opened_at.as_ref().or(item.metadata.creation_timestamp.as_ref());
    opened.map(|time| time.0)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        filter: Filter,
    }

    fn item(check: &str, state: &str, severity: &str, opened: &str) -> ActionItem {
        let item = json!({
            "apiVersion": "holystone.dev/v1alpha1", "kind": "ActionItem",
            "metadata": {"name": check, "namespace": "shop"},
            "spec": {
                "check": check, "target": {"kind": "Pod", "namespace": "shop", "name": "web"},
                "decision": (state == "Exempt").then(|| json!({"reason": "risk-accepted"})),
                "assignee": if severity == "low" { json!("alice") } else { json!(null) },
            },
            "status": {
                "state": state, "severity": severity, "category": "pod-security",
                "owner": if severity == "low" { "team-a" } else { "team-b" },
                "openedAt": opened, "dueAt": "2026-11-20T00:00:00Z",
            },
        });
        serde_json::from_value(item).unwrap()
    }

    fn kept(arguments: &[&str], usual: fn(&ActionItem) -> bool) -> String {
        let mut items = vec![
            item("host-pid", "Open", "high", "2026-11-20T12:00:00Z"),
            item("host-ipc", "Open", "low", "2026-11-01T00:00:00Z"),
            item("host-port", "Exempt", "critical", "2026-11-01T00:00:00Z"),
            item("own.check", "Resolved", "medium", "2026-11-01T00:00:00Z"),
        ];
        let filter = Command::parse_from([&["x"], arguments].concat()).filter;
        filter.keep(&mut items, usual, "2026-11-21T00:00:00Z".parse().unwrap()).unwrap();
        let kept = items.iter().map(|item| item.spec.check.as_str());
        kept.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn items_are_kept_by_what_they_are() {
        for (arguments, expected) in [
            (&[][..], "host-pid host-ipc host-port"),
            (&["--severity", "high"], "host-pid host-port"),
            (&["--state", "open"], "host-pid host-ipc"),
            (&["--state", "Exempt,resolved"], "host-port own.check"),
            (&["--state", "all", "--check", "host-p*"], "host-pid host-port"),
            (&["--check", "pod-security"], "host-pid host-ipc host-port"),
            (&["--owner", "team-a"], "host-ipc"),
            (&["--assignee", "alice"], "host-ipc"),
            (&["--unassigned"], "host-pid host-port"),
            (&["--overdue"], "host-pid host-ipc"),
            (&["--new-since", "24h"], "host-pid"),
        ] {
            assert_eq!(kept(arguments, unresolved), expected, "{arguments:?}");
        }
        for (usual, expected) in [
            (named as fn(&ActionItem) -> bool, "host-pid host-ipc host-port own.check"),
            (open, "host-pid host-ipc"),
            (decided, "host-port"),
        ] {
            assert_eq!(kept(&[], usual), expected);
        }
        assert_eq!(kept(&["--state", "resolved"], open), "own.check", "it is asked for");
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_told() {
        let filter = Command::parse_from(["x", "--new-since", "soon"]).filter;
        let error = filter.keep(&mut Vec::new(), named, Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(error.to_string().contains("7d") || error.to_string().contains("14d"), "{error}");
    }
}
