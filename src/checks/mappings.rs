//! What a check is called elsewhere: the control of a standard, the rule of another tool.

use std::{collections::HashMap, sync::LazyLock};

use serde::Serialize;

/// The table, one block for each check.
const TABLE: &str = include_str!("mappings.txt");

static MAPPINGS: LazyLock<HashMap<&'static str, Mapping>> =
    LazyLock::new(|| parse(TABLE).expect("a test parses the same table").into_iter().collect());

/// Declares the sources: each is named once.
macro_rules! sources {
    ($($source:ident $name:literal $title:literal,)*) => {
        /// A standard, or a tool that checks the same.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the titles say it")]
        pub enum Source { $($source),* }

        impl Source {
            /// Every source, standards first.
            pub const ALL: &[Self] = &[$(Self::$source),*];

            /// Its name in the table and in arguments.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$source => $name),* }
            }

            /// Its name for people.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$source => $title),* }
            }
        }
    };
}

sources! {
    Pss "pss" "Pod Security Standards",
    Cis "cis" "CIS Kubernetes Benchmark 1.12",
    Nsa "nsa" "NSA/CISA Kubernetes Hardening Guide 1.2",
    Polaris "polaris" "Polaris",
    KubeLinter "kube-linter" "KubeLinter",
    KubeScore "kube-score" "kube-score",
    Trivy "trivy" "Trivy",
    Kubescape "kubescape" "Kubescape",
    Checkov "checkov" "Checkov",
    Datree "datree" "Datree",
    Kubeaudit "kubeaudit" "kubeaudit",
    Kubesec "kubesec" "kubesec",
    Kyverno "kyverno" "Kyverno policies",
    Gatekeeper "gatekeeper" "Gatekeeper library",
    Popeye "popeye" "Popeye",
    Marvin "marvin" "Marvin",
    Clusterlint "clusterlint" "clusterlint",
    Kor "kor" "Kor",
    Pluto "pluto" "Pluto",
    Goldilocks "goldilocks" "Goldilocks",
    RbacPolice "rbac-police" "rbac-police",
    Insights "insights" "Fairwinds Insights",
    K8guard "k8guard" "K8Guard",
}

impl Source {
    /// The source of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|source| source.as_str() == name)
    }

    /// Whether it demands rather than checks.
    #[must_use]
    pub fn is_standard(self) -> bool {
        self <= Self::Nsa
    }

    /// What of it no check of ours stands for, and why.
    #[must_use]
    pub fn left_out(self) -> Vec<LeftOut> {
        let rows = LEFT_OUT.iter().filter(|(source, ..)| *source == self);
        rows.map(|(_, ids, why)| LeftOut { ids, why }).collect()
    }
}

/// Ids that no check of ours stands for.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LeftOut {
    /// The ids, in words.
    pub ids: &'static str,
    /// Why.
    pub why: &'static str,
}

/// An id that means what a check of ours means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counterpart {
    /// Whose id it is.
    pub source: Source,
    /// The id.
    pub id: &'static str,
    /// Whether the two have only a part in common.
    pub in_part: bool,
}

/// Everything that a check is called elsewhere, sorted by source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(Vec<Counterpart>);

impl Mapping {
    /// All counterparts.
    pub fn iter(&self) -> impl Iterator<Item = &Counterpart> {
        self.0.iter()
    }

    /// The ids of a source.
    pub fn of(&self, source: Source) -> impl Iterator<Item = &Counterpart> {
        self.iter().filter(move |counterpart| counterpart.source == source)
    }

    /// The ids of a source that mean the same, and not only in part.
    pub fn same(&self, source: Source) -> impl Iterator<Item = &'static str> {
        self.of(source).filter(|counterpart| !counterpart.in_part).map(|counterpart| counterpart.id)
    }
}

/// What a check is called elsewhere; nothing for a check that is not ours.
#[must_use]
pub fn mapping(check: &str) -> &'static Mapping {
    static NOTHING: Mapping = Mapping(Vec::new());
    MAPPINGS.get(check).unwrap_or(&NOTHING)
}

/// Reads the table.
fn parse(table: &'static str) -> Result<Vec<(&'static str, Mapping)>, String> {
    let mut mappings: Vec<(&'static str, Mapping)> = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match (line.strip_prefix("  "), mappings.last_mut()) {
            (None, _) => mappings.push((line, Mapping::default())),
            (Some(row), Some((_, mapping))) => mapping.0.extend(counterparts(row)?),
            (Some(_), None) => return Err(format!("no check above: {line}")),
        }
    }
    Ok(mappings)
}

fn counterparts(row: &'static str) -> Result<impl Iterator<Item = Counterpart>, String> {
    let (name, ids) = row.split_once(' ').ok_or_else(|| format!("no id: {row}"))?;
    let source = Source::find(name).ok_or_else(|| format!("no such source: {row}"))?;
    Ok(ids.trim_start().split(", ").map(move |text| {
        let part = text.strip_prefix('~');
        Counterpart { source, id: part.unwrap_or(text), in_part: part.is_some() }
    }))
}

const NODES: &str =
    "about files and flags of nodes and of the control plane, which no object shows";
const REQUESTS: &str = "about a request or the object before it; an audit sees neither";
const PSP: &str = "about PodSecurityPolicy, which is gone since Kubernetes 1.25";
const PRODUCTS: &str = "about objects of one product";
const IMAGES: &str = "about what is in an image or its registry";

/// What is left out on purpose.
const LEFT_OUT: &[(Source, &str, &str)] = &[
    (Source::KubeLinter, "sorted-keys", "about looks only"),
    (Source::KubeLinter, "scc-deny-privileged-container", PRODUCTS),
    (Source::Trivy, "KCV-0001 to KCV-0092", NODES),
    (Source::Kubescape, "C-0005, C-0092 to C-0184, C-0277, C-0283, C-0284, C-0290, C-0291", NODES),
    (Source::Kubescape, "C-0213 to C-0220", PSP),
    (Source::Kubescape, "C-0221 to C-0254, but for those above", "about settings of a cloud"),
    (Source::Kubescape, "C-0083, C-0084, C-0085, C-0236, C-0237", IMAGES),
    (Source::Kubescape, "C-0301, C-0303, C-0304", PRODUCTS),
    (Source::Checkov, "CKV_K8S_68 to CKV_K8S_151", NODES),
    (Source::Checkov, "CKV_K8S_1 to CKV_K8S_7, CKV_K8S_24, CKV_K8S_32, CKV_K8S_36", PSP),
    (Source::Datree, "35 to 44", PRODUCTS),
    (
        Source::Kyverno,
        "block-pod-exec-*, block-updates-deletes, block-kubectl-cp, allowed-label-changes, \
         restrict-scale, restrict-node-label-*",
        REQUESTS,
    ),
    (Source::Kyverno, "verify-image*, require-vulnerability-scan, block-stale-images", IMAGES),
    (
        Source::Kyverno,
        "argo, aws, castai, cert-manager, consul, external-secret-operator, flux, istio, \
         karpenter, kasten, kubecost, kubeops, kubevirt, linkerd, openshift, tekton, traefik, velero",
        PRODUCTS,
    ),
    (Source::Gatekeeper, "noupdateserviceaccount", REQUESTS),
    (Source::Popeye, "POP-1600 to POP-1704", PRODUCTS),
    (Source::Popeye, "POP-404, POP-406, POP-666, POP-708, POP-1101", "about Popeye itself"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::checks::{ALL, FRAMEWORKS};

    fn table() -> Vec<(&'static str, Mapping)> {
        parse(TABLE).unwrap()
    }

    #[test]
    fn the_table_has_each_check_once_and_names_each_id_once() {
        let checks: BTreeSet<_> = table().iter().map(|(check, _)| *check).collect();
        assert_eq!(checks.len(), table().len());
        for (check, mapping) in table() {
            let key = |counterpart: &Counterpart| (counterpart.source, counterpart.id);
            let distinct: BTreeSet<_> = mapping.iter().map(key).collect();
            assert_eq!(distinct.len(), mapping.iter().count(), "{check}");
            assert!(mapping.0.is_sorted_by_key(|counterpart| counterpart.source), "{check}");
            let is_word = |id: &str| !id.is_empty() && !id.contains([' ', ',', '|', '*', '~']);
            assert!(mapping.iter().all(|counterpart| is_word(counterpart.id)), "{check}");
        }
    }

    #[test]
    fn the_table_is_about_the_checks_that_there_are_and_in_their_order() {
        let ours: Vec<_> = ALL.iter().map(|check| check.id).collect();
        let mapped: Vec<_> = table().into_iter().map(|(check, _)| check).collect();
        let differing = ours.iter().zip(&mapped).find(|(check, block)| check != block);
        assert_eq!(differing, None, "blocks of mappings.txt are not in the order of ALL");
        assert_eq!(ours.len(), mapped.len(), "a check has no block, or a block has no check");
    }

    #[test]
    fn a_control_has_checks_or_says_why_not() {
        let table = table();
        for framework in FRAMEWORKS {
            for control in framework.controls() {
                let stands =
                    |mapping: &Mapping| mapping.same(framework.source).any(|id| id == control.id);
                let is_judged = table.iter().any(|(_, mapping)| stands(mapping));
                assert_eq!(is_judged, control.manual.is_empty(), "{}", control.id);
            }
        }
    }

    #[test]
    fn what_is_the_same_in_part_is_told_apart() {
        let priority = mapping("critical-addon-priority-missing");
        assert_eq!(priority.of(Source::Polaris).count(), 1);
        assert_eq!(priority.same(Source::Polaris).count(), 0);
        let privileged: Vec<_> = mapping("privileged-container").same(Source::Cis).collect();
        assert_eq!(privileged, ["5.2.2"]);
        assert_eq!(mapping("no-such-check"), &Mapping::default());
    }

    #[test]
    fn a_table_with_a_mistake_is_refused() {
        for table in ["  polaris x", "check\n  nobody x", "check\n  polaris"] {
            assert!(parse(table).is_err(), "{table}");
        }
    }
}
