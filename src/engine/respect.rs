//! Annotations by which people told other tools to leave a finding alone.

use crate::{
    checks::{Source, mapping},
    model::Labels,
};

/// The tools whose annotations are known.
pub const RESPECTABLE: [Source; 4] =
    [Source::KubeLinter, Source::Polaris, Source::Checkov, Source::KubeScore];

/// Whether an annotation is one of those tools'.
pub(super) fn is_read(annotation: &str) -> bool {
    const PREFIXES: [&str; 4] = [
        "ignore-check.kube-linter.io/",
        "kube-linter.io/",
        "polaris.fairwinds.com/",
        "kube-score/",
    ];
    PREFIXES.iter().chain(&CHECKOV).any(|prefix| annotation.starts_with(prefix))
}

/// What an annotation of one of the tools says about a check of ours that stands for one of theirs.
pub(super) fn noted(sources: &[Source], check: &str, annotations: &Labels) -> Option<String> {
    sources.iter().find_map(|source| {
        let ids: Vec<_> = mapping(check).of(*source).map(|counterpart| counterpart.id).collect();
        if ids.is_empty() {
            return None;
        }
        let said = match source {
            Source::KubeLinter => kube_linter(&ids, annotations),
            Source::Polaris => polaris(&ids, annotations),
            Source::Checkov => checkov(&ids, annotations),
            Source::KubeScore => kube_score(&ids, annotations),
            _ => None,
        };
        said.map(|reason| {
            let colon = if reason.is_empty() { "" } else { ": " };
            format!("{}{colon}{reason}", source.title())
        })
    })
}

/// `ignore-check.kube-linter.io/ID: REASON`, and `kube-linter.io/ignore-all`.
fn kube_linter<'a>(ids: &[&str], annotations: &'a Labels) -> Option<&'a str> {
    annotations.iter().find_map(|(key, value)| {
        let id = key.strip_prefix("ignore-check.kube-linter.io/");
        let is_meant = id.is_some_and(|id| ids.contains(&id)) || key == "kube-linter.io/ignore-all";
        is_meant.then_some(value)
    })
}

/// `polaris.fairwinds.com/ID-exempt: "true"`, and `exempt` for all.
fn polaris<'a>(ids: &[&str], annotations: &'a Labels) -> Option<&'a str> {
    let is_exempt = annotations.iter().any(|(key, value)| {
        let name = key.strip_prefix("polaris.fairwinds.com/");
        let is_meant = name.is_some_and(|name| {
            name == "exempt" || name.strip_suffix("-exempt").is_some_and(|id| ids.contains(&id))
        });
        is_meant && value.eq_ignore_ascii_case("true")
    });
    is_exempt.then_some("")
}

/// The prefix of Checkov, and those that it had before.
const CHECKOV: [&str; 3] = ["checkov.io/skip", "bridgecrew.io/skip", "cortex.io/skip"];

/// `checkov.io/skip1: ID=REASON`.
fn checkov<'a>(ids: &[&str], annotations: &'a Labels) -> Option<&'a str> {
    annotations.iter().find_map(|(key, value)| {
        let (id, reason) = value.split_once('=').unwrap_or((value, ""));
        let is_skip = CHECKOV.iter().any(|prefix| key.starts_with(prefix));
        (is_skip && ids.contains(&id.trim())).then(|| reason.trim())
    })
}

/// `kube-score/ignore: ID,ID`.
fn kube_score<'a>(ids: &[&str], annotations: &'a Labels) -> Option<&'a str> {
    let ignored = annotations.value("kube-score/ignore")?;
    ignored.split(',').any(|id| ids.contains(&id.trim())).then_some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(source: Source, key: &str, value: &str) -> Option<String> {
        let annotations = Labels::from_iter([(key, value)]);
        noted(&[source], "privileged-container", &annotations)
    }

    #[test]
    fn each_tool_has_its_own_words() {
        use Source::{Checkov, KubeLinter, KubeScore, Polaris};
        for (source, key, value, expected) in [
            (
                KubeLinter,
                "ignore-check.kube-linter.io/privileged-container",
                "old",
                Some("KubeLinter: old"),
            ),
            (KubeLinter, "ignore-check.kube-linter.io/host-pid", "old", None),
            (KubeLinter, "kube-linter.io/ignore-all", "", Some("KubeLinter")),
            (Polaris, "polaris.fairwinds.com/exempt", "True", Some("Polaris")),
            (Polaris, "polaris.fairwinds.com/exempt", "false", None),
            (Polaris, "polaris.fairwinds.com/runAsPrivileged-exempt", "true", Some("Polaris")),
            (Polaris, "polaris.fairwinds.com/hostPIDSet-exempt", "true", None),
            (Checkov, "checkov.io/skip1", "CKV_K8S_16=needs it", Some("Checkov: needs it")),
            (Checkov, "bridgecrew.io/skip2", "CKV_K8S_16", Some("Checkov")),
            (Checkov, "checkov.io/skip1", "CKV_K8S_17=x", None),
            (
                KubeScore,
                "kube-score/ignore",
                "a, container-security-context-privileged",
                Some("kube-score"),
            ),
            (KubeScore, "kube-score/ignore", "a", None),
            (KubeScore, "kube-linter.io/ignore-all", "", None),
        ] {
            assert_eq!(said(source, key, value).as_deref(), expected, "{key}: {value}");
        }
    }
}
