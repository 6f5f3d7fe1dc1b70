//! Credentials in plain text: those that their form gives away, and those that a name does.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use compact_str::CompactString;
use serde_json::Value;

use super::Kind;

/// A credential somewhere in an object. Its value is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Credential {
    /// JSON pointer of the text that holds it.
    pub path: Box<str>,
    /// What it is, for example `a GitHub token`.
    pub what: &'static str,
}

/// What one of these starts, or holds, may be a credential. A text without any is none.
const MARKS: [&str; 34] = [
    ".atlasv1.",
    "NRAK-",
    "-----BEGIN ",
    "AKIA",
    "ASIA",
    "AIza",
    "EAACEdEose0cBA",
    "SG.",
    "SK",
    "amzn.mws.",
    "dop_v1_",
    "eyJ",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "hf_",
    "hooks.slack.com/services/",
    "key-",
    "npm_",
    "pypi-",
    "access_token$production$",
    "rk_live_",
    "sk_live_",
    "sq0atp-",
    "sq0csp-",
    "xoxa-",
    "xoxb-",
    "xoxp-",
    "ya29.",
    "-us",
];

static MARKED: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| searcher().build(MARKS).ok());

/// Looks at many bytes at once, which the kind of match that is the default cannot.
fn searcher() -> AhoCorasickBuilder {
    let mut builder = AhoCorasick::builder();
    builder.match_kind(MatchKind::LeftmostFirst);
    builder
}

/// No credential is shorter, in bytes.
const SHORTEST: usize = 15;

/// Every credential in an object, but for what a Secret is there to hold, and for the manifest that
/// was applied last, which repeats the object.
pub(super) fn credentials(kind: Kind, json: &str) -> Box<[Credential]> {
    if MARKED.as_ref().is_some_and(|marks| !marks.is_match(json)) {
        return Box::default();
    }
    let Ok(mut object) = serde_json::from_str::<Value>(json) else { return Box::default() };
    if let Some(fields) = object.as_object_mut().filter(|_| kind == Kind::Secret) {
        fields.remove("data");
        fields.remove("stringData");
    }
    if let Some(annotations) = object.pointer_mut("/metadata/annotations") {
        let annotations = annotations.as_object_mut();
        annotations.and_then(|annotations| annotations.remove(super::lenient::LAST_APPLIED));
    }
    let mut found = Vec::new();
    collect(&object, &mut String::new(), &mut found);
    found.into()
}

fn collect(value: &Value, path: &mut String, found: &mut Vec<Credential>) {
    let length = path.len();
    match value {
        Value::String(text) => found
            .extend(credential(text).map(|what| Credential { path: path.as_str().into(), what })),
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                path.push('/');
                path.push_str(&index.to_string());
                collect(value, path, found);
                path.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                path.push('/');
                path.push_str(&name.replace('~', "~0").replace('/', "~1"));
                collect(value, path, found);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// The credential that a text holds, by its form: a private key, or a token of a well-known vendor.
#[must_use]
pub fn credential(text: &str) -> Option<&'static str> {
    if text.len() < SHORTEST || MARKED.as_ref().is_some_and(|marks| !marks.is_match(text)) {
        return None;
    }
    let is_long = text.len() > "-----BEGIN PRIVATE KEY-----".len();
    if is_long && text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    if let Some((_, rest)) = text.split_once("hooks.slack.com/services/")
        && rest.len() >= 20
    {
        return Some("a Slack webhook");
    }
    let of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$');
    text.split(|c| !of_token(c)).find_map(token)
}

/// Prefix, least and greatest length of the rest, which of its characters are allowed, and what the
/// vendors call it.
type Form = (&'static str, usize, usize, fn(u8) -> bool, &'static str);

const FORMS: &[Form] = &[
    ("AKIA", 16, 16, is_upper, "an AWS access key"),
    ("ASIA", 16, 16, is_upper, "an AWS access key"),
    ("AIza", 35, 35, is_word, "a Google API key"),
    ("EAACEdEose0cBA", 1, 500, is_alphanumeric, "a Facebook access token"),
    ("NRAK-", 27, 27, is_alphanumeric, "a New Relic key"),
    ("SK", 32, 32, is_hex, "a Twilio API key"),
    ("amzn.mws.", 36, 36, is_word, "an Amazon MWS token"),
    ("access_token$production$", 40, 60, is_token, "a Braintree access token"),
    ("dop_v1_", 64, 64, is_hex, "a DigitalOcean token"),
    ("ghp_", 36, 255, is_alphanumeric, "a GitHub token"),
    ("gho_", 36, 255, is_alphanumeric, "a GitHub token"),
    ("ghu_", 36, 255, is_alphanumeric, "a GitHub token"),
    ("ghs_", 36, 255, is_alphanumeric, "a GitHub token"),
    ("ghr_", 36, 255, is_alphanumeric, "a GitHub token"),
    ("github_pat_", 60, 255, is_word, "a GitHub token"),
    ("glpat-", 20, 255, is_word, "a GitLab token"),
    ("hf_", 34, 40, is_alphanumeric, "a Hugging Face token"),
    ("key-", 32, 32, is_alphanumeric, "a Mailgun key"),
    ("npm_", 36, 36, is_alphanumeric, "an npm token"),
    ("pypi-", 50, 500, is_word, "a PyPI token"),
    ("rk_live_", 24, 255, is_alphanumeric, "a Stripe key"),
    ("sk_live_", 24, 255, is_alphanumeric, "a Stripe key"),
    ("sq0atp-", 22, 60, is_word, "a Square access token"),
    ("sq0csp-", 43, 60, is_word, "a Square secret"),
    ("xoxa-", 10, 255, is_word, "a Slack token"),
    ("xoxb-", 10, 255, is_word, "a Slack token"),
    ("xoxp-", 10, 255, is_word, "a Slack token"),
    ("ya29.", 20, 2048, is_token, "a Google OAuth token"),
];

fn token(word: &str) -> Option<&'static str> {
    if word.len() < SHORTEST {
        return None;
    }
    let known = FORMS.iter().find(|(prefix, least, most, allowed, _)| {
        word.strip_prefix(prefix)
            .is_some_and(|rest| (*least..=*most).contains(&rest.len()) && rest.bytes().all(allowed))
    });
    known.map(|(.., what)| *what).or_else(|| dotted(word)).or_else(|| mailchimp(word))
}

/// Tokens of several parts: a JWT, a key of SendGrid.
fn dotted(word: &str) -> Option<&'static str> {
    let parts: Vec<_> = word.split('.').collect();
    match parts.as_slice() {
        [header, claims, signature]
            if header.starts_with("eyJ") && claims.starts_with("eyJ") && !signature.is_empty() =>
        {
            Some("a JWT")
        }
        [id, "atlasv1", key] if id.len() == 14 && (60..=70).contains(&key.len()) => {
            Some("a Terraform token")
        }
        ["SG", id, key] if id.len() == 22 && key.len() == 43 => Some("a SendGrid key"),
        _ => None,
    }
}

fn mailchimp(word: &str) -> Option<&'static str> {
    let (key, centre) = word.split_once("-us")?;
    let is_key = key.len() == 32 && key.bytes().all(is_hex);
    let is_centre = (1..=2).contains(&centre.len()) && centre.bytes().all(|c| c.is_ascii_digit());
    (is_key && is_centre).then_some("a Mailchimp key")
}

fn is_upper(c: u8) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit()
}

fn is_hex(c: u8) -> bool {
    c.is_ascii_hexdigit()
}

fn is_alphanumeric(c: u8) -> bool {
    c.is_ascii_alphanumeric()
}

fn is_word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-')
}

fn is_token(c: u8) -> bool {
    is_word(c) || matches!(c, b'.' | b'$')
}

/// Whether a name says that a value is secret, and the value is not only a way to it: a reference,
/// a path, an address, a number, a flag.
#[must_use]
pub fn is_named_secret(name: &str, value: &str) -> bool {
    names_secret(name, value) && is_literal(value)
}

/// What a name holds that means a secret, with underscores for dashes and dots.
const WORDS: [&str; 8] =
    ["password", "passwd", "secret", "token", "bearer", "apikey", "api_key", "private_key"];

/// A name without any of these, in whatever case, means none.
const HINTS: [&str; 6] = ["password", "passwd", "secret", "token", "bearer", "key"];

static HINTED: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| searcher().ascii_case_insensitive(true).build(HINTS).ok());

/// Environments are long: the name is only taken apart where it says something at all.
fn names_secret(name: &str, value: &str) -> bool {
    if HINTED.as_ref().is_some_and(|hints| !hints.is_match(name)) {
        return false;
    }
    let name: CompactString = name
        .chars()
        .map(|c| if matches!(c, '-' | '.') { '_' } else { c.to_ascii_lowercase() })
        .collect();
    let is_secret = WORDS.iter().any(|word| name.contains(word))
        || (name.starts_with("azure_") && name.ends_with("key"))
        || name == "oci_cli_key_content";
    is_secret && !leads_to_secret(&name, value)
}

fn leads_to_secret(name: &str, value: &str) -> bool {
    match name.rsplit_once('_').map(|(_, last)| last) {
        Some("file" | "path" | "dir") => value.contains(['/', '\\']),
        Some("url" | "uri" | "endpoint") => value.contains("://") && !value.contains('@'),
        Some("name") => true,
        _ => false,
    }
}

fn is_literal(value: &str) -> bool {
    let is_reference = (value.starts_with("$(") && value.ends_with(')'))
        || (value.starts_with("${") && value.ends_with('}'))
        || (value.starts_with("{{") && value.ends_with("}}"));
    let is_number = value.bytes().all(|c| matches!(c, b'0'..=b'9' | b'.' | b'-' | b'+'));
    let is_flag = ["true", "false"].iter().any(|flag| value.eq_ignore_ascii_case(flag));
    !value.is_empty() && !is_reference && !is_number && !is_flag
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No token of the tests stands in the source as a whole, or scanners would find it.
    fn joined(parts: &[&str]) -> String {
        parts.concat()
    }

    #[test]
    fn tokens_are_known_by_their_form() {
        let long = "0123456789abcdefghijABCDEFGHIJ0123456789abcdefghij0123456789abcd";
        for (parts, what) in [
            (&["AKIA", "IOSFODNN7EXAMPLE"][..], Some("an AWS access key")),
            (&["AKIA", "IOSFODNN7EXAMPL"], None),
            (&["AKIA", "iosfodnn7example"], None),
            (&["token=", "ghp_", &long[..36], ";"], Some("a GitHub token")),
            (&["ghp_", &long[..35]], None),
            (
                &["https://hooks.slack.com/services/", "T000/B000/", &long[..24]],
                Some("a Slack webhook"),
            ),
            (&["sk_live_", &long[..24]], Some("a Stripe key")),
            (&["0123456789abcdef0123456789abcdef", "-us12"], Some("a Mailchimp key")),
            (&["eyJhbGciOi", ".eyJzdWIi", ".c2ln"], Some("a JWT")),
            (&["-----BEGIN RSA ", "PRIVATE KEY-----\nMII"], Some("a private key")),
            (&["-----BEGIN CERTIFICATE-----\nMII"], None),
            (&["registry.example.com/team/app:1.2.3"], None),
            (&["eu-us-gateway"], None),
        ] {
            assert_eq!(credential(&joined(parts)), what, "{parts:?}");
        }
    }

    #[test]
    fn every_form_has_a_mark() {
        for (prefix, ..) in FORMS {
            assert!(MARKS.contains(prefix), "{prefix}");
        }
    }

    #[test]
    fn credentials_are_found_by_their_pointer_but_not_in_secrets() {
        let key = joined(&["AKIA", "IOSFODNN7EXAMPLE"]);
        let applied = super::super::lenient::LAST_APPLIED;
        let json = format!(
            r#"{{"data": {{"a": "{key}"}}, "metadata": {{"annotations": {{"x/y": "key {key}",
                "{applied}": "{key}"}}}}}}"#
        );
        let paths = |kind| {
            let found = credentials(kind, &json).into_vec();
            found.into_iter().map(|credential| credential.path.into_string()).collect::<Vec<_>>()
        };
        assert_eq!(paths(Kind::ConfigMap), ["/data/a", "/metadata/annotations/x~1y"]);
        assert_eq!(paths(Kind::Secret), ["/metadata/annotations/x~1y"]);
    }
}
