//! Formats with names, against which texts are validated: `format.dns1123Label()`.

use super::{Overload, opaque};
use crate::cel::cost::{Cost, Sizes, traversal};
use crate::cel::error::EvaluateError;
use crate::cel::url;
use crate::cel::value::{Outcome, Value};

/// A format.
#[derive(Clone, Copy, Debug)]
struct Format {
    name: &'static str,
    /// The size of its regular expression, by which Kubernetes counts the cost.
    size: u64,
    /// What is wrong with a text.
    problems: fn(&str) -> Vec<String>,
}

opaque!(Format, "kubernetes.NamedFormat", |format| format.size);

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

const VALIDATE: Cost = Cost::By(|sizes: &Sizes<'_>| {
    traversal(sizes.of(1).saturating_add(1)).saturating_mul(sizes.of(0).div_ceil(4))
});

/// The formats, and the functions that give them.
macro_rules! formats {
    ($($name:ident $size:literal $problems:expr;)*) => {
        const FORMATS: &[Format] = &[
            $(Format { name: stringify!($name), size: $size, problems: $problems }),*
        ];

        pub(super) const OVERLOADS: &[Overload] = &[
            $(Overload::global(
                concat!("format.", stringify!($name)),
                concat!("format.", stringify!($name)),
                "-> kubernetes.NamedFormat",
                |_| named(stringify!($name)).ok_or(EvaluateError::NO_SUCH_OVERLOAD),
            ),)*
            Overload::global(
                "format.named",
                "format-named",
                "string -> optional_type(kubernetes.NamedFormat)",
                |arguments| match arguments {
                    [name] => Ok(named(name.as_text()?).map_or(Value::none(), Value::some)),
                    _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
                },
            ),
            Overload::member(
                "validate",
                "format-validate",
                "kubernetes.NamedFormat, string -> optional_type(list(string))",
                validate,
            )
            .cost(VALIDATE),
        ];
    };
}

formats! {
    dns1123Label 30 label;
    dns1123Subdomain 60 subdomain;
    dns1035Label 30 label_1035;
    qualifiedName 60 qualified_name;
    dns1123LabelPrefix 30 |text| label(&masked(text));
    dns1123SubdomainPrefix 60 |text| subdomain(&masked(text));
    dns1035LabelPrefix 30 |text| label_1035(&masked(text));
    labelValue 40 label_value;
    uri 1103 |text| match url::parse(text, true) {
        Ok(_) => Vec::new(),
        Err(why) => vec![format!("parse {text:?}: {why}")],
    };
    uuid 76 |text| unless(is_uuid(text), "does not match the UUID format");
    byte 84 |text| unless(is_base64(text), "invalid base64");
    date 73 |text| unless(is_date(text), "invalid date");
    datetime 73 |text| unless(is_datetime(text), "invalid datetime");
}

fn named<'a>(name: &str) -> Option<Value<'a>> {
    FORMATS.iter().find(|format| format.name == name).map(|format| Value::of(*format))
}

fn validate<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [format, text] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let problems = (format.opaque::<Format>()?.problems)(text.as_text()?);
    if problems.is_empty() {
        return Ok(Value::none());
    }
    Ok(Value::some(Value::list(problems.into_iter().map(Value::from).collect())))
}

fn unless(holds: bool, problem: &str) -> Vec<String> {
    if holds { Vec::new() } else { vec![problem.to_owned()] }
}

/// A prefix may end with a dash, where a name may not.
fn masked(text: &str) -> String {
    match text.strip_suffix('-').filter(|rest| !rest.is_empty()) {
        Some(rest) => format!("{}a", rest.get(..rest.len() - 1).unwrap_or(rest)),
        None => text.to_owned(),
    }
}

/// What is too long, and what does not match: the words of Kubernetes.
fn problems(
    text: &str,
    most: usize,
    matches: bool,
    problem: impl FnOnce() -> String,
) -> Vec<String> {
    let too_long = (text.len() > most).then(|| format!("must be no more than {most} bytes"));
    too_long.into_iter().chain((!matches).then(problem)).collect()
}

/// Lower-case letters and digits, with dashes between them.
fn is_label(text: &str) -> bool {
    let is_end = |end: Option<u8>| {
        end.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let is_inner = |byte: u8| byte == b'-' || is_end(Some(byte));
    is_end(text.bytes().next()) && is_end(text.bytes().last()) && text.bytes().all(is_inner)
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

fn label(text: &str) -> Vec<String> {
    problems(text, 63, is_label(text), || match is_subdomain(text) {
        true => "must not contain dots".to_owned(),
        false => "a lowercase RFC 1123 label must consist of lower case alphanumeric characters \
                  or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  \
                  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            .to_owned(),
    })
}

fn subdomain(text: &str) -> Vec<String> {
    problems(text, 253, is_subdomain(text), || {
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
         '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex \
         used for validation is \
         '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            .to_owned()
    })
}

fn label_1035(text: &str) -> Vec<String> {
    let starts_right = text.starts_with(|first: char| first.is_ascii_lowercase());
    problems(text, 63, starts_right && is_label(text), || {
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
         alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or \
         'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
            .to_owned()
    })
}

/// Letters and digits, with dashes, underscores and dots between them.
fn is_name(text: &str) -> bool {
    let is_end = |end: Option<u8>| end.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    is_end(text.bytes().next()) && is_end(text.bytes().last()) && text.bytes().all(is_inner)
}

const NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and \
                    end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or \
                    '123-abc', regex used for validation is \
                    '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

fn qualified_name(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let name = match *text.split('/').collect::<Vec<_>>() {
        [name] => name,
        [prefix, name] => {
            let problems = match prefix {
                "" => vec!["must be non-empty".to_owned()],
                prefix => subdomain(prefix),
            };
            found.extend(problems.into_iter().map(|problem| format!("prefix part {problem}")));
            name
        }
        _ => {
            let more = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            return vec![format!("a valid label key {NAME} {more}")];
        }
    };
    if name.is_empty() {
        found.push("name part must be non-empty".to_owned());
    }
    let problems = problems(name, 63, is_name(name), || NAME.to_owned());
    found.extend(problems.into_iter().map(|problem| format!("name part {problem}")));
    found
}

fn label_value(text: &str) -> Vec<String> {
    problems(text, 63, text.is_empty() || is_name(text), || {
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or \
         '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or \
         'my_value',  or '12345', regex used for validation is \
         '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            .to_owned()
    })
}

fn is_uuid(text: &str) -> bool {
    let mut rest = text;
    for (index, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix('-').unwrap_or(rest);
        }
        let Some((digits, tail)) = rest.split_at_checked(length) else { return false };
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return false;
        }
        rest = tail;
    }
    rest.is_empty()
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let padding = text.len() - body.len();
    !text.is_empty() && text.len().is_multiple_of(4) && padding <= 2 && body.bytes().all(is_digit)
}

fn is_date(text: &str) -> bool {
    let has_shape = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    has_shape && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_datetime(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut parts = lower.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else { return false };
    let two = |range: std::ops::Range<usize>, most: &str| {
        let digits = time.get(range).unwrap_or_default();
        digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit()) && digits <= most
    };
    let clock = two(0..2, "23") && two(3..5, "59") && two(6..8, "59");
    let colons = time.get(2..3) == Some(":") && time.get(5..6) == Some(":");
    let mut rest = time.get(8..).unwrap_or_default();
    // Any one character may stand before the digits of a fraction.
    let fraction = rest.char_indices().nth(1).map(|(start, _)| rest.split_at(start).1);
    if let Some(digits) = fraction.filter(|_| !rest.starts_with(['z', '+', '-'])) {
        let tail = digits.trim_start_matches(|digit: char| digit.is_ascii_digit());
        rest = if tail.len() < digits.len() { tail } else { rest };
    }
    let is_zone = rest == "z" || is_offset(rest);
    is_date(date) && clock && colons && is_zone
}

fn is_offset(text: &str) -> bool {
    text.len() == 6
        && text.bytes().enumerate().all(|(index, byte)| match index {
            0 => matches!(byte, b'+' | b'-'),
            3 => byte == b':',
            _ => byte.is_ascii_digit(),
        })
}
