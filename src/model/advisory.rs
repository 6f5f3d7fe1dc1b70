//! Versions of programs, and the vulnerabilities that some of them have.

/// Major, minor and patch version.
pub type Version = [u32; 3];

/// Reads the three numbers that a version starts with, such as `v1.2.3` or `1.2.3-alpine`; `None`
/// for fewer, which may mean another version tomorrow.
#[must_use]
pub fn parse_version(text: &str) -> Option<Version> {
    let text = text.trim_start_matches('v');
    let end = text.find(|next: char| next != '.' && !next.is_ascii_digit()).unwrap_or(text.len());
    let mut numbers = text[..end].split('.').map(|number| number.parse().ok());
    Some([numbers.next()??, numbers.next()??, numbers.next()??])
}

/// A version as people write it.
#[must_use]
pub fn show_version([major, minor, patch]: Version) -> String {
    format!("{major}.{minor}.{patch}")
}

/// A vulnerability of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// The CVE.
    pub id: &'static str,
    /// The first version that has it.
    pub since: Version,
    /// The first version without it of each minor version that was mended, in order. A minor version
    /// before the last of them that is not named was not mended.
    pub fixed: &'static [Version],
}

/// The vulnerabilities of one version of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vulnerabilities {
    /// The CVEs.
    pub ids: Vec<&'static str>,
    /// A version without them.
    pub fix: Version,
}

impl Advisory {
    /// Which of several advisories a version has, but for those that are ignored; `None` for none.
    #[must_use]
    pub fn all_of(
        advisories: &'static [Self],
        version: Version,
        ignored: &[String],
    ) -> Option<Vulnerabilities> {
        let known = advisories.iter().filter(|known| ignored.iter().all(|id| id != known.id));
        let affected = known.filter_map(|known| Some((known.id, known.fix_of(version)?)));
        let (ids, fixes): (Vec<_>, Vec<_>) = affected.unzip();
        Some(Vulnerabilities { ids, fix: fixes.into_iter().max()? })
    }

    /// The lowest version above this one that mends it; `None` where the version is not affected.
    #[must_use]
    pub fn fix_of(&self, version: Version) -> Option<Version> {
        if version < self.since {
            return None;
        }
        let own = self.fixed.iter().find(|fixed| fixed[..2] == version[..2]);
        match own {
            Some(fixed) if version >= *fixed => None,
            _ => self.fixed.iter().copied().find(|fixed| *fixed > version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_three_numbers() {
        assert_eq!(parse_version("v1.12.0-beta.0"), Some([1, 12, 0]));
        assert_eq!(parse_version("5.10.93-87.444.amzn2.x86_64"), Some([5, 10, 93]));
        for text in ["latest", "", "1.2", "v3", "1..2", "1.2.x"] {
            assert_eq!(parse_version(text), None, "{text}");
        }
    }

    #[test]
    fn each_minor_version_has_its_own_fix() {
        let advisory =
            Advisory { id: "CVE", since: [1, 3, 0], fixed: &[[1, 4, 13], [1, 6, 1], [2, 0, 4]] };
        assert_eq!(advisory.fix_of([1, 2, 9]), None, "older");
        assert_eq!(advisory.fix_of([1, 3, 9]), Some([1, 4, 13]), "never mended");
        assert_eq!(advisory.fix_of([1, 4, 12]), Some([1, 4, 13]));
        assert_eq!(advisory.fix_of([1, 4, 13]), None);
        assert_eq!(advisory.fix_of([1, 5, 99]), Some([1, 6, 1]), "never mended");
        assert_eq!(advisory.fix_of([2, 0, 3]), Some([2, 0, 4]));
        assert_eq!(advisory.fix_of([2, 1, 0]), None, "newer");
    }
}
