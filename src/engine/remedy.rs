//! What remedies a finding, where there is but one way to do it.

use crate::checks::{Edit, Fix};

use super::Wanted;

/// A change of one field of the judged object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// JSON pointer of the field.
    pub pointer: String,
    /// What is done there.
    pub edit: Edit,
    /// Fields beside it, and the value or the entry that is in the way.
    pub unless: &'static [(&'static str, &'static str)],
}

impl Wanted {
    /// All that has to be done; `None` where somebody has to choose.
    #[must_use]
    pub fn remedy(&self) -> Option<Vec<Step>> {
        let evidence = self.evidence.iter();
        remedy(self.check.fixes(), evidence.map(|evidence| (&*evidence.path, &*evidence.found)))
    }
}

/// All that has to be done about pieces of evidence, each a path and what was found there; `None` where
/// somebody has to choose.
pub fn remedy<'a>(
    fixes: &[Fix],
    evidence: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Option<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    for (path, found) in evidence {
        let fix = fixes.iter().find(|fix| fix.is_for(path))?;
        let Fix { edit, unless, .. } = *fix;
        let step = Step { pointer: fix.place(path, found == "absent"), edit, unless };
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    Some(steps)
}
