//! API versions of well-known add-ons that no maintained release of the add-on serves.

/// An API version of an add-on that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovedAddonApi {
    /// Group and version.
    pub api_version: &'static str,
    /// The first release of the add-on that does not serve it.
    pub since: &'static str,
    /// Group and version to use instead.
    pub instead: &'static str,
}

const fn removed(
    api_version: &'static str,
    since: &'static str,
    instead: &'static str,
) -> RemovedAddonApi {
    RemovedAddonApi { api_version, since, instead }
}

/// Sorted. From <https://cert-manager.io/docs/releases/upgrading/>,
/// <https://istio.io/latest/blog/2021/migrate-alpha-policy/>, and the notes of External Secrets 0.17
/// and Traefik 3.0.
const REMOVED: &[RemovedAddonApi] = &[
    removed("acme.cert-manager.io/v1alpha2", "cert-manager 1.6", "acme.cert-manager.io/v1"),
    removed("acme.cert-manager.io/v1alpha3", "cert-manager 1.6", "acme.cert-manager.io/v1"),
    removed("acme.cert-manager.io/v1beta1", "cert-manager 1.6", "acme.cert-manager.io/v1"),
    removed("authentication.istio.io/v1alpha1", "Istio 1.6", "security.istio.io/v1"),
    removed("cert-manager.io/v1alpha2", "cert-manager 1.6", "cert-manager.io/v1"),
    removed("cert-manager.io/v1alpha3", "cert-manager 1.6", "cert-manager.io/v1"),
    removed("cert-manager.io/v1beta1", "cert-manager 1.6", "cert-manager.io/v1"),
    removed("certmanager.k8s.io/v1alpha1", "cert-manager 0.11", "cert-manager.io/v1"),
    removed("external-secrets.io/v1beta1", "External Secrets 0.17", "external-secrets.io/v1"),
    removed("rbac.istio.io/v1alpha1", "Istio 1.6", "security.istio.io/v1"),
    removed("traefik.containo.us/v1alpha1", "Traefik 3.0", "traefik.io/v1alpha1"),
];

impl RemovedAddonApi {
    /// What is known of an API version; `None` where it may be served.
    #[must_use]
    pub fn find(api_version: &str) -> Option<&'static Self> {
        let index = REMOVED.binary_search_by(|known| known.api_version.cmp(api_version));
        Some(&REMOVED[index.ok()?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_in_order_and_found() {
        assert!(REMOVED.is_sorted_by(|one, next| one.api_version < next.api_version));
        assert!(REMOVED.iter().all(|api| RemovedAddonApi::find(api.api_version) == Some(api)));
        assert_eq!(RemovedAddonApi::find("cert-manager.io/v1"), None);
    }
}
