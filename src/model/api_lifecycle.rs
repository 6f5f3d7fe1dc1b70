//! When each version of each built-in API came, was deprecated and went: what the Kubernetes sources
//! say of themselves, as a table.

use std::{borrow::Cow, sync::LazyLock};

/// Written by `just api-lifecycle`; sorted by API version and kind.
const TABLE: &str = include_str!("api_lifecycle.txt");

/// The life of one kind in one API version, in minor versions of Kubernetes 1.x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiLifecycle {
    /// Group and version, for example `apps/v1`; `v1` for the core group.
    pub api_version: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// The first version that has it; zero where that was long ago.
    pub introduced: u16,
    /// The first version that warns of it.
    pub deprecated: Option<u16>,
    /// The first version that no longer serves it.
    pub removed: Option<u16>,
    /// API version and kind to use instead.
    pub replacement: Option<(&'static str, &'static str)>,
}

impl ApiLifecycle {
    /// The life of a kind in an API version; `None` where it is not built in.
    #[must_use]
    pub fn find(api_version: &str, kind: &str) -> Option<&'static Self> {
        let all = Self::all();
        let index =
            all.binary_search_by(|life| (life.api_version, life.kind).cmp(&(api_version, kind)));
        Some(&all[index.ok()?])
    }

    /// Every kind in every API version that there is or was.
    #[must_use]
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<ApiLifecycle>> =
            LazyLock::new(|| TABLE.lines().filter_map(ApiLifecycle::parse).collect());
        &ALL
    }

    /// Reads a line; `None` for a comment.
    fn parse(line: &'static str) -> Option<Self> {
        let mut words = line.split(' ').filter(|_| !line.starts_with('#'));
        Some(Self {
            api_version: words.next()?,
            kind: words.next()?,
            introduced: words.next()?.parse().ok()?,
            deprecated: words.next()?.parse().ok(),
            removed: words.next()?.parse().ok(),
            replacement: words.next().zip(words.next()),
        })
    }

    /// The minor version that removed it, if it is no longer served at `minor`.
    #[must_use]
    pub fn removed_at(&self, minor: u16) -> Option<u16> {
        self.removed.filter(|removed| *removed <= minor)
    }

    /// The minor version that deprecated it, if it is deprecated and still served at `minor`.
    #[must_use]
    pub fn deprecated_at(&self, minor: u16) -> Option<u16> {
        self.deprecated.filter(|since| *since <= minor && self.removed_at(minor).is_none())
    }

    /// What to write instead at `minor`: the API version, and the kind where it is another one.
    #[must_use]
    pub fn successor_at(&self, minor: u16) -> Cow<'static, str> {
        let is_served = |api_version, kind| {
            Self::find(api_version, kind)
                .is_some_and(|life| life.introduced <= minor && life.removed_at(minor).is_none())
        };
        match self.replacement {
            Some((api_version, kind)) if !is_served(api_version, kind) => "another API".into(),
            Some((api_version, kind)) if kind == self.kind => api_version.into(),
            Some((api_version, kind)) => format!("{api_version} {kind}").into(),
            None => "nothing: it has no successor".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_in_order() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(ApiLifecycle::all().len(), lines);
        let names = ApiLifecycle::all().iter().map(|life| (life.api_version, life.kind));
        assert!(names.is_sorted_by(|one, next| one < next), "sorted and without duplicates");
    }

    #[test]
    fn lives_are_told_in_order_and_replacements_exist() {
        for life in ApiLifecycle::all() {
            let end = life.removed.unwrap_or(u16::MAX);
            assert!(life.introduced < end, "{life:?}");
            let deprecated = life.deprecated.unwrap_or(life.introduced);
            assert!((life.introduced..end).contains(&deprecated), "{life:?}");
            if let Some((api_version, kind)) = life.replacement {
                assert!(ApiLifecycle::find(api_version, kind).is_some(), "{life:?}");
            }
        }
    }

    /// As the deprecation guide on kubernetes.io tells, and the peers that it corrects do not.
    #[test]
    fn known_facts_are_in_it() {
        let life = |api_version, kind| {
            let life = ApiLifecycle::find(api_version, kind).unwrap();
            (life.deprecated, life.removed, life.replacement)
        };
        let ingress = Some(("networking.k8s.io/v1", "Ingress"));
        assert_eq!(life("extensions/v1beta1", "Ingress"), (Some(14), Some(22), ingress));
        let scaler = Some(("autoscaling/v2", "HorizontalPodAutoscaler"));
        assert_eq!(
            life("autoscaling/v2beta2", "HorizontalPodAutoscaler"),
            (Some(23), Some(26), scaler)
        );
        assert_eq!(life("policy/v1beta1", "PodSecurityPolicy"), (Some(21), Some(25), None));
        let schema = Some(("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"));
        let group = "flowcontrol.apiserver.k8s.io/v1beta1";
        assert_eq!(life(group, "FlowSchema"), (Some(23), Some(26), schema));
        let slice = Some(("discovery.k8s.io/v1", "EndpointSlice"));
        assert_eq!(life("v1", "Endpoints"), (Some(33), None, slice));
        assert_eq!(life("apps/v1", "Deployment"), (None, None, None));
        assert_eq!(ApiLifecycle::find("argoproj.io/v1alpha1", "Rollout"), None);
    }

    #[test]
    fn the_target_version_decides() {
        let life = ApiLifecycle::find("batch/v1beta1", "CronJob").unwrap();
        assert_eq!((life.deprecated_at(20), life.removed_at(20)), (None, None));
        assert_eq!((life.deprecated_at(24), life.removed_at(24)), (Some(21), None));
        assert_eq!((life.deprecated_at(25), life.removed_at(25)), (None, Some(25)));
    }
}
