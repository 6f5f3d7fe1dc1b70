//! What is asked for, and which rules allow it.

use compact_str::CompactString;

use super::PolicyRule;

/// What somebody wants to do. Where it is to be done is asked beside it: rules do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// `get`, `create`, `escalate` …
    pub verb: &'a str,
    /// With what.
    pub asked: Asked<'a>,
}

/// With what something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// Objects of the API.
    Resource {
        /// The API group; empty for the core group.
        group: &'a str,
        /// The resource, as `pods`.
        resource: &'a str,
        /// The subresource, as `exec`; empty for the object itself.
        subresource: &'a str,
        /// The object's name; empty for all, and for one that is only to be created.
        name: &'a str,
    },
    /// A path of the server that is no object, as `/metrics`.
    Url(&'a str),
}

impl PolicyRule {
    /// Whether it allows a request.
    #[must_use]
    pub fn grants(&self, request: &Request<'_>) -> bool {
        self.has_verb(request.verb)
            && match request.asked {
                Asked::Url(path) => self.has_url(path),
                Asked::Resource { group, resource, subresource, name } => {
                    self.has_group(group) && self.has(resource, subresource) && self.has_name(name)
                }
            }
    }

    /// Whether it allows one of the verbs on one of the resources of a group (`pods/exec` with its
    /// subresource), be it for single names only.
    #[must_use]
    pub fn allows(&self, group: &str, resources: &[&str], verbs: &[&str]) -> bool {
        self.has_group(group)
            && resources.iter().any(|resource| self.has_resource(resource))
            && verbs.iter().any(|verb| self.has_verb(verb))
    }

    /// The same, for objects of every name.
    #[must_use]
    pub fn allows_all(&self, group: &str, resources: &[&str], verbs: &[&str]) -> bool {
        self.resource_names.is_empty() && self.allows(group, resources, verbs)
    }

    /// Whether it allows everything that can be read and written, as `cluster-admin` does.
    #[must_use]
    pub fn allows_everything(&self) -> bool {
        const VERBS: [&str; 7] = ["get", "list", "watch", "create", "update", "patch", "delete"];
        is_any(&self.api_groups)
            && is_any(&self.resources)
            && self.resource_names.is_empty()
            && VERBS.iter().all(|verb| self.has_verb(verb))
    }

    /// Whether it names the group, or all.
    #[must_use]
    pub fn has_group(&self, group: &str) -> bool {
        self.api_groups.iter().any(|candidate| candidate == "*" || candidate == group)
    }

    /// Whether it names the verb, or all.
    #[must_use]
    pub fn has_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|candidate| candidate == "*" || candidate == verb)
    }

    /// Whether it names the resource (`pods/exec` with its subresource), or a wildcard over it.
    #[must_use]
    pub fn has_resource(&self, resource: &str) -> bool {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        self.has(resource, subresource)
    }

    fn has(&self, resource: &str, subresource: &str) -> bool {
        let names = |candidate: &str| match subresource {
            "" => candidate == resource,
            _ => candidate
                .strip_suffix(subresource)
                .and_then(|rest| rest.strip_suffix('/'))
                .is_some_and(|named| named == "*" || named == resource),
        };
        self.resources.iter().any(|candidate| candidate == "*" || names(candidate))
    }

    fn has_name(&self, name: &str) -> bool {
        self.resource_names.is_empty() || self.resource_names.iter().any(|known| known == name)
    }

    /// Only a last `*` stands for more, and several of them for no more than one.
    fn has_url(&self, path: &str) -> bool {
        self.non_resource_urls.iter().any(|url| {
            url == "*"
                || url == path
                || (url.ends_with('*') && path.starts_with(url.trim_end_matches('*')))
        })
    }
}

fn is_any(names: &[CompactString]) -> bool {
    names.iter().any(|name| name == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> PolicyRule {
        serde_json::from_str(json).unwrap()
    }

    fn grants(json: &str, verb: &str, resource: &str, name: &str) -> bool {
        let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let asked = Asked::Resource { group, resource, subresource, name };
        rule(json).grants(&Request { verb, asked })
    }

    #[test]
    fn wildcards_cover_subresources_as_the_authorizer_reads_them() {
        let has = |named: &str, resource: &str| {
            rule(&format!(r#"{{"resources": ["{named}"]}}"#)).has_resource(resource)
        };
        for (named, resource) in
            [("*", "pods"), ("*", "pods/exec"), ("*/exec", "pods/exec"), ("pods/exec", "pods/exec")]
        {
            assert!(has(named, resource), "{named} {resource}");
        }
        for (named, resource) in [
            ("pods/*", "pods/exec"),
            ("pods", "pods/exec"),
            ("*/exec", "pods"),
            ("*/*", "pods/exec"),
            ("exec", "pods/exec"),
            ("*exec", "pods/exec"),
            ("/exec", "pods/exec"),
            ("*/", "pods"),
            ("Pods", "pods"),
        ] {
            assert!(!has(named, resource), "{named} {resource}");
        }
    }

    #[test]
    fn names_limit_a_rule_to_requests_that_name_one() {
        let named = r#"{"verbs": ["get", "create"], "apiGroups": ["apps"],
            "resources": ["deployments", "deployments/scale"], "resourceNames": ["web"]}"#;
        assert!(grants(named, "get", "deployments.apps", "web"));
        assert!(grants(named, "get", "deployments/scale.apps", "web"));
        assert!(!grants(named, "get", "deployments.apps", "api"));
        assert!(!grants(named, "create", "deployments.apps", ""));
        assert!(!grants(named, "delete", "deployments.apps", "web"));
        assert!(!grants(named, "get", "deployments", "web"));
    }

    #[test]
    fn urls_end_in_a_star() {
        let allows = |url: &str, path: &str| {
            let json = format!(r#"{{"verbs": ["get"], "nonResourceURLs": ["{url}"]}}"#);
            rule(&json).grants(&Request { verb: "get", asked: Asked::Url(path) })
        };
        for (url, path) in [
            ("*", "/any"),
            ("/metrics", "/metrics"),
            ("/api/*", "/api/v1"),
            ("/api/*", "/api/"),
            ("/api/**", "/api/v1"),
            ("/heal*", "/healthz"),
        ] {
            assert!(allows(url, path), "{url} {path}");
        }
        for (url, path) in [("/metrics", "/metrics/x"), ("/api/*", "/api"), ("/*/v1", "/api/v1")] {
            assert!(!allows(url, path), "{url} {path}");
        }
    }

    #[test]
    fn a_rule_for_resources_allows_no_url_and_the_other_way_round() {
        let everything = rule(r#"{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}"#);
        assert!(!everything.grants(&Request { verb: "get", asked: Asked::Url("/metrics") }));
        assert!(!grants(r#"{"verbs": ["*"], "nonResourceURLs": ["*"]}"#, "get", "pods", ""));
    }
}
