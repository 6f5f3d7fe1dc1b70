//! The checks that a policy brings itself.

use std::sync::Arc;

use crate::{
    api::{self, AuditPolicySpec},
    checks::Parameters,
};

use super::{AnyCheck, CustomCheck, Enabled, Pattern, Rejected, custom::Credit};

/// The custom checks of a policy.
pub(super) struct Own<'a> {
    policy: &'a str,
    written: Vec<(String, &'a api::CustomCheck)>,
}

impl<'a> Own<'a> {
    /// Those that the policy of this name has.
    pub(super) fn of(policy: &'a str, written: &'a [api::CustomCheck]) -> Self {
        let with_id = |check: &'a api::CustomCheck| (format!("{policy}.{}", check.id), check);
        Self { policy, written: written.iter().map(with_id).collect() }
    }

    /// Whether one is called so.
    pub(super) fn has(&self, id: &str) -> bool {
        self.written.iter().any(|(known, _)| known == id)
    }

    /// Whether an id, a glob or a category may mean one of these, or of another policy.
    pub(super) fn may_be_meant(&self, text: &str, pattern: &Pattern) -> bool {
        let elsewhere = text.split_once('.').is_some_and(|(policy, _)| policy != self.policy);
        elsewhere || self.written.iter().any(|entry| is_meant(entry, text, pattern))
    }

    /// Compiles those that are not excluded. What is wrong with one is rejected by itself.
    pub(super) fn enabled(
        &self,
        spec: &AuditPolicySpec,
        rejected: &mut Vec<Rejected>,
    ) -> Vec<Enabled> {
        let excludes = spec.checks.exclude.iter();
        let excludes: Vec<_> =
            excludes.filter_map(|text| Some((text, Pattern::compile(text).ok()?))).collect();
        let credit = Arc::new(Credit::default());
        let mut enabled: Vec<Enabled> = Vec::new();
        for (index, entry) in self.written.iter().enumerate() {
            if excludes.iter().any(|(text, pattern)| is_meant(entry, text, pattern)) {
                continue;
            }
            let is_known = enabled.iter().any(|known| known.check.id() == entry.0);
            let compiled = match is_known {
                true => Err(Rejected::new(&entry.0, "two checks have this id; give each its own")),
                false => compile(index, entry, spec, &credit),
            };
            match compiled {
                Ok(check) => enabled.push(check),
                Err(rejection) => rejected.push(rejection),
            }
        }
        enabled
    }
}

fn compile(
    index: usize,
    (id, written): &(String, &api::CustomCheck),
    spec: &AuditPolicySpec,
    credit: &Arc<Credit>,
) -> Result<Enabled, Rejected> {
    let setting = spec.checks.settings.iter().find(|setting| setting.check == *id);
    if setting.is_some_and(|setting| !setting.parameters.is_empty()) {
        let reason = "settings give it parameters; write them as `params` of the check";
        return Err(Rejected::new(id, reason));
    }
    let check = CustomCheck::compile(id, &format!("spec.checks.custom[{index}]"), written, credit)?;
    Ok(Enabled {
        parameters_key: check.version().to_owned(),
        check: AnyCheck::Custom(Arc::new(check)),
        severity: setting.and_then(|setting| setting.severity),
        parameters: Parameters::default(),
    })
}

fn is_meant((id, check): &(String, &api::CustomCheck), text: &str, pattern: &Pattern) -> bool {
    pattern.matches(id) || check.category == text
}
