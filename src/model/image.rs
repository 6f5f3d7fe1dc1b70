//! Image references, taken apart as container runtimes do.

/// The parts of an image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image<'text> {
    /// The registry host with its port; `None` when the name has none and the runtime's default
    /// (`docker.io`) is meant.
    pub registry: Option<&'text str>,
    /// The path after the registry, without tag and digest.
    pub repository: &'text str,
    /// The tag.
    pub tag: Option<&'text str>,
    /// The digest, for example `sha256:…`.
    pub digest: Option<&'text str>,
}

impl<'text> Image<'text> {
    /// Takes a reference apart. A port of the registry is never read as a tag.
    #[must_use]
    pub fn parse(reference: &'text str) -> Self {
        let (rest, digest) = match reference.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (reference, None),
        };
        let last = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match rest[last..].find(':') {
            Some(colon) => (&rest[..last + colon], Some(&rest[last + colon + 1..])),
            None => (rest, None),
        };
        let (registry, repository) = match name.split_once('/') {
            Some((host, path)) if is_registry(host) => (Some(host), path),
            _ => (None, name),
        };
        Self { registry, repository, tag: tag.filter(|tag| !tag.is_empty()), digest }
    }

    /// The full name without tag and digest: `nginx` is `docker.io/library/nginx`.
    #[must_use]
    pub fn qualified_name(&self) -> String {
        match self.registry {
            Some("index.docker.io" | "docker.io") | None if !self.repository.contains('/') => {
                format!("docker.io/library/{}", self.repository)
            }
            Some("index.docker.io") | None => format!("docker.io/{}", self.repository),
            Some(registry) => format!("{registry}/{}", self.repository),
        }
    }

    /// The one spelling of all references to the same tag or digest; a digest wins over a tag.
    #[must_use]
    pub fn canonical(&self) -> String {
        let name = self.qualified_name();
        match self.digest {
            Some(digest) => format!("{name}@{digest}"),
            None => format!("{name}:{}", self.tag.unwrap_or("latest")),
        }
    }

    /// Whether the name lies at or below `prefix`, compared on `/` boundaries; a prefix without a
    /// registry host is one of `docker.io`.
    #[must_use]
    pub fn is_below(&self, prefix: &str) -> bool {
        let prefix = prefix.trim_end_matches('/');
        let host = prefix.split('/').next().unwrap_or_default();
        let wanted =
            if is_registry(host) { prefix.to_owned() } else { format!("docker.io/{prefix}") };
        let name = self.qualified_name();
        name.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether it is a repository, such as `argoproj/argocd`, or a mirror of it that kept its path.
    #[must_use]
    pub fn is_or_mirrors(&self, repository: &str) -> bool {
        let rest = self.repository.strip_suffix(repository);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    }

    /// Whether the tag can mean another image tomorrow: no digest, and no tag or `latest`.
    #[must_use]
    pub fn is_latest(&self) -> bool {
        self.digest.is_none() && self.tag.is_none_or(|tag| tag == "latest")
    }
}

/// A first segment is a host when it looks like one: a dot, a port, or `localhost`.
fn is_registry(segment: &str) -> bool {
    segment.contains(['.', ':']) || segment == "localhost"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_not_a_tag() {
        let image = Image::parse("registry:5000/app");
        assert_eq!(
            (image.registry, image.repository, image.tag),
            (Some("registry:5000"), "app", None)
        );
        let image = Image::parse("registry:5000/team/app:1.2@sha256:ab");
        assert_eq!(image.repository, "team/app");
        assert_eq!((image.tag, image.digest), (Some("1.2"), Some("sha256:ab")));
    }

    #[test]
    fn names_are_qualified_as_the_runtime_does() {
        for (reference, name) in [
            ("nginx", "docker.io/library/nginx"),
            ("bitnami/redis:7", "docker.io/bitnami/redis"),
            ("docker.io/nginx", "docker.io/library/nginx"),
            ("index.docker.io/bitnami/redis", "docker.io/bitnami/redis"),
            ("quay.io/x/y@sha256:00", "quay.io/x/y"),
            ("localhost/x", "localhost/x"),
        ] {
            assert_eq!(Image::parse(reference).qualified_name(), name, "{reference}");
        }
    }

    #[test]
    fn spellings_of_one_image_are_one() {
        for (reference, canonical) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("docker.io/library/nginx:1", "docker.io/library/nginx:1"),
            ("nginx:1@sha256:00", "docker.io/library/nginx@sha256:00"),
            ("registry:5000/app", "registry:5000/app:latest"),
        ] {
            assert_eq!(Image::parse(reference).canonical(), canonical, "{reference}");
        }
    }

    #[test]
    fn prefixes_match_on_boundaries_only() {
        let image = Image::parse("registry.example.com/team/app:1");
        assert!(image.is_below("registry.example.com/"));
        assert!(image.is_below("registry.example.com/team"));
        assert!(!image.is_below("registry.example.com/tea"));
        assert!(!Image::parse("registry.example.com.evil.io/app").is_below("registry.example.com"));
        assert!(Image::parse("nginx").is_below("docker.io/library"));
        assert!(Image::parse("bitnami/redis").is_below("bitnami"));
    }
}
