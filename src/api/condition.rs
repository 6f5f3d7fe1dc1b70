//! Conditions, and how one is set without moving its transition time.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{is_default, limits};

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It cannot be told.
    Unknown,
}

impl ConditionStatus {
    /// The name in manifests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl From<bool> for ConditionStatus {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// One aspect of the state of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// The aspect.
    #[serde(rename = "type")]
    #[schemars(length(max = 316))]
    pub type_: String,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// The generation of the policy that the condition is about.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(range(min = 0))]
    pub observed_generation: Option<i64>,
    /// When the status last changed.
    pub last_transition_time: Time,
    /// Why, in one word for programs.
    #[schemars(length(min = 1, max = 1024))]
    pub reason: String,
    /// Why, in a sentence for people.
    #[schemars(length(max = limits::CONDITION_MESSAGE))]
    pub message: String,
}

/// One aspect of the state of an item.
// No observed generation: triage moves the generation, and `kubectl wait` would hang.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemCondition {
    /// The aspect.
    #[serde(rename = "type")]
    #[schemars(length(max = 63))]
    pub type_: String,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// When the status last changed.
    pub last_transition_time: Time,
    /// Why, in one word for programs.
    #[schemars(length(max = 32))]
    pub reason: String,
    /// Why, in a sentence for people.
    #[schemars(length(max = limits::ITEM_CONDITION_MESSAGE))]
    pub message: String,
}

/// Sets a condition of a policy; its transition time moves only if its status does.
///
/// The conditions stay sorted by type, so that equal sets are written equally.
pub fn set_condition(
    conditions: &mut Vec<Condition>,
    type_: &str,
    status: impl Into<ConditionStatus>,
    reason: &str,
    message: &str,
    observed_generation: Option<i64>,
    now: Timestamp,
) {
    let condition = Condition {
        type_: type_.to_owned(),
        status: status.into(),
        observed_generation,
        last_transition_time: whole_seconds(now),
        reason: reason.to_owned(),
        message: message.to_owned(),
    };
    put(conditions, condition);
}

/// Sets a condition of an item, in the same way.
pub fn set_item_condition(
    conditions: &mut Vec<ItemCondition>,
    type_: &str,
    status: impl Into<ConditionStatus>,
    reason: &str,
    message: &str,
    now: Timestamp,
) {
    let condition = ItemCondition {
        type_: type_.to_owned(),
        status: status.into(),
        last_transition_time: whole_seconds(now),
        reason: reason.to_owned(),
        message: message.to_owned(),
    };
    put(conditions, condition);
}

/// The time as the API server keeps it, so that what is read back equals what was written.
#[must_use]
pub fn whole_seconds(time: Timestamp) -> Time {
    Time(Timestamp::from_second(time.as_second()).unwrap_or(time))
}

/// What both kinds of conditions have in common.
trait Aspect {
    fn type_(&self) -> &str;
    fn status(&self) -> ConditionStatus;
    fn last_transition_time(&mut self) -> &mut Time;
}

impl Aspect for Condition {
    fn type_(&self) -> &str {
        &self.type_
    }

    fn status(&self) -> ConditionStatus {
        self.status
    }

    fn last_transition_time(&mut self) -> &mut Time {
        &mut self.last_transition_time
    }
}

impl Aspect for ItemCondition {
    fn type_(&self) -> &str {
        &self.type_
    }

    fn status(&self) -> ConditionStatus {
        self.status
    }

    fn last_transition_time(&mut self) -> &mut Time {
        &mut self.last_transition_time
    }
}

fn put<A: Aspect>(conditions: &mut Vec<A>, mut condition: A) {
    let same_type = |other: &mut A| other.type_() == condition.type_();
    let before = conditions.extract_if(.., same_type).last();
    if let Some(mut before) = before.filter(|before| before.status() == condition.status()) {
        std::mem::swap(condition.last_transition_time(), before.last_transition_time());
    }
    conditions.push(condition);
    conditions.sort_by(|left, right| left.type_().cmp(right.type_()));
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Timestamp = Timestamp::constant(1_800_000_000, 900_000_000);
    const LATER: Timestamp = Timestamp::constant(1_800_000_060, 0);

    fn set(conditions: &mut Vec<Condition>, type_: &str, holds: bool, now: Timestamp) {
        set_condition(conditions, type_, holds, "Tested", "the test says so", Some(3), now);
    }

    #[test]
    fn the_time_moves_only_with_the_status() {
        let mut conditions = Vec::new();
        set(&mut conditions, "Ready", true, FIRST);
        assert_eq!(conditions[0].last_transition_time, whole_seconds(FIRST));

        set_condition(&mut conditions, "Ready", true, "Again", "still so", Some(4), LATER);
        assert_eq!(conditions.len(), 1);
        assert_eq!(conditions[0].last_transition_time, whole_seconds(FIRST));
        assert_eq!((&*conditions[0].reason, conditions[0].observed_generation), ("Again", Some(4)));

        set(&mut conditions, "Ready", false, LATER);
        assert_eq!(conditions[0].last_transition_time, whole_seconds(LATER));
    }

    #[test]
    fn conditions_are_sorted_by_type() {
        let mut conditions = Vec::new();
        for type_ in ["Stalled", "Compliant", "Ready", "Compliant"] {
            set(&mut conditions, type_, true, FIRST);
        }
        let types: Vec<_> = conditions.iter().map(|condition| &*condition.type_).collect();
        assert_eq!(types, ["Compliant", "Ready", "Stalled"]);
    }

    #[test]
    fn an_item_has_conditions_without_a_generation() {
        let mut conditions = Vec::new();
        set_item_condition(&mut conditions, "Resolved", false, "Failing", "it fails", FIRST);
        set_item_condition(&mut conditions, "Resolved", false, "Failing", "it still fails", LATER);
        assert_eq!(
            serde_json::json!(conditions),
            serde_json::json!([{
                "type": "Resolved",
                "status": "False",
                "lastTransitionTime": "2027-01-15T08:00:00Z",
                "reason": "Failing",
                "message": "it still fails",
            }])
        );
    }

    #[test]
    fn what_is_read_back_equals_what_was_written() {
        let time = whole_seconds(FIRST);
        let text = serde_json::to_string(&time).unwrap();
        assert_eq!(serde_json::from_str::<Time>(&text).unwrap(), time);
    }
}
