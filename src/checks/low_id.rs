//! Judges containers by the number of their user or group: the question that two checks share.

use crate::model::{Security, Workload};

use super::{Evidence, Verdict};

/// What a check of numbers looks at.
pub(super) struct LowId {
    /// The field of a security context that sets the number.
    pub(super) field: &'static str,
    /// Its value.
    pub(super) number: fn(&Security<'_>) -> Option<i64>,
    /// What is wrong with one container.
    pub(super) singular: &'static str,
    /// What is wrong with several.
    pub(super) plural: &'static str,
}

impl LowId {
    /// Finds containers without a number, or with one below `minimum`. Numbers of Windows mean
    /// nothing, and those of pods with users of their own are not those of the node.
    pub(super) fn judge(&self, workload: &Workload, minimum: i64) -> Verdict {
        if workload.is_windows() {
            return Verdict::NotApplicable;
        }
        if workload.has_own_users() {
            return Verdict::Pass;
        }
        let pod = workload.pod_security();
        let evidence = workload.container_securities().filter_map(|container| {
            let (id, set) = container.in_force(&pod, self.number);
            let found = || id.map_or_else(|| "absent".to_owned(), |id| id.to_string());
            let wanted = || format!("at least {minimum}");
            let evidence = || Evidence::in_force(&container, set, self.field, found(), wanted());
            id.is_none_or(|id| id < minimum).then(evidence)
        });
        Verdict::of_containers(evidence, self.singular, self.plural)
    }
}
