//! Items as a tree: namespaces, the objects in them, and what is found on each.

use std::collections::BTreeMap;

use crate::api::{ActionItem, Severity, State, Target};

use super::{
    super::{
        style::{Style, counted, width},
        wrap::{hang, padded},
    },
    severity, state, text,
};

/// Where what is in no namespace stands, before all others.
const CLUSTER: &str = "";

type Objects<'a> = BTreeMap<&'a Target, Vec<&'a ActionItem>>;

/// Each namespace, its objects with the worst first, and their items with the worst first.
#[must_use]
pub fn item_tree(items: &[ActionItem], style: Style, columns: Option<usize>) -> String {
    let mut namespaces: BTreeMap<&str, Objects<'_>> = BTreeMap::new();
    for item in items {
        let target = &item.spec.target;
        let home = match (target.namespace.as_deref(), &*target.kind) {
            (Some(namespace), _) => namespace,
            (None, "Namespace") => &target.name,
            (None, _) => CLUSTER,
        };
        namespaces.entry(home).or_default().entry(target).or_default().push(item);
    }
    let trees = namespaces.into_iter().map(|(name, objects)| tree(name, objects, style, columns));
    trees.collect::<Vec<_>>().join("\n")
}

fn tree(name: &str, objects: Objects<'_>, style: Style, columns: Option<usize>) -> String {
    let title = match name {
        CLUSTER => "Cluster".to_owned(),
        name => format!("Namespace {}", text(name)),
    };
    let count: usize = objects.values().map(Vec::len).sum();
    let mut lines = vec![format!("{}  {}", style.bold(&title), counted(count, "finding"))];
    let mut objects: Vec<_> = objects.into_iter().collect();
    for (_, items) in &mut objects {
        items.sort_by_key(|item| (rank(item), &item.spec.check));
    }
    objects.sort_by_key(|(target, items)| (items.first().map(|item| rank(item)), *target));
    let checks = width(objects.iter().flat_map(|(_, items)| items).map(|item| &*item.spec.check));
    for (index, (target, items)) in objects.iter().enumerate() {
        let is_last = index + 1 == objects.len();
        let object = text(&format!("{} {}", target.kind, target.name));
        lines.push(format!("{} {object}", if is_last { "└──" } else { "├──" }));
        let stem = if is_last { "   " } else { "│  " };
        for (index, item) in items.iter().enumerate() {
            let branch = if index + 1 == items.len() { "└──" } else { "├──" };
            let line = finding(item, checks, style);
            lines.push(hang(&format!("{stem} {branch} {}", line.0), &line.1, columns));
        }
    }
    lines.join("\n") + "\n"
}

/// What a finding begins with, and its fact.
fn finding(item: &ActionItem, checks: usize, style: Style) -> (String, String) {
    let severity = severity(item).unwrap_or(Severity::Info);
    let severity = style.severity(severity, &format!("{severity:<8}"));
    let check = padded(&text(&item.spec.check), checks);
    let message = item.status.as_ref().and_then(|status| status.message.as_deref());
    let message = text(message.unwrap_or_default());
    let message = match state(item) {
        State::Open => message,
        state => format!("{message} {}", style.dim(&format!("({})", state.as_str()))),
    };
    (format!("{severity}  {check}  "), message)
}

fn rank(item: &ActionItem) -> u32 {
    severity(item).map_or(u32::MAX, Severity::rank)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(target: (&str, Option<&str>, &str), check: &str, rest: (&str, &str)) -> ActionItem {
        let ((kind, namespace, name), (severity, state)) = (target, rest);
        let item = json!({
            "apiVersion": "holystone.dev/v1alpha1", "kind": "ActionItem",
            "metadata": {"name": check, "namespace": "shop"},
            "spec": {
                "check": check, "target": {"kind": kind, "namespace": namespace, "name": name},
            },
            "status": {"state": state, "severity": severity, "message": "it is\u{1b}[2J bad"},
        });
        serde_json::from_value(item).unwrap()
    }

    #[test]
    fn findings_stand_below_objects_and_objects_below_namespaces() {
        let web = ("Deployment", Some("shop"), "web");
        let items = [
            item(("Service", Some("shop"), "lost"), "service-dangling", ("medium", "Open")),
            item(web, "host-pid", ("high", "Exempt")),
            item(web, "privileged", ("critical", "Open")),
            item(("Namespace", None, "shop"), "no-owner", ("low", "Open")),
            item(("ClusterRole", None, "all"), "too-much", ("high", "Open")),
        ];
        let expected = "\
Cluster  1 finding
└── ClusterRole all
    └── high      too-much  it is [2J bad

Namespace shop  4 findings
├── Deployment web
│   ├── critical  privileged        it is [2J bad
│   └── high      host-pid          it is [2J bad (Exempt)
├── Service lost
│   └── medium    service-dangling  it is [2J bad
└── Namespace shop
    └── low       no-owner          it is [2J bad
";
        assert_eq!(item_tree(&items, Style::Plain, None), expected);
        assert_eq!(item_tree(&[], Style::Plain, None), "");
    }
}
