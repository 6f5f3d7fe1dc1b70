//! Image references, taken apart as container runtimes do.

mod grammar;

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

    /// The names on the full path: of `nginx` they are `docker.io`, `library`, `nginx`.
    fn segments(&self) -> impl Iterator<Item = &'text str> + use<'text> {
        let registry = self.registry.filter(|registry| *registry != "index.docker.io");
        let registry = registry.unwrap_or("docker.io");
        let is_official = registry == "docker.io" && !self.repository.contains('/');
        let official = is_official.then_some("library");
        [registry].into_iter().chain(official).chain(self.repository.split('/'))
    }

    /// The full name without tag and digest: `nginx` is `docker.io/library/nginx`.
    #[must_use]
    pub fn qualified_name(&self) -> String {
        self.segments().collect::<Vec<_>>().join("/")
    }

    /// The last part of the name, without tag and digest.
    #[must_use]
    pub fn name(&self) -> &'text str {
        self.repository.rsplit('/').next().unwrap_or_default()
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
        let has_host = prefix.split('/').next().is_some_and(is_registry);
        let host = (!has_host).then_some("docker.io");
        let mut segments = self.segments();
        host.into_iter().chain(prefix.split('/')).all(|wanted| segments.next() == Some(wanted))
    }

    /// Whether it is pinned by a whole digest, which names one content for ever.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        let Some((algorithm, hash)) = self.digest.and_then(|digest| digest.split_once(':')) else {
            return false;
        };
        let digits = match algorithm {
            "sha256" => 64,
            "sha512" => 128,
            _ => return false,
        };
        hash.len() == digits && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }

    /// Whether it is a repository, such as `argoproj/argocd`, or a mirror of it that kept its path.
    #[must_use]
    pub fn is_or_mirrors(&self, repository: &str) -> bool {
        let rest = self.repository.strip_suffix(repository);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    }

    /// Whether its tag is `latest`, said or meant: nothing else is where there is no digest either.
    #[must_use]
    pub fn is_latest(&self) -> bool {
        self.tag.map_or(self.digest.is_none(), |tag| tag == "latest")
    }
}

/// A first segment is a host when it looks like one: a dot, a port, a capital letter, or
/// `localhost`.
fn is_registry(segment: &str) -> bool {
    segment.contains(['.', ':'])
        || segment.contains(|c: char| c.is_ascii_uppercase())
        || segment == "localhost"
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
        assert!(!Image::parse("nginx").is_below(""));
    }

    #[test]
    fn only_a_whole_digest_pins() {
        let pinned = |digest: &str| Image::parse(&format!("app:1@{digest}")).is_pinned();
        assert!(pinned(&format!("sha256:{}", "0".repeat(64))));
        assert!(pinned(&format!("sha512:{}", "f".repeat(128))));
        for digest in ["", "sha256", "sha256:00"] {
            assert!(!pinned(digest), "{digest}");
        }
        assert!(!pinned(&format!("sha256:{}", "F".repeat(64))));
        assert!(!pinned(&format!("md5:{}", "0".repeat(32))));
        assert!(!Image::parse("app:1").is_pinned());
    }
}
