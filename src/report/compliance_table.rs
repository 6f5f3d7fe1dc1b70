//! A framework, control by control, for people.

use super::{
    compliance::{Compliance, ControlResult, NamespaceResult, Status},
    style::{Style, counted, width},
};

/// How many workloads of a namespace are named.
const NAMED: usize = 5;

/// A line for each control, a line for each namespace where there are some, and the counts.
pub(super) fn blocks(compliance: &Compliance, style: Style) -> Vec<String> {
    let Compliance { title, controls, namespaces, .. } = compliance;
    let ids = width(controls.iter().map(|control| control.id));
    let titles = width(controls.iter().map(|control| control.title));
    let mut lines = vec![style.bold(title)];
    lines.extend(controls.iter().map(|control| line(control, ids, titles, style)));
    let mut blocks = vec![lines.join("\n")];
    if !namespaces.is_empty() {
        let names = width(namespaces.iter().map(name));
        let mut lines = vec![style.bold("Workloads that pass")];
        lines.extend(namespaces.iter().map(|result| workloads(result, names)));
        blocks.push(lines.join("\n"));
    }
    blocks.push(summary(compliance, style));
    blocks
}

fn line(control: &ControlResult, ids: usize, titles: usize, style: Style) -> String {
    let ControlResult { id, title, status, objects, exempt, reasons, checks } = control;
    let failing = checks.iter().filter(|answers| answers.failed > 0).map(|answers| &*answers.check);
    let failing = failing.collect::<Vec<_>>().join(", ");
    let detail = match status {
        Status::Pass => String::new(),
        Status::Fail if *exempt > 0 => {
            format!("{}, {exempt} exempt: {failing}", counted(*objects, "object"))
        }
        Status::Fail => format!("{}: {failing}", counted(*objects, "object")),
        Status::Unknown | Status::Manual => reasons.join("; "),
    };
    let status = style.status(*status, &format!("{:<7}", status.as_str()));
    format!("  {status}  {id:<ids$}  {title:<titles$}  {detail}").trim_end().to_owned()
}

fn name(result: &NamespaceResult) -> &str {
    if result.namespace.is_empty() { "(no namespace)" } else { &result.namespace }
}

fn workloads(result: &NamespaceResult, names: usize) -> String {
    let all = result.workloads.len();
    let passing = result.workloads.iter().filter(|workload| workload.passes);
    let mut passing: Vec<_> = passing
        .map(|workload| format!("{} {}", workload.target.kind, workload.target.name))
        .collect();
    if passing.len() > NAMED {
        let rest = passing.split_off(NAMED).len();
        passing.push(format!("and {rest} more"));
    }
    let passing = passing.join(", ");
    let line = format!("  {:<names$}  {} of {all}  {passing}", name(result), result.passed);
    line.trim_end().to_owned()
}

fn summary(compliance: &Compliance, style: Style) -> String {
    let counts = &compliance.summary;
    let counts = [
        (Status::Pass, counts.pass),
        (Status::Fail, counts.fail),
        (Status::Unknown, counts.unknown),
        (Status::Manual, counts.manual),
    ];
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let counts = counts.iter().filter(|(_, count)| *count > 0).map(|(status, count)| {
        let text = format!("{count} {}", status.as_str());
        style.status(*status, &text)
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    format!("{}: {counts}", counted(total, "control"))
}
