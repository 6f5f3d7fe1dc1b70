//! Addresses of the web, as Go reads them.

use std::collections::BTreeMap;

use super::{Overload, opaque};
use crate::cel::cost::Cost;
use crate::cel::error::EvaluateError;
use crate::cel::url::{Url, parse, query, text};
use crate::cel::value::{Entries, Key, Map, Outcome, Text, Value};

/// An address, equal to those that are written alike.
#[derive(Debug)]
struct Address(Url);

opaque!(Address, "kubernetes.URL");

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        text(&self.0) == text(&other.0)
    }
}

const URL_TO_STRING: &str = "kubernetes.URL -> string";

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::global("url", "string_to_url", "string -> kubernetes.URL", url)
        .cost(Cost::Reading(1)),
    Overload::global("isURL", "is_url_string", "string -> bool", is_url),
    Overload::member("getScheme", "url_get_scheme", URL_TO_STRING, |arguments| {
        Ok(of(arguments)?.scheme.as_str().into())
    }),
    Overload::member("getHost", "url_get_host", URL_TO_STRING, |arguments| {
        Ok(of(arguments)?.host.as_str().into())
    }),
    Overload::member("getHostname", "url_get_hostname", URL_TO_STRING, |arguments| {
        Ok(of(arguments)?.host_and_port().0.into())
    }),
    Overload::member("getPort", "url_get_port", URL_TO_STRING, |arguments| {
        Ok(of(arguments)?.host_and_port().1.into())
    }),
    Overload::member("getEscapedPath", "url_get_escaped_path", URL_TO_STRING, |arguments| {
        Ok(of(arguments)?.escaped_path().into())
    }),
    Overload::member(
        "getQuery",
        "url_get_query",
        "kubernetes.URL -> map(string, list(string))",
        get_query,
    ),
];

fn of<'v>(arguments: &'v [Value<'_>]) -> Result<&'v Url, EvaluateError> {
    let [url] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(&url.opaque::<Address>()?.0)
}

fn url<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let text = text.as_text()?;
    // Only the stricter reading decides whether it is one, only the other knows of fragments.
    let parsed = parse(text, true).and_then(|_| parse(text, false));
    parsed.map(|url| Value::of(Address(url))).map_err(|why| {
        let what = "URL parse error during conversion from string: parse";
        EvaluateError::failed(format!("{what} {text:?}: {why}"))
    })
}

fn is_url<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(parse(text.as_text()?, true).is_ok().into())
}

fn get_query<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let mut values: BTreeMap<String, Vec<Value<'a>>> = BTreeMap::new();
    for (key, value) in query(&of(arguments)?.query) {
        values.entry(key).or_default().push(value.into());
    }
    let entry = |(key, list): (String, Vec<Value<'a>>)| {
        (Key::String(Text::Shared(key.into())), Value::list(list))
    };
    let entries: Entries<'a> = values.into_iter().map(entry).collect();
    Ok(Value::Map(Map::Entries(entries.into())))
}
