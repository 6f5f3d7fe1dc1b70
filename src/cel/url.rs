//! Reads addresses of the web as Go's `net/url` does.

use core::net::Ipv6Addr;

/// An address in its parts.
#[derive(Debug, Default)]
pub(super) struct Url {
    pub(super) scheme: String,
    opaque: String,
    user: Option<String>,
    pub(super) host: String,
    /// As it is written, and what that means.
    raw_path: String,
    path: Vec<u8>,
    pub(super) query: String,
    has_empty_query: bool,
    fragment: String,
}

/// Where a text stands, which decides what it may contain.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Path,
    User,
    Host,
    Query,
    Fragment,
}

/// The address, or what Go says is wrong with it; a request has no fragment, and begins with a
/// scheme or a slash.
pub(super) fn parse(text: &str, is_request: bool) -> Result<Url, String> {
    let (rest, fragment) = match text.split_once('#') {
        Some((rest, fragment)) if !is_request => (rest, fragment),
        _ => (text, ""),
    };
    let mut url = parse_rest(rest, is_request)?;
    unescape(fragment, Part::Fragment)?;
    fragment.clone_into(&mut url.fragment);
    Ok(url)
}

fn parse_rest(text: &str, is_request: bool) -> Result<Url, String> {
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    if text.is_empty() && is_request {
        return Err("empty url".to_owned());
    }
    if text == "*" {
        return Ok(Url { path: b"*".to_vec(), ..Url::default() });
    }
    let (scheme, rest) = scheme(text)?;
    let mut url = Url { scheme: scheme.to_ascii_lowercase(), ..Url::default() };
    let (mut rest, query) =
        rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    url.has_empty_query = query == Some("");
    query.unwrap_or_default().clone_into(&mut url.query);
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            rest.clone_into(&mut url.opaque);
            return Ok(url);
        }
        if is_request {
            return Err("invalid URI for request".to_owned());
        }
        if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let has_authority = !url.scheme.is_empty() || (!is_request && !rest.starts_with("///"));
    if let Some(authority) = rest.strip_prefix("//").filter(|_| has_authority) {
        let (authority, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
        url.authority(authority)?;
        rest = path;
    }
    url.path = unescape(rest, Part::Path)?;
    rest.clone_into(&mut url.raw_path);
    Ok(url)
}

/// What stands before the first colon, if it can be a scheme.
fn scheme(text: &str) -> Result<(&str, &str), String> {
    let end = text.find(|next: char| !(next.is_ascii_alphanumeric() || "+-.".contains(next)));
    match end.map(|end| text.split_at(end)) {
        Some(("", rest)) if rest.starts_with(':') => Err("missing protocol scheme".to_owned()),
        Some((scheme, rest))
            if rest.starts_with(':')
                && scheme.starts_with(|first: char| first.is_ascii_alphabetic()) =>
        {
            Ok((scheme, rest.get(1..).unwrap_or_default()))
        }
        _ => Ok(("", text)),
    }
}

impl Url {
    fn authority(&mut self, authority: &str) -> Result<(), String> {
        let (user, host) =
            authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        self.host = host_of(&self.scheme, host)?;
        if let Some(user) = user {
            let is_valid =
                |next: char| next.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(next);
            if !user.chars().all(is_valid) {
                return Err("net/url: invalid userinfo".to_owned());
            }
            for part in user.splitn(2, ':') {
                unescape(part, Part::User)?;
            }
            self.user = Some(user.to_owned());
        }
        Ok(())
    }

    /// The host without its port and brackets, and the port.
    pub(super) fn host_and_port(&self) -> (&str, &str) {
        let (host, port) = match self.host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => (host, port),
            _ => (self.host.as_str(), ""),
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        (bare.unwrap_or(host), port)
    }

    pub(super) fn escaped_path(&self) -> String {
        let is_fine = |byte: &u8| {
            matches!(byte, b'!' | b'\'' | b'(' | b')' | b'*' | b'[' | b']' | b'%')
                || !must_escape(*byte, Part::Path)
        };
        match self.path.as_slice() {
            b"*" => "*".to_owned(),
            _ if self.raw_path.as_bytes().iter().all(is_fine) => self.raw_path.clone(),
            path => escape(path, Part::Path),
        }
    }
}

fn host_of(scheme: &str, host: &str) -> Result<String, String> {
    let plain = |text: &str| {
        unescape(text, Part::Host).map(|host| String::from_utf8_lossy(&host).into_owned())
    };
    let check_port = |port: &str| match port.strip_prefix(':') {
        _ if port.is_empty() => Ok(()),
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => Ok(()),
        _ => Err(format!("invalid port {port:?} after host")),
    };
    match host.rfind('[') {
        Some(0) => {
            let (address, port) = host.rsplit_once(']').ok_or("missing ']' in host")?;
            check_port(port)?;
            let address = address.get(1..).unwrap_or_default();
            let (bare, zone) =
                address.split_once("%25").map_or((address, ""), |(bare, zone)| (bare, zone));
            plain(bare)?;
            bare.parse::<Ipv6Addr>()
                .map_err(|_| format!("invalid host: ParseAddr({bare:?}): unexpected character"))?;
            let zone = if zone.is_empty() { String::new() } else { format!("%{zone}") };
            Ok(format!("[{bare}{zone}]{port}"))
        }
        Some(_) => Err("invalid IP-literal".to_owned()),
        None => {
            let is_strict = matches!(scheme, "http" | "https");
            let colon = if is_strict { host.find(':') } else { host.rfind(':') };
            check_port(colon.and_then(|colon| host.get(colon..)).unwrap_or_default())?;
            plain(host)
        }
    }
}

fn must_escape(byte: u8, part: Part) -> bool {
    match byte {
        b'-' | b'_' | b'.' | b'~' => false,
        byte if byte.is_ascii_alphanumeric() => false,
        b'!' | b'\'' | b'(' | b')' | b'*' => !matches!(part, Part::Host | Part::Fragment),
        b'"' | b'<' | b'>' | b'[' | b']' => part != Part::Host,
        b'$' | b'&' | b'+' | b'=' | b':' => {
            part == Part::Query || (part == Part::User && byte == b':')
        }
        b',' | b';' => part == Part::Query,
        b'/' => !matches!(part, Part::Path | Part::Fragment),
        b'@' => !matches!(part, Part::Path | Part::Fragment),
        b'?' => part != Part::Fragment,
        _ => true,
    }
}

fn escape(bytes: &[u8], part: Part) -> String {
    let escaped = |byte: &u8| match must_escape(*byte, part) {
        true => format!("%{byte:02X}"),
        false => char::from(*byte).to_string(),
    };
    bytes.iter().map(escaped).collect()
}

fn unescape(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.bytes().enumerate();
    while let Some((index, byte)) = bytes.next() {
        match byte {
            b'%' => {
                let wrong = || {
                    let shown: String =
                        text.get(index..).unwrap_or_default().chars().take(3).collect();
                    format!("invalid URL escape {shown:?}")
                };
                let digits = text.get(index + 1..index + 3).ok_or_else(wrong)?;
                let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                let code = u8::from_str_radix(digits, 16).ok().filter(|_| is_hex);
                let code = code.ok_or_else(wrong)?;
                if part == Part::Host && code < 0x80 && digits != "25" {
                    return Err(wrong());
                }
                plain.push(code);
                bytes.nth(1);
            }
            b'+' if part == Part::Query => plain.push(b' '),
            byte if part == Part::Host && byte < 0x80 && must_escape(byte, Part::Host) => {
                return Err(format!(
                    "invalid character {:?} in host name",
                    char::from(byte).to_string()
                ));
            }
            byte => plain.push(byte),
        }
    }
    Ok(plain)
}

/// The keys and values of a query; those that cannot be read are left out.
pub(super) fn query(text: &str) -> Vec<(String, String)> {
    let read = |text: &str| {
        let plain = unescape(text, Part::Query).ok()?;
        Some(String::from_utf8_lossy(&plain).into_owned())
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';'));
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.filter_map(|(key, value)| Some((read(key)?, read(value)?))).collect()
}

/// The address as one text.
pub(super) fn text(url: &Url) -> String {
    let mut text = String::new();
    if !url.scheme.is_empty() {
        text.extend([&url.scheme, ":"]);
    }
    text.push_str(&url.opaque);
    if url.user.is_some() || !url.host.is_empty() {
        text.push_str("//");
        text.extend(url.user.iter().flat_map(|user| [user, "@"]));
        text.push_str(&url.host);
    }
    text.push_str(&url.escaped_path());
    if url.has_empty_query || !url.query.is_empty() {
        text.extend(["?", &url.query]);
    }
    if !url.fragment.is_empty() {
        text.extend(["#", &url.fragment]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_their_parts() {
        let url =
            parse("https://user:pw@[2001:db8::1]:8443/a%20b?x=1&x=%2B#f", false).expect("a url");
        assert_eq!(url.scheme, "https");
        assert_eq!(url.host, "[2001:db8::1]:8443");
        assert_eq!(url.host_and_port(), ("2001:db8::1", "8443"));
        assert_eq!(url.escaped_path(), "/a%20b");
        let pair = |value: &str| ("x".to_owned(), value.to_owned());
        assert_eq!(query(&url.query), [pair("1"), pair("+")]);
    }

    #[test]
    fn what_is_none_is_refused() {
        for (wrong, why) in [
            ("", "empty url"),
            ("relative/path", "invalid URI for request"),
            (":x", "missing protocol scheme"),
            ("https://a:b/", "invalid port \":b\" after host"),
            ("https://a b/", "invalid character \" \" in host name"),
            ("/%zz", "invalid URL escape \"%zz\""),
        ] {
            assert_eq!(parse(wrong, true).map(|url| text(&url)), Err(why.to_owned()), "{wrong}");
        }
        assert!(parse("mailto:a@b.example", true).is_ok());
    }
}
