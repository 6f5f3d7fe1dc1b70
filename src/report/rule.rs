//! A check as other tools want to hear of it.

use crate::{
    api::Severity,
    checks::{self, Category, Check},
    items::cut,
};

use super::catalogue::documentation;

/// Where the pages of the checks are.
const PAGES: &str = "https://github.com/holystone-dev/holystone/blob/main/docs/checks";

/// What is said of the check behind a finding.
pub(super) struct Rule {
    check: &'static Check,
}

impl Rule {
    /// The built-in check of an id.
    pub(super) fn find(id: &str) -> Option<Self> {
        checks::find(id).map(|check| Self { check })
    }

    pub(super) fn title(&self) -> &'static str {
        self.check.title.trim()
    }

    pub(super) fn severity(&self) -> Severity {
        self.check.severity
    }

    pub(super) fn category(&self) -> &'static str {
        self.check.category.as_str()
    }

    pub(super) fn remediation(&self) -> &'static str {
        self.check.remediation
    }

    /// Why it matters: the first paragraph of its documentation, cut to a number of bytes.
    pub(super) fn reason(&self, bytes: usize) -> String {
        let text = documentation(self.check);
        let mut prose =
            text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.starts_with('#'));
        let reason = prose.next().unwrap_or_else(|| self.title());
        cut(&reason.split_whitespace().collect::<Vec<_>>().join(" "), bytes)
    }

    /// All of its documentation, in Markdown.
    pub(super) fn documentation(&self) -> String {
        documentation(self.check)
    }

    /// Its page.
    pub(super) fn page(&self) -> String {
        format!("{PAGES}/{}.md", self.check.id)
    }

    /// Whether it is about attackers, rather than about working well.
    pub(super) fn is_security(&self) -> bool {
        match self.check.category {
            Category::PodSecurity
            | Category::Secrets
            | Category::Images
            | Category::Rbac
            | Category::Tenancy
            | Category::Networking => true,
            Category::Reliability
            | Category::Efficiency
            | Category::Versions
            | Category::Metadata => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_says_why_in_plain_words() {
        for check in checks::ALL {
            let reason = Rule { check }.reason(1024);
            assert!(reason.len() > 20 && !reason.starts_with('#'), "{}: {reason}", check.id);
        }
    }
}
