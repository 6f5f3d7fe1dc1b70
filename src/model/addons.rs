//! Kinds of widespread add-ons.

use compact_str::CompactString;

use super::{LabelSelector, List, mirror::mirror};

mirror! {
    /// What is read of a `ServiceMonitor` of the Prometheus operator.
    pub struct ServiceMonitor {
        pub selector: LabelSelector,
        pub namespace_selector: NamespaceNames,
    }

    /// The namespaces that a monitor looks into; without either, its own.
    pub struct NamespaceNames {
        pub any: bool,
        pub match_names: List<CompactString>,
    }

    /// What is read of Gatekeeper's constraint `K8sAllowedRepos`.
    pub struct AllowedRepos {
        pub parameters: AllowedReposParameters,
    }

    /// The allowed prefixes.
    pub struct AllowedReposParameters {
        pub repos: List<CompactString>,
    }
}
