//! A check as other tools want to hear of it.

use crate::{
    api::Severity,
    checks::{self, Category},
    engine::AnyCheck,
    items::cut,
};

use super::{ScanReport, catalogue::documentation};

/// Where the pages of the checks are.
const PAGES: &str = "https://github.com/holystone-dev/holystone/blob/main/docs/checks";

/// What is said of the check behind a finding.
pub(super) struct Rule {
    check: AnyCheck,
}

impl Rule {
    /// The check of an id: one of the catalogue, or of the policies of a report.
    pub(super) fn find(id: &str, report: &ScanReport<'_>) -> Option<Self> {
        let built_in = checks::find(id).map(AnyCheck::from);
        let check =
            built_in.or_else(|| report.custom.iter().find(|check| check.id() == id).cloned());
        check.map(|check| Self { check })
    }

    pub(super) fn title(&self) -> &str {
        self.check.title()
    }

    pub(super) fn severity(&self) -> Severity {
        self.check.severity()
    }

    pub(super) fn category(&self) -> &str {
        self.check.category()
    }

    pub(super) fn remediation(&self) -> &str {
        self.check.remediation()
    }

    /// Why it matters: the first paragraph of its documentation, cut to a number of bytes.
    pub(super) fn reason(&self, bytes: usize) -> String {
        let text = self.documentation();
        let mut prose =
            text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.starts_with('#'));
        let reason = prose.next().filter(|text| !text.is_empty()).unwrap_or_else(|| self.title());
        cut(&reason.split_whitespace().collect::<Vec<_>>().join(" "), bytes)
    }

    /// All of its documentation, in Markdown.
    pub(super) fn documentation(&self) -> String {
        match &self.check {
            AnyCheck::BuiltIn(check) => documentation(check),
            AnyCheck::Custom(check) => check.documentation.to_string(),
        }
    }

    /// Its page, if it is one of the catalogue.
    pub(super) fn page(&self) -> Option<String> {
        match &self.check {
            AnyCheck::BuiltIn(check) => Some(format!("{PAGES}/{}.md", check.id)),
            AnyCheck::Custom(_) => None,
        }
    }

    /// Whether it is about attackers, rather than about working well.
    pub(super) fn is_security(&self) -> bool {
        let category = Category::ALL.into_iter().find(|known| known.as_str() == self.category());
        match category {
            Some(
                Category::PodSecurity
                | Category::Secrets
                | Category::Images
                | Category::Rbac
                | Category::Tenancy
                | Category::Networking,
            ) => true,
            Some(
                Category::Reliability
                | Category::Efficiency
                | Category::Versions
                | Category::Metadata,
            )
            | None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_says_why_in_plain_words() {
        for check in checks::ALL {
            let reason = Rule { check: (*check).into() }.reason(1024);
            assert!(reason.len() > 20 && !reason.starts_with('#'), "{}: {reason}", check.id);
        }
    }
}
