//! How a finding is remedied where there is but one way to do it.

/// What is done to a field that a finding shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The last steps of the paths that it is for.
    pub field: &'static str,
    /// What is done there.
    pub edit: Edit,
    /// What makes the API server refuse it: fields beside this one, by their paths from there, and
    /// the value or the entry of a list that is in the way.
    pub unless: &'static [(&'static str, &'static str)],
    /// Whether the pod is given what its containers lack.
    pub for_pod: bool,
}

/// A change of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It gets this value, as YAML writes it.
    Set(&'static str),
    /// The list gets this text as its last entry.
    Include(&'static str),
}

impl Fix {
    /// Sets a field to a value, as YAML writes it.
    #[must_use]
    pub const fn set(field: &'static str, value: &'static str) -> Self {
        Self { field, edit: Edit::Set(value), unless: &[], for_pod: false }
    }

    /// Puts a text into a list.
    #[must_use]
    pub const fn include(field: &'static str, text: &'static str) -> Self {
        Self { field, edit: Edit::Include(text), unless: &[], for_pod: false }
    }

    /// Whether it is for what a path leads to.
    #[must_use]
    pub fn is_for(&self, path: &str) -> bool {
        path.strip_suffix(self.field).is_some_and(|before| before.ends_with('/'))
    }

    /// The place that is changed for a piece of evidence.
    #[must_use]
    pub fn place(&self, path: &str, is_absent: bool) -> String {
        let is_list = |step: &str| step.to_ascii_lowercase().ends_with("containers");
        let mut steps: Vec<&str> = path.split('/').collect();
        let list = steps.iter().position(|step| is_list(step));
        if let Some(list) = list.filter(|_| self.for_pod && is_absent) {
            // The list and the number of the container.
            steps.drain(list..(list + 2).min(steps.len()));
        }
        steps.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pod_is_given_what_containers_lack() {
        let fix = Fix { for_pod: true, ..Fix::set("securityContext/x", "y") };
        let path = "/spec/template/spec/initContainers/0/securityContext/x";
        assert!(fix.is_for(path) && !fix.is_for("/spec/securityContext/xx"));
        assert_eq!(fix.place(path, true), "/spec/template/spec/securityContext/x");
        assert_eq!(fix.place(path, false), path);
        assert_eq!(fix.place("/spec/securityContext/x", true), "/spec/securityContext/x");
    }
}
