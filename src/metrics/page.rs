//! The page of the documentation about the metrics, from their declarations.

use std::fmt::Write;

use super::{Declared, Exporter};

const HEAD: &str = "\
<!-- Written from src/metrics by `just generate`; edit the declarations there. -->
# Metrics

`/metrics` on `--listen` (port 8080) has what is below, in the text format of Prometheus. How to scrape it, what
to be woken up by and what to look at: [monitoring](monitoring.md).

- **Only the leader tells of the cluster.** A replica that waits for its turn exports the second and the third
  table; a leader that loses its lease stops to export the first. Sums over replicas are true.
- **No label holds a free text.** Names of objects, messages and annotations are in the items. An owner is a label
  where it is a word of at most 63 letters, digits and `@._+:/-`; every other one is `(other)`.
- **The number of series has a bound**, about 2,000 at 5,000 namespaces. `--metrics-namespaces` says which namespaces have
  series of their own: `top`, the default, those with the most critical findings, then high ones, and so on, as far as 700 series
  go, and `(other)` for the rest; `all`, each, without a bound; `none`, no namespace, only `(all)`. Checks have 250
  series, owners 25, and `(other)` is the rest there, too. `(none)` is what has no severity, category or owner.
- **Zero is told for an hour** after the last item of a series has gone, so that graphs and alerts see the fall.
  `holystone_action_items_oldest_open_timestamp_seconds` has no zero: without an open item there is no time.
- `category` is one of the ten of the [catalogue](checks/README.md), and `(other)` for what a custom check calls otherwise.
";

/// The page.
#[must_use]
pub fn page(declared: &[Declared]) -> String {
    let mut page = HEAD.to_owned();
    let is_of_process = |one: &&Declared| !one.name.starts_with("holystone_");
    let by = |exporter: Exporter| declared.iter().filter(move |one| one.exporter == exporter);
    table(&mut page, "Of the leader", by(Exporter::Leader));
    table(&mut page, "Of every replica", by(Exporter::Every).filter(|one| !is_of_process(one)));
    table(&mut page, "Of the process", by(Exporter::Every).filter(is_of_process));
    page.push_str("\nLinux tells the last ones; elsewhere they are missing.\n");
    page
}

fn table<'a>(page: &mut String, title: &str, rows: impl Iterator<Item = &'a Declared>) {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    let head = "| Metric | Type | Labels | Meaning |\n|---|---|---|---|";
    writeln!(page, "\n## {title}\n\n{head}").ok();
    for Declared { name, form, labels, help, .. } in rows {
        let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
        writeln!(page, "| `{name}` | {form} | {} | {help} |", labels.join(", ")).ok();
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;
    use crate::metrics::Metrics;

    /// With `BLESS=1` in the environment it writes the page.
    #[test]
    fn the_committed_page_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/metrics.md");
        let page = page(Metrics::new().unwrap().declared());
        if env::var_os("BLESS").is_some() {
            fs::write(path, &page).unwrap();
        }
        let committed = fs::read_to_string(path).unwrap_or_default();
        assert!(committed == page, "docs/metrics.md is old, run: just generate");
    }
}
