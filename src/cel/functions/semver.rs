//! Versions with three numbers: `1.30.2-rc.1`.

use std::cmp::Ordering;

use super::{Overload, opaque};
use crate::cel::cost::Cost;
use crate::cel::error::EvaluateError;
use crate::cel::value::{Outcome, Value};

/// A version. What is built from the same source is equal.
#[derive(Debug)]
struct Version {
    numbers: [u64; 3],
    pre: Vec<Identifier>,
}

/// A part of what stands behind the minus; numbers come before texts.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u64),
    Text(String),
}

opaque!(Version, "kubernetes.Semver");

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.order(other).is_eq()
    }
}

const READ: Cost = Cost::Reading(1);

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::global("semver", "string_to_semver", "string -> kubernetes.Semver", semver)
        .cost(READ),
    Overload::global(
        "semver",
        "string_bool_to_semver",
        "string, bool -> kubernetes.Semver",
        semver,
    )
    .cost(READ),
    Overload::global("isSemver", "is_semver_string", "string -> bool", is_semver).cost(READ),
    Overload::global("isSemver", "is_semver_string_bool", "string, bool -> bool", is_semver)
        .cost(READ),
    Overload::member("isGreaterThan", "semver_is_greater_than", PAIR, |arguments| {
        Ok(order(arguments)?.is_gt().into())
    }),
    Overload::member("isLessThan", "semver_is_less_than", PAIR, |arguments| {
        Ok(order(arguments)?.is_lt().into())
    }),
    Overload::member(
        "compareTo",
        "semver_compare_to",
        "kubernetes.Semver, kubernetes.Semver -> int",
        |arguments| Ok((order(arguments)? as i64).into()),
    ),
    Overload::member("major", "semver_major", "kubernetes.Semver -> int", |arguments| {
        number(arguments, 0)
    }),
    Overload::member("minor", "semver_minor", "kubernetes.Semver -> int", |arguments| {
        number(arguments, 1)
    }),
    Overload::member("patch", "semver_patch", "kubernetes.Semver -> int", |arguments| {
        number(arguments, 2)
    }),
];

const PAIR: &str = "kubernetes.Semver, kubernetes.Semver -> bool";

fn order(arguments: &[Value<'_>]) -> Result<Ordering, EvaluateError> {
    let [left, right] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(left.opaque::<Version>()?.order(right.opaque::<Version>()?))
}

#[expect(clippy::cast_possible_wrap, reason = "as Kubernetes does")]
fn number<'a>(arguments: &[Value<'a>], index: usize) -> Outcome<'a> {
    let [version] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let number = version.opaque::<Version>()?.numbers.get(index).copied();
    Ok((number.unwrap_or_default() as i64).into())
}

fn read(arguments: &[Value<'_>]) -> Result<Result<Version, String>, EvaluateError> {
    let [text, lenient @ ..] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let text = text.as_text()?;
    Ok(match lenient {
        [Value::Bool(true)] => normalised(text).and_then(|text| parse(&text)),
        [] | [Value::Bool(false)] => parse(text),
        _ => return Err(EvaluateError::NO_SUCH_OVERLOAD),
    })
}

fn semver<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    read(arguments)?.map(Value::of).map_err(EvaluateError::failed)
}

fn is_semver<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(read(arguments)?.is_ok().into())
}

/// Without a leading `v`, with three numbers and without leading zeros.
fn normalised(text: &str) -> Result<String, String> {
    let mut parts: Vec<_> = text.strip_prefix('v').unwrap_or(text).splitn(3, '.').collect();
    let last = parts.last().copied().unwrap_or_default();
    if parts.len() < 3 && last.contains(['+', '-']) {
        return Err("short version cannot contain PreRelease/Build meta data".to_owned());
    }
    parts.resize(3, "0");
    let trimmed = parts.into_iter().map(|part| {
        let rest = part.trim_start_matches('0');
        match rest.starts_with(|digit: char| digit.is_ascii_digit()) {
            true => rest.to_owned(),
            false if part.len() > 1 => format!("0{rest}"),
            false => part.to_owned(),
        }
    });
    Ok(trimmed.collect::<Vec<_>>().join("."))
}

fn parse(text: &str) -> Result<Version, String> {
    if text.is_empty() {
        return Err("Version string empty".to_owned());
    }
    let parts: Vec<_> = text.splitn(3, '.').collect();
    let [major, minor, rest] = *parts else {
        return Err("No Major.Minor.Patch elements found".to_owned());
    };
    let (major, minor) = (count("major", major)?, count("minor", minor)?);
    let (rest, build) =
        rest.split_once('+').map_or((rest, None), |(rest, build)| (rest, Some(build)));
    let (patch, pre) = rest.split_once('-').map_or((rest, None), |(patch, pre)| (patch, Some(pre)));
    let numbers = [major, minor, count("patch", patch)?];
    let pre = pre.map_or(Ok(Vec::new()), |pre| pre.split('.').map(identifier).collect())?;
    for part in build.into_iter().flat_map(|build| build.split('.')) {
        if part.is_empty() {
            return Err("Build meta data is empty".to_owned());
        }
        if !is_identifier(part) {
            return Err(format!("Invalid character(s) found in build meta data {part:?}"));
        }
    }
    Ok(Version { numbers, pre })
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_identifier(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn parse_number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| {
        let why = if text.is_empty() { "invalid syntax" } else { "value out of range" };
        format!("strconv.ParseUint: parsing {text:?}: {why}")
    })
}

fn count(name: &str, text: &str) -> Result<u64, String> {
    if !is_number(text) {
        return Err(format!("Invalid character(s) found in {name} number {text:?}"));
    }
    if text.len() > 1 && text.starts_with('0') {
        let name = format!(
            "{}{}",
            name.get(..1).unwrap_or_default().to_uppercase(),
            name.get(1..).unwrap_or_default()
        );
        return Err(format!("{name} number must not contain leading zeroes {text:?}"));
    }
    parse_number(text)
}

fn identifier(text: &str) -> Result<Identifier, String> {
    if text.is_empty() {
        return Err("Prerelease is empty".to_owned());
    }
    if is_number(text) {
        if text.len() > 1 && text.starts_with('0') {
            let why = "Numeric PreRelease version must not contain leading zeroes";
            return Err(format!("{why} {text:?}"));
        }
        return parse_number(text).map(Identifier::Number);
    }
    match is_identifier(text) {
        true => Ok(Identifier::Text(text.to_owned())),
        false => Err(format!("Invalid character(s) found in prerelease {text:?}")),
    }
}

impl Version {
    fn order(&self, other: &Self) -> Ordering {
        // A version without a pre-release comes after those with one.
        let release = |version: &Self| version.pre.is_empty();
        let numbers = self.numbers.cmp(&other.numbers);
        numbers.then(release(self).cmp(&release(other))).then_with(|| self.pre.cmp(&other.pre))
    }
}
