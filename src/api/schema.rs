//! Parts of the schemas that several fields share: patterns, and rules in CEL.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::PROFILES;

/// A name of lower-case letters, digits and inner dashes.
pub(super) const NAME: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
/// The id of a check, with the name of a policy in front if it is a custom one.
pub(super) const CHECK_ID: &str =
    r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
/// The name of a CEL variable.
pub(super) const IDENTIFIER: &str = "^[A-Za-z_][A-Za-z0-9_]*$";
/// Hours, minutes and seconds; that there is at least one is left to a rule.
pub(super) const DURATION: &str = "^([0-9]+h)?([0-9]+m)?([0-9]+s)?$";
/// An address that a browser opens.
pub(super) const WEB_ADDRESS: &str = r"^https?://[^\s]+$";
/// The value of a label.
const LABEL_VALUE: &str = "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$";

/// The value of a label.
pub(super) fn label_value() -> Value {
    json!({"type": "string", "maxLength": 63, "pattern": LABEL_VALUE})
}

/// The name of a profile.
pub(super) fn profile() -> Value {
    json!({"type": "string", "enum": PROFILES})
}

/// Free-form parameters; the check itself judges them.
pub(super) fn parameters(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 32,
        "x-kubernetes-preserve-unknown-fields": true,
    })
}

/// The field never changes.
pub(super) fn immutable(field: &str) -> Value {
    json!([{"rule": "self == oldSelf", "message": format!("{field} is immutable")}])
}

/// A requirement has values exactly if its operator compares with values.
pub(super) fn selector_values() -> Value {
    json!([{
        "rule": "(self.operator in ['In','NotIn']) == (has(self.values) && self.values.size() > 0)",
        "message": "In and NotIn need values, Exists and DoesNotExist take none",
    }])
}

/// A duration that is not zero.
pub(super) fn positive_duration() -> Value {
    json!([{
        "rule": "duration(self) > duration('0s')",
        "message": "a duration of hours, minutes and seconds, for example 72h or 1h30m",
    }])
}

/// A duration of at most a leap year.
pub(super) fn retention() -> Value {
    json!([{
        "rule": "duration(self) <= duration('8784h')",
        "message": "a duration of at most 8784h (366 days)",
    }])
}

/// A date or a time; `timestamp` refuses what is in no calendar.
pub(super) fn until() -> Value {
    json!([{
        "rule": "timestamp(self.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}$') \
                 ? self + 'T00:00:00Z' : self).getFullYear() > 0",
        "message": "a date such as 2027-01-31 or a time such as 2027-01-31T18:00:00Z",
    }])
}

/// A time zone that the API server knows.
pub(super) fn time_zone() -> Value {
    json!([{
        "rule": "self != 'Local' && self.matches('^[A-Za-z]') \
                 && timestamp('2026-01-01T00:00:00Z').getFullYear(self) > 0",
        "message": "the name of an IANA time zone, for example Europe/Paris",
    }])
}

/// A name such as `@hourly`, or five cron fields, as the parser of schedules reads them.
pub(super) fn schedule() -> Value {
    let minute = cron_field("[0-5]?[0-9]", "[*]");
    let hour = cron_field("([01]?[0-9]|2[0-3])", "[*]");
    let day = cron_field("(0?[1-9]|[12][0-9]|3[01])", "[*?]");
    let months = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
    let month = cron_field(&format!("(0?[1-9]|1[0-2]|{months})"), "[*]");
    let weekday = cron_field("([0-7]|sun|mon|tue|wed|thu|fri|sat)", "[*?]");
    let rule = format!(
        "self.matches('^@(hourly|daily|weekly|monthly|yearly|annually)$') || \
         (self.split(' ').size() == 5 \
         && self.split(' ')[0].matches('{minute}') \
         && self.split(' ')[1].matches('{hour}') \
         && self.split(' ')[2].matches('{day}') \
         && self.split(' ')[3].lowerAscii().matches('{month}') \
         && self.split(' ')[4].lowerAscii().matches('{weekday}'))"
    );
    let message = "five cron fields separated by one space (minute hour day month weekday), \
                   or @hourly, @daily, @weekly, @monthly, @yearly";
    json!([{"rule": rule, "message": message}])
}

/// The pattern of a cron field: any value, or a list of values, ranges and steps.
fn cron_field(value: &str, any: &str) -> String {
    let step = "/[1-9][0-9]?";
    let entry = format!("({value}|{value}-{value}({step})?|[*]{step})");
    format!("^({any}|{entry}(,{entry})*)$")
}
