//! The grammar of image references, as <https://pkg.go.dev/github.com/distribution/reference> has
//! it.

use super::Image;

/// The longest path of an image.
const MAX_PATH: usize = 255;

impl Image<'_> {
    /// Whether a text is a reference that a container runtime takes.
    #[must_use]
    pub fn is_reference(text: &str) -> bool {
        let is_identifier = text.len() == 64 && text.bytes().all(is_low_hex);
        let Image { registry, repository, tag, digest } = Image::parse(text);
        let end = text.find('@').unwrap_or(text.len());
        // An empty tag is none for others.
        !is_identifier
            && !text[..end].ends_with(':')
            && registry.is_none_or(is_domain)
            && is_path(registry, repository)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest)
    }
}

fn is_low_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// A name, or an IPv6 address in brackets, and maybe a port.
fn is_domain(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_host = match address {
        Some(address) => {
            !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':')
        }
        None => host.split('.').all(is_domain_part),
    };
    is_host && port.is_none_or(is_port)
}

fn is_domain_part(part: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !part.is_empty() && part.bytes().all(is_plain) && !part.starts_with('-') && !part.ends_with('-')
}

/// What the runtime adds to a short name counts too.
fn is_path(registry: Option<&str>, path: &str) -> bool {
    let is_of_hub = matches!(registry, None | Some("docker.io" | "index.docker.io"));
    let added = if is_of_hub && !path.contains('/') { "library/".len() } else { 0 };
    path.len() + added <= MAX_PATH && path.split('/').all(is_path_part)
}

/// Small letters and digits, between which stand a dot, one or two underscores, or dashes.
fn is_path_part(part: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_separator =
        |text: &str| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|byte| byte == b'-');
    part.starts_with(is_plain) && part.ends_with(is_plain) && part.split(is_plain).all(is_separator)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && !tag.starts_with(['.', '-'])
        && tag.bytes().all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

/// Only these algorithms are known.
fn is_digest(digest: &str) -> bool {
    let length = match digest.split_once(':') {
        Some(("sha256", _)) => 64,
        Some(("sha384", _)) => 96,
        Some(("sha512", _)) => 128,
        _ => return false,
    };
    digest.len() == length + "sha256:".len() && digest.bytes().skip(7).all(is_low_hex)
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*};

    use super::*;

    const DOMAIN: &str = "(localhost|([a-zA-Z0-9]|[a-z][A-Z0-9-]{0,3}[a-zA-Z0-9])(\\.[a-z0-9]{1,3}){1,2}(:[0-9]{1,5})?|\
        [a-z0-9]{1,4}:[0-9]{1,5}|[a-z]?[A-Z][a-z0-9]{0,2}|\\[[a-f0-9]{0,3}:[a-f0-9:]{0,3}\\](:[0-9]{1,4})?)";
    const PATH: &str = "[a-z0-9]{1,3}((\\.|_|__|-{1,3})[a-z0-9]{1,3}){0,2}\
        (/[a-z0-9]{1,3}((\\.|_|__|-{1,3})[a-z0-9]{1,3}){0,2}){0,2}";
    const TAG: &str = "[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,5}";
    const DIGEST: &str = "sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}";

    fn written((domain, path, tag, digest): &Parts) -> String {
        let part = |before: &str, part: &Option<String>, after: &str| {
            part.as_ref().map(|part| format!("{before}{part}{after}")).unwrap_or_default()
        };
        format!("{}{path}{}{}", part("", domain, "/"), part(":", tag, ""), part("@", digest, ""))
    }

    type Parts = (Option<String>, String, Option<String>, Option<String>);

    fn parts() -> impl Strategy<Value = Parts> {
        // Without a domain, a first segment that looks like one is one.
        let parts = (option::of(DOMAIN), PATH, option::of(TAG), option::of(DIGEST));
        parts.prop_filter("it is a path", |(domain, path, ..)| {
            let first = path.split_once('/').map_or("", |(first, _)| first);
            domain.is_some() || !(first.contains('.') || first == "localhost")
        })
    }

    proptest! {
        #[test]
        fn the_parts_of_a_reference_are_found(parts in parts()) {
            let text = written(&parts);
            let (registry, repository, tag, digest) = &parts;
            let wanted = Image {
                registry: registry.as_deref(),
                repository,
                tag: tag.as_deref(),
                digest: digest.as_deref(),
            };
            prop_assert_eq!(Image::parse(&text), wanted);
            prop_assert!(Image::is_reference(&text), "{}", text);
        }

        #[test]
        fn no_other_character_belongs_into_a_reference(
            parts in parts(),
            place in any::<prop::sample::Index>(),
            other in "[ $(){}%~!é,;]",
        ) {
            let mut text = written(&parts);
            text.insert_str(place.index(text.len() + 1), &other);
            prop_assert!(!Image::is_reference(&text), "{}", text);
        }

        #[test]
        fn any_text_can_be_taken_apart(text in "[a-zA-Z./:@_-]{0,12}|.{0,12}") {
            let image = Image::parse(&text);
            if Image::is_reference(&text) {
                let parts = (image.registry, image.repository, image.tag, image.digest);
                let (registry, repository, tag, digest) = parts;
                let owned = |part: Option<&str>| part.map(str::to_owned);
                let again = (owned(registry), repository.to_owned(), owned(tag), owned(digest));
                prop_assert_eq!(written(&again), text);
            }
        }
    }

    #[test]
    fn what_no_runtime_takes_is_no_reference() {
        let (path, hex) = ("a".repeat(249), "a".repeat(64));
        let long_tag = format!("app:{}", "a".repeat(129));
        let (digest, short) = (format!("app@sha256:{hex}0"), format!("app@sha1:{hex}"));
        for text in [
            "",
            "App",
            "app:",
            "app:@sha256:",
            "$(IMAGE)",
            "a b",
            "/app",
            "app/",
            "a//b",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "a.-b",
            "app:-1",
            "app:a:b",
            "app@sha256:01",
            "a.b.:1/app",
            "a.b:/app",
            "a_b.c/app",
            "[::1/app",
            "[]:1/app",
            &path,
            &hex,
            &long_tag,
            &digest,
            &short,
        ] {
            assert!(!Image::is_reference(text), "{text}");
        }
        for text in ["app", "a-b", "a---b", "a__b", "A/b", "[::1]:5000/app", "a.b:1/c:d"] {
            assert!(Image::is_reference(text), "{text}");
        }
    }
}
