//! Addresses of repositories as people open them, without credentials; and paths inside of them.

use crate::api::limits::SOURCE_LOCATION;

/// Schemes of Git whose repositories have a page.
const GIT: [&str; 4] = ["ssh", "git", "git+ssh", "ssh+git"];

/// The address of a repository, without user, password, query, fragment and digest; what Git reads
/// by SSH is told as the page that people open. `None` for what is no address, or might hide a
/// password behind a slash.
#[must_use]
pub fn repository(address: &str) -> Option<String> {
    let (address, query) = address.trim().split_once(['?', '#']).unwrap_or((address.trim(), ""));
    let (scheme, authority, path) = parts(address).filter(|_| !query.contains('@'))?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let path = path.split_once("@sha256:").map_or(path, |(path, _)| path);
    let path = path.trim_matches('/');
    if !is_host(host) || !path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@') {
        return None;
    }
    // The port of another protocol leads nowhere.
    let (scheme, host) = match GIT.contains(&&*scheme) {
        true => ("https", host.split(':').next()?),
        false => (&*scheme, host),
    };
    let path = if scheme == "https" { path.strip_suffix(".git").unwrap_or(path) } else { path };
    let whole = format!("{scheme}://{host}/{path}");
    Some(whole.trim_end_matches('/').to_owned()).filter(|whole| whole.len() <= SOURCE_LOCATION)
}

/// Scheme, authority and path. What has no scheme is `[user@]host:path`, or `host/path`.
fn parts(address: &str) -> Option<(String, &str, &str)> {
    let Some((scheme, rest)) = address.split_once("://") else {
        let (authority, path) = address.split_once(['/', ':'])?;
        return authority.contains('.').then(|| ("ssh".to_owned(), authority, path));
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    is_word(scheme, "+").then(|| (scheme.to_ascii_lowercase(), authority, path))
}

fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    is_word(name, "-._") && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters, digits and `others`, of which none is the first.
fn is_word(text: &str, others: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

/// A path in a repository, without `.`, `..` and slashes around it. `None` for the repository
/// itself, for what lies outside of it, and for what is too long.
#[must_use]
pub fn path_in(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    let path = parts.join("/");
    let is_plain = !path.is_empty() && super::clean(&path, SOURCE_LOCATION) == path;
    is_plain.then_some(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_of_git_become_pages() {
        for (address, expected) in [
            ("https://github.com/org/repo", "https://github.com/org/repo"),
            ("https://github.com/org/repo.git/", "https://github.com/org/repo"),
            ("ssh://git@github.com/org/repo.git", "https://github.com/org/repo"),
            ("ssh://git@git.example.com:2222/org/repo", "https://git.example.com/org/repo"),
            ("git@github.com:org/repo.git", "https://github.com/org/repo"),
            ("github.com/org/repo", "https://github.com/org/repo"),
            ("http://git.local:3000/org/repo.git", "http://git.local:3000/org/repo.git"),
            ("https://user:pass@host.example.com/r.git?ref=main#x", "https://host.example.com/r"),
            ("https://p@ss:w@rd@host.example.com/r", "https://host.example.com/r"),
            ("oci://token@ghcr.io/org/charts@sha256:abc", "oci://ghcr.io/org/charts"),
            ("https://charts.example.com", "https://charts.example.com"),
        ] {
            assert_eq!(repository(address).as_deref(), Some(expected), "{address}");
        }
    }

    #[test]
    fn what_might_hide_a_password_is_not_told() {
        for address in [
            "",
            "repo",
            "./repo",
            "/srv/git/repo",
            "https://",
            "https://user:pa/ss@host.example.com/r",
            "https://user/pass@host.example.com/r",
            "user:pass@host.example.com/r",
            "https://user:pass",
            "codecommit::eu-west-1://repo",
            "https://host.example.com/a b",
        ] {
            assert_eq!(repository(address), None, "{address}");
        }
        assert_eq!(repository(&format!("https://h.example.com/{}", "x".repeat(300))), None);
    }

    #[test]
    fn paths_stay_in_the_repository() {
        for (folder, path, expected) in [
            ("./apps/shop/", "", Some("apps/shop")),
            ("apps/shop", "../base/web.yaml", Some("apps/base/web.yaml")),
            ("./", "web.yaml", Some("web.yaml")),
            ("", "", None),
            ("./", ".", None),
            ("apps", "../../etc/passwd", None),
            ("apps", "a\u{1b}b", None),
        ] {
            assert_eq!(path_in(folder, path).as_deref(), expected, "{folder} {path}");
        }
    }

    proptest! {
        #[test]
        fn no_credential_is_left(
            scheme in "(https|http|ssh|oci|git|ftp)",
            user in "[a-zA-Z0-9%:/?#@!. -]{0,12}",
            secret in "S3CR3T[a-zA-Z0-9%:/?#@! .\\\\-]{0,12}",
            path in "[a-z0-9/.@:-]{0,20}",
        ) {
            for address in [
                format!("{scheme}://{user}:{secret}@host.example.com/{path}"),
                format!("{scheme}://{secret}@host.example.com:8443/{path}"),
                format!("{user}:{secret}@host.example.com:{path}"),
                format!("{scheme}://host.example.com/{path}?token={secret}"),
                format!("{scheme}://host.example.com/{path}#{secret}"),
            ] {
                let told = repository(&address).unwrap_or_default();
                prop_assert!(!told.contains("S3CR3T"), "{} gives {}", address, told);
                prop_assert!(!told.contains('@') && told.len() <= SOURCE_LOCATION);
            }
        }
    }
}
